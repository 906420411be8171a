"""The way through a flow, and what its prompts are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.model import Branch, Option, Think, When
from ivr.flow.places import index_at, split
from ivr.flow.terms import BOOKMARK, RETURN
from ivr.rehearsal.places import in_order, place_of, roles
from ivr.rehearsal.ways import Map, ways

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Menu, Spec


@pytest.fixture(scope="module")
def flow(spec: Spec) -> Flow:
    return spec.flow


def nowhere(_: str) -> float:
    return math.inf


def best(flow: Flow, there: str, place: str) -> str | None:
    return Map(flow, there).costs(place, nowhere)[0][1].key


@pytest.mark.parametrize(
    ("there", "place", "key"),
    [
        ("register_recap", "main_menu", "1"),
        ("practice_done", "main_menu", "2"),
        ("register_recap", "register_lesson.register_3", "1"),
        ("register_recap", "services_lesson.services_1", "0"),
        ("practice_done", "practice_question_1", "1"),
        ("practice_done", "practice_otp", None),
    ],
)
def test_the_shortest_way_is_known_at_every_place(
    there: str, place: str, key: str | None, flow: Flow
) -> None:
    assert best(flow, there, place) == key


def test_what_is_passed_of_a_lesson_need_not_be_heard_again(flow: Flow) -> None:
    where = Map(flow, "register_recap")
    steps = [where.distance(f"register_lesson.register_{n}") for n in (1, 2, 15)]
    assert steps == [15, 14, 1]
    assert where.distance("register_recap") == 0


def test_nothing_leads_to_or_from_a_place_that_is_gone(flow: Flow) -> None:
    assert Map(flow, "register_recap").distance("gone") == math.inf
    assert Map(flow, "register_recap").costs("gone", nowhere) == []


def test_a_way_back_is_as_long_as_where_it_leads(flow: Flow) -> None:
    menu: Menu = flow.nodes["main_menu"]  # type: ignore[assignment] # it is one
    options = (
        Option(key="1", prompt="p", go=RETURN),
        Option(key="2", prompt="q", go=BOOKMARK),
    )
    small = replace(flow, nodes={"main_menu": replace(menu, options=options)}, global_keys={})
    found = Map(small, "elsewhere").costs("main_menu", {RETURN: 4.0, BOOKMARK: 1.0}.__getitem__)
    assert [(cost, way.key) for cost, way in found] == [(2.0, "2"), (5.0, "1")]


def test_a_way_by_itself_has_no_key(flow: Flow) -> None:
    branch = Branch(when=(When(condition="night", go="a"),), otherwise="b")
    assert [(way.go, way.key) for way in ways(flow, branch)] == [("a", None), ("b", None)]


def test_a_key_that_means_something_here_is_no_global_one(flow: Flow) -> None:
    think = Think(prompt="p", next="a")
    assert {way.key for way in ways(flow, think)} == {"1", "0", "9"}


def test_a_part_of_a_code_is_the_place_of_its_node(flow: Flow) -> None:
    assert place_of(flow, "practice_number.part_2") == "practice_number"
    assert place_of(flow, "register_lesson.register_6") == "register_lesson.register_6"
    assert place_of(flow, "register_lesson.gone") == "register_lesson"
    assert split("register_lesson.register_6")[0] == "register_lesson"
    assert index_at(flow, "register_lesson.register_6") == 5
    assert split("help")[0] == "help"
    assert index_at(flow, "help") == 0


def test_places_come_in_the_order_of_the_file(flow: Flow) -> None:
    found = list(in_order(flow))
    assert found[0] == flow.flow.start
    assert found.index("register_lesson.register_2") < found.index("practice_number")
    assert len(found) == len(set(found))


def test_only_what_answers_trouble_is_a_reprompt(flow: Flow) -> None:
    found = roles(flow)
    assert {"no_input_gentle", "invalid_example", "practice_not_same_gentle"} <= found.reprompts
    assert not found.reprompts & {"main_menu", "practice_safety", "register_1", "practice_warning"}
    assert found.warnings == {"practice_warning", "practice_own_number"}
