"""This project's own line at the browser phone: a whole practice, its session, its English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.browser.app import browser_phone
from ivr.cli.local import LocalLine
from ivr.cli.own_phone import english_of, own_rung_line, rows
from ivr.cli.project import Project
from ivr.flow.model import READY_KEY
from ivr.settings import Settings
from ivr.store.redis import RedisStore
from tests.browser.phone_pages import Caller
from tests.conftest import LINE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.flow.model import Spec

PRACTICE_PLACES = 9


@pytest.fixture
def caller(app: Flask, store: RedisStore, spec: Spec) -> Iterator[Caller]:
    project = Project(Settings.from_env({}), spec)
    rung = own_rung_line(project, LocalLine(app, store), LINE, TOKEN)
    with browser_phone(rung) as page:
        yield Caller(page)


def code(heard: list[str], spec: Spec) -> str:
    """The digits that were read out; empty where none were."""
    prompts = spec.words["bn"].prompts
    digits = {
        prompts[f"digit_{digit}{form}"]: digit for digit in "0123456789" for form in ("", "_more")
    }
    return "".join(digits.get(words, "") for words in heard)


def test_a_whole_practice_through_the_page(caller: Caller, spec: Spec) -> None:
    caller.ring().press("1").press("2")
    for place in range(PRACTICE_PLACES):
        entry = code(caller.heard, spec) or READY_KEY
        assert "Failed" not in caller.kinds
        assert caller.state["ended"] is None, place
        for key in entry:  # as fingers do it, one after the other
            caller.press(key)
    prompts = spec.words["bn"].prompts
    assert prompts["practice_done"] in caller.heard
    caller.do("hang_up")
    assert caller.state["ended"] == "caller"


def test_the_session_is_told_after_each_turn(caller: Caller) -> None:
    caller.ring()
    assert dict(caller.session or [])["place"] == "warm_up"
    caller.press("1").press("1")
    told = dict(caller.session or [])
    assert told["place"] == "register_lesson.register_1"
    assert (told["turn"], told["language"], told["pace"]) == ("3", "bn", "normal")
    caller.press("9").press("2")
    assert dict(caller.session or [])["pace"] == "slow"


def test_the_name_and_what_the_page_can_show_are_told(caller: Caller, spec: Spec) -> None:
    about = caller.get("/phone/about").get_json()
    assert about["name"] == spec.flow.flow.name == "ঘরে বসে · Ghore Boshe"
    assert about["line"] == f"{LINE}/voice"
    assert (about["has_english"], about["has_session"]) == (True, True)


def test_each_thing_that_is_heard_has_its_english(caller: Caller, spec: Spec) -> None:
    bengali, english = spec.words["bn"].prompts, spec.words["en"].prompts
    caller.ring().press("1")
    pairs = {each["words"]: each["english"] for each in caller.events if each["kind"] == "Heard"}
    for prompt in ("warm_up_done", "global_keys", "main_menu", "choose_lesson"):
        assert pairs[bengali[prompt]] == english[prompt]
    caller.press("9").press("3").press("1")
    assert caller.heard
    assert {each["english"] for each in caller.events if each["kind"] == "Heard"} == {None}


def test_words_that_are_no_prompt_have_no_english(spec: Spec) -> None:
    english = english_of(spec)
    assert english is not None
    assert english("nothing that the line says") is None
    assert (
        english(f" {spec.words['bn'].prompts['main_menu']}\n")
        == (spec.words["en"].prompts["main_menu"])
    )


def test_a_line_without_english_words_offers_none(spec: Spec) -> None:
    assert english_of(replace(spec, words={"bn": spec.words["bn"]})) is None


def test_nothing_is_kept_of_a_call_that_never_was(store: RedisStore) -> None:
    assert rows(store, "CA" + "0" * 32) == []


def test_a_redis_that_is_away_is_told_in_the_panel() -> None:
    away = RedisStore("redis://127.0.0.1:1")
    [(name, words)] = rows(away, "CA" + "0" * 32)
    away.close()
    assert name == "nothing is known"
    assert "Redis did not answer" in words


def test_what_is_pressed_is_not_in_the_session(caller: Caller, spec: Spec) -> None:
    caller.ring().press("1").press("2")
    entry = code(caller.heard, spec)
    assert entry
    caller.press(entry)
    assert entry not in str(caller.session)


def test_a_fault_leads_to_the_apology_of_the_fallback(caller: Caller, spec: Spec) -> None:
    caller.ring(faults="status:500@2").press("1")
    assert caller.event("Failed")["code"] == 11200
    assert caller.heard[0] == spec.words["bn"].prompts["apology"]
    assert caller.state["waiting"] == "gather", "the call goes on"


def test_the_line_is_told_of_the_end(caller: Caller) -> None:
    caller.ring().do("hang_up")
    assert dict(caller.session or [])["the call"] == "closed"
