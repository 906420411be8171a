"""One line of the log for each answer: which call and turn, what happened, how it was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from ivr.store.redis import RedisStore
from ivr.web.app import create_app
from tests.conftest import DAY
from tests.web.conftest import FORM, Caller

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from ivr.web.parts import Parts

SID = {**FORM, "CallSid": "CA1"}
BEGAN = int(DAY.timestamp())
MENU = f"/voice/turn/main_menu?turn=2&call={BEGAN}"


def turns(told: list[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return [each for each in told if each["event"] == "turn"]


@pytest.mark.parametrize(
    ("path", "form", "kind", "place"),
    [
        pytest.param("/voice", {"CallStatus": "ringing"}, "started", "warm_up", id="a ring"),
        pytest.param(MENU, {"Digits": "4"}, "digits", "more", id="a key"),
        pytest.param(MENU, {"Digits": ""}, "no_input", "register_lesson.register_1", id="silence"),
        pytest.param(f"{MENU}&retry=1", {}, "led_back", "main_menu", id="a way back"),
        pytest.param(
            MENU, {"DialCallStatus": "busy"}, "dial_ended", "main_menu", id="the end of a talk"
        ),
        pytest.param(
            "/voice/status", {"CallStatus": "completed"}, "ended", "main_menu", id="the end"
        ),
    ],
)
def test_each_answer_is_one_line(
    caller: Caller, path: str, form: dict[str, str], kind: str, place: str
) -> None:
    with capture_logs([merge_contextvars]) as told:
        assert caller.post(path, SID | form).status_code in {200, 204}
    (line,) = turns(told)
    milliseconds = line.pop("milliseconds")
    assert isinstance(milliseconds, float)
    assert milliseconds > 0
    assert line == {
        "event": "turn",
        "log_level": "info",
        "call": "CA1",
        "turn": 2 if "turn=2" in path else 0,
        "kind": kind,
        "place": place,
        "phase": "closed" if kind == "ended" else "running",
        "kept": "saved",
    }


def test_a_duplicate_is_told_as_the_same(caller: Caller) -> None:
    action = caller.ring("CA1").action or ""
    with capture_logs() as told:
        for _ in range(3):
            caller.key("CA1", action, "1")
    assert [line["kept"] for line in turns(told)] == ["saved", "same", "same"]


def test_an_answer_without_redis_is_told_and_counted(
    parts: Parts, caller: Caller, tmp_path: Path
) -> None:
    store = RedisStore(f"unix://{tmp_path}/none.sock")
    transport = httpx.WSGITransport(app=create_app(replace(parts, store=store)))
    away = Caller(httpx.Client(transport=transport), clips=caller.clips)
    with capture_logs() as told:
        answer = away.ring("CA1")
        away.key("CA1", answer.action or "", "1")
    assert [line["kept"] for line in turns(told)] == ["degraded", "degraded"]
    events = [each for each in told if each["event"] == "degraded"]
    assert all(each["log_level"] == "warning" and each["why"] for each in events)
    assert len(events) == store.health().degraded == 2
    store.close()


@pytest.mark.parametrize("keys", ["4711", "987654", "123456789012"])
def test_what_is_keyed_and_who_rings_is_in_no_line(caller: Caller, keys: str) -> None:
    with capture_logs([merge_contextvars]) as told:
        answer = caller.ring("CA1")
        caller.key("CA1", answer.action or "", keys)
        caller.key("CA1", f"/voice/turn/practice_number?turn=9&call={BEGAN}", keys)
        caller.post("/voice/fallback", SID | {"ErrorUrl": f"http://line.test{MENU}&x={keys}"})
    assert turns(told)
    assert keys not in str(told)
    assert FORM["From"].strip("+") not in str(told)


@pytest.mark.parametrize("path", ["/voice", MENU, "/voice/status", "/voice/fallback"])
def test_nothing_of_a_call_is_left_for_the_next_request_of_the_thread(
    caller: Caller, path: str
) -> None:
    assert caller.post(path, SID).status_code in {200, 204}
    assert get_contextvars() == {}
    assert caller.post(path, FORM).status_code in {200, 400}
    assert get_contextvars() == {}


def test_a_request_that_is_refused_tells_its_call_and_why(caller: Caller) -> None:
    old = f"/voice/turn/main_menu?turn=2&call={BEGAN - 24 * 60 * 60}"
    with capture_logs([merge_contextvars]) as told:
        assert caller.post(old, SID).status_code == 403
    (line,) = told
    assert (line["event"], line["call"], line["turn"]) == ("refused", "CA1", 2)
    assert "began more than 4 hours ago" in line["why"]
