"""The address of a turn: what is written is read, and whatever else stands there does no harm."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.carriers.action_url import MAX_RETRIES, MAX_TRIES, action_url, read
from ivr.engine.answer import MAX_TURN
from ivr.engine.carried import NAMED, NOTHING, Carried
from ivr.engine.moves import MAX_BACK
from ivr.flow.terms import Pace

PLACES = st.from_regex(NAMED, fullmatch=True)
TRIES = st.integers(0, MAX_TRIES)
RETRIES = st.integers(0, MAX_RETRIES)
CARRIED = st.builds(
    Carried,
    began=st.integers(0, 253_402_300_799),
    language=st.none() | st.from_regex("[a-z]{2,3}", fullmatch=True),
    pace=st.sampled_from(Pace),
    simple=st.booleans(),
    together=st.booleans(),
    patience=TRIES,
    silences=TRIES,
    wrongs=TRIES,
    back=st.lists(PLACES, max_size=MAX_BACK).map(tuple),
    is_forgotten=st.booleans(),
    retry=RETRIES,
    hop=RETRIES,
    has_waited=st.booleans(),
)
NAMES = ("turn", "call", "retry", "hop", "waited")
TOLD = (
    *("language", "pace", "simple", "together", "patience", "silences", "wrongs", "back"),
    *("forgotten", "of_no_meaning"),
)
FULL = Carried(
    began=1_795_420_000,
    language="en",
    pace=Pace.SLOW,
    simple=True,
    together=True,
    patience=2,
    silences=1,
    wrongs=3,
    back=("main_menu", "register_lesson.register_6"),
    is_forgotten=True,
    retry=1,
    hop=2,
    has_waited=True,
)


def arguments(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def test_an_address_tells_everything_that_is_not_usual() -> None:
    assert action_url("help_menu", 7, FULL) == (
        "/voice/turn/help_menu?turn=7&call=1795420000,language:en,pace:slow,simple,together"
        ",patience:2,silences:1,wrongs:3,back:main_menu~register_lesson.register_6,forgotten"
        "&retry=1&hop=2&waited=1"
    )


def test_what_is_usual_is_left_out() -> None:
    assert action_url("main_menu", 2, Carried(began=5)) == "/voice/turn/main_menu?turn=2&call=5"
    assert action_url("main_menu", 2) == "/voice/turn/main_menu?turn=2"


@settings(deadline=None)
@given(place=PLACES, turn=st.integers(1, MAX_TURN), carried=CARRIED)
def test_what_an_address_tells_is_read_as_it_was(place: str, turn: int, carried: Carried) -> None:
    url = action_url(place, turn, carried)
    assert url.isascii()
    assert url.startswith(f"/voice/turn/{place}?")
    assert read(arguments(url)) == (turn, carried)


def test_more_tries_than_can_be_are_written_as_the_most_that_can() -> None:
    many = Carried(silences=5000, retry=20)
    assert read(arguments(action_url("main_menu", 2, many))) == (
        2,
        Carried(silences=MAX_TRIES, retry=MAX_RETRIES),
    )


@settings(deadline=None, max_examples=500)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.text()),
    st.none() | st.lists(st.builds("{}:{}".format, st.sampled_from(TOLD), st.text())),
)
def test_nothing_that_stands_in_an_address_makes_reading_fail(
    given_by: dict[str, str], told: list[str] | None
) -> None:
    call = {} if told is None else {"call": ",".join(("17", *told))}
    turn, carried = read(given_by | call)
    assert read(arguments(action_url("main_menu", turn, carried))) == (turn, carried)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("turn", "0"),
        ("turn", "-1"),
        ("turn", "+1"),
        ("turn", "007"),
        ("turn", " 7"),
        ("turn", "7\n"),
        ("turn", "৭"),
        ("turn", "1234567"),
        ("retry", "10"),
        ("hop", "x"),
        ("waited", "0"),
        ("of_no_meaning", "1"),
        ("call", "1e9"),
        ("call", "9999999999999"),
        ("call", "-1"),
        ("call", "language:en\n"),
    ],
)
def test_what_cannot_be_counts_as_left_out(name: str, value: str) -> None:
    assert read({name: value}) == (0, NOTHING)


@pytest.mark.parametrize(
    "told",
    [
        *("language:english", "language:EN", "language:en\n", "language", "pace:fast", "pace:SLOW"),
        *("simple:1", "together:true", "patience:1000", "silences:-1", "wrongs:1.0", "forgotten:1"),
        *("back:a~b~c~d", "back:a~~b", "back:a~B", "back:a.b.c", "back:../status"),
        *(f"back:{'a' * 41}", "of_no_meaning", "of:no:meaning", ":", ""),
    ],
)
def test_what_cannot_be_of_a_call_counts_as_left_out(told: str) -> None:
    assert read({"turn": "2", "call": f"17,{told}"}) == (2, Carried(began=17))
