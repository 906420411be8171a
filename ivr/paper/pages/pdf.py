"""A page as PDF, by WeasyPrint: an optional library (the extra `pdf`) that needs Pango."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
from typing import TYPE_CHECKING, Final

from ivr.errors import PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_INSTEAD: Final = "or print the HTML page from a browser"
_NO_GLYPH: Final = ".notdef glyph"
"""How WeasyPrint's warning begins of a letter that no font on this machine has."""


def pdf(html: str) -> bytes:
    """A page as PDF; the same page and fonts give the same bytes. Nothing is fetched.

    Raises:
        PaperError: WeasyPrint or Pango is not on this machine, no font here has the letters of the
            page, or the page asks for something from elsewhere.
    """
    weasyprint = _weasyprint()
    # A page of ours holds all that it needs; so what would fetch refuses every URL.
    refusing = weasyprint.URLFetcher(allowed_protocols=(), fail_on_errors=True)
    with _unseen_letters() as unseen:
        page = weasyprint.HTML(string=html, url_fetcher=refusing)
        try:
            made: bytes = page.write_pdf(pdf_tags=True)
        except weasyprint.urls.FatalURLFetchingError as error:
            raise PaperError(f"{error}, which a page must not need; take it out") from error
    if unseen:
        letters = " ".join(sorted(unseen)[:10])
        raise PaperError(
            f"no font on this machine has these letters: {letters}; install one for the language, "
            f"for Bengali on Debian or Ubuntu: apt-get install fonts-noto-core, {_INSTEAD}"
        )
    return made


def _weasyprint() -> ModuleType:
    try:
        # Where it finds no Pango it prints advice, which must not stand among results.
        with contextlib.redirect_stdout(io.StringIO()):
            return importlib.import_module("weasyprint")  # heavy, optional, and without types
    except ImportError as error:
        raise PaperError(
            "PDF needs the library WeasyPrint, which is not installed; run: "
            f".venv/bin/python -m pip install -e '.[pdf]', {_INSTEAD}"
        ) from error
    except OSError as error:
        raise PaperError(
            f"PDF needs Pango, which WeasyPrint does not find here ({_first_line(error)}); install "
            f"it, on Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0, {_INSTEAD}"
        ) from error


def _first_line(error: OSError) -> str:
    return str(error).partition("\n")[0]


@contextlib.contextmanager
def _unseen_letters() -> Iterator[set[str]]:
    """The letters that no font had while a page was made, as WeasyPrint's log tells them."""
    seen: set[str] = set()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(_NO_GLYPH) and isinstance(record.args, tuple):
                seen.add(str(record.args[0]))

    log, listener = logging.getLogger("weasyprint"), Listener()
    log.addHandler(listener)
    try:
        yield seen
    finally:
        log.removeHandler(listener)
