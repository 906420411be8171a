"""A crawl that ends before all was tried, or that does not find again what it has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Request, Response

from ivr.errors import CallError
from ivr.simulator.crawl.crawler import crawl
from ivr.simulator.crawl.limits import Limits
from ivr.simulator.http.in_process import InProcess
from tests.conftest import LINE, TOKEN
from tests.simulator.crawling import crawled, endless, gather, heard, line, of_kind

if TYPE_CHECKING:
    from ivr.simulator.crawl.progress import Progress


@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        pytest.param({"max_documents": 7}, "--max-documents 7", id="documents"),
        pytest.param({"max_calls": 2}, "--max-calls 2", id="calls"),
        pytest.param({"max_seconds": 0.3}, "--timeout 0.3", id="seconds"),
    ],
)
def test_an_endless_line_ends_at_each_limit(limits: dict[str, Any], stopped: str) -> None:
    report = crawled(endless(), "/", **{"max_documents": 100_000, **limits})
    assert report.summary.stopped == stopped
    (finding,) = of_kind(report, "limit")
    assert finding.message.startswith(f"stopped at {stopped}: ")
    assert report.places
    assert report.summary.untried > 0
    assert not report.is_good


def test_what_a_limit_left_out_is_not_said_to_be_unreached() -> None:
    named = "<Redirect>/later</Redirect>"
    app = line(lambda request: gather(f"At {request.path}", 'numDigits="1" action="/a"') + named)
    report = crawled(app, "/", max_documents=1)
    assert [finding.kind for finding in report.findings if finding.kind != "warning"] == ["limit"]
    assert report.findings[0].message.endswith("; not reached yet: http://line.test/later")


def test_what_is_kept_of_an_endless_line_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.simulator.crawl.survey.MAX_LETTERS", 5000)
    report = crawled(endless(), "/", max_documents=100_000)
    assert report.summary.stopped.endswith(" letters of words, URLs and messages")
    assert sum(map(len, heard(report))) < 6000


def test_places_to_which_no_call_comes_again_are_told_together() -> None:
    """The first call only finds what is behind the menu."""
    calls: list[str] = []

    def answer(request: Request) -> str:
        sid, said = request.form["CallSid"], "Hello, press a key."
        if sid not in calls:
            calls.append(sid)
        if len(calls) == 1 and request.path == "/a":
            said = "Behind the menu is this " + request.form["Digits"] * 5
        return gather(said, 'numDigits="1" action="/a"') + "<Hangup/>"

    report = crawled(line(answer), "/")
    (finding,) = of_kind(report, "limit")
    assert "no call has come there again" in finding.message
    assert report.summary.stopped == ""
    assert report.summary.untried > 0


def test_a_line_that_stops_in_the_middle_is_told() -> None:
    left = iter(range(10))

    @Request.application
    def app(_: Request) -> Response:
        if next(left, None) is None:
            return Response("", status=503)
        body = f"<Response>{gather('Welcome.')}<Redirect/></Response>"
        return Response(body, mimetype="text/xml")

    report = crawled(app, "/")
    assert report.summary.stopped == "the application no longer answers"
    assert report.summary.calls < 10
    assert of_kind(report, "error")[0].code == 11200


def test_where_nothing_answers_one_sentence_says_so() -> None:
    report = crawl("http://127.0.0.1:9/voice", TOKEN)
    (finding,) = report.findings
    assert (finding.kind, finding.code, finding.keys) == ("error", 11205, "")
    assert report.summary.calls == 1


def test_a_fault_that_comes_only_once_is_told_as_it_was_seen() -> None:
    """Later calls end earlier, and nowhere else does it fail."""
    calls: list[str] = []

    def answer(request: Request) -> str:
        sid, digits = request.form["CallSid"], request.form.get("Digits")
        calls.extend([sid] * (sid not in calls))
        if len(calls) > 2:
            return "<Hangup/>"
        if request.path == "/deep":
            return "<Say" if digits == "2" else "<Hangup/>"
        return gather("Go on.", 'numDigits="1" action="/deep"') + "<Hangup/>"

    (finding,) = of_kind(crawled(line(answer), "/"), "error")
    assert (finding.keys, finding.is_shown_again) == ("2", False)


def test_a_line_that_soon_hangs_up_on_whoever_rings_again_is_told() -> None:
    calls: list[str] = []

    def answer(request: Request) -> str:
        sid = request.form["CallSid"]
        calls.extend([sid] * (sid not in calls))
        if len(calls) > 1:
            return "<Hangup/>"
        said = "Behind it." if request.path == "/deep" else "Go on."
        return gather(said, 'numDigits="1" action="/deep"') + "<Hangup/>"

    report = crawled(line(answer), "/")
    (finding,) = of_kind(report, "limit")
    assert "no call has come there again" in finding.message


def test_ctrl_c_while_findings_are_shown_once_more_keeps_them() -> None:
    calls: list[str] = []

    def answer(request: Request) -> str:
        sid = request.form["CallSid"]
        calls.extend([sid] * (sid not in calls))
        if len(calls) > 13:
            raise KeyboardInterrupt
        return "<Say>That is all.</Say>" if "Digits" in request.form else gather("Press one.")

    report = crawled(line(answer), "/")
    (finding,) = of_kind(report, "dead_end")
    assert (finding.keys, finding.is_shown_again) == ("1", False)
    assert report.summary.stopped == ""


def test_ctrl_c_ends_it_with_what_was_found() -> None:
    def interrupt(progress: Progress) -> None:
        if progress.tried == 5:
            raise KeyboardInterrupt

    transport = InProcess(endless())
    report = crawl(f"{LINE}/", TOKEN, transport=transport, on_progress=interrupt)
    assert report.summary.stopped == "Ctrl-C"
    assert report.summary.inputs == 5
    assert report.places


@pytest.mark.parametrize("name", ["max_documents", "max_calls", "max_seconds"])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(CallError, match="give more than 0"):
        Limits(**{name: 0})
