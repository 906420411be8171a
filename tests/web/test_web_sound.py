"""Which clips a caller hears: one for a row, one each for leads and digits, else words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from ivr.engine.session import Session
from ivr.engine.speak import rows
from ivr.engine.turn import Play
from ivr.flow.model import Pace
from ivr.speech.join import read_name
from ivr.speech.library import Library
from ivr.twiml.verbs import Gather, Say
from ivr.twiml.verbs import Play as PlayUrl
from ivr.web.app import create_app
from ivr.web.sound import Sound, missing
from tests.web.conftest import Caller

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.speech.manifest import Clip
    from ivr.speech.utterance import Utterance
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer

MENU = ("main_menu", "choose_lesson", "choose_practice", "choose_services", "choose_more")
BENGALI = Session(place="main_menu", turn=1, language="bn")


class Without(Library):
    """The clips of the tests but for some."""

    def __init__(self, library: Library, *gone: tuple[str, Pace]) -> None:
        super().__init__(library._folder, library._clips)
        self.gone = gone

    def find(self, utterance: Utterance) -> Clip | None:
        is_gone = (utterance.prompt_id, utterance.pace) in self.gone
        return None if is_gone else super().find(utterance)


def row(*prompts: str, pace: Pace = Pace.NORMAL) -> tuple[Play, ...]:
    return tuple(Play(prompt, pace) for prompt in prompts)


def urls(answer: Answer) -> list[str]:
    first = answer.verbs[0]
    assert isinstance(first, Gather)
    return [part.url for part in first.nested if isinstance(part, PlayUrl)]


def caller_of(parts: Parts) -> Caller:
    return Caller(httpx.Client(transport=httpx.WSGITransport(app=create_app(parts))))


def at_menu(caller: Caller) -> Answer:
    return caller.key("CA1", caller.ring("CA1").action or "", "1")


def test_a_menu_is_one_clip_that_says_prompt_and_options(caller: Caller, spec: Spec) -> None:
    answer = caller.key("CA1", at_menu(caller).action or "", "0")
    (menu,) = urls(answer)
    assert read_name(menu.removeprefix("/clips/").removesuffix(".wav")) is not None
    assert answer.words == tuple(spec.words["bn"].prompts[prompt] for prompt in MENU)


def test_leads_stay_clips_of_their_own(caller: Caller, spec: Spec) -> None:
    *leads, menu = urls(at_menu(caller))
    said = spec.words["bn"].prompts
    due = [(said[prompt],) for prompt in ("warm_up_done", "global_keys")]
    assert [caller.words(lead) for lead in leads] == due
    assert len(caller.words(menu)) == len(MENU)


def test_digits_stay_clips_of_their_own(caller: Caller, spec: Spec) -> None:
    answer = caller.key("CA1", at_menu(caller).action or "", "2")
    *_, scene = urls(answer)[:3]
    assert len(caller.words(scene)) == 3
    digits = [caller.words(url) for url in urls(answer)[3:]]
    said = spec.words["bn"].prompts
    more = [said[f"digit_{digit}_more"] for digit in "000001234"]
    assert digits == [(words,) for words in (*more, said["digit_5"])]
    assert len(set(urls(answer)[3:])) == 6, "five zeros are one file"


def test_what_is_said_again_is_the_slow_clip(caller: Caller, parts: Parts) -> None:
    slow = Sound(parts.spec, parts.library).speak(BENGALI)(row(*MENU, pace=Pace.SLOW))
    again = caller.key("CA1", at_menu(caller).action or "", "*")
    assert urls(again) == [verb.url for verb in slow if isinstance(verb, PlayUrl)]


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("pace", list(Pace))
def test_every_row_of_the_shipped_flow_is_one_clip(
    parts: Parts, caller: Caller, language: str, pace: Pace
) -> None:
    speak = Sound(parts.spec, parts.library).speak(replace(BENGALI, language=language))
    said = parts.spec.words[language].prompts
    for prompts in set(rows(parts.spec.flow)):
        (verb,) = speak(row(*prompts, pace=pace))
        assert isinstance(verb, PlayUrl)
        assert caller.words(verb.url) == tuple(said[prompt] for prompt in prompts)


def test_the_longest_row_wins_and_what_is_around_it_stays_single(parts: Parts) -> None:
    speak = Sound(parts.spec, parts.library).speak(BENGALI)
    scene = ("practice_otp", "practice_safety", "practice_otp_is")
    (whole,) = speak(row(*scene))
    (brief,) = speak(row(*scene[1:]))
    (lead,), (digit,) = speak(row("practice_right")), speak(row("digit_4"))
    assert speak(row("practice_right", *scene, "digit_4")) == (lead, whole, digit)
    assert speak(row("practice_right", *scene[1:], "digit_4")) == (lead, brief, digit)
    assert speak(()) == ()


def test_a_row_of_mixed_paces_is_not_one_clip(parts: Parts) -> None:
    speak = Sound(parts.spec, parts.library).speak(BENGALI)
    mixed = (Play("practice_question_1"), Play("ready_key", Pace.SLOW))
    assert len(speak(mixed)) == 2


def test_where_a_part_is_missing_the_others_are_played_and_it_is_spoken_and_counted(
    parts: Parts, spec: Spec, store: RedisStore
) -> None:
    gone = [("choose_services", pace) for pace in Pace]
    caller = caller_of(replace(parts, library=Without(parts.library, *gone)))
    answer = caller.key("CA1", at_menu(caller).action or "", "0")
    said = spec.words["bn"].prompts
    assert answer.words == tuple(said[prompt] for prompt in MENU if prompt != "choose_services")
    assert [say.text for say in answer.spoken] == [said["choose_services"]]
    assert len(urls(answer)) == 4
    assert store.counts("2026-03-02")["said.bn.choose_services"] == 2
    assert "said.bn.choose_more" not in store.counts("2026-03-02")


def test_a_prompt_without_a_clip_is_spoken_by_a_named_voice_and_counted(
    parts: Parts, spec: Spec, tmp_path: Path, store: RedisStore
) -> None:
    caller = caller_of(replace(parts, library=Library.open(tmp_path)))
    answer = caller.ring("CA1")
    assert answer.words == ()
    assert answer.spoken == tuple(
        Say(spec.words["bn"].prompts[prompt], language="bn-IN", voice="Google.bn-IN-Standard-A")
        for prompt in ("greeting", "warm_up", "warm_up_key")
    )
    counts = store.counts("2026-03-02")
    assert [counts[f"said.bn.{p}"] for p in ("greeting", "warm_up", "warm_up_key")] == [1, 1, 1]


def test_a_slow_caller_hears_the_usual_clip_where_there_is_no_slow_one(parts: Parts) -> None:
    hasty = Without(parts.library, *((p, Pace.SLOW) for p in parts.spec.words["bn"].prompts))
    speak = Sound(parts.spec, hasty).speak(BENGALI)
    (slow,), (usual,) = speak(row("greeting", pace=Pace.SLOW)), speak(row("greeting"))
    assert slow == usual
    assert isinstance(slow, PlayUrl)
    assert len(missing(parts.spec, hasty)) == 2 * len(parts.spec.words["bn"].prompts)


def test_usual_clips_in_a_slow_row_have_the_longer_pauses(parts: Parts) -> None:
    hasty = Without(parts.library, *((p, Pace.SLOW) for p in parts.spec.words["bn"].prompts))
    speak = Sound(parts.spec, hasty).speak(BENGALI)
    (slow,), (usual,) = speak(row(*MENU, pace=Pace.SLOW)), speak(row(*MENU))
    assert isinstance(slow, PlayUrl)
    assert isinstance(usual, PlayUrl)
    assert slow.url == usual.url.replace("/p400-", "/p550-")


@pytest.mark.parametrize("prompts", [("greeting",), MENU])
def test_a_caller_in_a_language_that_is_gone_hears_the_first_one(
    parts: Parts, prompts: tuple[str, ...]
) -> None:
    sound = Sound(parts.spec, parts.library)
    lost = replace(BENGALI, language="xx")
    assert sound.speak(lost)(row(*prompts)) == sound.speak(BENGALI)(row(*prompts))
    assert len(sound.speak(lost)(row(*prompts))) == 1
