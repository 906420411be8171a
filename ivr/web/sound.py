"""How each prompt is heard: by its clip, or, where there is none, by the carrier's own voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from ivr.carriers import twilio
from ivr.engine.turn import Count, Gather, Hangup, Instruction, Pause, Play
from ivr.flow.model import Pace, PromptId, Spec
from ivr.speech.utterance import Utterance
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
        self.missing: list[str] = []
        """What has no clip, as `bn/slow/main_menu`."""
        for language, words in spec.words.items():
            for prompt_id, text in words.prompts.items():
                normal = _clip(library, Utterance(language, prompt_id, Pace.NORMAL, text))
                slow = _clip(library, Utterance(language, prompt_id, Pace.SLOW, text))
                spoken = twilio.say(text, language)
                self._verbs[language, Pace.NORMAL, prompt_id] = normal or spoken
                self._verbs[language, Pace.SLOW, prompt_id] = slow or normal or spoken
                self.missing += [
                    f"{language}/{pace}/{prompt_id}"
                    for pace, clip in ((Pace.NORMAL, normal), (Pace.SLOW, slow))
                    if clip is None
                ]

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
