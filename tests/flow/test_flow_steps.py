"""Faults of steps, tries, levels and old names: each by its line and its message."""

from __future__ import annotations

from tests.flow.small import LESSON, menu, small_flow


def test_one_try_asks_for_no_sentence() -> None:
    nodes = menu("    tries: 1\n    no_input: []\n    invalid: []")
    assert "menu" in small_flow(nodes).nodes


def test_names_may_lead_over_several_versions() -> None:
    tail = "renamed:\n  a: b\n  b: menu\n  menu.zwei: menu.two\n  c.eins: menu.one\n"
    assert len(small_flow(LESSON, tail=tail).renamed) == 4
