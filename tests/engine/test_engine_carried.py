"""What the address of a turn tells, when the session is lost, or older than the address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.carried import NOTHING, Carried
from ivr.engine.events import CallStarted
from ivr.engine.limits import Limits
from ivr.engine.memory import Forgotten, Memory
from ivr.engine.turn import Count
from ivr.flow.terms import Pace
from tests.engine.calls import HERE, KNOWN, NOON, Caller, after, at, code, event_of

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.flow.model import Flow

BEGAN = int(NOON.timestamp()) - 600
AT = int(NOON.timestamp())
TOLD = Carried(
    began=BEGAN,
    language="en",
    pace=Pace.SLOW,
    simple=True,
    together=True,
    patience=2,
    silences=1,
    wrongs=1,
    back=("main_menu",),
)


def asked_for(
    flow: Flow,
    carried: Carried,
    session: Session | None = None,
    *,
    place: str = "help_menu",
    keys: str = "7",
    here: Circumstances = KNOWN,
) -> Turn:
    """A turn whose address tells this."""
    return answer(flow, session, Asked(place, 9, event_of(keys), carried), here)


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "behind"])
def test_a_call_is_taken_up_as_its_address_tells(flow: Flow, *, is_lost: bool) -> None:
    old = None if is_lost else at("warm_up", pace=Pace.NORMAL, is_kept=True, began=BEGAN)
    turn = asked_for(flow, TOLD, old)
    session = turn.session
    assert (session.place, session.turn, session.began) == ("about_to_end", 10, BEGAN)
    assert (session.language, session.pace, session.simple) == ("en", Pace.SLOW, True)
    assert (session.together, session.patience, session.back) == (True, 2, ("main_menu",))
    assert Count("session_lost" if is_lost else "session_behind") in turn.effects
    assert turn.carried == replace(TOLD, silences=0, wrongs=0)


def test_tries_go_on_where_they_were(flow: Flow) -> None:
    """Two tries are told, so that the third leads out."""
    first = asked_for(flow, Carried(began=BEGAN), place="main_menu")
    third = asked_for(flow, Carried(began=BEGAN, wrongs=2), place="main_menu")
    assert (first.session.place, first.session.wrongs) == ("main_menu", 1)
    assert third.session.place == "help_menu"


def test_help_leads_a_lost_call_back_to_where_it_was(flow: Flow) -> None:
    carried = Carried(began=BEGAN, back=("register_lesson.register_6",))
    turn = asked_for(flow, carried, keys="1")
    assert turn.session.place == "register_lesson.register_6"
    gone = asked_for(flow, replace(carried, back=("of_another_version",)), keys="1")
    assert gone.session.place == "main_menu"


def test_a_lost_call_speaks_as_its_address_tells_whatever_its_caller_liked_before(
    flow: Flow,
) -> None:
    """The address is newer than what is kept of the caller."""
    memory = Memory(at=AT, language="en", pace=Pace.SLOW, bookmark="practice_otp")
    here = replace(KNOWN, memory=memory)
    session = asked_for(flow, Carried(began=BEGAN), here=here).session
    assert (session.language, session.pace) == ("bn", Pace.NORMAL)
    assert session.bookmark == "practice_otp", "which no address tells"


def test_an_address_that_tells_nothing_overrules_nothing(flow: Flow) -> None:
    """Such as one of a release before."""
    old = at("warm_up", language="en", simple=True)
    session = asked_for(flow, NOTHING, old).session
    assert (session.language, session.simple) == ("en", True)
    memory = Memory(at=AT, language="en")
    lost = asked_for(flow, NOTHING, here=replace(KNOWN, memory=memory)).session
    assert (lost.language, lost.began) == ("en", AT)


def test_a_language_that_the_flow_has_no_longer_is_spoken_in_the_default_one(flow: Flow) -> None:
    assert asked_for(flow, replace(TOLD, language="hi")).session.language == "bn"


def test_what_is_told_of_a_lost_call_is_kept_again(flow: Flow) -> None:
    kept = asked_for(flow, TOLD).memory
    assert kept == Memory(at=AT, language="en", pace=Pace.SLOW, patience=2, simple=True)


# -- Forgotten -------------------------------------------------------------------------------------


def test_an_address_tells_that_a_known_caller_asked_to_be_forgotten(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    assert not caller.press("1").carried.is_forgotten
    assert caller.press("9", "4").carried.is_forgotten
    assert not after(flow, None, CallStarted()).carried.is_forgotten, "a withheld number"


@pytest.mark.parametrize("memory", [None, Memory(at=AT, language="en", bookmark="practice_otp")])
def test_a_caller_who_asked_to_be_forgotten_stays_so_when_the_call_is_lost(
    flow: Flow, memory: Memory | None
) -> None:
    here = replace(KNOWN, memory=memory)
    lesson = asked_for(
        flow,
        Carried(began=BEGAN, is_forgotten=True),
        place="register_lesson.register_6",
        keys="1",
        here=here,
    )
    assert not lesson.session.is_kept
    assert lesson.carried.is_forgotten
    # What is there all the same was restored from a copy: it goes once more.
    assert lesson.memory == (Forgotten() if memory else None)


def test_a_session_from_before_the_caller_asked_to_be_forgotten_keeps_nothing(flow: Flow) -> None:
    old = at("help_menu", is_kept=True, bookmark="practice_otp", back=("main_menu",))
    turn = asked_for(flow, Carried(began=BEGAN, is_forgotten=True), old, place="main_menu")
    assert (turn.session.is_kept, turn.session.bookmark) == (False, None)
    assert turn.memory == Forgotten()


def test_a_lost_caller_can_ask_to_be_forgotten(flow: Flow) -> None:
    turn = asked_for(flow, Carried(began=BEGAN), keys="4")
    assert turn.memory == Forgotten()
    assert turn.carried.is_forgotten


# -- The rest of a lost call -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_known", "minutes", "until"),
    [(True, 120, BEGAN + 7200), (True, 0, 0), (False, 120, 0)],
    ids=["known", "no limit", "withheld"],
)
def test_a_lost_call_ends_when_a_day_of_its_caller_would(
    flow: Flow, minutes: int, until: int, *, is_known: bool
) -> None:
    limits = Limits(minutes_a_day=minutes)
    here = replace(KNOWN, limits=limits, is_known=is_known)
    assert asked_for(flow, Carried(began=BEGAN), here=here).session.until == until


def test_a_code_is_the_same_when_its_call_was_lost(flow: Flow) -> None:
    here = Asked("practice_otp", 9, event_of(code(flow)), Carried(began=BEGAN))
    assert Count("right.practice_otp") in answer(flow, None, here, HERE).effects


def test_a_call_that_was_lost_and_saved_again_is_counted_as_lost_once(flow: Flow) -> None:
    asked = Asked("main_menu", 9, event_of("4"), Carried(began=BEGAN))
    lost = answer(flow, None, asked, KNOWN)
    again = answer(flow, lost.session, asked, replace(KNOWN, now=NOON + timedelta(seconds=3)))
    assert again.instructions == lost.instructions
    assert (again.session, again.effects) == (lost.session, ())
    assert again.carried == lost.carried
