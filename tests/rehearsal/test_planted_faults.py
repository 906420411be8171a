"""A line with a fault is found out: a leak, a sentence said three times, a loop without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.rehearsal.personas import Twice
from tests.rehearsal.conftest import behaving, live_on, rung
from tests.rehearsal.planted import answering, gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.rehearsal.line import Line
    from ivr.rehearsal.outcome import Outcome
    from ivr.rehearsal.personas import Behaviour, Goal, Personas

SAFE_TURNS = 8


@pytest.fixture
def lived(line: Line, shipped: Personas) -> Callable[..., Outcome]:
    def live(document: Callable[..., str], behaviour: Behaviour, *goals: Goal) -> Outcome:
        with rung(line, answering(document)) as planted:
            return live_on(planted, shipped, behaviour, goals).outcome

    return live


def ending(document: Callable[[int, dict[str, str]], str]) -> Callable[[int, dict[str, str]], str]:
    """The same, with an end: so that a caller is not stuck as well."""
    return lambda turn, form: (
        "<Response><Hangup/></Response>" if turn > SAFE_TURNS else document(turn, form)
    )


LEAKS = {
    "in the action": lambda turn, form: gather(
        "practice_otp", turn, "4 7", digits=4, query=f"&amp;keyed={form.get('Digits', '')}"
    ),
    "spoken as words": lambda turn, form: gather(
        "practice_otp", turn, f"you keyed {form.get('Digits', 'nothing')}", digits=4
    ),
    "spoken digit by digit": lambda turn, form: gather(
        "practice_otp", turn, "not " + " ".join(form.get("Digits", "")) + " but 4 7", digits=4
    ),
}


@pytest.mark.parametrize("document", LEAKS.values(), ids=LEAKS)
def test_a_secret_that_the_line_tells_on_is_counted(
    document: Callable[..., str], lived: Callable[..., Outcome]
) -> None:
    assert lived(ending(document), behaving(own_secret=1.0), "practice").secrets_kept >= 1


def test_a_line_that_tells_nothing_keeps_no_secret(lived: Callable[..., Outcome]) -> None:
    def document(turn: int, _: dict[str, str]) -> str:
        return gather("practice_otp", turn, "4 7 2 1", digits=4)

    assert lived(ending(document), behaving(own_secret=1.0), "practice").secrets_kept == 0


@pytest.mark.parametrize("where", ["kept", "logged"])
def test_a_secret_that_is_stored_or_logged_is_counted(
    where: str, line: Line, shipped: Personas
) -> None:
    told: list[str] = []

    def document(turn: int, form: dict[str, str]) -> str:
        told.append(form.get("Digits", ""))
        return gather("practice_otp", turn, "4 7 2 1", digits=4)

    with rung(line, answering(ending(document))) as planted:
        looked = {
            "kept": replace(planted, kept=lambda: " ".join(told).encode()),
            "logged": replace(planted, logged=lambda: " ".join(told)),
        }
        outcome = live_on(looked[where], shipped, behaving(own_secret=1.0), ("practice",)).outcome
    assert outcome.secrets_kept >= 1


def test_a_secret_that_is_stored_for_one_answer_only_is_counted(
    line: Line, shipped: Personas
) -> None:
    held = ""

    def document(turn: int, form: dict[str, str]) -> str:
        nonlocal held
        held = form.get("Digits", "") if turn < SAFE_TURNS else ""
        return gather("practice_otp", turn, "4 7 2 1", digits=4)

    def kept() -> bytes:
        return held.encode()

    with rung(line, answering(ending(document))) as planted:
        looked = replace(planted, kept=kept)
        found = live_on(looked, shipped, behaving(own_secret=1.0), ("practice",))
    assert found.outcome.secrets_kept >= 1
    assert not held


def same_words(place: Callable[[int], str], words: str) -> Callable[..., str]:
    return ending(lambda turn, _: gather(place(turn), turn, words))


def test_a_sentence_that_answers_silence_three_times_is_counted(
    lived: Callable[..., Outcome], spec_prompts: dict[str, str]
) -> None:
    document = same_words(lambda _: "main_menu", spec_prompts["no_input_gentle"])
    assert lived(document, behaving(nothing=1.0), "lesson").is_too_often


def test_a_sentence_that_answers_wrong_keys_three_times_is_counted(
    lived: Callable[..., Outcome], spec_prompts: dict[str, str]
) -> None:
    document = same_words(lambda _: "main_menu", spec_prompts["invalid_gentle"])
    assert lived(document, behaving(wrong_key=1.0, twice=Twice(chance=0.5)), "lesson").is_too_often


@pytest.mark.parametrize(
    ("place", "prompt", "behaviour"),
    [
        (lambda turn: f"register_lesson.register_{turn}", "no_input_gentle", {"nothing": 1.0}),
        (lambda _: "main_menu", "no_input_gentle", {"asks_again": 1.0}),
        (lambda _: "main_menu", "main_menu", {"nothing": 1.0}),
        (lambda _: "main_menu", "practice_warning", {"nothing": 1.0}),
    ],
    ids=["at other places", "asked for", "the place itself", "a safety line"],
)
def test_what_may_be_said_again_is_not_counted(
    place: Callable[[int], str],
    prompt: str,
    behaviour: dict[str, float],
    lived: Callable[..., Outcome],
    spec_prompts: dict[str, str],
) -> None:
    document = same_words(place, spec_prompts[prompt])
    assert not lived(document, behaving(**behaviour), "lesson").is_too_often


def test_parts_of_a_code_are_one_place(
    lived: Callable[..., Outcome], spec_prompts: dict[str, str]
) -> None:
    words = spec_prompts["practice_no_input_gentle"]
    document = same_words(lambda turn: f"practice_number.part_{turn % 2 + 1}", words)
    assert lived(document, behaving(nothing=1.0), "practice").is_too_often


def test_a_loop_without_an_end_leaves_the_caller_stuck(lived: Callable[..., Outcome]) -> None:
    outcome = lived(lambda turn, _: gather("main_menu", turn, "again"), behaving(), "lesson")
    assert outcome.is_stuck
    assert outcome.ended_at == ("main_menu",)
    assert outcome.lost_at == "main_menu"
