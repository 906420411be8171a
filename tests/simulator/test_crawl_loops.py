"""What a crawl says of places that a caller can leave only by hanging up."""

from __future__ import annotations

import pytest
from werkzeug.wrappers import Request, Response

from tests.simulator.crawling import crawled, gather, line, of_kind


def test_a_call_that_fails_is_no_way_out_of_a_menu_without_an_end() -> None:
    def answer(request: Request) -> str:
        return (
            "<Play" if request.form.get("Digits") == "9" else gather("Press one.") + "<Redirect/>"
        )

    report = crawled(line(answer), "/")
    (finding,) = of_kind(report, "loop")
    assert "there is no way out but to hang up" in finding.message
    assert (finding.keys, finding.is_shown_again) == ("", True)
    assert of_kind(report, "error")[0].keys == "9"


def test_an_application_that_never_ends_a_call_is_one_loop_and_not_named_at_any_length() -> None:
    @Request.application
    def app(request: Request) -> Response:
        digits = request.form.get("Digits", "")
        if request.path == "/leaf" and digits.isdecimal():
            said, action = f"Leaf{digits}", "/"
        else:
            said, action = "Choose a leaf.", "/leaf"
        content = gather(said, f'numDigits="1" action="{action}"') + "<Redirect>/</Redirect>"
        return Response(f"<Response>{content}</Response>", mimetype="text/xml")

    report = crawled(app, "/")
    (finding,) = of_kind(report, "loop")
    assert len(finding.at) == len(report.places) > 6
    assert f" and {len(report.places) - 6} more lead only to one another" in finding.message


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        pytest.param('numDigits="4"', "give it with --entry", id="entry"),
        pytest.param('input="speech"', "give it with --say", id="speech"),
        pytest.param('input="dtmf speech"', "with --entry or --say", id="both"),
    ],
)
def test_a_loop_that_an_unknown_entry_may_lead_out_of_says_so(attributes: str, words: str) -> None:
    report = crawled(line(lambda _: gather("Your PIN?", attributes) + "<Redirect/>"), "/")
    assert words in of_kind(report, "loop")[0].message


def test_what_leads_into_a_loop_is_no_part_of_it() -> None:
    def answer(request: Request) -> str:
        said = "Welcome." if request.path == "/" else "Stay here."
        return gather(said, 'numDigits="1" action="/in"') + "<Redirect>/in</Redirect>"

    (finding,) = of_kind(crawled(line(answer), "/"), "loop")
    assert [number for number, _ in finding.at] == [2]


def test_a_place_at_which_everything_fails_is_no_loop() -> None:
    app = line(lambda request: "<Play" if "Digits" in request.form else gather("One.") + "<Play/>")
    report = crawled(app, "/")
    assert not of_kind(report, "loop")
    assert of_kind(report, "error")


def test_a_menu_without_an_end_is_a_loop() -> None:
    report = crawled(line(lambda _: gather("Press one.") + "<Redirect/>"), "/")
    (finding,) = of_kind(report, "loop")
    assert finding.message.startswith("place 1 (http://line.test/) leads only to itself")


def test_a_loop_that_is_not_come_to_again_is_told_with_what_led_there() -> None:
    """Ctrl-C, when all was tried."""
    calls: list[str] = []

    def answer(request: Request) -> str:
        sid = request.form["CallSid"]
        calls.extend([sid] * (sid not in calls))
        if len(calls) > 1:
            raise KeyboardInterrupt
        return gather("Press one.") + "<Redirect/>"

    (finding,) = of_kind(crawled(line(answer), "/"), "loop")
    assert (finding.keys, finding.is_shown_again) == ("", False)
