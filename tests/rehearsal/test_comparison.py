"""Two rehearsals held against one another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from ivr.errors import RehearsalError
from ivr.rehearsal.comparison import MAX_FILE_BYTES, compare, read_figures
from ivr.rehearsal.figures import Figures, Rehearsed, figures
from tests.rehearsal.outcomes import failed, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Spec
    from ivr.rehearsal.outcome import Outcome


@pytest.fixture
def made(spec: Spec) -> Callable[[list[Outcome]], Figures]:
    of = Rehearsed(seed=1, flow=spec.flow, content_hash="c", population="p", names=("sure_footed",))
    return lambda outcomes: figures(of, outcomes, Counter())


def verdicts(before: Figures, after: Figures) -> dict[str, str]:
    """Of all callers, by figure; without what is the same."""
    return {
        each.figure: each.verdict
        for each in compare(before, after).changes
        if each.persona == "all" and each.verdict != "same"
    }


GOOD = [outcome() for _ in range(200)]
LATE = [outcome(seconds_to={"lesson": 130.0}, turns_to_all=14) for _ in range(200)]
CASES = {
    "nothing": (GOOD, GOOD, {}),
    "fewer finish": (GOOD, [*GOOD[:180], *[failed()] * 20], {"lesson_finished": "worse"}),
    "more finish": ([*GOOD[:180], *[failed()] * 20], GOOD, {"lesson_finished": "better"}),
    "two fewer": (GOOD, [*GOOD[:198], *[failed()] * 2], {"lesson_finished": "chance"}),
    "later": (GOOD, LATE, {"median_lesson_seconds": "worse", "median_turns": "worse"}),
    "sooner": (LATE, GOOD, {"median_lesson_seconds": "better", "median_turns": "better"}),
    "one secret": (GOOD, [*GOOD[1:], outcome(secrets_kept=1)], {"secrets_kept": "worse"}),
    "no secret more": ([outcome(secrets_kept=1)] * 200, GOOD, {"secrets_kept": "better"}),
    "one stuck less": ([*GOOD[1:], outcome(is_stuck=True)], GOOD, {"stuck": "chance"}),
    "many more stuck": (
        [*GOOD[1:], outcome(is_stuck=True)],
        [*GOOD[50:], *[outcome(is_stuck=True)] * 50],
        {"stuck": "worse"},
    ),
}


@pytest.mark.parametrize(("before", "after", "told"), CASES.values(), ids=CASES)
def test_what_has_changed_is_told_from_chance(
    before: list[Outcome],
    after: list[Outcome],
    told: dict[str, str],
    made: Callable[[list[Outcome]], Figures],
) -> None:
    assert verdicts(made(before), made(after)) == told
    assert compare(made(before), made(after)).is_worse == ("worse" in told.values())


def test_a_median_that_moves_within_its_bounds_is_chance(
    made: Callable[[list[Outcome]], Figures],
) -> None:
    spread = [outcome(seconds_to={"lesson": float(n)}) for n in range(100)]
    moved = [outcome(seconds_to={"lesson": n + 3.0}) for n in range(100)]
    assert verdicts(made(spread), made(moved)) == {"median_lesson_seconds": "chance"}


def test_a_median_that_moves_for_certain_and_by_little_is_not_called_worse(
    made: Callable[[list[Outcome]], Figures],
) -> None:
    longer = [outcome(seconds_to={"lesson": 104.0}) for _ in range(200)]
    assert verdicts(made(GOOD), made(longer)) == {"median_lesson_seconds": "chance"}


@pytest.mark.parametrize("size", [1, 8])
def test_a_median_of_few_callers_is_never_called_worse(
    size: int, made: Callable[[list[Outcome]], Figures]
) -> None:
    found = verdicts(made(GOOD), made(LATE[:size]))
    assert found == {"median_lesson_seconds": "chance", "median_turns": "chance"}
    assert not compare(made(GOOD), made(LATE[:size])).is_worse


def test_what_nobody_set_out_for_is_not_compared(made: Callable[[list[Outcome]], Figures]) -> None:
    found = {each.figure for each in compare(made(GOOD), made(GOOD)).changes}
    assert "practice_finished" not in found
    assert "lesson_finished" in found


def test_other_personas_are_noted(made: Callable[[list[Outcome]], Figures]) -> None:
    before = made(GOOD)
    personas = {"others": before.personas["sure_footed"]}
    after = replace(before, population="q", personas=personas)
    told = " ".join(compare(before, after).notes)
    assert "personas are others" in told
    assert "others is new" in told
    assert "sure_footed is gone" in told
    assert not compare(before, before).notes


BAD = {
    "no JSON": b"{",
    "another JSON": b'{"callers": 3}',
    "a list": b"[]",
    "no UTF-8": b"\xff\xfe",
}


UNTRUE = {
    "a share above one": ("lesson_finished", 5.0),
    "fewer than nobody": ("callers", -1),
    "more than can be": ("lesson_set_out", 10**9),
    "a negative count": ("stuck", -1),
    "a negative median": ("median_turns", -3.0),
}


@pytest.mark.parametrize(("name", "value"), UNTRUE.values(), ids=UNTRUE)
def test_figures_that_no_rehearsal_has_are_refused(
    name: str, value: float, made: Callable[[list[Outcome]], Figures]
) -> None:
    found = msgspec.to_builtins(made(GOOD))
    found["overall"][name] = value
    with pytest.raises(RehearsalError, match=rf"does not hold the figures .*\.{name}"):
        read_figures("ref.json", msgspec.json.encode(found))


def test_a_file_that_is_too_long_is_told() -> None:
    with pytest.raises(RehearsalError, match=r"ref\.json is over 1048576 bytes"):
        read_figures("ref.json", b" " * (MAX_FILE_BYTES + 1))


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_file_without_figures_is_told(data: bytes) -> None:
    with pytest.raises(RehearsalError, match=r"ref\.json does not hold the figures .* --json"):
        read_figures("ref.json", data)


def test_a_file_with_figures_is_read(made: Callable[[list[Outcome]], Figures]) -> None:
    assert read_figures("ref.json", msgspec.json.encode(made(GOOD))) == made(GOOD)
