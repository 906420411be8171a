"""What the words say of keys, against the keys of the shipped flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.model import Change, Leave, Lesson, Menu, Option, Say, Step, Think
from ivr.flow.problem import Level
from ivr.speech.named_keys import key_findings
from ivr.speech.sayings import ALL_KEYS, Keys, keys_at, sayings

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Node, Spec
    from ivr.flow.problem import Finding
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.sayings import Saying


@pytest.fixture(scope="module")
def flow(spec: Spec) -> Flow:
    return spec.flow


def having(spec: Spec, language: str = "en", **texts: str) -> Spec:
    words = spec.words[language]
    changed = replace(words, prompts={**words.prompts, **texts})
    return replace(spec, words={**spec.words, language: changed})


def with_nodes(flow: Flow, **nodes: Node) -> Flow:
    return replace(flow, nodes={**flow.nodes, **nodes})


def found(spec: Spec, lexicons: dict[str, Lexicon]) -> list[Finding]:
    return list(key_findings(spec, lexicons))


def said(flow: Flow, prompt: str) -> list[Saying]:
    return [each for each in sayings(flow) if each.prompt == prompt]


def test_the_shipped_words_name_the_shipped_keys(spec: Spec, lexicons: dict[str, Lexicon]) -> None:
    assert found(spec, lexicons) == []


def test_every_prompt_that_is_no_number_is_looked_at(flow: Flow, spec: Spec) -> None:
    held = {each.prompt for each in sayings(flow)}
    numbers = {"of_15", "of_8", "apology", "apology_goodbye"}
    others = spec.words["en"].prompts.keys() - held - numbers
    assert {each for each in others if not each.startswith(("digit_", "step_"))} == set()


@pytest.mark.parametrize("language", ["bn", "en"])
def test_keys_that_change_places_are_found(
    spec: Spec, lexicons: dict[str, Lexicon], language: str
) -> None:
    prompts = spec.words[language].prompts
    swapped = {"simpler_yes": prompts["simpler_no"], "simpler_no": prompts["simpler_yes"]}
    first, second = found(having(spec, language, **swapped), lexicons)
    assert first.what == f"'simpler_yes' says key 2 ({language}), not 1"
    assert second.what == f"'simpler_no' says key 1 ({language}), not 2"
    assert first.path == ("nodes", "simpler", "options", 0, "key")


def test_the_menu_may_name_the_keys_of_its_options(
    spec: Spec, lexicons: dict[str, Lexicon]
) -> None:
    told = having(
        spec, simpler="Press one for yes, two for no.", simpler_yes="Yes.", simpler_no="No."
    )
    assert found(told, lexicons) == []


def test_another_option_may_name_a_key_only_where_it_is_always_said_too(
    spec: Spec, lexicons: dict[str, Lexicon]
) -> None:
    silent = having(spec, practice_help_again="Try again.")
    helper = having(silent, practice_help_person="For a person press four, to try again one.")
    always = having(silent, practice_help_leave="To leave three, to try again one.")
    assert [each.what for each in found(helper, lexicons)] == ["no prompt names key 1 (en)"]
    assert found(always, lexicons) == []


def test_both_options_of_one_key_must_name_it(spec: Spec, lexicons: dict[str, Lexicon]) -> None:
    for place, prompt in enumerate(("help_usual", "help_slower")):
        (finding,) = found(having(spec, "bn", **{prompt: "ধীরে শুনুন।"}), lexicons)
        assert finding.path == ("nodes", "help_menu", "options", place, "key")
        assert finding.what == "no prompt names key 1 (bn)"


def test_a_prompt_of_several_places_is_told_once(spec: Spec, lexicons: dict[str, Lexicon]) -> None:
    (finding,) = found(having(spec, invalid_example="Press eight."), lexicons)
    assert finding.what.startswith("'invalid_example' names key 8, which does nothing at 'resume'")
    assert finding.what.endswith(" more places")
    assert finding.level is Level.ERROR


def test_two_places_are_told_as_one_more(spec: Spec, lexicons: dict[str, Lexicon]) -> None:
    (finding,) = found(having(spec, practice_mpin_is="Press star or one."), lexicons)
    assert finding.what == (
        "'practice_mpin_is' names key 1, which does nothing at 'practice_set_mpin', where a code "
        "is keyed, and at 1 more place"
    )
    assert finding.level is Level.WARNING


def test_a_question_may_say_its_key_itself(spec: Spec, lexicons: dict[str, Lexicon]) -> None:
    silent = having(spec, ready_key="Take your time.")
    first = having(silent, practice_question_1="Think of a school, then press one.")
    both = having(first, practice_question_2="Think of a game, then press one.")
    (finding,) = found(first, lexicons)  # the other question has nobody to say it
    assert finding.what == "'ready_key' does not say key 1, which ends a think node"
    assert found(both, lexicons) == []


def test_words_that_are_missing_are_another_checks(
    spec: Spec, lexicons: dict[str, Lexicon]
) -> None:
    assert found(having(spec, choose_more="", ready_key=""), lexicons) == []


def test_a_language_without_a_lexicon_is_not_judged(spec: Spec) -> None:
    assert found(having(spec, choose_more="Press nine."), {}) == []


def test_where_any_key_leads_on_each_may_be_named(flow: Flow) -> None:
    assert [each.keys for each in said(flow, "about_to_end")] == [Keys(ALL_KEYS)]


def test_keys_of_options_that_are_there_at_times_count_only_then(flow: Flow) -> None:
    menu = flow.nodes["help_menu"]
    assert isinstance(menu, Menu)
    usual = frozenset("123*09")
    assert keys_at(flow, menu) == Keys(usual, frozenset("4"))
    assert keys_at(flow, menu, holding="kept") == Keys(usual | {"4"})


def test_a_step_has_its_own_keys_and_the_lesson_those_of_all(flow: Flow) -> None:
    lesson = flow.nodes["register_lesson"]
    assert isinstance(lesson, Lesson)
    every = frozenset("123*09")
    assert keys_at(flow, lesson, lesson.steps[0]) == Keys(every | {"4"})
    assert keys_at(flow, lesson, lesson.steps[1]) == Keys(every)
    assert keys_at(flow, lesson) == Keys(every, frozenset("4"))


@pytest.mark.parametrize(
    ("goal", "keys"),
    [
        pytest.param("register_notice", Keys(frozenset("1234*09")), id="the first step"),
        pytest.param("practice_how", Keys(frozenset("*#")), id="a code"),
        pytest.param("practice_question_1", Keys(frozenset("1*09")), id="a question"),
        pytest.param("goodbye_by_hour", Keys(frozenset()), id="an end"),
        pytest.param("person", Keys(frozenset()), id="a person who is rung"),
        pytest.param("return", Keys(ALL_KEYS), id="back, wherever that is"),
        pytest.param("help", Keys(frozenset("12*09"), frozenset("34")), id="one menu or another"),
        pytest.param("nowhere", Keys(ALL_KEYS), id="what is no node"),
    ],
)
def test_what_leads_on_names_keys_of_the_place_behind(flow: Flow, goal: str, keys: Keys) -> None:
    leading = with_nodes(flow, leading=Say(prompt="leading", next=goal))
    (saying,) = said(leading, "leading")
    assert saying.keys == keys
    assert saying.where == f"on the way to '{goal}'"


def test_say_nodes_that_go_round_are_another_checks(flow: Flow) -> None:
    round_ = with_nodes(flow, a=Say(prompt="a", next="b"), b=Say(prompt="b", next="a"))
    assert said(round_, "a")[0].keys == Keys(ALL_KEYS)


def test_what_is_said_on_each_way_out_is_looked_at(flow: Flow) -> None:
    option = Option(key="4", prompt="more_key", say="confirmed", go="goodbye")
    lesson = Lesson(
        steps=(Step(prompt="only", write="write_it", options=(option,)),),
        next="what_next",
        too_many=Leave(go="goodbye", prompt="out", set=Change(simple=True)),
    )
    think = Think(prompt="think", next="goodbye", no_input=("quiet", "quieter"))
    told = with_nodes(flow, told=lesson, thought=think)
    ends = Keys(frozenset())
    assert {each.keys for each in (*said(told, "confirmed"), *said(told, "out"))} == {ends}
    assert [each.keys.always for each in said(told, "write_it")] == [frozenset("1234*09")]
    assert [each.keys.always for each in said(told, "quieter")] == [frozenset("1*09")]


def test_the_words_of_a_level_are_said_on_the_way(flow: Flow) -> None:
    wheres = {each.where for each in said(flow, "too_many")}
    assert wheres == {"on the way to 'help'"}
