"""Every place of a flow, found by calling it: all keys, silence, codes and talks, until no more."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.events import CallStarted
from ivr.engine.memory import Memory
from ivr.engine.session import Phase
from ivr.engine.step import step
from ivr.flow.model import Asking, End, Flow, Lesson, Practice, Say, Transfer
from ivr.flow.places import split
from ivr.flow.terms import LESSON_KEYS
from tests.engine.calls import HELPED, NIGHT, NOON, code, event_of
from tests.flow.options import options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.engine.circumstances import Circumstances
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn

WRONG = "#"
"""A key that leads nowhere, but in a practice."""
STARTS = (
    HELPED,
    replace(HELPED, now=NIGHT, has_helper=False),
    replace(
        HELPED,
        memory=Memory(
            at=int(NOON.timestamp()), language="bn", bookmark="register_lesson.register_6", step=5
        ),
    ),
)
"""By day with a person, by night without one, and somebody who has rung before."""
TROUBLE = 7
"""Points of confusion before the first turn, so that the next trouble offers the simpler way."""


class Stand(Struct, frozen=True):
    """A call that stands somewhere, and what is right for a next call after it."""

    session: Session
    memory: Memory | None
    """What the line keeps of the caller."""
    last: str | None
    """Where a next call is to go on: the last such place, unless something was finished since."""

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.session.place


def walked(flow: Flow, starts: Iterable[Circumstances] = STARTS) -> list[Stand]:
    """One call for every place, language and pace in which a call can stand there."""
    found: dict[tuple[object, ...], Stand] = {}
    for here in starts:
        for stand in _walk(flow, here):
            session = stand.session
            kind = (session.place, session.language, session.simple, session.is_kept)
            found.setdefault((*kind, stand.last), stand)
    return list(found.values())


def restable(flow: Flow) -> set[str]:
    """Every place at which a call can stand, told from the flow alone."""
    places: set[str] = set()
    for node_id, node in flow.nodes.items():
        if isinstance(node, Lesson):
            places |= {f"{node_id}.{each.prompt}" for each in node.steps}
        elif isinstance(node, Asking | Transfer | End):
            places.add(node_id)
        if isinstance(node, Practice) and len(node.code.groups) > 1:
            places |= {f"{node_id}.part_{part + 1}" for part in range(len(node.code.groups))}
    return places


def _walk(flow: Flow, here: Circumstances) -> Iterator[Stand]:
    start = step(flow, None, CallStarted(), here)
    troubled = replace(start.session, confusion=TROUBLE)
    known = here.memory.bookmark if here.memory else None
    first = replace(start, session=troubled)
    ahead = deque([_stand(flow, first, Stand(troubled, here.memory, known))])
    seen: set[tuple[object, ...]] = set()
    while ahead:
        stand = ahead.popleft()
        session = stand.session
        kind = (session.place, session.language, session.simple, session.is_kept, session.offered)
        tries = min(session.silences + session.wrongs, 2)
        if (*kind, tries, stand.last is None) in seen:
            continue
        seen.add((*kind, tries, stand.last is None))
        yield stand
        if session.phase is Phase.RUNNING:
            for keys in _events(flow, session.place):
                turn = step(flow, session, event_of(keys), here)
                ahead.append(_stand(flow, turn, stand))


def _events(flow: Flow, place: str) -> tuple[str, ...]:
    match flow.nodes[split(place)[0]]:
        case Transfer():
            return ("answered", "nobody")
        case Practice():
            return (code(flow, place), "999", "#", "silence")
        case _:
            return (*_keys(flow, place), "silence")


def _keys(flow: Flow, place: str) -> set[str]:
    offered = {option.key for option in options(flow.nodes[split(place)[0]])}
    return {*LESSON_KEYS, *flow.global_keys, *offered, WRONG}


def _stand(flow: Flow, turn: Turn, before: Stand) -> Stand:
    memory = before.memory
    if turn.memory is not None:
        memory = turn.memory if isinstance(turn.memory, Memory) else None
    last = before.last
    ends = {say.prompt for say in flow.nodes.values() if isinstance(say, Say) and say.finishes}
    if ends & set(turn.session.lead):
        last = None
    node_id = split(turn.session.place)[0]
    node = flow.nodes[node_id]
    if isinstance(node, Asking) and node.resume:
        last = node_id if isinstance(node, Practice) else turn.session.place
    return Stand(turn.session, memory, last if turn.session.is_kept else None)


def told(flow: Flow, place: str) -> list[str]:
    """What says where a call broke off: the lesson, and its step where steps have numbers."""
    node_id, name = split(place)
    node = flow.nodes[node_id]
    assert isinstance(node, Asking)
    assert node.resume is not None
    if isinstance(node, Lesson) and node.numbered:
        number = [each.prompt for each in node.steps].index(str(name)) + 1
        return [node.resume, f"step_{number}"]
    return [node.resume]


def at_its_beginning(flow: Flow, place: str, *, is_simple: bool) -> str:
    """The place; of a code that is keyed in parts, its first part."""
    node = flow.nodes[split(place)[0]]
    in_parts = isinstance(node, Practice) and len(node.code.groups) > 1
    return f"{place}.part_1" if in_parts and is_simple else place
