"""Lines that remember who rings: each call is from a number of its own, or rings again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.simulator.crawl.crawler import crawl
from ivr.simulator.crawl.inputs import Offers
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.setup import Setup
from tests.conftest import LINE, TOKEN
from tests.simulator.crawling import crawled, gather, heard, line, of_kind

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from werkzeug.wrappers import Request

AGAIN = Offers(rings_again=True)
GREETING = "Welcome, stranger. For the story, press one."
STORY = "Once there was a fox. To end, press two."
BACK = "Here you are once more. You were at the story."
END = "<Say>Goodbye.</Say><Hangup/>"


def remembering(seen: dict[str, list[str]] | None = None) -> WSGIApplication:
    """A line that greets a number in another way when it has come to the story before.

    Args:
        seen: gets the numbers with their CallSids; None: nobody looks.
    """
    known: set[str] = set()
    calls: dict[str, list[str]] = {} if seen is None else seen

    def answer(request: Request) -> str:
        number, digits = request.form["From"], request.form.get("Digits")
        if digits is None and "msg" not in request.form:
            calls.setdefault(number, []).append(request.form["CallSid"])
            return gather(BACK if number in known else GREETING) + END
        if digits == "1":
            known.add(number)
            return gather(STORY) + END
        return END

    return line(answer)


def test_a_line_that_remembers_callers_answers_each_call_as_a_new_one() -> None:
    seen: dict[str, list[str]] = {}
    report = crawled(remembering(seen), "/")
    assert not of_kind(report, "limit")
    assert BACK not in heard(report)
    assert len(seen) == report.summary.calls > 10
    assert all(number.startswith("+10") and len(number) == 12 for number in seen)


def test_another_crawl_rings_from_other_numbers() -> None:
    seen: dict[str, list[str]] = {}
    app = remembering(seen)
    first, second = crawled(app, "/"), crawled(app, "/")
    assert first == second
    assert len(seen) == first.summary.calls + second.summary.calls


def test_what_is_said_to_who_rings_again_is_found() -> None:
    seen: dict[str, list[str]] = {}
    report = crawled(remembering(seen), "/", offers=AGAIN)
    assert not of_kind(report, "limit")
    assert {GREETING, STORY, BACK} <= heard(report)
    story = next(place for place in report.places if STORY in place.words)
    back = next(place for place in report.places if BACK in place.words)
    assert [key.to for key in story.keys if key.input == "ring-again"] == [(back.number,)]
    assert sum(map(len, seen.values())) == report.summary.calls
    assert max(map(len, seen.values())) > 1


def test_a_number_that_is_given_is_that_of_each_call() -> None:
    seen: dict[str, list[str]] = {}
    setup = Setup(from_number="+15005550001")
    crawl(f"{LINE}/", TOKEN, transport=InProcess(remembering(seen)), setup=setup)
    assert list(seen) == ["+15005550001"]


def test_calls_that_ring_again_count_among_those_that_are_allowed() -> None:
    report = crawled(remembering(), "/", offers=AGAIN, max_calls=3)
    assert report.summary.calls == 3
    assert report.summary.stopped == "--max-calls 3"


def test_to_ring_again_is_no_way_out_of_a_loop() -> None:
    report = crawled(line(lambda _: gather("Wait here.") + "<Redirect/>"), "/", offers=AGAIN)
    (loop,) = of_kind(report, "loop")
    assert loop.keys == ""


def test_a_finding_that_takes_two_calls_has_no_script() -> None:
    calls: set[str] = set()

    def answer(request: Request) -> str:
        if request.form["From"] in calls and "Digits" not in request.form:
            return gather("Again you?") + "<Say>Off.</Say>"
        calls.add(request.form["From"])
        return gather("Press a key.") + END if "Digits" not in request.form else END

    dead_ends = of_kind(crawled(line(answer), "/", offers=AGAIN), "dead_end")
    assert dead_ends
    assert any(finding.keys is None for finding in dead_ends)


@pytest.mark.parametrize("kind", ["<Record action='/'/>", "<Gather numDigits='4' action='/'/>"])
def test_a_caller_rings_again_wherever_the_line_waits_for_them(kind: str) -> None:
    def answer(request: Request) -> str:
        is_first = "Digits" not in request.form and "RecordingUrl" not in request.form
        return kind + END if is_first else END

    report = crawled(line(answer), "/", offers=AGAIN)
    (place,) = (place for place in report.places if place.waits_for != "end")
    assert place.keys[-1].input == "ring-again"
    assert place.keys[-1].to == (place.number,)


def test_dials_end_as_chosen_in_the_second_call_too() -> None:
    """Only who has rung before is led to the Dial, and only busy ends badly."""
    known: set[str] = set()

    def answer(request: Request) -> str:
        number, status = request.form["From"], request.form.get("DialCallStatus")
        if status is not None:
            return f"<Say>It was {status}.</Say><Hangup/>"
        if "Digits" in request.form:
            return '<Dial action="/">+15005550009</Dial>' if number in known else END
        is_known = number in known
        known.add(number)
        return gather("You again. Press one." if is_known else "Be greeted.") + END

    report = crawled(line(answer), "/", offers=AGAIN)
    assert {"It was busy.", "It was no-answer.", "It was failed."} <= heard(report)
