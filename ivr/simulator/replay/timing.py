"""What somebody did on a live call, as a script that does it again at the same places.

A key that was pressed in the middle of a prompt is pressed there again: `1@3.2`. So each turn has
its time since the turn before, as round as it can be and not before what had happened already.
"""

from __future__ import annotations

from itertools import zip_longest
from math import ceil, floor, inf
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.simulator import events
from ivr.simulator.actions import HangUp, Press, Speak
from ivr.simulator.digits import MIN_DIGITS
from ivr.simulator.script import DECIMALS, ReadBack, Stay, Timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ivr.simulator.actions import Action, Done
    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits
    from ivr.simulator.events import Event
    from ivr.simulator.script import Entry

FEWEST_DECIMALS: Final = 3
"""Of a time; more where something had happened within a thousandth of a second."""
LATER_DECIMALS: Final = 4
"""Of a time that is moved behind what had happened at that very moment."""
BETWEEN_DECIMALS: Final = 6
NOISE_SECONDS: Final = 1e-9
"""By which sums of seconds differ that should be equal."""

_BY_ITSELF: Final = (
    *(events.Said, events.Played, events.Heard, events.Paused, events.Delayed, events.Gathering),
    *(events.Beeped, events.Silence, events.Dialed, events.Enqueued),
)
"""What happens as time goes by; before or after it is what matters of a key."""


class _Deed(Struct, frozen=True):
    """What the caller did, and what had happened before."""

    at_seconds: float
    action: Action
    since_seconds: float
    """When the last thing had happened by itself."""
    place: int | None
    """Of its first key among the events; None for what is no key."""
    is_heeded: bool
    """Whether the line took it: what follows then follows from here."""


def timed(call: Call, digits: Digits) -> tuple[Entry, ...]:
    """Gives a script that does what the caller did, at the same places.

    Args:
        call: that is over.
        digits: what counts as a digit that was read out: who keyed just these keys what they hear.
    """
    deeds = tuple(_deeds(call.done, call.events))
    # A caller who takes time for each key is a script's, whose turns are no single keys.
    codes = {} if call.setup.key_seconds else _codes(call.events, deeds, digits)
    entries = tuple(_entries(deeds, codes))
    is_hung_up = bool(deeds) and isinstance(deeds[-1].action, HangUp)
    return entries if is_hung_up else (*entries, Stay())


def _deeds(done: Sequence[Done], happened: Sequence[Event]) -> Iterator[_Deed]:
    place = 0
    for each, following in zip_longest(done, done[1:]):
        until = inf if following is None else following.at_seconds
        found = _pressed(happened, place, each.action, until)
        end = found[0] if found else len(happened)
        since = max(_moments(happened[:end], each.at_seconds), default=0.0)
        is_heeded = _is_heeded(each, [happened[index] for index in found], happened)
        first = found[0] if found else None
        yield _Deed(each.at_seconds, each.action, since, first, is_heeded)
        place = found[-1] + 1 if found else place


def _pressed(
    happened: Sequence[Event], place: int, action: Action, until_seconds: float
) -> list[int]:
    """Where the keys of a Press stand from a place on; those that were dropped stand nowhere."""
    keys = action.keys if isinstance(action, Press) else ""
    found: list[int] = []
    for index in range(place, len(happened)):
        event = happened[index]
        if event.at_seconds > until_seconds or len(found) == len(keys):
            break
        if isinstance(event, events.KeyPressed):
            found.append(index)
    return found


def _moments(happened: Sequence[Event], until_seconds: float) -> Iterator[float]:
    """When something happened by itself, up to some moment."""
    before: Event | None = None
    for event in happened:
        # What is cut off is over because of what the caller did.
        is_cut = isinstance(before, events.Interrupted)
        if isinstance(event, _BY_ITSELF) and event.at_seconds <= until_seconds and not is_cut:
            yield event.at_seconds
        before = event


def _is_heeded(done: Done, keys: Sequence[Event], happened: Sequence[Event]) -> bool:
    match done.action:
        case Press():
            return any(isinstance(key, events.KeyPressed) and key.is_heard for key in keys)
        case Speak(text):
            unheard = events.Spoke(at_seconds=done.at_seconds, text=text, is_heard=False)
            return unheard not in happened
        case _:
            return True


def _codes(happened: Sequence[Event], deeds: Sequence[_Deed], digits: Digits) -> dict[int, int]:
    """The first and the last deed of each entry of keys that had been read out before."""
    numbers = {deed.place: number for number, deed in enumerate(deeds) if deed.place is not None}
    codes: dict[int, int] = {}
    heard: list[str] = []
    keys: list[tuple[int, str]] = []
    for index, event in enumerate(happened):
        match event:
            case events.Heard(words=words, to=None):
                heard.append(words)
            case events.KeyPressed(is_heard=True):
                keys.append((index, "" if keys else digits.read_out(heard)))
            case events.Pressed(digits=entry):
                places = [place for place, _ in keys][: len(entry)]
                if len(entry) >= MIN_DIGITS and keys and keys[0][1] == entry:
                    first, last = (numbers.get(place) for place in (places[0], places[-1]))
                    if first is not None and last == first + len(entry) - 1:
                        codes[first] = last
                keys = []
            case events.Silence() | events.Spoke(is_heard=True) | events.Recorded():
                keys = []
            case _:
                pass
    return codes


def _entries(deeds: Sequence[_Deed], codes: Mapping[int, int]) -> Iterator[Entry]:
    begun = shift = 0.0
    number = 0
    while number < len(deeds):
        deed, last = deeds[number], deeds[codes.get(number, number)]
        after = _after(deed, begun, shift)
        begun += after
        if deed is last:
            yield Timed(deed.action, after)
            ended = begun
        else:
            keys = codes[number] - number
            between = round((last.at_seconds - deed.at_seconds) / keys, BETWEEN_DECIMALS)
            yield Timed(ReadBack(), after, between)
            ended = begun + between * keys
        if last.is_heeded:
            shift = ended - last.at_seconds
        number = codes.get(number, number) + 1


def _after(deed: _Deed, begun_seconds: float, shift_seconds: float) -> float:
    """How long after the turn before a turn is done.

    Args:
        deed: of which it is made.
        begun_seconds: when the turn before will be begun.
        shift_seconds: how much later than it did will happen what happens by itself.
    """
    due = deed.at_seconds + shift_seconds - begun_seconds
    least = deed.since_seconds + shift_seconds - begun_seconds
    for decimals in range(FEWEST_DECIMALS, DECIMALS + 1):
        found = _cut(floor, due + NOISE_SECONDS, decimals)
        if found >= 0 and (least <= NOISE_SECONDS or found > least + NOISE_SECONDS):
            return found
    return max(_cut(ceil, least + 2 * NOISE_SECONDS, LATER_DECIMALS), 0.0)


def _cut(to_whole: Callable[[float], int], seconds: float, decimals: int) -> float:
    scale = 10.0**decimals
    return round(to_whole(seconds * scale) / scale, decimals)
