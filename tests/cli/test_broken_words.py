"""Key words, letters and lexicons: each case breaks a good config at one place, and is told so.

A case is a file in `tests/flow/broken/heard`: what is changed in `broken/good`, and what is said.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ivr.cli.folder import judge_folder
from tests.cli.changed_config import change, line_of

if TYPE_CHECKING:
    from ivr.flow.load import Judged

BROKEN = Path(__file__).parents[1] / "flow" / "broken"
CASES = sorted((BROKEN / "heard").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BROKEN / "good", tmp_path / "config")
    monkeypatch.chdir(tmp_path)


def judged() -> Judged:
    return judge_folder(Path("config"))


def told() -> list[str]:
    return [str(problem) for problem in judged().problems]


def test_in_the_good_config_nothing_is_found() -> None:
    assert told() == []


def test_there_are_cases() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("case", [pytest.param(path, id=path.stem) for path in CASES])
def test_each_mistake_is_told_and_nothing_else(case: Path) -> None:
    held = yaml.safe_load(case.read_text(encoding="utf-8"))
    for each in held["changes"]:
        change(each["file"], each["from"], each["to"])
    assert told() == held["says"]


def test_a_language_without_a_lexicon_is_not_judged_by_it_which_is_told_once() -> None:
    Path("config/lexicon.en.yaml").unlink()
    change("prompts/en.yaml", "For more, press four.", "For more ~ press 5.")
    line = line_of("flow.yaml", "languages: [")
    assert told() == [
        (
            f"config/flow.yaml:{line}: hint: 'en' has no lexicon.en.yaml: keys that its words "
            "name, figures and signs are not judged; copy lexicon.bn.yaml to it, with the "
            "language's own words of digits, signs and pressing"
        )
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("digits: [zero,", "digits: [ক,"), ("press: [press]", "press: [ক]")]
)
def test_a_lexicon_of_other_letters_is_told_in_place_of_what_it_would_say(
    old: str, new: str
) -> None:
    change("lexicon.en.yaml", old, new)
    change("prompts/en.yaml", "For more, press four.", "For more, press five.")
    name = old.partition(":")[0]
    line = line_of("lexicon.en.yaml", f"{name}:")
    assert told() == [
        (
            f"config/lexicon.en.yaml:{line}: warning: the words of {name} are not in Latin "
            "letters; write those of the language; until then no key that its prompts name is "
            "judged"
        )
    ]


def test_of_two_options_with_one_key_the_key_is_told_and_not_the_words() -> None:
    change("flow.yaml", "{key: '2', prompt: choose_practice", "{key: '1', prompt: choose_practice")
    line = line_of("flow.yaml", "prompt: choose_practice")
    assert told() == [
        f"config/flow.yaml:{line}: node 'main_menu': key 1 stands twice; give it another"
    ]


@pytest.mark.parametrize("names", [("bn",), ("bn", "en")], ids=str)
def test_words_that_are_not_utf_8_are_not_told_as_missing(names: tuple[str, ...]) -> None:
    for name in names:
        Path("config/prompts", f"{name}.yaml").write_bytes(b"prompts: 1\nlanguage: \xff\n")
    assert told() == [
        f"config/prompts/{name}.yaml:2: it is not UTF-8; save it as UTF-8 in your editor"
        for name in names
    ]


def test_without_words_of_pressing_only_options_are_judged() -> None:
    change("lexicon.en.yaml", "press: [press]\n", "")
    change("prompts/en.yaml", "For more, press four.", "For more, press.")
    change("prompts/en.yaml", "Do call again. Goodbye.", "Press seven. Goodbye.")
    change("prompts/en.yaml", "When you have thought of it, press one.", "Take your time.")
    assert told() == [
        (
            "config/flow.yaml:86: node 'main_menu': no prompt names key 4 (en); say 'four' in "
            "'choose_more' in prompts/en.yaml"
        ),
        (
            "config/prompts/en.yaml:31: 'ready_key' does not say key 1, which ends a think node; "
            "say 'one'"
        ),
    ]


def test_a_key_for_which_there_is_no_word_is_not_judged() -> None:
    change("lexicon.en.yaml", '"#": hash, "*": star', '"#": hash')
    change("prompts/en.yaml", "Do call again. Goodbye.", "Press star. Goodbye.")
    assert told() == []


def test_every_file_that_cannot_be_read_is_told_and_none_as_missing() -> None:
    Path("config/facts.yaml").write_bytes(b"facts_as_of: 2020-04-18\n\xff")
    Path("config/prompts/en.yaml").unlink()
    Path("config/prompts/en.yaml").mkdir()
    Path("config/lexicon.bn.yaml").write_bytes(b"\xff")
    assert judged().spec is None
    assert told() == [
        "config/facts.yaml:2: it is not UTF-8; save it as UTF-8 in your editor",
        "config/lexicon.bn.yaml:1: it is not UTF-8; save it as UTF-8 in your editor",
        "config/prompts/en.yaml:1: it cannot be read: Is a directory; mend or remove it",
    ]


WORDS = ("flow.yaml", "facts.yaml", "lexicon.en.yaml", "prompts/bn.yaml", "prompts/en.yaml")


@pytest.mark.parametrize("names", [*((name,) for name in WORDS), WORDS], ids=str)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_saved_as_utf_16_is_told_once_and_nothing_of_it_as_missing(
    names: tuple[str, ...], encoding: str
) -> None:
    for name in names:
        path = Path("config", name)
        path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)
    problems = [(each.file, each.what, each.to_do) for each in judged().problems]
    what, to_do = "it is not UTF-8", "save it as UTF-8 in your editor"
    assert problems == [(f"config/{name}", what, to_do) for name in sorted(names)]


@pytest.mark.parametrize(
    ("begin", "line_end"),
    [
        pytest.param(b"", b"\r\n", id="Windows line ends"),
        pytest.param(b"\xef\xbb\xbf", b"\n", id="BOM"),
    ],
)
def test_what_an_editor_of_windows_leaves_does_no_harm(begin: bytes, line_end: bytes) -> None:
    change("flow.yaml", "  start: greeting", "  start: greting")
    before = told()
    for path in Path("config").rglob("*.yaml"):
        path.write_bytes(begin + path.read_bytes().replace(b"\n", line_end))
    assert told() == before
    assert len(before) == 1


@pytest.mark.parametrize("name", [".en.yaml", "._en.yaml", ".#en.yaml"])
def test_what_an_editor_leaves_beside_the_words_does_not_count(name: str) -> None:
    before = judged().checked()
    Path("config/prompts", name).write_bytes(b"\0\xff")
    assert judged().checked() == before


def test_a_copy_of_a_lexicon_is_told() -> None:
    text = Path("config/lexicon.en.yaml").read_text(encoding="utf-8")
    Path("config/lexicon.en.old.yaml").write_text(text, encoding="utf-8")
    assert told() == [
        (
            "config/lexicon.en.old.yaml:1: this is no language's file, such as lexicon.bn.yaml; "
            "take it away or rename it"
        )
    ]


def in_devanagari(held: Any) -> Any:
    """Every text with each Latin letter as one of Devanagari: no Hindi, but told apart as it is."""
    match held:
        case str():
            letters = {ord("a") + place: 0x915 + place for place in range(26)}
            return held.lower().translate(letters)
        case list():
            return [in_devanagari(each) for each in held]
        case dict():
            return {name: in_devanagari(each) for name, each in held.items()}
        case _:
            return held


def test_in_a_language_that_is_added_just_what_is_left_out_is_told() -> None:
    change("flow.yaml", "languages: [bn, en]", "languages: [bn, en, hi]")
    left_out = {"choose_more", "register_2", "goodbye"}
    for name in ("prompts/{}.yaml", "lexicon.{}.yaml"):
        english = yaml.safe_load(Path("config", name.format("en")).read_text(encoding="utf-8"))
        fixed = {"language": "hi", "facts_as_of": english.get("facts_as_of")}
        hindi = {key: fixed.get(key) or in_devanagari(each) for key, each in english.items()}
        for prompt_id in left_out:
            hindi.get("prompts", {}).pop(prompt_id, None)
        text = yaml.safe_dump(hindi, allow_unicode=True, sort_keys=False)
        Path("config", name.format("hi")).write_text(text, encoding="utf-8")
    assert {(each.what, each.to_do) for each in judged().problems} == {
        (f"prompt '{prompt_id}' has no words", "add it to prompts/hi.yaml")
        for prompt_id in left_out
    }


def test_a_broken_lexicon_and_broken_words_are_told_together() -> None:
    change("lexicon.bn.yaml", "language: bn", "language: bn\nprass: [ক]\nwordes: []")
    change("flow.yaml", "  start: greeting", "  start: greting")
    assert told() == [
        "config/flow.yaml:7: it goes to 'greting', which is no node; did you mean 'greeting'?",
        "config/lexicon.bn.yaml:3: 'prass' is not known here; did you mean 'press'?",
        "config/lexicon.bn.yaml:4: 'wordes' is not known here; did you mean 'words'?",
    ]
