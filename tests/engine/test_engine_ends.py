"""How a call begins, is told twice, and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.events import CallEnded, CallStarted, DialEnded, Event, LedBack
from ivr.engine.limits import MAX_CALL_SECONDS
from ivr.engine.session import Phase
from ivr.engine.step import step
from ivr.engine.told import place_number
from ivr.engine.turn import Count
from ivr.errors import CallOverError
from ivr.flow.model import Say
from ivr.flow.terms import MAX_PASSED, Pace
from tests.engine.calls import HERE, KNOWN, MENU, NIGHT, NOON, after, at, event_of, played
from tests.flow.small import MENU as ONE_MENU
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.flow.model import Flow

NOW = int(NOON.timestamp())
MINUTE = timedelta(minutes=1)


def test_a_second_ring_of_one_call_says_the_same_again(flow: Flow) -> None:
    first = after(flow, None, CallStarted())
    again = step(flow, first.session, CallStarted(), replace(HERE, now=NIGHT))
    assert again.instructions == first.instructions
    assert again.session == first.session


def test_a_call_that_said_goodbye_says_it_again(flow: Flow) -> None:
    over = after(flow, at("goodbye", phase=Phase.GOODBYE), "1")
    assert (over.session.place, played(over)) == ("goodbye", ["goodbye", "hangup"])


@pytest.mark.parametrize(
    ("now", "words"),
    [pytest.param(NOON, "goodbye", id="day"), pytest.param(NIGHT, "goodbye_night", id="night")],
)
def test_the_goodbye_is_that_of_the_hour(flow: Flow, now: datetime, words: str) -> None:
    turn = after(flow, at("about_to_end"), "silence", replace(HERE, now=now))
    assert turn.session.place == words
    assert played(turn) == ["nobody_there", words, "hangup"]


@pytest.mark.parametrize(
    ("hour", "is_night"),
    [(20, False), (21, True), (23, True), (0, True), (5, True), (6, False), (12, False)],
)
def test_night_is_told_by_the_clock_in_kolkata(flow: Flow, hour: int, *, is_night: bool) -> None:
    utc = datetime(2026, 3, 2, (hour - 6) % 24, 30, tzinfo=UTC)  # half an hour: UTC+5:30
    turn = after(flow, at("about_to_end"), "silence", replace(HERE, now=utc))
    assert turn.session.place == ("goodbye_night" if is_night else "goodbye")


def test_hours_that_end_where_they_begin_never_are() -> None:
    flow = small_flow(
        """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: by_hour}]
  by_hour: {kind: branch, when: [{condition: night, go: aside}], otherwise: bye}
""",
        ("night_hours: [21, 6]", "night_hours: [12, 12]"),
    )
    assert after(flow, at("menu"), "1").session.place == "bye"


def test_the_end_is_counted_once_with_its_outcome_and_place(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_6"), CallEnded("completed"))
    assert turn.effects == (Count("ended.completed"), Count("left.register_lesson.register_6"))
    again = after(flow, turn.session, CallEnded("completed"))
    assert again.effects == ()


def test_a_call_that_ended_before_it_began_stays_closed(flow: Flow) -> None:
    ended = after(flow, None, CallEnded("no-answer"))
    assert ended.effects == (Count("ended.no-answer"),)
    with pytest.raises(CallOverError, match="this call is over"):
        step(flow, ended.session, CallStarted(), HERE)


def test_of_a_call_that_is_over_nothing_stays_but_that_it_is_and_where_it_was(flow: Flow) -> None:
    full = at(
        "practice_otp",
        language="en",
        pace=Pace.SLOW,
        lead=("practice_warning",),
        back=("main_menu",),
        told={place_number("practice_otp"): 21},
        is_kept=True,
        bookmark="practice_otp",
        began=NOW,
        heard=7,
    )
    turn = after(flow, full, CallEnded("completed"))
    assert turn.session == at("practice_otp", phase=Phase.CLOSED, began=NOW)
    assert turn.memory is None, "and what is kept of the caller stays"


@pytest.mark.parametrize("keys", ["1", "silence", LedBack()], ids=["a key", "silence", "led back"])
@pytest.mark.parametrize("turn", [1, 4, 5, 6], ids=lambda turn: f"turn {turn}")
def test_a_request_for_a_turn_of_a_call_that_is_over_is_refused(
    flow: Flow, turn: int, keys: str | Event
) -> None:
    over = at("main_menu", phase=Phase.CLOSED)
    with pytest.raises(CallOverError, match="ring again"):
        answer(flow, over, Asked("main_menu", turn, event_of(keys)), HERE)


@pytest.mark.parametrize(
    ("was_answered", "name"), [(True, "helper.answered"), (False, "helper.nobody")]
)
def test_the_end_of_a_dial_that_comes_after_the_end_of_its_call_is_counted_once(
    flow: Flow, name: str, *, was_answered: bool
) -> None:
    """A callback of the status may overtake the action of a Dial."""
    over = after(flow, at("person"), CallEnded("completed")).session
    asked = Asked("person", 5, DialEnded(was_answered))
    late = answer(flow, over, asked, HERE)
    assert (late.effects, late.instructions) == ((Count(name),), ())
    assert late.session.phase is Phase.CLOSED
    with pytest.raises(CallOverError):
        answer(flow, late.session, asked, HERE)
    with pytest.raises(CallOverError):
        answer(flow, at("main_menu", phase=Phase.CLOSED), asked, HERE)


def test_the_end_is_told_twice_and_changes_nothing_the_second_time(flow: Flow) -> None:
    over = after(flow, at("main_menu", began=NOW), CallEnded("completed"), KNOWN).session
    again = after(flow, over, CallEnded("completed"), replace(KNOWN, now=NOON + MINUTE))
    assert (again.session, again.effects, again.used_seconds) == (over, (), 0)


@pytest.mark.parametrize(
    ("began", "is_known", "seconds"),
    [
        pytest.param(NOW - 200, True, 200, id="a call"),
        pytest.param(NOW - 200, False, 0, id="a withheld number"),
        pytest.param(0, True, 0, id="a call of a release before"),
        pytest.param(NOW + 5, True, 0, id="a clock that went back"),
        pytest.param(NOW - 90_000, True, MAX_CALL_SECONDS, id="longer than a call can be"),
    ],
)
def test_the_end_tells_how_long_the_call_was(
    flow: Flow, began: int, seconds: int, *, is_known: bool
) -> None:
    here = replace(HERE, is_known=is_known)
    turn = after(flow, at("main_menu", began=began), CallEnded("completed"), here)
    assert turn.used_seconds == seconds


def test_a_call_of_which_nothing_is_known_used_no_seconds(flow: Flow) -> None:
    assert after(flow, None, CallEnded("completed"), KNOWN).used_seconds == 0


def test_a_call_begins_when_its_first_turn_does(flow: Flow) -> None:
    first = after(flow, None, CallStarted())
    later = replace(HERE, now=NOON + MINUTE)
    assert first.session.began == NOW
    assert after(flow, first.session, "1", later).session.began == NOW
    assert first.carried.began == NOW


def test_an_outcome_that_is_not_known_is_counted_as_other(flow: Flow) -> None:
    turn = after(flow, at("main_menu"), CallEnded("<script>"))
    assert turn.effects[0] == Count("ended.other")


def test_what_was_finished_is_counted(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_15"), "1")
    assert Count("finished.register_recap") in turn.effects
    assert Count("reached.after_lesson") in turn.effects


def test_a_talk_that_is_over_twice_says_the_place_once_more(flow: Flow) -> None:
    back = at("main_menu", lead=("person_done",))
    again = after(flow, back, DialEnded(was_answered=True))
    assert again.session == back
    assert played(again) == ["person_done", *MENU]


def test_a_call_that_stands_where_nobody_waits_goes_home(flow: Flow) -> None:
    """Such as one whose node was a menu and is a branch in a new version."""
    for place in ("goodbye", "greeting", "rung_again"):
        turn = after(flow, at(place), "1")
        assert played(turn) == MENU


def test_a_line_without_key_0_leads_home_to_its_start() -> None:
    lines = [("'0': menu, ", ""), ("'0': menu", "'0': repeat")]
    for change in lines:
        flow = small_flow(ONE_MENU, change)
        turn = after(flow, at("gone"), "1")
        assert played(turn) == ["hello", "menu", "menu_end"]


def test_a_ring_of_sayings_that_nobody_checked_ends_the_call_instead_of_the_process() -> None:
    flow = small_flow()
    ring = {name: Say(prompt=name, next=name) for name in ("hello", "menu")}
    turn = after(replace(flow, nodes={**flow.nodes, **ring}), None, CallStarted())
    assert played(turn) == [*["hello"] * (MAX_PASSED + 1), "hangup"]
