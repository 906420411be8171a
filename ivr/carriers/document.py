"""Instructions as Twilio's documents: once for all who hear the same, and then only addressed.

At one place nearly every caller hears the same words; what differs from call to call is the address
to which the next key goes. So a document is written with its addresses left open, kept by whoever
has kept it before (`ivr.web.sound`), and each turn fills them in.

The rules are those of https://www.twilio.com/docs/voice/twiml and of the page of each verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers.action_url import action_url
from ivr.engine.carried import NOTHING
from ivr.engine.turn import Dial, Gather, HandOver, Hangup, Instruction, Pause, Play, Reject
from ivr.twiml import verbs
from ivr.twiml.write import encoded, write

if TYPE_CHECKING:
    from ivr.engine.carried import Carried

Speak: TypeAlias = Callable[[Sequence[Play]], Sequence[verbs.Play | verbs.Say]]
"""How prompts said one after another become sound: clips, or words for the carrier's own voice."""
_Other: TypeAlias = Pause | Gather | Dial | Hangup | Reject | HandOver

_ACTION: Final = "/action-left-open"
_BEHIND: Final = "/behind-left-open"
"""Where a document has its addresses; no clip and no words of ours are called so."""


class Person(Struct, frozen=True, kw_only=True):
    """Whom a Dial rings, and as whom.

    Sample: `Person(number="+919999999999", caller_id="+12025550100")`.
    """

    number: str
    caller_id: str
    """What the person sees: the line's number, never the caller's."""

    def __repr__(self) -> str:
        """Show neither number: a repr may end in a log."""
        return "Person(…)"


class Unaddressed(Struct, frozen=True):
    """The TwiML of one turn, its addresses left open.

    Sample: `unaddressed((Gather(…),), speak).addressed((Gather(…),), carried)`.
    """

    text: str

    def addressed(self, instructions: Sequence[Instruction], carried: Carried) -> bytes:
        """The document for one call.

        Args:
            instructions: those that it was made of, but for their places and turns.
            carried: what its addresses tell.

        Raises:
            TwimlError: it is too large.
        """
        text = self.text
        if _ACTION in text:
            action, behind = _addresses(instructions, carried)
            text = text.replace(_ACTION, escape(action)).replace(_BEHIND, escape(behind))
        return encoded(text)


def unaddressed(
    instructions: Sequence[Instruction], speak: Speak, person: Person | None = None
) -> Unaddressed:
    """The TwiML of one turn, whose place and number in the call are not known yet.

    Args:
        instructions: what the line does. At most one of them waits for an answer: a carrier never
            comes to a second.
        speak: how its prompts become sound.
        person: whom a Dial rings; None: nobody, and a Dial only leads to where it would end.
    """
    found: list[verbs.Verb] = []
    for together, instruction in _runs(instructions):
        found += speak(together)
        match instruction:
            case None:
                pass
            case Pause(seconds=seconds):
                found.append(verbs.Pause(seconds))
            case Gather():
                found += _gather(instruction, speak)
            case Dial():
                found.append(_dial(instruction, person))
            case Hangup():
                found.append(verbs.Hangup())
            case Reject():
                found.append(verbs.Reject("busy"))
            case HandOver():
                found.append(verbs.Redirect(_ACTION))
            case _:
                assert_never(instruction)
    return Unaddressed(write(found).decode())


def alike(instructions: Sequence[Instruction]) -> tuple[Instruction, ...]:
    """The instructions without what differs from call to call: equal ones have the same text."""
    return tuple([_alike(each) for each in instructions])


def say(text: str, language: str) -> verbs.Say:
    """Words for the carrier's own voice: always a named one, since bn-IN has no default.

    Google's voices for India are named alike in each of its languages.
    """
    locale = f"{language}-IN"
    return verbs.Say(text, language=locale, voice=f"Google.{locale}-Standard-A")


def _alike(instruction: Instruction) -> Instruction:
    match instruction:
        case Gather() | Dial():
            return replace(instruction, place="", turn=0)
        case HandOver():  # what it carries is its address, too
            return HandOver("", 0, NOTHING)
        case Play() | Pause() | Hangup() | Reject():
            return instruction
        case _:
            assert_never(instruction)


def _addresses(instructions: Sequence[Instruction], carried: Carried) -> tuple[str, str]:
    """Where the answer goes, and where a carrier goes on that comes out behind a Gather."""
    for each in reversed(instructions):
        match each:
            case Gather(place=place, turn=turn):
                action = action_url(place, turn, carried)
                if not carried.leads_back:
                    return action, action
                # Lest this way on look like the one that leads back.
                return action, action_url(place, turn, replace(carried, has_waited=True))
            case Dial(place=place, turn=turn):
                return action_url(place, turn, carried), ""
            case HandOver(place=place, turn=turn, carried=handed):
                return action_url(place, turn, handed), ""
            case Play() | Pause() | Hangup() | Reject():
                pass
            case _:
                assert_never(each)
    return "", ""


def _gather(gather: Gather, speak: Speak) -> tuple[verbs.Verb, ...]:
    """A Gather, and behind it the way on for a carrier that knows no `actionOnEmptyResult`.

    Twilio has one timeout for the first key and for the next ones; the longer of the two is given,
    since to cut an old caller short costs more than to wait.
    """
    return (
        verbs.Gather(
            nested=tuple(_nested(gather.said, speak)),
            action=_ACTION,
            timeout_seconds=max(gather.first_key_seconds, gather.next_key_seconds),
            finish_on_key=gather.finish_on_key,
            num_digits=gather.num_digits,
            action_on_empty_result=True,
        ),
        verbs.Redirect(_BEHIND),
    )


def _dial(dial: Dial, person: Person | None) -> verbs.Dial | verbs.Redirect:
    """A Dial that shows the line's number; without it Twilio would show the caller's."""
    if person is None:
        return verbs.Redirect(_ACTION)
    return verbs.Dial(
        nouns=(verbs.Noun("Number", person.number),),
        action=_ACTION,
        timeout_seconds=dial.ring_seconds,
        time_limit_seconds=dial.limit_seconds,
        caller_id=person.caller_id,
    )


def _nested(said: Sequence[Play | Pause], speak: Speak) -> Iterator[verbs.Nested]:
    for together, behind in _runs(said):
        yield from speak(together)
        if isinstance(behind, Pause):  # nothing else can stand in a Gather
            yield verbs.Pause(behind.seconds)


def _runs(
    said: Sequence[Instruction],
) -> Iterator[tuple[list[Play], _Other | None]]:
    """What is said without a break, and so made sound together, with what stands behind it."""
    together: list[Play] = []
    for part in said:
        if isinstance(part, Play):
            together.append(part)
        else:
            yield together, part
            together = []
    if together:
        yield together, None
