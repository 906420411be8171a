"""`ivr flow diff`: what differs and whom it concerns, told to people and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.cli.clock import now
from ivr.store.saving import Saving
from tests.cli.small_configs import RENAMED_CODE, TO_ANOTHER_KEY, diff, write
from tests.flow.small_versions import ROWS, SECOND_SAYS, version
from tests.store.kept_calls import Line

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.redis import RedisStore


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old")


@pytest.fixture
def line(store: RedisStore) -> Line:
    """A line that runs the flow as it was."""
    return Line(store, version().flow, now())


# -- What is told ----------------------------------------------------------------------------------


def test_every_group_is_told_in_lines_that_can_be_copied(old: Path, tmp_path: Path) -> None:
    new = write(
        tmp_path / "new",
        TO_ANOTHER_KEY,
        ("    prompt: menu\n", "    prompt: menu\n    facts: [menu.1]\n"),
        ("first_key_seconds: 10", "first_key_seconds: 12"),
        ("otherwise: second\n", "otherwise: new\n  new: {kind: say, prompt: new, next: second}\n"),
        ("{prompt: two}", "{prompt: zwei}"),
        tail="renamed: {lesson.two: lesson.zwei}\n",
        menu="the menu now",
        zwei="two",
    )
    facts = "{facts_as_of: '2020-04-18', facts: {menu.1: There is a menu.}}"
    (new / "facts.yaml").write_text(facts, "utf-8")
    result = diff(new, str(old))
    assert result.stdout.splitlines() == [
        f"{old} → {new}",
        "",
        "Nodes: 1 new, 1 moved, 3 changed",
        "  changed  menu (menu)",
        "             facts: nothing → menu.1",
        "             moved: option 'to_end': key 3 → key 4",
        "  changed  lesson (lesson)",
        "             renamed: step: two → zwei",
        "  changed  asked (branch)",
        "             otherwise leads to: second → new",
        "  new      new (say)",
        "             led to from: asked (otherwise)",
        "  moved    second (menu)",
        "             led to from: asked (otherwise) → new (next)",
        "",
        "The flow as a whole: 2 changed",
        "  changed  defaults first_key_seconds: 10 → 12",
        "  changed  renamed lesson.two: nothing → lesson.zwei",
        "",
        "Words (en): 1 new, 1 renamed, 1 changed",
        "  changed  menu",
        "             - menu",
        "             + [the] menu [now]",
        "  new      new",
        "             + new",
        "  renamed  zwei (was called two)",
        "",
        "Facts: 1 new",
        "  new      menu.1: There is a menu.",
        "",
        "Clips",
        "  2 clips stale, 4 new.",
        "  6 of them must be rendered yet: ivr audio render",
        "  2 clips no longer used: ivr audio prune",
        "",
        "Callers",
        "  'lesson.two' is gone; its callers go on at 'lesson.zwei'.",
        "  How many stand there was not counted; set REDIS_URL to the line's.",
    ]
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_language_that_comes_or_goes_is_told_in_a_line(old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "new", ("languages: [en]", "languages: [en, hi]"))
    english = (new / "prompts" / "en.yaml").read_text("utf-8")
    hindi = english.replace("language: en", "language: hi")
    (new / "prompts" / "hi.yaml").write_text(hindi, "utf-8")
    count = len(version().words["en"].prompts)
    come, gone = diff(new, str(old)).stdout, diff(old, str(new)).stdout
    assert f"Words (hi): a new language with {count} prompts\n" in come
    assert "flow languages: en → en, hi" in come
    assert f"Words (hi): the language is gone, with {count} prompts\n" in gone
    assert "+ menu" not in come


def test_recordings_of_other_words_are_named(old: Path, tmp_path: Path) -> None:
    names = [f"{word}.wav" for word in ("menu", "one", "two", "second", "code")]
    names += ["onward.wav", "hello.wav", "aside.wav", "bye.wav"]
    human = tmp_path / "audio" / "human" / "en"
    human.mkdir(parents=True)
    for name in (*names, "spell.wav"):
        (human / name).write_bytes(name.encode())
    words = {name.removesuffix(".wav"): "other words" for name in names}
    new = write(tmp_path / "new", ("prompt: spell", "prompt: spelling"), **words)
    told = diff(new, str(old)).stdout
    assert "9 recordings with other words than the new ones: en/aside.wav" in told
    assert " and 1 more. Record again (ivr audio sheet)." in told
    assert "1 recording whose prompt is gone or renamed: en/spell.wav. Rename or delete." in told


def test_a_terminal_shows_colours_and_a_file_does_not(old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "new", TO_ANOTHER_KEY, menu="the menu now")
    assert "\x1b" not in diff(new, str(old)).stdout
    coloured = diff(new, str(old), FORCE_COLOR="1", TERM="xterm").stdout
    assert "\x1b[33mchanged  \x1b[0mmenu (menu)" in coloured
    assert "+ \x1b[32m[the]\x1b[0m menu \x1b[32m[now]" in coloured


# -- Callers ---------------------------------------------------------------------------------------


def test_a_node_that_goes_without_a_map_fails_with_what_to_write(old: Path, tmp_path: Path) -> None:
    result = diff(write(tmp_path / "new", *RENAMED_CODE), str(old))
    assert result.exit_code == 1
    assert (
        "  'code' is gone, and `renamed:` does not say where to. Who stands there: a running call "
        "is taken to 'menu', and who was cut off there begins anew at the next.\n"
        "      write in flow.yaml:  renamed: {code: practice}\n"
    ) in result.stdout


def test_what_nothing_resembles_is_left_to_the_person(old: Path, tmp_path: Path) -> None:
    at_second = ROWS[ROWS.index("  second:") :]
    new = write(tmp_path / "new", (at_second, "\n"), ("otherwise: second", "otherwise: menu"))
    result = diff(new, str(old))
    assert result.exit_code == 1
    assert (
        "      write in flow.yaml:  renamed: {second: …}\n"
        "      with the node at which they should go on in place of …\n"
    ) in result.stdout


def test_what_is_advised_where_nobody_can_stand_any_more_is_no_error(
    old: Path, tmp_path: Path
) -> None:
    """A name that is still there cannot be led away from: the check refuses it."""
    result = diff(write(tmp_path / "new", SECOND_SAYS), str(old))
    assert result.exit_code == 1
    assert (
        "  'second' is of the kind 'say' now, at which no call can stand. Who stands there: a "
        "running call is taken to 'menu', and who was cut off there begins anew at the next.\n"
        "      give the node 'second' another name in flow.yaml, and write there:\n"
        "      renamed: {second: …}\n"
    ) in result.stdout
    says = (SECOND_SAYS[0], SECOND_SAYS[1].replace("second: {", "told: {"))
    mended = write(
        tmp_path / "mended",
        says,
        ("otherwise: second", "otherwise: told"),
        tail="renamed: {second: menu}\n",
    )
    result = diff(mended, str(old))
    assert result.exit_code == 0
    assert "'second' is gone; its callers go on at 'menu'." in result.stdout


def test_callers_at_a_part_of_a_code_that_has_fewer_are_counted(
    tmp_path: Path, line: Line, redis_url: str
) -> None:
    in_parts = ("code: {length: 4}", "code: {digits: '123456', groups: [2, 2, 2]}")
    old = write(tmp_path / "parts", in_parts)
    line.flow = version(in_parts).flow
    line.call("2")
    new = write(tmp_path / "whole")
    visit = line.store.visit(line.key(1))
    held = visit.load()
    assert held.session is not None
    place = msgspec.structs.replace(held.session, place="code.part_3")
    assert visit.save(held, Saving(session=place), now())
    result = diff(new, str(old), REDIS_URL=redis_url)
    told = "'code.part_3' is no place in NEW; its callers go on at 'code': 1 caller in a call."
    assert told in result.stdout
    assert result.exit_code == 0


def test_callers_on_the_line_are_counted(
    old: Path, tmp_path: Path, line: Line, redis_url: str
) -> None:
    line.call("2")
    line.cut_off("2")
    line.call("1", "9")
    new = write(tmp_path / "new", *RENAMED_CODE, ("      - {prompt: one}\n", ""))
    result = diff(new, str(old), REDIS_URL=redis_url)
    assert result.exit_code == 1
    assert result.stdout.partition("\nCallers\n")[2] == (
        "  'code' is gone, and `renamed:` does not say where to. 1 caller in a call and 2 with a "
        "bookmark stand there: a running call is taken to 'menu', and who was cut off there "
        "begins anew at the next.\n"
        "      write in flow.yaml:  renamed: {code: practice}\n"
        "      it resembles that node most\n"
        "  'lesson.one' is gone; its callers go on at 'lesson.two': 1 caller about to come back "
        "to it and 1 with a bookmark.\n"
        "  On the line now: 2 in a call and 3 with a bookmark.\n"
    )


def test_callers_whom_nothing_concerns_are_told_too(
    old: Path, tmp_path: Path, line: Line, redis_url: str
) -> None:
    line.call("1")
    new = write(tmp_path / "new", TO_ANOTHER_KEY)
    result = diff(new, str(old), REDIS_URL=redis_url)
    assert result.stdout.endswith(
        "\nCallers\n  On the line now: 1 in a call and 1 with a bookmark; nobody stands on a place "
        "that goes.\n"
    )
    assert result.exit_code == 0


def test_a_bookmark_that_is_asked_about_no_more_is_no_fault(
    old: Path, tmp_path: Path, line: Line, redis_url: str
) -> None:
    line.cut_off("2")
    new = write(tmp_path / "new", ("    resume: in_code\n", ""))
    result = diff(new, str(old), REDIS_URL=redis_url)
    assert (
        "'code' has no `resume:` any more: who was cut off there begins anew at the next call: "
        "1 caller with a bookmark."
    ) in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("tail", "code", "told"),
    [
        pytest.param("", 1, "put its line back under renamed: in flow.yaml", id="taken out"),
        pytest.param(
            "renamed: {code: lesson}\n",
            0,
            "its callers go on at 'lesson.one': 1",
            id="led elsewhere",
        ),
    ],
)
def test_callers_at_a_name_of_an_earlier_version_are_counted(
    tmp_path: Path, line: Line, redis_url: str, *, tail: str, code: int, told: str
) -> None:
    line.cut_off("2")
    old = write(tmp_path / "newer", *RENAMED_CODE, tail="renamed: {code: practice}\n")
    new = write(tmp_path / "newest", *RENAMED_CODE, tail=tail)
    result = diff(new, str(old), REDIS_URL=redis_url)
    assert told in result.stdout
    assert result.exit_code == code


def test_a_redis_that_does_not_answer_is_told_and_the_rest_all_the_same(
    old: Path, tmp_path: Path
) -> None:
    new = write(tmp_path / "new", *RENAMED_CODE)
    result = diff(new, str(old), REDIS_URL=f"unix://{tmp_path}/none.sock")
    assert result.exit_code == 2
    assert result.stderr.startswith("Callers were not counted: Redis did not answer")
    assert "renamed: {code: practice}" in result.stdout


# -- For programs ----------------------------------------------------------------------------------


def test_json_has_all_of_it_in_one_object(
    old: Path, tmp_path: Path, line: Line, redis_url: str
) -> None:
    line.cut_off("2")
    new = write(tmp_path / "new", *RENAMED_CODE, menu="the menu now")
    result = diff(new, str(old), "--json", REDIS_URL=redis_url)
    found = msgspec.json.decode(result.stdout)
    assert found["old"]["name"] == str(old)
    assert found["is_same"] is False
    assert [each["node"] for each in found["nodes"] if each["kind"] == "added"] == ["practice"]
    assert found["words"][0]["now"][0] == {"text": "the", "is_other": True}
    assert found["clips"]["stale"] == ["en/menu/normal", "en/menu/slow"]
    assert found["clips"]["seconds"] is None
    assert found["gone"] == [
        {"place": "code", "to": None, "suggestion": "practice", "is_now": None}
    ]
    assert found["callers"]["with_bookmark"] == 1
    assert found["callers"]["affected"] == [
        {
            "place": "code",
            "in_call": 0,
            "coming_back": 0,
            "with_bookmark": 1,
            "calls_to": "menu",
            "next_call_to": None,
            "is_lost": True,
        }
    ]
    assert found["loses_callers"] is True
    assert result.exit_code == 1


def test_json_of_the_same_flow_says_so(old: Path) -> None:
    result = diff(old, str(old), "--json")
    found = msgspec.json.decode(result.stdout)
    assert found["is_same"] is True
    assert found["callers"] is None
    assert result.exit_code == 0
