"""Where the flow file says that what a caller does leads; the line is held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.flow.model import Asking, Branch, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.patience import patience
from ivr.flow.places import first_place, home, part_of, split
from ivr.flow.terms import BOOKMARK, REPEAT, RETURN
from ivr.flow.ways import targets
from tests.flow.options import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.engine.session import Session
    from ivr.flow.model import Flow, Leave, Option, Silence


class Ways(Struct, frozen=True):
    """What the flow file says to callers who came to each place with a certain session."""

    flow: Flow
    found: Mapping[str, Session]
    has_helper: bool

    def expected(self, place: str, did: str) -> set[str]:
        """The places at which a caller may rest who does this there.

        Besides keys there is `right`, `near` and `far` for entries, `silence`, so many `silences`
        or `wrongs` that the tries are over, what becomes of a Dial, and `confused`: a key that
        brings the call to the first level of confusion.
        """
        node = self.flow.nodes[split(place)[0]]
        if did == "confused":
            return self.resting(self.flow.confusion.levels[0].go, place)
        if isinstance(node, Transfer):
            leave = node.done if did in {"completed", "answered"} else node.nobody
            return self.resting(leave.go, place)
        assert isinstance(node, Asking)
        out = self.left(node, did) or self.option(place, did)
        if out is not None:
            return self.resting(out.go, place)
        return self.own(node, place, did)

    def own(self, node: Asking, place: str, did: str) -> set[str]:
        """Where the node itself leads, neither by an option nor because the tries are over."""
        match node:
            case Practice():
                return self.after_entry(node, place) if did == "right" else {place}
            case Lesson() if did in {"1", "3", "silence"}:
                return self.step_beside(node, place, -1 if did == "3" else 1)
            case Think() if did == "1":
                return self.resting(node.next, place)
            case Menu(any_key=str(goal)):
                return self.resting(goal, place)
            case _ if self.flow.global_keys.get(did, REPEAT) != REPEAT:
                return self.resting(self.flow.global_keys[did], place)
            case _:
                return {place}

    def left(self, node: Asking, did: str) -> Leave | Silence | None:
        """Where so many silences or wrong keys lead; None where this is neither."""
        out = patience(self.flow, node).ways_out[0]
        if did == "wrongs":
            return out
        is_enough = node.silence is not None and node.silence.after == 1 and did == "silence"
        return (node.silence or out) if is_enough or did == "silences" else None

    def option(self, place: str, did: str) -> Option | None:
        """The option that a key takes there now."""
        node = self.flow.nodes[split(place)[0]]
        found = step_options(self.flow, place) if isinstance(node, Lesson) else options(node)
        holding = self.found[place].holding
        taken = (each for each in found if each.when is None or each.when in holding)
        return next((each for each in taken if each.key == did), None)

    def step_beside(self, lesson: Lesson, place: str, way: int) -> set[str]:
        node_id, step = split(place)
        names = [each.prompt for each in lesson.steps]
        there = max(names.index(step or "") + way, 0)
        if there == len(names):
            return self.resting(lesson.next, place)
        return {f"{node_id}.{names[there]}"}

    def after_entry(self, node: Practice, place: str) -> set[str]:
        node_id, step = split(place)
        part = part_of(step)
        if 0 < part < len(node.code.groups):
            return {f"{node_id}.part_{part + 1}"}
        return self.resting(node.next, place)

    def resting(self, goal: str, left: str) -> set[str]:
        """The places at which a caller may rest who is sent to a goal (by day or by night)."""
        held = self.found[left]
        if goal == RETURN:
            return self.whole_or_part(held.back[-1] if held.back else home(self.flow))
        if goal == BOOKMARK:
            return self.whole_or_part(held.bookmark or home(self.flow))
        match self.flow.nodes[goal]:
            case Say(next=following):
                return self.resting(following, left)
            case Branch() as branch:
                return set().union(*(self.resting(goal, left) for _, goal in targets(branch)))
            case Transfer(nobody=nobody) if not self.has_helper:
                return self.resting(nobody.go, left)
            case _:
                return self.whole_or_part(goal)

    def whole_or_part(self, place: str) -> set[str]:
        """A code is keyed in parts by who has just come into the simpler way."""
        if split(place)[1]:
            return {place}
        return {first_place(self.flow, place), first_place(self.flow, place, in_parts=True)}


def step_options(flow: Flow, place: str) -> tuple[Option, ...]:
    """The further keys of one step of a lesson."""
    node_id, step = split(place)
    lesson = flow.nodes[node_id]
    assert isinstance(lesson, Lesson)
    return next(each.options for each in lesson.steps if each.prompt == step)
