"""The lesson as short messages."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.errors import PaperError
from ivr.flow.problem import Finding, Level
from ivr.paper.check import paper_findings
from ivr.paper.pages.steps import in_digits, written_steps
from ivr.paper.sms.graphemes import graphemes
from ivr.paper.sms.messages import MOST_MESSAGES, messages
from ivr.paper.sms.size import Encoding
from tests.paper.papers import NUMBER, saying, shipped

if TYPE_CHECKING:
    from ivr.flow.model import Spec

LANGUAGES = ("bn", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_is_sent_alone_and_says_which_it_is(spec: Spec, language: str) -> None:
    words = shipped(language)
    made = messages(spec, words, NUMBER)
    encoding, most = {"bn": (Encoding.UCS2, 70), "en": (Encoding.GSM, 160)}[language]
    for at, message in enumerate(made, 1):
        assert message.text.startswith(in_digits(f"{at}/{len(made)} ", words))
        assert message.size.encoding is encoding
        assert message.size.units <= most
        assert message.size.parts == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_joined_the_messages_are_the_safety_rule_the_day_the_steps_and_the_number(
    spec: Spec, language: str
) -> None:
    words = shipped(language)
    made = messages(spec, words, NUMBER)
    day = {"bn": "১৮ এপ্রিল ২০২০", "en": "18 April 2020"}[language]
    whole = [
        *words.sms.safety,
        f"{words.sms.dated}: {day}",
        *(
            f"{words.sms.step} {in_digits(step.number, words)}: {step.text}"
            for step in written_steps(spec, words, short=True)
        ),
        f"{words.sms.call}: +91 98300 12345",
    ]
    assert " ".join(message.text.partition(" ")[2] for message in made) == " ".join(whole)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safety_rule_comes_first_and_shares_no_message_with_a_step(
    spec: Spec, language: str
) -> None:
    words = shipped(language)
    texts = [message.text.partition(" ")[2] for message in messages(spec, words, NUMBER)]
    first_step = next(at for at, text in enumerate(texts) if text.startswith(words.sms.step))
    opening = " ".join(texts[:first_step])
    assert opening.startswith(" ".join(words.sms.safety))
    assert words.sms.safety[0] in texts[0]
    assert not any(re.search(rf"{words.sms.step} \S+:", text) for text in texts[:first_step])


def test_in_bengali_no_step_takes_more_than_two_messages(spec: Spec) -> None:
    words = shipped("bn")
    texts = [message.text.partition(" ")[2] for message in messages(spec, words, NUMBER)]
    begins = [at for at, text in enumerate(texts) if text.startswith(f"{words.sms.step} ")]
    assert len(begins) == 15  # each begins a message of its own
    assert {end - begin for begin, end in pairwise((*begins, len(texts) - 1))} == {1, 2}
    assert len(texts) == 21


def test_without_a_number_no_message_names_one(spec: Spec) -> None:
    words = shipped("en")
    texts = " ".join(message.text for message in messages(spec, words, None))
    assert words.sms.call not in texts
    assert "+" not in texts


def test_a_letter_that_is_not_gsms_makes_only_its_own_message_ucs2(spec: Spec) -> None:
    curly = saying(spec, register_14="Now UMANG’s site opens.")
    made = messages(curly, shipped("en"), None)
    strange = [message for message in made if message.size.encoding is Encoding.UCS2]
    assert len(strange) == 1
    assert "UMANG’s" in strange[0].text
    assert strange[0].size.units <= 70


def test_a_very_long_word_is_parted_between_signs(spec: Spec) -> None:
    bengali = spec.words["bn"]
    prompts = {**bengali.prompts, "register_14": "স্ত্রী" * 30}
    changed = msgspec.structs.replace(bengali, prompts=prompts)
    words = shipped("bn")
    made = messages(msgspec.structs.replace(spec, words={**spec.words, "bn": changed}), words, None)
    whole = "".join(message.text.partition(" ")[2] for message in made)
    assert "স্ত্রী" * 30 in whole
    signs = [sign for message in made for sign in graphemes(message.text)]
    assert signs.count("স্ত্রী") == 30


def test_a_step_for_many_messages_is_a_warning_at_its_prompt(spec: Spec) -> None:
    long = saying(spec, register_14="This is one sentence of the step. " * 20)
    (found,) = paper_findings(long, shipped("en"), "en")
    assert found == Finding(
        "prompts/en.yaml",
        ("prompts", "register_14"),
        "as SMS, step 14 of the lesson takes 5 messages, 3 are the most",
        "say it in fewer words, or make two steps of it",
        Level.WARNING,
    )


def test_a_lesson_for_more_messages_than_are_counted_is_refused(spec: Spec) -> None:
    long = saying(spec, register_14="This is one sentence of the step. " * 400)
    with pytest.raises(PaperError, match=rf"takes \d+ SMS, {MOST_MESSAGES} are the most; shorten"):
        messages(long, shipped("en"), None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_reads_like_one_that_asks_for_a_secret(spec: Spec, language: str) -> None:
    # What a fraud writes has a link to follow, or asks for an answer by SMS.
    texts = [message.text for message in messages(spec, shipped(language), NUMBER)]
    joined = " ".join(texts)
    assert "://" not in joined
    assert joined.count("web.umang.gov.in") == 1
    assert not re.search(r"\breply\b|\bsend us\b", joined.lower())
