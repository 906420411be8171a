from __future__ import annotations

import pytest

from ivr.errors import FlowError
from ivr.flow.load import load
from tests.flow.small import FILES, broken, line_of


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
            "    next: rung_again\n",
            "    next: rungagain\n",
            "    next: rung_again\n",
            "node 'greeting': it goes to 'rungagain', which is no node; "
            "add that node or go elsewhere",
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
            "prompt: what_next_more, go: main_menu",
            "prompt: what_next_more, go: return",
            "prompt: what_next_more, go: main_menu",
            "node 'what_next': it leads back, but is not beside the way; "
            "add aside: true, or go elsewhere",
            id="return from a node on the way",
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
            "use one of: say, menu, lesson, practice, think, transfer, branch, end",
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
