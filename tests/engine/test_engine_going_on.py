"""A call breaks off anywhere, the caller rings again, and is asked: go on, or begin again?

*Rightly* means: where the call stood, or last stood at, a place to go on from (a step of a lesson
about UMANG, a code or a question of the practice) and nothing was finished since, the next call
says which lesson and step that is, and goes on there by key 1 or by silence. After anything else
(nothing begun, something finished, everything forgotten) the call begins as for everybody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.engine.events import CallEnded, CallStarted
from ivr.engine.step import step
from tests.engine.calls import GREETED, KNOWN, MENU, NOON, Caller, after, played
from tests.engine.walking import Stand, at_its_beginning, restable, told, walked
from tests.flow.small import small_flow

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

LATER = replace(KNOWN, now=NOON + timedelta(hours=71))


def test_the_walk_comes_to_every_place_in_both_languages(flow: Flow, stands: list[Stand]) -> None:
    assert {stand.place for stand in stands} == restable(flow)
    for language in flow.flow.languages:
        there = {stand.place for stand in stands if stand.session.language == language}
        assert restable(flow) - there <= {"warm_up"}, "nobody has changed the language there yet"


def test_after_a_hang_up_at_every_place_a_second_call_goes_on_rightly(
    flow: Flow, stands: list[Stand]
) -> None:
    asked = 0
    for stand in stands:
        ended = step(flow, stand.session, CallEnded("completed"), KNOWN)
        assert ended.memory is None, "what is kept does not hang on the end being told"
        if stand.last is None:
            begins_anew(flow, stand)
        else:
            asked += 1
            goes_on(flow, stand, stand.last)
    assert asked > len(restable(flow))


def begins_anew(flow: Flow, stand: Stand) -> None:
    again = rung_again(flow, stand)
    assert again.place == "warm_up", stand.place
    assert played(again.turn) == GREETED


def rung_again(flow: Flow, stand: Stand) -> Caller:
    """The same caller, ringing within the hours; what was learnt holds."""
    again = Caller(flow, LATER, stand.memory)
    again.ring()
    if stand.session.is_kept:
        alike(again.turn.session, stand.session)
    return again


def alike(again: Session, before: Session) -> None:
    assert (again.language, again.pace, again.patience, again.simple) == (
        *(before.language, before.pace, before.patience, before.simple),
    )


def goes_on(flow: Flow, stand: Stand, last: str) -> None:
    again = rung_again(flow, stand)
    assert again.place == "resume", stand.place
    assert played(again.turn) == ["greeting", "resume", *told(flow, last), *CHOICES]
    due = at_its_beginning(flow, last, is_simple=stand.session.simple)
    for keys in ("1", "silence"):
        there = after(flow, again.turn.session, keys, LATER)
        assert there.session.place == due, stand.place
    anew = after(flow, again.turn.session, "2", LATER)
    assert played(anew) == MENU[: 3 if stand.session.simple else 5]


CHOICES = ["resume_go_on", "resume_anew"]


def test_to_go_on_is_asked_with_silence_as_an_answer(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1")
    caller.ring()
    heard = played(caller.press("silence"))
    assert heard == ["resume_silent", "step_2", "register_2", "lesson_keys"]


def test_the_way_on_from_there_is_the_way_of_the_lesson(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1", "1")
    caller.ring()
    caller.press("1", *["silence"] * 12)
    assert caller.place == "register_lesson.register_15"
    caller.press("1")
    assert caller.memory is None
    caller.ring()
    assert caller.place == "warm_up"


def test_who_begins_again_and_comes_nowhere_is_asked_again(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1")
    caller.ring()
    caller.press("2")
    caller.ring()
    assert caller.place == "resume"


def test_help_asked_at_the_question_leads_back_to_it(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1")
    caller.ring()
    caller.press("9", "1")
    assert caller.place == "resume"
    assert caller.press("1").session.place == "register_lesson.register_2"


def test_a_second_ring_of_the_same_call_does_not_ask_twice(flow: Flow) -> None:
    caller = Caller(flow)
    caller.ring()
    caller.press("1", "1", "1")
    first = caller.ring()
    again = step(flow, first.session, CallStarted(), replace(LATER, memory=caller.memory))
    assert again.instructions == first.instructions


@pytest.mark.parametrize("keys", ["1", "silence"])
def test_a_small_flow_goes_on_too(keys: str) -> None:
    flow = small_flow(
        """
  menu:
    kind: branch
    when: [{condition: bookmark, go: question}]
    otherwise: row
  question:
    kind: menu
    prompt: question
    options: [{key: '1', prompt: go_on, go: bookmark}]
    silence: {after: 1, go: bookmark}
  row:
    kind: lesson
    resume: in_the_row
    steps: [{prompt: one}, {prompt: two}]
    next: bye
"""
    )
    for stand in walked(flow, [KNOWN]):
        again = Caller(flow, LATER, stand.memory)
        if stand.last is None:
            assert played(again.ring()) == ["hello", "one", "keys"]
        else:
            assert played(again.ring()) == ["hello", "question", "in_the_row", "go_on"]
            assert again.press(keys).session.place == stand.last
