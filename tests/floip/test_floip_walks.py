"""The runner from npm loads the container without a complaint, and walks all of it."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from ivr.engine.codes import is_near
from tests.floip.published_runner import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Spec
    from tests.floip.published_runner import PublishedRunner, Walk

NUMBER = "0000012345"
TO_PRACTICE = "1 2"
LESSON = "1 1" + 15 * " 1"
PRACTICE = f"{NUMBER} heard heard heard 1 1 heard {NUMBER} heard"


def clean(walk: Walk) -> Walk:
    assert walk.complaints == ()
    return walk


def passed(walk: Walk, *blocks: str) -> bool:
    """Whether the call came by these blocks in this order."""
    rest = iter(walk.blocks)
    return all(block in rest for block in blocks)


def test_the_schemas_of_the_package_find_nothing_wrong(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    assert published.judge(exported) == []


@pytest.mark.parametrize("language", ["ben", "eng"])
def test_the_runner_walks_from_the_greeting_through_lesson_and_practice_to_goodbye(
    published: PublishedRunner, exported: dict[str, Any], spec: Spec, language: str
) -> None:
    walk = clean(published.walk(exported, *keys(f"{LESSON} 1 {PRACTICE} 2"), language=language))
    assert (walk.waits, walk.status) == (None, "FINISHED_COMPLETE")
    assert walk.blocks[0] == "greeting"
    steps = [f"register_lesson.register_{n}/say/register_{n}" for n in range(1, 16)]
    assert passed(walk, *steps, "register_recap", "practice_done", "goodbye")
    words = spec.words["bn" if language == "ben" else "en"].prompts
    assert walk.log[0].text == words["greeting"]
    assert walk.log[-1].text == words["goodbye"]


def test_services_help_and_the_way_back_are_walked(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    walk = clean(published.walk(exported, *keys(f"1 3{5 * ' 1'} 9 1 2 3{3 * ' 1'} 1 1 2")))
    assert passed(
        walk,
        "services_lesson.services_6/ask",
        "help_menu/ask",
        "return/after/slower_now",
        "services_lesson.services_6/ask",
        "services_lesson.services_5/ask",
    )


@pytest.mark.parametrize(
    ("entry", "leads_to"),
    [
        pytest.param(NUMBER, "practice_otp/entry", id="right"),
        pytest.param("0000012346", "practice_number/safety/after/practice_not_same_gentle", id="1"),
        pytest.param("0000012399", "practice_number/safety/after/practice_not_same_gentle", id="2"),
        pytest.param("00000", "practice_number/safety/after/practice_not_same_gentle", id="begun"),
        pytest.param("0000012999", "practice_number/wrong/after/practice_warning", id="3 wrong"),
        pytest.param("12345", "practice_number/wrong/after/practice_warning", id="no zeros"),
        pytest.param("9830012345", "practice_number/wrong/after/practice_warning", id="a real one"),
        pytest.param("*", "practice_number/safety", id="again"),
        pytest.param("#", "practice_number/safety", id="hash"),
    ],
)
def test_an_entry_is_right_near_or_wrong(
    published: PublishedRunner, exported: dict[str, Any], entry: str, leads_to: str
) -> None:
    walk = clean(published.walk(exported, *keys(f"{TO_PRACTICE} {entry}")))
    asked = max(i for i, each in enumerate(walk.log) if each.given == entry)
    after = [*walk.blocks[asked + 1 :], walk.waits]
    assert leads_to in after[:6]
    assert ("practice_not_same" in str(after)) <= is_near(entry, NUMBER)


def test_an_entry_that_stays_wrong_leads_to_help_and_back_to_the_same_code(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    walk = clean(published.walk(exported, *keys(f"{TO_PRACTICE} {NUMBER} 99 99 99 1 heard")))
    assert passed(walk, *3 * ["practice_otp/wrong/after/practice_warning"], "practice_help/ask")
    told = [each.text for each in walk.log if each.block == "practice_otp/entry"]
    assert len(told) == 4
    assert len(set(told)) == 1
    assert walk.waits == "practice_set_mpin/entry"


def test_silent_entries_get_the_words_of_the_ladder(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    silent: tuple[dict[str, object], ...] = ({"key": ""}, {"key": ""}, {"key": ""})
    walk = clean(published.walk(exported, *keys(TO_PRACTICE), *silent))
    again = "practice_number/safety/after/practice_no_input"
    assert passed(walk, f"{again}_gentle", f"{again}_example")
    assert walk.waits == "practice_help/ask"


def test_codes_of_one_call_differ_and_the_same_mpin_stays(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    walk = clean(published.walk(exported, *keys(f"{TO_PRACTICE} {PRACTICE}")))
    told = {each.block.split("/")[0]: each.text for each in walk.log if "/entry" in each.block}
    otp, mpin, second = (told[f"practice_{n}"] for n in ("otp", "set_mpin", "second_otp"))
    assert len({otp, mpin, second}) == 3
    assert all(re.fullmatch(r"\d( \d){3}", each) for each in (otp, mpin, second))
    assert told["practice_confirm_mpin"] == told["practice_login_mpin"] == mpin


@pytest.mark.parametrize(
    ("properties", "pressed", "comes_by"),
    [
        ({"line_night": "yes"}, f"1 3{8 * ' 1'} 2", ("goodbye_night",)),
        (
            {"line_bookmark": "yes", "line_bookmark_place": "register_lesson.register_6"},
            "1 1",
            (
                "resume/ask/after/step_6/after/resume_register",
                "resume/ask/after/step_6",
                "resume/ask",
                "register_lesson.register_6/ask",
            ),
        ),
        ({"line_helper": "yes", "line_answered": "yes"}, "1 9 1", ("return/after/person_done",)),
        ({"line_helper": "yes"}, "1 9 1", ("person/ring", "return/after/person_nobody")),
        ({"line_slow": "yes"}, "1 9 1", ("help_menu/ask/slow", "return/after/usual_now")),
    ],
    ids=["night", "bookmark", "answered", "nobody", "slow"],
)
def test_what_the_platform_tells_of_a_caller_leads_the_call(
    published: PublishedRunner,
    exported: dict[str, Any],
    properties: dict[str, str],
    pressed: str,
    comes_by: tuple[str, ...],
) -> None:
    walk = clean(published.walk(exported, *keys(pressed), **properties))
    assert passed(walk, *comes_by)


def _every(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "yes")


TROUBLES = ("offer_1", "offer_2", "give_up_1", "give_up_2", "end")
FACTS = (
    {},
    _every("line_night", "line_kept"),
    _every("line_helper", "line_slow", "line_bookmark"),
    _every("line_helper", "line_answered", "line_kept", "line_slow"),
    *({"line_trouble": trouble} for trouble in TROUBLES),
)
DETOURS = (
    [{"key": "9"}, {"event": "no_input"}],
    [*3 * [{"key": "99"}], {"key": "1"}],
    [{"event": "invalid"}, {"key": "1"}],
)
"""Aside and back again, from a menu, an entry and a place to think."""


def test_every_branch_is_taken_but_those_that_the_runner_never_needs(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    blocks = {block["label"]: block for block in exported["flows"][0]["blocks"]}
    places = [exit_["tag"] for exit_ in blocks["bookmark"]["exits"]]
    told = [blocks["bookmark"]["exits"][i]["test"].split('"')[1] for i in range(len(places) - 1)]
    found = published.explore(
        exported, code=NUMBER, facts=FACTS, places=[*told, "gone"], detours=DETOURS
    )
    assert found.complaints == ()
    selects = {
        f"{name} _otherwise" for name, block in blocks.items() if "SelectOne" in block["type"]
    }
    # The runner lets nothing be chosen but a choice; and a caller is aside of some place always.
    assert set(found.left) == {*selects, "return _otherwise"}


def _first(container: dict[str, Any], kind: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = container["flows"][0]["blocks"]
    return next(block for block in blocks if block["type"].endswith(kind))


def _tags(container: dict[str, Any]) -> None:
    _first(container, "Message")["tags"] = []


def _no_test(container: dict[str, Any]) -> None:
    del _first(container, "SelectOneResponse")["exits"][-1]["test"]


def _null(container: dict[str, Any]) -> None:
    _first(container, "Message")["exits"][0]["destination_block"] = None


def _name(container: dict[str, Any]) -> None:
    _first(container, "Message")["name"] = "say.this"


def _kind(container: dict[str, Any]) -> None:
    _first(container, "Message")["type"] = "MobilePrimitives.Song"


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (_tags, "should NOT have additional properties"),
        (_no_test, "should have required property 'test'"),
        (_null, "should be string"),
        (_name, "should match pattern"),
        (_kind, "no schema for MobilePrimitives.Song"),
    ],
    ids=["tags", "no test", "null destination", "name", "type"],
)
def test_the_judge_tells_of_a_planted_fault(
    published: PublishedRunner,
    exported: dict[str, Any],
    plant: Callable[[dict[str, Any]], None],
    told: str,
) -> None:
    container = copy.deepcopy(exported)
    plant(container)
    assert told in " ".join(published.judge(container))


def test_the_walk_tells_of_a_resource_that_is_not_there(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    container = copy.deepcopy(exported)
    _first(container, "Message")["config"]["prompt"] = "00000000-0000-5000-8000-000000000000"
    assert "No resource matching" in " ".join(published.walk(container).complaints)
