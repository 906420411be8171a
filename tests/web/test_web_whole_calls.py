"""Whole calls of the shipped line, from the ring to the end: carrier, service and Redis together.

Nothing waits: a minute of silence is a minute on the carrier's virtual clock only.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import redis
from msgspec.structs import replace

from ivr.flow.model import Lesson
from ivr.simulator.events import Dialed, Gathering
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from ivr.web.app import create_app
from tests.conftest import DAY, LINE, ROOT, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.simulator.call import Call
    from ivr.twiml.request import DialStatus
    from ivr.web.parts import Parts

NUMBER = "+919876543210"
VOLUNTEER = "+15005550009"
CALLERS_PAGE = (ROOT / "docs/callers.md").read_text(encoding="utf-8")
MINUTE = 60
MAX_TURNS = 60
NIGHT = DAY + timedelta(hours=8)
"""Eight in the evening, when no volunteer is rung."""


class Rung:
    """The shipped line on a pretend carrier."""

    def __init__(self, parts: Parts) -> None:
        self.said = parts.spec.words["bn"].prompts
        self.phone = Phone(InProcess(create_app(parts)), TOKEN)

    def ring(self, number: str = NUMBER, dial: tuple[DialStatus, ...] = ()) -> Call:
        setup = Setup(from_number=number, status_callback="/voice/status", dial_outcomes=dial)
        call = self.phone.call(f"{LINE}/voice", setup=setup)
        call.start()
        return call

    def ring_and_press(self, *keys: str, number: str = NUMBER) -> Call:
        call = self.ring(number)
        for key in keys:
            call.press(key)
        return call

    def heard(self, call: Call, prompt: str) -> bool:
        return self.said[prompt] in call.heard


def place(call: Call) -> str:
    """Where the line waits: the last part of the action's path."""
    last = [event for event in call.events if isinstance(event, Gathering)][-1]
    return last.action.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def line(parts: Parts) -> Iterator[Rung]:
    rung = Rung(parts)
    with rung.phone:
        yield rung


@pytest.fixture
def helped(parts: Parts) -> Iterator[Rung]:
    """The same line, with a volunteer."""
    rung = Rung(replace(parts, helper_number=VOLUNTEER))
    with rung.phone:
        yield rung


def test_a_caller_who_presses_nothing_hears_the_whole_lesson(line: Rung, spec: Spec) -> None:
    call, turns = line.ring(), 0
    while call.ended is None and turns < MAX_TURNS:
        call.wait()
        turns += 1
    assert call.ended == "hangup"
    lesson = spec.flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    due = [line.said[step.prompt] for step in lesson.steps]
    assert [words for words in call.heard if words in due] == due, "each step once, in order"
    told = ["straight_line", "register_recap", "about_to_end", "nobody_there", "goodbye"]
    first = [call.heard.index(line.said[prompt]) for prompt in told]
    assert first == sorted(first)
    told_minutes = re.search(r"that takes about (\d+) minutes", CALLERS_PAGE)
    assert told_minutes is not None
    assert round(call.seconds / MINUTE) == int(told_minutes[1]), "docs/callers.md tells it"
    assert not call.failures
    assert not call.warnings


@pytest.mark.parametrize(
    ("key", "goes_on_at"),
    [
        pytest.param("1", "register_lesson.register_4", id="go on"),
        pytest.param("2", "main_menu", id="begin again"),
        pytest.param(None, "register_lesson.register_4", id="silence goes on"),
    ],
)
def test_who_rings_again_is_asked_where_to_go_on(
    line: Rung, key: str | None, goes_on_at: str
) -> None:
    line.ring_and_press("1", "1", "1", "1", "1").hang_up()
    again = line.ring()
    assert line.heard(again, "resume_register")
    assert line.heard(again, "step_4")
    assert place(again) == "resume"
    if key is None:
        again.wait()
    else:
        again.press(key)
    assert place(again) == goes_on_at


def test_another_number_is_asked_nothing(line: Rung) -> None:
    line.ring_and_press("1", "1", "1").hang_up()
    assert place(line.ring("+919876543211")) == "warm_up"


def test_who_has_heard_all_is_asked_nothing(line: Rung, spec: Spec) -> None:
    lesson = spec.flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    whole = line.ring_and_press("1", "1", *["1"] * len(lesson.steps))
    assert place(whole) == "after_lesson"
    whole.hang_up()
    assert place(line.ring()) == "warm_up"


@pytest.mark.parametrize("number", ["", "anonymous", "+266696687"])
def test_of_a_withheld_number_nothing_is_kept(line: Rung, redis_url: str, number: str) -> None:
    line.ring_and_press("1", "9", "1", "1", "1", number=number).hang_up()
    again = line.ring(number)
    assert place(again) == "warm_up"
    assert list(redis.Redis.from_url(redis_url).scan_iter("ivr:caller:*")) == []


@pytest.mark.parametrize(
    ("hours", "first_place"),
    [pytest.param(72, "resume", id="72 hours"), pytest.param(73, "warm_up", id="an hour more")],
)
def test_a_call_is_taken_up_for_72_hours_and_the_language_longer(
    parts: Parts, hours: int, first_place: str
) -> None:
    now = [DAY]
    line = Rung(replace(parts, clock=lambda: now[0]))
    with line.phone:
        line.ring_and_press("1", "9", "2", "1", "1").hang_up()  # in English from here on
        now[0] += timedelta(hours=hours)
        again = line.ring()
        assert place(again) == first_place
        assert again.heard[0] == parts.spec.words["en"].prompts["greeting"]


def test_who_asks_to_be_forgotten_is_a_new_caller(line: Rung, redis_url: str) -> None:
    line.ring_and_press("1", "1", "1", "9", "4").hang_up()
    assert place(line.ring()) == "warm_up"
    assert list(redis.Redis.from_url(redis_url).scan_iter("ivr:caller:*")) == []


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        pytest.param("completed", "person_done", id="completed"),
        pytest.param("busy", "person_nobody", id="busy"),
        pytest.param("no-answer", "person_nobody", id="no-answer"),
        pytest.param("failed", "person_nobody", id="failed"),
    ],
)
def test_a_volunteer_is_rung_and_the_call_goes_on_where_it_was(
    helped: Rung, outcome: DialStatus, told: str
) -> None:
    call = helped.ring(dial=(outcome,))
    for key in ("1", "1", "1", "9", "1"):
        call.press(key)
    (dialed,) = (event for event in call.events if isinstance(event, Dialed))
    assert (dialed.to, dialed.outcome) == ((VOLUNTEER,), outcome)
    assert helped.heard(call, told)
    assert place(call) == "register_lesson.register_2"
    call.press("1")
    assert place(call) == "register_lesson.register_3"


def test_no_volunteer_is_offered_in_the_evening_or_where_there_is_none(
    parts: Parts, line: Rung
) -> None:
    evening = Rung(replace(parts, helper_number=VOLUNTEER, clock=lambda: NIGHT))
    with evening.phone:
        for each in (line, evening):
            call = each.ring_and_press("1", "9", number="")
            assert place(call) == "help_menu"
            assert not each.heard(call, "choose_person")


def test_trouble_over_the_whole_call_leads_to_the_simpler_way(line: Rung) -> None:
    call = line.ring_and_press("5", "1", "8", "7")
    assert place(call) == "main_menu"
    call.press("8")
    assert place(call) == "simpler"
    call.press("1")
    assert place(call) == "main_menu"
    assert call.heard[-1] == line.said["choose_practice"], "the first two of four are offered"
    call.press("3")
    assert line.heard(call, "services_intro"), "the others are taken all the same"
