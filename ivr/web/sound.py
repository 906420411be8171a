"""How each prompt is heard: by its clip, or, where there is none, by the carrier's own voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from ivr.carriers import twilio
from ivr.engine.turn import Count, Gather, Hangup, Instruction, Pause, Play
from ivr.flow.model import Pace, PromptId, Spec
from ivr.speech.utterance import Utterance, utterances
from ivr.twiml.verbs import Play as PlayUrl
from ivr.twiml.verbs import Say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.engine.session import Session
    from ivr.speech.library import Library


class Sound:
    """Every prompt in every language and pace, looked up once at the start."""

    def __init__(self, spec: Spec, library: Library) -> None:
        """Look up the clips; one whose words have changed since counts as missing."""
        self._default_language = spec.flow.flow.default_language
        self._verbs: dict[tuple[str, Pace, PromptId], PlayUrl | Say] = {}
        for utterance in _all(spec):
            language, prompt_id, _ = utterance.place
            spoken = twilio.say(utterance.text, language)
            usual = self._verbs.get((language, Pace.NORMAL, prompt_id), spoken)
            found = _clip(library, utterance)
            self._verbs[language, utterance.pace, prompt_id] = found or usual

    def speak(self, session: Session) -> twilio.Speak:
        """How prompts are heard in this call: in its language, at its pace."""
        return lambda prompt: self._verb(session, prompt)

    def known(self, session: Session) -> Session:
        """The session without prompts that another version of the words had said."""
        lead = tuple(
            prompt
            for prompt in session.lead
            if (self._default_language, session.pace, prompt) in self._verbs
        )
        return session if lead == session.lead else replace(session, lead=lead)

    def said(self, session: Session, instructions: Sequence[Instruction]) -> tuple[Count, ...]:
        """A count for each prompt of a turn that the carrier's voice must speak."""
        return tuple(
            Count(f"said.{session.language}.{prompt}")
            for prompt in _prompts(instructions)
            if isinstance(self._verb(session, prompt), Say)
        )

    def _verb(self, session: Session, prompt: PromptId) -> PlayUrl | Say:
        found = self._verbs.get((session.language, session.pace, prompt))
        return found or self._verbs[self._default_language, session.pace, prompt]


def missing(spec: Spec, library: Library) -> list[str]:
    """What has no clip on the disk just now, as `bn/slow/main_menu`."""
    return [
        f"{each.language}/{each.pace}/{each.prompt_id}"
        for each in _all(spec)
        if library.find(each) is None
    ]


def _all(spec: Spec) -> list[Utterance]:
    """All that the line can say, the normal pace of each prompt before the slow one."""
    return utterances({language: words.prompts for language, words in spec.words.items()})


def _clip(library: Library, utterance: Utterance) -> PlayUrl | None:
    clip = library.find(utterance)
    return None if clip is None else PlayUrl(f"/clips/{clip.sha256}.wav")


def _prompts(instructions: Sequence[Instruction]) -> Iterator[PromptId]:
    for instruction in instructions:
        match instruction:
            case Play(prompt=prompt):
                yield prompt
            case Gather(said=said):
                yield from (part.prompt for part in said if isinstance(part, Play))
            case Pause() | Hangup():
                pass
            case _:
                assert_never(instruction)
