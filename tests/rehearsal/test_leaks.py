"""Secrets that were keyed: found wherever they stand, and never by accident."""

from __future__ import annotations

import re
from random import Random

import pytest

from ivr.rehearsal.leaks import Leaks, made_up_pin


def keyed(*entries: str) -> Leaks:
    leaks = Leaks()
    for entry in entries:
        leaks.key(entry)
    return leaks


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Digits=4471", 1),
        ("\x93\xa44471\xa2bn", 1),
        ("you keyed 4471, 4471", 1),
        ("p400-5100e4471ad3b02a-46ead97e03f4a410", 0),
        ("8447100", 0),
        ("CA0f4471aabbccddeeff00112233445566", 0),
        ("nothing", 0),
    ],
)
def test_a_pin_is_found_where_it_stands_by_itself(text: str, count: int) -> None:
    leaks = keyed("4471")
    leaks.look(text)
    assert leaks.count == count


def test_a_number_is_found_with_its_country_code_too() -> None:
    leaks = keyed("5123456789")
    leaks.look("ivr:caller:+915123456789")
    assert leaks.count == 1


def test_what_is_kept_before_it_is_keyed_is_no_leak() -> None:
    leaks = Leaks()
    leaks.look("4471")
    leaks.key("4471")
    assert leaks.count == 0


def test_a_secret_that_is_read_out_is_found() -> None:
    leaks = keyed("4471", "8832")
    leaks.read_out({"4471", "", "12"})
    assert leaks.count == 1


def test_what_the_line_had_read_out_before_is_no_secret() -> None:
    leaks = Leaks()
    leaks.read_out({"4471"})
    leaks.key("4471")
    leaks.look("4471")
    leaks.read_out({"4471"})
    assert leaks.count == 0


def test_a_few_digits_are_no_secret() -> None:
    leaks = keyed("123")
    leaks.look("123")
    assert leaks.count == 0


def test_a_made_up_pin_looks_like_no_code_and_no_year() -> None:
    rng = Random(1)  # noqa: S311 - chance for a test
    pins = {made_up_pin(rng) for _ in range(300)}
    assert len(pins) > 100
    assert all(re.fullmatch(r"[1-9]\d{3}", pin) and re.search(r"(\d)\1", pin) for pin in pins)
    assert not any(pin.startswith(("19", "20")) for pin in pins)
    assert all(set(pin) & set("56789") for pin in pins)  # a session counts `told` as "2210"
