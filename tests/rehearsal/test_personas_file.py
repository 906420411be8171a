"""config/personas.yaml: what it must hold, and what is said of one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import RehearsalError
from ivr.rehearsal.reading import read_personas
from tests.rehearsal.conftest import FILE

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.rehearsal.personas import Personas

TEXT = FILE.read_text(encoding="utf-8")
KINDS = {
    *("sure_footed", "slow", "presses_too_early", "wrong_keys", "presses_twice", "silent"),
    *("keys_own_secret", "forgets_the_code", "hangs_up", "asks_again"),
    *("pocket_dialler", "child_playing"),
}


def test_every_kind_of_caller_is_in_the_shipped_file(shipped: Personas) -> None:
    assert set(shipped.personas) == KINDS


def test_nobody_sets_out_who_rings_by_accident(shipped: Personas) -> None:
    nobody = {
        name
        for name, persona in shipped.personas.items()
        if not any(errand.to for errand in persona.errands)
    }
    assert nobody == {"pocket_dialler", "child_playing"}


def line_of(text: str) -> int:
    return next(i for i, line in enumerate(TEXT.splitlines(), 1) if text in line)


BAD = {
    "unknown field": ("share: 22", "shares: 22", "did you mean 'share'?"),
    "chance above one": ("own_secret: 0.6", "own_secret: 6", "6 is greater than the maximum of 1"),
    "no reason": ("nothing: 1.0", "nothing: [1]", "a list should be a number; change it"),
    "no such goal": ("practice: practice_done}", "practice: nowhere}", "'nowhere' is no node"),
    "a goal that says nothing": ("practice: practice_done}", "practice: register_lesson}", "is no"),
    "unknown goal": (
        "{to: [lesson], weight: 2}",
        "{to: [lessons], weight: 2}",
        "did you mean 'lesson'?",
    ),
    "a goal twice": ("{to: [lesson], weight: 2}", "{to: [lesson, lesson]}", "a goal stands twice"),
    "no median": ("hours: {median: 6, spread: 0.8}", "hours: {spread: 0.8}", "'median' is missing"),
    "not YAML": ("share: 22", "share: 22: 3", "this is not YAML"),
}


@pytest.mark.parametrize(("good", "bad", "said"), BAD.values(), ids=BAD)
def test_a_fault_is_told_with_its_line_and_what_to_do(
    good: str, bad: str, said: str, spec: Spec
) -> None:
    with pytest.raises(RehearsalError) as caught:
        read_personas("personas.yaml", TEXT.replace(good, bad, 1), spec.flow)
    told = str(caught.value)
    assert said in told
    assert f"personas.yaml:{line_of(good)}: " in told


def test_every_fault_is_told_at_once(spec: Spec) -> None:
    text = TEXT.replace("share: 22", "share: many").replace("own_secret: 0.6", "own_secret: 6")
    with pytest.raises(RehearsalError, match="it has 2 problems"):
        read_personas("personas.yaml", text, spec.flow)


@pytest.mark.parametrize(
    ("persona", "said"),
    [
        ("share: 0\n    errands:\n      - {to: []}", "every share is 0"),
        ("share: 1\n    errands:\n      - {to: [], weight: 0}", "every weight is 0"),
    ],
    ids=["shares", "weights"],
)
def test_somebody_must_ring_and_want_something(persona: str, said: str, spec: Spec) -> None:
    head = TEXT[: TEXT.index("personas:\n") + len("personas:\n")]
    text = (
        f"{head}  one:\n    reason: nobody rings in this population\n    {persona}\n"
        "    behaviour:\n      reaction_seconds: {median: 1}\n      key_seconds: {median: 1}\n"
    )
    with pytest.raises(RehearsalError, match=said):
        read_personas("personas.yaml", text, spec.flow)


def test_a_file_that_is_too_long_is_told(spec: Spec) -> None:
    with pytest.raises(RehearsalError, match=r"personas\.yaml is over 262144 bytes"):
        read_personas("personas.yaml", TEXT + "#" * 262_144, spec.flow)


def test_an_empty_file_is_told(spec: Spec) -> None:
    with pytest.raises(RehearsalError, match="the file is empty"):
        read_personas("personas.yaml", "", spec.flow)
