"""The library of clips: a folder of WAV files named by their content, and a manifest.

    <audio>/clips/<sha256 of the file>.wav
    <audio>/clips/manifest.json

Several processes may render into one folder: files are named by what is in them, and the manifest
is merged under a lock. The web service reads it, so nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import enum
import fcntl
import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.errors import SpeechError
from ivr.speech.files import locked, replace_file
from ivr.speech.manifest import Clip, Recipe, Source, manifest_bytes, read_manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from ivr.speech.utterance import Place, Utterance

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PREFIX: Final = re.compile(r"[0-9a-f]{16}")
Stamp: TypeAlias = tuple[int, int, int, int]
"""By which a file is known to be another one than before: its times, its bytes, its inode."""


class Keep(enum.Enum):
    """Which clips a rendering leaves as they are."""

    NOTHING = enum.auto()
    SAME_RECIPE = enum.auto()
    """Those that this voice would make again just so."""
    CURRENT_WORDS = enum.auto()
    """Those, and those of any other voice that say the words as they stand now."""
    CURRENT_WORDS_BY_ANYBODY = enum.auto()
    """Those, and clips of a recording too: for one who only stands in."""


class Library:
    """Finds clips. Reading is safe from any thread; only `add`, `save` and `prune` change it."""

    def __init__(
        self, folder: Path, clips: Mapping[Place, Clip], stamp: Stamp | None = None
    ) -> None:
        self._folder = folder
        self._manifest = folder / "manifest.json"
        self.stamp = stamp
        """Of the manifest that was read; None when there was none."""
        self._clips = dict(clips)
        # To look through the folder costs a millisecond; while it has its stamp, this is in it.
        self._beginnings: tuple[Stamp | None, dict[str, Path]] = (None, {})
        self._added: dict[Place, Clip] = {}

    @classmethod
    def open(cls, audio: Path) -> Library:
        """Open the library in `<audio>/clips`; where there is none, it is empty.

        Raises:
            SpeechError: the manifest is broken.
        """
        return cls(audio / "clips", {}).reopened()

    def reopened(self) -> Self:
        """Open the same library as it stands on the disk now.

        Raises:
            SpeechError: the manifest is broken.
        """
        # The stamp first: what is saved in between is then seen as new once more.
        stamp = self.stamp_now()
        return type(self)(self._folder, read_manifest(self._manifest), stamp)

    def stamp_now(self) -> Stamp | None:
        """Tell by which the manifest is known now; None when it is not there."""
        return stamp_of(self._manifest)

    def __len__(self) -> int:
        return len(self._clips)

    def find(self, utterance: Utterance) -> Clip | None:
        """Find the clip that is to be heard for an utterance, whoever speaks in it.

        None when there is none, when its words have changed since (a voice's stale clip is never
        played; a recording is, until somebody records it anew: a human voice always wins), or when
        its file is gone or cut short.
        """
        clip = self.meant(utterance)
        if clip is None:
            return None
        try:
            whole = self.path(clip).stat().st_size == clip.size
        except OSError:
            return None
        return clip if whole else None

    def meant(self, utterance: Utterance) -> Clip | None:
        """Find the clip that `find` would give if all files were there and whole."""
        clip = self._clips.get(utterance.place)
        if clip is None or not (clip.source is Source.HUMAN or clip.says(utterance)):
            return None
        return clip

    def path(self, clip: Clip) -> Path:
        """Tell where the file of a clip is, whether or not it is there."""
        return self._path(clip.sha256)

    def entry(self, place: Place) -> Clip | None:
        """What the manifest says of a place, whether or not it can be played."""
        return self._clips.get(place)

    def file(self, sha256: str) -> Path | None:
        """Give the file of a clip, None for what is no sha256 in small hex or is not there."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._path(sha256)
        return path if path.is_file() else None

    def file_beginning(self, prefix: str) -> Path | None:
        """Give the file of the clip whose sha256 begins so, None where there is none or several.

        Args:
            prefix: 16 digits of small hex.
        """
        if not _PREFIX.fullmatch(prefix):
            return None
        now = stamp_of(self._folder, follow_symlinks=True)
        if self._beginnings[0] != now:
            self._beginnings = now, {}
        known = self._beginnings[1]
        if prefix not in known:
            files = (self.file(path.stem) for path in self._folder.glob(f"{prefix}*.wav"))
            found = [path for path in files if path is not None]
            if len(found) != 1:
                return None
            known[prefix] = found[0]
        return known[prefix]

    def content(self, clip: Clip) -> bytes:
        """Read the file of a clip, whatever is in it.

        Raises:
            SpeechError: it cannot be read.
        """
        path = self._path(clip.sha256)
        try:
            return path.read_bytes()
        except OSError as exc:
            raise SpeechError(f"{path} cannot be read: {exc.strerror}") from exc

    def is_damaged(self, clip: Clip) -> bool:
        """Whether its file is there and cannot be read as, byte for byte, what was rendered."""
        try:
            return hashlib.sha256(self._path(clip.sha256).read_bytes()).hexdigest() != clip.sha256
        except FileNotFoundError:
            return False
        except OSError:  # nobody can hear what cannot be read
            return True

    def missing(self, recipes: Iterable[Recipe], keep: Keep = Keep.SAME_RECIPE) -> list[Recipe]:
        """List what must be rendered, in the order given; a damaged clip is missing too."""
        return [recipe for recipe in recipes if not self._keeps(recipe, keep)]

    def _keeps(self, recipe: Recipe, keep: Keep) -> bool:
        clip = self.find(recipe.utterance)
        if clip is None or keep is Keep.NOTHING or self.is_damaged(clip):
            return False
        if clip.follows(recipe):
            return True
        if keep is Keep.SAME_RECIPE or not clip.says(recipe.utterance):
            return False
        # A human voice wins over any other; and a clip whose recording is gone is not kept.
        sources = {clip.source, recipe.make.source}
        voices_only = len(sources) > 1 and Source.HUMAN not in sources
        return voices_only or keep is Keep.CURRENT_WORDS_BY_ANYBODY

    def write(self, recipe: Recipe, wav: bytes, seconds: float) -> Clip:
        """Write the file of a clip, whole or not at all; safe from any thread.

        Raises:
            SpeechError: the folder cannot be written.
        """
        sha256 = hashlib.sha256(wav).hexdigest()
        replace_file(self._path(sha256), wav)
        return Clip(
            *recipe.utterance.place,
            text_sha256=recipe.utterance.text_sha256,
            spoken=recipe.spoken,
            source=recipe.make.source,
            version=recipe.make.version,
            parameters=recipe.make.parameters,
            pipeline=recipe.pipeline,
            sha256=sha256,
            seconds=round(seconds, 3),
            size=len(wav),
        )

    def add(self, clip: Clip) -> None:
        """Take a written clip in, in place of the one that stood there."""
        self._clips[clip.place] = self._added[clip.place] = clip

    def save(self) -> None:
        """Write the manifest, whole or not at all, with what others have saved since we opened it.

        Raises:
            SpeechError: the folder cannot be written, or the manifest was broken meanwhile.
        """
        with self._locked(".lock"):
            before = read_manifest(self._manifest)
            self._write(before, {**before, **self._added})

    @contextlib.contextmanager
    def rendering(self) -> Iterator[None]:
        """Keep others from pruning what is written and not saved yet.

        Raises:
            SpeechError: the folder cannot be written.
        """
        with self._locked(".rendering", fcntl.LOCK_SH):
            yield

    def prune(self, places: Collection[Place], unused_since: float) -> tuple[int, int]:
        """Take clips out that nothing refers to, and delete files that no clip has had for long.

        Args:
            places: what the line can say.
            unused_since: files whose clip left the manifest after this moment (seconds since 1970)
                stay: a call that runs may still ask for them.

        Returns:
            How many files were deleted, and their bytes.

        Raises:
            SpeechError: the folder cannot be written, has no clips, or a rendering is under way.
        """
        if not self._clips:
            raise SpeechError(
                f"{self._folder} has no manifest with clips, so that every file would count as"
                " unused; check IVR_AUDIO, and run first: ivr audio render"
            )
        with self._locked(".rendering", fcntl.LOCK_EX | fcntl.LOCK_NB), self._locked(".lock"):
            clips = read_manifest(self._manifest)
            self._write(clips, {place: clip for place, clip in clips.items() if place in places})
            unused = list(self._unused(unused_since))
            for path, _ in unused:
                path.unlink(missing_ok=True)
        return len(unused), sum(size for _, size in unused)

    def _unused(self, since: float) -> Iterator[tuple[Path, int]]:
        """The files of clips that no clip has had since then, with their bytes."""
        names = {f"{clip.sha256}.wav" for clip in self._clips.values()}
        for path in (*self._folder.glob("*.wav"), *self._folder.glob(".*.part")):
            status = path.lstat()
            if path.name not in names and status.st_mtime < since and stat.S_ISREG(status.st_mode):
                yield path, status.st_size

    def _write(self, before: Mapping[Place, Clip], clips: dict[Place, Clip]) -> None:
        replace_file(self._manifest, manifest_bytes(clips), durable=True)
        gone = {c.sha256 for c in before.values()} - {c.sha256 for c in clips.values()}
        for sha256 in gone:  # from now on it is unused, and `prune` counts from here
            with contextlib.suppress(OSError):
                os.utime(self._path(sha256))
        self._clips, self._added = clips, {}

    @contextlib.contextmanager
    def _locked(self, name: str, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        """Hold a lock among the processes that use this folder."""
        try:
            with locked(self._folder / name, how):
                yield
        except BlockingIOError as exc:
            raise SpeechError(
                f"{self._folder}: clips are being rendered there; prune when that is done."
            ) from exc

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.wav"


def stamp_of(path: Path, *, follow_symlinks: bool = True) -> Stamp | None:
    """Tell by which a file is known; None when it is not there. It takes about a microsecond.

    Args:
        path: of the file.
        follow_symlinks: whether it is told of the file to which a link leads, or of the link.
    """
    try:
        status = path.stat(follow_symlinks=follow_symlinks)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
