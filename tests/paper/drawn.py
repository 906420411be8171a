"""Drawings of flows, and what stands in them, for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from defusedxml import ElementTree

from ivr.flow.model import Words
from ivr.flow.usage import prompts_used
from ivr.paper.drawing.chart import Chart, chart
from ivr.paper.drawing.picture import picture
from ivr.paper.drawing.sections import sections
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from ivr.flow.model import Flow, Spec
    from ivr.paper.drawing.traffic import Traffic

SVG = "{http://www.w3.org/2000/svg}"


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
