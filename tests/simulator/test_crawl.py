"""A crawl of a small application on which faults are planted: each one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from tests.conftest import LINE, TOKEN
from tests.simulator.applications import faulty
from tests.simulator.crawling import crawled, heard, of_kind

if TYPE_CHECKING:
    from ivr.simulator.crawl.report import Finding, Report


@pytest.fixture(scope="module")
def report() -> Report:
    return crawled(faulty.make_app())


def named(report: Report, kind: str, part: str) -> Finding:
    found = [each for each in of_kind(report, kind) if part in each.message]
    assert len(found) == 1, f"{part!r} is named {len(found)} times: {report.findings}"
    return found[0]


@pytest.mark.parametrize(
    ("kind", "part", "code", "keys"),
    [
        pytest.param("error", "/crash answered 500", 11200, "1", id="key that answers 500"),
        pytest.param("error", "/broken", 12100, "2", id="broken XML"),
        pytest.param("error", "/none.wav answered", 11200, "3", id="missing clip"),
        pytest.param("dead_end", "/dead-end", None, "4", id="dead end"),
        pytest.param("loop", "/stay", None, "5", id="two documents with no way out"),
        pytest.param("loop", "/spin", None, "6", id="redirect loop"),
        pytest.param("unreached", "/forgotten", None, None, id="nothing leads there"),
    ],
)
def test_each_planted_fault_is_named(
    report: Report, kind: str, part: str, code: int | None, keys: str | None
) -> None:
    finding = named(report, kind, part)
    assert (finding.code, finding.keys) == (code, keys)
    assert finding.is_shown_again == (keys is not None)


def test_nothing_else_is_named(report: Report) -> None:
    kinds = [finding.kind for finding in report.findings]
    assert kinds == ["error"] * 3 + ["dead_end"] + ["loop"] * 2 + ["unreached"] + ["warning"] * (
        len(kinds) - 7
    )
    assert not report.is_good


def test_what_stands_behind_a_code_that_is_read_out_is_reached(report: Report) -> None:
    assert "You have found the secret." in heard(report)
    place = next(each for each in report.places if each.num_digits == 4)
    assert "heard" in [key.input for key in place.keys]


def test_what_comes_only_after_three_wrong_keys_is_reached(report: Report) -> None:
    assert "We put you through to somebody." in heard(report)


def test_the_script_of_a_finding_shows_it(report: Report) -> None:
    finding = named(report, "error", "/crash")
    with Phone(InProcess(faulty.make_app()), TOKEN) as phone:
        call = phone.call(f"{LINE}/voice")
        follow(call, parse(finding.keys or ""))
    assert [failure.message for failure in call.failures] == [finding.message]


def test_two_crawls_tell_the_same(report: Report) -> None:
    again = crawled(faulty.make_app())
    assert msgspec.json.encode(again) == msgspec.json.encode(report)
