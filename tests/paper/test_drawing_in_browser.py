"""The picture as a browser shows it: every word within its card, in the fonts that are there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from playwright.sync_api import sync_playwright

from ivr.flow.model import End
from ivr.paper.drawing.picture import THICK, THIN, picture
from ivr.paper.drawing.traffic import traffic_of_counts
from tests.browser.conftest import MISSING, NAMES, flags
from tests.paper.drawn import KINDS, flow_of, shipped_chart, small_chart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Node, Spec

OUTSIDE = """() => [...document.querySelectorAll("g[id]")].flatMap(card => {
    const box = card.querySelector(".edge").getBoundingClientRect();
    return [...card.querySelectorAll("text")].filter(text => {
        const at = text.getBoundingClientRect();
        return at.left < box.left || at.right > box.right || at.bottom > box.bottom + 10;
    }).map(text => `${card.id}: ${text.textContent}`);
})"""
COVERED = """() => [...document.querySelectorAll("g[id]")].flatMap(card => {
    const words = [...card.querySelectorAll("text")].filter(each => each.textContent);
    const at = words.map(each => each.getBoundingClientRect());
    const found = [];
    for (let a = 0; a < words.length; a++) for (let b = a + 1; b < words.length; b++) {
        const wide = Math.min(at[a].right, at[b].right) - Math.max(at[a].left, at[b].left);
        const mid = [at[a], at[b]].map(each => (each.top + each.bottom) / 2);
        if (wide > 1 && Math.abs(mid[0] - mid[1]) < 12)
            found.push(`${card.id}: ${words[a].textContent} / ${words[b].textContent}`);
    }
    return found;
})"""


EDGES = """() => Object.fromEntries([...document.querySelectorAll("g[id]")].map(card =>
    [card.id, parseFloat(getComputedStyle(card.querySelector(".edge[stroke-width]")).strokeWidth)]
))"""


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None and request.config.getoption("--needs-chromium"):
        pytest.fail(MISSING)
    if chromium is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("is_live", [False, True], ids=["plain", "with-counts"])
def test_no_words_leave_their_card_or_cover_others(
    page: Any,
    spec: Spec,
    language: str,
    is_live: bool,  # noqa: FBT001 - a column of the table
) -> None:
    steps = [f"register_lesson.register_{number}" for number in range(1, 16)]
    counts = dict.fromkeys([f"reached.{each}" for each in (*spec.flow.nodes, *steps)], 123_456)
    counts |= dict.fromkeys([f"left.{each}" for each in (*spec.flow.nodes, *steps)], 12_345)
    traffic = traffic_of_counts(spec.flow, "Counted.", counts) if is_live else None
    page.set_content(picture(shipped_chart(spec, language, traffic)))
    assert page.evaluate("document.querySelectorAll('g[id]').length") == len(spec.flow.nodes)
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(COVERED) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_names_have_room(page: Any, kind: str) -> None:
    here, a, b = (each * 40 for each in "mab")
    text = msgspec.json.encode(KINDS[kind]).decode().replace(':"a"', f':"{a}"')
    node = msgspec.json.decode(text.replace(':"b"', f':"{b}"'), type=type(KINDS[kind]))
    nodes: dict[str, Node] = {a: End(prompt="a"), b: End(prompt="b"), here: node}
    headings = {here: "Here", a: "There", b: "There"}
    page.set_content(picture(small_chart(flow_of(nodes), headings)))
    assert page.evaluate("document.querySelectorAll('g[id]').length") == len(nodes)
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(COVERED) == []


def test_the_edge_of_a_card_is_as_thick_as_many_come(page: Any, spec: Spec) -> None:
    counts = {"reached.greeting": 100, "reached.warm_up": 50}
    page.set_content(
        picture(shipped_chart(spec, "en", traffic_of_counts(spec.flow, "Counted.", counts)))
    )
    edges = page.evaluate(EDGES)
    assert edges["greeting"] == THICK
    assert edges["greeting"] > edges["warm_up"] > edges["goodbye"] == THIN
