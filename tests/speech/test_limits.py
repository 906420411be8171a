"""Nothing takes longer than an elder can hold: greeting, option, menu and step of a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.model import Lesson
from ivr.flow.terms import Pace
from ivr.speech.gates import Fault
from ivr.speech.limits import Row, overlong, rows
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Flow, Spec
    from ivr.flow.terms import PromptId
    from ivr.speech.library import Library

MENU = Row("menu some", ("some", "first", "second"), 20, ("nodes", "some"))


@pytest.fixture(scope="module")
def flow(spec: Spec) -> Flow:
    return spec.flow


def lasting(**seconds: float) -> Callable[[PromptId], float | None]:
    return seconds.get


def test_the_greeting_is_where_a_call_starts(flow: Flow) -> None:
    assert rows(flow)[0] == Row("greeting greeting", ("greeting",), 14, ("nodes", "greeting"))


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
    path = ("nodes", "main_menu")
    first = every.index(Row("menu main_menu", ("main_menu", *options), 20, path))
    assert every[first + 1 : first + 5] == tuple(
        Row(f"option {option}", (option,), 4, (*path, "options", place))
        for place, option in enumerate(options)
    )


def test_each_step_is_heard_with_its_keys_and_the_last_with_others(flow: Flow) -> None:
    steps = {row.name: row for row in rows(flow) if row.name.startswith("step register_")}
    assert len(steps) == 15
    assert {row.limit_seconds for row in steps.values()} == {17}
    told = {name.removeprefix("step register_"): row.prompts for name, row in steps.items()}
    first = ("step_1", "of_15", "register_1", "write_down", "lesson_keys", "lesson_spell")
    assert told["1"] == first
    assert told["2"] == ("step_2", "register_2", "lesson_keys")
    assert told["5"] == ("step_5", "of_15", "register_5", "lesson_keys")
    assert told["15"] == ("step_15", "of_15", "register_15", "lesson_last_keys")


def test_an_option_of_a_single_step_is_limited_like_any_other(flow: Flow) -> None:
    path = ("nodes", "register_lesson", "steps", 0, "options", 0)
    assert Row("option lesson_spell", ("lesson_spell",), 4, path) in rows(flow)


def test_the_steps_of_one_page_have_a_limit_of_their_own(flow: Flow) -> None:
    pages = [row for row in rows(flow) if row.name.startswith("page ")]
    assert [row.name.removeprefix("page from register_") for row in pages] == [
        *("1", "4", "8", "10", "12", "15"),
    ]
    assert {row.limit_seconds for row in pages} == {60}
    assert pages[2].prompts == ("step_8", "register_8", "step_9", "register_9", "lesson_keys")
    assert pages[2].path == ("nodes", "register_lesson", "steps", 7)


def test_a_menu_to_go_on_from_is_heard_with_each_place_where_a_call_can_break_off(
    flow: Flow,
) -> None:
    menus = {row.name: row for row in rows(flow) if row.name.startswith("menu resume")}
    told = [name.removeprefix("menu resume with ") for name in menus]
    assert told == [
        "menu resume",
        *(f"resume_register step_{number}" for number in range(1, 16)),
        "resume_practice",
        *(f"resume_services step_{number}" for number in range(1, 9)),
        *("resume_remember", "resume_app"),
    ]
    place = menus["menu resume with resume_services step_8"]
    options = ("resume_go_on", "resume_anew")
    assert place.prompts == ("resume", "resume_services", "step_8", *options)
    assert {row.limit_seconds for row in menus.values()} == {20}


def test_a_menu_counts_with_the_person_that_it_may_offer(flow: Flow) -> None:
    prompts = ("about_to_end", "choose_person")
    row = Row("menu about_to_end", prompts, 20, ("nodes", "about_to_end"))
    assert row in rows(flow)


def test_a_menu_that_offers_others_something_else_when_slow_is_a_row_of_its_own(
    flow: Flow,
) -> None:
    found = {row.name: row.prompts for row in rows(flow) if row.name.startswith("menu ")}
    assert found["menu help_menu"][1] == "help_slower"
    assert found["menu help_menu when slow"][1:3] == ("help_usual", "help_language")
    assert [name for name in found if name.endswith(" when slow")] == ["menu help_menu when slow"]


def test_a_flow_with_mistakes_has_the_rows_that_can_be_told(flow: Flow) -> None:
    lesson = flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    nodes = {**flow.nodes, "register_lesson": replace(lesson, together=(15, 1, 1))}
    broken = replace(flow, flow=replace(flow.flow, start="nowhere"), nodes=nodes)
    names = [row.name for row in rows(broken)]
    assert names[0] == "menu resume"
    assert [name for name in names if name.startswith("page ")] == ["page from register_1"]


def test_a_row_that_comes_twice_is_told_once(flow: Flow) -> None:
    twice = replace(flow, nodes={**flow.nodes, "once_more": flow.nodes["register_lesson"]})
    assert rows(twice) == rows(flow)  # where it stands first


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
    row = Row("option choose_more", ("choose_more",), 4, ("nodes", "main_menu", "options", 3))
    assert overlong(row, "en", Pace.NORMAL, lasting(choose_more=4.01)) == Fault(
        "seconds of option choose_more",
        "4.01 s",
        "at most 4 s",
        "it is more than a caller can hold: use fewer words in config/prompts/en.yaml",
    )


def test_a_row_with_a_clip_missing_is_not_judged() -> None:
    assert overlong(MENU, "bn", Pace.NORMAL, lasting(some=99.0, first=99.0)) is None


def clip_seconds(
    spec: Spec, library: Library, language: str, pace: Pace
) -> Callable[[PromptId], float]:
    """The length of each shipped prompt's clip."""

    def measured(prompt: PromptId) -> float:
        text = spec.words[language].prompts[prompt]
        clip = library.find(Utterance(language, prompt, pace, text))
        assert clip is not None
        return clip.seconds

    return measured


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_shipped_takes_longer_than_an_elder_can_hold(
    spec: Spec, library: Library, language: str, pace: Pace
) -> None:
    measured = clip_seconds(spec, library, language, pace)
    found = (overlong(row, language, pace, measured) for row in rows(spec.flow))
    assert [fault for fault in found if fault is not None] == []


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_whole_lesson_is_said_within_four_and_a_half_minutes(
    spec: Spec, library: Library, language: str
) -> None:
    # From the greeting to the recap, for a caller who presses no key until the lesson begins; the
    # times of waiting are not in it.
    lead = ("warm_up_no_input", "warm_up_too_many", "straight_line")
    around = ("greeting", *lead, "umang_purpose", "register_notice", "register_recap")
    names = ("menu warm_up", "menu warm_up", "menu main_menu")
    every = {row.name: row for row in rows(spec.flow)}
    lesson = spec.flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    heard = [
        *(Row(prompt, (prompt,), 0, ()) for prompt in around),
        *(every[name] for name in names),
        *(every[f"step {step.prompt}"] for step in lesson.steps),
    ]
    measured = clip_seconds(spec, library, language, Pace.NORMAL)
    assert sum(row.seconds(Pace.NORMAL, measured) or 0 for row in heard) < 270
