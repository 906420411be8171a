"""A caller of this project's own line who learns to register, and practises it with every code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson
from ivr.flow.terms import AGAIN_KEY, NEXT_KEY, READY_KEY
from ivr.simulator.events import Pressed, Silence

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.simulator.call import Call

LANGUAGE: Final = "bn"
PRACTISE_KEY: Final = "1"
"""After the lesson."""
WRONG_NUMBER: Final = "0000054321"
PLACES: Final = 9
"""Of the practice: digits to be keyed in, or a question whose answer is only thought of."""


def register(call: Call, spec: Spec) -> int:
    """Warms up, hears the whole lesson, passes the practice, and hangs up.

    On the way the caller asks for a step again, is silent once, and keys a wrong code once.

    Args:
        call: not yet started.
        spec: of the line that it rings.

    Returns:
        How many turns the caller had.
    """
    lesson = spec.flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    call.start()
    for key in ("1", "1", AGAIN_KEY, *[NEXT_KEY] * len(lesson.steps), PRACTISE_KEY):
        call.press(key)
    call.wait()
    heard = _press(call, WRONG_NUMBER)
    for _ in range(PLACES):
        heard = _press(call, _code(heard, spec) or READY_KEY)
    call.hang_up()
    return sum(isinstance(event, Pressed | Silence) for event in call.events)


def _press(call: Call, keys: str) -> list[str]:
    """What is heard after these keys."""
    before = len(call.heard)
    call.press(keys)
    return call.heard[before:]


def _code(heard: list[str], spec: Spec) -> str:
    """The digits that were read out; empty where none were."""
    prompts = spec.words[LANGUAGE].prompts
    digits = {
        prompts[f"digit_{digit}{form}"]: digit for digit in "0123456789" for form in ("", "_more")
    }
    return "".join(digits.get(words, "") for words in heard)
