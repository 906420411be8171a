"""Telephone numbers as they are read."""

from __future__ import annotations

import pytest

from ivr.paper.pages.phone_number import grouped


@pytest.mark.parametrize(
    ("number", "read"),
    [
        pytest.param("+919830012345", "+91 98300 12345", id="India"),
        pytest.param("+913312345678", "+91 33 1234 5678", id="Kolkata"),
        pytest.param("+911123456789", "+91 11 2345 6789", id="Delhi"),
        pytest.param("+917926301234", "+91 79 2630 1234", id="Ahmedabad"),
        pytest.param("+918041234567", "+91 80 4123 4567", id="Bengaluru"),
        pytest.param("+918010012345", "+91 80100 12345", id="a mobile with 80"),
        pytest.param("+917977012345", "+91 79770 12345", id="a mobile with 79"),
        pytest.param("+91331234567", "+91 331 234 567", id="Kolkata, too short"),
        pytest.param("+9118001234567", "+91 180 012 345 67", id="India, of another length"),
        pytest.param("+12025550100", "+1 202 555 0100", id="America"),
        pytest.param("+79161234567", "+7 916 123 4567", id="Russia, never a lone digit"),
        pytest.param("+442079460000", "+44 207 946 0000", id="a code of two digits"),
        pytest.param("+8801712345678", "+880 171 234 5678", id="a code of three digits"),
        pytest.param("+8801712345", "+880 171 2345", id="seven digits left"),
        pytest.param("+1234567", "+1 234 567", id="short"),
        pytest.param("+3581234", "+358 1234", id="four digits left"),
        pytest.param("+358123", "+358 123", id="three digits left"),
    ],
)
def test_a_number_is_read_in_groups(number: str, read: str) -> None:
    assert grouped(number) == read
    assert read.replace(" ", "") == number
