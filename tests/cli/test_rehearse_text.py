"""The figures of a rehearsal in a terminal, however wide it is."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ivr.cli.rehearse.text import WIDEST, show, show_comparison
from ivr.rehearsal.comparison import compare
from ivr.rehearsal.figures import Figures, Rehearsed, figures
from tests.rehearsal.outcomes import failed, outcome

if TYPE_CHECKING:
    from ivr.flow.model import Spec

HEADINGS = [
    *("callers", "lesson", "practice", "lesson s", "practice s", "turns", "calls"),
    *("speech s", "secrets", "3 times", "stuck"),
]
NAMES = ("sure_footed", "presses_too_early")


@pytest.fixture
def found(spec: Spec) -> Figures:
    of = Rehearsed(seed=1, flow=spec.flow, content_hash="c", population="p", names=NAMES)
    callers = [outcome(persona=name) for name in NAMES for _ in range(30)]
    return figures(of, callers, Counter(main_menu=3))


def tables(found: Figures, width: int) -> list[list[str]]:
    """The lines of each table of personas."""
    shown = io.StringIO()
    show(found, Console(file=shown, width=width))
    text = shown.getvalue().partition("Calls that")[0]
    assert all(len(line) <= width for line in text.splitlines()[1:])
    assert "…" not in text
    return [part.splitlines() for part in text.split("persona")[1:]]


@pytest.mark.parametrize(("width", "number"), [(WIDEST, 1), (80, 2), (60, 3), (32, 11)])
def test_every_figure_stands_whole_however_narrow_the_terminal_is(
    width: int, number: int, found: Figures
) -> None:
    shown = tables(found, width)
    assert len(shown) == number
    told = " ".join(" ".join(lines[0].split()) for lines in shown)
    assert told == " ".join(HEADINGS)
    rows = [line.split()[1:] for lines in shown for line in lines if line.split()[:1] == ["all"]]
    assert [cell for row in rows for cell in row] == [
        *("60", "100.0%", "–", "100", "–", "10", "1.00", "90", "0", "0", "0"),
    ]


def test_a_narrow_terminal_shows_what_changed_whole(spec: Spec, found: Figures) -> None:
    of = Rehearsed(seed=1, flow=spec.flow, content_hash="c", population="p", names=NAMES)
    callers = [failed(persona=name, is_too_often=True) for name in NAMES for _ in range(30)]
    shown = io.StringIO()
    console = Console(file=shown, width=60)
    show_comparison(compare(found, figures(of, callers, Counter())), console)
    assert "presses_too_early" in shown.getvalue()
    assert "WORSE" in shown.getvalue()
    assert "…" not in shown.getvalue()
