"""The words that are shipped: short, with the key that is meant, and summed up at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.model import Say
from ivr.speech.spelling import split_sentences, split_words
from tests.flow.options import options

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.speech.lexicon import Lexicon

LANGUAGES = ("bn", "en")
MOST_WORDS = {"bn": 12, "en": 16}
"""Of one sentence. English has articles and says abbreviations in letters that stand apart."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_short(spec: Spec, language: str) -> None:
    long = {
        prompt_id: sentence
        for prompt_id, text in spec.words[language].prompts.items()
        for sentence in split_sentences(text, language)
        if len(split_words(sentence)) > MOST_WORDS[language]
    }
    assert long == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_ends_with_the_key_that_chooses_it(
    spec: Spec, lexicons: dict[str, Lexicon], language: str
) -> None:
    figures = lexicons[language].digits
    assert figures is not None
    prompts, named, meant = spec.words[language].prompts, {}, {}
    for node_id, node in spec.flow.nodes.items():
        for option in options(node):
            words = split_words(prompts[option.prompt])
            named[node_id, option.prompt] = [word for word in words if word in figures][-1:]
            meant[node_id, option.prompt] = [figures[int(option.key)]]
    assert named == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_to_its_end_is_summed_up_in_three_sentences(spec: Spec, language: str) -> None:
    prompts = spec.words[language].prompts
    ends = [n.prompt for n in spec.flow.nodes.values() if isinstance(n, Say) and n.finishes]
    assert {each: len(split_sentences(prompts[each], language)) for each in ends} == dict.fromkeys(
        ends, 3
    )
    assert "register_recap" in ends
    assert "practice_done" in ends
