"""The commands as processes: started, killed, started again, refused."""

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

from ivr.flow.terms import Pace
from ivr.simulator.call import Call
from ivr.simulator.events import Heard
from ivr.simulator.setup import Setup
from ivr.speech.files import replace_file
from ivr.speech.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.flow.model import Spec

ROOT = Path(__file__).parents[2]
IVR = Path(sys.executable).parent / "ivr"
SERVED = {
    "TWILIO_AUTH_TOKEN": "token-of-the-tests",
    "IVR_SECRET_KEY": "secret-of-the-tests",
    "IVR_DRAIN_SECONDS": "0",  # no balancer has to notice that it ends
}


class Running(Struct):
    """A command that runs in a folder of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, words: str) -> str:
        """Read what it prints until these words; gives all that was read."""
        read = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            read += line
            if words in line:
                return read
        raise AssertionError(f"it ended with {self.process.wait()} after:\n{read}")

    def end(self) -> None:
        """Stop it kindly, so that its Redis stops too."""
        try:
            self.stop(signal.SIGTERM)
        except subprocess.TimeoutExpired:
            self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals) -> int:
        os.killpg(self.process.pid, how)
        return self.process.wait(20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, audio: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def run(command: str, **variables: str) -> Running:
        port = int(variables.pop("PORT", "") or free_port())
        base = {"IVR_CONFIG": str(ROOT / "config"), "IVR_AUDIO": str(audio), "PORT": str(port)}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
        process = subprocess.Popen(  # noqa: S603 - our own command
            [IVR, command],
            cwd=tmp_path,
            env={**kept, "PYTHONUNBUFFERED": "1", **base, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(Running(process, port))
        return started[-1]

    yield run
    for each in started:
        if each.process.poll() is None:
            each.end()
        if each.process.stdout is not None:
            each.process.stdout.close()


def begin(client: httpx.Client, running: Running, token: str) -> Call:
    """A call brought to the third step of the lesson, by somebody who was never there before."""
    setup = Setup(from_number="anonymous")
    call = Call(client, f"{running.origin}/voice", token, setup=setup)
    call.start()
    for key in ("1", "1", "1", "1"):
        call.press(key)
    return call


def heard_after(call: Call, key: str) -> list[str]:
    before = len(call.events)
    call.press(key)
    return [event.words or "" for event in call.events[before:] if isinstance(event, Heard)]


def test_a_call_goes_on_at_the_same_step_after_its_web_process_was_killed(
    start: Callable[..., Running], redis_url: str, spec: Spec
) -> None:
    said = spec.words["bn"].prompts
    port = str(free_port())
    variables = {
        **SERVED,
        "REDIS_URL": redis_url,
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    first = start("serve", **variables)
    first.wait_for("Listening at")
    with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
        call = begin(client, first, SERVED["TWILIO_AUTH_TOKEN"])
        assert first.stop(signal.SIGKILL) == -signal.SIGKILL
        second = start("serve", **variables)
        second.wait_for("Listening at")
        for key, step in (("2", 3), ("1", 4)):
            due = [said[prompt] for prompt in (f"step_{step}", f"register_{step}", "lesson_keys")]
            assert heard_after(call, key) == due
        assert httpx.get(f"{second.origin}/readyz").json()["ready"] is True
    assert second.stop(signal.SIGTERM) == 0


def test_dev_killed_and_started_again_goes_on_with_its_own_redis(
    start: Callable[..., Running], spec: Spec, tmp_path: Path
) -> None:
    said = spec.words["bn"].prompts
    port = str(free_port())
    first = start("dev", PORT=port)
    told = first.wait_for("Stop with Ctrl-C")
    live = f".venv/bin/ivr call {first.origin}/voice"
    assert told.index(f"{live}\n") < told.index(f"{live} --from anonymous --keys ")
    token = (tmp_path / ".ivr/auth_token").read_text().strip()
    with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:
        call = begin(client, first, token)
        first.stop(signal.SIGKILL)
        second = start("dev", PORT=port)
        second.wait_for("Stop with Ctrl-C")
        due = [said[prompt] for prompt in ("step_4", "register_4", "lesson_keys")]
        assert heard_after(call, "1") == due
        assert httpx.post(f"{second.origin}/voice").status_code == 403, "dev asks for signatures"
    assert second.stop(signal.SIGHUP) == 0, "as when its terminal is closed"


def test_the_state_folder_is_for_its_owner_only(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    start("dev").wait_for("Stop with Ctrl-C")
    assert (tmp_path / ".ivr").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".ivr/auth_token").stat().st_mode & 0o077 == 0


def run(tmp_path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
    return subprocess.run(  # noqa: S603 - our own command
        [IVR, *command],
        cwd=tmp_path,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_dev_starts_without_clips_that_cannot_be_written(start: Callable[..., Running]) -> None:
    running = start("dev", IVR_AUDIO="/proc/self/audio")
    read = running.wait_for("Stop with Ctrl-C")
    assert "cannot be written" in read
    assert "The line starts without the clips that are missing." in read
    assert httpx.get(f"{running.origin}/readyz").status_code == 503


def test_a_broken_manifest_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    manifest = tmp_path / "audio/clips/manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{")
    result = run(tmp_path, "dev", IVR_CONFIG=str(ROOT / "config"), PORT=str(free_port()))
    assert result.returncode == 1
    assert "Delete it and run: ivr audio render" in result.stderr
    assert manifest.read_text() == "{"


def test_serve_says_which_clips_are_missing(start: Callable[..., Running], redis_url: str) -> None:
    variables = {"REDIS_URL": redis_url, "PUBLIC_URL": "https://line.example"}
    running = start("serve", **SERVED, **variables, IVR_AUDIO="/proc/self/audio")
    read = running.wait_for("Listening at")
    assert "clips are missing, such as bn/normal/greeting" in read
    assert "Run: ivr audio render" in read


def test_serve_says_that_redis_is_away_and_answers(
    start: Callable[..., Running], own_audio: Path
) -> None:
    variables = {"REDIS_URL": "redis://127.0.0.1:1", "PUBLIC_URL": "https://line.example"}
    running = start("serve", **SERVED, **variables, IVR_AUDIO=str(own_audio))
    read = running.wait_for("Listening at")
    assert "Redis did not answer (ConnectionError); is it running at REDIS_URL?" in read
    assert "Until it can be used, calls are answered without it." in read


def test_serve_says_which_clips_are_damaged(
    start: Callable[..., Running], redis_url: str, own_audio: Path
) -> None:
    clip = read_manifest(own_audio / "clips/manifest.json")["bn", "greeting", Pace.SLOW]
    file = own_audio / f"clips/{clip.sha256}.wav"
    replace_file(file, file.read_bytes()[:-1] + b"\x00")
    variables = {"REDIS_URL": redis_url, "PUBLIC_URL": "https://line.example"}
    running = start("serve", **SERVED, **variables, IVR_AUDIO=str(own_audio))
    read = running.wait_for("Listening at")
    assert "1 clip is damaged, such as bn/slow/greeting; the provider's own voice" in read
    assert "Run: ivr audio render" in read
    told = httpx.get(f"{running.origin}/readyz").json()
    assert (told["ready"], told["clips"]["missing"], told["clips"]["damaged"]) == (False, 1, 1)


@pytest.fixture
def own_audio(audio: Path, tmp_path: Path) -> Path:
    """Every clip, as links to the shared files: what is changed must be put in their place."""
    (tmp_path / "own/clips").mkdir(parents=True)
    for file in (audio / "clips").iterdir():
        os.link(file, tmp_path / "own/clips" / file.name)
    return tmp_path / "own"


def first_part(call: Call, key: str) -> str:
    """The clip with which a step begins behind its number, by 16 digits of its SHA-256."""
    before = len(call.events)
    call.press(key)
    _number, heard, *_ = (event for event in call.events[before:] if isinstance(event, Heard))
    assert heard.is_clip
    return str(heard.url).split("-")[1]


@pytest.mark.parametrize("command", ["dev", "serve"])
def test_what_is_rendered_while_the_line_runs_is_heard_at_the_next_turn(
    start: Callable[..., Running], redis_url: str, own_audio: Path, tmp_path: Path, command: str
) -> None:
    """A person records one step; the render takes her voice, and the call goes on with it."""
    manifest = own_audio / "clips/manifest.json"
    place = ("bn", "register_3", Pace.NORMAL)
    before = read_manifest(manifest)
    variables = {"REDIS_URL": redis_url, "IVR_AUDIO": str(own_audio)}
    port = str(free_port())
    settings = {**variables, **SERVED, "PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    running = start(command, **settings)
    running.wait_for("Listening at" if command == "serve" else "Stop with Ctrl-C")
    with httpx.Client() as client:
        call = begin(client, running, SERVED["TWILIO_AUTH_TOKEN"])
        take = own_audio / "human/bn/register_3.wav"
        take.parent.mkdir(parents=True)
        other = before["bn", "register_4", Pace.NORMAL].sha256
        take.write_bytes((own_audio / f"clips/{other}.wav").read_bytes())
        assert first_part(call, "1") == before["bn", "register_4", Pace.NORMAL].sha256[:16]
        rendered = run(
            tmp_path,
            "audio",
            "render",
            IVR_TTS="espeak",
            IVR_CONFIG=str(ROOT / "config"),
            **variables,
        )
        assert rendered.returncode == 0, rendered.stderr
        now = read_manifest(manifest)[place].sha256
        assert now != before[place].sha256
        assert first_part(call, "3") == now[:16]
        assert httpx.get(f"{running.origin}/readyz").json()["ready"] is True


@pytest.fixture
def broken_config(tmp_path: Path) -> Path:
    for name in ("flow.yaml", "facts.yaml", "prompts/bn.yaml", "prompts/en.yaml"):
        text = (ROOT / "config" / name).read_text(encoding="utf-8")
        file = tmp_path / "config" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("go: more,", "go: mre,").replace("done: Well", "don: Well"))
    return tmp_path / "config"


@pytest.mark.parametrize("command", ["dev", "serve"])
def test_a_broken_flow_is_refused_with_every_problem(
    tmp_path: Path, broken_config: Path, command: str
) -> None:
    served = {**SERVED, "PUBLIC_URL": "https://line.example", "REDIS_URL": "redis://127.0.0.1:1"}
    result = run(tmp_path, command, IVR_CONFIG=str(broken_config), **served)
    assert result.returncode == 1
    assert "config/ has 2 problems:" in result.stderr
    assert "node 'main_menu': it goes to 'mre'" in result.stderr
    assert "nothing says 'warm_up_don', and 'warm_up_done' has no words" in result.stderr
    assert "Traceback" not in result.stderr


def test_serve_tells_of_a_taken_port_in_one_sentence(tmp_path: Path, redis_url: str) -> None:
    good = {**SERVED, "REDIS_URL": redis_url, "PUBLIC_URL": "https://line.example"}
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104 - as `ivr serve` does
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run(tmp_path, "serve", IVR_CONFIG=str(ROOT / "config"), PORT=port, **good)
    assert result.returncode == 2
    assert f"port {port} is taken" in result.stderr
    assert "gunicorn" not in result.stderr


def test_a_state_folder_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / ".ivr").touch()
    config = str(ROOT / "config")
    result = run(
        tmp_path, "dev", IVR_CONFIG=config, IVR_AUDIO="/proc/self/audio", PORT=str(free_port())
    )
    assert result.returncode == 2
    assert "make .ivr writable or remove it" in result.stderr.replace(str(tmp_path) + "/", "")
    assert "Traceback" not in result.stderr


def test_serve_lists_every_missing_setting_and_exits_with_2(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", IVR_CONFIG=str(ROOT / "config"))
    assert result.returncode == 2
    for name in ("PUBLIC_URL", "REDIS_URL", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY"):
        assert f"  {name} is missing" in result.stderr


@pytest.mark.parametrize("command", ["dev", "serve"])
def test_a_bad_setting_is_refused_with_2(tmp_path: Path, command: str) -> None:
    result = run(tmp_path, command, PORT="eighty")
    assert result.returncode == 2
    assert "PORT is 'eighty'; use a whole number from 1 to 65535" in result.stderr


def test_a_taken_port_is_told_before_anything_is_rendered(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run(tmp_path, "dev", IVR_CONFIG=str(ROOT / "config"), PORT=port)
    assert result.returncode == 2
    assert f"port {port} is taken" in result.stderr
    assert not (tmp_path / "audio").exists()


def test_outside_the_project_the_way_back_is_told(tmp_path: Path) -> None:
    result = run(tmp_path, "dev")
    assert result.returncode == 1
    assert "There is no folder config" in result.stderr
    assert "run the command in the project's folder, or set IVR_CONFIG" in result.stderr


def test_a_config_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/flow.yaml").write_bytes(b"\xff\xfe")
    result = run(tmp_path, "dev")
    assert result.returncode == 1
    assert "config/flow.yaml:1: it is not UTF-8; save it as UTF-8 in your editor" in result.stderr


@pytest.mark.parametrize("command", [(), ("--help",), ("flow", "--help"), ("twilio", "--help")])
def test_the_help_is_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(tmp_path, *command)
    assert "Usage: ivr" in result.stdout + result.stderr


def test_an_unknown_command_is_wrong_usage(tmp_path: Path) -> None:
    result = run(tmp_path, "nonsense")
    assert result.returncode == 2
    assert "No such command 'nonsense'" in result.stderr
