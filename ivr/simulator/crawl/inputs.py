"""What a caller can do at a place, as a crawl tries it: keys, codes, words, sound, and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from msgspec import Struct

from ivr.simulator.actions import Press, Record, Speak
from ivr.simulator.script import QUEUE_SECONDS, ReadBack, Wait, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.simulator.call import Call
    from ivr.simulator.crawl.turn import Ask
    from ivr.twiml.request import DialStatus

RECORD_SECONDS: Final = 3.0
"""How long the caller speaks for a Record."""
FILLER: Final = "hello"
"""What the caller says where nothing tells what is understood."""
MAX_HINTS: Final = 20
"""How many hints of a Gather are said."""
UNKNOWN_LENGTH: Final = 4
"""Of a wrong entry, where neither the line nor its document says how long one is."""
SOME_KEY: Final = "1"
"""What is pressed where digits were read out before, and now are not."""
MAX_DIALS: Final = 3
"""Of one input, whose outcomes are tried; those after them are answered."""
RING_AGAIN: Final = "ring-again"
"""As the second call is told, for which a script has no word."""
_WRONG: Final = "1"
"""As a wrong entry is written in a script, and pressed where nothing was read out."""
_WRONG_DIGITS: Final = "1234567890"
_COMPLETED: Final[DialStatus] = "completed"
TRIED_OUTCOMES: Final[tuple[DialStatus, ...]] = ("busy", "no-answer", "failed")


KEYPAD: Final = "1234567890*#"
"""As it is read on a telephone."""


class ReadOut(Struct, frozen=True, tag=True):
    """The caller presses the digits that they have heard last."""


class WrongEntry(Struct, frozen=True, tag=True):
    """The caller presses digits, and not those that they have just heard."""

    length: int
    finishing: str
    """The key behind them; empty for none."""


class Ring(Struct, frozen=True, tag=True):
    """The caller rings, with which each call begins."""


class RingAgain(Struct, frozen=True, tag=True):
    """The caller hangs up in the middle of it, and rings again from the same number."""


Input: TypeAlias = Ring | RingAgain | Press | Speak | Record | Wait | ReadOut | WrongEntry


class Step(Struct, frozen=True):
    """An input, and what becomes of the Dials and the queues that it leads to."""

    input: Input
    outcomes: tuple[DialStatus, ...] = ()
    """As in `Setup.dial_outcomes`; empty when each Dial is answered, and no agent comes."""


class Offers(Struct, frozen=True, kw_only=True):
    """What the caller may key and say besides what every crawl tries."""

    entries: tuple[str, ...] = ()
    """For a Gather that takes more than one key."""
    words: tuple[str, ...] = ()
    """For one that listens to speech; empty for the hints of its document."""
    rings_again: bool = False
    """Whether the caller hangs up once at every place, and rings again: for an application that
    remembers its callers from one call to the next."""


def inputs_of(ask: Ask, digits: str, offers: Offers) -> tuple[Input, ...]:
    """Gives what is tried at a place, in that order: silence is last, but for another call.

    Args:
        ask: what the line waits for.
        digits: that it reads out there; empty for none.
        offers: of this crawl.
    """
    last: list[Input] = [Wait(), RingAgain()] if offers.rings_again else [Wait()]
    match ask.kind:
        case "gather":
            found: list[Input] = [*_keyed(ask, digits, offers), *_spoken(ask, offers), *last]
        case "record":
            found = [Record(RECORD_SECONDS), *last]
        case "queue":
            found = [Wait()]
        case "ring":
            found = [Ring()]
        case "end":
            found = []
        case _:
            assert_never(ask.kind)
    return tuple(dict.fromkeys(found))


def _keyed(ask: Ask, digits: str, offers: Offers) -> Iterator[Input]:
    if "dtmf" not in ask.input:
        return
    end, length = ask.finish_on_key, ask.num_digits
    if length == 1:
        yield from (Press(key) for key in KEYPAD)
        return
    if digits and len(digits) <= (length or len(digits)):
        yield ReadOut()
    for entry in offers.entries:
        yield Press(entry + _finishing(ask, len(entry)))
    # Where numDigits is left out, a menu of single keys may be meant.
    if length is None:
        yield from (Press(key + end) for key in KEYPAD if key.isdigit())
    wrong = length or len(digits) or UNKNOWN_LENGTH
    yield WrongEntry(wrong, _finishing(ask, wrong))
    yield Press("*" + (end if end != "*" else ""))
    if end:
        yield Press(end)


def _finishing(ask: Ask, length: int) -> str:
    """The key that must follow an entry of that length, lest the line wait for more."""
    return "" if length == ask.num_digits else ask.finish_on_key


def _spoken(ask: Ask, offers: Offers) -> Iterator[Input]:
    if "speech" in ask.input:
        words = offers.words or ask.hints[:MAX_HINTS] or (FILLER,)
        yield from (Speak(each) for each in words)


def carry_out(call: Call, given: Input, rows: Sequence[str]) -> None:
    """Lets the caller do it, and listens until the line waits for them anew.

    Args:
        call: that waits for the caller, or was not started yet.
        given: what they do.
        rows: of digits that were read out to them, the latest one last.
    """
    match given:
        case Ring() | RingAgain():
            call.start()
        case Press(keys):
            call.press(keys)
        case ReadOut():
            call.press(rows[-1] if rows else SOME_KEY)
        case WrongEntry(length, finishing):
            call.press(_wrong(rows, length) + finishing)
        case Speak(text):
            call.say(text)
        case Record(seconds):
            call.record(seconds)
        case Wait():
            _wait(call)
        case _:
            assert_never(given)


def _wrong(rows: Sequence[str], length: int) -> str:
    """An entry that is far from all that was read out, and so leads where every wrong entry leads.

    A digit that was not read out the last time makes one which nobody takes for a slip; where
    there is none such, no digit of it stands where it should.
    """
    last = rows[-1] if rows else ""
    entries = (digit * length for digit in _WRONG_DIGITS if digit not in last)
    found = next((entry for entry in entries if entry not in rows), None)
    return found or "".join(_wrong_at(rows, at) for at in range(length))


def _wrong_at(rows: Sequence[str], at: int) -> str:
    right = {row[at % len(row)] for row in rows}
    return next((digit for digit in _WRONG_DIGITS if digit not in right), _WRONG)


def _wait(call: Call) -> None:
    """In a queue out of which nobody takes them the caller does not wait for hours."""
    until = call.next_seconds
    is_held = call.waiting == "queue" and until is not None
    if until is not None and is_held and until - call.seconds > QUEUE_SECONDS:
        call.wait(QUEUE_SECONDS)
    else:
        call.wait()


def written(given: Input) -> str:
    """Gives an input as `ivr call --keys` takes it.

    Empty for the ringing, which is none; RING_AGAIN where a script, which is one call, ends.
    """
    match given:
        case Ring():
            return ""
        case RingAgain():
            return RING_AGAIN
        case Press(keys):
            return keys
        case WrongEntry(length, finishing):
            return _WRONG * length + finishing
        case ReadOut():
            return write((ReadBack(),))
        case Speak() | Record() | Wait():
            return write((given,))
        case _:
            assert_never(given)


def alternatives(
    used: tuple[DialStatus, ...], dialed: int, *, has_queued: bool
) -> Iterator[tuple[DialStatus, ...]]:
    """Gives what else can become of the Dials of an input, one more at a time.

    Args:
        used: what became of the first of them.
        dialed: how many more there were, which were answered.
        has_queued: whether the caller has waited in a queue, and no agent came.
    """
    for more in range(min(dialed, MAX_DIALS - len(used))):
        answered = tuple(_COMPLETED for _ in range(more))
        for outcome in TRIED_OUTCOMES:
            yield (*used, *answered, outcome)
    if has_queued and not used:
        yield (_COMPLETED,)
