"""How prompts are heard: by clips, or, where there are none, by the carrier's own voice.

A carrier fetches everything that stands in a Gather before it plays any of it, and through many
caches that each fetch anew; so a menu of five files is five round trips of silence. What a place
says in one row is therefore one clip, joined of those of its prompts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from ivr.carriers import twilio
from ivr.engine.speak import rows
from ivr.engine.turn import Count, Gather, Hangup, Instruction, Pause, Play
from ivr.flow.model import Pace, Spec
from ivr.speech.join import MAX_PARTS, row_name
from ivr.speech.utterance import Utterance, utterances
from ivr.twiml.verbs import Play as PlayUrl
from ivr.twiml.verbs import Say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.engine.session import Session
    from ivr.speech.library import Library
    from ivr.speech.manifest import Clip


class Sound:
    """Every prompt and every row of prompts, in every language and pace, looked up at the start."""

    def __init__(self, spec: Spec, library: Library) -> None:
        """Look up the clips; one whose words have changed since counts as missing."""
        self._default_language = spec.flow.flow.default_language
        self._texts = {(each.language, _play(each)): each.text for each in _all(spec)}
        self._clips: dict[tuple[str, Play], Clip] = {}
        for utterance in _all(spec):
            language, play = utterance.language, _play(utterance)
            usual = self._clips.get((language, Play(play.prompt)))
            if clip := library.find(utterance) or usual:
                self._clips[language, play] = clip
        self._rows = dict(self._joined(spec))

    def speak(self, session: Session) -> twilio.Speak:
        """How prompts are heard in this call: in its language."""
        return lambda plays: tuple(self._heard(session.language, tuple(plays)))

    def known(self, session: Session) -> Session:
        """The session without prompts that another version of the words had said."""
        lead = tuple(
            prompt
            for prompt in session.lead
            if (self._default_language, Play(prompt)) in self._texts
        )
        return session if lead == session.lead else replace(session, lead=lead)

    def said(self, session: Session, instructions: Sequence[Instruction]) -> tuple[Count, ...]:
        """A count for each prompt of a turn that the carrier's voice must speak."""
        return tuple(
            Count(f"said.{session.language}.{play.prompt}")
            for play in _plays(instructions)
            if isinstance(self._verb(session.language, play), Say)
        )

    def _joined(self, spec: Spec) -> Iterator[tuple[tuple[str, tuple[Play, ...]], PlayUrl]]:
        """The rows that are heard as one clip, each with that clip."""
        for row in dict.fromkeys(rows(spec.flow)):
            for language in spec.words:
                for pace in Pace:
                    plays = tuple(Play(prompt, pace) for prompt in row)
                    clips = [self._clips.get((language, play)) for play in plays]
                    texts = [self._texts[language, play] for play in plays]
                    found = [clip for clip in clips if clip is not None]
                    name = row_name(found, texts, pace) if len(found) == len(row) else None
                    if name is not None:
                        yield (language, plays), PlayUrl(f"/clips/{name}.wav")

    def _heard(self, language: str, plays: tuple[Play, ...]) -> Iterator[PlayUrl | Say]:
        while plays:
            taken, verb = self._longest(language, plays)
            yield verb
            plays = plays[taken:]

    def _longest(self, language: str, plays: tuple[Play, ...]) -> tuple[int, PlayUrl | Say]:
        """The longest row that begins here and is one clip, else the first prompt; how many."""
        spoken = self._spoken(language, plays[0])
        for taken in range(min(len(plays), MAX_PARTS), 1, -1):
            row = self._rows.get((spoken, plays[:taken]))
            if row is not None:
                return taken, row
        return 1, self._verb(language, plays[0])

    def _verb(self, language: str, play: Play) -> PlayUrl | Say:
        spoken = self._spoken(language, play)
        clip = self._clips.get((spoken, play))
        if clip is None:
            return twilio.say(self._texts[spoken, play], spoken)
        return PlayUrl(f"/clips/{clip.sha256}.wav")

    def _spoken(self, language: str, play: Play) -> str:
        """The language, or the first one where it has no such words (any more)."""
        return language if (language, play) in self._texts else self._default_language


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


def _play(utterance: Utterance) -> Play:
    return Play(utterance.prompt_id, utterance.pace)


def _plays(instructions: Sequence[Instruction]) -> Iterator[Play]:
    for instruction in instructions:
        match instruction:
            case Play():
                yield instruction
            case Gather(said=said):
                yield from (part for part in said if isinstance(part, Play))
            case Pause() | Hangup():
                pass
            case _:
                assert_never(instruction)
