"""Rows of a node (options, steps, cases) compared: by what an entry is, not by where it stands."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ivr.flow.diff.change import Change, Kind
from ivr.flow.diff.fields import Fields, compare_fields, fields
from ivr.flow.model import Branch, Lesson, Menu
from ivr.flow.places import split
from ivr.flow.terms import EXCLUDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ivr.flow.diff.fields import Names
    from ivr.flow.model import Flow, Node, Option
    from ivr.flow.terms import NodeId


class Entry(Struct, frozen=True):
    """One of a row: what it is, and where it stands."""

    what: str
    """`option`, `step` or `case`."""
    name: str
    """By which it is known again: its prompt, its condition."""
    at: str
    """Where it stands: `key 2`, `step 4`."""
    fields: Fields
    place: int = 0
    """Which step it is, from 1."""
    was_called: str | None = None
    """The name that a renamed step had; None: `name`."""

    @property
    def title(self) -> str:
        """How it is told."""
        return f"{self.what} '{self.name}'"


Seats: TypeAlias = "Mapping[tuple[str, str], Mapping[NodeId, str]]"
"""Where each entry, by what it is and its name, stands: node → `key 2`."""


class Sides(Struct, frozen=True):
    """Where all entries of both versions stand, by the new names of the nodes."""

    old: Seats
    new: Seats

    def before(self, node_id: NodeId, entry: Entry) -> Mapping[NodeId, str]:
        """Where else an entry stood that has come to this node from there."""
        return _elsewhere(node_id, entry, self.new, self.old)

    def after(self, node_id: NodeId, entry: Entry) -> Mapping[NodeId, str]:
        """Where else an entry stands that has gone there from this node."""
        return _elsewhere(node_id, entry, self.old, self.new)


def seats(flow: Flow, names: Names) -> Seats:
    """Where every entry of a flow stands."""
    found: dict[tuple[str, str], dict[NodeId, str]] = {}
    for node_id, node in flow.nodes.items():
        for entry in entries(node_id, node, names):
            found.setdefault((entry.what, entry.name), {})[names.get(node_id, node_id)] = entry.at
    return found


def entries(node_id: NodeId, node: Node, names: Names) -> tuple[Entry, ...]:
    """The row of a node; options of steps stand in it as well."""
    match node:
        case Menu(options=options):
            return tuple(_option(option, "", names) for option in options)
        case Branch(when=cases):
            return tuple(
                Entry("case", case.condition, f"case {place}", fields(case, names, {"condition"}))
                for place, case in enumerate(cases, 1)
            )
        case Lesson():
            return (*_steps(node_id, node, names), *_options_of_steps(node, names))
        case _:
            return ()


def _option(option: Option, tail: str, names: Names) -> Entry:
    told = fields(option, names, {"key", "prompt"})
    while_this = f" (when {option.when})" if option.when in EXCLUDING else ""
    return Entry("option", option.prompt, f"key {option.key}{while_this}{tail}", told)


def _steps(node_id: NodeId, lesson: Lesson, names: Names) -> Iterator[Entry]:
    for place, step in enumerate(lesson.steps, 1):
        told = fields(step, names, {"prompt", "options"})
        now = split(names.get(f"{node_id}.{step.prompt}", ""))[1]
        called = step.prompt if now else None
        yield Entry("step", now or step.prompt, f"step {place}", told, place, called)


def _options_of_steps(lesson: Lesson, names: Names) -> Iterator[Entry]:
    for step in lesson.steps:
        for option in step.options:
            yield _option(option, f" at '{step.prompt}'", names)


def compare_rows(
    node_id: NodeId, old: Sequence[Entry], new: Sequence[Entry], sides: Sides
) -> Iterator[Change]:
    """How the row of a node differs.

    Entries are paired by what they are; an option or case that is left over, with one that stands
    where it stood. A step at another number is told with its neighbours that went along.

    Args:
        node_id: as the node is called now.
        old: its row in the old version.
        new: its row in the new version.
        sides: where entries stand that may have come from another node, or gone to one.
    """
    pairs = list(_paired(node_id, old, new, sides))
    yield from _steps_moved([pair for pair in pairs if pair[1].what == "step"])
    for was, now in pairs:
        yield from _compare_pair(was, now)
    for entry in _left(new, (now for _, now in pairs)):
        yield _come(entry, sides.before(node_id, entry))
    for entry in _left(old, (was for was, _ in pairs)):
        yield _went(entry, sides.after(node_id, entry))


def _paired(
    node_id: NodeId, old: Sequence[Entry], new: Sequence[Entry], sides: Sides
) -> Iterator[tuple[Entry, Entry]]:
    """Which entry is which: by name; then, of those that stand nowhere else, by where it stands."""
    by_name: dict[tuple[str, str], list[Entry]] = {}
    for entry in old:
        by_name.setdefault((entry.what, entry.name), []).append(entry)
    named = [(by_name[k].pop(0), e) for e in new if by_name.get(k := (e.what, e.name))]
    yield from named
    rest = {
        (entry.what, entry.at): entry
        for entry in _left(old, (was for was, _ in named))
        if entry.what != "step" and not sides.after(node_id, entry)
    }
    for entry in _left(new, (now for _, now in named)):
        key = (entry.what, entry.at)
        if key in rest and not sides.before(node_id, entry):
            yield rest.pop(key), entry


def _compare_pair(was: Entry, now: Entry) -> Iterator[Change]:
    if was.name != now.name:
        what = f"{now.at} is offered by" if now.what == "option" else f"{now.at} asks for"
        yield Change(kind=Kind.CHANGED, what=what, was=was.name, now=now.name)
    elif was.at != now.at and now.what != "step":
        yield Change(kind=Kind.MOVED, what=now.title, was=was.at, now=now.at)
    if was.was_called is not None:
        yield Change(kind=Kind.RENAMED, what="step", was=was.was_called, now=now.name)
    yield from compare_fields(was.fields, now.fields, (_lead(now),))


def _lead(entry: Entry) -> str:
    return entry.at if entry.what == "option" else entry.title


def _come(entry: Entry, before: Mapping[NodeId, str]) -> Change:
    """An entry that is new to its node, or has moved there."""
    if before:
        return Change(kind=Kind.MOVED, what=entry.title, was=_told(before), now=entry.at)
    return Change(kind=Kind.ADDED, what=entry.title, now=_with_goal(entry))


def _went(entry: Entry, after: Mapping[NodeId, str]) -> Change:
    """An entry that its node has lost, or that has moved from there."""
    if after:
        return Change(kind=Kind.MOVED, what=entry.title, was=entry.at, now=_told(after))
    return Change(kind=Kind.REMOVED, what=entry.title, was=_with_goal(entry))


def _told(seats: Mapping[NodeId, str]) -> str:
    return " and ".join(f"{at} of '{node}'" for node, at in seats.items())


def _with_goal(entry: Entry) -> str:
    goal = entry.fields.get(("go",))
    return f"{entry.at}, leads to {goal}" if goal else entry.at


def _elsewhere(node_id: NodeId, entry: Entry, here: Seats, there: Seats) -> Mapping[NodeId, str]:
    """The other nodes that have the entry in one version and had it not in the other."""
    key = (entry.what, entry.name)
    return {
        node: at
        for node, at in there.get(key, {}).items()
        if node != node_id and node not in here.get(key, {})
    }


def _left(row: Iterable[Entry], taken: Iterable[Entry]) -> list[Entry]:
    gone = {id(entry) for entry in taken}
    return [entry for entry in row if id(entry) not in gone]


def _steps_moved(pairs: Sequence[tuple[Entry, Entry]]) -> Iterator[Change]:
    """Steps at another number; a run of neighbours with the same shift is told in one."""
    numbered = [(was.place, now) for was, now in pairs if was.place != now.place]

    def run(item: tuple[int, tuple[int, Entry]]) -> tuple[int, int]:
        return item[1][1].place - item[0], item[1][1].place - item[1][0]

    for _, grouped in groupby(enumerate(numbered), key=run):
        steps = [pair for _, pair in grouped]
        (was, first), (last_was, last) = steps[0], steps[-1]
        if len(steps) == 1:
            yield Change(kind=Kind.MOVED, what=first.title, was=f"step {was}", now=first.at)
            continue
        yield Change(
            kind=Kind.MOVED,
            what=f"steps '{first.name}' to '{last.name}'",
            was=f"steps {was} to {last_was}",
            now=f"steps {first.place} to {last.place}",
        )
