"""A config folder of one's own, and what is done to it, for the tests of `ivr dev`."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from msgspec.structs import replace

from ivr.cli.dev.current import CurrentLine
from ivr.cli.dev.news import News
from ivr.cli.dev.saved import SavedFiles
from ivr.cli.dev.taking import Taking
from ivr.cli.dev.watch import watching
from ivr.cli.project import read_spec
from ivr.settings import Settings
from ivr.speech.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from ivr.web.parts import Parts

ROOT = Path(__file__).parents[2]
IVR = Path(sys.executable).parent / "ivr"
PATIENCE_SECONDS = 30


def copied_config(folder: Path) -> Path:
    """The shipped flow and its words, to be changed."""
    return Path(shutil.copytree(ROOT / "config", folder / "config"))


def linked_audio(audio: Path, folder: Path) -> Path:
    """Every clip, as links to the shared files, beside which new ones are put."""
    (folder / "audio/clips").mkdir(parents=True)
    for file in (audio / "clips").iterdir():
        os.link(file, folder / "audio/clips" / file.name)
    return folder / "audio"


def replaced(file: Path, *pairs: tuple[str, str]) -> str:
    """The text of a file with something else in it, each once."""
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def reworded(file: Path, **prompts: str) -> str:
    """A file of words with other words for some prompts."""
    text = file.read_text(encoding="utf-8")
    for prompt, words in prompts.items():
        text, count = re.subn(rf"(?m)^  {prompt}: .*$", f"  {prompt}: {words}", text)
        assert count == 1, prompt
    return text


def save(file: Path, text: str) -> None:
    """As most editors do: whole, in the place of the file."""
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def until(holds: Callable[[], bool], what: str) -> None:
    """Returns when something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"it never came to it: {what}"
        threading.Event().wait(0.01)


class _Lines:
    """What a process writes, line by line, as it comes."""

    def __init__(self, pipe: IO[str]) -> None:
        self._pipe = pipe
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, words: str) -> str:
        """All from here to the line with these words."""
        read = ""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in read:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                line = None
            assert line is not None, f"{words!r} did not come; there is:\n{read}"
            read += line
        return read

    def rest(self) -> str:
        """What is left when the process has ended."""
        self._thread.join(PATIENCE_SECONDS)
        self._pipe.close()
        return "".join(iter(self._lines.get, None))

    def _read(self) -> None:
        for line in self._pipe:
            self._lines.put(line)
        self._lines.put(None)


class Developing:
    """`ivr dev` as a process, ready; a context manager.

    Args:
        folder: in which it runs, with `config` and `audio` in it.
        variables: of its environment, beside the usual ones.
    """

    def __init__(self, folder: Path, **variables: str) -> None:
        self.config = folder / "config"
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.origin = f"http://127.0.0.1:{found.getsockname()[1]}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
        port = self.origin.rpartition(":")[2]
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [IVR, "dev"],
            cwd=folder,
            env={**kept, "PYTHONUNBUFFERED": "1", "PORT": port, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.out, self.err = _Lines(self.process.stdout), _Lines(self.process.stderr)

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        """Its exit code, and what else it wrote."""
        os.killpg(self.process.pid, how)
        code = self.process.wait(PATIENCE_SECONDS)
        return code, self.out.rest(), self.err.rest()

    def __enter__(self) -> Self:
        self.out.wait_for("Stop with Ctrl-C")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)


class WatchedLine:
    """A line in this process with a config of its own, and what was told of it.

    Args:
        folder: for its config.
        audio: its own.
        parts: of which it has all but the words and the clips.
        capsys: that catches what is told.
    """

    def __init__(
        self, folder: Path, audio: Path, parts: Parts, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.config, self.audio = copied_config(folder), audio
        variables = {"IVR_CONFIG": str(self.config), "IVR_AUDIO": str(self.audio)}
        self.settings = Settings.from_env(variables)
        self.files = SavedFiles.of(self.settings)
        own = replace(parts, spec=read_spec(self.config), library=Library.open(self.audio))
        self.begun_with, self.current = self.files.state(), CurrentLine(own)
        self.taking = Taking(self.settings, self.files, self.begun_with, self.current, News())
        self.words = self.config / "prompts/en.yaml"
        self.out, self.err, self._capsys = "", "", capsys

    def said(self, prompt: str) -> str:
        return self.current.spec.words["en"].prompts[prompt]

    def take(self) -> None:
        """Take what is in the files, in this thread."""
        self.taking.take(self.files.state(), threading.Event())

    def told(self, words: str) -> bool:
        """Whether these words were written anywhere so far."""
        read = self._capsys.readouterr()
        self.out, self.err = self.out + read.out, self.err + read.err
        return words in self.out + self.err

    def wait_for(self, words: str) -> None:
        """Returns when they have been told."""
        until(lambda: self.told(words), words)

    def reword(self, words: str) -> None:
        """Save other words for one prompt."""
        save(self.words, reworded(self.words, warm_up_done=words))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Its files are watched, as `ivr dev` does."""
        with watching(self.files, self.begun_with, self.taking.take):
            yield
