"""What a change of words asks of the clips: which become stale, and how much there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.flow.terms import Pace
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.speech.library import Library
    from ivr.speech.recordings import Recording, Recordings

    Prompts = Mapping[str, Mapping[str, str]]


class Renewal(Struct, frozen=True, kw_only=True):
    """The clips and recordings that a change of words concerns."""

    stale: tuple[Utterance, ...]
    """Of prompts that are there already and get other words, at each pace."""
    new: tuple[Utterance, ...]
    """Of prompts that come, at each pace."""
    unused: int
    """Clips of prompts that go."""
    waiting: tuple[Utterance, ...]
    """Those of `stale` and `new` that no clip says yet."""
    seconds: float | None
    """How long `stale` and `new` sound, about; None: there are no clips to tell by."""
    recordings: tuple[Recording, ...]
    """Takes of a human voice that then say other words than the line means."""
    orphans: tuple[Recording, ...]
    """Takes of prompts that go, or are called otherwise."""


def renewal(old: Prompts, new: Prompts, library: Library, recordings: Recordings) -> Renewal:
    """What is to be made again when the words change.

    Args:
        old: language → prompt id → text, before.
        new: the same, after.
        library: the clips as they are.
        recordings: opened with the old words: a take that nobody has noted says those.
    """
    before = {each.place: each for each in utterances(old)}
    after = {each.place: each for each in utterances(new)}
    stale = tuple(
        each for place, each in after.items() if place in before and before[place].text != each.text
    )
    come = tuple(each for place, each in after.items() if place not in before)
    changed = (*stale, *come)
    return Renewal(
        stale=stale,
        new=come,
        unused=len(before.keys() - after.keys()),
        waiting=tuple(each for each in changed if library.find(each) is None),
        seconds=_seconds(changed, before.values(), library),
        recordings=tuple(_stale(recordings, stale)),
        orphans=tuple(
            each for each in recordings if (each.language, each.prompt_id, Pace.NORMAL) not in after
        ),
    )


def _stale(recordings: Recordings, changed: Iterable[Utterance]) -> Iterable[Recording]:
    """The takes that do not say the words that have changed; each once."""
    texts = {(each.language, each.prompt_id): each.text for each in changed}
    for each in recordings:
        text = texts.get((each.language, each.prompt_id))
        if text is not None and each.text != text:
            yield each


def _seconds(
    changed: Iterable[Utterance], before: Iterable[Utterance], library: Library
) -> float | None:
    """How long these sound: as their clips do, else by the letters a second of the other clips."""
    spoken: dict[tuple[str, Pace], list[float]] = {}
    for each in before:
        clip = library.find(each)
        if clip is not None and clip.says(each):
            counts = spoken.setdefault((each.language, each.pace), [0.0, 0.0])
            counts[0] += clip.seconds
            counts[1] += len(each.text)
    found = [_length(each, library, spoken) for each in changed]
    known = [seconds for seconds in found if seconds is not None]
    return sum(known) if len(known) == len(found) else None


def _length(
    utterance: Utterance, library: Library, spoken: Mapping[tuple[str, Pace], list[float]]
) -> float | None:
    clip = library.find(utterance)
    if clip is not None and clip.says(utterance):
        return clip.seconds
    counts = spoken.get((utterance.language, utterance.pace))
    return None if counts is None else counts[0] / counts[1] * len(utterance.text)
