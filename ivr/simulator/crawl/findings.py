"""What is wrong with an application, found out of what its crawl has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.simulator.crawl.inputs import Ring, Step, written
from ivr.simulator.crawl.loops import closed_loops
from ivr.simulator.crawl.report import Finding, FindingKind
from ivr.simulator.crawl.survey import MAX_TURN_DOCUMENTS
from ivr.simulator.crawl.urls import address, without_sids
from ivr.simulator.crawl.walk import Replayed, StopError, Walker, outcomes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.simulator.crawl.atlas import Place, Trail, Variant
    from ivr.simulator.crawl.survey import Sighting, Wrong

MAX_REPLAYS: Final = 100
"""How many findings are shown once more; of further ones the script is that of the first time."""

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


def findings_of(walker: Walker) -> tuple[Finding, ...]:
    """Gives everything that is wrong, the worst first; places calls to show it once more.

    Args:
        walker: that has walked.
    """
    scripts = _Scripts(walker)
    found = [_seen(sighting, scripts) for sighting in walker.survey.sightings.values()]
    found += _loops(walker, scripts)
    found += _unreached(walker)
    found += _limits(walker)
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.kind)))


class _Scripts:
    """Finds the shortest script that leads somewhere."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._left = 0 if walker.stopped else MAX_REPLAYS

    def showing(self, sighting: Sighting) -> tuple[Replayed, bool]:
        """Gives a script after which a fault is seen, and whether it was seen once more."""
        before, step = sighting.places[0]
        shortest = (*self._walker.trail_to(before), step)
        for trail in dict.fromkeys((shortest, sighting.trail)):
            replayed = self._replay(trail)
            if replayed is not None and sighting.fault in replayed.faults:
                return replayed, True
        return _unplaced(sighting.trail), False

    def leading_to(self, goal: Variant) -> Replayed:
        """Gives a script that leads to a variant."""
        trail = self._walker.trail_to(goal)
        return self._replay(trail) or _unplaced(trail)

    def _replay(self, trail: Trail) -> Replayed | None:
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            return self._walker.replay(trail)
        except (StopError, KeyboardInterrupt):
            self._left = 0
            return None


def _unplaced(trail: Trail) -> Replayed:
    keys = tuple(written(step.input) for step in trail if not isinstance(step.input, Ring))
    return Replayed(frozenset(), keys, outcomes_of(trail))


def _seen(sighting: Sighting, scripts: _Scripts) -> Finding:
    replayed, is_shown = scripts.showing(sighting)
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
        at=tuple((variant.place.number, written(step.input)) for variant, step in sighting.places),
        keys=" ".join(replayed.keys),
        dial=",".join(replayed.outcomes),
        is_shown_again=is_shown,
    )


def _loops(walker: Walker, scripts: _Scripts) -> Iterator[Finding]:
    backlog = walker.backlog
    unknown = {variant.place.number for variant in backlog.left(walker.atlas.variants)}
    unknown |= {variant.place.number for variant, _ in (*backlog.given_up, *backlog.errands)}
    for places in closed_loops(walker.atlas.places, unknown):
        replayed = scripts.leading_to(places[0].first)
        yield Finding(
            kind="loop",
            code=None,
            message=_loop_message(places),
            document=address(places[0].first.document),
            at=tuple((place.number, "") for place in places),
            keys=" ".join(replayed.keys),
            dial=",".join(replayed.outcomes),
            is_shown_again=True,
        )


def _loop_message(places: list[Place]) -> str:
    names = ", ".join(f"{place.number} ({address(place.first.document)})" for place in places)
    what = "place" if len(places) == 1 else "places"
    leads = "leads only to itself" if len(places) == 1 else "lead only to one another"
    return (
        f"{what} {names} {leads}: there is no way out but to hang up; give the caller a key that "
        "leads on, or end the call when they press none"
    )


def _unreached(walker: Walker) -> Iterator[Finding]:
    survey = walker.survey
    named: dict[str, list[str]] = {}
    for (source, target), link in survey.links.items():
        if target not in survey.asked:
            named.setdefault(target, []).append(f"{link.verb} in {source}")
    for target, sources in named.items():
        yield _finding(
            "unreached",
            f"{target} is named by {without_sids('; '.join(sources))}, and no input has led there; "
            "is a key missing, or is it left over?",
            target,
        )


def _limits(walker: Walker) -> Iterator[Finding]:
    untried = walker.backlog.count()
    inputs = "1 input was" if untried == 1 else f"{untried} inputs were"
    if walker.stopped:
        yield _finding("limit", f"stopped at {walker.stopped}: {inputs} not tried")
    lost: dict[int, list[Step]] = {}
    for variant, step in walker.backlog.given_up:
        lost.setdefault(variant.place.number, []).append(step)
    for number, steps in lost.items():
        keys = " ".join(written(step.input) for step in steps)
        yield _finding(
            "limit",
            f"place {number}: no call has come there again, so that {keys} was not tried; does the "
            "application answer the same keys in other ways?",
        )


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
