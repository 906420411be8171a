"""The ways in which a turn can leave the call: somewhere else, in the same place, or given up."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.session import Phase, Session, split
from ivr.engine.speak import first_place, instructions
from ivr.engine.turn import Count, Turn
from ivr.flow.model import (
    MAX_PASSED,
    REPEAT,
    RETURN,
    Asking,
    Branch,
    End,
    Flow,
    Menu,
    NodeId,
    PromptId,
    Say,
    When,
)
from ivr.flow.patience import Patience, patience

if TYPE_CHECKING:
    from ivr.engine.codes import Codes

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))
"""India has had one time without summer time since 1945; so no zone file is read."""


class Moment(Struct, frozen=True):
    """All that a step is decided from."""

    flow: Flow
    session: Session
    now: datetime
    codes: Codes

    def having(self, session: Session) -> Moment:
        """The same moment with another session."""
        return Moment(self.flow, session, self.now, self.codes)


class Via(Struct, frozen=True):
    """How a caller comes to a node: what is said and counted first, and the way back from it."""

    lead: tuple[PromptId, ...] = ()
    effects: tuple[Count, ...] = ()
    return_to: str | None = None


def arrive(at: Moment, place: str, via: Via) -> Turn:
    """Goes to a place, through every say and branch on the way, to where a key is awaited.

    A lesson named without a step is entered at its first.
    """
    said, counted = list(via.lead), list(via.effects)
    for _ in range(MAX_PASSED + 1):  # a checked flow has no longer row
        counted.append(Count(f"reached.{place}"))
        match at.flow.nodes[split(place)[0]]:
            case Say(prompt=prompt, next=following):
                said.append(prompt)
                place = following
            case Branch() as branch:
                place = next((w.go for w in branch.when if _holds(at, w)), branch.otherwise)
            case _:
                break
    node_id, step_id = split(place)
    ends = isinstance(at.flow.nodes[node_id], End)
    session = replace(
        fresh(at.session),
        place=place if step_id else first_place(at.flow, node_id),
        turn=at.session.turn + 1,
        lead=tuple(said),
        return_to=via.return_to,
        phase=Phase.GOODBYE if ends else Phase.RUNNING,
    )
    return Turn(session, instructions(at.flow, session, at.codes), tuple(counted))


def stay(at: Moment, *lead: PromptId) -> Turn:
    """Says the same place again and slowly, after `lead`; tries stay as the session has them."""
    session = replace(at.session, turn=at.session.turn + 1, lead=lead, again=True)
    return Turn(session, instructions(at.flow, session, at.codes))


def fresh(session: Session) -> Session:
    """The session with no try counted and nothing said again."""
    return replace(session, silences=0, wrongs=0, brief=False, again=False)


def home(flow: Flow) -> NodeId:
    """Where a caller goes whose place is gone: the node of key 0, else the start."""
    goal = flow.global_keys.get("0", flow.flow.start)
    return flow.flow.start if goal == REPEAT else goal


def way_back(at: Moment, node: Asking) -> str | None:
    """Where `return` shall lead: here, unless this is itself a menu that leads back."""
    if isinstance(node, Menu) and any(option.go == RETURN for option in node.options):
        return at.session.return_to
    return at.session.place


def silent(at: Moment, node: Asking) -> Turn:
    """Asks again after a silence, or gives up when the tries are over."""
    limits = patience(at.flow, node)
    tried = replace(at.session, silences=at.session.silences + 1)
    said = _nth(limits.no_input, tried.silences)
    if _over(tried, limits):
        return _given_up(at, node, limits, "silence")
    return _asked_again(at.having(tried), said, "silence")


def wrong(at: Moment, node: Asking, urgent: PromptId | None = None) -> Turn:
    """Asks again after a key or an entry that leads nowhere, or gives up.

    `urgent` is said in place of the node's own words, even when the tries are over.
    """
    limits = patience(at.flow, node)
    tried = replace(at.session, wrongs=at.session.wrongs + 1)
    said = urgent or _nth(limits.invalid, tried.wrongs)
    if _over(tried, limits):
        return _given_up(at, node, limits, "wrong", () if urgent is None else (urgent,))
    return _asked_again(at.having(tried), said, "wrong")


def _over(tried: Session, limits: Patience) -> bool:
    return tried.silences + tried.wrongs >= limits.tries


def _given_up(
    at: Moment, node: Asking, limits: Patience, kind: str, first: tuple[PromptId, ...] = ()
) -> Turn:
    """Leads on to where the node sends a caller who has run out of tries."""
    lead = (*first, limits.too_many.prompt)
    via = Via(lead=lead, effects=(_count(at, kind),), return_to=way_back(at, node))
    return arrive(at, limits.too_many.go, via)


def _asked_again(at: Moment, said: PromptId, kind: str) -> Turn:
    turn = stay(at.having(replace(at.session, brief=True)), said)
    return Turn(turn.session, turn.instructions, (_count(at, kind),))


def _count(at: Moment, kind: str) -> Count:
    return Count(f"{kind}.{at.session.place}")


def _nth(prompts: tuple[PromptId, ...], time: int) -> PromptId:
    """The words for the first, second … time; the last ones from then on."""
    return prompts[min(time, len(prompts)) - 1]


def _holds(at: Moment, case: When) -> bool:
    match case.condition:
        case "night":
            begins, ends = at.flow.flow.night_hours
            hour = at.now.astimezone(KOLKATA).hour
            if begins <= ends:
                return begins <= hour < ends
            return hour >= begins or hour < ends
        case _:
            assert_never(case.condition)
