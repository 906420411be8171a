"""Which clips a caller hears: one for a run of prompts, another for digits, else words."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest
import soundfile
from msgspec.structs import replace

from ivr.engine.carried import NOTHING
from ivr.engine.codes import keyed_codes
from ivr.engine.session import Session
from ivr.engine.speak import instructions
from ivr.engine.turn import Play
from ivr.flow.model import Asking, End, Lesson
from ivr.flow.terms import Pace
from ivr.flow.usage import own_prompts
from ivr.speech.join import read_name
from ivr.speech.library import Library
from ivr.twiml.verbs import Hangup, Say
from ivr.twiml.verbs import Play as PlayUrl
from ivr.web.app import create_app
from ivr.web.sound import Sound
from ivr.web.stock import Fault
from tests.conftest import LINE, clean
from tests.web.conftest import MENU, Caller

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer, Own

BENGALI = Session(place="main_menu", turn=1, language="bn")


def row(*prompts: str, pace: Pace = Pace.NORMAL) -> tuple[Play, ...]:
    return tuple(Play(prompt, pace) for prompt in prompts)


def urls(answer: Answer) -> list[str]:
    return [part.url for part in answer.gather.nested if isinstance(part, PlayUrl)]


def caller_of(parts: Parts) -> Caller:
    return Caller(httpx.Client(transport=httpx.WSGITransport(app=create_app(parts))))


def at_menu(caller: Caller) -> Answer:
    return caller.key("CA1", caller.ring("CA1").action or "", "1")


def test_a_menu_is_one_clip_that_says_prompt_and_options(caller: Caller, spec: Spec) -> None:
    answer = caller.key("CA1", at_menu(caller).action or "", "0")
    (menu,) = urls(answer)
    assert read_name(menu.removeprefix("/clips/").removesuffix(".wav")) is not None
    assert answer.words == tuple(spec.words["bn"].prompts[prompt] for prompt in MENU)


def test_a_lead_is_one_clip_with_what_follows(caller: Caller, spec: Spec) -> None:
    (clip,) = urls(at_menu(caller))
    said = spec.words["bn"].prompts
    assert clip.startswith("/clips/p400-")
    due = ("warm_up_done", "global_keys", *MENU)
    assert caller.words(clip) == tuple(said[prompt] for prompt in due)


def test_the_greeting_is_one_clip_with_the_warm_up(caller: Caller) -> None:
    assert len(urls(caller.ring("CA1"))) == 1


@pytest.mark.parametrize(
    ("keys", "pause"),
    [
        pytest.param((), "p150", id="at first"),
        pytest.param(("#",), "p450", id="said again, slowly"),
    ],
)
def test_digits_between_two_pauses_are_one_clip_with_pauses_of_their_own(
    caller: Caller, spec: Spec, keys: tuple[str, ...], pause: str
) -> None:
    answer = caller.key("CA1", at_menu(caller).action or "", "2")
    for key in keys:
        answer = caller.key("CA1", answer.action or "", key)
    scene, *groups = urls(answer)
    said = spec.words["bn"].prompts
    assert caller.words(scene)[-1] == said["practice_number_is"]
    assert [caller.words(group) for group in groups] == [
        (said["digit_0_more"],) * 5,
        (*(said[f"digit_{digit}_more"] for digit in "1234"), said["digit_5"]),
    ]
    assert all(group.startswith(f"/clips/{pause}-") for group in groups)


@pytest.mark.parametrize(
    ("pace", "least"), [pytest.param(Pace.NORMAL, 0.33), pytest.param(Pace.SLOW, 0.63)]
)
def test_digits_stand_apart_from_sound_to_sound(
    parts: Parts, caller: Caller, pace: Pace, least: float
) -> None:
    """Silence is 20 ms frames under -40 dBFS; what is longest is between two digits."""
    plays = row("digit_4_more", "digit_7_more", "digit_2", pace=pace)
    (verb,) = Sound(parts.spec, parts.library).speak(BENGALI)(plays)
    assert isinstance(verb, PlayUrl)
    sound, rate = soundfile.read(io.BytesIO(caller.client.get(LINE + verb.url).content))
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    quiet = np.sqrt((frames**2).mean(axis=1)) < 0.01
    runs = [sum(1 for _ in run) * 160 / rate for still, run in groupby(quiet) if still]
    long = [seconds for seconds in runs if seconds >= least]
    assert len(long) == 2
    assert max(long) < least + 0.15


def test_a_goodbye_is_one_clip_with_its_lead(parts: Parts, caller: Caller) -> None:
    flow = parts.spec.flow
    end = next(name for name, node in flow.nodes.items() if isinstance(node, End))
    session = replace(BENGALI, place=end, lead=("too_many",))
    said = instructions(flow, session, keyed_codes(b"a secret of the tests", "CA1"))
    heard = Sound(parts.spec, parts.library).turn(session, said)
    clip, hangup = clean(heard.document.addressed(said, NOTHING))
    assert isinstance(clip, PlayUrl)
    assert isinstance(hangup, Hangup)
    assert len(caller.words(clip.url)) == 2


def test_what_is_said_again_is_the_slow_clip(caller: Caller, parts: Parts) -> None:
    slow = Sound(parts.spec, parts.library).speak(BENGALI)(row(*MENU, pace=Pace.SLOW))
    again = caller.key("CA1", at_menu(caller).action or "", "*")
    assert urls(again) == [verb.url for verb in slow if isinstance(verb, PlayUrl)]


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("pace", list(Pace))
def test_what_each_place_says_by_itself_is_one_clip(
    parts: Parts, caller: Caller, language: str, pace: Pace
) -> None:
    speak = Sound(parts.spec, parts.library).speak(replace(BENGALI, language=language))
    said = parts.spec.words[language].prompts
    for node in parts.spec.flow.nodes.values():
        if not isinstance(node, Asking):
            continue
        for step in [step.prompt for step in node.steps] if isinstance(node, Lesson) else [None]:
            prompts = own_prompts(parts.spec.flow, node, step)
            (verb,) = speak(row(*prompts, pace=pace))
            assert isinstance(verb, PlayUrl)
            assert caller.words(verb.url) == tuple(said[prompt] for prompt in prompts)


def test_a_run_beyond_what_one_clip_may_hold_goes_on_in_another(
    parts: Parts, caller: Caller
) -> None:
    plays = row(*MENU, *MENU, *MENU)
    heard = Sound(parts.spec, parts.library).speak(BENGALI)(plays)
    clips = [caller.words(verb.url) for verb in heard if isinstance(verb, PlayUrl)]
    assert len(clips) == len(heard) == 2
    said = parts.spec.words["bn"].prompts
    assert clips[0] + clips[1] == tuple(said[play.prompt] for play in plays)


def test_the_pauses_of_a_run_are_those_of_the_slowest_in_it(parts: Parts) -> None:
    speak = Sound(parts.spec, parts.library).speak(BENGALI)
    mixed = (Play("practice_question_1"), Play("ready_key", Pace.SLOW))
    (verb,) = speak(mixed)
    assert isinstance(verb, PlayUrl)
    assert verb.url.startswith("/clips/p550-")
    assert speak(()) == ()


def test_where_a_part_is_missing_the_others_are_played_and_it_is_spoken_and_counted(
    own: Own, own_parts: Parts, spec: Spec, store: RedisStore
) -> None:
    own.forget("choose_services")
    caller = caller_of(own_parts)
    answer = caller.key("CA1", at_menu(caller).action or "", "0")
    said = spec.words["bn"].prompts
    assert answer.words == tuple(said[prompt] for prompt in MENU if prompt != "choose_services")
    assert [say.text for say in answer.spoken] == [said["choose_services"]]
    assert len(urls(answer)) == 2
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


def test_a_slow_caller_hears_the_usual_clip_where_there_is_no_slow_one(
    own: Own, own_parts: Parts
) -> None:
    own.forget("greeting", paces=(Pace.SLOW,))
    sound = Sound(own_parts.spec, own_parts.library)
    speak = sound.speak(BENGALI)
    (slow,), (usual,) = speak(row("greeting", pace=Pace.SLOW)), speak(row("greeting"))
    assert slow == usual
    assert isinstance(slow, PlayUrl)
    assert sound.faults() == [("bn/slow/greeting", Fault.MISSING)]


def test_usual_clips_in_a_slow_row_have_the_longer_pauses(own: Own, own_parts: Parts) -> None:
    own.forget(*MENU, paces=(Pace.SLOW,))
    speak = Sound(own_parts.spec, own_parts.library).speak(BENGALI)
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
