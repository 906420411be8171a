"""What a rehearsal comes to: shares, times and counts, by persona and in all.

Definitions, which docs/rehearsal.md tells in the same words:

- *set out*: has that goal, and stays on the line or rings again. Who hung up and never rang again
  has left, and does not count; whom the line has cut off does.
- *finished*: began to hear the prompt of the goal's node, in any call.
- seconds: on the line over all calls, by the clock of the calls.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from ivr.flow.usage import DIGIT_PROMPTS
from ivr.rehearsal.chance import median, median_between
from ivr.rehearsal.places import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.flow.model import Flow
    from ivr.rehearsal.outcome import Outcome
    from ivr.rehearsal.personas import Goal

MOST_HEARD: Final = 15
"""So many prompts are named among those that are heard most."""
SHARE_PLACES: Final = 4
SECONDS_PLACES: Final = 1
MAX_CALLERS: Final = 1_000_000
"""So many callers can be rehearsed at once."""

Share = Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")]
Number = Annotated[int, Meta(ge=0, le=MAX_CALLERS, description="a number of callers")]
Count = Annotated[int, Meta(ge=0, description="how often something happened")]
Amount = Annotated[float, Meta(ge=0, description="seconds, or answers of the line")]


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of one persona, or of all. What nobody set out for is None."""

    callers: Number
    lesson_set_out: Number
    lesson_finished: Share | None
    """Share of those who set out."""
    practice_set_out: Number
    practice_finished: Share | None
    median_lesson_seconds: Amount | None
    """From the first ring, of those who set out for the lesson alone or first, and finished it."""
    median_practice_seconds: Amount | None
    """From setting out for it: from the first ring, or from when the goal before was reached."""
    median_turns: Amount | None
    """Answers of the line until all goals of a caller were reached."""
    between: dict[str, tuple[Amount, Amount]]
    """For each median: where the true one lies (ivr.rehearsal.chance.median_between)."""
    secrets_kept: Count
    """Secret-like entries found anywhere afterwards."""
    same_sentence_three_times: Number
    """Callers to whom one sentence answered silence or wrong keys three times at one place."""
    stuck: Number
    """Callers who went on beyond the limits of calls or answers."""
    calls_per_caller: Amount
    seconds_per_call: Amount
    speech_seconds_per_call: Amount


class AtPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A share of all callers with a goal."""

    place: str
    share: Share


class PromptHeard(Struct, frozen=True, forbid_unknown_fields=True):
    """How often a prompt was begun to be heard."""

    prompt: str
    times: Count
    per_call: Amount


class Figures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All figures of a rehearsal; as JSON, what `ivr rehearse --json` prints."""

    callers: Number
    seed: Count
    flow: str
    """Content hash of the flow and its words."""
    population: str
    """Content hash of the personas."""
    overall: Row
    personas: dict[str, Row]
    dropout: list[AtPlace]
    """Callers with a call that ended there with a goal not reached, in the order of the flow."""
    lost: list[AtPlace]
    """Callers who set out and never finished, by where their last call ended."""
    prompts: list[PromptHeard]
    """Heard most, the most heard first; without the digits of codes that are read out."""


class Rehearsed(Struct, frozen=True, kw_only=True):
    """What a rehearsal was of."""

    seed: int
    flow: Flow
    content_hash: str
    population: str
    """Content hash of the personas."""
    names: tuple[str, ...]
    """Of the personas, in the order of their file."""


def figures(of: Rehearsed, outcomes: Sequence[Outcome], prompts: Counter[str]) -> Figures:
    """The figures of some callers.

    Args:
        of: what was rehearsed.
        outcomes: of every caller, in the order of their numbers.
        prompts: how often each prompt was begun to be heard, by all callers.
    """
    calls = sum(each.calls for each in outcomes)
    return Figures(
        callers=len(outcomes),
        seed=of.seed,
        flow=of.content_hash,
        population=of.population,
        overall=row(outcomes),
        personas={
            name: row([each for each in outcomes if each.persona == name]) for name in of.names
        },
        dropout=_by_place(of.flow, outcomes, ((set(each.ended_at), each) for each in outcomes)),
        lost=_by_place(of.flow, outcomes, (({each.lost_at} - {None}, each) for each in outcomes)),
        prompts=[
            PromptHeard(prompt, times, round(times / calls, SHARE_PLACES))
            for prompt, times in sorted(prompts.items(), key=lambda each: (-each[1], each[0]))
            if prompt not in DIGIT_PROMPTS
        ][:MOST_HEARD],
    )


def row(outcomes: Sequence[Outcome]) -> Row:
    """The figures of some callers as one row."""
    lesson = [each for each in outcomes if has_set_out(each, "lesson")]
    practice = [each for each in outcomes if has_set_out(each, "practice")]
    times: dict[str, list[float]] = {
        "median_lesson_seconds": _seconds((e for e in lesson if e.goals[0] == "lesson"), "lesson"),
        "median_practice_seconds": _seconds(practice, "practice"),
        "median_turns": [e.turns_to_all for e in outcomes if e.turns_to_all is not None],
    }
    medians = {name: _rounded(median(values), SECONDS_PLACES) for name, values in times.items()}
    between = {name: found for name, v in times.items() if (found := median_between(v))}
    calls = sum(each.calls for each in outcomes)
    return Row(
        callers=len(outcomes),
        lesson_set_out=len(lesson),
        lesson_finished=_share(sum("lesson" in e.seconds_to for e in lesson), len(lesson)),
        practice_set_out=len(practice),
        practice_finished=_share(sum("practice" in e.seconds_to for e in practice), len(practice)),
        **medians,
        between={name: (round(low, 1), round(high, 1)) for name, (low, high) in between.items()},
        secrets_kept=sum(each.secrets_kept for each in outcomes),
        same_sentence_three_times=sum(each.is_too_often for each in outcomes),
        stuck=sum(each.is_stuck for each in outcomes),
        calls_per_caller=_per(calls, len(outcomes), SHARE_PLACES),
        seconds_per_call=_per(sum(each.seconds for each in outcomes), calls),
        speech_seconds_per_call=_per(sum(each.speech_seconds for each in outcomes), calls),
    )


def has_set_out(outcome: Outcome, goal: Goal) -> bool:
    """Whether a caller counts as one who set out for a goal."""
    return goal in outcome.goals and (goal in outcome.seconds_to or not outcome.has_left)


def _seconds(outcomes: Iterable[Outcome], goal: Goal) -> list[float]:
    return [each.seconds_to[goal] for each in outcomes if goal in each.seconds_to]


def _by_place(
    flow: Flow, outcomes: Sequence[Outcome], found: Iterable[tuple[Iterable[str | None], Outcome]]
) -> list[AtPlace]:
    counts = Counter(place for places, _ in found for place in places if place is not None)
    order = {place: number for number, place in enumerate(in_order(flow))}
    everybody = sum(bool(each.goals) for each in outcomes)
    return [
        AtPlace(place, round(counts[place] / everybody, SHARE_PLACES))
        for place in sorted(counts, key=lambda each: (order.get(each, len(order)), each))
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, SHARE_PLACES) if whole else None


def _per(amount: float, number: int, places: int = SECONDS_PLACES) -> float:
    return round(amount / number, places) if number else 0.0


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
