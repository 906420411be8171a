"""What the figures mean, on callers whose calls are made up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.rehearsal.figures import Figures, Rehearsed, figures, row
from tests.rehearsal.outcomes import failed, outcome

if TYPE_CHECKING:
    from ivr.flow.model import Spec


@pytest.fixture
def rehearsed(spec: Spec) -> Rehearsed:
    return Rehearsed(
        seed=1, flow=spec.flow, content_hash="c", population="p", names=("sure_footed", "silent")
    )


def test_who_left_for_good_does_not_count_among_those_who_set_out() -> None:
    found = row([outcome(), failed(), failed(has_left=True)])
    assert (found.callers, found.lesson_set_out, found.lesson_finished) == (3, 2, 0.5)


def test_who_finished_counts_even_if_the_next_goal_was_left() -> None:
    both = failed(goals=("lesson", "practice"), seconds_to={"lesson": 50.0}, has_left=True)
    found = row([both])
    assert (found.lesson_finished, found.practice_set_out) == (1.0, 0)
    assert found.practice_finished is None


def test_nobody_set_out_where_nobody_has_a_goal() -> None:
    found = row([failed(goals=(), ended_at=())])
    assert found.lesson_finished is None
    assert found.median_lesson_seconds is None
    assert found.between == {}


def test_the_time_of_a_lesson_counts_where_it_came_first() -> None:
    second = outcome(goals=("practice", "lesson"), seconds_to={"practice": 10.0, "lesson": 999.0})
    found = row([outcome(), second])
    assert found.median_lesson_seconds == 100.0
    assert found.median_practice_seconds == 10.0


def test_counts_are_of_callers_and_of_secrets() -> None:
    found = row(
        [outcome(secrets_kept=2), outcome(is_too_often=True), outcome(is_stuck=True, calls=3)]
    )
    assert (found.secrets_kept, found.same_sentence_three_times, found.stuck) == (2, 1, 1)
    assert found.calls_per_caller == 1.6667
    assert found.seconds_per_call == 72.0
    assert found.speech_seconds_per_call == 54.0


def test_nobody_at_all_makes_figures_too() -> None:
    found = row([])
    assert (found.callers, found.calls_per_caller, found.median_turns) == (0, 0.0, None)


def test_places_are_those_where_a_call_ended_with_a_goal_not_reached(rehearsed: Rehearsed) -> None:
    callers = [
        outcome(),
        outcome(ended_at=("practice_otp", "main_menu", "main_menu")),
        failed(ended_at=("gone", "main_menu")),
        failed(has_left=True, ended_at=("help",)),
        failed(goals=(), ended_at=()),
    ]
    found = figures(rehearsed, callers, Counter())
    assert [(each.place, each.share) for each in found.dropout] == [
        ("main_menu", 0.5),
        ("practice_otp", 0.25),
        ("help", 0.25),
        ("gone", 0.25),
    ]
    assert [(each.place, each.share) for each in found.lost] == [("main_menu", 0.25)]


def test_prompts_are_counted_by_the_call(rehearsed: Rehearsed) -> None:
    heard = Counter({"b": 4, "a": 4, "c": 9, "digit_7": 99, "digit_0_more": 99})
    found = figures(rehearsed, [outcome(calls=2), outcome(calls=2)], heard)
    assert [(each.prompt, each.per_call) for each in found.prompts] == [
        ("c", 2.25),
        ("a", 1.0),
        ("b", 1.0),
    ]


def test_figures_go_through_json_and_come_back(rehearsed: Rehearsed) -> None:
    found = figures(rehearsed, [outcome(), failed()], Counter(a=1))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Figures) == found
    assert set(found.personas) == {"sure_footed", "silent"}
