"""What a key does where one is awaited, and what becomes of the digits of an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from ivr.engine.codes import code_at, is_near
from ivr.engine.moves import Moment, Via, arrive, changed
from ivr.engine.speak import part_code, steps_at_once, steps_heard
from ivr.engine.trouble import kept_at_first, repeated, wrong
from ivr.engine.turn import Count, Turn
from ivr.flow.derived import derived
from ivr.flow.model import Asking, Flow, Lesson, Menu, Option, Practice, Think
from ivr.flow.places import index_at, part_of, split
from ivr.flow.terms import AGAIN_KEY, BACK_KEY, NEXT_KEY, READY_KEY, REPEAT
from ivr.flow.usage import taken

if TYPE_CHECKING:
    from ivr.engine.events import Digits
    from ivr.flow.terms import Offer


def pressed(at: Moment, node: Menu | Lesson | Think, key: str) -> Turn:
    """One key at a place that takes one."""
    session = at.session
    options = _options(at.flow, session.place, session.holding, together=session.together)
    option = options.get(key)
    if option is not None:
        return _choose(_learnt(at), option)
    if isinstance(node, Menu) and node.any_key is not None:
        return arrive(_given_time(at), node.any_key, Via(settles=True))
    if key in at.flow.global_keys:
        return _global(_learnt(at), node, at.flow.global_keys[key])
    match node:
        case Menu():
            return wrong(at, node)
        case Lesson():
            return _lesson(at, node, key)
        case Think() if key == READY_KEY:
            return arrive(_learnt(at), node.next, Via(settles=True))
        case Think():
            return wrong(at, node)
        case _:
            assert_never(node)


@derived
def _options(
    flow: Flow, place: str, holding: frozenset[Offer], *, together: bool
) -> dict[str, Option]:
    """The options whose keys are taken at a place, offered or not; of two with one key the first.

    Args:
        flow: which has the place.
        place: of a menu, a lesson or a question.
        holding: what holds now, out of the conditions that an option can have.
        together: a lesson takes the keys of all steps of a page.
    """
    match flow.nodes[split(place)[0]]:
        case Menu(options=options):
            every = options
        case Lesson() as lesson:
            heard = steps_heard(lesson, index_at(flow, place), together=together)
            every = tuple(option for step in heard for option in step.options)
        case _:
            every = ()
    return {option.key: option for option in reversed(taken(every, holding))}


def _learnt(at: Moment) -> Moment:
    """The moment after a key that leads on: silence before it tells that it needed more time."""
    return _given_time(at) if at.session.silences else at


def _given_time(at: Moment) -> Moment:
    """The moment from which this caller has more time for a key, as far as there is more."""
    given = at.flow.defaults
    now = given.first_key_seconds + at.session.patience * given.longer_seconds
    if now >= given.longest_seconds:
        return at
    return at.having(replace(at.session, patience=at.session.patience + 1))


def _global(at: Moment, node: Asking, goal: str) -> Turn:
    return repeated(at, node) if goal == REPEAT else arrive(at, goal, Via(settles=True))


def _choose(at: Moment, option: Option) -> Turn:
    lead = () if option.say is None else (option.say,)
    return arrive(changed(at, option.set), option.go, Via(lead, settles=True))


def _lesson(at: Moment, node: Lesson, key: str) -> Turn:
    node_id, here = split(at.session.place)[0], index_at(at.flow, at.session.place)
    match key:
        case _ if key == AGAIN_KEY:
            return repeated(at, node)
        case _ if key == BACK_KEY and here == 0:
            return kept_at_first(at, node)
        case _ if key == NEXT_KEY:
            return next_step(at, node)
        case _ if key == BACK_KEY:
            there = _step_before(node, here, together=at.session.together)
            return arrive(at, f"{node_id}.{node.steps[there].prompt}", Via(settles=True))
        case _:
            return wrong(at, node)


def next_step(at: Moment, node: Lesson, *, after_silence: bool = False) -> Turn:
    """Goes on with what follows all that was said, by key or by silence."""
    node_id, here = split(at.session.place)[0], index_at(at.flow, at.session.place)
    there = here + steps_at_once(node, here, together=at.session.together)
    goal = node.next if there >= len(node.steps) else f"{node_id}.{node.steps[there].prompt}"
    return arrive(at, goal, Via(settles=True, after_silence=after_silence))


def _step_before(node: Lesson, here: int, *, together: bool) -> int:
    """The step to go back to: to two at the screen, where the page before begins."""
    ends = (start + steps_at_once(node, start, together=together) for start in range(here))
    return next((start for start, end in enumerate(ends) if end == here), here - 1)


def entered(at: Moment, node: Practice, event: Digits) -> Turn:
    """Compares an entry with the code and drops it; only right, wrong and tries remain.

    Safety: an entry further from the code than two slips may be a real secret, and is answered
    with the warning; the caller's own number with a warning by name.
    """
    names = at.flow.defaults.practice
    keyed = "".join(key for key in event.keys if key not in "*#")
    if not keyed:
        return repeated(_learnt(at), node)
    node_id, step = split(at.session.place)
    code = part_code(node, code_at(at.flow, node_id, at.circumstances.codes), step)
    if keyed == code:
        effects = (Count(f"right.{at.session.place}"),)
        lead = (node.right or names.right,)
        return arrive(
            _learnt(at), _after_entry(node, at.session.place), Via(lead, effects, settles=True)
        )
    if event.own_number:
        return wrong(at, node, names.own_number)
    slow = _given_time(at) if code.startswith(keyed) else at
    return wrong(slow, node, None if is_near(keyed, code) else names.warning)


def _after_entry(node: Practice, place: str) -> str:
    """Where the right digits lead: to the next part of the code, or past it."""
    node_id, step = split(place)
    part = part_of(step)
    return f"{node_id}.part_{part + 1}" if 0 < part < len(node.code.groups) else node.next
