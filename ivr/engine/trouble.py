"""What the line does about silence and about keys that lead nowhere: a ladder, and a watch.

At each place the words escalate: first gentle, then with an example, then the way out to help, then
the warning that the call will end, then the end. No sentence is said three times at one place in
one call: what was said twice there is passed over for the next rung. Beside it trouble over the
whole call adds up to confusion, and at each level of it the line offers something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec.structs import replace

from ivr.engine.moves import Moment, Via, arrive, fresh, is_beside, leave, stay
from ivr.engine.told import MOST_COUNTED, telling, times
from ivr.engine.turn import Count, Turn
from ivr.flow.patience import Patience, every_patience
from ivr.flow.places import split

if TYPE_CHECKING:
    from ivr.flow.model import Asking, Level
    from ivr.flow.terms import PromptId

Kind: TypeAlias = Literal["silence", "wrong"]
MOST: Final = 2
"""How often a sentence is said at a place in answer to trouble."""
MOST_WARNINGS: Final = MOST_COUNTED
"""How often a key at the warning before the end gives more time for one place; no more is
counted."""


def silent(at: Moment, node: Asking) -> Turn:
    """Asks again after a silence, or leads on to where silence leads."""
    tried = replace(at.session, silences=at.session.silences + 1)
    led_on = node.silence
    watched = _watched(at.having(tried), node, "silence")
    rung = _rungs(_limits(at))
    # Where silence has led on twice, the ladder takes over: so no silent call is endless.
    if led_on is not None and tried.silences >= led_on.after and times(tried, rung) < MOST:
        told = watched.having(telling(watched.session, rung))
        return leave(told, led_on, _via((), _counted(told, "silence"), "silence"))
    said = _limits(at).no_input
    return _offered(watched, node, "silence") or _climbed(watched, said, "silence")


def wrong(at: Moment, node: Asking, urgent: PromptId | None = None) -> Turn:
    """Asks again after a key or an entry that leads nowhere, or leads out.

    `urgent` is a warning: it is said in place of the node's own words, whatever was said before,
    and even when the tries are over.
    """
    tried = replace(at.session, wrongs=at.session.wrongs + 1)
    watched = _watched(at.having(tried), node, "wrong")
    said = _limits(at).invalid
    first = () if urgent is None else (urgent,)
    return _offered(watched, node, "wrong", first) or _climbed(watched, said, "wrong", first)


def repeated(at: Moment, node: Asking, *lead: PromptId) -> Turn:
    """Says a place again because the caller asks; too often, and the line offers something."""
    watched = _watched(at, node, "repeat")
    return _offered(watched, node, None, lead) or stay(
        watched.having(fresh(watched.session)), *lead, settles=True
    )


def kept_at_first(at: Moment, node: Asking) -> Turn:
    """Says the first step again to a caller who goes back from it; says that it is, twice."""
    rung = _rungs(_limits(at)) + 1
    lead = () if times(at.session, rung) >= MOST else (at.flow.defaults.lesson.at_first,)
    return repeated(at.having(telling(at.session, rung)), node, *lead)


def _watched(at: Moment, node: Asking, kind: Literal["silence", "wrong", "repeat"]) -> Moment:
    if is_beside(node):
        return at
    points = getattr(at.flow.confusion, kind)
    return at.having(replace(at.session, confusion=at.session.confusion + points))


def _offered(
    at: Moment, node: Asking, kind: Kind | None, first: tuple[PromptId, ...] = ()
) -> Turn | None:
    """What a level of confusion offers that is reached now; None: none is."""
    due = None if is_beside(node) else _level(at)
    if due is None:
        return None
    number, level = due
    counted = (*_counted(at, kind), Count(f"offered.{level.go}"))
    limits = _limits(at)
    now, said = replace(at.session, offered=number + 1), level.prompt
    if said == limits.ways_out[0].prompt:  # one sentence, whichever of the two says it
        said = said if times(now, limits.tries - 1) < MOST else None
        now = telling(now, limits.tries - 1)
    lead = (*first, *(() if said is None else (said,)))
    return arrive(at.having(now), level.go, _via(lead, counted, kind))


def _level(at: Moment) -> tuple[int, Level] | None:
    """The level that is due, with its number; one with nothing to offer to this caller is not."""
    session = at.session
    for number, level in enumerate(at.flow.confusion.levels):
        is_new = number >= session.offered and level.at <= session.confusion
        if is_new and (level.in_simple or not session.simple):
            return number, level
    return None


def _climbed(
    at: Moment,
    said: tuple[PromptId, ...],
    kind: Kind,
    first: tuple[PromptId, ...] = (),
) -> Turn:
    """The next rung of the ladder that was not said twice here."""
    limits = _limits(at)
    session = at.session
    rungs = _rungs(limits)
    tries = session.silences + session.wrongs
    for rung in range(min(tries, limits.tries) - 1, rungs):
        if times(session, rung) < MOST:
            break
    else:
        rung = rungs
    told = at.having(telling(session, rung))
    if rung < limits.tries - 1:
        words = first or (said[min(rung, len(said) - 1)],)
        return _asked_again(told, words, kind)
    via = _via(first, _counted(at, kind), kind)
    way = rung - (limits.tries - 1)
    if way < len(limits.ways_out):
        return leave(told, limits.ways_out[way], via)
    # Silence has not heard the last warning: a key gave more time then, and gives it once more.
    is_warned = kind == "wrong" or times(session, rungs) >= MOST_WARNINGS
    last = at.flow.defaults.ends_at if is_warned else at.flow.defaults.give_up.go
    return arrive(told, last, via)


def _limits(at: Moment) -> Patience:
    """What holds at the node where the session stands."""
    return every_patience(at.flow)[split(at.session.place)[0]]


def _rungs(limits: Patience) -> int:
    """How many rungs there are before the end: asking again, and the ways out."""
    return limits.tries - 1 + len(limits.ways_out)


def _via(lead: tuple[PromptId, ...], effects: tuple[Count, ...], kind: Kind | None) -> Via:
    """How trouble leads elsewhere: after silence a key for the place that is left may yet come."""
    return Via(lead, effects, settles=kind != "silence", after_silence=kind == "silence")


def _asked_again(at: Moment, words: tuple[PromptId, ...], kind: Kind) -> Turn:
    turn = stay(at.having(replace(at.session, brief=True)), *words, settles=kind == "wrong")
    return Turn(turn.session, turn.instructions, _counted(at, kind))


def _counted(at: Moment, kind: Kind | None) -> tuple[Count, ...]:
    return () if kind is None else (Count(f"{kind}.{at.session.place}"),)
