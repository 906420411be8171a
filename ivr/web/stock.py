"""The clips that this process plays, held against the disk whenever they are asked for.

A file that is gone or damaged must not silence a menu, and clips that are rendered beside a running
service are to be heard at the next turn. So the manifest and the file of each clip are looked at
(a microsecond or two each), and what is in a file is read once for each state of it.
"""

from __future__ import annotations

import enum
import hashlib
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import structlog
from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.library import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ivr.speech.library import Library, Stamp
    from ivr.speech.manifest import Clip
    from ivr.speech.utterance import Place, Utterance

_log: Final = structlog.get_logger(__name__)
MAX_REMEMBERED: Final = 128
"""Short files whose bytes are held: digits above all, which every code is joined of anew."""
MAX_REMEMBERED_BYTES: Final = 16 * 1024
"""Of such a file: two seconds of sound."""


class Fault(enum.Enum):
    """Why something has no clip of its own that can be played."""

    MISSING = enum.auto()
    """It was never rendered with these words, or its file is gone."""
    DAMAGED = enum.auto()
    """The file is there, and cannot be read as what was rendered."""


class _Held(Struct, frozen=True):
    """A clip and where its file is."""

    clip: Clip
    path: Path


class _Seen(Struct, frozen=True):
    """What a file was found to be, and in which state of it."""

    stamp: Stamp | None
    error: SpeechError | None


class Stock:
    """Finds what can be played just now. Safe from any thread; nobody waits for a reading."""

    def __init__(self, utterances: Iterable[Utterance], library: Library) -> None:
        self._utterances = {each.place: each for each in utterances}
        self._library = library
        self._stamp = library.stamp
        self._held = self._holding(library)
        self._reading = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._told: set[str] = set()

    def find(self, places: Iterable[Place]) -> list[Clip | None]:
        """The clip to be heard for each: of that pace, else of the usual one, if it can be played.

        All are of one manifest. What cannot be played is told in the log, once a file.
        """
        held = self._now()
        return [self._playable(held, place) for place in places]

    def faults(self) -> list[tuple[str, Fault]]:
        """All that the line can say and that has no clip of its own, or a bad one, just now.

        Each is named as `bn/slow/main_menu`. What is in the files is read where that was not done
        before, so the first time takes a moment.
        """
        held, found = self._now(), []
        for place in self._utterances:
            seen = self._look(held[place]) if place in held else None
            if seen is None or seen.stamp is None:
                found.append((_name(place), Fault.MISSING))
            elif seen.error is not None:
                found.append((_name(place), Fault.DAMAGED))
        return found

    def _playable(self, held: Mapping[Place, _Held], place: Place) -> Clip | None:
        language, prompt_id, _ = place
        for each in (held.get(place), held.get((language, prompt_id, Pace.NORMAL))):
            if each is not None and self._is_playable(each):
                return each.clip
        return None

    def _is_playable(self, held: _Held) -> bool:
        error, name = self._look(held).error, held.clip.sha256
        if error is None:
            self._told.discard(name)
        elif name not in self._told:
            self._told.add(name)
            _log.warning("clip_not_played", clip=_name(held.clip.place), why=str(error))
        return error is None

    def _look(self, held: _Held) -> _Seen:
        # Of a link itself: a file may be moved away and a link be put in its place.
        stamp = stamp_of(held.path, follow_symlinks=False)
        seen = self._seen.get(held.clip.sha256)
        if seen is None or seen.stamp != stamp:
            seen = self._seen[held.clip.sha256] = _Seen(stamp, _error_of(held.path))
        return seen

    def _now(self) -> Mapping[Place, _Held]:
        """The clips of the manifest as it now is; of the one before while it is being read."""
        stamp = self._library.stamp_now()
        if stamp != self._stamp and self._reading.acquire(blocking=False):
            try:
                self._read_anew(stamp)
            finally:
                self._reading.release()
        return self._held

    def _read_anew(self, stamp: Stamp | None) -> None:
        self._stamp = stamp  # whatever comes of it, this state is not tried twice
        if stamp is None:
            _log.warning("manifest_gone", to_do="run: ivr audio render")
            return
        try:
            library = self._library.reopened()
        except SpeechError as error:
            _log.warning("clips_stay_as_they_were", why=str(error))
            return
        # What the manifest lost, or has in other words now, is heard as before while its file is
        # whole: a rendering saves it in parts, and this process has the words that it began with.
        kept = {place: held for place, held in self._held.items() if not self._look(held).error}
        self._held = held = {**kept, **self._holding(library)}
        known = {each.clip.sha256 for each in held.values()}
        self._seen = {name: seen for name, seen in self._seen.copy().items() if name in known}
        _log.info("clips_read_anew", clips=len(held))

    def _holding(self, library: Library) -> dict[Place, _Held]:
        """What each utterance is heard by; a clip whose words have changed since is left out."""
        return {
            place: _Held(clip, library.path(clip))
            for place, utterance in self._utterances.items()
            if (clip := library.meant(utterance)) is not None
        }


def _name(place: Place) -> str:
    language, prompt_id, pace = place
    return f"{language}/{pace}/{prompt_id}"


def read_whole(file: Path | None) -> bytes:
    """The bytes of a clip's file; those of a short one are read once for each state of it.

    Raises:
        SpeechError: it is not there, or is not what its name says.
    """
    if file is None or not file.is_file():
        raise SpeechError("It is not there; run: ivr audio render")
    stamp = stamp_of(file, follow_symlinks=False)
    # The stamp of a link is its own, and says nothing of the file to which it leads.
    if stamp is None or stamp != stamp_of(file):
        return _read(file)
    _, _, size_bytes, _ = stamp
    return _read_once(file, stamp) if size_bytes <= MAX_REMEMBERED_BYTES else _read(file)


def _read(file: Path) -> bytes:
    if file.resolve().parent != file.parent.resolve():
        raise SpeechError(f"{file.name} leads out of the folder; put the file itself there.")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SpeechError(
            f"{file.name} cannot be read: {error.strerror}; mend its rights."
        ) from error
    if hashlib.sha256(data).hexdigest() != file.stem:
        raise SpeechError(f"{file.name} is damaged; run: ivr audio render")
    return data


@lru_cache(maxsize=MAX_REMEMBERED)
def _read_once(file: Path, _: Stamp) -> bytes:
    return _read(file)


def _error_of(file: Path) -> SpeechError | None:
    try:
        read_whole(file)
    except SpeechError as error:
        return error
    return None
