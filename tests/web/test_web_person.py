"""A person to ring: offered when one is set and it is the hour, and never shown the caller."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import ANY

import pytest
from msgspec.structs import replace

from ivr.flow.model import Branch, Transfer
from ivr.twiml.verbs import Dial, Gather, Hangup, Noun, Redirect
from ivr.web.app import create_app
from tests.conftest import DAY, LINE, TOKEN
from tests.web.visitor import DIGITS, FAR_AHEAD, Visitor, asked, options, place

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.simulator.testing import TestPhone
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer

VOLUNTEER = "+919999999999"
NIGHT = DAY + timedelta(hours=12)
"""Midnight in Kolkata."""


@pytest.fixture
def with_person(parts: Parts) -> Parts:
    return replace(parts, helper_number=VOLUNTEER)


def person(spec: Spec) -> tuple[str, Transfer]:
    """The place where a person is rung."""
    nodes = spec.flow.nodes.items()
    return next((node_id, node) for node_id, node in nodes if isinstance(node, Transfer))


def ways(spec: Spec) -> list[tuple[str, str]]:
    """Every menu and key that lead to a person."""
    return [(at, option.key) for at, option in options(spec.flow) if option.go == person(spec)[0]]


def offers(spec: Spec) -> set[str]:
    """What is said, in Bengali, where a person is offered."""
    there = person(spec)[0]
    prompts = {option.prompt for _, option in options(spec.flow) if option.go == there}
    return {spec.words["bn"].prompts[prompt] for prompt in prompts}


def help_key(spec: Spec) -> str:
    return next(key for key, goal in spec.flow.global_keys.items() if goal == "help")


def helping(spec: Spec) -> str:
    """Where help leads while a person can be rung."""
    node = spec.flow.nodes["help"]
    assert isinstance(node, Branch)
    return next(case.go for case in node.when if case.condition == "helper")


def led_to(visitor: Visitor, spec: Spec) -> Answer:
    """A call at the place where a person is rung."""
    visitor.ring()
    answer = visitor.press_at(*ways(spec)[0])
    assert place(answer) == person(spec)[0]
    return answer


def help_menu(visitor: Visitor, spec: Spec) -> Answer:
    return visitor.press(visitor.press(visitor.ring(), "1"), help_key(spec))


# -- Rung ------------------------------------------------------------------------------------------


def test_a_person_is_rung_with_both_limits_and_sees_the_line_not_the_caller(
    with_person: Parts, spec: Spec
) -> None:
    answer = led_to(Visitor.at(with_person), spec)
    there, node = person(spec)
    dial = asked(answer)
    assert isinstance(dial, Dial)
    assert dial == Dial(
        nouns=(Noun("Number", VOLUNTEER),),
        action=dial.action,
        timeout_seconds=node.ring_seconds,
        time_limit_seconds=node.talk_minutes * 60,
        caller_id="+12025550100",
    )
    assert (dial.action or "").startswith(f"/voice/turn/{there}?turn=")
    assert DIGITS.encode() not in answer.document
    assert answer.words[-1] == spec.words["bn"].prompts[node.prompt]


def test_a_line_rung_by_sip_shows_its_own_number_too(with_person: Parts, spec: Spec) -> None:
    visitor = Visitor.at(replace(with_person, line_number="+12025550100"))
    visitor.to = "sip:line@example.sip.twilio.com"
    dial = asked(led_to(visitor, spec))
    assert isinstance(dial, Dial)
    assert dial.caller_id == "+12025550100"


def test_every_way_to_a_person_rings_one(with_person: Parts, spec: Spec) -> None:
    assert len(ways(spec)) >= 2
    for at, key in ways(spec):
        visitor = Visitor.at(with_person)
        visitor.ring()
        assert isinstance(asked(visitor.press_at(at, key)), Dial), at


@pytest.mark.parametrize(
    ("status", "was_answered"),
    [("completed", True), ("busy", False), ("no-answer", False), ("failed", False)],
)
def test_after_the_dial_the_caller_is_kindly_led_back(
    with_person: Parts, spec: Spec, status: str, *, was_answered: bool
) -> None:
    visitor = Visitor.at(with_person)
    answer = visitor.dialled(led_to(visitor, spec), status)
    _, node = person(spec)
    way = node.done if was_answered else node.nobody
    assert way.prompt is not None
    assert answer.words[0] == spec.words["bn"].prompts[way.prompt]
    assert isinstance(asked(answer), Gather), "the call goes on"


def test_a_duplicate_of_the_request_that_dials_dials_no_other(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    first = led_to(visitor, spec)
    assert visitor.ring_once_more().document == first.document


def test_the_end_of_a_dial_that_is_told_twice_leads_back_once(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    dialling = led_to(visitor, spec)
    first = visitor.dialled(dialling, "busy")
    assert visitor.dialled(dialling, "completed").document == first.document
    assert with_person.store.counts("2026-03-02")["helper.nobody"] == 1
    assert "helper.answered" not in with_person.store.counts("2026-03-02")


def test_a_person_who_is_unset_while_a_caller_is_led_there_counts_as_nobody(
    with_person: Parts, parts: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    led_to(visitor, spec)
    visitor.caller.client = Visitor.at(parts).caller.client
    answer = visitor.ring_once_more()
    (back,) = (verb for verb in answer.verbs if isinstance(verb, Redirect))
    assert VOLUNTEER.encode() not in answer.document
    _, node = person(spec)
    assert node.nobody.prompt is not None
    later = visitor.send(back.url)
    assert later.words[0] == spec.words["bn"].prompts[node.nobody.prompt]


@pytest.mark.parametrize("outcome", ["completed", "no-answer"])
def test_a_whole_call_to_a_person_and_back(
    phone: TestPhone, with_person: Parts, spec: Spec, outcome: str
) -> None:
    call = phone.ring(create_app(with_person), path="/voice", token=TOKEN, dial_outcomes=(outcome,))
    for key in ("1", help_key(spec), dict(ways(spec))[helping(spec)]):
        call.press(key)
    _, node = person(spec)
    way = node.done if outcome == "completed" else node.nobody
    assert way.prompt is not None
    assert spec.words["bn"].prompts[way.prompt] in call.words
    assert call.waiting is not None, "the caller is asked something again"


# -- Not rung --------------------------------------------------------------------------------------


def test_a_person_is_offered_in_the_help_when_set(with_person: Parts, spec: Spec) -> None:
    assert offers(spec) & set(help_menu(Visitor.at(with_person), spec).words)


def not_offered(visitor: Visitor, spec: Spec) -> None:
    assert not offers(spec) & set(help_menu(visitor, spec).words)
    for at, key in ways(spec):
        visitor.ring()
        answer = visitor.press_at(at, key)
        assert not any(isinstance(verb, Dial) for verb in answer.verbs)
        assert not offers(spec) & set(answer.words)


def test_a_person_who_is_not_set_is_not_mentioned(parts: Parts, spec: Spec) -> None:
    not_offered(Visitor.at(parts), spec)


def test_at_night_a_person_is_not_mentioned(with_person: Parts, spec: Spec) -> None:
    not_offered(Visitor.at(replace(with_person, clock=lambda: NIGHT)), spec)


@pytest.mark.parametrize(
    "to",
    [
        pytest.param("sip:line@example.org", id="the caller's number would be shown"),
        pytest.param(VOLUNTEER, id="the line would ring itself"),
    ],
)
def test_a_person_who_cannot_be_rung_rightly_is_not_mentioned(
    with_person: Parts, spec: Spec, to: str
) -> None:
    visitor = Visitor.at(with_person)
    visitor.to = to
    not_offered(visitor, spec)


def test_a_volunteer_who_rings_the_line_is_not_led_to_their_own_telephone(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    visitor.number = VOLUNTEER
    not_offered(visitor, spec)


def test_the_number_of_a_person_does_not_show_where_parts_are_printed(with_person: Parts) -> None:
    assert repr(with_person) == "Parts(…)"


# -- When something fails --------------------------------------------------------------------------


def led_back_from(visitor: Visitor, url: str) -> Answer:
    """Where the fallback leads after a request to this URL has failed, without a word."""
    silent = visitor.send("/voice/fallback", ErrorCode="11200", ErrorUrl=url)
    (back,) = silent.verbs
    assert isinstance(back, Redirect)
    return visitor.send(back.url)


def test_a_person_is_not_rung_again_when_the_answer_after_the_talk_fails(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    action = f"{LINE}{asked(led_to(visitor, spec)).action}"
    answer = led_back_from(visitor, action)
    _, node = person(spec)
    assert node.nobody.prompt is not None
    assert answer.words[0] == spec.words["bn"].prompts[node.nobody.prompt]
    assert led_back_from(visitor, action).document == answer.document, "it was answered already"


def test_a_person_is_rung_when_only_the_answer_that_rings_has_failed(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    dialling = led_to(visitor, spec)
    at, _ = ways(spec)[0]
    again = led_back_from(visitor, f"{LINE}/voice/turn/{at}?turn={FAR_AHEAD}")
    assert (again.words, asked(again)) == (dialling.words, replace(asked(dialling), action=ANY))
    assert asked(again).action == f"{asked(dialling).action}&retry=1"


def test_after_five_failures_behind_a_talk_comes_the_goodbye(
    with_person: Parts, spec: Spec
) -> None:
    visitor = Visitor.at(with_person)
    url, seen = f"{LINE}{asked(led_to(visitor, spec)).action}", []
    for _ in range(5):
        last = visitor.send("/voice/fallback", ErrorUrl=url).verbs[-1]
        seen.append(type(last))
        url = f"{LINE}{last.url}" if isinstance(last, Redirect) else ""
    assert seen == [*[Redirect] * 4, Hangup]


@pytest.mark.parametrize("turn", ["", "?turn=x", "?turn=1234567"])
def test_a_place_without_its_turn_is_nowhere_to_lead_back_to(
    with_person: Parts, spec: Spec, turn: str
) -> None:
    url = f"{LINE}/voice/turn/{person(spec)[0]}{turn}"
    sorry = Visitor.at(with_person).send("/voice/fallback", ErrorUrl=url)
    assert sorry.verbs[-1] == Redirect("/voice?retry=1")
