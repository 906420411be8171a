"""`ivr call` with somebody at the keys: a real terminal, a real server, real time."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click
import pytest

from ivr.cli.call.captions import wanted
from ivr.cli.call.options import Options
from ivr.cli.call.placing import talked
from ivr.simulator.events import Gathering
from ivr.simulator.http.network import InProcess
from ivr.simulator.phone import Phone
from tests.cli.pages import clip, pages
from tests.simulator.applications.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IVR = Path(sys.executable).parent / "ivr"
PATIENCE_SECONDS = 30
DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/turn" timeout="60"><Play>/long.wav</Play></Gather>'
    "<Hangup/>",
    "/turn": '<Say>Well pressed</Say><Gather action="/free" timeout="60"/><Hangup/>',
    "/free": "<Say>Thank you</Say><Hangup/>",
    "/words": '<Gather input="speech" action="/free" timeout="60" speechTimeout="1"/><Hangup/>',
    "/record": '<Say>Speak</Say><Record action="/free" finishOnKey="#" timeout="1"/>',
    "/talk": '<Pause length="60"/><Hangup/>',
    "/hold": "<Enqueue>help</Enqueue>",
    "/broken": '<Play>/missing.wav</Play><Pause length="60"/><Hangup/>',
}


class Terminal:
    """A terminal of 80 columns in which a command runs; a context manager."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self._ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        kept = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")}  # noqa: TID251 - a child is measured too
        shown = {"PATH": "/nowhere", "TERM": "xterm", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [IVR, "call", "--token", "T", *arguments],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env=kept | shown | variables,
            start_new_session=True,
        )
        self.read = ""

    def wait_for(self, words: str) -> None:
        """Reads until these words, which count once only."""
        self.wait_until(lambda: words in self.read, words)
        self.read = self.read.partition(words)[2]

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Reads until something holds, which is looked at whenever something is written."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            ready, _, _ = select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{what!r} did not come; there is:\n{self.read}"
            data = os.read(self._ours, 65_536).decode(errors="replace")
            self.read += re.sub(r"\x1b\[[0-?]*[a-zA-Z]", "", data).replace("\r", "\n")

    def key_in(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self.theirs) == self.before

    def close(self) -> None:
        for number in (self._ours, self.theirs):
            with suppress(OSError):
                os.close(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)
        self.close()


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages(DOCUMENTS, {"/long.wav": clip("Press a key", 60)})) as url:
        yield url


def test_a_key_cuts_the_prompt_off_as_it_is_typed(origin: str) -> None:
    begun = time.monotonic()
    with Terminal(f"{origin}/voice") as terminal:
        terminal.wait_for("line    Press a key")
        terminal.wait_for("00:00 the line speaks; a key stops it")
        assert not terminal.is_as_before, "keys come without Enter"
        terminal.key_in("1")
        terminal.wait_for("caller  1")
        terminal.wait_for("(Say) Well pressed")
        terminal.wait_for("waits for keys, up to #")
        terminal.key_in("45")
        terminal.wait_for("s · 45")
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
    with Terminal(f"{origin}/talk") as terminal:
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
        terminal.wait_for("says: yes 1")
        terminal.wait_for("(Say) Thank you")
        assert terminal.end() == 0


def test_words_are_not_asked_for_where_nobody_listens_to_them(origin: str) -> None:
    with Terminal(f"{origin}/talk") as terminal:
        terminal.wait_for("(pause of 60 s)")
        terminal.key_in("s")
        terminal.wait_for("the line does not listen to words now")
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


def test_a_queue_is_told_in_the_status_line(origin: str) -> None:
    with Terminal(f"{origin}/hold") as terminal:
        terminal.wait_for("you wait in the queue 'help'")
        terminal.key_in("h")
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
    with Phone(None, "T") as phone, pytest.raises(click.UsageError, match="say with --keys"):
        talked(phone, "http://127.0.0.1:1/", options)
