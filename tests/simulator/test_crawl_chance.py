"""Codes, numbers and names that are others in each call make no difference to a crawl."""

from __future__ import annotations

import uuid
from itertools import count, cycle
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from tests.simulator.crawling import crawled, gather, heard, line

if TYPE_CHECKING:
    from ivr.simulator.crawl.report import Report


@pytest.mark.parametrize(
    "codes",
    [
        pytest.param(["4721", "9034", "1180"], id="others"),
        pytest.param(["1111", "1111", "2222"], id="the same twice"),
        pytest.param(["6666", "0000", "5555"], id="equal digits"),
        pytest.param(["4721", "4722", "4723"], id="almost the same"),
    ],
)
def test_codes_of_any_kind_lead_a_crawl_the_same_way(codes: list[str]) -> None:
    """Two codes in a call; the first is still known when the second is asked for."""
    left, code = cycle(codes), dict[str, list[str]]()

    def answer(request: Request) -> str:
        mine = code.setdefault(request.form["CallSid"], [next(left), next(left)])
        if request.path == "/second":
            is_right = request.form.get("Digits") in mine
            return "<Say>In.</Say><Hangup/>" if is_right else "<Say>Out.</Say><Hangup/>"
        first = request.form.get("Digits") == mine[0]
        said, action = (mine[1], "/second") if first else (mine[0], "/")
        return gather(f"Key {said}", f'numDigits="4" action="{action}"') + "<Redirect/>"

    report = crawled(line(answer), "/")
    ways = [[(key.input, key.to) for key in place.keys] for place in report.places]
    assert ways == [
        [("heard", (2,)), ("1111", (1,)), ("*#", (1,)), ("#", (1,)), ("silence", (1,))],
        [("heard", (3,)), ("1111", (4,)), ("*#", (4,)), ("#", (1,)), ("silence", (1,))],
        [],
        [],
    ]
    assert not [each for each in codes for words in heard(report) if each in words]


def test_a_number_that_is_always_the_same_can_be_read() -> None:
    codes = count(1000)

    def answer(_: Request) -> str:
        return gather("Call 1930.") + f"<Say>Or say {next(codes)}.</Say><Hangup/>"

    assert heard(crawled(line(answer), "/")) == {"Call 1930.", "Or say •"}


@pytest.mark.parametrize("is_query", [True, False], ids=["query", "path"])
def test_the_name_of_a_session_makes_no_new_place(*, is_query: bool) -> None:
    names = (uuid.UUID(int=number) for number in count(1))

    @Request.application
    def app(request: Request) -> Response:
        if "Digits" in request.form:
            content = f"<Say>That was {'one' if request.form['Digits'] == '1' else 'else'}.</Say>"
            content += "<Hangup/>"
        else:
            where = f"/menu?s=aXb{next(names).hex}" if is_query else f"/{next(names)}/menu"
            content = gather("Press one.", f'numDigits="1" action="{where}"') + "<Hangup/>"
        return Response(f"<Response>{content}</Response>", mimetype="text/xml")

    report = crawled(app, "/")
    assert [place.waits_for for place in report.places] == ["gather", "end", "end"]
    assert len(report.documents) == 2


def test_a_code_that_changes_from_call_to_call_makes_no_difference() -> None:
    def with_codes(codes: str) -> Report:
        left = iter(codes.split())
        code: dict[str, str] = {}

        def answer(request: Request) -> str:
            right = code.setdefault(request.form["CallSid"], next(left, "9034"))
            if request.form.get("Digits") == right:
                return "<Say>That is right.</Say><Hangup/>"
            return gather(f"The code is {' '.join(right)}, press 5 keys", 'numDigits="4"')

        return crawled(line(answer), "/")

    report = with_codes("1234 1294 5678")
    assert report == with_codes("9876 1234 1235")
    assert heard(report) == {"The code is • • • • press 5 keys", "That is right."}
