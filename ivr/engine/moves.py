"""The ways in which a turn can leave the call: somewhere else, in the same place, or aside."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.meaning import meaning
from ivr.engine.session import Phase, Session
from ivr.engine.speak import instructions
from ivr.engine.turn import Count, Turn
from ivr.flow.model import (
    Branch,
    Change,
    End,
    Flow,
    Leave,
    Lesson,
    Menu,
    Node,
    Practice,
    Say,
    Think,
    Transfer,
)
from ivr.flow.places import first_place, home, index_at, present, split
from ivr.flow.terms import BOOKMARK, MAX_PASSED, RETURN, Condition, NodeId, PromptId
from ivr.flow.usage import asks_where

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))
"""India has had one time without summer time since 1945; so no zone file is read."""
MAX_BACK: Final = 3
"""So many places aside of one another are found back to; deeper, the first are forgotten."""


class Moment(Struct, frozen=True):
    """All that a step is decided from."""

    flow: Flow
    session: Session
    circumstances: Circumstances

    def having(self, session: Session) -> Moment:
        """The same moment with another session."""
        return Moment(self.flow, session, self.circumstances)


class Via(Struct, frozen=True):
    """How a caller comes to a place: what is said and counted first, and what led there."""

    lead: tuple[PromptId, ...] = ()
    effects: tuple[Count, ...] = ()
    settles: bool = False
    """A key led there, or silence that goes on: for a moment no key counts."""
    after_silence: bool = False
    """Silence led there."""


def arrive(at: Moment, goal: str, via: Via) -> Turn:
    """Goes to a goal, through every say and branch on the way, to where a key is awaited.

    The goal is a place, a node, or one of the reserved `return` and `bookmark`. A lesson named
    without a step is entered at its first; a call whose goal is gone goes home.
    """
    at = _helped(at)
    lead, counted, place = via.lead, list(via.effects), goal
    for _ in range(MAX_PASSED + 1):  # a checked flow has no longer row
        at, place = _resolved(at, goal)
        counted.append(Count(f"reached.{place}"))
        match at.flow.nodes[split(place)[0]]:
            case Lesson() | Menu() | Practice() | Think() | End():
                break
            case Say() as say:
                lead = (*lead, say.prompt)
                if say.finishes:
                    counted.append(Count(f"finished.{place}"))
                    at = at.having(replace(at.session, bookmark=None))
                goal = say.next
            case Branch() as branch:
                goal = next((w.go for w in branch.when if holds(at, w.condition)), branch.otherwise)
            case Transfer() if at.session.has_helper:
                break
            case Transfer(nobody=nobody):
                lead = lead if nobody.prompt is None else (*lead, nobody.prompt)
                at, goal = changed(at, nobody.set), nobody.go
            case other:
                assert_never(other)
    session = _landed(at, place, lead, via)
    return Turn(session, instructions(at.flow, session, at.circumstances.codes), tuple(counted))


def leave(at: Moment, by: Leave, via: Via) -> Turn:
    """Goes where a node sends a caller, with its words last and what it changes."""
    lead = via.lead if by.prompt is None else (*via.lead, by.prompt)
    return arrive(changed(at, by.set), by.go, replace(via, lead=lead))


def stay(at: Moment, *lead: PromptId, settles: bool) -> Turn:
    """Says the same place again and slowly, after `lead`; tries stay as the session has them."""
    session = replace(
        at.session,
        turn=at.session.turn + 1,
        lead=lead,
        again=True,
        settles=settles,
        after_silence=False,
        heard=meaning(at.flow, at.session.place, together=at.session.together),
    )
    return Turn(session, instructions(at.flow, session, at.circumstances.codes))


def fresh(session: Session) -> Session:
    """The session with no try counted and nothing said again."""
    return replace(session, silences=0, wrongs=0, brief=False, again=False, resaid=0)


def changed(at: Moment, change: Change | None) -> Moment:
    """The moment after a caller's choice of how the call goes on."""
    if change is None:
        return at
    session = at.session
    if change.pace is not None:
        session = replace(session, pace=change.pace)
    if change.language is not None:
        session = replace(session, language=_next_language(at.flow, session.language))
    if change.simple is not None:
        session = replace(session, simple=change.simple)
    if change.together is not None:
        session = replace(session, together=change.together)
    if change.forget:
        session = replace(session, is_kept=False, bookmark=None)
    return at.having(session)


def is_beside(node: Node) -> bool:
    """Whether a node is beside the way and no place to come back to, such as the menu of help."""
    return not isinstance(node, Lesson) and _is_aside(node)


def _is_aside(node: Node) -> bool:
    """Whether a node lies aside of the way, so that `return` leads back from it."""
    match node:
        case Lesson(aside=aside) | Menu(aside=aside) | Practice(aside=aside) | Think(aside=aside):
            return aside
        case _:
            return isinstance(node, Transfer)


def holds(at: Moment, condition: Condition) -> bool:
    """Whether a condition of the flow holds now."""
    head = at.flow.flow
    match condition:
        case "night":
            return _within(at, head.night_hours)
        case "helper":
            return at.circumstances.has_helper and _within(at, head.helper_hours)
        case "bookmark":
            return at.session.bookmark is not None
        case _:
            assert_never(condition)


def _helped(at: Moment) -> Moment:
    """The moment in which it is known whether a person can be rung."""
    has_helper = holds(at, "helper")
    if has_helper == at.session.has_helper:
        return at
    return at.having(replace(at.session, has_helper=has_helper))


def _within(at: Moment, hours: tuple[int, int]) -> bool:
    begins, ends = hours
    hour = at.circumstances.now.astimezone(KOLKATA).hour
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def _resolved(at: Moment, goal: str) -> tuple[Moment, str]:
    """The place that a goal names now, and the moment in which the caller comes to it."""
    session, flow = at.session, at.flow
    if goal == RETURN:
        place = _there(flow, session.back[-1] if session.back else None, session.step)
        if _asks_about_nothing(flow, session, place):
            place = home(flow)
        return at.having(replace(session, back=session.back[:-1])), place
    if goal == BOOKMARK:
        goal = _there(flow, session.bookmark)
    back = _back(at, split(goal)[0])
    return at if back == session.back else at.having(replace(session, back=back)), goal


def _asks_about_nothing(flow: Flow, session: Session, place: str) -> bool:
    """Whether a menu asks where to go on though there is nothing any more: it was forgotten."""
    node = flow.nodes[split(place)[0]]
    return isinstance(node, Menu) and asks_where(node) and session.bookmark is None


def _there(flow: Flow, place: str | None, step: int | None = None) -> str:
    return (place and present(flow, place, step)) or home(flow)


def _back(at: Moment, goal: NodeId) -> tuple[str, ...]:
    """The places to come back to from a goal: one aside of the way adds the place that is left."""
    session = at.session
    node = at.flow.nodes[goal]
    if not _is_aside(node):
        return session.back if isinstance(node, Say | Branch) else ()
    left_id = split(session.place)[0]
    left = at.flow.nodes.get(left_id)
    if left is None or not session.turn or is_beside(left) or left_id == goal:
        return session.back
    return (*session.back, session.place)[-MAX_BACK:]


def _landed(at: Moment, goal: str, lead: tuple[PromptId, ...], via: Via) -> Session:
    """The session of a caller who has come to a place: as `fresh`, and what has led there."""
    flow, session = at.flow, at.session
    node_id, step = split(goal)
    node = flow.nodes[node_id]
    place = goal if step else first_place(flow, node_id, in_parts=session.simple)
    return replace(
        session,
        place=place,
        turn=session.turn + 1,
        silences=0,
        wrongs=0,
        brief=False,
        lead=lead,
        phase=Phase.GOODBYE if isinstance(node, End) else Phase.RUNNING,
        again=False,
        settles=via.settles,
        bookmark=_bookmark(node, place) or session.bookmark,
        # Beside the way the step that was left stays known, should it go meanwhile.
        step=index_at(flow, place) if isinstance(node, Lesson) else session.step,
        after_silence=via.after_silence,
        heard=meaning(flow, place, together=session.together),
        resaid=0,
    )


def _bookmark(node: Node, place: str) -> str | None:
    """Where a call can go on that breaks off here: a code from its beginning, not its last part."""
    match node:
        case Lesson(resume=str()) | Menu(resume=str()) | Think(resume=str()):
            return place
        case Practice(resume=str()):
            return split(place)[0]
        case _:
            return None


def _next_language(flow: Flow, language: str) -> str:
    languages = flow.flow.languages
    if language not in languages:
        return flow.flow.default_language
    return languages[(languages.index(language) + 1) % len(languages)]
