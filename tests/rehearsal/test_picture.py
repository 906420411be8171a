"""The picture of where callers drop out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from defusedxml import ElementTree

from ivr.rehearsal.figures import Rehearsed, figures
from ivr.rehearsal.picture import BARS, LEFT, NUMBERS, picture
from tests.rehearsal.outcomes import failed, outcome

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.rehearsal.outcome import Outcome

SVG = "{http://www.w3.org/2000/svg}"


def drawn(spec: Spec, outcomes: list[Outcome]) -> tuple[list[str], list[float]]:
    """Every text, and how wide the bars are that begin where bars begin."""
    of = Rehearsed(seed=7, flow=spec.flow, content_hash="c0ffee", population="p", names=())
    root = ElementTree.fromstring(picture(figures(of, outcomes, Counter())))
    assert root.get("width") == str(LEFT + BARS + NUMBERS)
    bars = [float(r.get("width", "")) for r in root.iter(f"{SVG}rect") if r.get("x") == str(LEFT)]
    return [text.text or "" for text in root.iter(f"{SVG}text")], bars


def test_each_place_has_a_bar_as_long_as_its_share(spec: Spec) -> None:
    callers = [outcome(), outcome(ended_at=("help",)), *[failed()] * 2]
    texts, bars = drawn(spec, callers)
    assert "help" in texts
    assert "25.0%" in texts
    assert "50.0% (50.0% never)" in texts
    main_menu, never, other, none = bars
    assert main_menu == never == pytest.approx(2 * other)
    assert none == 0


def test_the_picture_says_what_it_is_of(spec: Spec) -> None:
    told = " ".join(drawn(spec, [failed()])[0])
    assert "1 pretend callers, seed 7, flow c0ffee" in told
    assert "no evidence about people" in told


def test_it_is_empty_where_nobody_drops_out(spec: Spec) -> None:
    texts, bars = drawn(spec, [outcome()])
    assert bars == []
    assert "No call ended with a goal not reached." in texts


def test_room_is_made_for_a_long_name_of_a_place(spec: Spec) -> None:
    of = Rehearsed(seed=7, flow=spec.flow, content_hash="c0ffee", population="p", names=())
    found = figures(of, [failed(ended_at=("p" * 81,))], Counter())
    root = ElementTree.fromstring(picture(found))
    (name,) = (text for text in root.iter(f"{SVG}text") if text.text == "p" * 81)
    ends_at = float(name.get("x", ""))
    assert ends_at > 81 * 8
    bars = [r for r in root.iter(f"{SVG}rect") if float(r.get("x", "0")) > ends_at]
    assert len(bars) == 2
    for bar in bars:
        right = float(bar.get("x", "")) + float(bar.get("width", ""))
        assert right + NUMBERS <= float(root.get("width", ""))
