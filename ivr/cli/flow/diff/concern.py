"""What a change means for callers, in sentences: who stands where, and where they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.cli.audio.studio import counted
from ivr.flow.places import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.cli.flow.diff.report import Report
    from ivr.flow.diff.change import Gone
    from ivr.store.census import Affected


class Concern(Struct, frozen=True):
    """One thing that callers would notice."""

    told: str
    is_lost: bool = False
    advice: tuple[str, ...] = ()
    """What to do, in lines that can be copied."""


def concerns(report: Report) -> tuple[Concern, ...]:
    """Each place that goes, each that is gone on from no more, and how many stand there."""
    return (*_gone(report), *_no_resume(report), *_earlier(report), *_counted(report))


def _gone(report: Report) -> Iterator[Concern]:
    for each in sorted(report.gone, key=lambda gone: gone.to is not None):  # what is lost, first
        people = _people(_at(report, each.place))
        if each.to is None:
            yield _lost(each, people, report)
        else:
            told = f"'{each.place}' is gone; its callers go on at '{each.to}'"
            yield Concern(f"{told}{f': {people}' if people else ''}.")


def _lost(gone: Gone, people: str, report: Report) -> Concern:
    went = "is gone, and `renamed:` does not say where to"
    if gone.is_now is not None:
        went = f"is of the kind '{gone.is_now}' now, at which no call can stand"
    stand = f"{people} stand" if people else "Who stands"
    return Concern(
        f"'{gone.place}' {went}. {stand} there: a running call is taken to '{report.home}', and "
        "who was cut off there begins anew at the next.",
        is_lost=True,
        advice=tuple(_advice(gone)),
    )


def _advice(gone: Gone) -> Iterator[str]:
    if gone.is_now is not None:
        yield f"give the node '{gone.place}' another name in flow.yaml, and write there:"
    lead = "" if gone.is_now is not None else "write in flow.yaml:  "
    yield f"{lead}renamed: {{{gone.place}: {gone.suggestion or '…'}}}"
    if gone.suggestion is None:
        yield "with the node at which they should go on in place of …"
    else:
        yield "it resembles that node most"


def _no_resume(report: Report) -> Iterator[Concern]:
    for node in report.no_resume:
        people = _people(_at(report, node))
        yield Concern(
            f"'{node}' has no `resume:` any more: who was cut off there begins anew at the next "
            f"call{f': {people}' if people else ''}."
        )


def _earlier(report: Report) -> Iterator[Concern]:
    """Callers at places that OLD itself knew only by `renamed:`, or at a part of a code."""
    told = {each.place for each in report.gone} | set(report.no_resume)
    for each in report.callers.affected if report.callers else ():
        if {each.place, split(each.place)[0]} & told:
            continue
        people = _people([each])
        if each.is_lost:
            yield Concern(
                f"'{each.place}' is a name of an earlier version, which `renamed:` has no more. "
                f"{people} stand there.",
                is_lost=True,
                advice=("put its line back under renamed: in flow.yaml",),
            )
        else:
            yield Concern(
                f"'{each.place}' is no place in NEW; its callers go on at '{each.calls_to}': "
                f"{people}."
            )


def _counted(report: Report) -> Iterator[Concern]:
    callers = report.callers
    if callers is None:
        if report.gone or report.no_resume:
            yield Concern("How many stand there was not counted; set REDIS_URL to the line's.")
        return
    looked = f"{callers.in_call} in a call and {callers.with_bookmark} with a bookmark"
    least = "" if callers.is_whole else " at least, the rest was not counted"
    told = "" if callers.affected else "; nobody stands on a place that goes"
    yield Concern(f"On the line now: {looked}{least}{told}.")


def _at(report: Report, place: str) -> list[Affected]:
    """Who stands at a place, or anywhere in a node that is gone as a whole."""
    found = report.callers.affected if report.callers else ()
    return [each for each in found if place in {each.place, split(each.place)[0]}]


def _people(affected: Iterable[Affected]) -> str:
    """`2 callers in a call and 12 with a bookmark`; empty for nobody."""
    found = tuple(affected)
    counts = (
        ("in a call", sum(each.in_call for each in found)),
        ("about to come back to it", sum(each.coming_back for each in found)),
        ("with a bookmark", sum(each.with_bookmark for each in found)),
    )
    told = [(what, count) for what, count in counts if count]
    first = [f"{counted(count, 'caller')} {what}" for what, count in told[:1]]
    return " and ".join((*first, *(f"{count} {what}" for what, count in told[1:])))
