"""What the keys of a place mean, as a number: whether another version of the flow said the place.

A key that was pressed at a menu of one version is not to do what it does in another. Words do not
count, nor does a name that `renamed` explains: only what is led to and changed, and by which key.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Final, TypeAlias
from zlib import crc32

import msgspec

from ivr.engine.speak import steps_heard
from ivr.flow.derived import derived
from ivr.flow.model import Lesson, Menu, Practice, Think
from ivr.flow.places import MAX_RENAMED, index_at, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ivr.engine.session import Session
    from ivr.flow.model import Change, Flow, Option

MAX_SPELLINGS: Final = 64
"""So many spellings of a place whose goals were renamed are compared: all of six goals that had one
other name each."""

_encode: Final = msgspec.msgpack.Encoder().encode
_Row: TypeAlias = tuple[object, ...]


@derived
def meaning(flow: Flow, place: str, *, together: bool) -> int:
    """CRC-32 of what keys do at a place; 0 where none is awaited.

    Args:
        flow: as it is now.
        place: of this flow or not.
        together: lessons say several steps at once, and the keys of all of them count.
    """
    return _number(_keys(flow, place, str, together=together))


def is_as_heard(flow: Flow, session: Session) -> bool:
    """Whether keys do what they did when the place was said, under whatever names."""
    place, heard = session.place, session.heard
    if heard in {0, meaning(flow, place, together=session.together)}:
        return True
    return bool(flow.renamed) and heard in _spellings(flow, place, together=session.together)


@derived
def _spellings(flow: Flow, place: str, *, together: bool) -> frozenset[int]:
    """What the keys of a place mean, with each goal named as it was in some earlier version."""
    goals = _Goals()
    _keys(flow, place, goals.named, together=together)
    spelt = [(goal, *_former(flow, goal)) for goal in goals.found]
    every = (dict(zip(goals.found, names, strict=True)) for names in product(*spelt))
    return frozenset(
        _number(_keys(flow, place, called.__getitem__, together=together))
        for called in islice(every, MAX_SPELLINGS)
    )


class _Goals:
    """Notes every goal of a place, as it is named."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}

    def named(self, goal: str) -> str:
        self.found[goal] = None
        return goal


def _number(keys: _Row) -> int:
    return crc32(_encode(keys)) if keys else 0


def _keys(flow: Flow, place: str, named: Callable[[str], str], *, together: bool) -> _Row:
    """What each key does, and silence where it leads on; goals as `named` has them."""
    node = flow.nodes.get(split(place)[0])
    match node:
        case Menu(options=options, any_key=any_key, silence=silence):
            on = silence and (silence.after, named(silence.go), _changes(silence.set))
            return ("menu", _options(options, named), any_key and named(any_key), on)
        case Lesson(next=behind):
            index = index_at(flow, place)
            heard = steps_heard(node, index, together=together)
            own = (each for step in heard for each in step.options)
            is_last = index + len(heard) >= len(node.steps)
            return ("lesson", _options(own, named), named(behind) if is_last else None)
        case Practice(code=code, next=behind):
            same_as = code.same_as and named(code.same_as)
            return ("practice", code.digits, code.length, same_as, code.groups, named(behind))
        case Think(next=behind):
            return ("think", named(behind))
        case _:
            return ()


def _options(options: Iterable[Option], named: Callable[[str], str]) -> list[_Row]:
    return [(each.key, named(each.go), each.when, _changes(each.set)) for each in options]


def _changes(change: Change | None) -> _Row:
    """What a choice changes, by name: so a field that a later release adds changes no number."""
    if change is None:
        return ()
    every = ((name, getattr(change, name)) for name in change.__struct_fields__)
    return tuple((name, value) for name, value in every if value is not None)


def _former(flow: Flow, goal: str) -> list[str]:
    """What a goal was called in earlier versions."""
    found, latest = list[str](), {goal}
    for _ in range(MAX_RENAMED):
        latest = {old for old, now in flow.renamed.items() if now in latest and old not in found}
        if not latest:
            break
        found += sorted(latest)
    return found
