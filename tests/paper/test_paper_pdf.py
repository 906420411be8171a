"""Pages as PDF, by WeasyPrint."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ivr.errors import PaperError
from ivr.paper.pages.leaflet import leaflet
from ivr.paper.pages.pdf import pdf
from tests.paper.papers import NUMBER, printer, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec


def test_the_same_page_gives_the_same_bytes(spec: Spec) -> None:
    printer()
    html = leaflet(spec, shipped("bn"), NUMBER)
    first, second = pdf(html), pdf(html)
    assert first.startswith(b"%PDF-")
    assert first == second


@pytest.mark.parametrize(
    "page",
    [
        pytest.param('<img src="http://127.0.0.1:1/x.png">', id="picture"),
        pytest.param('<link rel="stylesheet" href="file:///etc/hostname">', id="file"),
        pytest.param("<style>@import 'https://example.org/x.css'</style>", id="style"),
    ],
)
def test_nothing_is_fetched(page: str) -> None:
    printer()
    with pytest.raises(PaperError, match=r"fetching .*, which a page must not need; take it out"):
        pdf(page)


def test_a_letter_that_no_font_has_is_named() -> None:
    printer()
    with pytest.raises(PaperError, match="no font on this machine has these letters: \U0010fffd;"):
        pdf("<p>a\U0010fffd")


@pytest.mark.parametrize(
    ("module", "message"),
    [
        pytest.param(
            "raise ImportError('no')",
            r"^PDF needs the library WeasyPrint.*\.venv/bin/python -m pip install -e '\.\[pdf\]'",
            id="no WeasyPrint",
        ),
        pytest.param(
            "print('advice')\nraise OSError('cannot load library pango\\nand more')",
            r"^PDF needs Pango.*\(cannot load library pango\); install it.*apt-get install",
            id="no Pango",
        ),
    ],
)
def test_what_is_not_installed_is_told_with_how_to_install_it(
    module: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "weasyprint.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    with pytest.raises(PaperError, match=message):
        pdf("<p>a")
    assert capsys.readouterr().out == ""
