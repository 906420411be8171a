"""Random calls whose session is lost, old, or asked for twice at random turns: they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.events import CallStarted, LedBack
from ivr.engine.limits import Limits
from ivr.engine.memory import Memory
from ivr.engine.session import Phase, dump, parse
from ivr.engine.step import step
from ivr.engine.turn import Count, Dial, Gather, Hangup
from ivr.flow.model import Practice, Transfer
from ivr.flow.places import split
from tests.engine.calls import HELPED, code, event_of

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.flow.model import Flow

Fault = Literal["none", "lost", "behind", "duplicate"]
FAULTS: tuple[Fault, ...] = ("none", "none", "lost", "behind", "duplicate")
KEYS = (*"0123456789*#", "1", "1", "right", "silence")
LIMITS = Limits(turns_a_call=60)


class Move(Struct, frozen=True):
    """What the caller does in a turn, and what becomes of it on the way."""

    keys: str
    fault: Fault
    back: int
    """How many turns the session is behind."""


MOVES = st.lists(
    st.builds(
        Move, keys=st.sampled_from(KEYS), fault=st.sampled_from(FAULTS), back=st.integers(1, 4)
    ),
    min_size=10,
    max_size=70,
)


class Line:
    """A call of one caller, and all that was ever kept of it."""

    def __init__(self, flow: Flow, here: Circumstances) -> None:
        self.flow, self.here = flow, here
        self.memory: Memory | None = None
        self.turn = self._kept(step(flow, None, CallStarted(), here))
        self.began = self.turn.session.began
        self.sessions = [self.turn.session]

    def asked(self, keys: str) -> Asked:
        """What the carrier sends for this, by the address that it was given."""
        session = self.turn.session
        node = self.flow.nodes[split(session.place)[0]]
        if isinstance(node, Transfer):
            keys = "answered" if keys in "1357" else "nobody"
        elif keys == "right":
            keys = code(self.flow, session.place) if isinstance(node, Practice) else "1"
        return Asked(session.place, session.turn, event_of(keys), self.turn.carried)

    def held(self, move: Move) -> Session | None:
        """The session as it is found."""
        match move.fault:
            case "lost":
                return None
            case "behind":
                return self.sessions[max(0, len(self.sessions) - 1 - move.back)]
            case _:
                return self.turn.session

    def go(self, move: Move) -> None:
        """One turn, and what must hold of it."""
        asked, held = self.asked(move.keys), self.held(move)
        here = replace(self.here, memory=self.memory if held is None else None)
        self._check_taken_up(asked, held, here)
        turn = answer(self.flow, held, asked, here)
        assert turn.session.turn == asked.turn + 1
        assert not {Count("place_gone"), Count("calls")} & set(turn.effects)
        last = turn.instructions[-1]
        assert isinstance(last, Gather | Dial | Hangup), "a way on, or the end"
        assert isinstance(last, Hangup) == (turn.session.phase is Phase.GOODBYE)
        assert turn.carried.began == turn.session.began == self.began
        assert parse(dump(turn.session)) == turn.session
        if move.fault == "duplicate":
            again = answer(self.flow, turn.session, asked, self.here)
            assert (again.instructions, again.carried) == (turn.instructions, turn.carried)
            assert (again.session, again.effects, again.memory) == (turn.session, (), None)
        self.turn = self._kept(turn)
        self.sessions.append(turn.session)

    def _check_taken_up(self, asked: Asked, held: Session | None, here: Circumstances) -> None:
        """Whoever is led back meanwhile is where the address says, and spoken to as before."""
        was = self.turn.session
        if isinstance(self.flow.nodes[split(was.place)[0]], Transfer):
            return
        told = replace(asked.carried, retry=1)
        now = answer(self.flow, held, replace(asked, event=LedBack(), carried=told), here)
        assert now.carried == told, "language, pace, tries, the way back"
        assert (now.session.place, now.session.turn) == (was.place, was.turn)
        assert now.session.is_kept == was.is_kept

    def _kept(self, turn: Turn) -> Turn:
        if turn.memory is not None:
            self.memory = turn.memory if isinstance(turn.memory, Memory) else None
        return turn


@settings(max_examples=300, deadline=None, derandomize=True)
@given(moves=MOVES, is_known=st.booleans(), has_helper=st.booleans())
def test_a_call_goes_on_whatever_becomes_of_its_session(
    flow: Flow, moves: list[Move], *, is_known: bool, has_helper: bool
) -> None:
    here = replace(HELPED, is_known=is_known, has_helper=has_helper, limits=LIMITS)
    line = Line(flow, here)
    for move in moves:
        if line.turn.session.phase is not Phase.RUNNING:
            break
        line.go(move)
    else:
        assert len(moves) < LIMITS.turns_a_call


@settings(max_examples=40, deadline=None, derandomize=True)
@given(fault=st.sampled_from(["lost", "behind"]), back=st.integers(1, 4), is_known=st.booleans())
def test_a_silent_call_whose_session_is_always_lost_comes_to_its_end(
    flow: Flow, fault: Literal["lost", "behind"], back: int, *, is_known: bool
) -> None:
    """By its limit of turns at the latest: what was said how often is lost as well."""
    line = Line(flow, replace(HELPED, is_known=is_known, limits=LIMITS))
    for _ in range(LIMITS.turns_a_call):
        if line.turn.session.phase is Phase.GOODBYE:
            break
        line.go(Move("silence", fault, back))
    assert line.turn.session.phase is Phase.GOODBYE
