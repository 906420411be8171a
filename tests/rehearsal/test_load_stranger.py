"""A caller who knows nothing of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.rehearsal.acts import GoOn, HangUp, Touch, Wait
from ivr.rehearsal.load.stranger import Stranger
from ivr.rehearsal.population import person
from ivr.rehearsal.talk import MAX_ACTS
from ivr.simulator.events import Gathering

if TYPE_CHECKING:
    from ivr.rehearsal.acts import Act
    from ivr.rehearsal.personas import Personas
    from ivr.simulator.events import By
    from ivr.simulator.verbs.activity import Waiting

MENU = Gathering(
    at_seconds=0.0,
    input="dtmf",
    num_digits=None,
    timeout_seconds=5,
    finish_on_key="#",
    action="http://line.test/",
)


class Standing:
    """How a call stands that nobody holds."""

    def __init__(self, waiting: Waiting | None) -> None:
        self.waiting = waiting
        self.ended: By | None = None


def stranger(
    personas: Personas, standing: Standing, *, nothing: float, number: int = 0
) -> Stranger:
    who = person(personas, 1, number)
    behaviour = replace(who.persona.behaviour, nothing=nothing)
    persona = replace(who.persona, behaviour=behaviour)
    return Stranger(replace(who, persona=persona), standing)


def test_who_hears_no_question_listens_on_and_hangs_up_at_last(shipped: Personas) -> None:
    acts = list(stranger(shipped, Standing(None), nothing=0.0).acts())
    assert acts == [GoOn()] * MAX_ACTS + [HangUp()]


def test_who_presses_nothing_waits_and_leaves_some_time(shipped: Personas) -> None:
    many = [
        list(stranger(shipped, Standing("gather"), nothing=1.0, number=number).acts())
        for number in range(50)
    ]
    assert all(each[-1] == HangUp() and set(each[:-1]) <= {GoOn()} for each in many)
    assert 10 < sum(map(len, many)) / len(many) < 30


def test_as_many_digits_are_keyed_as_are_asked_for(shipped: Personas) -> None:
    def keyed(asked: Gathering | None) -> list[Act]:
        who = stranger(shipped, Standing("gather"), nothing=0.0, number=3)
        if asked is not None:
            who.listen(asked)
        first, *rest = who.acts()
        assert isinstance(first, Wait)
        return rest[: rest.index(first)] if first in rest else rest

    for asked, most in ((replace(MENU, num_digits=1), 1), (replace(MENU, num_digits=12), 4)):
        presses = [each for each in keyed(asked)[: 2 * most - 1] if isinstance(each, Touch)]
        assert len(presses) == most
    assert keyed(MENU)[7] == Touch("#")


def test_a_call_that_is_over_is_left_alone(shipped: Personas) -> None:
    standing = Standing("gather")
    acts = stranger(shipped, standing, nothing=0.0).acts()
    next(acts)
    standing.ended = "hangup"
    left = [each for each in acts if not isinstance(each, (Wait, Touch))]
    assert left == []
