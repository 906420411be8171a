"""Those who speak utterances: a voice with its lexicons, or the recordings of a human one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Protocol

from ivr.speech.manifest import Make, Recipe, Source
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.speech.lexicon import Lexicon
    from ivr.speech.recordings import Recordings
    from ivr.speech.utterance import Utterance
    from ivr.speech.voice import Speech, Voice


class Speaker(Protocol):
    """One who speaks utterances: a voice, or the recordings of a human one."""

    source: Source
    lanes: int
    """How many utterances it speaks at once."""
    breaks: bool
    """Whether failures one after another mean that it is gone."""

    def recipe(self, utterance: Utterance) -> Recipe | None:
        """Say how it would speak this; None: it is not the one to speak it.

        Raises:
            SpeechError: the words cannot be said.
        """
        ...

    def stop(self) -> None:
        """Give up what is under way, from another thread."""
        ...

    def speak(self, recipe: Recipe) -> Speech:
        """Speak.

        Raises:
            SpeechError: it cannot; the message says why and what to do.
        """
        ...


class VoiceSpeaker:
    """A voice with its lexicons."""

    breaks = True

    def __init__(self, voice: Voice, lexicons: Mapping[str, Lexicon]) -> None:
        self._voice, self._lexicons = voice, lexicons
        self.source = Source(voice.name)
        self.lanes = voice.lanes
        self.stop = voice.stop

    def recipe(self, utterance: Utterance) -> Recipe:
        """See `Speaker.recipe`."""
        spoken = spoken_sentences(utterance, self.source, self._lexicons)
        return Recipe(utterance, spoken, self._make, PIPELINE)

    @functools.cached_property
    def _make(self) -> Make:
        """Looked up when the first clip is wanted: a voice that stands in need not be installed."""
        return Make(self.source, self._voice.version, self._voice.parameters)

    def speak(self, recipe: Recipe) -> Speech:
        """See `Speaker.speak`."""
        utterance = recipe.utterance
        return self._voice.speak(recipe.spoken, utterance.language, utterance.pace)


class HumanSpeaker:
    """Recordings; each stands for itself, so that a bad one says nothing of the next."""

    source = Source.HUMAN
    lanes = 2
    breaks = False

    def __init__(self, recordings: Recordings) -> None:
        self.recipe = recordings.recipe
        self.speak = recordings.speak

    def stop(self) -> None:
        """See `Speaker.stop`; a file is read in milliseconds, and is let be read."""
