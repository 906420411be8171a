"""The manifest: what each clip says, who says it, how it was made, and where its file is.

It is stored as JSON beside the clips. A change of its fields raises `VERSION`; a manifest of an
older version is taken as empty, so that everything is rendered anew, and one of a newer version is
refused. The web service reads it, so nothing heavy is imported here.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.terms import Pace  # noqa: TC001 (msgspec reads Clip's annotations)

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.speech.utterance import Place, Utterance

VERSION: Final = 2


class Source(enum.StrEnum):
    """Who speaks."""

    HUMAN = "human"
    GTTS = "gtts"
    ESPEAK = "espeak"


class Make(Struct, frozen=True):
    """Who says it and in which version: when this changes, the clip is made again.

    Attributes:
        source: who speaks.
        version: of the engine, such as `gTTS 2.5.4`; of a recording, its file's sha256.
        parameters: the engine's settings; of a recording, its file's name.
    """

    source: Source
    version: str
    parameters: str


class Recipe(Struct, frozen=True):
    """Everything that decides how an utterance will sound: equal recipes give equal bytes.

    Attributes:
        utterance: what is said; of a recording, with the words that were recorded.
        spoken: the sentences that the voice is given; none of a recording.
        make: who says it.
        pipeline: the version of the chain that makes clips of it.
    """

    utterance: Utterance
    spoken: tuple[str, ...]
    make: Make
    pipeline: str


class Clip(Struct, frozen=True):
    """A finished clip as the manifest tells of it.

    Attributes:
        text_sha256: hash of the words that it says, by which a stale clip is known.
        spoken: the sentences that the voice was given.
        sha256: hash of the file's bytes, and its name.
        seconds: how long it sounds.
        size: bytes of the file, by which a file cut short is known.
    """

    language: str
    prompt_id: str
    pace: Pace
    text_sha256: str
    spoken: tuple[str, ...]
    source: Source
    version: str
    parameters: str
    pipeline: str
    sha256: str
    seconds: float
    size: int

    @property
    def place(self) -> Place:
        """Language, prompt id and pace."""
        return self.language, self.prompt_id, self.pace

    def says(self, utterance: Utterance) -> bool:
        """Whether it says these words."""
        return self.text_sha256 == utterance.text_sha256

    def follows(self, recipe: Recipe) -> bool:
        """Whether it was made by exactly this recipe."""
        return (
            self.says(recipe.utterance)
            and self.spoken == recipe.spoken
            and Make(self.source, self.version, self.parameters) == recipe.make
            and self.pipeline == recipe.pipeline
        )


class _Version(Struct):
    """As much of a manifest of any version as is read first."""

    manifest: int


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: its version, and every clip in order of place."""

    manifest: int
    clips: tuple[Clip, ...]


def read_manifest(path: Path) -> dict[Place, Clip]:
    """Read the clips of a manifest; without the file, or with an older version, there are none.

    Raises:
        SpeechError: it is broken. It is not taken as empty: a service that has clips would then
            start without a single one.
    """
    try:
        content = path.read_bytes()
        if msgspec.json.decode(content, type=_Version).manifest < VERSION:
            return {}
        manifest = msgspec.json.decode(content, type=_Manifest)
    except (FileNotFoundError, NotADirectoryError):  # writing there is what will tell
        return {}
    except OSError as exc:
        raise SpeechError(f"{path} cannot be read: {exc.strerror}; make it readable.") from exc
    except (UnicodeDecodeError, msgspec.DecodeError) as exc:
        raise SpeechError(f"{path} is damaged: {exc}. Delete it and run: ivr audio render") from exc
    if manifest.manifest > VERSION:
        raise SpeechError(
            f"{path} was written by a newer version of this program ({manifest.manifest}, here"
            f" {VERSION}). Update the program, or delete the file and run: ivr audio render"
        )
    return {clip.place: clip for clip in manifest.clips}


def manifest_bytes(clips: dict[Place, Clip]) -> bytes:
    """Write clips down as `read_manifest` reads them, in order of place, a line a field."""
    ordered = tuple(clips[place] for place in sorted(clips))
    encoded = msgspec.json.encode(_Manifest(VERSION, ordered))
    return msgspec.json.format(encoded, indent=1) + b"\n"
