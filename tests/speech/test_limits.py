"""Nothing takes longer than an elder can hold: greeting, option, menu and step of a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.model import Pace
from ivr.speech.gates import Fault
from ivr.speech.limits import Row, overlong, rows
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Flow, PromptId, Spec
    from ivr.speech.library import Library

MENU = Row("menu some", ("some", "first", "second"), 20)


@pytest.fixture(scope="module")
def flow(spec: Spec) -> Flow:
    return spec.flow


def lasting(**seconds: float) -> Callable[[PromptId], float | None]:
    return seconds.get


def test_the_greeting_is_where_a_call_starts(flow: Flow) -> None:
    assert rows(flow)[0] == Row("greeting greeting", ("greeting",), 14)


@pytest.mark.parametrize(
    ("start", "greeting"),
    [
        pytest.param("practice_open", ("greeting practice_open",), id="another say"),
        pytest.param("main_menu", (), id="a menu"),
    ],
)
def test_the_greeting_goes_with_the_start(
    flow: Flow, start: str, greeting: tuple[str, ...]
) -> None:
    other = replace(flow, flow=replace(flow.flow, start=start))
    names = [row.name for row in rows(other)]
    assert tuple(name for name in names if name.startswith("greeting")) == greeting


def test_a_menu_is_heard_whole_and_each_option_by_itself(flow: Flow) -> None:
    every = rows(flow)
    options = ("choose_lesson", "choose_practice", "choose_services", "choose_more")
    first = every.index(Row("menu main_menu", ("main_menu", *options), 20))
    assert every[first + 1 : first + 5] == tuple(
        Row(f"option {option}", (option,), 4) for option in options
    )


def test_each_step_is_heard_with_its_keys_and_the_last_with_others(flow: Flow) -> None:
    steps = [row for row in rows(flow) if row.name.startswith("step register_")]
    assert len(steps) == 15
    assert {row.limit_seconds for row in steps} == {17}
    assert {row.prompts[1:] for row in steps[:-1]} == {("lesson_keys",)}
    assert steps[-1].prompts == ("register_15", "lesson_last_keys")


def test_a_row_that_comes_twice_is_told_once(flow: Flow) -> None:
    twice = replace(flow, nodes={**flow.nodes, "once_more": flow.nodes["register_lesson"]})
    assert rows(twice) == rows(flow)


@pytest.mark.parametrize(
    ("pace", "menu", "expected"),
    [
        # The clips last 12 s and the two pauses between them .8 s, slow 1.1 s.
        pytest.param(Pace.NORMAL, replace(MENU, limit_seconds=12.8), None, id="just within"),
        pytest.param(
            Pace.NORMAL,
            replace(MENU, limit_seconds=12.5),
            ("12.80 s", "at most 12.5 s"),
            id="over by its pauses",
        ),
        pytest.param(Pace.SLOW, replace(MENU, limit_seconds=9.4), None, id="slow, within"),
        pytest.param(Pace.SLOW, replace(MENU, limit_seconds=13.1 / 1.4), None, id="slow, at it"),
        pytest.param(
            Pace.SLOW,
            replace(MENU, limit_seconds=9),
            ("13.10 s", "at most 12.6 s"),
            id="slow, over 1.4 times as much",
        ),
    ],
)
def test_the_pauses_between_clips_count(
    pace: Pace, menu: Row, expected: tuple[str, str] | None
) -> None:
    fault = overlong(menu, "bn", pace, lasting(some=2.0, first=4.0, second=6.0))
    assert (fault and (fault.found, fault.limit)) == expected


def test_what_is_too_long_says_which_words_to_change() -> None:
    row = Row("option choose_more", ("choose_more",), 4)
    assert overlong(row, "en", Pace.NORMAL, lasting(choose_more=4.01)) == Fault(
        "seconds of option choose_more",
        "4.01 s",
        "at most 4 s",
        "it is more than a caller can hold: use fewer words in config/prompts/en.yaml",
    )


def test_a_row_with_a_clip_missing_is_not_judged() -> None:
    assert overlong(MENU, "bn", Pace.NORMAL, lasting(some=99.0, first=99.0)) is None


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_shipped_takes_longer_than_an_elder_can_hold(
    spec: Spec, library: Library, language: str, pace: Pace
) -> None:
    def clip_seconds(prompt: PromptId) -> float:
        text = spec.words[language].prompts[prompt]
        clip = library.find(Utterance(language, prompt, pace, text))
        assert clip is not None
        return clip.seconds

    found = (overlong(row, language, pace, clip_seconds) for row in rows(spec.flow))
    assert [fault for fault in found if fault is not None] == []
