"""Plays the clips of a call aloud, with whatever program this machine has for it.

A call does not depend on it: what cannot be played is read all the same.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from ivr.simulator.events import Ended, Interrupted, Played
from ivr.simulator.wav import as_wav
from ivr.twiml.rules import MAX_LOOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.events import Event

PROGRAMS: Final = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
    ("play", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
    ("mpv", "--no-video", "--really-quiet"),
)
"""Programs that play a WAV file whose name comes last, and end with it; the best first."""

STOP_SECONDS: Final = 1.0


class Player:
    """Plays what a call plays, one clip after another; a context manager.

    Args:
        sound: gives the bytes of a clip by its URL; None of one that it does not have.
        note: told once, in a sentence, when nothing can be played here.
    """

    def __init__(self, sound: Callable[[str], bytes | None], note: Callable[[str], object]) -> None:
        self._sound = sound
        self._note = note
        self._programs = deque(
            (found, *options)
            for name, *options in PROGRAMS
            if (found := shutil.which(name)) is not None
        )
        self._waiting: deque[Path] = deque()
        self._playing: tuple[subprocess.Popen[bytes], Path] | None = None
        self._files: dict[str, Path] = {}

    def __enter__(self) -> Self:
        self._room = tempfile.TemporaryDirectory(prefix="ivr-call-", ignore_cleanup_errors=True)
        if not self._programs:
            self._note("no program was found that plays sound (such as aplay); the captions go on")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._room.cleanup()

    def __call__(self, event: Event) -> None:
        """Begins or stops to play, as the event says."""
        match event:
            case Played(url=str(url), loop=loop) if self._programs:
                if (file := self._file(url)) is not None:
                    self._waiting.extend([file] * (loop or MAX_LOOP))
                    self.beat()
            case Interrupted() | Ended():
                self.stop()
            case _:
                pass

    def beat(self) -> None:
        """Goes on to the next clip when one is over; to be called some times a second."""
        if self._playing is not None:
            process, file = self._playing
            if process.poll() is None:
                return
            self._playing = None
            if process.returncode:
                self._give_up_program()
                self._waiting.appendleft(file)
        while self._waiting and self._programs and not self._start(self._waiting[0]):
            self._give_up_program()

    def stop(self) -> None:
        """Plays nothing any more."""
        self._waiting.clear()
        if self._playing is not None:
            process, _ = self._playing
            self._playing = None
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _file(self, url: str) -> Path | None:
        """The clip as a WAV file; None where it cannot be had, for it is read all the same."""
        file = self._files.get(url)
        if file is None:
            data = self._sound(url)
            wav = None if data is None else as_wav(data)
            if wav is None:
                return None
            file = Path(self._room.name) / f"{len(self._files)}.wav"
            try:
                file.write_bytes(wav)
            except OSError:
                return None
            self._files[url] = file
        return file

    def _start(self, file: Path) -> bool:
        try:
            process = subprocess.Popen(  # noqa: S603 - a program of our table, a file of our own
                [*self._programs[0], str(file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us
            )
        except OSError:
            return False
        self._waiting.popleft()
        self._playing = process, file
        return True

    def _give_up_program(self) -> None:
        """Another one may do: a desktop's player fails where no desktop runs."""
        self._programs.popleft()
        if not self._programs:
            self._waiting.clear()
            self._note("no sound can be played here; the captions go on")
