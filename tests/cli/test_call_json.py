"""`ivr call --json`: the form that others' scripts read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from click.testing import CliRunner, Result
from werkzeug.wrappers import Request, Response

from ivr.cli.call import call
from ivr.simulator import events
from ivr.simulator.lines import line
from tests.cli.pages import pages
from tests.cli.terminal import UNMEASURED
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

IVR = Path(sys.executable).parent / "ivr"
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/speech" timeout="6"><Play loop="2">/a.wav</Play>'
    "</Gather><Redirect>/voice</Redirect>",
    "/speech": '<Gather input="speech" action="/record"><Pause length="2"/></Gather><Hangup/>',
    "/record": '<Record action="/dial" timeout="3"/>',
    "/dial": '<Dial>+12025550123</Dial><Say language="en-IN" voice="Polly.Raveena">Bye</Say>'
    '<Play>/missing.wav</Play><Play digits="1w"/><Bad/><Enqueue>help</Enqueue>',
    "/reject": '<Reject reason="busy"/>',
    "/endless": "<Redirect>/endless</Redirect>",
}
FIELDS = {
    "request": ["method", "url", "status", "seconds"],
    "say": ["text", "language", "voice", "loop"],
    "play": ["words", "url", "seconds", "loop"],
    "pause": ["seconds"],
    "delay": ["seconds"],
    "gather": ["input", "num_digits", "finish_on_key", "timeout"],
    "pressed": ["digits", "finished_on"],
    "spoke": ["text"],
    "silence": [],
    "record": ["seconds", "key"],
    "dial": ["to", "outcome"],
    "beep": ["max_length", "timeout", "finish_on_key"],
    "enqueue": ["queue"],
    "sms": ["to", "text"],
    "redirect": ["url"],
    "reject": ["reason"],
    "warning": ["code", "message"],
    "error": ["code", "message"],
    "ended": ["by", "seconds"],
}

LINES: list[tuple[events.Event, dict[str, Any] | None]] = [
    (
        events.Received(
            at_seconds=0.0, method="POST", url="u", content_type="t", text="<Response/>"
        ),
        None,
    ),
    (
        events.Requested(
            at_seconds=1.23456,
            method="POST",
            url="http://line.test/",
            status=None,
            purpose="document",
            seconds=0.12345,
        ),
        {
            "at": 1.235,
            "event": "request",
            "method": "POST",
            "url": "http://line.test/",
            "status": None,
            "seconds": 0.123,
        },
    ),
    (
        events.Said(at_seconds=0.0, text="Hi", language="en-US", voice="man", loop=0, seconds=9.0),
        {"at": 0.0, "event": "say", "text": "Hi", "language": "en-US", "voice": "man", "loop": 0},
    ),
    (
        events.Played(at_seconds=0.0, words="1w2", url=None, seconds=1.5),
        {"at": 0.0, "event": "play", "words": "1w2", "url": None, "seconds": 1.5, "loop": 1},
    ),
    (
        events.Heard(
            at_seconds=0.0, words="Hi", url=None, seconds=1.0, is_clip=False, language="en-US"
        ),
        None,
    ),
    (events.Paused(at_seconds=0.5, seconds=2.0), {"at": 0.5, "event": "pause", "seconds": 2.0}),
    (events.Delayed(at_seconds=0.5, seconds=3.0), {"at": 0.5, "event": "delay", "seconds": 3.0}),
    (events.Interrupted(at_seconds=0.0), None),
    (
        events.Gathering(
            at_seconds=3.0,
            input="dtmf",
            num_digits=None,
            timeout_seconds=6,
            finish_on_key="",
            action="http://line.test/",
        ),
        {
            "at": 3.0,
            "event": "gather",
            "input": "dtmf",
            "num_digits": None,
            "finish_on_key": "",
            "timeout": 6,
        },
    ),
    (events.KeyPressed(at_seconds=0.0, key="1"), None),
    (
        events.Pressed(at_seconds=3.0, digits="12", finished_on="#"),
        {"at": 3.0, "event": "pressed", "digits": "12", "finished_on": "#"},
    ),
    (events.Spoke(at_seconds=3.0, text="yes"), {"at": 3.0, "event": "spoke", "text": "yes"}),
    (events.Spoke(at_seconds=3.0, text="yes", is_heard=False), None),
    (events.Silence(at_seconds=6.0, seconds=6.0), {"at": 6.0, "event": "silence"}),
    (
        events.Beeped(
            at_seconds=0.0, max_seconds=9, timeout_seconds=1, finish_on_key="#", action="http://a/"
        ),
        {"at": 0.0, "event": "beep", "max_length": 9, "timeout": 1, "finish_on_key": "#"},
    ),
    (
        events.Recorded(at_seconds=9.0, seconds=4.0, key="hangup"),
        {"at": 9.0, "event": "record", "seconds": 4.0, "key": "hangup"},
    ),
    (
        events.Dialed(at_seconds=9.0, to=("+1", "+2"), outcome="busy", seconds=0.0),
        {"at": 9.0, "event": "dial", "to": ["+1", "+2"], "outcome": "busy"},
    ),
    (
        events.Enqueued(at_seconds=9.0, queue="help"),
        {"at": 9.0, "event": "enqueue", "queue": "help"},
    ),
    (
        events.Texted(at_seconds=9.0, to="+1", text="Hi"),
        {"at": 9.0, "event": "sms", "to": "+1", "text": "Hi"},
    ),
    (
        events.Redirected(at_seconds=9.0, url="http://a/"),
        {"at": 9.0, "event": "redirect", "url": "http://a/"},
    ),
    (
        events.Rejected(at_seconds=0.0, reason="busy"),
        {"at": 0.0, "event": "reject", "reason": "busy"},
    ),
    (
        events.Warned(at_seconds=0.0, code=None, message="odd"),
        {"at": 0.0, "event": "warning", "code": None, "message": "odd"},
    ),
    (
        events.Failed(at_seconds=0.0, code=11200, message="bad"),
        {"at": 0.0, "event": "error", "code": 11200, "message": "bad"},
    ),
    (
        events.Ended(at_seconds=9.0, by="caller"),
        {"at": 9.0, "event": "ended", "by": "caller", "seconds": 9.0},
    ),
]


@pytest.mark.parametrize(("event", "told"), LINES, ids=[type(each).__name__ for each, _ in LINES])
def test_each_event_has_its_fields_and_no_others(
    event: events.Event, told: dict[str, Any] | None
) -> None:
    found = line(event)
    assert found == told
    if found is not None:
        assert list(found) == ["at", "event", *FIELDS[str(found["event"])]]


def test_the_table_above_has_every_event() -> None:
    assert {type(event) for event, _ in LINES} == set(get_args(events.Event))
    assert {told["event"] for _, told in LINES if told is not None} == set(FIELDS)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages(DOCUMENTS, {"/a.wav": sound(BENGALI, 1.5)})) as url:
        yield url


def run(*arguments: str) -> Result:
    runner = CliRunner(mix_stderr=False)
    return runner.invoke(call, ["--token", "T", "--json", *arguments], catch_exceptions=False)


def read(result: Result) -> list[dict[str, Any]]:
    assert result.stdout.endswith("\n")
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_a_call_is_told_one_object_a_line(origin: str) -> None:
    keys = "silence 12 'say:two words' record:4"
    result = run(f"{origin}/voice", "--keys", keys, "--dial", "busy")
    told = read(result)
    names = [each["event"] for each in told if each["event"] not in {"request", "warning"}]
    assert names == [
        *("play", "gather", "silence", "redirect", "play", "gather", "pressed"),
        *("pause", "gather", "spoke", "beep", "record", "dial", "say", "error", "play"),
        *("enqueue", "ended"),
    ]
    assert BENGALI in result.stdout
    by_name = {each["event"]: each for each in told}
    assert by_name["pressed"]["digits"] == "1", "surplus digits of a turn are dropped"
    assert by_name["spoke"]["text"] == "two words"
    assert by_name["record"] | {"at": 0} == {"at": 0, "event": "record", "seconds": 4.0, "key": ""}
    assert by_name["dial"]["to"] == ["+12025550123"]
    assert by_name["dial"]["outcome"] == "busy"
    assert by_name["ended"]["by"] == "caller"
    assert by_name["ended"]["seconds"] == by_name["ended"]["at"]
    assert by_name["error"]["code"] == 11200
    assert {12200} <= {each["code"] for each in told if each["event"] == "warning"}
    assert all(isinstance(each["at"], int | float) for each in told)
    assert [each["at"] for each in told] == sorted(each["at"] for each in told)
    assert result.exit_code == 1, "an error need not end a call, and is told all the same"


def test_an_error_need_not_be_told_in_words(origin: str) -> None:
    result = run(f"{origin}/nowhere")
    assert [each["event"] for each in read(result)] == ["request", "error", "ended"]
    assert result.stderr == ""
    assert result.exit_code == 1


def test_turns_that_are_left_are_noted_beside_the_lines(origin: str) -> None:
    result = run(f"{origin}/reject", "--keys", "1 2")
    assert [each["event"] for each in read(result)] == ["request", "reject", "ended"]
    assert result.stderr == "note: the call ended with 2 of 2 turns left\n"
    assert result.exit_code == 0


def test_a_call_that_goes_on_without_end_is_cut_off_after_so_many_documents(origin: str) -> None:
    result = run(f"{origin}/endless", "--max-turns", "7")
    told = read(result)
    assert [each["event"] for each in told].count("request") == 7
    assert told[-1]["by"] == "limit"
    assert result.exit_code == 1


def command(*arguments: str) -> list[str]:
    return [str(IVR), "call", "--token", "T", "--json", *arguments]


def test_lines_are_utf_8_whatever_the_terminal_speaks(origin: str) -> None:
    ran = subprocess.run(  # noqa: S603 - our own command
        command(f"{origin}/voice"),
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert BENGALI.encode() in ran.stdout


def test_a_full_disk_is_told_in_words(origin: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(  # noqa: S603 - our own command
            command(f"{origin}/voice", "--keys", "1"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert ran.stderr == "The call cannot be printed: No space left on device\n"
    assert ran.returncode == 1


@pytest.mark.parametrize("form", ["--json", "--verbose"])
def test_a_reader_who_has_read_enough_ends_a_call_in_real_time(origin: str, form: str) -> None:
    arguments = [form, "--real-time", "--keys", "silence silence silence"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [str(IVR), "call", "--token", "T", f"{origin}/voice", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "/voice" in process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 1
        assert process.stderr.read() == ""


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("is_answered", [False, True], ids=["before any answer", "in a prompt"])
def test_a_call_that_is_interrupted_is_told_to_its_end(
    signal_name: str, *, is_answered: bool
) -> None:
    asked, answered = threading.Event(), threading.Event()

    @Request.application
    def line(_: Request) -> Response:
        asked.set()
        if not is_answered:
            answered.wait(30)
        pause = '<Response><Pause length="60"/></Response>'
        return Response(pause, mimetype="text/xml")

    with (
        serving(line) as url,
        subprocess.Popen(  # noqa: S603 - our own command
            command(f"{url}/", "--real-time"),
            env={**os.environ, **UNMEASURED},  # noqa: TID251 - a child needs PATH
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert asked.wait(30)
        if is_answered:
            assert '"pause"' in process.stdout.readline() + process.stdout.readline()
        process.send_signal(signal.Signals[signal_name])
        out, err = process.communicate(timeout=30)
        answered.set()
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["by"]) == ("ended", "caller")
    assert err == ""
    assert process.returncode == 0


def test_a_command_without_any_input_or_output_of_its_own_is_no_terminal(origin: str) -> None:
    """As cron and daemons start it: with stdin closed, not only empty."""
    command = f"exec {IVR} call {origin}/voice --token T --json --keys 12 <&-"
    done = subprocess.run(  # noqa: S602 - only a shell can close a stream
        command, shell=True, capture_output=True, text=True, check=False, timeout=30
    )
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "ended"
    assert "Traceback" not in done.stderr


def test_a_number_that_is_withheld_is_empty(origin: str) -> None:
    assert run(f"{origin}/voice", "--keys", "", "--from", "").exit_code == 0
