"""`ivr phone URL` as a process, the page under `ivr dev`, and no page under `ivr serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec import Struct

from tests.cli.pages import pages
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
IVR = Path(sys.executable).parent / "ivr"
TOKEN = "token-of-the-phone-command"
MENU = {
    "/voice": '<Gather action="/one" numDigits="1"><Say>Press 1.</Say></Gather>',
    "/one": "<Say>Thank you.</Say>",
}


class Page(Struct):
    """A command that serves the page."""

    process: subprocess.Popen[str]
    origin: str
    told: str
    """What it said until it was ready."""

    def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        response = httpx.post(self.origin + path, json=body, headers={"Origin": self.origin})
        assert response.status_code in {200, 201}, response.text
        told: dict[str, object] = response.json()
        return told

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        """Its exit code, and what else it said."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(**variables: str) -> dict[str, str]:
    ours = ("IVR_", "TWILIO_", "REDIS_URL", "PUBLIC_URL")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}  # noqa: TID251 - a child needs PATH
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Page]]:
    started: list[subprocess.Popen[str]] = []

    def run(*command: str, port: int, **variables: str) -> Page:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [IVR, *command],
            cwd=tmp_path,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if "Stop with Ctrl-C" in line:
                return Page(process, f"http://127.0.0.1:{port}", told)
        raise AssertionError(process.communicate())

    yield run
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_phone_serves_the_page_for_any_application(
    start: Callable[..., Page], how: signal.Signals
) -> None:
    port = free_port()
    with serving(pages(MENU)) as origin:
        page = start("phone", f"{origin}/voice", "--token", TOKEN, "--port", str(port), port=port)
        assert httpx.get(f"{page.origin}/phone/").headers["Content-Type"].startswith("text/html")
        assert httpx.get(f"{page.origin}/phone/about").json()["line"] == f"{origin}/voice"
        call = page.post("/phone/calls", {"virtual": True})
        told = page.post(
            f"/phone/calls/{call['id']}", {"do": "press", "keys": "1", "virtual": True}
        )
        assert "Thank you." in str(told["events"])
        code, out, err = page.stop(how)
    assert (code, out, err) == (0, "Stopped.\n", "")


def test_the_caller_of_the_options_calls(start: Callable[..., Page]) -> None:
    port = free_port()
    with serving(pages({"/": "<Dial>+12025550111</Dial>"})) as origin:
        given = ("--from", "+911", "--to", "+912", "--param", "CallerName=Asha", "--dial", "busy")
        more = ("--method", "get", "--fallback", "/sorry", "--port", str(port))
        page = start("phone", f"{origin}/", *given, *more, port=port)
        about = httpx.get(f"{page.origin}/phone/about").json()
        assert (about["from"], about["to"]) == ("+911", "+912")
        told = str(page.post("/phone/calls", {"virtual": True})["events"])
        assert "CallerName=Asha" in told
        assert "'outcome': 'busy'" in told
        code, _, err = page.stop(signal.SIGTERM)
        assert code == 0
        assert "a made-up one signs" in err


def run(tmp_path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [IVR, *command],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument 'URL'"),
        (("line.example/voice",), "is not an http:// or https:// URL"),
        (("https://line.example/voice",), "give --token, or set TWILIO_AUTH_TOKEN"),
        (("http://127.0.0.1/voice", "--token", ""), "--token: it is empty"),
        (("http://127.0.0.1/voice", "--port", "0"), "0 is not in the range"),
        (("http://127.0.0.1/voice", "--port", "65536"), "is not in the range"),
        (("http://127.0.0.1/voice", "--param", "a"), "write NAME=VALUE"),
        (("http://127.0.0.1/voice", "--dial", "engaged"), "'engaged' is no outcome"),
        (("http://127.0.0.1/voice", "--fallback", "ftp://x/"), "--fallback"),
        (("http://127.0.0.1/voice", "--from", b"\xff"), "is not UTF-8"),
    ],
    ids=str,
)
def test_wrong_usage_is_told_before_anything_is_served(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = run(tmp_path, "phone", *arguments)
    assert result.returncode == 2
    assert words in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_taken_port_is_told_with_the_option_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(tmp_path, "phone", "http://127.0.0.1/", "--token", "T", "--port", str(port))
    assert result.returncode == 2
    assert result.stderr.startswith("The page cannot start:\n")
    assert f"port {port} is taken" in result.stderr
    assert "--port" in result.stderr


def test_open_opens_the_page(start: Callable[..., Page], tmp_path: Path) -> None:
    port = free_port()
    opened = tmp_path / "opened"
    os.mkfifo(opened)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="ascii")
    browser.chmod(0o700)
    url = "http://127.0.0.1:1/voice"
    page = start("phone", url, "--port", str(port), "--open", port=port, BROWSER=str(browser))
    assert opened.read_text(encoding="ascii") == f"{page.origin}/phone\n"
    assert page.stop(signal.SIGTERM)[0] == 0


def test_dev_serves_the_page_beside_the_line(
    start: Callable[..., Page], audio: Path, redis_url: str, tmp_path: Path
) -> None:
    port = free_port()
    variables = {
        "IVR_CONFIG": str(ROOT / "config"),
        "IVR_AUDIO": str(audio),
        "REDIS_URL": redis_url,
        "PORT": str(port),
        "PUBLIC_URL": "https://line.example",
    }
    page = start("dev", port=port, **variables)
    assert page.told.index(f"Open {page.origin}/phone in") < page.told.index(
        "ivr call https://line"
    )
    about = httpx.get(f"{page.origin}/phone/about").json()
    assert about["line"] == "https://line.example/voice"
    call = page.post("/phone/calls", {"virtual": True})
    state, session = call["state"], call["session"]
    assert isinstance(state, dict)
    assert isinstance(session, list)
    assert state["waiting"] == "gather", "it is signed for the public address"
    assert ["place", "warm_up"] in session
    token = (tmp_path / ".ivr/auth_token").read_text(encoding="ascii").strip()
    assert token not in str(call)
    stranger = {"Host": "line.example", "X-Forwarded-For": "192.0.2.1"}
    assert httpx.get(f"{page.origin}/phone/", headers=stranger).status_code == 403
    assert httpx.get(f"{page.origin}/livez", headers=stranger).status_code == 200
    for path in ("/phoney", "/phone.html", "/"):
        assert httpx.get(page.origin + path).status_code == 404
    assert page.stop(signal.SIGTERM)[0] == 0


SERVED = """
import sys
from ivr.cli.project import Project
from ivr.cli.serve.server import Server
client = Server(Project.load(serving=True), "127.0.0.1").load().test_client()
for path in ("/phone", "/phone/", "/phone/about", "/phone/static/phone.js"):
    assert client.get(path, base_url="https://line.example").status_code == 404, path
assert client.post(
    "/phone/calls", json={"virtual": True}, base_url="https://line.example"
).status_code == 404
assert not [name for name in sys.modules if name.startswith("ivr.browser")]
print("no page")
"""


def test_serve_has_no_page_at_all(tmp_path: Path, audio: Path, redis_url: str) -> None:
    variables = {
        "IVR_CONFIG": str(ROOT / "config"),
        "IVR_AUDIO": str(audio),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": "https://line.example",
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEY": "secret-of-the-tests",
    }
    result = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", SERVED],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.stdout, result.stderr, result.returncode) == ("no page\n", "", 0)
