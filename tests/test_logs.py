from __future__ import annotations

import json
import logging
import pty
import subprocess
import sys
from contextlib import contextmanager
from os import fdopen
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from ivr.cli.dev.command import _log_as_text
from ivr.logs import configure
from ivr.masks import hinted, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SID = "CA1234567890abcdef1234567890123456"
OF_CALLS = structlog.get_logger("ivr.web.line")
OF_OTHERS = structlog.get_logger("ivr.speech.google")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """All that was logged as JSON so far, line by line."""
    configure(is_json=True, level="info")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


# -- What is hidden --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "+919876543210",
        "+91 98765 43210",
        "+91-98765-43210",
        "+91 (98765) 43210",
        "+1.202.555.0100",
        "919876543210",
        "09876543210",
        "98765 43210",
        "98765-43210",
        "%2B919876543210",
        "%2b91%2098765%2043210",
        "%252B919876543210",
        "+1234567",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        *("{}", "from {}.", "sip:{}@host", "From={}&To=", "'{}'", "({})"),
        *("From=sip%3A{}%40host", "ErrorUrl=x%3FFrom%3Dsip%253A{}", r"b'a\n{}'", r"b'a\xe0{}'"),
    ],
)
@pytest.mark.parametrize("is_of_call", [True, False], ids=["of a call", "of none"])
def test_a_telephone_number_is_hidden_wherever_it_stands(
    number: str, around: str, *, is_of_call: bool
) -> None:
    assert masked(around.format(number), is_of_call=is_of_call) == around.format("[number]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Digits=4711&msg=Gather End", "Digits=[digits]&msg=Gather End", id="a PIN"),
        pytest.param("'471199'", "'[digits]'", id="six"),
        pytest.param(
            "ErrorUrl=x%3FDigits%3D4711%26", "ErrorUrl=x%3FDigits%3D[digits]%26", id="URL"
        ),
        pytest.param(r"b'\n4711\xe04711'", r"b'\n[digits]\xe0[digits]'", id="bytes"),
        pytest.param("keyed ৪৭১১", "keyed [digits]", id="Bengali digits"),
        pytest.param("1234567890123456", "[digits]", id="more than a number has"),
        pytest.param("47*11 *471#", "[digits] [digits]", id="with other keys"),
        pytest.param("**** ####", "**** ####", id="no digit"),
        pytest.param("4711-8822", "[number]", id="in groups"),
        pytest.param("key 471", "key 471", id="three"),
        pytest.param(SID, SID, id="a CallSid"),
        pytest.param("clips/p400-0123abcd.wav", "clips/p400-0123abcd.wav", id="a clip"),
        pytest.param('File "app.py", line 1536, in f', 'File "app.py", line 1536, in f', id="line"),
        pytest.param("counts of 2026-03-02", "counts of 2026-03-02", id="a day"),
    ],
)
def test_what_a_caller_may_have_keyed_is_hidden_and_names_are_not(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_outside_of_calls_a_port_stays_readable() -> None:
    told = "Listening at: http://0.0.0.0:8000 (31544)"
    assert masked(told, is_of_call=False) == told


@pytest.mark.parametrize(
    ("number", "hint"),
    [("+91 98765 43210", "…10"), ("12025550100", "…00"), ("4711", "…"), ("abc", "…"), ("", "…")],
)
def test_of_a_number_its_owner_sees_the_end(number: str, hint: str) -> None:
    assert hinted(number) == hint


# -- JSON ------------------------------------------------------------------------------------------


def test_a_line_tells_when_what_where_and_of_which_call(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    with bound_contextvars(call=SID, turn=7):
        OF_CALLS.info("turn", place="main_menu", milliseconds=12345, is_new=True, back=None)
    (line,) = lines()
    assert list(line)[:6] == ["time", "level", "event", "logger", "call", "turn"]
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "turn",
        "logger": "ivr.web.line",
        "call": SID,
        "turn": 7,
        "place": "main_menu",
        "milliseconds": 12345,
        "is_new": True,
        "back": None,
    }


def test_an_exception_is_one_field_without_what_its_message_repeats(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    def fail(digits: str) -> None:
        raise ValueError(f"keyed {digits} from +919876543210")

    try:
        fail("4711")
    except ValueError:
        OF_CALLS.exception("turn_failed")
    (line,) = lines()
    assert "in fail" in line["exception"]
    assert line["exception"].endswith("ValueError: keyed [digits] from [number]")
    assert "4711" not in str(line)


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        pytest.param(lambda: OF_CALLS.info("x", why="code 4711"), "code [digits]", id="a request"),
        pytest.param(lambda: OF_OTHERS.info("x", why="port 6379"), "port 6379", id="no request"),
        pytest.param(
            lambda: OF_OTHERS.info("x", why="from 9876543210"), "from [number]", id="a number"
        ),
        pytest.param(
            lambda: OF_OTHERS.info("x", call="CA1", why="code 4711"), "code [digits]", id="a call"
        ),
        pytest.param(
            lambda: OF_CALLS.info("x", why={"Digits": "4711"}),
            "{'Digits': '[digits]'}",
            id="dict",
        ),
        pytest.param(
            lambda: OF_CALLS.info("x", why=ValueError("4711")), "[digits]", id="an exception"
        ),
    ],
)
def test_a_field_is_masked_by_what_it_is_about(
    log: Callable[[], None], shown: str, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    log()
    (line,) = lines()
    assert line["why"] == shown


@pytest.mark.parametrize(
    ("name", "level", "shown"),
    [
        ("ivr", logging.ERROR, "POST ?Digits=[digits]"),
        ("werkzeug", logging.ERROR, "POST ?Digits=[digits]"),
        ("gunicorn.error", logging.ERROR, "POST ?Digits=[digits]"),
        ("gunicorn.error", logging.INFO, "POST ?Digits=4711"),
        ("another", logging.ERROR, "POST ?Digits=4711"),
    ],
)
def test_what_others_log_goes_the_same_way(
    name: str, level: int, shown: str, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    logging.getLogger(name).log(level, "POST ?Digits=%s", "4711")
    (line,) = lines()
    assert (line["logger"], line["event"]) == (name, shown)


def test_a_traceback_of_others_is_masked_too(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        int("+91 98765 43210")
    except ValueError:
        logging.getLogger("ivr").exception("Exception on /voice [POST]")
    (line,) = lines()
    assert line["exception"].endswith("with base 10: '[number]'")


def test_gunicorns_own_handlers_write_nothing_beside(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    logger = logging.getLogger("gunicorn.error")
    logger.propagate = False
    logger.addHandler(logging.StreamHandler(sys.stderr))
    configure(is_json=True, level="info")
    logger.info("Booting worker with pid: 31544")
    assert [line["event"] for line in lines()] == ["Booting worker with pid: 31544"]


@pytest.mark.parametrize(
    ("level", "written"),
    [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)],
)
def test_less_than_the_level_is_not_written(
    level: str, written: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(is_json=True, level=level)
    OF_CALLS.debug("one")
    OF_CALLS.info("two")
    OF_CALLS.warning("three")
    assert len(capsys.readouterr().err.splitlines()) == written


@pytest.mark.parametrize(
    ("level", "written"), [("debug", ["turn", "clip"]), ("info", ["clip"]), ("warning", [])]
)
def test_on_the_own_machine_turns_are_told_only_to_who_asks_for_all(
    level: str, written: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _log_as_text(level)
    OF_CALLS.info("turn")
    structlog.get_logger("ivr.web.stock").info("clip")
    assert [line.split()[-1] for line in capsys.readouterr().err.splitlines()] == written


def test_nothing_of_it_goes_where_results_stand(capsys: pytest.CaptureFixture[str]) -> None:
    configure(is_json=False, level="info")
    OF_OTHERS.warning("one")
    assert capsys.readouterr().out == ""


WAYS = """
import logging, sys
import structlog
from structlog.contextvars import bound_contextvars
from ivr.logs import configure

configure(is_json=True, level="info")
if "beside" in sys.argv:
    logging.getLogger().addHandler(logging.NullHandler())
log = structlog.get_logger("ivr.web.line")
with bound_contextvars(call="CA1", turn=7):
    log.info("turn", place="main_menu", kept="saved", milliseconds=1.5, is_new=True, back=None)
    log.warning("refused", why="code 4711 from +91 98765 43210")
log.error("নমস্কার", name="half of one: \\ud800")
log.debug("too little to be told")
try:
    raise ValueError("keyed 4711")
except ValueError as error:
    log.exception("turn_failed")
    log.error("turn_failed", exc_info=error)
logging.getLogger("another").warning("as it is")
class Word(str):
    pass
class Number(int):
    pass
log.info("odd", word=Word("a word"), number=Number(3), half=Word("\\ud800"))
log.critical("the end")
"""
FAILS = """
import logging, sys
import structlog
from ivr.logs import configure

configure(is_json="json" in sys.argv, level="info")
if "closed" in sys.argv:
    sys.stderr.close()
if "none" in sys.argv:
    sys.stderr = None
structlog.get_logger("ivr.web.line").info("turn", call="CA1")
logging.getLogger("another").warning("as it is")
print("it goes on", flush=True)
"""


def written(*arguments: str) -> list[dict[str, Any]]:
    """What a process of its own writes: in a test, pytest has handlers beside ours."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", WAYS, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_an_event_is_written_alike_by_the_short_way_and_the_long_one() -> None:
    short, long = written(), written("beside")
    assert all(line.pop("time").endswith("Z") for line in (*short, *long))
    assert short == long
    assert [next(iter(line)) for line in short] == ["level"] * 8
    assert short[0] == {
        "level": "info",
        "event": "turn",
        "logger": "ivr.web.line",
        "call": "CA1",
        "turn": 7,
        "place": "main_menu",
        "kept": "saved",
        "milliseconds": 1.5,
        "is_new": True,
        "back": None,
    }
    assert short[1]["why"] == "code [digits] from [number]"
    assert short[3]["exception"].endswith("ValueError: keyed [digits]")


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("how", ["full", "closed", "none"])
def test_a_log_that_nobody_takes_stops_nobody(form: str, how: str) -> None:
    """A turn that failed with its own line of the log would leave a caller in silence."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", FAILS, form, how],
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.stdout == "it goes on\n"


# -- Text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "line"),
    [
        pytest.param(
            lambda: OF_CALLS.warning("degraded", why="Redis is away", tries=2),
            'WARNING ivr.web.line: degraded why="Redis is away" tries=2\n',
            id="fields",
        ),
        pytest.param(
            lambda: OF_CALLS.info("turn", turn=7, call="CA1", place="main_menu"),
            "INFO ivr.web.line: turn place=main_menu turn=7 call=CA1\n",
            id="of a call",
        ),
        pytest.param(
            lambda: OF_CALLS.info("clip", name="\x1b[2J", empty=""),
            'INFO ivr.web.line: clip name="\\u001b[2J" empty=""\n',
            id="nothing that a terminal obeys",
        ),
        pytest.param(
            lambda: logging.getLogger("another").warning("as %s", "is"),
            "WARNING another: as is\n",
            id="of others",
        ),
    ],
)
def test_a_person_reads_a_line(
    log: Callable[[], None], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(is_json=False, level="info")
    log()
    assert capsys.readouterr().err == line


def test_a_traceback_stands_below_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(is_json=False, level="info")
    try:
        int("x")
    except ValueError:
        OF_CALLS.exception("turn_failed", kept="saved")
    first, second, *_, last = capsys.readouterr().err.splitlines()
    assert first == "ERROR ivr.web.line: turn_failed kept=saved"
    assert second == "Traceback (most recent call last):"
    assert last.startswith("ValueError: ")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A terminal as stderr; gives what reads it."""
    ours, theirs = pty.openpty()
    with fdopen(ours, "rb", buffering=0) as read, fdopen(theirs, "w") as written:
        monkeypatch.setattr(sys, "stderr", written)
        yield lambda: read.read(1000).decode()


def test_a_terminal_shows_trouble_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(is_json=False, level="info")
    with terminal(monkeypatch) as shown:
        OF_OTHERS.error("one")
        assert shown() == "\x1b[31mERROR\x1b[0m ivr.speech.google: one\r\n"
        OF_OTHERS.info("two")
        assert shown() == "INFO ivr.speech.google: two\r\n"
