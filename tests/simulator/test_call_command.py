"""`ivr call` prints what a caller hears and does, over a real loopback server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result
from werkzeug.wrappers import Request, Response

from ivr.cli.call import call
from ivr.cli.call.line import Line
from ivr.errors import SettingsError
from ivr.simulator.setup import FROM_NUMBER, MAX_DOCUMENTS, TO_NUMBER
from ivr.twiml.signature import is_signed
from ivr.twiml.verbs import Dial, Gather, Hangup, Noun, Pause, Play, Redirect, Reject, Say, Verb
from ivr.twiml.write import write
from tests.cli.pages import pages
from tests.cli.terminal import UNMEASURED
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

IVR = Path(sys.executable).parent / "ivr"
TOKEN = "secret"
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
LONG = "word " * 60 + "end"
ECHOED = ("From", "To", "CallerName", "Empty")

MENU = Gather(nested=(Play("/a.wav"), Pause(2)), action="/turn", num_digits=1, timeout_seconds=6)
DOCUMENTS: dict[str, list[Verb]] = {
    "/voice": [MENU, Say("Nothing came"), MENU, Hangup()],
    "/turn": [Say(LONG), Hangup()],
    "/moved": [Redirect("/voice")],
    "/around": [Redirect("/around")],
    "/reject": [Reject()],
    "/broken": [Play("/missing.wav"), Gather(), Hangup()],
    "/nothing": [Gather(num_digits=1)],
    "/dial": [
        Dial(nouns=(Noun("Number", "+12025550123"),)),
        Dial(nouns=(Noun("Number", "+12025550199"),)),
    ],
    "/rude": [Say("\x9b31m" + "a\nb", loop=2), Play("/silent.wav")],
}


@Request.application
def application(request: Request) -> Response:
    if not is_signed(TOKEN, request.url, request.form, request.headers.get("X-Twilio-Signature")):
        return Response("not signed", 403)
    if request.path in {"/a.wav", "/silent.wav"}:
        words = BENGALI if request.path == "/a.wav" else ""
        return Response(sound(words, 1.5), mimetype="audio/wav")
    if request.path == "/status":
        return Response("", 204 if request.form["CallStatus"] == "completed" else 400)
    if request.path == "/echo":
        told = (request.method, *(request.values.get(name, "-") for name in ECHOED))
        return Response(write([Say(" ".join(told)), Hangup()]), mimetype="text/xml")
    if request.path in DOCUMENTS:
        return Response(write(DOCUMENTS[request.path]), mimetype="text/xml")
    return Response("", 404)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(application) as url:
        yield url


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(call, arguments, catch_exceptions=False)


def test_a_call_is_printed_line_by_line(origin: str) -> None:
    result = run(f"{origin}/voice", "--keys", "silence 12", "--token", TOKEN)
    assert result.stdout == (
        f"   0.0s  line    {BENGALI}\n"
        "   1.5s  line    (pause of 2 s)\n"
        "   9.5s  caller  (silence for 6 s)\n"
        "   9.5s  line    (Say) Nothing came\n"
        f"  10.4s  line    {BENGALI}\n"
        "  11.9s  line    (pause of 2 s)\n"
        "  14.4s  caller  1\n"
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
    shown = [line[9:].strip() for line in result.stdout.splitlines() if "http" in line]
    assert [re.sub(r"\d+ ms", "? ms", line) for line in shown] == [
        f"POST {origin}/moved → 200, ? ms",
        f"Redirect to {origin}/voice",
        f"POST {origin}/voice → 200, ? ms",
        f"GET {origin}/a.wav → 200, ? ms",
        f"waits 6 s for dtmf, at most 1, ended by #, then {origin}/turn",
        f"POST {origin}/status → 204, ? ms",
    ]
    assert result.exit_code == 0


def test_a_failure_is_told_on_stderr_and_by_the_exit_code(origin: str) -> None:
    result = run(f"{origin}/broken", "--token", TOKEN, "--keys", "")
    assert result.stdout == "The caller hung up after 0.0 s.\n"
    message = f"GET {origin}/missing.wav answered 404 NOT FOUND; is the path right?"
    assert result.stderr == f"   0.0s  error   11200: {message}\n"
    assert result.exit_code == 1


def test_a_warning_is_told_on_stderr_and_is_no_error(origin: str) -> None:
    result = run(f"{origin}/nothing", "--keys", "hangup", "--token", TOKEN)
    assert result.stderr.startswith(f"   0.0s  warning {origin}/nothing: nothing follows <Gather>")
    assert result.stdout == "The caller hung up after 0.0 s.\n"
    assert result.exit_code == 0


def test_a_call_without_end_is_cut_off(origin: str) -> None:
    result = run(f"{origin}/around", "--token", TOKEN, "--max-turns", "5")
    assert result.stdout == "The call went on without end and was cut off after 0.0 s.\n"
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
    assert "403" in run(f"{origin}/reject").stderr


def test_without_a_known_token_only_what_is_on_this_machine_is_rung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    with serving(pages({"/": "<Hangup/>"})) as url:
        for here in (url, url.replace("127.0.0.1", "localhost")):
            result = run(f"{here}/")
            assert "note: no auth token is known" in result.stderr
            assert result.exit_code == 0
    # `main` tells it, and exits with 2.
    for away in ("https://line.example/voice", "http://192.0.2.1/", "http://[2001:db8::1]/"):
        with pytest.raises(SettingsError, match="There is no auth token to sign with:"):
            run(away)


ECHOES = {
    "nothing given": ((), f"POST {FROM_NUMBER} {TO_NUMBER} - -"),
    "numbers": (("--from", "+15005550001", "--to", "client:a"), "POST +15005550001 client:a - -"),
    "GET": (("--method", "get"), f"GET {FROM_NUMBER} {TO_NUMBER} - -"),
    "parameters": (
        ("--param", "CallerName=Asha = Rao", "--param", "Empty=", "--param", "To=+1"),
        f"POST {FROM_NUMBER} +1 Asha = Rao",
    ),
}


@pytest.mark.parametrize(("options", "told"), ECHOES.values(), ids=ECHOES)
def test_options_reach_the_application(origin: str, options: tuple[str, ...], told: str) -> None:
    result = run(f"{origin}/echo", "--token", TOKEN, *options)
    assert result.stdout.splitlines()[0] == f"   0.0s  line    (Say) {told}"
    assert result.exit_code == 0


def test_dials_end_as_they_were_told_to(origin: str) -> None:
    result = run(f"{origin}/dial", "--token", TOKEN, "--dial", "busy, completed")
    assert [line[17:] for line in result.stdout.splitlines()[:2]] == [
        "(dials +12025550123: busy)",
        "(dials +12025550199: completed)",
    ]
    assert result.exit_code == 0


def test_the_fallback_is_asked_when_a_document_cannot_be_had(origin: str) -> None:
    result = run(f"{origin}/gone", "--token", TOKEN, "--fallback", "/reject")
    assert result.stdout == "The line rejected the call after 0.0 s.\n"
    assert "404" in result.stderr
    assert result.exit_code == 1


NOTED = {
    "no keys": ("/voice", (), True),
    "no keys, in real time": ("/nothing", ("--real-time",), True),
    "empty keys": ("/voice", ("--keys", ""), False),
    "no keys, and the line hangs up": ("/reject", (), False),
    "no keys, for a program": ("/voice", ("--json",), False),
}


@pytest.mark.parametrize(("path", "options", "is_noted"), NOTED.values(), ids=NOTED)
def test_outside_of_a_terminal_a_call_without_keys_only_listens_and_says_so(
    origin: str, path: str, options: tuple[str, ...], *, is_noted: bool
) -> None:
    result = run(f"{origin}{path}", "--token", TOKEN, *options)
    note = "note: no keys were given, so the caller only listened; use --keys or a terminal\n"
    assert result.stderr.endswith(note) == is_noted
    assert ("no keys" in result.stderr) == is_noted
    assert result.exit_code == 0


def test_words_cannot_steer_the_terminal(origin: str) -> None:
    result = run(f"{origin}/rude", "--token", TOKEN)
    assert result.stdout.splitlines()[:2] == [
        "   0.0s  line    (Say) 31ma b (2 times)",
        f"   1.0s  line    (a clip without words: {origin}/silent.wav)",
    ]


@pytest.fixture
def away() -> Iterator[str]:
    """An origin at which nothing answers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


QUESTION = "is `make run` running?"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flow, in which the command is given."""
    flow = tmp_path / "config/flow.yaml"
    flow.parent.mkdir()
    flow.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_a_server_that_is_not_there_is_told_plainly(away: str) -> None:
    result = run(f"{away}/voice", "--token", TOKEN)
    assert f"nothing answers at {away}/voice" in result.stderr
    assert QUESTION in result.stderr
    assert result.exit_code == 1


def test_an_application_of_others_is_not_asked_for_make_run(away: str, checkout: Path) -> None:
    line = pages({"/": f"<Play>{away}/a.wav</Play>"})
    with serving(line) as url:
        a_clip = run(f"{url}/", "--token", TOKEN)
    assert not Line("https://line.example/voice", TOKEN).is_own
    (checkout / "config/flow.yaml").unlink()
    no_flow = run(f"{away}/", "--token", TOKEN)
    for result in (a_clip, no_flow):
        assert result.exit_code == 1
        assert "error " in result.stderr
        assert QUESTION not in result.stderr


URL = "http://line.test/voice"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("line.test/voice", "--token", TOKEN), id="no http://"),
        pytest.param((URL, "--keys", "one"), id="bad keys"),
        pytest.param((URL, "--keys", "1 'say:a"), id="a quote that is not closed"),
        pytest.param((URL, "--loud"), id="unknown option"),
        pytest.param((URL, "--method", "PUT"), id="bad method"),
        pytest.param((URL, "--param", "Name"), id="a parameter without value"),
        pytest.param((URL, "--param", "=value"), id="a parameter without name"),
        pytest.param((URL, "--dial", "busy,ringing"), id="bad outcome"),
        pytest.param((URL, "--max-turns", "0"), id="no documents"),
        pytest.param((URL, "--fallback", "ftp://line.test/"), id="bad fallback"),
        pytest.param((URL, "--status-callback", "http://a:x/"), id="bad status callback"),
        pytest.param((URL, "--sound"), id="sound on a clock that does not wait"),
        pytest.param(("", "--token", TOKEN), id="an empty URL"),
        pytest.param((URL, "--param", "N=\udcff"), id="a parameter that is not UTF-8"),
        pytest.param((URL, "--token", ""), id="an empty token"),
        pytest.param((URL, "--from", "\udcff"), id="a number that is not UTF-8"),
        pytest.param((URL, "--token", "T\udcff"), id="a token that is not UTF-8"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_rung(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Usage: ")


def test_wrong_usage_names_what_is_wrong() -> None:
    told = run(URL, "--dial", "busy,ringing").stderr
    assert "Invalid value for --dial: 'ringing' is no outcome; use completed, answered," in told
    assert "'Name'; write NAME=VALUE" in run(URL, "--param", "Name").stderr


def test_help_shows_an_example() -> None:
    assert isinstance(call, click.Command)
    assert 'ivr call http://127.0.0.1:8000/voice --keys "1 2' in run("--help").stdout


def test_help_shows_the_defaults_as_they_are() -> None:
    shown = " ".join(run("--help").stdout.split())
    for default in (FROM_NUMBER, TO_NUMBER, "POST", f"{MAX_DOCUMENTS}; x>=1"):
        assert f"[default: {default}]" in shown
    told = [option for option in call.params if isinstance(option, click.Option)]
    assert shown.count("[default: ") == len(told)


def test_a_script_takes_as_long_as_a_call_when_asked_to() -> None:
    begun = time.monotonic()
    with serving(pages({"/": '<Pause length="1"/><Hangup/>'})) as url:
        result = run(f"{url}/", "--token", TOKEN, "--real-time")
    assert result.stdout.splitlines() == [
        "   0.0s  line    (pause of 1 s)",
        "The line hung up after 1.0 s.",
    ]
    assert 1 <= time.monotonic() - begun < 20


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_call_that_is_interrupted_is_hung_up(signal_name: str) -> None:
    with (
        serving(pages({"/": '<Pause length="60"/><Hangup/>'})) as url,
        subprocess.Popen(  # noqa: S603 - our own command
            [IVR, "call", f"{url}/", "--token", TOKEN, "--real-time"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **UNMEASURED},  # noqa: TID251 - a child needs PATH
        ) as process,
    ):
        assert process.stdout is not None
        assert "(pause of 60 s)" in process.stdout.readline()
        process.send_signal(signal.Signals[signal_name])
        out, err = process.communicate(timeout=30)
    assert out.startswith("The caller hung up after ")
    assert err == ""
    assert process.returncode == 0


def test_a_caller_may_hang_up_before_anybody_has_answered() -> None:
    asked, answered = threading.Event(), threading.Event()

    @Request.application
    def slow(_: Request) -> Response:
        asked.set()
        answered.wait(30)
        return Response("<Response/>", mimetype="text/xml")

    with (
        serving(slow) as url,
        subprocess.Popen(  # noqa: S603 - our own command
            [IVR, "call", f"{url}/", "--token", TOKEN],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **UNMEASURED},  # noqa: TID251 - a child needs PATH
        ) as process,
    ):
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        answered.set()
    assert (out, err) == ("The caller hung up after 0.0 s.\n", "")
    assert process.returncode == 0
