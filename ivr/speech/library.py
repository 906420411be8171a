"""The library of clips: a folder of WAV files named by their content, and a manifest.

    <audio>/clips/<sha256 of the file>.wav
    <audio>/clips/manifest.json

The web service reads it, so nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import os
import re
import threading
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.model import Pace  # noqa: TC001 (msgspec reads Clip's annotations)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ivr.speech.utterance import Place, Utterance

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Recipe(Struct, frozen=True):
    """Everything that decides how an utterance will sound: equal recipes give equal bytes.

    Attributes:
        utterance: what is said.
        spoken: the sentences that the voice is given.
        engine: the voice's name.
        fingerprint: the voice's version and parameters.
        pipeline: the version of the chain that makes clips of it.
    """

    utterance: Utterance
    spoken: tuple[str, ...]
    engine: str
    fingerprint: str
    pipeline: str


class Clip(Struct, frozen=True):
    """A finished clip as the manifest tells of it.

    The manifest is stored: a change of these fields raises `Manifest.manifest`, and a file of
    another version is refused with the advice to render again.

    Attributes:
        text_sha256: hash of the utterance's text, by which a stale clip is known.
        sha256: hash of the file's bytes, and its name.
        seconds: how long it sounds.
        size: bytes of the file, by which a file cut short is known.
    """

    language: str
    prompt_id: str
    pace: Pace
    text_sha256: str
    spoken: tuple[str, ...]
    engine: str
    fingerprint: str
    pipeline: str
    sha256: str
    seconds: float
    size: int

    @property
    def place(self) -> Place:
        """Language, prompt id and pace."""
        return self.language, self.prompt_id, self.pace

    def follows(self, recipe: Recipe) -> bool:
        """Whether it was made by exactly this recipe."""
        return (
            self.text_sha256 == recipe.utterance.text_sha256
            and self.spoken == recipe.spoken
            and self.engine == recipe.engine
            and self.fingerprint == recipe.fingerprint
            and self.pipeline == recipe.pipeline
        )


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The manifest file: its version, and every clip in order of place."""

    manifest: Literal[1]
    clips: tuple[Clip, ...]


class Keep(enum.Enum):
    """Which clips a rendering leaves as they are."""

    NOTHING = enum.auto()
    SAME_RECIPE = enum.auto()
    """Those that this voice would make again just so."""
    CURRENT_WORDS = enum.auto()
    """Those, and those of any other voice that say the words as they stand now."""


class Library:
    """Finds clips. Reading is safe from any thread; only `add` and `save` change anything."""

    def __init__(self, folder: Path, clips: Iterable[Clip]) -> None:
        self._folder = folder
        self._clips = {clip.place: clip for clip in clips}

    @classmethod
    def open(cls, audio: Path) -> Library:
        """Open the library in `<audio>/clips`; where there is none, it is empty.

        Raises:
            SpeechError: the manifest is broken. It is not taken as empty: a service that has
                clips would then start without a single one.
        """
        folder = audio / "clips"
        path = folder / "manifest.json"
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        except FileNotFoundError:
            return cls(folder, ())
        except (OSError, msgspec.DecodeError) as exc:
            raise SpeechError(
                f"{path} cannot be read: {exc}. Delete it and run: ivr audio render"
            ) from exc
        return cls(folder, manifest.clips)

    def __len__(self) -> int:
        return len(self._clips)

    def find(self, utterance: Utterance) -> Clip | None:
        """Find the clip that says this text, whichever voice made it.

        None when there is none, when its words have changed since (a stale clip is never
        played), or when its file is gone or cut short.
        """
        clip = self._clips.get(utterance.place)
        if clip is None or clip.text_sha256 != utterance.text_sha256:
            return None
        try:
            whole = self._path(clip.sha256).stat().st_size == clip.size
        except OSError:
            return None
        return clip if whole else None

    def file(self, sha256: str) -> Path | None:
        """Give the file of a clip, None for what is no sha256 in small hex or is not there."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._path(sha256)
        return path if path.is_file() else None

    def missing(self, recipes: Iterable[Recipe], keep: Keep = Keep.SAME_RECIPE) -> list[Recipe]:
        """List what must be rendered, in the order given."""
        return [recipe for recipe in recipes if not self._keeps(recipe, keep)]

    def _keeps(self, recipe: Recipe, keep: Keep) -> bool:
        clip = self.find(recipe.utterance)
        if clip is None or keep is Keep.NOTHING:
            return False
        another_voice = clip.engine != recipe.engine
        return clip.follows(recipe) or (keep is Keep.CURRENT_WORDS and another_voice)

    def write(self, recipe: Recipe, wav: bytes, seconds: float) -> Clip:
        """Write the file of a clip, whole or not at all; safe from any thread.

        Raises:
            SpeechError: the folder cannot be written.
        """
        sha256 = hashlib.sha256(wav).hexdigest()
        self._replace(self._path(sha256), wav)
        return Clip(
            *recipe.utterance.place,
            text_sha256=recipe.utterance.text_sha256,
            spoken=recipe.spoken,
            engine=recipe.engine,
            fingerprint=recipe.fingerprint,
            pipeline=recipe.pipeline,
            sha256=sha256,
            seconds=round(seconds, 3),
            size=len(wav),
        )

    def add(self, clip: Clip) -> None:
        """Take a written clip in, in place of the one that stood there."""
        self._clips[clip.place] = clip

    def save(self) -> None:
        """Write the manifest, whole or not at all.

        Raises:
            SpeechError: the folder cannot be written.
        """
        clips = tuple(sorted(self._clips.values(), key=lambda clip: clip.place))
        content = msgspec.json.format(msgspec.json.encode(Manifest(1, clips)), indent=1)
        self._replace(self._folder / "manifest.json", content + b"\n")

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.wav"

    def _replace(self, path: Path, content: bytes) -> None:
        # The name tells writers apart: two prompts with equal words are written at once.
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError as exc:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise SpeechError(
                f"{path} cannot be written: {exc.strerror or exc}; make the folder writable,"
                " or name another one in IVR_AUDIO."
            ) from exc
