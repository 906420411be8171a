"""What counts as a difference between two calls, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.simulator.digits import Digits
from ivr.simulator.replay import alignment
from ivr.simulator.replay.difference import Difference, compare
from ivr.simulator.replay.kept import Moment

MENU = Moment(0.0, "play", {"words": "Press 1", "seconds": 2.0, "loop": 1})
GATHER = Moment(
    2.0, "gather", {"input": "dtmf", "num_digits": 1, "finish_on_key": "#", "timeout": 5}
)
PRESSED = Moment(2.5, "pressed", {"digits": "1", "finished_on": ""})
SAID = Moment(2.5, "say", {"text": "We open", "language": "en", "voice": "man", "loop": 1})
PAUSE = Moment(3.0, "pause", {"seconds": 1})
WARNING = Moment(3.0, "warning", {"code": None, "message": "odd"})
ENDED = Moment(4.0, "ended", {"by": "hangup", "seconds": 4.0})
REQUEST = Moment(0.0, "request", {"method": "POST", "url": "/a", "status": 200})
CALL = (REQUEST, MENU, GATHER, PRESSED, SAID, PAUSE, WARNING, ENDED)


def changed(moment: Moment, at: float | None = None, **fields: Any) -> Moment:
    seconds = moment.at_seconds if at is None else at
    return Moment(seconds, moment.event, {**moment.fields, **fields})


def put(old: Moment, *new: Moment) -> tuple[Moment, ...]:
    return tuple(each for moment in CALL for each in (new if moment is old else (moment,)))


def found(now: tuple[Moment, ...]) -> list[tuple[Any, ...]]:
    return [
        (each.kind, each.at_seconds, each.turn, each.was, each.now)
        for each in compare(CALL, now, Digits())
    ]


SAME = {
    "itself": CALL,
    "another answer": put(REQUEST, changed(REQUEST, url="/b", status=302)),
    "another moment": put(PRESSED, changed(PRESSED, at=2.4)),
    "a clip elsewhere": put(MENU, changed(MENU, url="/other.wav")),
    "a clip a little longer": put(MENU, changed(MENU, seconds=2.05)),
    "a call a little longer": put(ENDED, changed(ENDED, at=4.08, seconds=4.08)),
}


@pytest.mark.parametrize("now", SAME.values(), ids=SAME)
def test_what_means_nothing_is_no_difference(now: tuple[Moment, ...]) -> None:
    assert found(now) == []


GATHER_TOLD = 'gather finish_on_key "#", input "dtmf", num_digits 1, timeout 5'
OTHER: dict[str, tuple[tuple[Moment, ...], list[tuple[Any, ...]]]] = {
    "other words of a clip": (
        put(MENU, changed(MENU, words="Press 1 now", seconds=9.0)),
        [("words", 0.0, 1, "Press 1", "Press 1 now")],
    ),
    "other words of a Say": (
        put(SAID, changed(SAID, text="We close")),
        [("words", 2.5, 2, "We open", "We close")],
    ),
    "words that are gone": (put(SAID), [("words", 2.5, 2, "We open", None)]),
    "words that are new": (
        put(SAID, SAID, changed(SAID, at=2.8, text="soon")),
        [("words", 2.8, 2, None, "soon")],
    ),
    "a silence that is new": (
        put(MENU, MENU, changed(MENU, words="", seconds=1.0)),
        [("words", 0.0, 1, None, "(play without words)")],
    ),
    "another voice": (
        put(SAID, changed(SAID, voice="woman")),
        [("verbs", 2.5, 2, 'say voice "man"', 'say voice "woman"')],
    ),
    "a Say in place of a clip": (
        put(MENU, Moment(0.0, "say", {"text": "Press 1", "loop": 1})),
        [("verbs", 0.0, 1, "play url false", "say")],
    ),
    "tones in place of a clip": (
        put(MENU, changed(MENU, url=None)),
        [("verbs", 0.0, 1, "play url false", "play url true")],
    ),
    "another Gather": (
        put(GATHER, changed(GATHER, num_digits=2)),
        [("verbs", 2.0, 1, "gather num_digits 1", "gather num_digits 2")],
    ),
    "no Gather": (put(GATHER), [("verbs", 2.0, 1, GATHER_TOLD, None)]),
    "another key": (
        put(PRESSED, changed(PRESSED, digits="2")),
        [("verbs", 2.5, 1, 'pressed digits "1"', 'pressed digits "2"')],
    ),
    "silence in place of a key": (
        put(PRESSED, Moment(7.0, "silence", {})),
        [("verbs", 7.0, 1, 'pressed digits "1", finished_on ""', "silence")],
    ),
    "another pause": (
        put(PAUSE, changed(PAUSE, seconds=1.05)),
        [("verbs", 3.0, 2, "pause seconds 1", "pause seconds 1.05")],
    ),
    "a longer sound": (
        put(MENU, changed(MENU, seconds=3.5)),
        [("seconds", 0.0, 1, "2.0 s: Press 1", "3.5 s: Press 1")],
    ),
    "another key of a menu": (
        put(MENU, changed(MENU, words="Press 2")),
        [("words", 0.0, 1, "Press 1", "Press 2")],
    ),
    "another warning": (
        put(WARNING, changed(WARNING, code=12200, message="bad")),
        [("diagnoses", 3.0, 2, "warning: odd", "warning 12200: bad")],
    ),
    "an error": (
        put(WARNING, WARNING, Moment(3.5, "error", {"code": 11200, "message": "gone"})),
        [("diagnoses", 3.5, 2, None, "error 11200: gone")],
    ),
    "another end": (
        put(ENDED, changed(ENDED, by="error")),
        [("ending", 4.0, 2, "ended by hangup", "ended by error")],
    ),
    "a longer call": (
        put(ENDED, changed(ENDED, at=5.0, seconds=5.0)),
        [("seconds", 5.0, 2, "4.0 s in all", "5.0 s in all")],
    ),
}


@pytest.mark.parametrize(("now", "differences"), OTHER.values(), ids=OTHER)
def test_what_has_changed_is_told(
    now: tuple[Moment, ...], differences: list[tuple[Any, ...]]
) -> None:
    assert found(now) == differences


def test_a_line_that_has_changed_in_the_middle_is_brought_into_line_again() -> None:
    more = Moment(0.0, "say", {"text": "New year", "language": "en", "voice": "man", "loop": 1})
    assert [each[0] for each in found((more, *CALL))] == ["words"]
    assert [each[3:] for each in found(put(GATHER, more, GATHER))] == [(None, "New year")]


def test_beyond_some_events_one_is_compared_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MAX_ALIGNED", 1)
    now = (changed(MENU, words="Else"), *CALL[:-1], changed(ENDED, by="error"))
    kinds = [each[0] for each in found(now)]
    assert kinds[0] == "words"
    assert len(kinds) > 4, "what follows is no longer recognised"


def test_what_a_call_no_longer_reaches_is_one_difference() -> None:
    """The reason first, then what is gone, then the end; that it is shorter goes without saying."""
    error = Moment(0.0, "error", {"code": 11200, "message": "gone"})
    ended = Moment(0.0, "ended", {"by": "error", "seconds": 0.0})
    assert found((REQUEST, error, ended)) == [
        ("diagnoses", 0.0, 1, None, "error 11200: gone"),
        ("words", 0.0, 1, "Press 1 … and 5 more up to 3.0 s", None),
        ("ending", 0.0, 1, "ended by hangup", "ended by error"),
    ]


def test_what_a_call_goes_on_with_is_one_difference_but_for_what_is_wrong() -> None:
    more = [changed(SAID, at=3.0 + number, text=f"more {number}") for number in range(5)]
    wrong = changed(WARNING, at=3.5, message="new")
    now = (*CALL[:-1], wrong, *more, changed(ENDED, at=9.0, seconds=9.0))
    assert found(now) == [
        ("diagnoses", 3.5, 2, None, "warning: new"),
        ("words", 3.0, 2, None, "more 0 … and 4 more up to 7.0 s"),
    ]


def test_the_few_that_are_gone_at_the_end_are_told_one_by_one() -> None:
    assert [each[3:] for each in found((*CALL[:4], changed(ENDED, at=3.0)))] == [
        ("We open", None),
        ("pause seconds 1", None),
        ("warning: odd", None),
        ("4.0 s in all", "3.0 s in all"),
    ]


def test_two_that_change_places_are_moved_and_not_changed() -> None:
    other = changed(MENU, words="Press 2")
    told = compare((MENU, other, ENDED), (other, MENU, ENDED), Digits())
    assert [(each.was, each.now) for each in told] == [(None, "Press 2"), ("Press 2", None)]


def codes(words: str, keys: str, seconds: float) -> tuple[Moment, ...]:
    told = Moment(0.0, "play", {"words": words, "seconds": seconds, "loop": 1})
    end = seconds + 2.0
    return (
        told,
        changed(GATHER, at=seconds),
        Moment(end, "pressed", {"digits": keys, "finished_on": ""}),
        Moment(end, "ended", {"by": "caller", "seconds": end}),
    )


def test_digits_that_are_read_out_may_be_others_and_last_another_time() -> None:
    old, new = codes("Key 4 7 2 1", "4721", 3.0), codes("Key 9 0 0 8", "9008", 4.5)
    assert compare(old, new, Digits()) == ()


def test_a_code_that_is_keyed_wrong_is_a_difference() -> None:
    old, new = codes("Key 4 7 2 1", "4721", 3.0), codes("Key 9 0 0 8", "9007", 3.0)
    assert [each.kind for each in compare(old, new, Digits())] == ["verbs"]


def test_a_call_of_which_nothing_is_known_has_no_length() -> None:
    assert compare((), (), Digits()) == ()
    assert [each.kind for each in compare((), (ENDED,), Digits())] == ["ending"]


def test_a_difference_tells_all_that_one_must_know() -> None:
    assert compare((MENU,), (changed(MENU, words="Hello"),), Digits()) == (
        Difference(kind="words", at_seconds=0.0, turn=1, was="Press 1", now="Hello"),
    )
