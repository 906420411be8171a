"""What is said to silence and to wrong keys at one place: gentle, an example, the way out."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.engine.events import CallStarted, DialEnded, Digits, Event, NoInput
from ivr.engine.session import Phase, Session, dump
from ivr.engine.step import step
from ivr.engine.told import FORGETS_UNTIL, MAX_PLACES, place_number
from ivr.engine.turn import Dial, Gather, Hangup, Play, Turn
from ivr.flow.model import Lesson, Practice
from ivr.flow.places import is_place, split
from tests.engine.calls import HELP, HELPED, HERE, KNOWN, MENU, Caller, after, at, code, played
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.flow.model import Flow, Spec


def heard(flow: Flow, session: Session, *events: str) -> list[list[str]]:
    """What is heard at each event, one after the other."""
    rows = []
    for event in events:
        turn = after(flow, session, event)
        session = turn.session
        rows.append(played(turn))
    return rows


def elsewhere(session: Session, place: str, **changes: int) -> Session:
    """The session as if the caller had been led to a place, and had heard it there."""
    return replace(session, place=place, confusion=0, heard=0, **changes)


def test_wrong_keys_escalate_and_then_lead_to_help(flow: Flow) -> None:
    assert heard(flow, at("main_menu"), "7", "7", "7") == [
        ["invalid_gentle", *MENU],
        ["invalid_example", *MENU],
        ["too_many", *HELP],
    ]


def test_silences_escalate_and_then_lead_to_help() -> None:
    flow = small_flow()
    assert heard(flow, at("menu"), "silence", "silence", "silence") == [
        ["silent_gentle", "menu", "menu_end"],
        ["silent_example", "menu", "menu_end"],
        ["too_many", "aside", "aside_back"],
    ]


def test_silences_and_wrong_keys_climb_one_ladder_each_with_its_words() -> None:
    rows = heard(small_flow(), at("menu"), "7", "silence", "#")
    assert [row[0] for row in rows] == ["wrong_gentle", "silent_example", "too_many"]


def test_tries_begin_anew_elsewhere(flow: Flow) -> None:
    turn = after(flow, at("register_lesson.register_2", wrongs=2), "1")
    assert (turn.session.silences, turn.session.wrongs) == (0, 0)


def test_a_nodes_own_words_win_over_the_defaults(flow: Flow) -> None:
    assert played(after(flow, at("warm_up"), "5"))[0] == "warm_up_invalid"
    assert played(after(flow, at("warm_up"), "silence"))[0] == "warm_up_no_input"


def test_a_caller_who_never_finds_the_first_key_is_led_on(flow: Flow) -> None:
    assert heard(flow, at("warm_up"), "silence", "silence")[1] == ["warm_up_too_many", *MENU]
    last = heard(flow, at("warm_up"), "5", "5", "5")[2]
    assert last == ["warm_up_too_many", "global_keys", *MENU]


# -- Never three times at one place ----------------------------------------------------------------


def test_who_comes_back_to_a_place_hears_each_sentence_twice_at_most(flow: Flow) -> None:
    """Then the next rung is taken at once, to the last: a warning and the goodbye."""
    session, rows = at("register_lesson.register_6"), []
    last: list[str] = []
    for _ in range(40):
        turn = after(flow, session, "7")
        session, last = turn.session, played(turn)
        rows.append(last[0])
        if session.phase is Phase.GOODBYE:
            break
        if session.place != "register_lesson.register_6":
            session = elsewhere(session, "register_lesson.register_6", wrongs=0)
    assert rows == [
        *("invalid_gentle", "invalid_example", "too_many"),
        *("invalid_gentle", "invalid_example", "too_many"),
        *("about_to_end", "about_to_end", "enough"),
    ]
    assert last == ["enough", "goodbye", "hangup"]


def test_the_last_way_out_of_practice_warns_before_the_call_ends(flow: Flow) -> None:
    entry = other_code(flow)
    session, places = at("practice_otp"), []
    for _ in range(40):
        session = after(flow, session, entry).session
        places.append(session.place)
        if session.phase is Phase.GOODBYE:
            break
        session = elsewhere(session, "practice_otp")
    asked_again = ["practice_otp"] * 4
    assert [place for place in places if place != "practice_otp"] == [
        *("practice_help", "practice_help", "what_next", "what_next"),
        *("about_to_end", "about_to_end", "goodbye"),
    ]
    assert [place for place in places if place == "practice_otp"] == asked_again


def other_code(flow: Flow) -> str:
    """A slip: never the code, never far from it."""
    right = code(flow)
    return f"{right[:-1]}{(int(right[-1]) + 1) % 10}"


def test_silence_that_has_led_on_twice_is_asked_about_instead(flow: Flow) -> None:
    session, rows = at("main_menu"), []
    for _ in range(3):
        there = replace(session, place="main_menu", silences=0, bookmark=None)
        turn = after(flow, there, "silence")
        session = turn.session
        rows.append(played(turn)[0])
    assert rows == ["straight_line", "straight_line", "no_input_gentle"]


def test_silence_at_the_menu_of_who_has_left_a_lesson_begins_no_lesson(flow: Flow) -> None:
    session = at("main_menu", bookmark="register_lesson.register_6")
    assert played(after(flow, session, "silence")) == ["about_to_end"]


def test_a_level_does_not_say_for_the_third_time_what_the_way_out_said_twice(flow: Flow) -> None:
    place = "register_lesson.register_2"
    session = at(place, confusion=14, offered=1, told={place_number(place): 222})
    turn = after(flow, session, "7")
    assert turn.session.place == "help_menu"
    assert played(turn)[0] == "help"


def test_a_ring_of_silences_comes_to_an_end() -> None:
    flow = small_flow("""
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
    silence: {after: 1, prompt: over_there, go: there}
  there:
    kind: menu
    aside: true
    prompt: there
    options: [{key: '1', prompt: there_end, go: bye}]
    silence: {after: 1, prompt: back_again, go: return}
""")
    caller = Caller(flow)
    caller.ring()
    said = [played(caller.press("silence"))[0] for _ in range(12) if not is_over(caller.turn)]
    assert is_over(caller.turn), said
    assert max(Counter(said).values()) <= 2


def test_a_ring_of_more_silences_than_are_known_comes_to_an_end_with_no_limit() -> None:
    ring = "".join(
        f"""
  {here}:
    kind: menu
    aside: {str(here != "menu").lower()}
    prompt: {here}
    options: [{{key: '1', prompt: {here}_end, go: bye}}]
    silence: {{after: 1, go: {there}}}
"""
        for here, there in pairwise(
            ["menu", *(f"aside_{number}" for number in range(MAX_PLACES)), "return"]
        )
    )
    caller = Caller(small_flow(ring))
    caller.ring()
    for _ in range(FORGETS_UNTIL + 4 * MAX_PLACES):
        if is_over(caller.turn):
            break
        caller.press("silence")
    assert is_over(caller.turn)


def is_over(turn: Turn) -> bool:
    return turn.session.phase is not Phase.RUNNING


def test_the_sentence_of_a_level_counts_with_that_of_the_ladder(flow: Flow) -> None:
    """Both say `too_many`: together no more than twice at one place."""
    session, rows = at("main_menu", confusion=30, offered=1), []
    for _ in range(12):
        turn = after(flow, session, "7")
        session = turn.session
        rows += [played(turn)[0]]
        if session.place != "main_menu":
            session = replace(session, place="main_menu", wrongs=2)
    assert rows.count("too_many") == 2


# -- Any caller ------------------------------------------------------------------------------------

KEYS = st.one_of(
    st.just(NoInput()),
    st.sampled_from("123456789*#0").map(Digits),
    st.sampled_from("7#*9").map(Digits),
    st.text("0123456789*#", min_size=1, max_size=12).map(Digits),
    st.text(min_size=1, max_size=20).map(Digits),
    st.just("right"),
)
"""`right` is what leads on: the code that is read out, or 1."""
TROUBLE_WORDS = {
    *("warm_up_no_input", "warm_up_example", "warm_up_invalid", "warm_up_too_many"),
    *("no_input_gentle", "no_input_example", "invalid_gentle", "invalid_example", "too_many"),
    *("straight_line", "resume_silent", "simple_now", "nobody_there", "practice_left"),
    *("practice_no_input_gentle", "practice_no_input_example", "practice_too_many"),
    *("practice_not_same_gentle", "practice_not_same_example", "practice_mpin_mismatch"),
}
"""What is said in answer to silence or a wrong key; the warnings are safety lines."""


def event_at(flow: Flow, turn: Turn, chosen: Event | str, *, is_answered: bool) -> Event:
    """What happens after a turn: the end of a talk after a Dial, else what was chosen."""
    if isinstance(turn.instructions[-1], Dial):
        return DialEnded(was_answered=is_answered)
    if not isinstance(chosen, str):
        return chosen
    place = turn.session.place
    is_code = isinstance(flow.nodes[split(place)[0]], Practice)
    return Digits(code(flow, place) if is_code else "1")


def is_trouble(flow: Flow, turn: Turn, event: Event) -> bool:
    """Whether an event is silence (but in a lesson) or a wrong key, by what was counted."""
    if isinstance(event, NoInput):
        return not isinstance(flow.nodes[split(turn.session.place)[0]], Lesson)
    return isinstance(event, Digits)


@settings(max_examples=250, deadline=None)
@given(
    events=st.lists(KEYS, max_size=120),
    here=st.sampled_from([HERE, KNOWN, HELPED]),
    is_answered=st.booleans(),
)
def test_whatever_a_caller_does_the_call_stays_whole_and_repeats_no_reproach(
    spec: Spec, events: list[Event | str], here: Circumstances, *, is_answered: bool
) -> None:
    flow = spec.flow
    turn = step(flow, None, CallStarted(), here)
    said: Counter[tuple[str, str]] = Counter()
    for number, chosen in enumerate(events, 1):
        assert turn.session.turn == number
        event = event_at(flow, turn, chosen, is_answered=is_answered)
        place = turn.session.place
        answered = after(flow, turn.session, event, here)
        if is_trouble(flow, turn, event):
            for prompt in TROUBLE_WORDS.intersection(answered.session.lead):
                said[place, prompt] += 1
                assert said[place, prompt] <= 2, f"{prompt} a third time at {place}"
        turn = answered
        whole(flow, turn)
        if is_over(turn):
            return


def whole(flow: Flow, turn: Turn) -> None:
    """The call rests where it can, awaits something that comes last, and stays small."""
    assert is_place(flow, turn.session.place)
    assert len(dump(turn.session)) < 2000
    assert len(turn.session.back) <= 3
    *before, last = turn.instructions
    assert not any(isinstance(each, Gather | Dial | Hangup) for each in before)
    if is_over(turn):
        assert isinstance(last, Hangup)
        assert any(isinstance(each, Play) for each in before)
    elif isinstance(last, Gather):
        assert last.said
        assert (last.place, last.turn) == (turn.session.place, turn.session.turn)
        assert last.first_key_seconds <= (45 if turn.session.together else 20)
        assert last.next_key_seconds <= 20
    else:
        assert isinstance(last, Dial)


SILENT_TURNS = 60
"""The longest way of a caller who falls silent: both lessons, practice help, help, the warning."""


@settings(max_examples=150, deadline=None)
@given(events=st.lists(KEYS, max_size=60), here=st.sampled_from([HERE, HELPED]))
def test_a_caller_who_falls_silent_comes_to_a_goodbye_and_is_told_before(
    spec: Spec, events: list[Event | str], here: Circumstances
) -> None:
    flow = spec.flow
    turn = step(flow, None, CallStarted(), here)
    for chosen in events:
        event = event_at(flow, turn, chosen, is_answered=False)
        following = step(flow, turn.session, event, here)
        if is_over(following):
            break
        turn = following
    before = turn
    for _ in range(SILENT_TURNS):
        event = event_at(flow, turn, NoInput(), is_answered=False)
        before, turn = turn, step(flow, turn.session, event, here)
        if is_over(turn):
            break
    assert is_over(turn)
    assert before.session.place == "about_to_end"


def test_no_silence_ends_a_call_without_the_warning_and_a_key_still_gives_more_time(
    flow: Flow,
) -> None:
    caller = Caller(flow)
    caller.turn = after(flow, at("more", offered=2), "silence")
    for _ in range(5):
        for _ in range(12):
            caller.press("silence")
            if caller.place == "about_to_end":
                break
        assert caller.place == "about_to_end"
        caller.press("5")
        assert caller.place in {"more", "help_menu"}


def test_who_lives_on_more_time_alone_comes_to_an_end(flow: Flow) -> None:
    """Silence, a key at the warning, silence: a phone in a pocket could go on like this."""
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "4")
    for _ in range(200):
        if is_over(caller.turn):
            return
        caller.press("5" if caller.place == "about_to_end" else "silence")
    pytest.fail(f"the call stands at {caller.place}")


@pytest.mark.parametrize("keys", ["7", "#", "99", "silence"])
def test_one_thing_done_for_ever_comes_to_an_end_unless_it_leads_on(flow: Flow, keys: str) -> None:
    """`about_to_end` takes any key for more time; beside that, trouble ends."""
    caller = Caller(flow)
    caller.ring()
    for _ in range(400):
        if is_over(caller.turn):
            return
        caller.press("silence" if caller.place == "about_to_end" else keys)
    pytest.fail(f"the call stands at {caller.place}")
