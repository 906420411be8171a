from __future__ import annotations

import pytest

from ivr.errors import FlowError
from ivr.flow.load import judge, load
from ivr.flow.problem import Finding, Level
from tests.flow.small import FILES


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
    assert len(problems) == 4  # a misspelt field is one: the missing one is the one that was meant
    lines = [int(problem.split(":")[1]) for problem in problems if "flow.yaml" in problem]
    assert lines == sorted(lines)
    assert str(caught.value).startswith("config/ has 4 problems:\n  config/flow.yaml:")


def test_what_is_found_elsewhere_is_told_among_the_rest_at_its_line() -> None:
    """What belongs to a part that is not written is told at the part around it."""
    head = FILES["flow.yaml"].splitlines().index("  main_menu:") + 1
    found = [
        Finding("prompts/bn.yaml", ("prompts",), "it is long", "make it two", Level.HINT),
        Finding("flow.yaml", ("nodes", "main_menu", "tries"), "it is hard", "mend it"),
        Finding("lexicon.bn.yaml", ("words",), "it is gone", "put it back", Level.WARNING),
    ]
    judged = judge(FILES, "here").having(found)
    assert [str(problem) for problem in judged.problems] == [
        f"here/flow.yaml:{head}: node 'main_menu': it is hard; mend it",
        "here/lexicon.bn.yaml:1: warning: it is gone; put it back",
        "here/prompts/bn.yaml:5: hint: it is long; make it two",
    ]
    with pytest.raises(FlowError, match=r"^here/ has 1 problem:\n  here/flow.yaml:\d+: node"):
        judged.checked()
