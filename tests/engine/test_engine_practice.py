"""Keying a made-up code: what is read out, what is near, what is warned of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.events import Digits
from ivr.engine.turn import Count
from ivr.flow.model import Practice
from tests.engine.calls import (
    PRACTICE_HELP,
    Caller,
    after,
    at,
    code,
    digits,
    gather,
    more,
    other,
    played,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Flow

SCENE = ["practice_otp", "practice_safety", "practice_otp_is"]


def test_a_practice_node_says_scene_safety_and_last_the_code(flow: Flow) -> None:
    turn = after(flow, at("practice_number"), code(flow, "practice_number"))
    assert turn.session.place == "practice_otp"
    assert played(turn) == ["practice_right", *SCENE, *digits(code(flow))]
    assert Count("right.practice_number") in turn.effects


def test_a_practice_number_is_read_in_two_groups(flow: Flow) -> None:
    heard = played(after(flow, at("practice_number"), "#"))
    assert heard == [
        *("practice_number", "practice_safety", "practice_number_is"),
        *(*more("00000"), "…", *digits("12345")),
    ]


def test_the_gather_takes_exactly_the_digits_of_the_code(flow: Flow) -> None:
    # content.md, safety 5: a longer code is never captured whole.
    for node, length in (("practice_number", 10), ("practice_otp", 4)):
        asked = gather(after(flow, at(node), "#"))
        assert (asked.num_digits, asked.finish_on_key) == (length, "#")


@pytest.mark.parametrize("keys", ["#", "*", "**", "*#"])
def test_hash_or_star_alone_says_it_all_again(flow: Flow, keys: str) -> None:
    turn = after(flow, at("practice_otp", wrongs=1, brief=True), keys)
    assert played(turn) == [*SCENE, *digits(code(flow))]
    assert turn.effects == ()


def test_to_hear_a_code_again_is_no_way_round_the_tries(flow: Flow) -> None:
    """The words of each try are said twice at most, however often the code is heard between."""
    session, heard = at("practice_otp"), []
    for _ in range(20):
        turn = after(flow, session, other(code(flow), 1))
        heard.append(played(turn)[0])
        if turn.session.place != "practice_otp":
            break
        session = replace(after(flow, turn.session, "#").session, confusion=0)
    assert heard == [
        *["practice_not_same_gentle"] * 2,
        *["practice_not_same_example"] * 2,
        "practice_too_many",
    ]


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
def test_a_slip_is_answered_gently(flow: Flow, entry: Callable[[str], str]) -> None:
    turn = after(flow, at("practice_otp"), entry(code(flow)))
    assert turn.session.place == "practice_otp"
    assert played(turn) == ["practice_not_same_gentle", *SCENE[1:], *digits(code(flow))]
    assert Count("wrong.practice_otp") in turn.effects


def test_two_pins_that_differ_are_told_so(flow: Flow) -> None:
    entry = other(code(flow, "practice_confirm_mpin"), 1)
    assert played(after(flow, at("practice_confirm_mpin"), entry))[0] == "practice_mpin_mismatch"


@pytest.mark.parametrize("places", [3, 4])
def test_an_entry_far_from_the_code_is_answered_with_the_warning(flow: Flow, places: int) -> None:
    turn = after(flow, at("practice_otp"), other(code(flow), places))
    assert turn.session.place == "practice_otp"
    assert played(turn) == ["practice_warning", *SCENE[1:], *digits(code(flow))]


def test_the_callers_own_number_is_warned_of_by_name(flow: Flow) -> None:
    event = Digits("9876543210", own_number=True)
    assert played(after(flow, at("practice_number"), event))[0] == "practice_own_number"


def test_the_right_code_is_right_even_if_it_is_the_callers_number(flow: Flow) -> None:
    event = Digits(code(flow, "practice_number"), own_number=True)
    assert after(flow, at("practice_number"), event).session.place == "practice_otp"


def test_a_third_far_entry_is_warned_of_before_help_is_offered(flow: Flow) -> None:
    turn = after(flow, at("practice_otp", wrongs=2), other(code(flow), 4))
    assert turn.session.place == "practice_help"
    assert played(turn) == ["practice_warning", "practice_too_many", *PRACTICE_HELP]


def test_a_warning_is_said_however_often_it_is_due(flow: Flow) -> None:
    """A safety line is no re-prompt: what may be a real secret is warned of each time."""
    session, far = at("practice_otp"), other(code(flow), 4)
    for _ in range(6):
        turn = after(flow, session, far)
        assert played(turn)[0] == "practice_warning"
        session = at("practice_otp", told=turn.session.told)


def test_silence_in_practice_leads_to_gentle_help_and_never_on(flow: Flow) -> None:
    for node_id, node in flow.nodes.items():
        if not isinstance(node, Practice):
            continue
        caller = Caller(flow)
        caller.ring()
        caller.turn = after(flow, at("main_menu"), "2")
        caller.turn = after(flow, at(node_id), "#")
        heard = [played(caller.press("silence")) for _ in range(3)]
        assert [row[0] for row in heard] == [
            *("practice_no_input_gentle", "practice_no_input_example", "practice_too_many")
        ]
        assert caller.place == "practice_help"
        assert heard[2][1:] == PRACTICE_HELP
        assert caller.press("1").session.place == node_id


def test_silence_while_thinking_leads_to_gentle_help_too(flow: Flow) -> None:
    session = at("practice_question_1")
    for _ in range(3):
        session = after(flow, session, "silence").session
    assert session.place == "practice_help"


@pytest.mark.parametrize("key", ["0", "9", "1"])
def test_global_keys_are_digits_in_a_practice_entry(flow: Flow, key: str) -> None:
    assert after(flow, at("practice_number"), key).session.place == "practice_number"


def test_digits_may_come_with_a_star_between_them(flow: Flow) -> None:
    right = code(flow)
    turn = after(flow, at("practice_otp"), f"{right[0]}*{right[1:]}#")
    assert turn.session.place == "practice_set_mpin"


def test_another_wrong_key_in_the_practice_help_leads_to_the_menu(flow: Flow) -> None:
    caller = Caller(flow)
    caller.turn = after(flow, at("practice_help", back=("practice_otp",)), "7")
    assert played(caller.turn)[0] == "invalid_gentle"
    turn = caller.press("7")
    assert (turn.session.place, played(turn)[0]) == ("main_menu", "practice_left")
