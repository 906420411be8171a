"""What is kept of a caller, when it changes, how it is used, and how it is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from ivr.engine.events import CallEnded, CallStarted
from ivr.engine.memory import Forgotten, Memory, caller_key, dump_memory, parse_memory
from ivr.flow.terms import Pace
from tests.engine.calls import GREETED, HERE, KNOWN, NOON, Caller, after, at, gather, played

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

AT = int(NOON.timestamp())
SIX = "register_lesson.register_6"
FULL = Memory(at=AT, language="en", pace=Pace.SLOW, patience=2, simple=True, bookmark=SIX, step=5)


# -- Its form --------------------------------------------------------------------------------------


def test_a_memory_is_what_it_was_after_saving_and_loading() -> None:
    assert parse_memory(dump_memory(FULL)) == FULL


def test_a_memory_is_small() -> None:
    assert len(dump_memory(FULL)) < 100


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00garbage", id="garbage"),
        pytest.param(dump_memory(FULL)[:-4], id="cut short"),
        pytest.param(msgspec.msgpack.encode([2, AT, "bn"]), id="another version"),
        pytest.param(msgspec.msgpack.encode({"at": AT}), id="another shape"),
        pytest.param(dump_memory(FULL).replace(b"_6", b"\xe4\xc2"), id="letters that are none"),
        pytest.param(dump_memory(replace(FULL, patience=-1)), id="less time than none"),
        pytest.param(dump_memory(replace(FULL, step=-99)), id="a step before the first"),
    ],
)
def test_a_memory_that_cannot_be_read_counts_as_none(stored: bytes) -> None:
    assert parse_memory(stored) is None


def test_an_older_process_reads_a_memory_with_a_later_field() -> None:
    later = [*msgspec.msgpack.decode(dump_memory(FULL)), "a field of a later release"]
    assert parse_memory(msgspec.msgpack.encode(later)) == FULL


def test_a_caller_is_kept_under_a_name_that_tells_nothing_of_the_number() -> None:
    number = "+919876543210"
    key = caller_key(b"a secret of the tests", number)
    assert len(key) == 32
    assert int(key, 16)
    assert not any(number[start : start + 5] in key for start in range(len(number) - 4))
    assert key == caller_key(b"a secret of the tests", number)
    assert key != caller_key(b"another secret", number)
    assert key != caller_key(b"a secret of the tests", "+919876543211")


# -- When it changes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("session", "keys", "kept"),
    [
        pytest.param(
            at("help_menu", back=("main_menu",)), "1", Memory(at=AT, language="bn", pace=Pace.SLOW),
            id="the pace",
        ),
        pytest.param(
            at("help_menu", back=("main_menu",)), "2", Memory(at=AT, language="en"),
            id="the language",
        ),
        pytest.param(
            at("main_menu", silences=1), "4", Memory(at=AT, language="bn", patience=1),
            id="the patience",
        ),
        pytest.param(
            at("simpler", back=("main_menu",)), "1",
            Memory(at=AT, language="bn", pace=Pace.SLOW, simple=True), id="the simpler way",
        ),
        pytest.param(
            at("register_lesson.register_5"), "1",
            Memory(at=AT, language="bn", bookmark=SIX, step=5), id="a step",
        ),
        pytest.param(
            at("practice_question_1"), "1",
            Memory(at=AT, language="bn", bookmark="practice_question_2"), id="a place in practice",
        ),
    ],
)  # fmt: skip
def test_what_is_learnt_is_kept(flow: Flow, session: Session, keys: str, kept: Memory) -> None:
    turn = after(flow, replace(session, is_kept=True), keys, KNOWN)
    assert turn.memory == kept


@pytest.mark.parametrize(
    ("session", "keys"),
    [
        pytest.param(at("main_menu"), "4", id="a key"),
        pytest.param(at("main_menu"), "7", id="a wrong key"),
        pytest.param(at("warm_up"), "silence", id="a silence"),
        pytest.param(at(SIX, bookmark=SIX), "2", id="a step again"),
        pytest.param(at(SIX, bookmark=SIX), "9", id="to help"),
        pytest.param(at("main_menu", bookmark=SIX), "4", id="elsewhere after the bookmark"),
    ],
)
def test_what_teaches_nothing_changes_nothing(flow: Flow, session: Session, keys: str) -> None:
    assert after(flow, replace(session, is_kept=True), keys, KNOWN).memory is None


def test_the_first_turn_of_a_stranger_keeps_nothing(flow: Flow) -> None:
    assert after(flow, None, CallStarted(), KNOWN).memory is None


def test_the_end_of_a_call_keeps_what_is_kept(flow: Flow) -> None:
    assert after(flow, at(SIX, is_kept=True), CallEnded("completed"), KNOWN).memory is None


def test_what_was_finished_leaves_no_bookmark_and_nothing_to_keep(flow: Flow) -> None:
    last = at("register_lesson.register_15", bookmark="register_lesson.register_15", is_kept=True)
    assert after(flow, last, "1", KNOWN).memory == Forgotten()


def test_what_was_finished_leaves_the_pace(flow: Flow) -> None:
    place = "register_lesson.register_15"
    last = at(place, bookmark=place, is_kept=True, pace=Pace.SLOW)
    kept = after(flow, last, "1", KNOWN).memory
    assert kept == Memory(at=AT, language="bn", pace=Pace.SLOW)


# -- The next call ---------------------------------------------------------------------------------


def test_language_pace_patience_and_the_simpler_way_hold_at_the_next_call(flow: Flow) -> None:
    caller = Caller(flow, memory=replace(FULL, bookmark=None))
    session = caller.ring().session
    assert (session.language, session.pace, session.patience) == ("en", Pace.SLOW, 2)
    assert session.simple
    asked = gather(caller.turn)
    assert (asked.first_key_seconds, asked.next_key_seconds) == (20, 15)
    assert played(caller.press("1"))[-3:] == ["main_menu", "choose_lesson", "choose_practice"]


def test_a_language_that_the_flow_no_longer_has_is_the_flows_own(flow: Flow) -> None:
    caller = Caller(flow, memory=replace(FULL, language="hi"))
    assert caller.ring().session.language == "bn"
    assert caller.turn.session.pace is Pace.SLOW


def test_learnt_in_one_call_and_used_at_the_next(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("silence", "1", "9", "1", "9", "2")
    caller.ring()
    session = caller.turn.session
    assert (session.language, session.pace, session.patience) == ("en", Pace.SLOW, 1)
    assert played(caller.turn) == GREETED


@pytest.mark.parametrize(
    ("hours", "seconds", "is_asked"),
    [
        *((0, 0, True), (71, 3599, True), (72, 0, True), (72, 1, False), (2000, 0, False)),
        *((-1, 0, True), (-72, -1, False)),  # a clock was wrong, then or now
    ],
)
def test_a_bookmark_holds_for_72_hours(
    flow: Flow, hours: int, seconds: int, *, is_asked: bool
) -> None:
    caller = Caller(flow, memory=FULL)
    caller.ring(now=NOON + timedelta(hours=hours, seconds=seconds))
    assert (caller.place == "resume") is is_asked
    assert caller.turn.session.pace is Pace.SLOW, "the pace is kept for longer"


def test_going_on_begins_the_72_hours_anew(flow: Flow) -> None:
    """Even when the second call breaks off at the very place at which the first one did."""
    for place in (SIX, "practice_otp", "practice_number"):
        caller = Caller(flow, memory=Memory(at=AT, language="bn", bookmark=place))
        caller.ring(now=NOON + timedelta(hours=70))
        caller.press("1")
        caller.ring(now=NOON + timedelta(hours=140))
        assert caller.place == "resume", place


def test_to_ring_and_hear_nothing_of_it_does_not(flow: Flow) -> None:
    caller = Caller(flow, memory=Memory(at=AT, language="bn", bookmark=SIX))
    caller.ring(now=NOON + timedelta(hours=70))
    caller.ring(now=NOON + timedelta(hours=74))
    assert caller.place == "warm_up"


# -- Forgotten -------------------------------------------------------------------------------------


def test_a_key_of_help_has_everything_forgotten_and_nothing_more_is_kept(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1", "9", "1")
    assert caller.memory is not None
    forgotten = caller.press("9", "4")
    assert forgotten.memory == Forgotten()
    assert played(forgotten)[0] == "forgotten"
    assert caller.place == "register_lesson.register_2"
    for keys in ("1", "9", "2", "1", "0", "2", "00000"):
        assert caller.press(keys).memory is None
    assert caller.memory is None
    caller.ring()
    assert (caller.place, caller.turn.session.language) == ("warm_up", "bn")


def test_who_has_it_forgotten_is_still_heard_as_before(flow: Flow) -> None:
    slow = at("help_menu", back=(SIX,), is_kept=True, pace=Pace.SLOW, simple=True, together=True)
    session = after(flow, slow, "4", KNOWN).session
    assert (session.pace, session.simple, session.together) == (Pace.SLOW, True, True)


def test_only_who_has_something_kept_is_offered_to_have_it_forgotten(flow: Flow) -> None:
    offers = [played(after(flow, at(SIX, is_kept=kept), "9")) for kept in (True, False)]
    assert ["help_forget" in each for each in offers] == [True, False]
    assert played(after(flow, at("help_menu", back=(SIX,)), "4"))[0] == "invalid_gentle"


def test_who_has_nothing_kept_may_ask_too(flow: Flow) -> None:
    assert after(flow, at("help_menu", is_kept=True), "4", KNOWN).memory == Forgotten()


def test_of_a_withheld_number_nothing_is_kept_and_nothing_is_known(flow: Flow) -> None:
    caller = Caller(flow, HERE, memory=FULL)
    session = caller.ring().session
    assert (session.language, session.pace, session.bookmark) == ("bn", Pace.NORMAL, None)
    for keys in ("silence", "1", "1", "1", "9", "1", "9", "2", "9", "4"):
        assert caller.press(keys).memory is None
