from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ivr.engine.codes import code_at, is_near, keyed_codes
from ivr.errors import FlowError
from ivr.flow.model import Practice

if TYPE_CHECKING:
    from ivr.flow.model import Spec

SECRET = b"a secret of the tests"


def test_codes_are_the_same_for_a_call_and_others_for_another() -> None:
    one, same, other = (keyed_codes(SECRET, sid) for sid in ("CA1", "CA1", "CA2"))
    labels = [f"node_{number}" for number in range(20)]
    assert [one(label, 4) for label in labels] == [same(label, 4) for label in labels]
    assert [one(label, 4) for label in labels] != [other(label, 4) for label in labels]


def test_codes_follow_from_the_secret() -> None:
    codes = [keyed_codes(secret, "CA1")("practice_otp", 10) for secret in (b"one", b"two")]
    assert codes[0] != codes[1]


def test_fresh_codes_are_easy_to_hear_and_differ_from_one_another(spec: Spec) -> None:
    for number in range(500):
        codes = keyed_codes(SECRET, f"CA{number}")
        fresh = [
            code_at(spec.flow, node, codes)
            for node in ("practice_otp", "practice_set_mpin", "practice_second_otp")
        ]
        assert len(set(fresh)) == 3
        for code in fresh:
            assert re.fullmatch(r"[0-9]{4}", code)
            assert all(one != two for one, two in pairwise(code))


def test_a_second_otp_that_would_be_the_first_is_made_anew(spec: Spec) -> None:
    def codes(label: str, length: int) -> str:
        return ("4728" if "#" not in label else f"{label[-1]}729")[:length]

    fresh = ("practice_otp", "practice_set_mpin", "practice_second_otp")
    assert [code_at(spec.flow, node, codes) for node in fresh] == ["4728", "1729", "2729"]


def test_the_pin_to_confirm_and_to_log_in_with_is_the_one_that_was_set(spec: Spec) -> None:
    codes = keyed_codes(SECRET, "CA1")
    nodes = ("practice_set_mpin", "practice_confirm_mpin", "practice_login_mpin")
    assert len({code_at(spec.flow, node, codes) for node in nodes}) == 1


def test_practice_numbers_cannot_be_indian_mobile_numbers(spec: Spec) -> None:
    # content.md, safety 2: those start with 6 to 9.
    fixed = [
        node.code.digits
        for node in spec.flow.nodes.values()
        if isinstance(node, Practice) and node.code.digits
    ]
    assert fixed == ["0000012345"]


def test_a_code_source_that_always_says_the_same_still_ends(spec: Spec) -> None:
    assert code_at(spec.flow, "practice_second_otp", lambda _, length: "7" * length) == "7777"


def test_a_code_of_a_node_without_one_is_an_error(spec: Spec) -> None:
    with pytest.raises(FlowError):
        code_at(spec.flow, "main_menu", keyed_codes(SECRET, "CA1"))


@pytest.mark.parametrize(
    ("entry", "code", "near"),
    [
        ("4728", "4728", True),
        ("4729", "4728", True),
        ("4799", "4728", True),
        ("4999", "4728", False),
        ("47", "4728", True),
        ("4", "4728", True),
        ("8", "4728", False),
        ("728", "4728", True),
        ("4472", "4728", True),
        ("9876543210", "0000012345", False),
        ("000012345", "0000012345", True),
        ("0000001234", "0000012345", True),
        ("000001234567", "0000012345", True),
        ("0000012345678", "0000012345", False),
        ("1" * 10_000, "4728", False),
        ("৪৭২৮", "4728", False),
    ],
)
def test_at_most_two_slips_are_near(entry: str, code: str, *, near: bool) -> None:
    assert is_near(entry, code) is near
