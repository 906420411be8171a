"""What one caller may use of the line: by calls of an hour, minutes of a day, turns of a call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from ivr.engine.limits import NO_LIMITS, Limits
from ivr.store.redis import RedisStore
from ivr.twiml.verbs import Hangup, Reject
from ivr.web.app import create_app
from tests.conftest import DAY, clean
from tests.web.conftest import FORM, Caller

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.web.parts import Parts

TODAY = f"{DAY:%Y-%m-%d}"


class Clock:
    """A time that a test moves on."""

    def __init__(self) -> None:
        self.now: datetime = DAY

    def __call__(self) -> datetime:
        return self.now


def calling(parts: Parts, caller: Caller, limits: Limits) -> Caller:
    transport = httpx.WSGITransport(app=create_app(replace(parts, limits=limits)))
    return Caller(httpx.Client(transport=transport), clips=caller.clips)


def calls(most: int) -> Limits:
    return replace(NO_LIMITS, calls_an_hour=most)


def is_taken(caller: Caller, sid: str) -> bool:
    form = {**FORM, "From": caller.number, "CallSid": sid, "CallStatus": "ringing"}
    response = caller.post("/voice", form)
    assert response.status_code == 200
    verbs = clean(response.content)
    if verbs == (Reject("busy"),):
        return False
    assert not any(isinstance(verb, Reject) for verb in verbs)
    return True


def hang_up(caller: Caller, sid: str) -> None:
    form = {**FORM, "From": caller.number, "CallSid": sid, "CallStatus": "completed"}
    assert caller.post("/voice/status", form).status_code == 204


def test_a_call_too_many_within_an_hour_is_rejected_before_it_costs_anything(
    parts: Parts, caller: Caller
) -> None:
    limited = calling(parts, caller, calls(3))
    assert [is_taken(limited, f"CA{number}") for number in range(5)] == [True] * 3 + [False] * 2
    counts = parts.store.counts(TODAY)
    assert (counts["calls"], counts["refused.calls"]) == (3, 2)


def test_an_hour_later_the_caller_may_ring_again(parts: Parts, caller: Caller) -> None:
    clock = Clock()
    limited = calling(replace(parts, clock=clock), caller, calls(2))
    assert [is_taken(limited, f"CA{number}") for number in range(3)] == [True, True, False]
    clock.now += timedelta(minutes=61)
    assert is_taken(limited, "CAlater")


def test_a_duplicate_of_a_rejected_ring_is_rejected_and_counted_once(
    parts: Parts, caller: Caller
) -> None:
    limited = calling(parts, caller, calls(1))
    assert is_taken(limited, "CAfirst")
    assert [is_taken(limited, "CAmany") for _ in range(3)] == [False] * 3
    assert parts.store.counts(TODAY)["refused.calls"] == 1


def test_duplicates_of_a_ring_are_one_call(parts: Parts, caller: Caller) -> None:
    limited = calling(parts, caller, calls(1))
    assert all(is_taken(limited, "CAsame") for _ in range(5))


def test_a_limit_is_each_callers_own(parts: Parts, caller: Caller) -> None:
    limited = calling(parts, caller, calls(1))
    assert is_taken(limited, "CA11")
    assert not is_taken(limited, "CA12")
    limited.number = "+919876500000"
    assert is_taken(limited, "CA13")


@pytest.mark.parametrize("number", ["anonymous", "", "+266696687"])
def test_withheld_numbers_are_never_one_caller(parts: Parts, caller: Caller, number: str) -> None:
    limited = calling(parts, caller, calls(1))
    limited.number = number
    assert all(is_taken(limited, f"CA{each}") for each in range(4))


def test_without_redis_nobody_is_refused(parts: Parts, caller: Caller, tmp_path: Path) -> None:
    away = replace(parts, store=RedisStore(f"unix://{tmp_path}/none.sock"))
    limited = calling(away, caller, calls(1))
    assert all(is_taken(limited, f"CA{each}") for each in range(3))
    away.store.close()


def test_a_caller_whose_minutes_are_used_up_is_rejected_until_the_next_day(
    parts: Parts, caller: Caller
) -> None:
    clock = Clock()
    limits = replace(NO_LIMITS, minutes_a_day=30)
    limited = calling(replace(parts, clock=clock), caller, limits)
    assert is_taken(limited, "CAlong")
    clock.now += timedelta(minutes=31)
    hang_up(limited, "CAlong")
    assert not is_taken(limited, "CAmore")
    assert parts.store.counts(TODAY)["refused.minutes"] == 1


def test_a_call_is_ended_kindly_when_its_callers_minutes_are_up(
    parts: Parts, caller: Caller, spec: Spec
) -> None:
    clock = Clock()
    limited = calling(replace(parts, clock=clock), caller, replace(NO_LIMITS, minutes_a_day=30))
    answer = limited.ring("CA1")
    clock.now += timedelta(minutes=31)
    answer = limited.key("CA1", answer.action or "", "1")
    assert said_the_limit(spec, answer.words)
    assert isinstance(answer.verbs[-1], Hangup)
    assert parts.store.counts(TODAY)["limit.minutes"] == 1


def said_the_limit(spec: Spec, words: tuple[str, ...]) -> bool:
    prompt = spec.flow.flow.apologies.limit
    assert prompt is not None
    return words[0] == spec.words["bn"].prompts[prompt]


@pytest.mark.parametrize("number", [FORM["From"], "anonymous"])
def test_no_call_has_more_turns_than_it_may(
    parts: Parts, caller: Caller, spec: Spec, number: str
) -> None:
    limited = calling(parts, caller, replace(NO_LIMITS, turns_a_call=12))
    limited.number = number
    answer, turns = limited.ring("CA1"), 1
    while answer.place != "hangup":
        answer = limited.key("CA1", answer.action or "", "*")
        turns += 1
        assert turns <= 12
    assert said_the_limit(spec, answer.words)
    assert turns == 12
    assert parts.store.counts(TODAY)["limit.turns"] == 1
