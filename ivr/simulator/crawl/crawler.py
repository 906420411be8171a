"""Crawls an application: walks it, and tells what was found.

report = crawl("http://127.0.0.1:5000/voice", auth_token)
for finding in report.findings:
    print(finding.kind, finding.message)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.simulator.crawl.chart import Chart
from ivr.simulator.crawl.conversation import Ringer
from ivr.simulator.crawl.findings import findings_of
from ivr.simulator.crawl.inputs import Offers, written
from ivr.simulator.crawl.limits import Limits, Watch
from ivr.simulator.crawl.report import Finding, Heard, Key, Report, Stop, Summary
from ivr.simulator.crawl.showing import Showing
from ivr.simulator.crawl.timely import Timely
from ivr.simulator.crawl.urls import address
from ivr.simulator.crawl.walk import MAX_CALL_DOCUMENTS, Walker
from ivr.simulator.digits import Digits
from ivr.simulator.http.failures import masked
from ivr.simulator.http.network import Network
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from ivr.simulator.crawl.atlas import Place, Variant
    from ivr.simulator.crawl.hiding import Sounds
    from ivr.simulator.crawl.progress import Progress


def crawl(  # noqa: PLR0913 - what a crawl has, by name and with defaults
    url: str,
    auth_token: str,
    *,
    transport: httpx.BaseTransport | None = None,
    setup: Setup | None = None,
    digits: Digits | None = None,
    offers: Offers | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Report:
    """Walks a whole application, and tells every place and everything that is wrong.

    Ctrl-C ends it like a limit: what was found until then is told.

    Args:
        url: of the first document, absolute.
        auth_token: signs every request.
        transport: how requests travel: `InProcess(app)` for a WSGI application; None over HTTP.
        setup: of each call; its dial_outcomes and max_documents are chosen by the crawl, and so is
            a number for each call where the usual FROM_NUMBER is left as it is.
        digits: what counts as a digit that is read out; None for numerals and English words.
        offers: what the caller may key and say besides what every crawl tries.
        limits: when to stop.
        on_progress: told after each input; None for nobody.
    """
    limits, digits = limits or Limits(), digits or Digits()
    watch = Watch(limits.max_seconds)
    chart = Chart(digits, offers or Offers(), limits, on_progress)
    setup = replace(setup or Setup(), max_documents=MAX_CALL_DOCUMENTS)
    with Phone(Timely(transport or Network(), watch), auth_token) as phone:
        ringer = Ringer(phone, url, setup, watch, digits)
        walker = Walker(chart, ringer)
        walker.walk()
        showing = Showing(chart, ringer, is_allowed=not walker.stopped)
        findings = findings_of(chart, walker, showing)
    return _report(url, chart, walker, findings)


def _report(url: str, chart: Chart, walker: Walker, findings: tuple[Finding, ...]) -> Report:
    places, backlog = chart.atlas.places, chart.backlog
    documents = tuple(_documents(chart))
    return Report(
        url=masked(url),
        summary=Summary(
            documents=len(documents),
            places=len(places),
            ends=sum(place.is_end for place in places),
            inputs=chart.tried,
            untried=backlog.count() + len(backlog.given_up),
            calls=chart.calls,
            words=sum(len(words.split()) for each in documents for words in each.words),
            stopped=walker.stopped,
        ),
        documents=documents,
        places=tuple(_stop(place, chart.sounds) for place in places),
        findings=findings,
    )


def _documents(chart: Chart) -> Iterator[Heard]:
    for page in chart.survey.pages.values():
        yield Heard(url=page.url, times=page.count, words=chart.survey.words(page))


def _stop(place: Place, sounds: Sounds) -> Stop:
    ask, first = place.ask, place.first
    assert ask.kind != "ring"  # noqa: S101 - that is before all places
    return Stop(
        number=place.number,
        document=address(first.document) if first.document else "",
        waits_for=ask.kind,
        ended_by=ask.by,
        leads_to="" if place.is_end else masked(ask.leads_to),
        input=ask.input,
        num_digits=ask.num_digits,
        finish_on_key=ask.finish_on_key,
        words=sounds.told(first.wording),
        versions=len(place.variants),
        keys=tuple(_keys(first)),
    )


def _keys(variant: Variant) -> Iterator[Key]:
    for step, way in variant.ways.items():
        yield Key(
            input=written(step.input),
            dial=",".join(step.outcomes),
            to=tuple(dict.fromkeys(target.place.number for target in way.targets)),
        )
