"""Crawls of whole lines: the shipped one, those of the tests, and some that are hard to walk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import pytest
from msgspec.structs import replace
from werkzeug.wrappers import Request, Response

from ivr.cli.digits import digit_words
from ivr.flow.model import Asking, Lesson
from ivr.simulator.crawl.crawler import crawl
from ivr.simulator.crawl.inputs import Offers
from ivr.simulator.crawl.limits import Limits
from ivr.simulator.digits import Digits
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.setup import Setup
from ivr.web.app import create_app
from tests.conftest import LINE, TOKEN
from tests.serving import serving
from tests.simulator.applications import (
    booking,
    front_desk,
    opening_hours,
    quiz,
    survey,
    voicemail,
    webhooks,
)
from tests.simulator.crawling import crawled, gather, heard, line, of_kind

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

    from ivr.flow.model import Spec
    from ivr.simulator.crawl.progress import Progress
    from ivr.simulator.crawl.report import Report
    from ivr.web.parts import Parts


def places_of(spec: Spec) -> set[tuple[str, str]]:
    """Each place at which the line waits, in each language."""
    nodes = spec.flow.nodes.items()
    return {
        (language, place)
        for language in spec.words
        for name, node in nodes
        if isinstance(node, Asking)
        for place in (
            [f"{name}.{step.prompt}" for step in node.steps] if isinstance(node, Lesson) else [name]
        )
    }


def reached(report: Report, spec: Spec) -> set[tuple[str, str]]:
    """Those at which a crawl was, told by what is heard there and by where the keys go."""
    language_of = {
        words: language for language, book in spec.words.items() for words in book.prompts.values()
    }
    return {
        (language_of[words], urlsplit(place.leads_to).path.rpartition("/")[2])
        for place in report.places
        if place.waits_for == "gather"
        for words in place.words
        if words in language_of
    }


VOLUNTEER = "+15005550009"
WITH_A_VOLUNTEER = {("bn", "help_person"), ("en", "help_person")}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("helper", [None, VOLUNTEER], ids=["nobody to ring", "a volunteer"])
@pytest.mark.usefixtures("unmeasured")
def test_every_place_of_the_shipped_line_is_reached_and_nothing_is_wrong(
    parts: Parts, spec: Spec, helper: str | None
) -> None:
    report = crawl(
        f"{LINE}/voice",
        TOKEN,
        transport=InProcess(create_app(replace(parts, helper_number=helper))),
        digits=Digits(digit_words(spec)),
        offers=Offers(rings_again=True),
    )
    assert report.findings == ()
    assert report.summary.untried == 0
    there = places_of(spec) if helper else places_of(spec) - WITH_A_VOLUNTEER
    assert reached(report, spec) & places_of(spec) == there
    dialled = {key.dial for place in report.places for key in place.keys}
    assert dialled == ({"", "busy", "no-answer", "failed"} if helper else {""})
    prompts = {words for book in spec.words.values() for words in book.prompts.values()}
    assert len(prompts & heard(report)) > len(prompts) // 2


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("unmeasured")
def test_two_crawls_of_the_shipped_line_tell_the_same(parts: Parts, spec: Spec) -> None:
    """A part of it, by other CallSids and another secret, so with other codes."""
    told = []
    for secret in ("one secret of many", "quite another secret"):
        app = create_app(replace(parts, secret_key=secret))
        report = crawl(
            f"{LINE}/voice",
            TOKEN,
            transport=InProcess(app),
            digits=Digits(digit_words(spec)),
            offers=Offers(rings_again=True),
            limits=Limits(max_calls=50),
        )
        told.append(msgspec.json.encode(report))
    assert told[0] == told[1]
    assert b"\xe2\x80\xa2" in told[0], "a code was heard"


def test_a_line_is_crawled_over_http(app: Flask, spec: Spec) -> None:
    digits, limits = Digits(digit_words(spec)), Limits(max_calls=3)
    with serving(app) as url:
        report = crawl(f"{url}/voice", TOKEN, digits=digits, limits=limits)
    assert {finding.kind for finding in report.findings} <= {"limit", "unreached"}
    stopped = of_kind(report, "limit")[0]
    assert stopped.message.startswith("stopped at --max-calls 3: ")
    assert report.summary.calls == 3
    assert report.summary.inputs > 25


@pytest.mark.parametrize(
    ("app", "path", "words"),
    [
        pytest.param(booking.make_app([]), "/booking", "Booked for hello on monday.", id="speech"),
        pytest.param(front_desk.make_app([]), "/desk", "The doctor is away: busy.", id="dial"),
        pytest.param(opening_hours.make_app(), "/shop/hours/", "Please ring again.", id="get"),
        pytest.param(quiz.make_app(), "/quiz", "", id="cookie"),
        pytest.param(survey.app, "/", "How was the music?", id="survey"),
        pytest.param(
            voicemail.make_app(voicemail.Mailbox()),
            "/message",
            "• seconds. Press 1 to keep it",
            id="record",
        ),
    ],
)
def test_the_applications_of_the_tests_are_walked_whole(
    app: WSGIApplication, path: str, words: str
) -> None:
    setup = Setup(method="GET" if path == "/shop/hours/" else "POST")
    report = crawl(LINE + path, webhooks.TOKEN, transport=InProcess(app), setup=setup)
    assert report.summary.untried == 0
    assert not of_kind(report, "limit")
    # Its framework decodes a star in the query, and then its signature check fails.
    errors = ["*"] if path == "/shop/hours/" else []
    assert [finding.keys for finding in of_kind(report, "error")] == errors
    assert any(words in each for each in heard(report))


def single_url() -> WSGIApplication:
    """Everything at one URL: what a key means depends on what was keyed before in this call."""
    keyed: dict[str, str] = {}
    words = {
        "": "Welcome. Sales are one, service is two.",
        "1": "Our sales people like to hear of you. Nine brings you back.",
        "2": "Broken things are mended here by hand. Five for the workshop.",
        "25": "The workshop is closed for today.",
    }

    def answer(request: Request) -> str:
        sid, digits = request.form["CallSid"], request.form.get("Digits", "")
        if keyed.get(sid, "") + digits in words:
            keyed[sid] = keyed.get(sid, "") + digits
        elif digits == "9":
            keyed[sid] = ""
        said = words[keyed.get(sid, "")]
        return f"<Say>{said}</Say><Hangup/>" if keyed.get(sid) == "25" else gather(said)

    return line(answer)


def test_places_are_told_apart_by_words_where_there_is_one_url_only() -> None:
    report = crawled(single_url(), "/")
    assert "The workshop is closed for today." in heard(report)
    assert len(report.places) == 5, "silence after the Gather ends the call"
    assert [finding.kind for finding in report.findings if finding.kind != "warning"] == [
        "dead_end"
    ]


def test_a_line_that_ends_at_once_ends_the_crawl() -> None:
    report = crawled(line(lambda _: "<Say>We are closed.</Say><Hangup/>"), "/")
    assert report.is_good
    assert [place.ended_by for place in report.places] == ["hangup"]


def test_a_queue_is_left_with_an_agent_and_without() -> None:
    @Request.application
    def app(request: Request) -> Response:
        content = {
            "/voice": '<Enqueue waitUrl="/wait" action="/after">support</Enqueue>',
            "/wait": "<Say>Somebody will be with you.</Say>",
            "/after": f"<Say>It was {request.form.get('QueueResult')}.</Say><Hangup/>",
        }[request.path]
        return Response(f"<Response>{content}</Response>", mimetype="text/xml")

    report = crawled(app)
    assert heard(report) == {"Somebody will be with you.", "It was bridged."}
    assert not of_kind(report, "loop")


def test_a_queue_without_a_document_is_waited_in_for_a_minute() -> None:
    @Request.application
    def app(request: Request) -> Response:
        content = '<Enqueue action="/after">q</Enqueue>'
        if request.path == "/after":
            content = f"<Say>It was {request.form['QueueResult']}.</Say><Hangup/>"
        return Response(f"<Response>{content}</Response>", mimetype="text/xml")

    report = crawled(app)
    assert "It was bridged." in heard(report)
    assert not of_kind(report, "error")


def test_what_becomes_of_a_dial_is_tried_each_way() -> None:
    @Request.application
    def app(request: Request) -> Response:
        status = request.form.get("DialCallStatus", "")
        content = f"<Say>It was {status}.</Say><Hangup/>"
        if request.path == "/voice":
            content = gather("Press one.", 'numDigits="1" action="/dial"') + "<Hangup/>"
        elif request.path == "/dial":
            content = '<Dial action="/after"><Number>+15005550009</Number></Dial>'
        elif status == "busy":
            content = "<Say>They are busy.</Say><Dial>+15005550008</Dial>"
        return Response(f"<Response>{content}</Response>", mimetype="text/xml")

    report = crawled(app)
    words = {"It was completed.", "It was no-answer.", "It was failed.", "They are busy."}
    assert words <= heard(report)
    (dead_end,) = of_kind(report, "dead_end")
    assert (dead_end.keys, dead_end.dial) == ("1", "busy,busy")
    assert dead_end.is_shown_again


def test_entries_and_words_that_are_given_are_tried() -> None:
    def answer(request: Request) -> str:
        if request.form.get("Digits") == "007" or request.form.get("SpeechResult") == "sesame":
            return "<Say>Come in.</Say><Hangup/>"
        return gather("Who is there?", 'input="dtmf speech"') + "<Hangup/>"

    assert "Come in." not in heard(crawled(line(answer), "/"))
    assert "Come in." in heard(crawled(line(answer), "/", offers=Offers(entries=("007",))))
    assert "Come in." in heard(crawled(line(answer), "/", offers=Offers(words=("sesame",))))


def test_an_entry_that_no_key_ends_is_tried_whole() -> None:
    app = line(lambda _: gather("Key four.", 'numDigits="4" finishOnKey=""') + "<Hangup/>")
    place = crawled(app, "/").places[0]
    assert [key.input for key in place.keys] == ["1111", "*", "silence"]


def test_a_key_that_ends_the_call_only_after_others_is_tried_alone() -> None:
    """Two keys that are not known end the call; the third key alone does not."""
    wrong: dict[str, int] = {}

    def answer(request: Request) -> str:
        sid = request.form["CallSid"]
        wrong[sid] = wrong.get(sid, -1) + 1
        return (
            "<Say>Enough.</Say><Hangup/>" if wrong[sid] == 2 else gather("Which?") + "<Redirect/>"
        )

    report = crawled(line(answer), "/")
    place = report.places[0]
    assert len(place.keys) == 13
    assert {key.to[0] for key in place.keys} <= {1, 2}
    assert {1} <= {to for key in place.keys for to in key.to}, "alone they do not end the call"


def test_it_tells_how_far_it_has_come() -> None:
    told: list[Progress] = []
    transport = InProcess(single_url())
    report = crawl(f"{LINE}/", TOKEN, transport=transport, on_progress=told.append)
    assert (told[-1].tried, told[-1].left) == (report.summary.inputs, 0)
    assert [each.tried for each in told] == sorted(each.tried for each in told)


def test_a_url_that_is_none_is_told_where_the_call_comes_to_it() -> None:
    app = line(lambda _: gather("Press one.", 'numDigits="1" action="http://["') + "<Hangup/>")
    report = crawled(app, "/")
    assert of_kind(report, "error")
    assert not of_kind(report, "unreached")
