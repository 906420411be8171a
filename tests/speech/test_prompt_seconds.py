"""The shipped words against the limits of an elder's patience, measured on their real clips.

The limits: greeting 14 s with its safety words, an option 4 s, a menu 20 s, a step of a lesson 17 s
with its keys; in the slow form 1.4 times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.model import Lesson, Menu, Pace
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Spec
    from ivr.speech.library import Library


def limits(flow: Flow) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """(what it is, the prompts heard in a row, the seconds that they may take)."""
    yield "greeting", ("greeting",), 14
    for node_id, node in flow.nodes.items():
        match node:
            case Menu():
                options = tuple(option.prompt for option in node.options)
                yield node_id, (node.prompt, *options), 20
                yield from ((prompt, (prompt,), 4) for prompt in options)
            case Lesson():
                keys = flow.defaults.lesson.keys
                yield from ((step.prompt, (step.prompt, keys), 17) for step in node.steps)
            case _:
                pass


@pytest.mark.parametrize(("pace", "factor"), [(Pace.NORMAL, 1.0), (Pace.SLOW, 1.4)])
@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_takes_longer_than_an_elder_can_hold(
    spec: Spec, library: Library, language: str, pace: Pace, factor: float
) -> None:
    def seconds(prompt: str) -> float:
        text = spec.words[language].prompts[prompt]
        clip = library.find(Utterance(language, prompt, pace, text))
        assert clip is not None
        return clip.seconds

    over = {
        name: (round(taken, 1), round(limit * factor, 1))
        for name, prompts, limit in limits(spec.flow)
        if (taken := sum(map(seconds, prompts))) > limit * factor
    }
    assert over == {}
