"""Duplicates, bad input, failures, health: whatever is asked, no caller hears silence."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
import redis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.engine.session import Phase
from ivr.speech.library import Library
from ivr.store.embedded import embedded_redis
from ivr.store.redis import RedisStore
from ivr.store.saving import Saving
from ivr.twiml.signature import sign
from ivr.twiml.verbs import Gather, Play
from ivr.web.app import create_app
from tests.conftest import TOKEN, clean
from tests.web.conftest import FORM, Answer, Caller, Watched, call_key

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from ivr.flow.model import Spec
    from ivr.store.keys import CallKey
    from ivr.store.saving import Held
    from ivr.store.visit import Visit
    from ivr.web.parts import Parts
    from tests.web.conftest import Wire

SID = {**FORM, "CallSid": "CA1"}


def at_menu(caller: Caller) -> str:
    """A call brought to the main menu; gives the action of its next key."""
    first = caller.ring("CA1")
    return caller.key("CA1", first.action or "", "1").action or ""


# -- Each turn once --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "again"),
    [
        pytest.param("1", "1", id="the same key"),
        pytest.param("1", "3", id="another key"),
        pytest.param("1", "silence", id="a silence"),
        pytest.param("7", "7", id="a wrong key"),
        pytest.param("silence", "silence", id="silence twice"),
        pytest.param("9", "9", id="help"),
    ],
)
def test_a_duplicate_of_a_turn_gets_the_same_bytes_and_steps_nothing(
    caller: Caller, store: RedisStore, keys: str, again: str
) -> None:
    action = at_menu(caller)
    first = caller.key("CA1", action, keys)
    held, counts = store.load(call_key("CA1")), store.counts("2026-03-02")
    assert caller.key("CA1", action, again).document == first.document
    assert store.load(call_key("CA1")) == held
    assert store.counts("2026-03-02") == counts


def test_a_duplicate_of_the_first_ring_gets_the_same_bytes(
    caller: Caller, store: RedisStore
) -> None:
    assert caller.ring("CA1").document == caller.ring("CA1").document
    assert store.counts("2026-03-02")["calls"] == 1


def test_a_stale_turn_says_again_where_the_caller_is(caller: Caller, spec: Spec) -> None:
    old = caller.ring("CA1").action or ""
    action = at_menu(caller)
    lesson = caller.key("CA1", action, "1")
    stale = caller.key("CA1", old, "1")
    assert stale.action == lesson.action
    said = spec.words["bn"].prompts
    assert stale.words[:3] == (said["step_1"], said["of_15"], said["register_1"])


def test_a_ring_in_the_middle_of_a_call_says_the_last_answer_again(caller: Caller) -> None:
    answer = caller.key("CA1", at_menu(caller), "1")
    assert caller.ring("CA1").document == answer.document


def test_two_processes_that_answer_one_turn_step_it_once(
    caller: Caller, parts: Parts, redis_url: str
) -> None:
    """The slower of two saves nothing, looks again and repeats the answer of the faster."""
    action = at_menu(caller)
    answers: list[bytes] = []

    class Slow(RedisStore):
        def visit(self, call: CallKey) -> Visit:
            return Late(super().visit(call))

    class Late(Watched):
        def load(self) -> Held:
            held = super().load()
            if not answers:
                answers.append(b"")
                answers.append(caller.key("CA1", action, "1").document)
            return held

    slow = Caller(
        httpx.Client(
            transport=httpx.WSGITransport(app=create_app(replace(parts, store=Slow(redis_url))))
        ),
        clips=caller.clips,
    )
    assert slow.key("CA1", action, "1").document == answers[1]
    assert parts.store.counts("2026-03-02")["reached.register_lesson"] == 1


# -- The end ---------------------------------------------------------------------------------------


def test_the_status_callback_closes_the_session_and_counts_the_outcome_once(
    caller: Caller, store: RedisStore
) -> None:
    at_menu(caller)
    for _ in range(2):
        response = caller.post("/voice/status", {**SID, "CallStatus": "completed"})
        assert (response.status_code, response.content) == (204, b"")
    session = store.load(call_key("CA1")).session
    assert session is not None
    assert session.phase is Phase.CLOSED
    counts = store.counts("2026-03-02")
    assert (counts["ended.completed"], counts["left.main_menu"]) == (1, 1)


def test_a_status_that_is_not_the_end_changes_nothing(caller: Caller, store: RedisStore) -> None:
    at_menu(caller)
    held = store.load(call_key("CA1"))
    assert caller.post("/voice/status", {**SID, "CallStatus": "ringing"}).status_code == 204
    assert store.load(call_key("CA1")) == held


def test_silence_to_the_end_is_answered_with_the_goodbye_of_the_night(
    parts: Parts, spec: Spec, caller: Caller
) -> None:
    night = replace(parts, clock=lambda: datetime(2026, 3, 2, 17, 0, tzinfo=UTC))
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(night)))
    sleepless = Caller(client, clips=caller.clips)
    answer = sleepless.ring("CA1")
    for _ in range(40):
        if answer.place == "hangup":
            break
        answer = sleepless.key("CA1", answer.action or "", "silence")
    assert answer.place == "hangup"
    assert answer.words[-1] == spec.words["bn"].prompts["goodbye_night"]


# -- Bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("/voice/turn/nowhere?turn=2", id="an unknown node"),
        pytest.param("/voice/turn/main_menu?turn=999999999999", id="an absurd turn"),
        pytest.param("/voice/turn/main_menu?turn=-1", id="a turn below zero"),
        pytest.param("/voice/turn/main_menu?turn=two", id="a turn in words"),
        pytest.param(f"/voice/turn/main_menu?turn={quote('২')}", id="a turn in Bengali figures"),
        pytest.param("/voice/turn/main_menu", id="no turn"),
        pytest.param("/voice/turn/register_lesson.register_99?turn=2", id="an unknown step"),
        pytest.param("/voice/turn/%E0%A6%95?turn=2", id="a place in Bengali"),
        pytest.param("/voice/turn/%ff%fe?turn=2", id="a place that is no UTF-8"),
        pytest.param("/voice/turn/.?turn=2", id="a dot"),
    ],
)
def test_what_cannot_be_is_answered_with_the_place_again(
    caller: Caller, wire: Wire, spec: Spec, action: str
) -> None:
    due = at_menu(caller)
    reply = wire.post(action, {**SID, "Digits": "1"})
    assert reply.status == 200
    asked = next(verb for verb in clean(reply.body) if isinstance(verb, Gather))
    assert asked.action == due
    opening = asked.nested[0]
    assert isinstance(opening, Play)
    assert caller.words(opening.url)[0] == spec.words["bn"].prompts["main_menu"]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param("1" * 10_000, id="ten thousand digits"),
        pytest.param("১", id="Bengali figures"),
        pytest.param("A", id="a letter"),
        pytest.param("11", id="two keys at once"),
        pytest.param("\x00", id="a zero byte"),
        pytest.param("' OR 1=1", id="another language"),
    ],
)
def test_keys_that_cannot_be_are_a_wrong_key(caller: Caller, spec: Spec, keys: str) -> None:
    answer = caller.key("CA1", at_menu(caller), keys)
    assert answer.place == "main_menu"
    assert answer.words[0] == spec.words["bn"].prompts["invalid_gentle"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({}, 400, id="nothing"),
        pytest.param({"CallSid": ""}, 400, id="an empty CallSid"),
        pytest.param({"CallSid": "CA 1"}, 400, id="a CallSid with a space"),
        pytest.param({"CallSid": "x" * 5000}, 400, id="a long CallSid"),
        pytest.param({"CallSid": "CA1"}, 200, id="nothing but a CallSid"),
    ],
)
@pytest.mark.parametrize("path", ["/voice", "/voice/turn/main_menu?turn=1"])
def test_a_form_without_a_call_is_refused_in_words(
    caller: Caller, path: str, form: dict[str, str], status: int
) -> None:
    response = caller.post(path, form)
    assert response.status_code == status
    assert status == 200 or "CallSid is missing" in response.text


@pytest.mark.parametrize(
    "body", [b"CallSid=\xff\xfe&Digits=%ff", b"\x00\x01", b"&&==&", b"CallSid=%GG"]
)
def test_a_body_that_is_no_form_is_refused(wire: Wire, body: bytes) -> None:
    url = f"http://127.0.0.1:{wire.port}/voice"
    assert wire.send("POST", "/voice", body, sign(TOKEN, url, {})).status in {400, 403}


def test_a_body_beyond_the_limit_is_refused(caller: Caller) -> None:
    response = caller.post("/voice", {**SID, "Digits": "1" * 100_000})
    assert response.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/voice", "/voice/turn/main_menu?turn=1", "/voice/status"])
def test_another_method_is_refused(caller: Caller, method: str, path: str) -> None:
    assert caller.client.request(method, f"http://line.test{path}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        *("/voice/", "/voice/nowhere", "/phone", "/", "/clips/", "/voice//status"),
        *("/voice/turn//main_menu?turn=1", "/voice/turn/%2F0?turn=0"),
    ],
)
def test_another_path_is_not_there(wire: Wire, path: str) -> None:
    assert wire.post(path, SID).status == 404  # and no redirect, which would lose a call


_FORM = (
    *("CallSid", "Digits", "FinishedOnKey", "From", "To", "CallStatus", "DialCallStatus"),
    "ErrorUrl",
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(form={}, place="/0", turn="0", path="/voice/turn/")
@given(
    form=st.dictionaries(st.sampled_from(_FORM), st.text(max_size=30)),
    place=st.one_of(st.text(max_size=20), st.sampled_from(["main_menu", "practice_otp", "help"])),
    turn=st.one_of(st.integers(-5, 50).map(str), st.text(max_size=8)),
    path=st.sampled_from(["/voice", "/voice/turn/", "/voice/status", "/voice/fallback"]),
)
def test_no_signed_request_makes_a_server_error(
    wire: Wire, form: dict[str, str], place: str, turn: str, path: str
) -> None:
    if path == "/voice/turn/":
        path = f"{path}{quote(place, safe='')}?turn={quote(turn, safe='')}"
    reply = wire.post(path, form)
    assert reply.status in {200, 204, 400, 403, 404}
    if reply.status == 200:
        assert clean(reply.body)


# -- Failures of ours ------------------------------------------------------------------------------


@pytest.fixture
def without_redis(parts: Parts, caller: Caller, tmp_path: Path) -> Caller:
    away = replace(parts, store=RedisStore(f"unix://{tmp_path}/none.sock"))
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(away)))
    return Caller(client, clips=caller.clips)


def test_without_redis_a_call_goes_on_from_place_to_place(
    without_redis: Caller, spec: Spec
) -> None:
    answer = without_redis.ring("CA1")
    places = []
    for key in ("1", "1", "1", "2", "3", "9", "0", "4", "9", "3"):
        answer = without_redis.key("CA1", answer.action or "", key)
        places.append(answer.place)
    assert places[-4:] == ["main_menu", "more", "help_menu", "told_otp_lesson.told_otp_1"]
    assert answer.words[0] == spec.words["bn"].prompts["told_otp_1"]


def changed(who: Caller, keys: str) -> Answer:
    """A call that has asked for something in the menu of help, and is back in the main menu."""
    answer = who.ring("CA1")
    for key in ("1", "9", *keys):
        answer = who.key("CA1", answer.action or "", key)
    return answer


@pytest.mark.parametrize("keys", [pytest.param("2", id="English"), pytest.param("1", id="slower")])
def test_without_redis_a_call_keeps_its_language_and_its_pace(
    caller: Caller, without_redis: Caller, keys: str
) -> None:
    kept, carried = changed(caller, keys), changed(without_redis, keys)
    for key in ("1", "1", "2", "9", "0", "4"):
        assert (carried.place, carried.words) == (kept.place, kept.words)
        kept = caller.key("CA1", kept.action or "", key)
        carried = without_redis.key("CA1", carried.action or "", key)


def test_a_redis_that_is_emptied_in_mid_call_is_not_noticed_by_the_caller(
    caller: Caller, spec: Spec, redis_url: str, store: RedisStore
) -> None:
    answer = changed(caller, "2")
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    more = caller.key("CA1", answer.action or "", "4")
    assert more.place == "more"
    assert more.words[0] == spec.words["en"].prompts["more"]
    assert store.counts("2026-03-02")["session_lost"] == 1
    assert caller.key("CA1", more.action or "", "0").place == "main_menu"
    assert store.counts("2026-03-02")["session_lost"] == 1


def test_without_redis_the_practice_has_the_same_codes(
    caller: Caller, without_redis: Caller
) -> None:
    def code(who: Caller) -> tuple[str, ...]:
        answer = who.key("CA1", "/voice/turn/practice_number?turn=4", "0000012345")
        assert answer.place == "practice_otp"
        return answer.words

    assert code(caller) == code(without_redis)


def test_words_that_an_older_version_said_do_not_end_the_call(
    caller: Caller, store: RedisStore, parts: Parts
) -> None:
    action = at_menu(caller)
    held = store.load(call_key("CA1"))
    assert held.session is not None
    old = replace(held.session, lead=("words_of_an_older_version", "warm_up_done"))
    assert store.visit(call_key("CA1")).save(held, Saving(session=old), parts.clock())
    answer = caller.ring("CA1")
    assert answer.words[0] == parts.spec.words["bn"].prompts["warm_up_done"]
    assert answer.action == action


def test_a_frozen_redis_is_given_up_long_before_the_carrier_gives_up(
    parts: Parts, caller: Caller, tmp_path: Path
) -> None:
    with embedded_redis(tmp_path) as url:
        store = RedisStore(url)
        pid = int(redis.Redis.from_url(url).info("server")["process_id"])
        client = httpx.Client(
            transport=httpx.WSGITransport(create_app(replace(parts, store=store)))
        )
        patient = Caller(client, clips=caller.clips)
        action = at_menu(patient)
        os.kill(pid, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            answer = patient.key("CA1", action, "4")
            assert time.monotonic() - begun < 15 / 2  # Twilio waits 15 s; redis-py by itself 59 s
        finally:
            os.kill(pid, signal.SIGCONT)
        assert answer.place == "more"
        assert patient.key("CA1", answer.action or "", "2").place == "app_lesson.app_1"
        store.close()


def test_a_call_that_others_save_again_and_again_is_answered_as_it_stands(
    parts: Parts, caller: Caller, redis_url: str
) -> None:
    class Contested(RedisStore):
        def visit(self, call: CallKey) -> Visit:
            return Loser(super().visit(call))

    class Loser(Watched):
        def save(self, *_: object) -> bool:
            return False

    action = at_menu(caller)
    contested = replace(parts, store=Contested(redis_url))
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(contested)))
    assert Caller(client, clips=caller.clips).key("CA1", action, "4").place == "more"


# -- Health ----------------------------------------------------------------------------------------


def get(app: Flask, path: str, **headers: str) -> httpx.Response:
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        return client.get(f"http://line.test{path}", headers=headers)


def test_the_service_is_ready_with_redis_and_every_clip(app: Flask) -> None:
    ready = get(app, "/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert get(app, "/livez").text == "ok\n"


def test_without_redis_or_clips_it_says_what_is_missing(parts: Parts, tmp_path: Path) -> None:
    away = RedisStore(f"unix://{tmp_path}/none.sock")
    app = create_app(replace(parts, library=Library.open(tmp_path), store=away))
    ready = get(app, "/readyz")
    told = ready.json()
    assert (ready.status_code, told["ready"]) == (503, False)
    assert "Redis did not answer" in told["redis"]
    assert told["clips"]["missing"] == 4 * len(parts.spec.words["bn"].prompts)
    assert told["content"] == parts.spec.content_hash
    assert told["what_to_do"] == "run: ivr audio render"
    assert get(app, "/livez").status_code == 200


def test_clips_that_go_while_the_line_runs_are_noticed(
    parts: Parts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = parts.library._folder
    copied = tmp_path / "clips"
    shutil.copytree(folder, copied)
    app = create_app(replace(parts, library=Library.open(tmp_path)))
    assert get(app, "/readyz").status_code == 200
    gone = next(copied.glob("*.wav"))
    gone.unlink()
    ready = get(app, "/readyz")
    assert (ready.status_code, ready.json()["degraded"]) == (200, ["clips"])
    assert get(app, f"/clips/{gone.name}").status_code == 404
    assert "is not there; run: ivr audio render" in caplog.text


def test_the_store_of_the_tests_is_a_real_redis(redis_url: str) -> None:
    info = redis.Redis.from_url(redis_url).info("server")
    assert info["redis_version"]
