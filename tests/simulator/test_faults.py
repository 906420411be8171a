"""Faults are written in one way, refused in words, and befall the requests that they name."""

from __future__ import annotations

import pytest

from ivr.errors import CallError
from ivr.simulator.faults import Fate, Fault, parse_fault, parse_faults

WRITTEN = {
    "slow:3": Fault(kind="slow", seconds=3),
    "slow:0.25": Fault(kind="slow", seconds=0.25),
    "slow:600@12": Fault(kind="slow", seconds=600, nth=12),
    "status:500": Fault(kind="status", status=500),
    "status:404@2": Fault(kind="status", status=404, nth=2),
    "drop": Fault(kind="drop"),
    "drop@1": Fault(kind="drop", nth=1),
    "duplicate@3": Fault(kind="duplicate", nth=3),
}


@pytest.mark.parametrize(("text", "fault"), WRITTEN.items(), ids=WRITTEN)
def test_a_fault_is_read_and_written_alike(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault
    assert str(fault) == text


REFUSED = {
    "nothing": ("", "'' is no fault; write slow:SECONDS, status:CODE, drop or duplicate, and @N"),
    "another word": ("crash", "'crash' is no fault"),
    "slow without seconds": ("slow", "'slow' is no fault"),
    "slow by nothing": ("slow:0", "slow: 0 s cannot be; give more than 0, up to 600"),
    "slow by too much": ("slow:601", "slow: 601 s cannot be"),
    "a time before now": ("slow:-1", "'slow:-1' is no fault"),
    "a status in words": ("status:bad", "'status:bad' is no fault"),
    "a status that is none": ("status:999", "status: 999 is none; give 100 to 599"),
    "the request before the first": ("drop@0", "'drop@0' is no fault"),
    "digits of another script": ("status:\u09eb00", ".* is no fault"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_fault_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(CallError, match=f"^{message}"):
        parse_fault(text)


def test_a_fault_of_no_request_cannot_be_made() -> None:
    with pytest.raises(CallError, match="@0: requests are counted from 1"):
        Fault(kind="drop", nth=0)


@pytest.mark.parametrize(
    ("number", "names"),
    [(1, ("slow:1", "drop@1")), (2, ("slow:1", "status:500@2")), (3, ("slow:1",))],
)
def test_a_fault_befalls_the_request_that_it_names_or_all(
    number: int, names: tuple[str, ...]
) -> None:
    faults = parse_faults(["slow:1", "status:500@2", "drop@1"])
    assert Fate.of(faults, number).names == names


def test_several_that_are_slow_are_slow_together() -> None:
    assert Fate(parse_faults(["slow:1", "drop", "slow:2.5@1"])).late_seconds == 3.5


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (["status:500", "status:404@2"], "status:404@2"),
        (["status:404@2", "status:500"], "status:404@2"),
        (["status:500", "status:404"], "status:500"),
        (["drop"], "None"),
    ],
)
def test_of_several_statuses_that_of_the_one_request_holds(texts: list[str], status: str) -> None:
    assert str(Fate.of(parse_faults(texts), 2).status) == status
