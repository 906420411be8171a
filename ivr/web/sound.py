"""How prompts are heard: by clips, or, where there are none, by the carrier's own voice.

A carrier fetches everything that stands in a Gather before it plays any of it, and through many
caches that each fetch anew; so a menu of five files is five round trips of silence. What is said
without a break is therefore one clip, joined of those of its prompts.

What one caller hears at a place, the next one hears as well: a document is made once, and again
only when other clips can be played.
"""

from __future__ import annotations

import time
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers.document import alike, say, unaddressed
from ivr.engine.turn import (
    Count,
    Dial,
    Gather,
    HandOver,
    Hangup,
    Instruction,
    Pause,
    Play,
    Reject,
)
from ivr.flow.terms import Pace
from ivr.flow.usage import DIGIT_PROMPTS
from ivr.speech.join import DIGIT_PAUSE_SECONDS, PAUSE_SECONDS, names
from ivr.speech.utterance import utterances
from ivr.twiml.verbs import Play as PlayUrl
from ivr.twiml.verbs import Say
from ivr.web.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ivr.carriers.document import Person, Speak, Unaddressed
    from ivr.engine.session import Session
    from ivr.flow.model import Spec
    from ivr.speech.library import Library
    from ivr.speech.manifest import Clip
    from ivr.speech.utterance import Place
    from ivr.web.stock import Fault

MAX_REMEMBERED: Final = 1024
"""Turns whose documents are kept, some kilobytes each: the line has about a hundred places, and
what else they are said with."""


class _Spoken(Struct, frozen=True):
    """A prompt in the language in which it is heard."""

    language: str
    play: Play
    text: str
    clip: Clip | None

    @property
    def kind(self) -> tuple[bool, bool]:
        """What it must have in common with its neighbour to be one clip with it."""
        return self.clip is None, self.play.prompt in DIGIT_PROMPTS


class Heard(Struct, frozen=True):
    """How a turn is heard just now, by everybody who comes to it."""

    document: Unaddressed
    said: tuple[Count, ...]
    """A count for each of its prompts that the carrier's voice must speak."""


class _Made(Struct, frozen=True):
    """What was made of a turn, and out of what."""

    clips: list[Clip | None]
    person: Person | None
    heard: Heard


class _Remembered(Struct):
    """A turn as every call has it, and what was made of it the last time."""

    plays: tuple[Play, ...]
    places: tuple[Place, ...]
    """Where the clip of each is looked for."""
    made: _Made | None = None
    until: float = 0.0
    """By `time.monotonic`: so long nobody looks whether its clips can still be played."""


class Sound:
    """Every prompt in every language and pace, by the clips that can be played just now.

    Safe from any thread: two that make the same at once make the same.
    """

    def __init__(self, spec: Spec, library: Library, held_seconds: float = 0.0) -> None:
        """Look up the clips of every prompt; later ones are found when they come.

        Args:
            spec: the words.
            library: the clips.
            held_seconds: so long what can be played at a turn counts as it was found.
        """
        self._held_seconds = held_seconds
        self._default_language = spec.flow.flow.default_language
        self._texts = {language: words.prompts for language, words in spec.words.items()}
        self._stock = Stock(utterances(self._texts), library)
        self._remembered = lru_cache(maxsize=MAX_REMEMBERED)(self._place)

    def speak(self, session: Session) -> Speak:
        """How prompts are heard in this call: in its language."""

        def speak(plays: Sequence[Play]) -> tuple[PlayUrl | Say, ...]:
            places = self._places(session.language, plays)
            return tuple(_heard(self._spoken(plays, places, self._stock.find(places))))

        return speak

    def turn(
        self, session: Session, instructions: Sequence[Instruction], person: Person | None = None
    ) -> Heard:
        """How a turn is heard, as its prompts can be played just now.

        Args:
            session: in whose language.
            instructions: what the line does.
            person: whom a Dial rings.
        """
        same = alike(instructions)
        found = self._remembered(session.language, same)
        made, now = found.made, time.monotonic()
        if made is not None and made.person == person and now < found.until:
            return made.heard
        clips = self._stock.find(found.places)
        found.until = now + self._held_seconds
        if made is None or made.clips != clips or made.person != person:
            spoken = self._spoken(found.plays, found.places, clips)
            made = found.made = _Made(clips, person, _written(same, spoken, person))
        return made.heard

    def known(self, session: Session) -> Session:
        """The session without prompts that another version of the words had said."""
        if not session.lead:
            return session
        words = self._texts[self._default_language]
        lead = tuple(prompt for prompt in session.lead if prompt in words)
        return session if lead == session.lead else replace(session, lead=lead)

    def faults(self) -> list[tuple[str, Fault]]:
        """What has no clip of its own that can be played just now, as `bn/slow/main_menu`."""
        return self._stock.faults()

    def _place(self, language: str, instructions: tuple[Instruction, ...]) -> _Remembered:
        plays = tuple(_plays(instructions))
        return _Remembered(plays, self._places(language, plays))

    def _places(self, language: str, plays: Iterable[Play]) -> tuple[Place, ...]:
        """In the language, or in the first one where it has no such words (any more)."""
        words = self._texts.get(language, {})
        return tuple(
            (language if play.prompt in words else self._default_language, play.prompt, play.pace)
            for play in plays
        )

    def _spoken(
        self, plays: Sequence[Play], places: Sequence[Place], clips: Sequence[Clip | None]
    ) -> list[_Spoken]:
        return [
            _Spoken(language, play, self._texts[language][play.prompt], clip)
            for play, (language, _, _), clip in zip(plays, places, clips, strict=True)
        ]


def _written(
    instructions: Sequence[Instruction], spoken: Sequence[_Spoken], person: Person | None
) -> Heard:
    found = {each.play: each for each in spoken}
    document = unaddressed(
        instructions, lambda plays: tuple(_heard([found[play] for play in plays])), person
    )
    said = tuple(
        Count(f"said.{each.language}.{each.play.prompt}") for each in spoken if each.clip is None
    )
    return Heard(document, said)


def _heard(spoken: Iterable[_Spoken]) -> Iterator[PlayUrl | Say]:
    for (is_said, is_digits), group in groupby(spoken, key=lambda each: each.kind):
        run = list(group)
        if is_said:
            yield from (say(each.text, each.language) for each in run)
        else:
            yield from _clips(run, DIGIT_PAUSE_SECONDS if is_digits else PAUSE_SECONDS)


def _clips(run: Sequence[_Spoken], pauses: dict[Pace, float]) -> Iterator[PlayUrl]:
    """One clip of a run, or as few as may be; the pauses are those of the slowest in it."""
    pace = Pace.SLOW if any(each.play.pace is Pace.SLOW for each in run) else Pace.NORMAL
    clips = [each.clip for each in run if each.clip is not None]
    for name in names(clips, [each.text for each in run], pauses[pace]):
        yield PlayUrl(f"/clips/{name}.wav")


def _plays(instructions: Sequence[Instruction]) -> Iterator[Play]:
    for instruction in instructions:
        match instruction:
            case Play():
                yield instruction
            case Gather(said=said):
                yield from (part for part in said if isinstance(part, Play))
            case Pause() | Dial() | Hangup() | Reject() | HandOver():
                pass
            case _:
                assert_never(instruction)
