"""Whatever fails, a caller hears an apology and comes back to the same place; at most twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from ivr.flow.model import Menu
from ivr.simulator.faults import parse_fault
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from ivr.speech.files import replace_file
from ivr.store.redis import RedisStore
from ivr.twiml.verbs import Hangup, Play, Redirect, Say
from ivr.web.app import create_app
from tests.conftest import DAY, LINE, TOKEN, clean
from tests.web.conftest import FORM, Answer, Caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.web.parts import Parts
    from tests.web.conftest import Own

SID = {**FORM, "CallSid": "CA1"}
BEGAN = int(DAY.timestamp())
MENU = f"/voice/turn/main_menu?turn=2&call={BEGAN}"
PLANTED = "a fault of the test"


def calling(parts: Parts, caller: Caller) -> Caller:
    """Somebody at another line, who knows the same clips."""
    transport = httpx.WSGITransport(app=create_app(parts))
    return Caller(httpx.Client(transport=transport), clips=caller.clips)


class FaultyClock:
    """Noon, but for so many times on which reading it fails."""

    failing = 0

    def __call__(self) -> datetime:
        if self.failing:
            self.failing -= 1
            raise ZeroDivisionError(PLANTED)
        return DAY


class FaultyStore(RedisStore):
    """A store with a fault of ours, which no check of Redis would find."""

    def visit(self, *_: object) -> object:  # type: ignore[override]
        raise ZeroDivisionError(PLANTED)


def leads_nowhere(parts: Parts) -> Parts:
    """A menu whose key 1 is a fault of the engine."""
    flow = parts.spec.flow
    menu = flow.nodes["main_menu"]
    assert isinstance(menu, Menu)
    options = tuple(replace(o, go="nowhere") if o.key == "1" else o for o in menu.options)
    nodes = {**flow.nodes, "main_menu": replace(menu, options=options)}
    return replace(parts, spec=replace(parts.spec, flow=replace(flow, nodes=nodes)))


def without_words(parts: Parts, prompt: str) -> Parts:
    """A line that has no words for a prompt, in any language: a fault in how it is heard."""
    words = {
        language: replace(
            each, prompts={name: text for name, text in each.prompts.items() if name != prompt}
        )
        for language, each in parts.spec.words.items()
    }
    return replace(parts, spec=replace(parts.spec, words=words))


def way_back(answer: Answer) -> str:
    last = answer.verbs[-1]
    assert isinstance(last, Redirect)
    return last.url


def led_back(caller: Caller, answer: Answer) -> Answer:
    """Go where an answer leads, as a Redirect does: without keys, and without a word of silence."""
    return caller.read(caller.post(way_back(answer), SID))


def apologies(spec: Spec, answers: list[Answer]) -> list[str]:
    """Which apology each answer is."""
    said = spec.words["bn"].prompts
    names = {said[name]: name for name in ("apology", "apology_goodbye")}
    return [names[answer.words[0]] for answer in answers]


# -- In a view -------------------------------------------------------------------------------------


def test_a_request_that_fails_once_leads_back_to_the_same_place(
    parts: Parts, caller: Caller, spec: Spec
) -> None:
    clock = FaultyClock()
    unlucky = calling(replace(parts, clock=clock), caller)
    first = unlucky.ring("CA1")
    menu = unlucky.key("CA1", first.action or "", "1")
    clock.failing = 1
    sorry = unlucky.key("CA1", menu.action or "", "4")
    assert apologies(spec, [sorry]) == ["apology"]
    assert way_back(sorry) == f"{menu.action}&retry=1"
    again = led_back(unlucky, sorry)
    assert (again.place, again.words) == ("main_menu", menu.words)
    assert unlucky.key("CA1", again.action or "", "4").place == "more"


def test_after_a_step_that_works_the_failures_before_it_are_forgotten(
    parts: Parts, caller: Caller
) -> None:
    clock = FaultyClock()
    unlucky = calling(replace(parts, clock=clock), caller)
    answer = unlucky.key("CA1", unlucky.ring("CA1").action or "", "1")
    for key in ("4", "0", "4", "0"):
        clock.failing = 1
        sorry = unlucky.key("CA1", answer.action or "", key)
        back = led_back(unlucky, sorry)
        assert "retry=1" in (back.action or "")
        answer = unlucky.key("CA1", back.action or "", key)
        assert "retry" not in (answer.action or "")


def test_silence_after_the_way_back_leads_on_as_every_silence_does(
    parts: Parts, caller: Caller
) -> None:
    clock = FaultyClock()
    unlucky = calling(replace(parts, clock=clock), caller)
    menu = unlucky.key("CA1", unlucky.ring("CA1").action or "", "1")
    clock.failing = 1
    back = led_back(unlucky, unlucky.key("CA1", menu.action or "", "4"))
    silent = unlucky.key("CA1", back.action or "", "silence")
    assert silent.place == "register_lesson.register_1"


@pytest.mark.parametrize(
    ("plant", "key"),
    [
        pytest.param(leads_nowhere, "1", id="in the engine"),
        pytest.param(lambda parts: without_words(parts, "more"), "4", id="in the sound"),
    ],
)
def test_a_key_that_always_fails_ends_in_the_goodbye_after_two_ways_back(
    parts: Parts, caller: Caller, spec: Spec, plant: Callable[[Parts], Parts], key: str
) -> None:
    unlucky = calling(plant(parts), caller)
    answer, sorry = unlucky.key("CA1", unlucky.ring("CA1").action or "", "1"), []
    with capture_logs() as told:
        for _ in range(3):
            sorry.append(unlucky.key("CA1", answer.action or "", key))
            if isinstance(sorry[-1].verbs[-1], Redirect):
                answer = led_back(unlucky, sorry[-1])
                assert answer.place == "main_menu"
    assert apologies(spec, sorry) == ["apology", "apology", "apology_goodbye"]
    assert isinstance(sorry[-1].verbs[-1], Hangup)
    assert [each["event"] for each in told].count("turn_failed") == 3


def test_where_everything_fails_the_caller_hears_two_apologies_and_the_goodbye(
    parts: Parts, caller: Caller, spec: Spec
) -> None:
    broken = replace(parts, store=FaultyStore("redis://127.0.0.1:1"))
    unlucky, url, sorry = calling(broken, caller), "/voice", []
    for _ in range(3):
        sorry.append(unlucky.read(unlucky.post(url, SID)))
        last = sorry[-1].verbs[-1]
        url = last.url if isinstance(last, Redirect) else ""
    assert apologies(spec, sorry) == ["apology", "apology", "apology_goodbye"]
    assert isinstance(sorry[-1].verbs[-1], Hangup)


def test_without_redis_too_a_failure_leads_back_to_the_place_of_the_url(
    parts: Parts, caller: Caller, spec: Spec, tmp_path: Path
) -> None:
    clock, away = FaultyClock(), RedisStore(f"unix://{tmp_path}/none.sock")
    unlucky = calling(replace(parts, store=away, clock=clock), caller)
    url = f"/voice/turn/register_lesson.register_3?turn=6&call={BEGAN}"
    clock.failing = 1
    sorry = unlucky.key("CA1", url, "1")
    back = led_back(unlucky, sorry)
    assert back.place == "register_lesson.register_3"
    assert spec.words["bn"].prompts["register_3"] in back.words
    assert unlucky.key("CA1", back.action or "", "1").place == "register_lesson.register_4"
    away.close()


def test_the_apology_is_in_the_language_of_the_call(parts: Parts, caller: Caller) -> None:
    clock = FaultyClock()
    clock.failing = 1
    sorry = calling(replace(parts, clock=clock), caller).key("CA1", f"{MENU},language:en", "1")
    assert sorry.words == (parts.spec.words["en"].prompts["apology"],)
    assert "language:en" in way_back(sorry)


def test_an_error_is_told_in_the_log_with_its_call_and_its_turn(
    parts: Parts, caller: Caller
) -> None:
    clock = FaultyClock()
    clock.failing = 1
    unlucky = calling(replace(parts, clock=clock), caller)
    with capture_logs([merge_contextvars]) as told:
        unlucky.key("CA1", MENU, "4711")
    (failed,) = (each for each in told if each["event"] == "turn_failed")
    assert (failed["log_level"], failed["call"], failed["turn"]) == ("error", "CA1", 2)
    assert str(failed["exc_info"]) == PLANTED
    assert "4711" not in str(told)


# -- The fallback ----------------------------------------------------------------------------------


def fell_back(caller: Caller, url: str) -> bytes:
    """The document of the fallback after this URL gave none."""
    form = {**SID, "ErrorCode": "11200", "ErrorUrl": url}
    response = caller.post("/voice/fallback", form)
    assert response.status_code == 200
    return response.content


def failed(caller: Caller, url: str) -> Answer:
    """The same, with the words of its clips."""
    form = {**SID, "ErrorCode": "11200", "ErrorUrl": url}
    return caller.read(caller.post("/voice/fallback", form))


def without_redis(parts: Parts, own: Own) -> Parts:
    return replace(parts, store=RedisStore(f"unix://{own.audio}/none.sock"))


def with_a_broken_manifest(parts: Parts, own: Own) -> Parts:
    replace_file(own.manifest, b"no JSON at all")
    return parts


def without_a_manifest(parts: Parts, own: Own) -> Parts:
    own.manifest.unlink()
    return parts


def with_a_folder_for_a_manifest(parts: Parts, own: Own) -> Parts:
    own.manifest.unlink()
    own.manifest.mkdir()
    return parts


def without_clips(parts: Parts, own: Own) -> Parts:
    shutil.rmtree(own.audio)
    return parts


HARMS = [
    pytest.param(lambda parts, _: parts, id="nothing harmed"),
    pytest.param(without_redis, id="no Redis"),
    pytest.param(with_a_broken_manifest, id="a broken manifest"),
    pytest.param(without_a_manifest, id="no manifest"),
    pytest.param(with_a_folder_for_a_manifest, id="a folder for a manifest"),
    pytest.param(without_clips, id="no clips"),
]


@pytest.mark.parametrize("harm", HARMS)
def test_the_fallback_works_with_nothing_else_alive(
    own_parts: Parts, own: Own, caller: Caller, harm: Callable[[Parts, Own], Parts]
) -> None:
    """Twice back without a word, twice with the apology, then the goodbye: all of it TwiML."""
    unlucky, url, heard = calling(harm(own_parts, own), caller), f"{LINE}{MENU}", []
    for _ in range(5):
        heard.append(clean(fell_back(unlucky, url)))
        last = heard[-1][-1]
        url = f"{LINE}{last.url}" if isinstance(last, Redirect) else ""
    back = [Redirect(f"{MENU}&retry={retry}") for retry in (1, 2, 3, 4)]
    assert [each[-1] for each in heard] == [*back, Hangup()]
    assert [len(each) for each in heard] == [1, 1, 2, 2, 2]
    assert all(isinstance(each[0], Play | Say) for each in heard[2:])


@pytest.mark.parametrize("harm", HARMS[2:])
def test_clips_that_break_in_mid_run_leave_every_turn_and_apology_its_words(
    own_parts: Parts, own: Own, caller: Caller, harm: Callable[[Parts, Own], Parts]
) -> None:
    unlucky = calling(own_parts, caller)
    menu = unlucky.key("CA1", unlucky.ring("CA1").action or "", "1")
    harm(own_parts, own)
    caller.clips.clear()
    assert unlucky.turn("CA1", menu.action or "", "4").status_code == 200
    sorry = clean(fell_back(unlucky, f"{LINE}{MENU}&retry=2"))
    assert isinstance(sorry[0], Play | Say)


def test_where_there_are_no_words_for_an_apology_the_way_back_is_left(
    parts: Parts, caller: Caller
) -> None:
    wordless = without_words(without_words(parts, "apology"), "apology_goodbye")
    unlucky = calling(wordless, caller)
    assert clean(fell_back(unlucky, f"{MENU}&retry=2")) == (Redirect(f"{MENU}&retry=3"),)
    assert clean(fell_back(unlucky, f"{MENU}&retry=4")) == (Hangup(),)


def test_an_apology_that_cannot_be_heard_in_a_clip_is_spoken(
    parts: Parts, caller: Caller, spec: Spec
) -> None:
    """The words were there when the line was made; then something befell them."""
    words = dict(spec.words["bn"].prompts)
    broken = replace(
        parts,
        spec=replace(spec, words={**spec.words, "bn": replace(spec.words["bn"], prompts=words)}),
    )
    unlucky = calling(broken, caller)
    words.pop("apology")
    (said, back) = clean(fell_back(unlucky, f"{MENU}&retry=2"))
    assert isinstance(said, Say)
    assert said.text == spec.words["bn"].prompts["apology"]
    assert back == Redirect(f"{MENU}&retry=3")


@pytest.mark.parametrize(
    ("url", "back"),
    [
        pytest.param(f"{LINE}{MENU}", f"{MENU}&retry=1", id="of a turn"),
        pytest.param(MENU, f"{MENU}&retry=1", id="without a host"),
        pytest.param(f"{LINE}{MENU}#top", f"{MENU}&retry=1", id="with a fragment"),
        pytest.param(f"{LINE}{MENU}&x=1&keyed=4711", f"{MENU}&retry=1", id="with more in it"),
        pytest.param(f"https://evil.test{MENU}", f"{MENU}&retry=1", id="of another host"),
        pytest.param(f"javascript:{MENU}", f"{MENU}&retry=1", id="a script with our path"),
        pytest.param(f"{LINE}/voice/turn/old?turn=4", "/voice/turn/old?turn=4&retry=1", id="gone"),
        *(
            pytest.param(url, "/voice?retry=1", id=name)
            for name, url in {
                "empty": "",
                "no URL": "no url",
                "half a host": "http://[",
                "of the ring": f"{LINE}/voice",
                "a count that is none of ours": f"{LINE}/voice?retry=99",
                "a count below zero": f"{LINE}/voice?retry=-1",
                "a script": "javascript:alert(1)",
                "another host": "//evil.test/voice?turn=2",
                "another host's path": "https://evil.test/phish?turn=2",
                "a host in the place": f"{LINE}/voice/turn///evil.test?turn=2",
                "a step up": f"{LINE}/voice/turn/..?turn=2",
                "steps up": f"{LINE}/voice/turn/../../phone?turn=2",
                "an escaped step up": f"{LINE}/voice/turn/%2e%2e?turn=2",
                "a backslash": f"{LINE}/voice/turn/\\evil.test?turn=2",
                "a line break": f"{LINE}/voice/turn/main_menu%0d%0aX:1?turn=2",
                "markup": f"{LINE}/voice/turn/</Redirect><Dial>+1</Dial>?turn=2",
                "Bengali": f"{LINE}/voice/turn/ক?turn=2",
                "a place too long": f"{LINE}/voice/turn/{'a' * 200}?turn=2",
                "over-long": f"{LINE}{MENU}&x={'a' * 10_000}",
                "a thousand arguments": f"{LINE}{MENU}{'&x=1' * 400}",
                "no turn": f"{LINE}/voice/turn/main_menu",
                "a turn that is none": f"{LINE}/voice/turn/main_menu?turn=x",
                "a turn too far": f"{LINE}/voice/turn/main_menu?turn=1234567",
                "the fallback itself": f"{LINE}/voice/fallback",
            }.items()
        ),
    ],
)
def test_whatever_url_has_failed_the_way_back_is_ours(caller: Caller, url: str, back: str) -> None:
    assert failed(caller, url).verbs[-1] == Redirect(back)


@pytest.mark.parametrize("retry", [1, 3, 4, 9])
def test_the_arguments_of_a_url_that_failed_keep_their_meaning(caller: Caller, retry: int) -> None:
    url = f"{MENU},language:en,pace:slow,simple,patience:2,silences:1,back:main_menu"
    answer = failed(caller, f"{LINE}{url}&retry={retry}")
    last = answer.verbs[-1]
    assert isinstance(last, Redirect if retry <= 3 else Hangup)
    if isinstance(last, Redirect):
        assert sorted(last.url.split("&")) == sorted(f"{url}&retry={retry + 1}".split("&"))


# -- A whole call ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["drop", "status:500", "status:503"])
@pytest.mark.parametrize("request_number", range(1, 7))
def test_an_answer_that_is_lost_once_is_not_noticed_by_the_caller(
    parts: Parts, spec: Spec, kind: str, request_number: int
) -> None:
    """The carrier asks the fallback, which leads back; a key that is lost is asked for again."""
    fault = parse_fault(f"{kind}@{request_number}")
    setup = Setup(fallback_url="/voice/fallback", status_callback="/voice/status", faults=(fault,))
    said = spec.words["bn"].prompts
    with Phone(InProcess(create_app(parts)), TOKEN) as phone:
        call = phone.call(f"{LINE}/voice", setup=setup)
        call.start()
        for _ in range(7):  # through the warm-up and the main menu into the lesson
            call.press("1")
        assert call.waiting is not None
        call.hang_up()
        assert not call.unused_faults
        assert not {said["apology"], said["apology_goodbye"]} & set(call.heard)
        assert said["register_4"] in call.heard
    assert parts.store.counts("2026-03-02")["calls"] == 1
