"""Pretend callers on the real service: each does what its numbers say."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ivr.rehearsal.personas import Early, RingsAgain, Slips, Spread, Twice
from ivr.simulator.events import Heard, Interrupted, KeyPressed, Pressed, Received, Silence
from tests.rehearsal.conftest import behaving

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.rehearsal.personas import Goal, Personas
    from ivr.simulator.call import Call
    from tests.rehearsal.conftest import Lived


def keys(call: Call) -> list[KeyPressed]:
    return [event for event in call.events if isinstance(event, KeyPressed)]


def entries(call: Call) -> list[str]:
    return [event.digits for event in call.events if isinstance(event, Pressed)]


@pytest.mark.parametrize("goals", [("lesson",), ("practice",), ("lesson", "practice")])
def test_a_caller_who_makes_no_mistake_gets_through(
    goals: tuple[Goal, ...], live: Callable[..., Lived], spec_prompts: dict[str, str]
) -> None:
    lived = live(behaving(), *goals)
    outcome, (call,) = lived.outcome, lived.calls
    assert set(outcome.seconds_to) == set(goals)
    assert outcome.turns_to_all == outcome.turns
    assert sum(outcome.seconds_to.values()) < outcome.seconds == call.seconds
    assert call.ended == "caller"
    assert not any(isinstance(event, Silence) for event in call.events)
    last = {"lesson": "register_recap", "practice": "practice_done"}[goals[-1]]
    assert spec_prompts[last] in call.heard


def test_the_time_for_the_practice_begins_when_the_lesson_is_done(
    live: Callable[..., Lived],
) -> None:
    both = live(behaving(), "lesson", "practice").outcome
    alone = live(behaving(), "practice").outcome
    assert 0 < both.seconds_to["practice"] < both.seconds - both.seconds_to["lesson"] + 1
    assert both.seconds_to["practice"] < alone.seconds_to["practice"] + both.seconds_to["lesson"]


def test_the_silent_press_nothing(live: Callable[..., Lived]) -> None:
    lived = live(behaving(nothing=1.0), "lesson")
    assert not keys(lived.calls[0])
    assert len(lived.calls) == 1


def test_the_double_presser_presses_the_same_key_at_once(live: Callable[..., Lived]) -> None:
    lived = live(behaving(twice=Twice(chance=1.0)), "lesson")
    pressed = keys(lived.calls[0])
    twice = [b for a, b in pairwise(pressed) if b.at_seconds - a.at_seconds < 0.5]
    assert len(twice) * 2 == len(pressed)
    for second in twice:
        first = pressed[pressed.index(second) - 1]
        assert second.key == first.key
        assert second.at_seconds - first.at_seconds == pytest.approx(0.3)


def test_who_presses_early_cuts_off_what_is_said(live: Callable[..., Lived]) -> None:
    early = Early(chance=1.0, seconds=Spread(median=4))
    lived = live(behaving(early=early), "lesson")
    cut = [event for event in lived.calls[0].events if isinstance(event, Interrupted)]
    assert len(cut) > 5


def test_who_presses_early_keys_no_more_of_a_code_than_was_heard(
    live: Callable[..., Lived],
) -> None:
    usual = live(behaving(), "practice").calls[0]
    turn = next(e for e in usual.events if isinstance(e, Received) and "practice_otp?" in e.text)
    first, second = [
        event.at_seconds
        for event in usual.events
        if isinstance(event, Heard) and event.seconds < 1.2 and event.at_seconds > turn.at_seconds
    ][1:3]
    early = Early(chance=1.0, seconds=Spread(median=(first + second) / 2 - turn.at_seconds))
    found = entries(live(behaving(early=early), "practice").calls[0])
    assert any(1 < len(entry) < 4 for entry in found)


@pytest.mark.parametrize("seed", range(4))
def test_a_wrong_key_is_never_the_one_that_was_due(seed: int, live: Callable[..., Lived]) -> None:
    lived = live(behaving(wrong_key=1.0), "lesson", seed=seed)
    pressed = keys(lived.calls[0])
    assert len(pressed) > 3
    assert pressed[0].key != "1"  # the warm-up asks for 1


def test_the_slow_are_late_and_then_press_all_the_same(live: Callable[..., Lived]) -> None:
    lived = live(behaving(reaction_seconds=Spread(median=12)), "lesson")
    events = lived.calls[0].events
    assert any(isinstance(event, Silence) for event in events)
    assert keys(lived.calls[0])


def test_repeats_are_asked_by_the_key_of_the_place(live: Callable[..., Lived]) -> None:
    lived = live(behaving(asks_again=0.5), "lesson", "practice")
    lesson = lived.prompts["register_1"], lived.prompts["register_2"]
    assert max(lesson) > 1 or lived.prompts["register_3"] > 1
    assert {"*", "2", "#"} <= {each.key for each in keys(lived.calls[0])}
    assert not lived.outcome.is_too_often


@pytest.mark.parametrize("seed", range(3))
def test_slips_come_with_the_length_of_a_code(seed: int, live: Callable[..., Lived]) -> None:
    lived = live(behaving(slips=Slips(per_digit=0.05, growth=1.0)), "practice", seed=seed)
    found = [entry for entry in entries(lived.calls[0]) if len(entry) > 1]
    assert found.count("0000012345") <= 2
    assert any(entry != "0000012345" and len(entry) > 4 for entry in found)


def test_learning_ends_the_mistakes(live: Callable[..., Lived]) -> None:
    lived = live(behaving(wrong_key=1.0, learning=0.0), "lesson")
    assert lived.outcome.turns_to_all is not None
    never = live(behaving(wrong_key=1.0), "lesson")
    assert never.outcome.turns > lived.outcome.turns or never.outcome.turns_to_all is None


def test_who_hangs_up_and_never_rings_again_has_left(live: Callable[..., Lived]) -> None:
    lived = live(behaving(hangs_up=1.0), "lesson")
    assert lived.outcome.has_left
    assert lived.outcome.calls == 1
    assert lived.outcome.lost_at is None
    assert len(lived.outcome.ended_at) == 1


def test_who_rings_again_does_so_hours_later_from_the_same_number(
    live: Callable[..., Lived],
) -> None:
    again = RingsAgain(chance=1.0, hours=Spread(median=3))
    lived = live(behaving(hangs_up=0.15, rings_again=again), "lesson")
    assert lived.outcome.calls == len(lived.calls) > 1
    first, second = lived.calls[:2]
    assert first.setup.from_number == second.setup.from_number
    assert first.party.call_sid != second.party.call_sid
    passed = (second.setup.started_at - first.setup.started_at).total_seconds()
    assert passed == pytest.approx(3 * 3600 + first.seconds)


def test_who_rings_too_often_is_stuck(live: Callable[..., Lived]) -> None:
    again = RingsAgain(chance=1.0, hours=Spread(median=1))
    lived = live(behaving(hangs_up=1.0, rings_again=again), "lesson")
    assert lived.outcome.is_stuck
    assert lived.outcome.calls == 20


def test_who_wants_nothing_presses_keys_until_leaving(live: Callable[..., Lived]) -> None:
    lived = live(behaving(wrong_key=1.0, hangs_up=0.1))
    assert lived.outcome.goals == ()
    assert lived.outcome.ended_at == ()
    assert lived.outcome.lost_at is None


def test_own_secrets_are_keyed_and_kept_nowhere(live: Callable[..., Lived]) -> None:
    lived = live(behaving(own_secret=1.0, learning=0.6), "practice")
    own = lived.calls[0].setup.from_number.removeprefix("+91")
    assert any(own.startswith(entry) and len(entry) > 4 for entry in entries(lived.calls[0]))
    assert lived.outcome.secrets_kept == 0


def test_every_shipped_persona_lives_within_the_limits(
    shipped: Personas, live: Callable[..., Lived]
) -> None:
    for persona in shipped.personas.values():
        goals = max((errand.to for errand in persona.errands), key=len)
        outcome = live(persona.behaviour, *goals, seed=4).outcome
        assert not outcome.is_stuck
        assert outcome.secrets_kept == 0
        assert 0 < outcome.speech_seconds < outcome.seconds
