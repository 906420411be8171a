"""Drawings of flows, and what stands in them, for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from defusedxml import ElementTree
from msgspec.structs import replace

from ivr.flow.model import (
    Branch,
    Code,
    End,
    Leave,
    Lesson,
    Menu,
    Option,
    Practice,
    Say,
    Silence,
    Step,
    Think,
    Transfer,
    When,
    Words,
)
from ivr.flow.usage import prompts_used
from ivr.paper.drawing.cards import card
from ivr.paper.drawing.chart import Chart, chart
from ivr.paper.drawing.layout import laid_out
from ivr.paper.drawing.picture import picture
from ivr.paper.drawing.sections import sections
from tests.conftest import ROOT
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from ivr.flow.model import Flow, Node, Spec
    from ivr.paper.drawing.traffic import Traffic

SVG = "{http://www.w3.org/2000/svg}"
KINDS: dict[str, Node] = {
    "say": Say(prompt="words", next="a"),
    "menu": Menu(
        prompt="words",
        options=(Option(key="1", prompt="one", go="b"), Option(key="2", prompt="two", go="return")),
        any_key="a",
        silence=Silence(after=2, go="a"),
        too_many=Leave(go="b"),
    ),
    "lesson": Lesson(
        steps=(
            Step(prompt="first", options=(Option(key="4", prompt="more", go="b"),)),
            Step(prompt="second"),
            Step(prompt="third"),
        ),
        next="a",
    ),
    "practice": Practice(
        prompt="words", code_prompt="code", code=Code(length=4), next="a", too_many=Leave(go="b")
    ),
    "think": Think(prompt="words", next="b"),
    "transfer": Transfer(
        prompt="words",
        ring_seconds=25,
        talk_minutes=5,
        done=Leave(go="return"),
        nobody=Leave(go="a"),
    ),
    "branch": Branch(
        when=tuple(When(condition=each, go="a") for each in ("night", "helper", "bookmark")),
        otherwise="b",
    ),
    "end": End(prompt="words"),
}


def flow_of(nodes: dict[str, Node]) -> Flow:
    """A flow with just these nodes; what else the flow names may be missing."""
    flow = small_flow()
    return replace(flow, nodes=nodes, flow=replace(flow.flow, start=next(iter(nodes))))


def words_of(flow: Flow, text: str = "words of {}") -> Words:
    """Words for every prompt of a flow, each with its id in it."""
    prompts = {prompt: text.replace("{}", prompt) for _, prompt in prompts_used(flow)}
    return Words(language="en", facts_as_of="2020-04-18", prompts=prompts)


def small_chart(
    flow: Flow, headings: Mapping[str, str] | None = None, traffic: Traffic | None = None
) -> Chart:
    return chart(flow, words_of(flow), headings or {}, traffic)


def shipped_chart(spec: Spec, language: str = "bn", traffic: Traffic | None = None) -> Chart:
    text = (ROOT / "config/flow.yaml").read_text(encoding="utf-8")
    return chart(spec.flow, spec.words[language], sections(text, spec.flow.nodes), traffic)


def svg_of(shown: Chart) -> Element:
    """The picture of a chart, which is well-formed."""
    root: Element = ElementTree.fromstring(picture(shown))
    return root


def cards_in(root: Element) -> dict[str, Element]:
    """The card of each node, by its id; none stands twice."""
    found = [each for each in root.iter(f"{SVG}g") if each.get("id")]
    by_id = {each.get("id", ""): each for each in found}
    assert len(by_id) == len(found)
    return by_id


def texts_in(element: Element) -> list[str]:
    return [each.text or "" for each in element.iter(f"{SVG}text")]


def said_in(element: Element) -> str:
    """All that stands in an element, without the breaks of its lines."""
    return " ".join(" ".join(texts_in(element)).split())


def rectangles(shown: Chart) -> dict[str, tuple[float, float, float, float]]:
    """Where each card stands, as (left, top, right, bottom)."""
    cards = {box.node_id: card(box, shown.traffic) for box in shown.boxes}
    placed = laid_out(shown, cards).middles
    return {
        name: (
            x - cards[name].width / 2,
            y - cards[name].height / 2,
            x + cards[name].width / 2,
            y + cards[name].height / 2,
        )
        for name, (x, y) in placed.items()
    }
