"""This project's own line at the browser phone: a whole practice, its session, its English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.browser.app import browser_phone
from ivr.cli.local import LocalLine, caller_keys
from ivr.cli.own_phone import english_of, own_rung_line, rows
from ivr.cli.project import Project
from ivr.flow.terms import READY_KEY
from ivr.settings import Settings
from ivr.store.redis import RedisStore
from ivr.twiml.request import Party
from tests.browser.phone_pages import Caller
from tests.conftest import LINE, SECRET, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.flow.model import Spec

PRACTICE_PLACES = 9
PARTY = Party(
    call_sid="CA" + "0" * 32,
    account_sid="AC1",
    from_number="+919876543210",
    to_number="+12025550100",
)


@pytest.fixture
def line(app: Flask, store: RedisStore) -> LocalLine:
    return LocalLine(app, store, caller_keys(SECRET))


@pytest.fixture
def caller(line: LocalLine, spec: Spec) -> Iterator[Caller]:
    project = Project(Settings.from_env({}), spec)
    rung = own_rung_line(project, line, LINE, TOKEN)
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
    assert told["kept of the caller"] == (
        "language bn, pace normal, goes on at register_lesson.register_1"
    )
    caller.press("9").press("1")
    told = dict(caller.session or [])
    assert (told["place"], told["pace"]) == ("register_lesson.register_1", "slow")
    assert told["kept of the caller"].startswith("language bn, pace slow, goes on at ")


def test_what_is_watched_in_a_call_is_told(caller: Caller) -> None:
    told = dict(caller.ring().press("8").session or [])
    assert (told["wrong keys"], told["confusion"]) == ("1", "2")
    assert told["had trouble at"] == "warm_up"
    assert "levels offered" not in told
    assert told["kept of the caller"] == "nothing"
    told = dict(caller.press("1").press("8").press("8").press("8").session or [])
    assert (told["place"], told["goes back to"]) == ("simpler", "main_menu")
    assert (told["confusion"], told["levels offered"]) == ("8", "1")
    told = dict(caller.press("1").session or [])
    assert (told["simpler way"], told["pace"]) == ("yes", "slow")
    assert told["kept of the caller"] == "language bn, pace slow, simpler way"
    assert "two at the screen" not in told


def test_more_time_and_two_at_the_screen_are_told(caller: Caller) -> None:
    told = dict(caller.ring().do("listen").press("1").session or [])
    assert told["given more time"] == "once"
    assert told["kept of the caller"] == "language bn, pace normal, given more time once"
    told = dict(caller.press("4").press("4").session or [])
    assert told["two at the screen"] == "yes"


def test_of_a_caller_who_asks_to_be_forgotten_nothing_is_kept(caller: Caller) -> None:
    told = dict(caller.ring().press("1").press("1").press("1").session or [])
    assert "goes on at register_lesson.register_2" in told["kept of the caller"]
    told = dict(caller.press("9").press("4").press("1").session or [])
    assert (told["place"], told["kept of the caller"]) == ("register_lesson.register_3", "nothing")


def test_of_a_withheld_number_nothing_is_kept(caller: Caller) -> None:
    told = dict(caller.ring(**{"from": ""}).press("1").press("1").session or [])
    assert told["kept of the caller"] == "nothing: the number is withheld"


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
    caller.press("9").press("2").press("1")
    heard = [each for each in caller.events if each["kind"] == "Heard"]
    assert heard
    assert all(each["english"] is None for each in heard)


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


def test_nothing_is_kept_of_a_call_that_never_was(line: LocalLine, spec: Spec) -> None:
    assert rows(line, PARTY, spec.flow) == []


def test_a_redis_that_is_away_is_told_in_the_panel(app: Flask, spec: Spec) -> None:
    away = RedisStore("redis://127.0.0.1:1")
    [(name, words)] = rows(LocalLine(app, away, caller_keys(SECRET)), PARTY, spec.flow)
    away.close()
    assert name == "nothing is known"
    assert "Redis did not answer" in words


def test_what_is_pressed_is_not_in_the_session(caller: Caller, spec: Spec) -> None:
    caller.ring().press("1").press("2")
    entry = code(caller.heard, spec)
    assert entry
    caller.press(entry)
    assert entry not in str(caller.session)


@pytest.mark.parametrize(
    ("faults", "apologies"),
    [
        pytest.param("status:500@2", 0, id="once, without a word"),
        pytest.param("status:500@2 status:500@4 status:500@6", 1, id="again, with an apology"),
    ],
)
def test_after_a_fault_the_fallback_leads_back(
    caller: Caller, spec: Spec, faults: str, apologies: int
) -> None:
    caller.ring(faults=faults).press("1")
    assert caller.event("Failed")["code"] == 11200
    assert caller.heard.count(spec.words["bn"].prompts["apology"]) == apologies
    assert caller.state["waiting"] == "gather", "the call goes on"


def test_the_line_is_told_of_the_end(caller: Caller) -> None:
    caller.ring().do("hang_up")
    assert dict(caller.session or [])["the call"] == "closed"
