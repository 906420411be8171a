"""The practice is passed with the codes that were read out, and only with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.flow.model import Practice

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore
    from tests.web.conftest import Answer, Caller

PLACES = [
    "practice_number",
    "practice_otp",
    "practice_set_mpin",
    "practice_confirm_mpin",
    "practice_question_1",
    "practice_question_2",
    "practice_second_otp",
    "practice_login_number",
    "practice_login_mpin",
]
BENGALI_FIGURES = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def read_out(spec: Spec, answer: Answer) -> str:
    """The digits heard in a turn, in the language of that turn."""
    for words in spec.words.values():
        digits = {
            words.prompts[f"digit_{digit}{form}"]: digit
            for digit in "0123456789"
            for form in ("", "_more")
        }
        found = "".join(digits.get(heard, "") for heard in answer.words)
        if found:
            return found
    return ""


def begin(caller: Caller, sid: str, *keys: str) -> Answer:
    answer = caller.ring(sid)
    for key in (*keys, "1", "2"):
        answer = caller.key(sid, answer.action or "", key)
    assert answer.place == "practice_number"
    return answer


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_whole_practice_is_passed_with_what_was_read_out(
    caller: Caller, spec: Spec, store: RedisStore, language: str
) -> None:
    answer = begin(caller, "CA1", *(("9", "2") if language == "en" else ()))
    codes: dict[str, str] = {}
    for place in PLACES:
        assert answer.place == place
        codes[place] = read_out(spec, answer)
        answer = caller.key("CA1", answer.action or "", codes[place] or "1")
        right = spec.words[language].prompts["practice_right"]
        assert (answer.words[0] == right) is isinstance(spec.flow.nodes[place], Practice)
    assert answer.place == "what_next"
    assert spec.words[language].prompts["practice_done"] in answer.words
    assert codes["practice_number"] == codes["practice_login_number"] == "0000012345"
    mpins = ("practice_set_mpin", "practice_confirm_mpin", "practice_login_mpin")
    assert len({codes[place] for place in mpins}) == 1
    assert (
        len({codes[p] for p in ("practice_otp", "practice_set_mpin", "practice_second_otp")}) == 3
    )
    assert store.counts("2026-03-02")["right.practice_login_mpin"] == 1


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(lambda code: code[:-1] + str((int(code[-1]) + 1) % 10), id="last digit off"),
        pytest.param(lambda code: code[::-1], id="backwards"),
        pytest.param(lambda code: code + "0", id="one more"),
        pytest.param(lambda code: code[:-1], id="one less"),
        pytest.param(lambda _: "9876543210", id="the caller's own number"),
        pytest.param(lambda _: "123456", id="six digits of a real OTP"),
        pytest.param(lambda _: "silence", id="silence"),
        pytest.param(
            lambda code: "".join("০১২৩৪৫৬৭৮৯"[int(d)] for d in code), id="Bengali figures"
        ),
        pytest.param(lambda code: f" {code}", id="a space before"),
        pytest.param(lambda _: "1" * 10_000, id="ten thousand digits"),
    ],
)
def test_with_anything_else_the_place_stays(caller: Caller, spec: Spec, entry: object) -> None:
    assert callable(entry)
    answer = begin(caller, "CA1")
    offered = []
    for place in PLACES:
        code = read_out(spec, answer)
        if code:
            wrong = caller.key("CA1", answer.action or "", entry(code))
            if wrong.place == "simpler":
                offered.append(place)
                wrong = caller.key("CA1", wrong.action or "", "2")
            assert wrong.place == place, "only the very code is right"
            assert spec.words["bn"].prompts["practice_right"] not in wrong.words
            assert read_out(spec, wrong) == code, "a retry asks for the same code"
            answer = wrong
        answer = caller.key("CA1", answer.action or "", code or "1")
    assert answer.place == "what_next"
    assert offered == ["practice_confirm_mpin"], "once, at the fourth mistake of the call"


def test_a_code_of_another_call_is_not_right(caller: Caller, spec: Spec) -> None:
    first = begin(caller, "CA1")
    first = caller.key("CA1", first.action or "", "0000012345")
    for number in range(20):
        sid, caller.number = f"CAother{number}", f"+91987654{number:04}"
        other = caller.key(sid, begin(caller, sid).action or "", "0000012345")
        if read_out(spec, other) != read_out(spec, first):
            assert caller.key(sid, other.action or "", read_out(spec, first)).place == other.place
            return
    pytest.fail("twenty calls had one code")


def test_what_is_keyed_is_neither_stored_nor_answered_nor_logged(
    caller: Caller, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    import redis  # noqa: PLC0415 - only this test looks into Redis

    secret = "7361942850"
    answer = begin(caller, "CA1")
    for _ in range(3):
        answer = caller.key("CA1", answer.action or "", secret)
        assert secret.encode() not in answer.document
    raw = redis.Redis.from_url(redis_url)
    for key in raw.scan_iter():
        held = raw.dump(key)
        assert isinstance(held, bytes)
        assert secret.encode() not in held + key
        assert b"9876543210" not in held + key, "nor the caller's number"
    assert secret not in caplog.text
