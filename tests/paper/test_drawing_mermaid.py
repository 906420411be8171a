"""The call as Mermaid text: read strictly here, and by Mermaid itself where that can be had."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from ivr.flow.terms import RESERVED
from ivr.flow.ways import targets
from ivr.paper.drawing.chart import chart
from ivr.paper.drawing.mermaid import mermaid
from tests.browser.conftest import MISSING, NAMES, flags
from tests.flow.small import LESSON, small_flow
from tests.paper.drawn import shipped_chart, small_chart, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.flow.model import Spec

LABEL = r'"([^"#;<>`\\{}|@]|<br>|#\d+;)*"'
NODE = re.compile(
    rf" +n_(\w+)(\[{LABEL}\]|\{{\{{{LABEL}\}}\}}|\[\[{LABEL}\]\]|\[/{LABEL}/\]|\({LABEL}\)"
    rf"|\[\\{LABEL}\\\]|\{{{LABEL}\}}|\(\[{LABEL}\]\))"
)
ARROW = re.compile(rf"  n_(\w+) -->(\|{LABEL}\|)? n_(\w+)")
OTHER = re.compile(rf"flowchart TD|  subgraph part_\d+\[{LABEL}\]|  end|  class(Def)? [\w:#,. ]+")
VERSION = "11.17.2"
HOSTILE = """"quoted" #hash <b>bold</b> `tick` [x] {y} a|b c@d a__b \\n &amp; 100%% ; end"""
NPM_MISSING = "npm cannot give mermaid: its grammar is read by our own reading alone"
DRAWN = """async text => {
    mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
    const drawn = await mermaid.render("drawing", text);
    document.body.innerHTML = drawn.svg;
    const words = each => each.textContent.replace(/\\s+/g, " ");
    return {
        nodes: [...document.querySelectorAll(".node")].map(words),
        arrows: document.querySelectorAll(".flowchart-link").length,
    };
}"""


def read(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The nodes and arrows of a flowchart, each line of which is known."""
    nodes, arrows = [], []
    for line in text.splitlines():
        if found := ARROW.fullmatch(line):
            arrows.append((found[1], found[found.re.groups]))
        elif found := NODE.fullmatch(line):
            nodes.append(found[1])
        else:
            assert OTHER.fullmatch(line), line
    return nodes, arrows


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_node_and_every_way_is_there(spec: Spec, language: str) -> None:
    nodes, arrows = read(mermaid(shipped_chart(spec, language)))
    assert sorted(nodes) == sorted(spec.flow.nodes)
    ways = [
        (name, go)
        for name, node in spec.flow.nodes.items()
        for _, go in targets(node)
        if go not in RESERVED
    ]
    assert sorted(arrows) == sorted(ways)


def test_an_arrow_has_its_key_and_what_it_offers(spec: Spec) -> None:
    text = mermaid(shipped_chart(spec, "en"))
    assert '  n_main_menu -->|"2 · To practise registering"| n_practice_intro' in text
    assert "  n_greeting --> n_rung_again" in text


def test_a_goal_that_is_no_node_stands_in_the_label() -> None:
    text = mermaid(small_chart(small_flow()))
    label = "menu · aside<br>words of aside<br>1 · words of aside_back ↩ back"
    assert f'n_aside{{{{"{label}"}}}}' in text


def test_a_part_without_a_heading_has_no_frame() -> None:
    assert "subgraph" not in mermaid(small_chart(small_flow()))
    text = mermaid(small_chart(small_flow(), {"bye": "The end"}))
    assert text.count("subgraph") == text.count("\n  end\n") == 1


def test_long_words_are_cut_after_a_word() -> None:
    flow = small_flow()
    text = mermaid(chart(flow, words_of(flow, "word " * 30), {}))
    assert "word word…" in text
    assert "word word word word word word word word word word word word word" not in text


def test_what_mermaid_would_read_is_written_as_its_number() -> None:
    flow = small_flow(LESSON)
    text = mermaid(chart(flow, words_of(flow, HOSTILE), {"bye": HOSTILE}))
    nodes, _ = read(text)
    assert sorted(nodes) == sorted(flow.nodes)
    assert "#34;quoted#34; #35;hash #60;b#62;bold" in text


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page of Chromium that has Mermaid."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None and request.config.getoption("--needs-chromium"):
        pytest.fail(MISSING)
    if chromium is None:
        pytest.skip(MISSING)
    script = _mermaid(tmp_path_factory.mktemp("mermaid"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        opened = browser.new_page()
        opened.add_script_tag(path=script)
        yield opened
        browser.close()


def _mermaid(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(NPM_MISSING)
    command = [npm, "pack", f"mermaid@{VERSION}", "--silent", "--prefer-offline"]
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(NPM_MISSING)
    with tarfile.open(folder / f"mermaid-{VERSION}.tgz") as packed:
        packed.extract("package/dist/mermaid.min.js", folder, filter="data")
    return folder / "package/dist/mermaid.min.js"


@pytest.mark.parametrize("language", ["bn", "en"])
def test_mermaid_draws_the_shipped_flow(page: Any, spec: Spec, language: str) -> None:
    text = mermaid(shipped_chart(spec, language))
    found = page.evaluate(DRAWN, text)
    nodes, arrows = read(text)
    assert len(found["nodes"]) == len(nodes)
    assert found["arrows"] == len(arrows)


def test_mermaid_shows_words_as_they_are(page: Any) -> None:
    flow = small_flow(LESSON)
    found = page.evaluate(DRAWN, mermaid(chart(flow, words_of(flow, HOSTILE[:50]), {})))
    assert f"end · bye{HOSTILE[:50]}".replace(" ", "") in [
        each.replace(" ", "") for each in found["nodes"]
    ]
