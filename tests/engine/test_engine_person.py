"""A person: offered only when there is one and it is the hour, rung with limits, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.step import restate
from ivr.engine.turn import Count, Dial, Play
from tests.engine.calls import (
    HELP,
    HELPED,
    KNOWN,
    LAST_WORDS,
    MENU,
    NIGHT,
    PRACTICE_HELP,
    Caller,
    after,
    at,
    played,
)
from tests.engine.walking import walked
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

KOLKATA = timezone(timedelta(hours=5, minutes=30))
SIX = "register_lesson.register_6"
PERSON_WORDS = {
    *("choose_person", "help_other", "practice_help_person", "person_wait"),
    *("person_done", "person_nobody"),
}


@pytest.mark.parametrize(
    ("clock", "is_offered"),
    [
        ("00:00", False),
        ("09:59", False),
        ("10:00", True),
        ("12:30", True),
        ("17:59", True),
        ("18:00", False),
        ("23:00", False),
    ],
)
def test_a_person_is_offered_at_the_hours_of_the_clock_in_kolkata(
    flow: Flow, clock: str, *, is_offered: bool
) -> None:
    hour, minute = map(int, clock.split(":"))
    now = datetime(2026, 3, 2, hour, minute, tzinfo=KOLKATA).astimezone(UTC)
    turn = after(flow, at(SIX), "9", replace(HELPED, now=now))
    assert (turn.session.place == "help_person") is is_offered
    assert ("choose_person" in played(turn)) is is_offered


def test_help_with_a_person_offers_little_and_the_rest_behind_a_key(flow: Flow) -> None:
    turn = after(flow, at(SIX), "9", HELPED)
    assert played(turn) == ["help", "choose_person", "help_other"]
    assert played(after(flow, turn.session, "2", HELPED)) == HELP


def test_silence_where_a_person_is_offered_leads_to_the_other_help(flow: Flow) -> None:
    turn = after(flow, at(SIX), "9", HELPED)
    assert played(after(flow, turn.session, "silence", HELPED)) == ["help_silent", *HELP]


WAYS_OUT = [
    pytest.param(at("practice_otp", silences=2), "silence", "4", id="practice"),
    pytest.param(at("what_next"), "silence", "1", id="the warning"),
    pytest.param(at("main_menu", wrongs=2), "7", "1", id="too many wrong keys"),
    pytest.param(at(SIX, confusion=14, offered=1), "7", "1", id="confusion"),
    pytest.param(at(SIX), "9", "1", id="help"),
]


@pytest.mark.parametrize(("session", "keys", "key"), WAYS_OUT)
def test_every_way_out_offers_the_person(flow: Flow, session: Session, keys: str, key: str) -> None:
    offered = after(flow, session, keys, HELPED)
    assert PERSON_WORDS & set(played(offered))
    rung = after(flow, offered.session, key, HELPED)
    assert rung.session.place == "person"
    assert isinstance(rung.instructions[-1], Dial)


@pytest.mark.parametrize(("session", "keys", "key"), WAYS_OUT)
def test_without_a_person_no_way_out_speaks_of_one(
    flow: Flow, session: Session, keys: str, key: str
) -> None:
    offered = after(flow, session, keys)
    assert not PERSON_WORDS & set(played(offered))
    assert after(flow, offered.session, key).session.place != "person"


def test_a_person_is_rung_with_limits_and_a_word_before(flow: Flow) -> None:
    turn = after(flow, at("help_person", back=(SIX,)), "1", HELPED)
    assert turn.instructions == (
        Play("person_wait"),
        Dial(place="person", turn=6, ring_seconds=25, limit_seconds=20 * 60),
    )


@pytest.mark.parametrize(
    ("end", "words", "counted"),
    [
        pytest.param("nobody", "person_nobody", "helper.nobody", id="nobody answers"),
        pytest.param("answered", "person_done", "helper.answered", id="after a talk"),
        pytest.param("silence", "person_nobody", "helper.nobody", id="no word of a talk"),
        pytest.param("1", "person_nobody", "helper.nobody", id="a key meanwhile"),
    ],
)
@pytest.mark.parametrize("place", [SIX, "practice_otp", "after_lesson", "main_menu"])
def test_from_a_person_the_call_leads_kindly_back_to_where_it_was(
    flow: Flow, place: str, end: str, words: str, counted: str
) -> None:
    turn = after(flow, at("person", back=(place,)), end, HELPED)
    assert turn.session.place == place
    assert played(turn)[0] == words
    assert Count(counted) in turn.effects


def test_the_way_back_from_a_person_is_that_of_the_help_around_it(flow: Flow) -> None:
    caller = Caller(flow, HELPED)
    caller.ring()
    caller.press("1", "1", "1", "9", "1", "nobody")
    assert caller.place == "register_lesson.register_2"
    assert caller.turn.session.back == ()


def test_a_person_whose_hour_ended_meanwhile_is_not_rung(flow: Flow) -> None:
    offered = after(flow, at(SIX), "9", HELPED)
    late = after(flow, offered.session, "1", replace(HELPED, now=NIGHT))
    assert late.session.place == SIX
    assert played(late)[0] == "person_nobody"


def test_a_person_whom_nobody_announces_is_not_spoken_of() -> None:
    flow = small_flow("""
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_on, go: ring}, {key: '2', prompt: menu_end, go: bye}]
  ring:
    kind: transfer
    prompt: wait
    ring_seconds: 20
    talk_minutes: 5
    done: {go: menu}
    nobody: {go: menu}
""")
    assert played(after(flow, at("menu"), "1")) == ["menu", "menu_on", "menu_end"]
    rung = after(flow, at("menu"), "1", HELPED)
    assert played(rung) == ["wait"]
    assert played(after(flow, rung.session, "answered", HELPED)) == ["menu", "menu_on", "menu_end"]


def test_what_a_person_is_there_for_is_said_again_while_the_hour_ends(flow: Flow) -> None:
    """A menu that told of the person is repeated as it was told."""
    offered = after(flow, at("practice_help", has_helper=True), "*", replace(HELPED, now=NIGHT))
    assert played(offered) == [*PRACTICE_HELP, "practice_help_person"]


def test_at_the_warning_key_1_is_any_key_when_there_is_nobody(flow: Flow) -> None:
    warned = after(flow, at("after_lesson"), "silence")
    assert after(flow, warned.session, "1").session.place == "after_lesson"
    warned = after(flow, at("after_lesson"), "silence", HELPED)
    assert after(flow, warned.session, "2", HELPED).session.place == "after_lesson"
    assert played(after(flow, warned.session, "silence", HELPED)) == LAST_WORDS


@pytest.mark.parametrize(
    "here",
    [pytest.param(KNOWN, id="unset"), pytest.param(replace(HELPED, now=NIGHT), id="at night")],
)
def test_no_place_that_a_call_can_come_to_speaks_of_a_person_who_is_not_there(
    flow: Flow, here: Circumstances
) -> None:
    stands = walked(flow, [here])
    nowhere = {stand.place for stand in stands} & {"person", "help_person"}
    assert not nowhere
    assert len({stand.place for stand in stands}) > 50
    for stand in stands:
        said = played(restate(flow, stand.session, here.codes))
        assert not PERSON_WORDS & set(said), stand.place


def test_home_is_where_a_caller_without_a_place_comes_to_from_a_person(flow: Flow) -> None:
    assert played(after(flow, at("person"), "nobody", HELPED)) == ["person_nobody", *MENU]
