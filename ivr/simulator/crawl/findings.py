"""What is wrong with an application, found out of what its crawl has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.simulator.crawl.inputs import Step, written
from ivr.simulator.crawl.loops import closed_loops
from ivr.simulator.crawl.report import Finding, FindingKind
from ivr.simulator.crawl.survey import MAX_TURN_DOCUMENTS
from ivr.simulator.crawl.urls import address, without_sids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.simulator.crawl.atlas import Place, Variant
    from ivr.simulator.crawl.chart import Chart
    from ivr.simulator.crawl.showing import Showing
    from ivr.simulator.crawl.survey import Sighting, Wrong
    from ivr.simulator.crawl.walk import Walker

MAX_NAMED: Final = 6
"""How many places or documents a message names."""

_KINDS: Final[dict[Wrong, FindingKind]] = {
    "error": "error",
    "dead_end": "dead_end",
    "round": "loop",
    "warning": "warning",
}
_ORDER: Final[tuple[FindingKind, ...]] = (
    "error",
    "dead_end",
    "loop",
    "unreached",
    "limit",
    "warning",
)


def findings_of(chart: Chart, walker: Walker, showing: Showing) -> tuple[Finding, ...]:
    """Gives everything that is wrong, the worst first; places calls to show it once more.

    Args:
        chart: of the application.
        walker: that has walked it.
        showing: places those calls.
    """
    found = [_seen(sighting, showing) for sighting in chart.survey.sightings.values()]
    found += _loops(chart, showing)
    unreached = _unreached(chart)
    if walker.stopped:
        # They may only not have been reached yet.
        found.append(_finding("limit", _stopped(chart, walker, list(unreached))))
    else:
        found += [_finding("unreached", message, url) for url, message in unreached.items()]
    found += _lost(chart)
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.kind)))


def _seen(sighting: Sighting, showing: Showing) -> Finding:
    script = showing.of_fault(sighting)
    kind = sighting.fault.kind
    message = sighting.message
    if kind == "dead_end":
        message = (
            f"{message} comes to its end and nothing follows, so that Twilio hangs up on the "
            "caller; end it with <Hangup> if that is meant, or lead on"
        )
    elif kind == "round":
        message = (
            f"{message} goes round: {MAX_TURN_DOCUMENTS} documents or more came without one that "
            "waits for the caller; let a Gather wait, or end with <Hangup>"
        )
    return Finding(
        kind=_KINDS[kind],
        code=sighting.fault.code,
        message=message,
        document=sighting.document,
        at=tuple(dict.fromkeys(_at(*each) for each in sighting.places)),
        keys=script.told,
        dial=",".join(script.outcomes),
        is_shown_again=script.is_shown,
    )


def _at(variant: Variant, step: Step) -> tuple[int, str]:
    return variant.place.number, written(step.input)


def _loops(chart: Chart, showing: Showing) -> Iterator[Finding]:
    backlog, places = chart.backlog, chart.atlas.places
    unknown = {variant.place.number for variant in backlog.left(chart.atlas.variants)}
    unknown |= {variant.place.number for variant, _ in (*backlog.given_up, *backlog.errands)}
    for loop in closed_loops(places, unknown):
        script = showing.leading_to(loop[0].first)
        yield Finding(
            kind="loop",
            code=None,
            message=_loop_message(loop),
            document=address(loop[0].first.document),
            at=tuple((place.number, "") for place in loop),
            keys=script.told,
            dial=",".join(script.outcomes),
            is_shown_again=script.is_shown,
        )


def _loop_message(places: list[Place]) -> str:
    names = _some([f"{place.number} ({address(place.first.document)})" for place in places])
    is_single = len(places) == 1
    what = "place" if is_single else "places"
    leads = "leads only to itself" if is_single else "lead only to one another"
    return (
        f"{what} {names} {leads}: there is no way out but to hang up; give the caller a key that "
        f"leads on, or end the call when they press none{_what_else(places)}"
    )


def _what_else(places: list[Place]) -> str:
    """What a crawl cannot guess may lead on."""
    asks = [place.ask for place in places]
    takes_entry = any("dtmf" in ask.input and ask.num_digits != 1 for ask in asks)
    takes_words = any("speech" in ask.input for ask in asks)
    options = ["--entry"] * takes_entry + ["--say"] * takes_words
    if not options:
        return ""
    return f"; if something else leads on, give it with {' or '.join(options)}"


def _unreached(chart: Chart) -> dict[str, str]:
    """Each document that is named and was never asked for, with what to say of it."""
    survey = chart.survey
    named: dict[str, list[str]] = {}
    for (source, target), link in survey.links.items():
        if target not in survey.asked:
            named.setdefault(target, []).append(f"{link.verb} in {source}")
    return {
        target: (
            f"{target} is named by {without_sids(_some(sources))}, and no input has led there; is "
            "a key missing, or is it left over?"
        )
        for target, sources in named.items()
    }


def _stopped(chart: Chart, walker: Walker, unreached: Sequence[str]) -> str:
    untried = chart.backlog.count()
    inputs = "1 input was" if untried == 1 else f"{untried} inputs were"
    words = f"stopped at {walker.stopped}: {inputs} not tried"
    if walker.waited_for:
        words += f"; {without_sids(walker.waited_for)}"
    if unreached:
        words += f"; not reached yet: {_some(unreached)}"
    return words


def _lost(chart: Chart) -> Iterator[Finding]:
    """What was given up, because no call has come there again."""
    given_up = chart.backlog.given_up
    if not given_up:
        return
    numbers = list(dict.fromkeys(str(variant.place.number) for variant, _ in given_up))
    keys = list(dict.fromkeys(written(step.input) for _, step in given_up))
    what = f"{len(given_up)} inputs were" if len(numbers) > 1 else f"{' '.join(keys)} was"
    places = "place" if len(numbers) == 1 else "places"
    yield _finding(
        "limit",
        f"{places} {_some(numbers)}: no call has come there again, so that {what} not tried; does "
        "the application answer the same keys in other ways?",
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _finding(kind: FindingKind, message: str, document: str = "") -> Finding:
    return Finding(
        kind=kind,
        code=None,
        message=message,
        document=document,
        at=(),
        keys=None,
        dial="",
        is_shown_again=False,
    )
