"""`ivr call` with somebody at the keys: a real terminal, a real server, real time."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from ivr.cli.call.captions import wanted
from ivr.cli.call.line import Line
from ivr.cli.call.options import Options
from ivr.cli.call.placing import talked
from ivr.simulator.events import Gathering
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from tests.cli.pages import pages
from tests.cli.terminal import PATIENCE_SECONDS, Terminal
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/turn" timeout="60"><Play>/long.wav</Play></Gather>'
    "<Hangup/>",
    "/turn": '<Say>Well pressed</Say><Gather action="/free" timeout="60"/><Hangup/>',
    "/free": "<Say>Thank you</Say><Hangup/>",
    "/words": '<Gather input="speech" action="/free" timeout="60" speechTimeout="2"/><Hangup/>',
    "/record": '<Say>Speak</Say><Record action="/free" finishOnKey="#" timeout="1"/>',
    "/talk": '<Pause length="60"/><Hangup/>',
    "/broken": '<Play>/missing.wav</Play><Pause length="60"/><Hangup/>',
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages(DOCUMENTS, {"/long.wav": sound("Press a key", 60)})) as url:
        yield url


def test_a_key_cuts_the_prompt_off_as_it_is_typed(origin: str) -> None:
    begun = time.monotonic()
    with Terminal(f"{origin}/voice") as terminal:
        terminal.wait_for("line    Press a key")
        terminal.wait_for("00:00  the line speaks; a key stops it")
        assert not terminal.is_as_before, "keys come without Enter"
        terminal.key_in("1")
        terminal.wait_for("caller  1")
        terminal.wait_for("(Say) Well pressed")
        terminal.wait_for("60 s · waits for keys, up to #")
        terminal.key_in("45")
        terminal.wait_for("45 · ")
        terminal.key_in("#")
        terminal.wait_for("caller  45#")
        terminal.wait_for("(Say) Thank you")
        terminal.wait_for("The line hung up after ")
        assert terminal.end() == 0
        assert terminal.is_as_before
    assert time.monotonic() - begun < PATIENCE_SECONDS, "a clip of a minute was cut off"


@pytest.mark.parametrize("key", ["h", "\x04"], ids=["h", "Ctrl-D"])
def test_the_caller_hangs_up(origin: str, key: str) -> None:
    with Terminal(f"{origin}/talk") as terminal:
        terminal.wait_for("h hangs up")
        terminal.key_in(key)
        terminal.wait_for("The caller hung up after ")
        assert terminal.end() == 0
        assert terminal.is_as_before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_hangs_up_and_leaves_the_terminal_as_it_was(origin: str, name: str) -> None:
    with Terminal(f"{origin}/talk", is_measured=False) as terminal:
        terminal.wait_for("(pause of 60 s)")
        terminal.process.send_signal(signal.Signals[name])
        terminal.wait_for("The caller hung up after ")
        assert terminal.end() == 0
        assert terminal.is_as_before


def test_words_are_typed_while_the_clock_stands_still(origin: str) -> None:
    with Terminal(f"{origin}/words") as terminal:
        terminal.wait_for("waits for words")
        terminal.key_in("1")
        terminal.wait_for("1: the line does not listen to keys now")
        terminal.key_in("snever")
        terminal.wait_for("say: never")
        terminal.key_in("\x1b")
        terminal.wait_for("waits for words")
        terminal.key_in("syes 1x\x7f\x1b[D")
        terminal.wait_for("say: yes 1")
        terminal.key_in("\r")
        terminal.wait_for("you speak")
        terminal.wait_for("says: yes 1")
        terminal.wait_for("you have spoken; the line waits for silence")
        terminal.wait_for("(Say) Thank you")
        assert terminal.end() == 0


def test_words_that_nobody_listens_to_are_neither_said_nor_pressed(origin: str) -> None:
    with Terminal(f"{origin}/talk") as terminal:
        terminal.wait_for("(pause of 60 s)")
        terminal.key_in("shello 1")
        terminal.wait_for("say: hello 1█   nobody listens to words · Esc")
        terminal.key_in("\r")
        terminal.wait_for("hello 1: not said; the line does not listen to words now")
        terminal.wait_for("the line pauses   h hangs up")
        terminal.key_in("?")
        terminal.wait_for("press that key")
        # The arrow's sequence has digits in it, which nobody pressed.
        terminal.key_in("\x1b[1;5Ah")
        terminal.wait_for("The caller hung up")
        assert terminal.end() == 0


def test_whoever_is_recorded_speaks_until_a_key(origin: str) -> None:
    """A silence of one second would end it; a caller who speaks is not silent."""
    with Terminal(f"{origin}/record") as terminal:
        terminal.wait_for("(beep: records)")
        begun = time.monotonic()
        terminal.wait_for("records what you say")
        terminal.wait_for("00:03")
        terminal.key_in("#")
        terminal.wait_for("(recorded ")
        terminal.wait_for(", ended by #)")
        assert time.monotonic() - begun > 1.5
        terminal.wait_for("(Say) Thank you")
        assert terminal.end() == 0


def test_an_error_is_told_above_the_status_line_and_by_the_exit_code(origin: str) -> None:
    with Terminal(f"{origin}/broken") as terminal:
        terminal.wait_for("error   11200: GET")
        terminal.wait_for("(pause of 60 s)")
        terminal.key_in("h")
        terminal.wait_for("The caller hung up")
        assert terminal.end() == 1


def test_a_terminal_that_goes_away_hangs_up(origin: str) -> None:
    with Terminal(f"{origin}/talk") as terminal:
        terminal.wait_for("(pause of 60 s)")
        terminal.close()
        assert terminal.end() == 1, "the rest of the call could not be told"


def test_a_player_on_path_plays_the_clip_and_is_stopped_by_a_key(
    origin: str, tmp_path: Path
) -> None:
    """The first program fails, as a desktop's player does without a desktop; the next one plays."""
    told = tmp_path / "told"
    for name, does in {
        "paplay": "exit 1",
        "aplay": f'echo "$$ $2 $(/usr/bin/head -c 4 "$2")" >> {told}; exec /usr/bin/sleep 60',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    with Terminal(f"{origin}/voice", PATH=str(tmp_path), TMPDIR=str(tmp_path)) as terminal:
        terminal.wait_for("line    Press a key")
        terminal.wait_until(lambda: told.exists() and told.read_text().endswith("\n"), "aplay")
        number, file, kind = told.read_text().split()
        assert kind == "RIFF"
        assert Path(file).exists()
        terminal.key_in("1")
        terminal.wait_for("(Say) Well pressed")
        terminal.wait_for("waits for")
        assert not Path(f"/proc/{number}").exists()
        terminal.key_in("h")
        assert terminal.end() == 0
        assert not Path(file).exists()


def test_without_a_player_the_captions_go_on(origin: str) -> None:
    with Terminal(f"{origin}/voice") as terminal:
        terminal.wait_for("no program was found that plays sound")
        terminal.wait_for("line    Press a key")
        terminal.key_in("h")
        assert terminal.end() == 0
    with Terminal(f"{origin}/voice", "--no-sound") as terminal:
        terminal.wait_for("the line speaks")
        assert "no program" not in terminal.read
        terminal.key_in("h")
        assert terminal.end() == 0


WANTED = {
    '<Gather numDigits="1"/>': "1 key",
    '<Gather numDigits="4"/>': "4 keys, up to #",
    '<Gather finishOnKey=""/>': "keys",
    '<Gather input="speech"/>': "words",
    '<Gather input="dtmf speech" finishOnKey="*"/>': "keys, up to *, or words",
}


@pytest.mark.parametrize(("verb", "told"), WANTED.items(), ids=WANTED)
def test_what_a_gather_takes_is_told(verb: str, told: str) -> None:
    with Phone(InProcess(pages({"/": f"{verb}<Hangup/>"})), "T") as phone:
        call = phone.call("http://line.test/")
        call.start()
    (gathering,) = [event for event in call.events if isinstance(event, Gathering)]
    assert wanted(gathering) == told


def test_where_terminals_cannot_be_read_key_by_key_the_way_out_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ivr.cli.call.keyboard", None)  # as on Windows
    options = Options(
        url=None,
        keys=None,
        method="POST",
        token=None,
        from_number=None,
        to_number=None,
        params=(),
        dial="",
        fallback=None,
        status_callback=None,
        max_turns=200,
        real_time=False,
        json=False,
        verbose=False,
        sound=None,
    )
    with pytest.raises(click.UsageError, match="say with --keys"):
        talked(Line("http://127.0.0.1:1/", "T"), Setup(), options)
