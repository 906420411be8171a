"""`ivr call` prints what a caller hears and does, over a real loopback server."""

from __future__ import annotations

import io
import socket
import threading
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from ivr.cli.call import call
from ivr.errors import SettingsError
from ivr.twiml.signature import is_signed
from ivr.twiml.verbs import Gather, Hangup, Pause, Play, Redirect, Reject, Say, Verb
from ivr.twiml.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "secret"
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
LONG = "word " * 60 + "end"


def clip(words: str) -> bytes:
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", 8000, 1, "ULAW", format="WAV") as file:
        if words:
            file.title = words
        file.write(np.zeros(12_000))
    return buffer.getvalue()


MENU = Gather(nested=(Play("/a.wav"), Pause(2)), action="/turn", num_digits=1, timeout_seconds=6)
DOCUMENTS: dict[str, list[Verb]] = {
    "/voice": [MENU, Say("Nothing came"), MENU],
    "/turn": [Say(LONG), Hangup()],
    "/moved": [Redirect("/voice")],
    "/reject": [Reject()],
    "/broken": [Play("/missing.wav"), Gather()],
    "/rude": [Say("\x9b31m" + "a\nb", loop=2), Play("/silent.wav")],
}


@Request.application
def application(request: Request) -> Response:
    if not is_signed(TOKEN, request.url, request.form, request.headers.get("X-Twilio-Signature")):
        return Response("not signed", 403)
    if request.path in {"/a.wav", "/silent.wav"}:
        words = BENGALI if request.path == "/a.wav" else ""
        return Response(clip(words), mimetype="audio/wav")
    if request.path == "/status":
        return Response("", 204 if request.form["CallStatus"] == "completed" else 400)
    if request.path in DOCUMENTS:
        return Response(write(DOCUMENTS[request.path]), mimetype="text/xml")
    return Response("", 404)


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(call, arguments, catch_exceptions=False)


def test_a_call_is_printed_line_by_line(origin: str) -> None:
    result = run(f"{origin}/voice", "--keys", "silence 12", "--token", TOKEN)
    assert result.stdout == (
        f"   0.0s  line    {BENGALI}\n"
        "   1.5s  line    (pause of 2 s)\n"
        "   3.5s  caller  (silence for 6 s)\n"
        "   9.5s  line    (Say) Nothing came\n"
        f"  10.4s  line    {BENGALI}\n"
        "  11.9s  line    (pause of 2 s)\n"
        "  13.9s  caller  12 (of which the line took 1)\n"
        f"  14.4s  line    (Say) {LONG}\n"
        "The line hung up after 36.0 s.\n"
    )
    assert result.stderr == ""
    assert result.exit_code == 0


def test_when_the_keys_run_out_the_caller_hangs_up(origin: str) -> None:
    result = run(f"{origin}/voice", "--token", TOKEN)
    assert result.stdout.splitlines()[-1] == "The caller hung up after 3.5 s."
    assert result.exit_code == 0


def test_turns_that_are_left_are_noted(origin: str) -> None:
    result = run(f"{origin}/reject", "--keys", "1 2", "--token", TOKEN)
    assert result.stdout == "The line rejected the call after 0.0 s.\n"
    assert result.stderr == "note: the call ended with 2 of 2 turns left\n"
    assert result.exit_code == 0


def test_requests_are_shown_when_asked_for(origin: str) -> None:
    options = ("--keys", "hangup", "--token", TOKEN, "--verbose", "--status-callback", "/status")
    result = run(f"{origin}/moved", *options)
    assert [line[9:].strip() for line in result.stdout.splitlines() if "http" in line] == [
        f"POST {origin}/moved → 200",
        f"Redirect to {origin}/voice",
        f"POST {origin}/voice → 200",
        f"GET {origin}/a.wav → 200",
        f"waits 6 s for keys, at most 1, ended by #, then {origin}/turn",
        f"POST {origin}/status → 204",
    ]
    assert result.exit_code == 0


def test_a_failure_is_told_on_stderr_and_by_the_exit_code(origin: str) -> None:
    result = run(f"{origin}/broken", "--token", TOKEN)
    assert result.stdout == "The caller hung up after 0.0 s.\n"
    message = f"GET {origin}/missing.wav answered 404 NOT FOUND; is the path right?"
    assert result.stderr == f"   0.0s  error   11200: {message}\n"
    assert result.exit_code == 1


def test_a_wrong_token_fails_the_call(origin: str) -> None:
    result = run(f"{origin}/voice", "--token", "another")
    assert result.stdout == "The call failed after 0.0 s.\n"
    assert "403" in result.stderr
    assert result.exit_code == 1


def test_the_token_is_the_one_that_the_line_uses(
    origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    assert run(f"{origin}/reject").exit_code == 0
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    # `main` tells it, and exits with 2.
    with pytest.raises(SettingsError, match="There is no auth token to sign with:"):
        run(f"{origin}/reject")


def test_words_cannot_steer_the_terminal(origin: str) -> None:
    result = run(f"{origin}/rude", "--token", TOKEN)
    assert result.stdout.splitlines()[:2] == [
        "   0.0s  line    (Say) 31ma b (2 times)",
        f"   1.0s  line    (a clip without words: {origin}/silent.wav)",
    ]


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/voice"
        result = run(url, "--token", TOKEN)
    assert f"nothing answers at {url}" in result.stderr
    assert "is `make run` running?" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="no URL"),
        pytest.param(("line.test/voice", "--token", TOKEN), id="no http://"),
        pytest.param(("http://line.test/voice", "--keys", "one"), id="bad keys"),
        pytest.param(("http://line.test/voice", "--loud"), id="unknown option"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_rung(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Usage: ")


def test_help_shows_an_example() -> None:
    assert isinstance(call, click.Command)
    assert 'ivr call http://127.0.0.1:8000/voice --keys "1 2' in run("--help").stdout
