"""How prompts are heard: by clips, or, where there are none, by the carrier's own voice.

A carrier fetches everything that stands in a Gather before it plays any of it, and through many
caches that each fetch anew; so a menu of five files is five round trips of silence. What is said
without a break is therefore one clip, joined of those of its prompts.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers import twilio
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

    from ivr.engine.session import Session
    from ivr.flow.model import Spec
    from ivr.speech.library import Library
    from ivr.speech.manifest import Clip
    from ivr.web.stock import Fault


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


class Voiced:
    """The prompts of one turn, each looked up once: so what is counted is what is heard.

    Args:
        language: of the session.
        spoken: every prompt of the turn, in order.
    """

    def __init__(self, language: str, spoken: Sequence[_Spoken]) -> None:
        self._language = language
        self._spoken = spoken
        self._found = {each.play: each for each in spoken}

    def speak(self, plays: Sequence[Play]) -> tuple[PlayUrl | Say, ...]:
        """How some prompts of the turn are heard that are said one after another."""
        return tuple(_heard([self._found[play] for play in plays]))

    def said(self) -> tuple[Count, ...]:
        """A count for each prompt of the turn that the carrier's voice must speak."""
        return tuple(
            Count(f"said.{self._language}.{each.play.prompt}")
            for each in self._spoken
            if each.clip is None
        )


class Sound:
    """Every prompt in every language and pace, by the clips that can be played just now."""

    def __init__(self, spec: Spec, library: Library) -> None:
        self._default_language = spec.flow.flow.default_language
        self._texts = {language: words.prompts for language, words in spec.words.items()}
        self._stock = Stock(utterances(self._texts), library)

    def speak(self, session: Session) -> twilio.Speak:
        """How prompts are heard in this call: in its language."""
        return lambda plays: tuple(_heard(self._spoken(session.language, plays)))

    def turn(self, session: Session, instructions: Sequence[Instruction]) -> Voiced:
        """How the prompts of one turn are heard, as they can be played just now."""
        return Voiced(session.language, self._spoken(session.language, _plays(instructions)))

    def known(self, session: Session) -> Session:
        """The session without prompts that another version of the words had said."""
        words = self._texts[self._default_language]
        lead = tuple(prompt for prompt in session.lead if prompt in words)
        return session if lead == session.lead else replace(session, lead=lead)

    def faults(self) -> list[tuple[str, Fault]]:
        """What has no clip of its own that can be played just now, as `bn/slow/main_menu`."""
        return self._stock.faults()

    def _spoken(self, language: str, plays: Iterable[Play]) -> list[_Spoken]:
        """Prompts in the language, or in the first one where it has no such words (any more)."""
        words = self._texts.get(language, {})
        every = [(language if p.prompt in words else self._default_language, p) for p in plays]
        clips = self._stock.find((found, play.prompt, play.pace) for found, play in every)
        return [
            _Spoken(found, play, self._texts[found][play.prompt], clip)
            for (found, play), clip in zip(every, clips, strict=True)
        ]


def _heard(spoken: Iterable[_Spoken]) -> Iterator[PlayUrl | Say]:
    for (is_said, is_digits), group in groupby(spoken, key=lambda each: each.kind):
        run = list(group)
        if is_said:
            yield from (twilio.say(each.text, each.language) for each in run)
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
