"""Callers in a drawing: who comes to a place, who leaves there, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.paper.drawing.figures import figures_told, share_told
from ivr.paper.drawing.mermaid import mermaid
from ivr.paper.drawing.page import page
from ivr.paper.drawing.traffic import (
    LEVELS,
    Passing,
    Traffic,
    traffic_of_counts,
    traffic_of_shares,
)
from tests.flow.small import LESSON, small_flow
from tests.paper.drawn import SVG, cards_in, said_in, shipped_chart, small_chart, svg_of, texts_in

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from ivr.flow.model import Spec

COUNTS = {
    "calls": 100,
    "ended.completed": 100,
    "reached.main_menu": 80,
    "left.main_menu": 20,
    "reached.warm_up": 100,
    "reached.practice_number": 30,
    "reached.practice_number.part_1": 10,
    "reached.practice_number.part_2": 9,
    "left.practice_number.part_2": 4,
    "left.goodbye": 3,
    "reached.register_lesson.register_2": 40,
    "left.register_lesson.register_2": 2,
    "left.gone_place": 1,
}


def counted(spec: Spec) -> Traffic:
    return traffic_of_counts(spec.flow, "Counted.", COUNTS)


def shades(element: Element) -> set[str]:
    names = [each.get("class") or "" for each in element.iter()]
    return {part for name in names for part in name.split() if part.startswith("level")}


def test_counts_are_added_up_by_place(spec: Spec) -> None:
    places = counted(spec).places
    assert places["main_menu"] == Passing(share=0.25, reached=80, left=20)
    assert places["warm_up"] == Passing(share=0.0, reached=100, left=0)
    assert places["register_lesson.register_2"] == Passing(share=0.05, reached=40, left=2)


def test_a_code_in_parts_is_one_place_that_is_entered_once(spec: Spec) -> None:
    assert counted(spec).places["practice_number"] == Passing(share=0.1, reached=40, left=4)


def test_who_left_where_nobody_is_known_to_have_come_is_no_share(spec: Spec) -> None:
    assert counted(spec).places["goodbye"] == Passing(share=None, reached=0, left=3)


def test_places_that_the_flow_does_not_have_are_named(spec: Spec) -> None:
    assert counted(spec).strangers == ("gone_place",)
    shares = traffic_of_shares(spec.flow, "Told.", [("main_menu", 0.1), ("register_lesson.x", 0.2)])
    assert shares.strangers == ("register_lesson.x",)
    assert "does not have it: gone_place." in said_in(
        svg_of(shipped_chart(spec, "en", counted(spec)))
    )


def test_a_place_that_was_renamed_is_followed() -> None:
    flow = small_flow(tail="renamed: {old_menu: menu}\n")
    found = traffic_of_counts(flow, "Told.", {"reached.old_menu": 4, "left.menu": 1})
    assert found.places == {"menu": Passing(share=0.25, reached=4, left=1)}


@pytest.mark.parametrize(
    ("share", "level"),
    [
        pytest.param(None, 0, id="unknown"),
        pytest.param(0.0, 0, id="nobody"),
        pytest.param(0.001, 1, id="hardly-anybody"),
        pytest.param(0.1, 1, id="up-to-the-first-step"),
        pytest.param(0.101, 2, id="just-above"),
        pytest.param(0.4, LEVELS, id="the-greatest"),
    ],
)
def test_shades_divide_what_there_is(share: float | None, level: int) -> None:
    found = Traffic(told="", places={"a": Passing(share=0.4), "b": Passing()})
    assert found.step == pytest.approx(0.1)
    assert found.level(share) == level


@pytest.mark.parametrize("greatest", [0.0, 0.00000001, 0.0003, 0.013, 0.5, 1.0])
def test_the_greatest_share_has_a_shade(greatest: float) -> None:
    found = Traffic(told="", places={"a": Passing(share=greatest)})
    assert found.step * LEVELS >= greatest
    assert found.level(greatest) <= LEVELS


def test_each_place_is_shaded_and_its_figures_are_written(spec: Spec) -> None:
    cards = cards_in(svg_of(shipped_chart(spec, "en", counted(spec))))
    assert "25% leave here: 20 of 80" in texts_in(cards["main_menu"])
    assert f"level{LEVELS}" in shades(cards["main_menu"])
    assert "0% leave here: 0 of 100" in texts_in(cards["warm_up"])
    assert shades(cards["warm_up"]) == {"level0"}


def test_the_steps_of_a_lesson_are_shaded_one_by_one(spec: Spec) -> None:
    cards = cards_in(svg_of(shipped_chart(spec, "en", counted(spec))))
    strip = texts_in(cards["register_lesson"])
    assert strip[strip.index("2") + 1] == "5.00%"
    assert strip[strip.index("3") + 1] == "–"
    assert "–" not in texts_in(cards["services_lesson"])


def test_the_more_come_the_thicker_the_edge(spec: Spec) -> None:
    cards = cards_in(svg_of(shipped_chart(spec, "en", counted(spec))))

    def edge(name: str) -> float:
        (width,) = {each.get("stroke-width") for each in cards[name].iter()} - {None}
        return float(width or "")

    assert edge("warm_up") > edge("main_menu") > edge("practice_number") > edge("goodbye")
    assert edge("goodbye") == edge("simpler")


def test_shades_are_explained_with_their_shares(spec: Spec) -> None:
    told = said_in(svg_of(shipped_chart(spec, "en", counted(spec))))
    assert "Counted." in told
    assert "nobody leaves here, or nothing is known" in told
    assert "more than 0%, up to 7.50%" in told
    assert "leaves here" not in said_in(svg_of(shipped_chart(spec, "en")))


def test_without_traffic_nothing_is_shaded(spec: Spec) -> None:
    root = svg_of(shipped_chart(spec))
    assert {name for card in cards_in(root).values() for name in shades(card)} == {"level0"}
    assert not [each for each in root.iter(f"{SVG}rect") if "cell" in (each.get("class") or "")]


@pytest.mark.parametrize(
    ("share", "told"),
    [(None, ""), (0.0, "0%"), (0.0041, "0.41%"), (0.0999, "9.99%"), (0.25, "25%")],
)
def test_small_shares_keep_their_decimals(share: float | None, told: str) -> None:
    assert share_told(share) == told


def test_of_a_place_all_that_is_known_is_told() -> None:
    assert figures_told(Passing(share=0.25)) == "25% leave here"
    assert figures_told(Passing(reached=0, left=3)) == "3 of 0"
    assert figures_told(Passing()) == ""


def test_mermaid_and_the_page_tell_the_figures_too(spec: Spec) -> None:
    shown = shipped_chart(spec, "en", counted(spec))
    text = mermaid(shown)
    assert "<br>25% leave here: 20 of 80" in text
    assert "most leave at step 2: 5.00%" in text
    assert f"class n_main_menu level{LEVELS}" in text
    table = page(shown)
    assert "| 25% leave here: 20 of 80 |" in table
    assert "| `register_lesson.register_2` | step 2 | Look at the top right" in table
    assert "| place | kind | what is said | ways on | callers |" in table


def test_a_lesson_of_which_nothing_is_known_tells_nothing() -> None:
    flow = small_flow(LESSON)
    known = traffic_of_counts(flow, "Told.", {"reached.bye": 1, "left.bye": 1})
    text = mermaid(small_chart(flow, traffic=known))
    assert "most leave" not in text
    assert "class n_menu level0" in text
