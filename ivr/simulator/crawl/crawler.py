"""Crawls an application: walks it, and tells what was found.

with Phone(None, auth_token) as phone:
report = crawl(phone, "http://127.0.0.1:5000/voice")
for finding in report.findings:
print(finding.kind, finding.message)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.crawl.findings import findings_of
from ivr.simulator.crawl.inputs import Offers, written
from ivr.simulator.crawl.report import Heard, Key, Report, Stop, Summary
from ivr.simulator.crawl.urls import address
from ivr.simulator.crawl.walk import Limits, Walker
from ivr.simulator.digits import Digits
from ivr.simulator.http.failures import masked
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.simulator.crawl.atlas import Place, Variant
    from ivr.simulator.crawl.walk import Progress
    from ivr.simulator.phone import Phone


def crawl(  # noqa: PLR0913 - what a crawl has, by name and with defaults
    phone: Phone,
    url: str,
    *,
    setup: Setup | None = None,
    digits: Digits | None = None,
    offers: Offers | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Report:
    """Walks a whole application, and tells every place and everything that is wrong.

    Ctrl-C ends it like a limit: what was found until then is told.

    Args:
        phone: that places the calls.
        url: of the first document, absolute.
        setup: of each call; its dial_outcomes and max_documents are chosen by the crawl.
        digits: what counts as a digit that is read out; None for numerals and English words.
        offers: what the caller may key and say besides what every crawl tries.
        limits: when to stop.
        on_progress: told after each input; None for nobody.
    """
    digits = digits or Digits()
    walker = Walker(
        phone,
        url,
        setup=setup or Setup(),
        digits=digits,
        offers=offers or Offers(),
        limits=limits or Limits(),
        on_progress=on_progress,
    )
    walker.walk()
    findings = findings_of(walker)
    places = walker.atlas.places
    documents = tuple(_documents(walker))
    return Report(
        url=masked(url),
        summary=Summary(
            documents=len(documents),
            places=len(places),
            ends=sum(place.is_end for place in places),
            inputs=walker.tried,
            untried=walker.backlog.count() + len(walker.backlog.given_up),
            calls=walker.calls,
            words=sum(len(words.split()) for each in documents for words in each.words),
            stopped=walker.stopped,
        ),
        documents=documents,
        places=tuple(_stop(place) for place in places),
        findings=findings,
    )


def _documents(walker: Walker) -> Iterator[Heard]:
    for page in walker.survey.pages.values():
        yield Heard(url=page.url, times=page.count, words=tuple(page.words.values()))


def _stop(place: Place) -> Stop:
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
        words=first.words,
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
