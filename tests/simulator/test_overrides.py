"""Connection overrides in a fragment are taken within Twilio's ranges, and others are told of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.simulator.http.overrides import BAD_RETRY_POLICY, Overrides, parse_overrides

EVERYTHING = frozenset({"4xx", "5xx", "ct", "rt"})


# Twilio, connection overrides: five seconds to connect, fifteen to read and in all, one retry, and
# only after a failed connection, unless the fragment says otherwise.
def test_without_a_fragment_the_defaults_hold() -> None:
    assert parse_overrides("") == (
        Overrides(
            connect_seconds=5,
            read_seconds=15,
            total_seconds=15,
            retries=1,
            retry_on=frozenset({"ct"}),
        ),
        (),
    )


# Twilio, connection overrides: ct is 100 to 10000 ms, rt and tt 100 to 15000 ms, rc 0 to 5; rp is
# a list of 4xx, 5xx, ct, rt, or all.
@pytest.mark.parametrize(
    ("fragment", "changed"),
    [
        pytest.param("ct=2000", {"connect_seconds": 2}, id="connect timeout"),
        pytest.param("ct=100", {"connect_seconds": 0.1}, id="least connect timeout"),
        pytest.param("ct=10000", {"connect_seconds": 10}, id="most connect timeout"),
        pytest.param("rt=5000", {"read_seconds": 5}, id="read timeout"),
        pytest.param("rt=100", {"read_seconds": 0.1}, id="least read timeout"),
        pytest.param("tt=10000", {"total_seconds": 10}, id="total time"),
        pytest.param("tt=15000", {"total_seconds": 15}, id="most total time"),
        pytest.param("rc=0", {"retries": 0}, id="no retries"),
        pytest.param("rc=5", {"retries": 5}, id="most retries"),
        pytest.param("rp=5xx", {"retry_on": frozenset({"5xx"})}, id="one trouble"),
        pytest.param("rp=4xx,rt", {"retry_on": frozenset({"4xx", "rt"})}, id="two troubles"),
        pytest.param("rp=all", {"retry_on": EVERYTHING}, id="all"),
        pytest.param("rp=ct,all", {"retry_on": EVERYTHING}, id="all beside another"),
        pytest.param("rc=2&rp=5xx", {"retries": 2, "retry_on": frozenset({"5xx"})}, id="both"),
        pytest.param("rc=1&rc=3", {"retries": 3}, id="the last of two counts"),
        pytest.param("sni=n&e=dublin,tokyo&rc=2", {"retries": 2}, id="those of Twilio's servers"),
        pytest.param("e=dublin", {}, id="the edge alone"),
    ],
)
def test_overrides_are_taken(fragment: str, changed: dict[str, Any]) -> None:
    assert parse_overrides(fragment) == (Overrides(**changed), ())


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param("ct=99", id="connect timeout too short"),
        pytest.param("ct=10001", id="connect timeout too long"),
        pytest.param("rt=15001", id="read timeout too long"),
        pytest.param("tt=15001", id="total time too long"),
        pytest.param("rc=6", id="too many retries"),
        pytest.param("rc=-1", id="less than none"),
        pytest.param("rc=two", id="a word"),
        pytest.param("rc=", id="nothing"),
        pytest.param("rc", id="a name alone among pairs"),
        pytest.param("rc=1.5", id="a fraction"),
        pytest.param("rc=" + "9" * 5000, id="very many digits"),
        pytest.param("rc=\u0967", id="a digit of another script"),
    ],
)
def test_a_number_out_of_range_falls_back_and_is_told(fragment: str) -> None:
    found, problems = parse_overrides(fragment + "&sni=y")
    assert found == Overrides()
    (problem,) = problems
    assert problem.code is None
    assert fragment.split("=", maxsplit=1)[0] in problem.message


# Twilio's error 11243: the retry policy in an override is not valid.
@pytest.mark.parametrize("policy", ["", "3xx", "4XX", "4xx,,5xx", "4xx 5xx", "none"])
def test_a_bad_retry_policy_falls_back_with_its_code(policy: str) -> None:
    found, problems = parse_overrides(f"rc=2&rp={policy}")
    assert found == Overrides(retries=2)
    assert [problem.code for problem in problems] == [BAD_RETRY_POLICY]


@pytest.mark.parametrize("other", ["retries=3", "edge=dublin"])
def test_an_unknown_name_beside_overrides_is_told(other: str) -> None:
    found, problems = parse_overrides(f"rc=2&{other}")
    assert found == Overrides(retries=2)
    assert [problem.code for problem in problems] == [None]
    assert other in problems[0].message


@pytest.mark.parametrize("fragment", ["top", "section=2", "/route?x=1", "rc", "%", "=", "&&"])
def test_a_fragment_of_somebody_elses_is_nothing_wrong(fragment: str) -> None:
    assert parse_overrides(fragment) == (Overrides(), ())


@given(st.text() | st.from_regex(r"(ct|rt|tt|rc|rp|sni|e)=[^&]*(&.*)?"))
def test_any_fragment_gives_limits_that_can_be_used(fragment: str) -> None:
    found, _ = parse_overrides(fragment)
    assert 0.1 <= found.connect_seconds <= 10
    assert 0.1 <= found.read_seconds <= 15
    assert 0.1 <= found.total_seconds <= 15
    assert 0 <= found.retries <= 5
    assert found.retry_on <= EVERYTHING
