"""A file of config is read into its type, or every fault of it is told at once."""

from __future__ import annotations

import pytest

from ivr.errors import PaperError, SpeechError
from ivr.flow.load import judge
from ivr.flow.model import Facts
from ivr.flow.problem import Problem
from ivr.flow.reading import Read, nfc_source, read_source
from ivr.flow.schema import schema
from tests.flow.small import FILES

FILE = "config/facts.yaml"
GOOD = "facts_as_of: 2020-04-18\nfacts: {register.1: It is so.}"


def read(text: str, *besides: Problem) -> Read[Facts]:
    return read_source(nfc_source(text, FILE), schema("facts"), Facts, besides)


def test_a_good_file_is_given_as_its_type() -> None:
    found = read(GOOD)
    assert found.problems == ()
    assert found.checked(SpeechError) == Facts("2020-04-18", {"register.1": "It is so."})


BAD = {
    "no YAML": ("facts: [", ":1: this is not YAML: "),
    "empty": ("", ":1: the file is empty; "),
    "nothing by a tag": ("!!int ''", ":1: a text that begins with ! needs quotes; put double"),
    "a list": ("- a", ":1: a list should be a group of names and values; change it"),
    "a name twice": (f"{GOOD}\nfacts: {{}}", ":3: 'facts' stands twice; remove one of the two"),
    "a name unknown": (f"{GOOD}\nfact: x", ":3: 'fact' is not known here; did you mean 'facts'?"),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_bad_file_is_nothing_but_its_problems(text: str, told: str) -> None:
    found = read(text)
    assert found.value is None
    (problem,) = found.problems
    assert str(problem).startswith(f"{FILE}{told}")


def test_what_is_wrong_besides_is_told_together_with_the_form() -> None:
    besides = Problem(FILE, 1, None, "it is old", "ask for a new one")
    found = read(f"{GOOD}\nfact: x", besides)
    with pytest.raises(SpeechError) as caught:
        found.checked(SpeechError)
    assert str(caught.value) == (
        f"{FILE} cannot be read, it has 2 problems:\n"
        f"  {FILE}:1: it is old; ask for a new one\n"
        f"  {FILE}:3: 'fact' is not known here; did you mean 'facts'?"
    )
    assert read(GOOD, besides).problems == (besides,)


def test_what_is_found_later_takes_the_value_away() -> None:
    found = read(GOOD)
    assert found.having([]) == found
    late = found.having([Problem(FILE, 2, None, "it is not so", "say how it is")])
    assert late.value is None
    with pytest.raises(PaperError, match=r"^config/facts\.yaml cannot be read, it has 1 problem:"):
        late.checked(PaperError)


def test_a_flow_of_nothing_is_told() -> None:
    judged = judge({**FILES, "flow.yaml": "~"})
    assert judged.spec is None
    assert [str(problem) for problem in judged.problems] == [
        "config/flow.yaml:1: the file is empty; put back what it held"
    ]


def test_what_the_types_alone_refuse_is_told_in_plain_words() -> None:
    found = read_source(nfc_source(GOOD.replace("2020-04-18", "'2020'"), FILE), {}, Facts)
    assert [str(problem) for problem in found.problems] == [
        f"{FILE}:1: it has not its form; compare it with the schema that its first line names"
    ]
