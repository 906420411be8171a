"""Crawls small applications, each written as one function."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ivr.simulator.crawl.crawler import crawl
from ivr.simulator.crawl.limits import Limits
from ivr.simulator.http.in_process import InProcess
from tests.conftest import LINE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from ivr.simulator.crawl.inputs import Offers
    from ivr.simulator.crawl.report import Finding, Report


def crawled(
    app: WSGIApplication, path: str = "/voice", *, offers: Offers | None = None, **limits: Any
) -> Report:
    return crawl(
        LINE + path, TOKEN, transport=InProcess(app), offers=offers, limits=Limits(**limits)
    )


def of_kind(report: Report, kind: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.kind == kind]


def heard(report: Report) -> set[str]:
    return {words for document in report.documents for words in document.words}


def line(answer: Callable[[Request], str]) -> WSGIApplication:
    """A line at one URL."""

    @Request.application
    def app(request: Request) -> Response:
        return Response(f"<Response>{answer(request)}</Response>", mimetype="text/xml")

    return app


def gather(words: str, attributes: str = 'numDigits="1"') -> str:
    return f"<Gather {attributes}><Say>{words}</Say></Gather>"


def endless() -> WSGIApplication:
    numbers = count()
    return line(lambda _: gather(f"Word{next(numbers):x} another{next(numbers):x}"))
