"""The state of every clip that the line can play: who speaks, how long, and whether it is good."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.speech.manifest import Clip, Recipe, Source
from ivr.speech.utterance import Utterance  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.speech.library import Library
    from ivr.speech.speaker import Speaker


class State(enum.StrEnum):
    """What can be said of a clip, in the words that `ivr audio list` shows."""

    GOOD = "good"
    STAND_IN = "stand-in"
    """The offline voice speaks where another one was chosen."""
    OUTDATED = "outdated"
    """It says the right words; voice, lexicon or recording have changed since."""
    STALE = "stale"
    """A recording of other words than those of now. It is played."""
    DAMAGED = "damaged"
    """The file is not what was rendered."""
    MISSING = "missing"
    """There is none that says the words of now."""


class Item(Struct, frozen=True):
    """One utterance and its clip.

    Attributes:
        clip: what the manifest has there; None when nothing that could be heard.
    """

    utterance: Utterance
    clip: Clip | None
    state: State


def inventory(
    utterances: Iterable[Utterance], library: Library, speakers: Sequence[Speaker]
) -> list[Item]:
    """Tell the state of every clip, in the order given.

    Args:
        utterances: all that the line can say.
        library: the clips.
        speakers: in the order in which rendering asks them.
    """
    return [_item(utterance, library, speakers) for utterance in utterances]


def _item(utterance: Utterance, library: Library, speakers: Sequence[Speaker]) -> Item:
    clip = library.meant(utterance)
    if clip is None:
        return Item(utterance, None, State.MISSING)
    if library.is_damaged(clip):
        return Item(utterance, clip, State.DAMAGED)
    if library.find(utterance) is None:
        return Item(utterance, None, State.MISSING)
    return Item(utterance, clip, _state(utterance, clip, _recipe(utterance, speakers)))


def _state(utterance: Utterance, clip: Clip, recipe: Recipe | None) -> State:
    if not clip.says(utterance):
        return State.STALE
    if recipe is None or clip.follows(recipe):
        return State.GOOD
    chosen = recipe.make.source
    if clip.source is Source.ESPEAK and chosen not in {Source.ESPEAK, Source.HUMAN}:
        return State.STAND_IN
    return State.OUTDATED


def _recipe(utterance: Utterance, speakers: Sequence[Speaker]) -> Recipe | None:
    """Give what the first who would speak it would do; None where the words cannot be said."""
    for speaker in speakers:
        try:
            recipe = speaker.recipe(utterance)
        except SpeechError:
            return None
        if recipe is not None:
            return recipe
    return None
