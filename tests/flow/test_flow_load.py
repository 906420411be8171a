from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.errors import FlowError
from ivr.flow.load import load
from ivr.flow.usage import DIGITS, digit_prompt, prompts_used

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = Path(__file__).parents[2] / "config"
FILES = {
    name: (CONFIG / name).read_text(encoding="utf-8")
    for name in ("flow.yaml", "facts.yaml", "prompts/bn.yaml", "prompts/en.yaml")
}


def broken(name: str, old: str, new: str) -> list[str]:
    """The problems after one place in one file was changed."""
    assert FILES[name].count(old) >= 1, f"{old!r} is not in {name}"
    with pytest.raises(FlowError) as caught:
        load({**FILES, name: FILES[name].replace(old, new, 1)})
    return list(caught.value.problems)


def line_of(name: str, text: str) -> int:
    return FILES[name][: FILES[name].index(text)].count("\n") + 1


def test_the_shipped_files_load_without_a_problem() -> None:
    spec = load(FILES)
    assert len(spec.facts.facts) == 29
    assert set(spec.words) == {"bn", "en"}
    assert set(spec.words["bn"].prompts) == set(spec.words["en"].prompts)


def test_another_word_gives_another_content_hash() -> None:
    other = {**FILES, "prompts/en.yaml": FILES["prompts/en.yaml"].replace("Well done", "Good")}
    assert load(other).content_hash != load(FILES).content_hash


def test_texts_are_kept_in_nfc_and_on_one_line() -> None:
    # U+09DF is not NFC: its normal form is two code points.
    text = FILES["prompts/bn.yaml"].replace("digit_6: ছয়", 'digit_6: "\u099b\u09df\n    ছয়"')
    spoken = load({**FILES, "prompts/bn.yaml": text}).words["bn"].prompts["digit_6"]
    assert spoken == "\u099b\u09af\u09bc \u099b\u09af\u09bc"


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "message"),
    [
        pytest.param(
            "flow.yaml",
            "go: register_purpose",
            "go: nowhere",
            "go: register_purpose",
            "node 'main_menu': it goes to 'nowhere', which is no node; "
            "add that node or go elsewhere",
            id="an option that leads nowhere",
        ),
        pytest.param(
            "flow.yaml",
            "    next: warm_up\n",
            "    next: warmup\n",
            "    next: warm_up\n",
            "node 'greeting': it goes to 'warmup', which is no node; add that node or go elsewhere",
            id="a next that leads nowhere",
        ),
        pytest.param(
            "flow.yaml",
            "start: greeting",
            "start: hello",
            "start: greeting",
            "it goes to 'hello', which is no node; add that node or go elsewhere",
            id="a start that is no node",
        ),
        pytest.param(
            "flow.yaml",
            "next: main_menu",
            "next: return",
            "next: main_menu",
            "node 'global_keys_told': it goes to 'return', which is no node; "
            "add that node or go elsewhere",
            id="return where no option is",
        ),
        pytest.param(
            "flow.yaml",
            "{key: '2', prompt: choose_practice",
            "{key: '1', prompt: choose_practice",
            "{key: '2', prompt: choose_practice",
            "node 'main_menu': key 1 stands twice; give it another",
            id="a key twice",
        ),
        pytest.param(
            "flow.yaml",
            "{key: '4', prompt: choose_more",
            "{key: '9', prompt: choose_more",
            "{key: '4', prompt: choose_more",
            "node 'main_menu': key 9 is a global key (help) already; give one of them another",
            id="a key that is global",
        ),
        pytest.param(
            "flow.yaml",
            "{key: '4', prompt: choose_more",
            "{key: 4, prompt: choose_more",
            "{key: '4', prompt: choose_more",
            "node 'main_menu': 4 should be text; put it in quotes: '4'",
            id="a key without quotes",
        ),
        pytest.param(
            "flow.yaml",
            "  '0': main_menu",
            "  0: main_menu",
            "  '0': main_menu",
            "the name 0 is not text; put it in quotes: '0'",
            id="a global key without quotes",
        ),
        pytest.param(
            "flow.yaml",
            "kind: think",
            "kind: thinks",
            "kind: think",
            "node 'practice_question_1': 'thinks' is not known here; "
            "use one of: say, menu, lesson, practice, think, branch, end",
            id="an unknown kind",
        ),
        pytest.param(
            "flow.yaml",
            "    prompt: warm_up\n",
            "    promt: warm_up\n",
            "    prompt: warm_up\n",
            "node 'warm_up': 'promt' is not known here; did you mean 'prompt'?",
            id="a misspelt field",
        ),
        pytest.param(
            "flow.yaml",
            "code: {digits: '0000012345', groups: [5, 5]}",
            "code: {digits: '9000012345', groups: [5, 5]}",
            "code: {digits: '0000012345'",
            "node 'practice_number': a practice number must begin with 0, "
            "so that it cannot be anybody's; change it",
            id="a practice number that may be somebody's",
        ),
        pytest.param(
            "flow.yaml",
            "code: {digits: '0000012345', groups: [5, 5]}",
            "code: {digits: '0000012345', groups: [5, 4]}",
            "code: {digits: '0000012345'",
            "node 'practice_number': the groups hold 9 digits but the code has 10; make them equal",
            id="groups that do not add up",
        ),
        pytest.param(
            "flow.yaml",
            "code: {length: 4}",
            "code: {length: 4, digits: '1234'}",
            "code: {length: 4}",
            "node 'practice_otp': a code has one of digits, length and same_as; keep just one",
            id="a code in two ways",
        ),
        pytest.param(
            "flow.yaml",
            "code: {same_as: practice_set_mpin}",
            "code: {same_as: practice_open}",
            "code: {same_as: practice_set_mpin}",
            "node 'practice_confirm_mpin': same_as: 'practice_open' is no practice node with a "
            "code of its own; name one that has digits or length",
            id="a code like that of a node without",
        ),
        pytest.param(
            "flow.yaml",
            "    next: practice_number\n",
            "    next: practice_intro\n",
            "  practice_how:",
            "node 'practice_how': it leads back to itself with no key to press on the way; "
            "lead it to a menu",
            id="a ring without a key",
        ),
        pytest.param(
            "flow.yaml",
            "{prompt: register_2, facts",
            "{prompt: register_1, facts",
            "{prompt: register_2, facts",
            "node 'register_lesson': step 'register_1' stands twice; give it a prompt of its own",
            id="a step twice",
        ),
        pytest.param(
            "flow.yaml",
            "facts: [services.8]",
            "facts: [services.9]",
            "  services_lesson:",
            "node 'services_lesson': the fact 'services.9' is not in facts.yaml; "
            "add it there or mend the name",
            id="an unknown fact",
        ),
        pytest.param(
            "flow.yaml",
            "default_language: bn",
            "default_language: hi",
            "default_language: bn",
            "'hi' is not among the languages; add it there",
            id="a default language that is none",
        ),
        pytest.param(
            "flow.yaml",
            "languages: [bn, en]",
            "languages: [bn, en, hi]",
            "languages: [bn, en]",
            "'hi' has no words; add prompts/hi.yaml",
            id="a language without words",
        ),
        pytest.param(
            "flow.yaml",
            "nodes:\n",
            "nodes:\n  repeat: {kind: end, prompt: goodbye}\n",
            "  # -- The beginning",
            "node 'repeat': 'repeat' has a meaning of its own; rename it",
            id="a reserved name",
        ),
    ],
)
def test_a_mistake_is_named_with_line_node_and_what_to_do(
    name: str, old: str, new: str, at: str, message: str
) -> None:
    due = f"config/{name}:{line_of(name, at)}: {message}"
    assert due in broken(name, old, new)


def test_a_prompt_without_words_is_named_for_each_language_that_lacks_it() -> None:
    found = broken("prompts/en.yaml", "  warm_up_done: Well done.\n", "")
    line = line_of("flow.yaml", "say: warm_up_done")
    due = "node 'warm_up': prompt 'warm_up_done' has no words; add it to prompts/en.yaml"
    assert found == [f"config/flow.yaml:{line}: {due}"]


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        pytest.param("digit_7", "  digit_7: সাত\n", id="as the last one"),
        pytest.param("digit_7_more", "  digit_7_more: সাত,\n", id="with another to come"),
    ],
)
def test_a_digit_of_a_practice_code_needs_words_in_both_forms(prompt: str, line: str) -> None:
    (problem,) = broken("prompts/bn.yaml", line, "")
    assert f"prompt '{prompt}' has no words; add it to prompts/bn.yaml" in problem


def test_of_a_fixed_code_only_the_forms_that_are_read_are_used() -> None:
    flow = load(FILES).flow
    code = [id_ for path, id_ in prompts_used(flow) if path == ("nodes", "practice_number", "code")]
    more = [f"digit_{digit}_more" for digit in "000001234"]
    assert code == [*more, "digit_5"]


@pytest.mark.parametrize("language", ["bn", "en"])
def test_only_a_last_digit_has_no_comma(language: str) -> None:
    # bengali-speech.md: a comma keeps the pitch up; the last digit of a row has none.
    prompts = load(FILES).words[language].prompts
    for digit in DIGITS:
        last = prompts[digit_prompt(digit, last=True)]
        assert "," not in last
        assert prompts[digit_prompt(digit, last=False)] == f"{last},"


def test_a_fact_that_nobody_tells_is_named() -> None:
    (problem,) = broken("flow.yaml", ", facts: [app.2]", "")
    assert problem.startswith(f"config/facts.yaml:{line_of('facts.yaml', 'app.2')}: ")
    assert "no prompt tells 'app.2'" in problem


def test_facts_of_another_day_are_named() -> None:
    (problem,) = broken("prompts/en.yaml", "2020-04-18", "2020-04-19")
    assert "the facts are of 2020-04-19 here but of 2020-04-18 in flow.yaml" in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('""', "it is empty; fill it or remove it", id="empty"),
        pytest.param('"   "', "'warm_up_done' says nothing; write its words", id="only spaces"),
        pytest.param("", "an empty value should be text; change it", id="nothing"),
        pytest.param(
            r'"a\u0007b"', "'warm_up_done' holds a sign that cannot be spoken", id="a bell"
        ),
        pytest.param("ক" * 501, "'warm_up_done' is too long to be spoken at once", id="too long"),
        pytest.param("*anchor", "this is not YAML: found undefined alias", id="an alias"),
        pytest.param("Salt &amp; pepper", "holds &amp;, which cannot be read out", id="HTML"),
        pytest.param("Press <b>one</b>", "holds <, which cannot be read out", id="a tag of HTML"),
        pytest.param("Well done \U0001f600", "which cannot be read out", id="a picture"),
        pytest.param("010", "put it in quotes: '010'", id="an octal number"),
        pytest.param("1:30", "put it in quotes: '1:30'", id="a time"),
        pytest.param("[1, 2", "this is not YAML:", id="a list that does not end"),
        pytest.param("!!binary aGk=", "the tag tag:yaml.org,2002:binary is not used", id="a tag"),
    ],
)
def test_words_that_cannot_be_spoken_are_named(text: str, message: str) -> None:
    problems = broken("prompts/en.yaml", "  warm_up_done: Well done.", f"  warm_up_done: {text}")
    assert any(message in problem for problem in problems), problems


def test_a_name_that_stands_twice_is_named_at_its_second_place() -> None:
    once = "  warm_up_done: Well done.\n"
    problems = broken("prompts/en.yaml", once, f"{once}  warm_up_done: Again.\n")
    line = line_of("prompts/en.yaml", once) + 1
    assert problems == [
        f"config/prompts/en.yaml:{line}: 'warm_up_done' stands twice; remove one of the two"
    ]


@pytest.mark.parametrize("name", ["flow.yaml", "facts.yaml"])
def test_a_missing_file_is_named(name: str) -> None:
    files = {key: text for key, text in FILES.items() if key != name}
    with pytest.raises(FlowError) as caught:
        load(files)
    assert caught.value.problems == (f"config/{name}:1: the file is missing; put it back",)


def test_an_empty_file_is_named() -> None:
    with pytest.raises(FlowError) as caught:
        load({**FILES, "flow.yaml": "# nothing\n"})
    assert "config/flow.yaml:1: the file is empty; put back what it held" in caught.value.problems


def test_words_are_needed_in_some_language() -> None:
    with pytest.raises(FlowError) as caught:
        load({name: FILES[name] for name in ("flow.yaml", "facts.yaml")})
    assert any("there is no file of words" in problem for problem in caught.value.problems)


def test_all_problems_of_all_files_are_told_at_once_in_order() -> None:
    flow = (
        FILES["flow.yaml"]
        .replace("kind: think", "kind: thinks", 1)
        .replace("    prompt: warm_up\n", "    promt: warm_up\n", 1)
        .replace("tries: 2", "tries: many", 1)
    )
    words = FILES["prompts/en.yaml"].replace("done: Well done.", "done: [Well done]")
    with pytest.raises(FlowError) as caught:
        load({**FILES, "flow.yaml": flow, "prompts/en.yaml": words})
    problems = caught.value.problems
    assert len(problems) == 5  # a misspelt field is two: one unknown, one missing
    lines = [int(problem.split(":")[1]) for problem in problems if "flow.yaml" in problem]
    assert lines == sorted(lines)
    assert str(caught.value).startswith("config/ has 5 problems:\n  config/flow.yaml:")


@pytest.mark.parametrize("alias", ["&a {kind: end, prompt: goodbye}\n  b: *a"])
def test_an_alias_is_refused_in_words(alias: str) -> None:
    problems = broken("flow.yaml", "nodes:\n", f"nodes:\n  a: {alias}\n")
    assert any("an alias (*name) is not used here; write the part out" in p for p in problems)


@pytest.mark.parametrize(
    ("name", "language", "message"),
    [
        ("prompts/hi.yaml", "hi", "'hi' is not in flow.languages; add it there"),
        ("prompts/fr.yaml", "en", "'en' is not what the file is called; use fr"),
        ("prompts/bn copy.yaml", "bn", "this is no language's file, such as bn.yaml; take it away"),
    ],
)
def test_words_of_a_language_that_is_not_offered_are_named(
    name: str, language: str, message: str
) -> None:
    words = FILES["prompts/en.yaml"].replace("language: en", f"language: {language}")
    with pytest.raises(FlowError) as caught:
        load({**FILES, name: words})
    assert any(message in problem for problem in caught.value.problems)


def test_a_sign_that_yaml_does_not_allow_is_told_in_words() -> None:
    problems = broken("prompts/en.yaml", "Well done.", "Well\x01done.")
    assert any("this is not YAML:" in problem for problem in problems)


def test_a_number_out_of_range_is_told_in_words() -> None:
    problems = broken("flow.yaml", "first_key_seconds: 10", "first_key_seconds: 1000")
    assert any("1000 is greater than the maximum of 60; change it" in p for p in problems)


# -- Any text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flow.yaml", "facts.yaml", "prompts/bn.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        *("~", "null", "", "[]", "- a", "text", "1", "{", "\t", "? [a]\n: b", "&a [*a]"),
        '!!int "["',
        '!!float "a: b: c"',
        "1" * 5000,
        "[" * 3000,
        "[" * 900 + "]" * 900,
        "{spec: 2, nodes: {a: {kind: sy}}}",
        "{flow: {night_hours: [21.0, 6.0]}, spec: 1.0}",
    ],
)
def test_any_text_is_a_spec_or_problems_in_words(name: str, text: str) -> None:
    with pytest.raises(FlowError) as caught:
        load({**FILES, name: text})
    assert caught.value.problems
    assert not any(
        "Traceback" in problem or "yaml." in problem for problem in caught.value.problems
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("first_key_seconds: 10", "first_key_seconds: 10.0", "10.0 should be a whole number"),
        ("spec: 1\n", "spec: 1.0\n", "change it"),
        ("night_hours: [21, 6]", "night_hours: [21]", "it has 1 parts, 2 are needed"),
        ("{key: '1', prompt: warm", '{key: "1\\n", prompt: warm', "cannot stand here"),
        ("  main_menu:\n", '  "main_menu\\n":\n', "cannot stand here"),
        ("code: {length: 4}", "code: {length: 10}", "10 is greater than the maximum of 9"),
        (
            "too_many: {prompt: nobody_there, go: goodbye_by_hour}",
            "too_many: {prompt: nobody_there, go: main_menu}",
            "a caller who never presses a key never comes to an end; mend a too_many",
        ),
    ],
)
def test_what_would_fail_in_a_call_is_found_before(old: str, new: str, message: str) -> None:
    problems = broken("flow.yaml", old, new)
    assert any(message in problem for problem in problems), problems


def test_a_row_of_too_many_words_without_a_key_is_found() -> None:
    row = "".join(
        f"  s{number}: {{kind: say, prompt: greeting, next: s{number + 1}}}\n"
        for number in range(10)
    )
    row += "  s10: {kind: say, prompt: greeting, next: greeting}\n"
    problems = broken("flow.yaml", "nodes:\n", f"nodes:\n{row}")
    due = "node 's0': more than 10 places follow with no key to press; put a menu between"
    assert any(due in problem for problem in problems), problems


def test_a_day_that_cannot_be_is_named() -> None:
    text = {name: text.replace("2020-04-18", "2020-13-45") for name, text in FILES.items()}
    with pytest.raises(FlowError, match="2020-13-45 is no day; write it as 2020-04-18"):
        load(text)


def test_an_anchor_and_its_alias_are_told_once_each() -> None:
    problems = broken("prompts/en.yaml", "done: Well done.", "done: &a Well done.\n  more2: *a")
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("flow.yaml", "    kind: menu\n", "\tkind: menu\n", "use spaces, not tabs"),
        ("prompts/en.yaml", "Well done.", "Well: done.", "a text with a colon needs quotes"),
        ("prompts/en.yaml", "Well done.", '"Well done.', "close the quote or bracket"),
        ("prompts/en.yaml", "Well done.", '"Well" done.', "must end with it"),
        ("prompts/en.yaml", "Well done.", "*Well done.", "begins with * needs quotes"),
        ("prompts/en.yaml", "Well done.", "&Well done.", "begins with & needs quotes"),
        ("prompts/en.yaml", "Well done.", "Well # done.", "all after # would be left out"),
        ("prompts/en.yaml", "Well done.", "yes", "put it in quotes: 'yes'"),
        ("prompts/en.yaml", "Well done.", "1930", "put it in quotes: '1930'"),
        ("flow.yaml", "    kind: menu\n", "      kind: menu\n", "begin under one another"),
    ],
)
def test_a_slip_of_typing_is_told_with_its_line_and_what_to_do(
    name: str, old: str, new: str, message: str
) -> None:
    line = line_of(name, old)
    (problem,) = broken(name, old, new)
    assert message in problem
    assert abs(int(problem.split(":")[1]) - line) <= 1, problem


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(lambda text: f"\ufeff{text}", id="a byte order mark"),
        pytest.param(lambda text: text.replace("Well", "We\u200dll"), id="a joiner"),
        pytest.param(lambda text: text.replace("Well done.", "'Well # done: yes.'"), id="quoted"),
    ],
)
def test_what_editors_do_to_files_does_no_harm(change: Callable[[str], str]) -> None:
    spec = load({name: change(text) for name, text in FILES.items()})
    assert set(spec.words["en"].prompts) == set(load(FILES).words["en"].prompts)
