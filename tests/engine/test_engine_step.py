from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.engine.answer import Asked, answer
from ivr.engine.codes import Codes, code_at, keyed_codes
from ivr.engine.events import CallEnded, CallStarted, Digits, Event, NoInput
from ivr.engine.session import Phase, Session, dump, parse
from ivr.engine.speak import is_place
from ivr.engine.step import step
from ivr.engine.turn import Count, Gather, Hangup, Pause, Play, Turn
from ivr.flow.model import Pace

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec

NOON = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
"""Ten in the evening in Kolkata."""
CODES: Codes = keyed_codes(b"a secret of the tests", "CA1")


@pytest.fixture
def flow(spec: Spec) -> Flow:
    return spec.flow


def at(place: str, **changes: object) -> Session:
    return replace(Session(place=place, turn=5, language="bn"), **changes)


def played(turn: Turn) -> list[str]:
    """The prompts of a turn in order; pauses as `…`, the end as `hangup`."""
    words: list[str] = []
    for instruction in turn.instructions:
        match instruction:
            case Gather(said=said):
                words += ["…" if isinstance(part, Pause) else part.prompt for part in said]
            case Play(prompt=prompt):
                words.append(prompt)
            case Hangup():
                words.append("hangup")
            case Pause():
                words.append("…")
    return words


def stepped(
    flow: Flow, session: Session | None, event: Event | str, now: datetime = NOON
) -> tuple[str, list[str]]:
    """Where a step leads and what is heard, the session saved and loaded on the way."""
    if isinstance(event, str):
        event = NoInput() if event == "silence" else Digits(event)
    turn = step(flow, session, event, now, CODES)
    assert parse(dump(turn.session)) == turn.session
    return turn.session.place, played(turn)


GREETED = ["greeting", "warm_up", "warm_up_key"]
MENU = ["main_menu", "choose_lesson", "choose_practice", "choose_services", "choose_more"]
HELP = ["help", "help_main_menu", "help_slower", "help_language", "help_told_otp"]
PRACTICE_HELP = [
    *("practice_help", "practice_help_again", "practice_help_slower", "practice_help_leave")
]


def test_a_call_begins_with_the_greeting_and_the_keypad_warm_up(flow: Flow) -> None:
    assert stepped(flow, None, CallStarted()) == ("warm_up", GREETED)


@pytest.mark.parametrize(
    ("place", "key", "goal", "heard"),
    [
        pytest.param(
            "warm_up", "1", "main_menu", ["warm_up_done", "global_keys", *MENU], id="warm-up 1"
        ),
        pytest.param(
            "main_menu",
            "1",
            "register_lesson.register_1",
            ["umang_purpose", "register_notice", "register_1", "lesson_keys"],
            id="menu 1 learns",
        ),
        pytest.param(
            "main_menu",
            "3",
            "services_lesson.services_1",
            ["services_intro", "services_1", "lesson_keys"],
            id="menu 3 tells services",
        ),
        pytest.param(
            "main_menu",
            "4",
            "more",
            ["more", "choose_remember", "choose_app", "choose_told_otp", "choose_address"],
            id="menu 4 more",
        ),
        pytest.param(
            "register_lesson.register_6",
            "1",
            "register_lesson.register_7",
            ["register_7", "lesson_keys"],
            id="lesson 1 next",
        ),
        pytest.param(
            "register_lesson.register_6",
            "2",
            "register_lesson.register_6",
            ["register_6", "lesson_keys"],
            id="lesson 2 again",
        ),
        pytest.param(
            "register_lesson.register_6",
            "3",
            "register_lesson.register_5",
            ["register_5", "lesson_keys"],
            id="lesson 3 back",
        ),
        pytest.param(
            "register_lesson.register_1",
            "3",
            "register_lesson.register_1",
            ["lesson_at_first", "register_1", "lesson_keys"],
            id="back from the first step",
        ),
        pytest.param(
            "register_lesson.register_14",
            "1",
            "register_lesson.register_15",
            ["register_15", "lesson_last_keys"],
            id="the last step says so",
        ),
        pytest.param(
            "register_lesson.register_15",
            "1",
            "main_menu",
            ["register_recap", *MENU],
            id="past the last step comes the recap",
        ),
        pytest.param(
            "practice_question_1",
            "1",
            "practice_question_2",
            ["practice_question_2", "ready_key"],
            id="think 1",
        ),
        pytest.param("register_lesson.register_6", "0", "main_menu", MENU, id="0 main menu"),
        pytest.param("register_lesson.register_6", "9", "help", HELP, id="9 help"),
        pytest.param(
            "register_lesson.register_6",
            "*",
            "register_lesson.register_6",
            ["register_6", "lesson_keys"],
            id="star repeats",
        ),
        pytest.param("practice_question_1", "0", "main_menu", MENU, id="0 while thinking"),
        pytest.param("help", "1", "main_menu", MENU, id="help 1 main menu"),
        pytest.param(
            "help",
            "4",
            "told_otp_lesson.told_otp_1",
            ["told_otp_1", "lesson_keys"],
            id="help 4 I told my OTP",
        ),
        pytest.param(
            "more",
            "3",
            "told_otp_lesson.told_otp_1",
            ["told_otp_1", "lesson_keys"],
            id="more 3 I told my OTP",
        ),
    ],
)
def test_a_key_leads_where_it_says(
    flow: Flow, place: str, key: str, goal: str, heard: list[str]
) -> None:
    assert stepped(flow, at(place), key) == (goal, heard)


def test_help_leads_back_to_the_step_and_speaks_slower_there(flow: Flow) -> None:
    helped = step(flow, at("register_lesson.register_6"), Digits("9"), NOON, CODES)
    back = step(flow, helped.session, Digits("2"), NOON, CODES)
    assert played(back) == ["slower_now", "register_6", "lesson_keys"]
    assert back.session.pace is Pace.SLOW


def test_help_changes_the_language_and_back(flow: Flow) -> None:
    session = at("main_menu")
    for language in ("en", "bn"):
        session = step(flow, session, Digits("9"), NOON, CODES).session
        turn = step(flow, session, Digits("3"), NOON, CODES)
        assert played(turn) == ["language_now", *MENU]
        assert turn.session.language == language
        session = turn.session


def test_help_asked_from_the_practice_help_leads_back_to_the_practice(flow: Flow) -> None:
    session = at("practice_help", return_to="practice_otp")
    session = step(flow, session, Digits("9"), NOON, CODES).session
    session = step(flow, session, Digits("2"), NOON, CODES).session
    assert session.place == "practice_otp"


@pytest.mark.parametrize("back", [None, "a_node_that_is_gone"])
def test_help_without_a_way_back_leads_to_the_main_menu(flow: Flow, back: str | None) -> None:
    assert stepped(flow, at("help", return_to=back), "2") == ("main_menu", ["slower_now", *MENU])


# -- Tries -----------------------------------------------------------------------------------------


def test_silences_escalate_and_then_lead_to_help(flow: Flow) -> None:
    session, heard = at("main_menu"), []
    for _ in range(3):
        turn = step(flow, session, NoInput(), NOON, CODES)
        session = turn.session
        heard.append(played(turn))
    assert heard == [
        ["no_input_gentle", *MENU],
        ["no_input_example", *MENU],
        ["too_many", *HELP],
    ]
    assert session.return_to == "main_menu"


def test_wrong_keys_escalate_apart_from_silences(flow: Flow) -> None:
    session, heard = at("main_menu"), []
    for event in (Digits("7"), NoInput(), Digits("#")):
        turn = step(flow, session, event, NOON, CODES)
        session = turn.session
        heard.append(played(turn)[0])
    assert heard == ["invalid_gentle", "no_input_gentle", "too_many"]


def test_tries_begin_anew_after_a_step(flow: Flow) -> None:
    turn = step(flow, at("register_lesson.register_2", wrongs=2), Digits("1"), NOON, CODES)
    assert (turn.session.silences, turn.session.wrongs) == (0, 0)


def test_a_nodes_own_words_win_over_the_defaults(flow: Flow) -> None:
    assert stepped(flow, at("warm_up"), "5")[1][0] == "warm_up_invalid"
    assert stepped(flow, at("warm_up"), "silence")[1][0] == "warm_up_no_input"


def test_a_caller_who_never_finds_the_key_is_led_on(flow: Flow) -> None:
    place, heard = stepped(flow, at("warm_up", silences=2), "silence")
    assert (place, heard[:2]) == ("main_menu", ["warm_up_too_many", "global_keys"])


@pytest.mark.parametrize(
    ("now", "words"),
    [pytest.param(NOON, "goodbye", id="day"), pytest.param(NIGHT, "goodbye_night", id="night")],
)
def test_silence_in_help_ends_with_the_goodbye_of_the_hour(
    flow: Flow, now: datetime, words: str
) -> None:
    place, heard = stepped(flow, at("help", silences=1), "silence", now)
    assert (place, heard) == (words, ["nobody_there", words, "hangup"])


@pytest.mark.parametrize(
    ("hour", "is_night"),
    [(20, False), (21, True), (23, True), (0, True), (5, True), (6, False), (12, False)],
)
def test_night_is_told_by_the_clock_in_kolkata(flow: Flow, hour: int, *, is_night: bool) -> None:
    utc = datetime(2026, 3, 2, (hour - 6) % 24, 30, tzinfo=UTC)  # half an hour: UTC+5:30
    place, _ = stepped(flow, at("help", silences=1), "silence", utc)
    assert place == ("goodbye_night" if is_night else "goodbye")


# -- Practice --------------------------------------------------------------------------------------

SCENE = ["practice_otp", "practice_safety", "practice_otp_is"]


def code(flow: Flow, node: str = "practice_otp") -> str:
    return code_at(flow, node, CODES)


def digits(code: str) -> list[str]:
    return [*more(code[:-1]), f"digit_{code[-1]}"]


def more(code: str) -> list[str]:
    """Digits after which another one comes."""
    return [f"digit_{digit}_more" for digit in code]


def other(code: str, places: int) -> str:
    """The code with so many digits changed."""
    return "".join(str((int(d) + 5) % 10) if i < places else d for i, d in enumerate(code))


def test_a_practice_node_says_scene_safety_and_last_the_code(flow: Flow) -> None:
    assert stepped(flow, at("practice_number"), "0000012345") == (
        "practice_otp",
        ["practice_right", *SCENE, *digits(code(flow))],
    )


def test_a_practice_number_is_read_in_two_groups(flow: Flow) -> None:
    _, heard = stepped(flow, at("main_menu"), "2")
    assert heard == [
        *("practice_intro", "practice_how", "practice_number", "practice_safety"),
        *("practice_number_is", *more("00000"), "…", *digits("12345")),
    ]


def test_the_gather_takes_exactly_the_digits_of_the_code(flow: Flow) -> None:
    # content.md, safety 5: a longer code is never captured whole.
    for node, length in (("practice_number", 10), ("practice_otp", 4)):
        (gather,) = step(flow, at(node), Digits("#"), NOON, CODES).instructions
        assert isinstance(gather, Gather)
        assert (gather.num_digits, gather.finish_on_key) == (length, "#")


@pytest.mark.parametrize("keys", ["#", "*", "**", "*#"])
def test_hash_or_star_alone_says_it_all_again(flow: Flow, keys: str) -> None:
    turn = step(flow, at("practice_otp", wrongs=1, brief=True), Digits(keys), NOON, CODES)
    assert played(turn) == [*SCENE, *digits(code(flow))]
    assert turn.session.wrongs == 1, "to hear it again is no way round the tries"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(lambda c: other(c, 1), id="one digit wrong"),
        pytest.param(lambda c: other(c, 2), id="two digits wrong"),
        pytest.param(lambda c: c[:3], id="one left out at the end"),
        pytest.param(lambda c: c[1:], id="one left out at the start"),
        pytest.param(lambda c: c[0] + c[:3], id="one pressed twice"),
        pytest.param(lambda c: c[:1], id="stopped after the first"),
    ],
)
def test_a_slip_is_answered_gently(flow: Flow, entry: object) -> None:
    assert callable(entry)
    heard = ["practice_not_same_gentle", *SCENE[1:], *digits(code(flow))]
    assert stepped(flow, at("practice_otp"), entry(code(flow))) == ("practice_otp", heard)


def test_two_pins_that_differ_are_told_so(flow: Flow) -> None:
    entry = other(code(flow, "practice_confirm_mpin"), 1)
    _, heard = stepped(flow, at("practice_confirm_mpin"), entry)
    assert heard[0] == "practice_mpin_mismatch"


@pytest.mark.parametrize("places", [3, 4])
def test_an_entry_far_from_the_code_is_answered_with_the_warning(flow: Flow, places: int) -> None:
    entry = other(code(flow), places)
    heard = ["practice_warning", *SCENE[1:], *digits(code(flow))]
    assert stepped(flow, at("practice_otp"), entry) == ("practice_otp", heard)


def test_the_callers_own_number_is_warned_of_by_name(flow: Flow) -> None:
    event = Digits("9876543210", own_number=True)
    assert stepped(flow, at("practice_number"), event)[1][0] == "practice_own_number"


def test_a_third_far_entry_is_warned_of_before_help_is_offered(flow: Flow) -> None:
    place, heard = stepped(flow, at("practice_otp", wrongs=2), other(code(flow), 4))
    assert place == "practice_help"
    assert heard == ["practice_warning", "practice_too_many", *PRACTICE_HELP]


def test_silence_in_practice_leads_to_gentle_help(flow: Flow) -> None:
    _, first = stepped(flow, at("practice_otp"), "silence")
    assert first[0] == "practice_no_input_gentle"
    place, heard = stepped(flow, at("practice_otp", silences=2), "silence")
    assert (place, heard) == ("practice_help", ["practice_too_many", *PRACTICE_HELP])


@pytest.mark.parametrize("key", ["0", "9", "1"])
def test_global_keys_are_digits_in_a_practice_entry(flow: Flow, key: str) -> None:
    assert stepped(flow, at("practice_number"), key)[0] == "practice_number"


def test_nothing_that_was_keyed_stays_in_the_session_or_its_counts(flow: Flow) -> None:
    secret = "86420"
    for place in ("practice_otp", "practice_number", "main_menu", "register_lesson.register_1"):
        turn = step(flow, at(place), Digits(secret), NOON, CODES)
        assert secret.encode() not in dump(turn.session)
        assert secret not in repr(turn)
    assert secret not in repr(Digits(secret))


# -- Order of requests -----------------------------------------------------------------------------


def asked(place: str, turn: int, keys: str = "1") -> Asked:
    return Asked(place, turn, Digits(keys))


@pytest.mark.parametrize(
    ("request_for", "same_answer", "place"),
    [
        pytest.param(asked("warm_up", 5), True, "main_menu", id="the last turn again"),
        pytest.param(asked("warm_up", 5, "7"), True, "main_menu", id="again with another key"),
        pytest.param(asked("warm_up", 4), False, "main_menu", id="an older turn"),
        pytest.param(asked("practice_otp", 6), False, "main_menu", id="this turn elsewhere"),
        pytest.param(asked("nowhere", 6), False, "main_menu", id="an unknown node"),
        pytest.param(asked("nowhere", 9), False, "main_menu", id="an unknown node later on"),
        pytest.param(asked("main_menu", 0), False, "main_menu", id="turn 0"),
        pytest.param(asked("main_menu", 10**9), False, "main_menu", id="an absurd turn"),
    ],
)
def test_a_request_out_of_order_steps_nothing(
    flow: Flow, request_for: Asked, place: str, *, same_answer: bool
) -> None:
    first = answer(flow, at("warm_up"), asked("warm_up", 5), NOON, CODES)
    repeated = answer(flow, first.session, request_for, NOON, CODES)
    assert repeated.session == first.session
    assert repeated.session.place == place
    assert repeated.effects == ()
    assert (repeated.instructions == first.instructions) is same_answer
    assert played(repeated)[-5:] == MENU


def test_without_a_session_the_call_goes_on_from_the_url(flow: Flow) -> None:
    turn = answer(flow, None, asked("register_lesson.register_6", 12), NOON, CODES)
    assert (turn.session.place, turn.session.turn) == ("register_lesson.register_7", 13)
    assert Count("session_lost") in turn.effects


def test_a_session_older_than_the_url_follows_the_url(flow: Flow) -> None:
    turn = answer(flow, at("warm_up", language="en"), asked("main_menu", 8, "4"), NOON, CODES)
    assert (turn.session.place, turn.session.turn, turn.session.language) == ("more", 9, "en")


def test_a_session_older_than_the_url_keeps_nothing_of_its_place(flow: Flow) -> None:
    old = at("practice_otp", wrongs=2, brief=True, lead=("practice_warning",), return_to="help")
    turn = answer(flow, old, asked("main_menu", 8, "7"), NOON, CODES)
    assert played(turn) == ["invalid_gentle", *MENU]
    assert (turn.session.wrongs, turn.session.return_to) == (1, None)


def test_an_older_turn_is_answered_without_what_led_there(flow: Flow) -> None:
    here = at("main_menu", lead=("warm_up_done",))
    assert played(answer(flow, here, asked("warm_up", 4), NOON, CODES))[0] == "warm_up_done"
    assert played(answer(flow, here, asked("warm_up", 3), NOON, CODES)) == MENU


def test_without_session_or_known_place_the_call_begins(flow: Flow) -> None:
    turn = answer(flow, None, asked("nowhere", 12), NOON, CODES)
    assert played(turn) == GREETED


def test_a_caller_whose_place_is_gone_is_led_to_the_main_menu(flow: Flow) -> None:
    gone = at("a_node_that_is_gone")
    turn = answer(flow, gone, asked("a_node_that_is_gone", 5), NOON, CODES)
    assert played(turn) == MENU
    assert turn.session.turn == 6


def test_a_second_ring_of_one_call_says_the_same_again(flow: Flow) -> None:
    first = step(flow, None, CallStarted(), NOON, CODES)
    assert step(flow, first.session, CallStarted(), NIGHT, CODES).instructions == first.instructions


def test_a_call_that_said_goodbye_says_it_again(flow: Flow) -> None:
    over = at("goodbye", phase=Phase.GOODBYE)
    assert stepped(flow, over, "1") == ("goodbye", ["goodbye", "hangup"])


def test_the_end_is_counted_once_with_its_outcome_and_place(flow: Flow) -> None:
    turn = step(flow, at("register_lesson.register_6"), CallEnded("completed"), NOON, CODES)
    assert turn.effects == (Count("ended.completed"), Count("left.register_lesson.register_6"))
    again = step(flow, turn.session, CallEnded("completed"), NOON, CODES)
    assert again.effects == ()


def test_a_call_that_ended_before_it_began_stays_closed(flow: Flow) -> None:
    ended = step(flow, None, CallEnded("no-answer"), NOON, CODES)
    assert ended.effects == (Count("ended.no-answer"),)
    late = step(flow, ended.session, CallStarted(), NOON, CODES)
    assert late.session == ended.session
    assert late.effects == ()


def test_an_outcome_that_is_not_known_is_counted_as_other(flow: Flow) -> None:
    turn = step(flow, at("main_menu"), CallEnded("<script>"), NOON, CODES)
    assert turn.effects[0] == Count("ended.other")


# -- Any caller ------------------------------------------------------------------------------------

KEYS = st.one_of(
    st.just(NoInput()),
    st.text("0123456789*#", min_size=1, max_size=12).map(Digits),
    st.sampled_from("1234509*#").map(Digits),
    st.text(min_size=1, max_size=40).map(Digits),
)


@settings(max_examples=150, deadline=None)
@given(events=st.lists(KEYS, max_size=60))
def test_whatever_a_caller_does_a_key_is_awaited_or_goodbye_is_said(
    spec: Spec, events: list[Event]
) -> None:
    turn = step(spec.flow, None, CallStarted(), NOON, CODES)
    for number, event in enumerate(events, 1):
        assert turn.session.turn == number
        turn = step(spec.flow, turn.session, event, NOON, CODES)
        assert is_place(spec.flow, turn.session.place)
        if turn.session.phase is not Phase.RUNNING:
            assert isinstance(turn.instructions[-1], Hangup)
            return
        (gather,) = turn.instructions
        assert isinstance(gather, Gather)
        assert gather.said
        assert len(dump(turn.session)) < 300
