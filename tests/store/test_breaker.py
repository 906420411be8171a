"""A Redis that is away is looked after, whatever goes wrong with that."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import Final

import pytest

from ivr.errors import StoreError
from ivr.store.breaker import MAX_FAILURES, Breaker, Watch

SOON_SECONDS: Final = 5.0


def test_looking_goes_on_after_an_error_that_nobody_expected() -> None:
    looks, again = list[int](), threading.Event()

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ValueError("of which the library says nothing")
        again.set()

    with closing(Watch(look, lambda: not again.is_set())) as watch:
        watch.begin()
        assert again.wait(SOON_SECONDS)


def test_who_finds_redis_away_sees_to_it_that_somebody_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system may have had no thread to give when Redis went away."""
    looked = threading.Event()
    with closing(Watch(looked.set, lambda: not looked.is_set())) as watch:
        breaker = Breaker(watch.begin)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", no_thread)
            for _ in range(MAX_FAILURES):
                breaker.fail("it did not answer")
        with pytest.raises(StoreError, match="it did not answer"):
            breaker.check()
        assert looked.wait(SOON_SECONDS)


def test_an_answer_from_before_it_went_does_not_bring_redis_back() -> None:
    """Of eight threads one may have its answer just when the others find nobody."""
    breaker = Breaker(lambda: None)
    for _ in range(MAX_FAILURES):
        breaker.fail("it did not answer")
    breaker.succeed()
    with pytest.raises(StoreError):
        breaker.check()
    breaker.recover()
    breaker.check()
    assert (breaker.failures, breaker.seconds_away) == (0, None)


def test_failures_that_are_not_in_a_row_shut_nobody_out() -> None:
    breaker = Breaker(lambda: None)
    for _ in range(3 * MAX_FAILURES):
        breaker.fail("it did not answer")
        breaker.succeed()
    breaker.check()


def no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
