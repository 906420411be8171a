"""Requests leave as Twilio's do: signed to the byte, with redirects and retries."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, parse_qsl

import httpx
import pytest
from msgspec import Struct
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from ivr.errors import TwimlError
from ivr.simulator.events import Requested
from ivr.simulator.http.network import Network
from ivr.simulator.http.wire import MAX_HTTP_REDIRECTS, Answer, Ask, Wire
from ivr.simulator.log import Log
from tests.simulator.wire_line import (
    BENGALI,
    DIGITS,
    FORM,
    ORIGIN,
    TOKEN,
    Line,
    View,
    each,
    lead,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Seen(Struct):
    """A request as it came over a socket, to the byte."""

    method: str
    target: str
    headers: dict[str, str]
    form: dict[str, str]


@contextmanager
def listening() -> Iterator[tuple[str, list[Seen]]]:
    """A server on a real socket, at which nothing is decoded, and what it has seen."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
            seen.append(Seen(self.command, self.path, headers, form))
            is_refused = self.path == "/guarded" and "authorization" not in headers
            self.send_response(401 if is_refused else 200)
            self.send_header("WWW-Authenticate", 'Basic realm="guarded"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - http.server looks for this name

        def log_message(self, *_: object) -> None:
            """Says nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()


def fetch_over_a_socket(ask: Ask) -> Log:
    log = Log()
    with httpx.Client(transport=Network(), trust_env=False) as client:
        Wire(client, TOKEN, log).fetch(ask)
    return log


# Twilio, security: the signature covers the whole URL as it was sent, from the scheme to the end of
# the query, and for POST every name followed by its value, sorted by name.
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param("/voice", FORM, id="plain"),
        pytest.param("/voice?node=menu&turn=1", FORM, id="a query"),
        pytest.param("", FORM, id="no path"),
        pytest.param("?node=menu", FORM, id="a query and no path"),
        pytest.param("/voice?", FORM, id="an empty query"),
        pytest.param("?", FORM, id="an empty query and no path"),
        pytest.param("/voice??", FORM, id="a question mark for a query"),
        pytest.param("/voice?#rc=2", FORM, id="an empty query before overrides"),
        pytest.param("/voice", {"Digits": "", "FinishedOnKey": ""}, id="empty values"),
        pytest.param("/voice", {}, id="no parameters"),
        pytest.param("/voice?a=&b", FORM, id="empty values in the query"),
        pytest.param("/voice?a=1&a=2", FORM, id="one name twice in the query"),
        pytest.param("/a%2Fb?to=%2fc", FORM, id="encoded slashes"),
        pytest.param("/a+b?c+d=%2B", FORM, id="plus signs"),
        pytest.param("/a b?c d", FORM, id="spaces"),
        pytest.param("/%e0%a6%98?q=%E0%A6%98", FORM, id="encoded Bengali in both cases"),
        pytest.param(f"/{BENGALI}?q={BENGALI}", FORM, id="Bengali as it is"),
        pytest.param("/voice", {"SpeechResult": BENGALI + " & = + % \n"}, id="odd values"),
        pytest.param("/it's?q=\"'()*!~", FORM, id="quotes and marks"),
        pytest.param("/voice#rc=2&rp=5xx", FORM, id="overrides"),
        pytest.param("/voice?next=//user:word@host/", FORM, id="a password of another URL"),
        pytest.param("/a/../b/./c//d", FORM, id="dots and two slashes"),
    ],
)
def test_twilios_own_library_accepts_every_signature(
    method: Literal["GET", "POST"], path: str, form: dict[str, str]
) -> None:
    with listening() as (host, seen):
        url = f"http://{host}{path}"
        ask = Ask(method=method, url=url, form=form, added={"X": "y"}, purpose="document")
        log = fetch_over_a_socket(ask)
    (request,) = seen
    signature = request.headers["x-twilio-signature"]
    exact_url = f"http://{request.headers['host']}{request.target}"
    assert request.method == method
    assert RequestValidator(TOKEN).validate(exact_url, request.form, signature)
    assert not RequestValidator("another").validate(exact_url, request.form, signature)
    assert [event.url for event in log.events if isinstance(event, Requested)] == [exact_url]
    if method == "POST":
        assert request.form == {**form, "X": "y"}
    else:
        assert request.form == {}
        query = parse_qs(request.target.partition("?")[2], keep_blank_values=True)
        assert {name: query[name] for name in (*form, "X")} == {
            name: [value] for name, value in {**form, "X": "y"}.items()
        }


# Twilio, security: a user and a password may stand in the URL; they are sent as HTTP Basic. Its own
# libraries take them for a part of the URL that is signed.
def test_a_password_is_signed_and_never_told() -> None:
    with listening() as (host, seen):
        url = f"http://user:pass%40word@{host}/guarded"
        log = fetch_over_a_socket(Ask(method="POST", url=url, form=FORM, purpose="document"))
    asked, told = seen
    assert "authorization" not in asked.headers
    assert told.headers["authorization"] == "Basic dXNlcjpwYXNzQHdvcmQ="
    for request in seen:
        assert request.headers["host"] == host
        signature = request.headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(url, request.form, signature)
    urls = [event.url for event in log.events if isinstance(event, Requested)]
    assert urls == [f"http://user:***@{host}/guarded"] * 2


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://user:hush@line.test/gone", id="a bad status"),
        pytest.param("http://user:hush@line.test:0/", id="a bad port"),
        pytest.param("ftp://user:hush@line.test/", id="a bad scheme"),
        pytest.param("http://user:hush@[::/", id="no URL"),
        pytest.param("http://user:hush@line.test/gone#rc=9", id="a bad override"),
        pytest.param("http://user:hush@line.test/round", id="an endless redirect"),
    ],
)
def test_no_message_holds_a_password(url: str) -> None:
    line = Line({"/gone": say(status=404), "/round": lead("/round")})
    with pytest.raises(TwimlError) as caught:
        line.wire.fetch(Ask(method="POST", url=url, purpose="document"))
    assert "user" in str(caught.value)
    assert "hush" not in f"{caught.value} {line.log.events}"


def test_requests_have_twilios_headers() -> None:
    line = Line({"/voice": say()})
    line.fetch("/voice")
    (request,) = line.asked
    assert request.headers["User-Agent"] == "TwilioProxy/1.1"
    assert request.headers["Accept"] == "*/*"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"


# Twilio, TwiML: redirects are followed as a web browser does.
@pytest.mark.parametrize(
    ("status", "method"),
    [
        pytest.param(301, "GET", id="301 asks by GET"),
        pytest.param(302, "GET", id="302 asks by GET"),
        pytest.param(303, "GET", id="303 asks by GET"),
        pytest.param(307, "POST", id="307 asks as before"),
    ],
)
def test_a_redirect_is_followed_and_told_nothing_twice(status: int, method: str) -> None:
    line = Line({"/a/turn": lead("next?n=1", status), "/a/next": say("hello")})
    answer = line.fetch("/a/turn#rc=0")
    assert answer == Answer(url=f"{ORIGIN}/a/next?n=1", content_type="text/xml", body=b"hello")
    first, second = line.asked
    assert first.form.to_dict() == FORM | DIGITS
    # After a redirect the digits are not sent again; who is calling is.
    parameters = second.args if method == "GET" else second.form
    assert parameters.to_dict() == (FORM | {"n": "1"} if method == "GET" else FORM)
    assert second.method == method


@pytest.mark.parametrize(
    ("view", "code"),
    [
        pytest.param(say(status=404), 11200, id="404"),
        pytest.param(say(status=500), 11200, id="500"),
        pytest.param(say(status=304), 11200, id="304 that nobody asked for"),
        pytest.param(say(status=302), 11200, id="302 to nowhere"),
        pytest.param(lead("/next", 300), 11200, id="300"),
        pytest.param(lead("/next", 308), 11200, id="308"),
        pytest.param(lead("ftp://line.test/"), 11100, id="302 to another scheme"),
        pytest.param(lead("http:///"), 11100, id="302 to no host"),
        pytest.param(lead("/round"), 11215, id="302 to itself"),
    ],
)
def test_an_answer_that_is_no_document_has_its_code(view: View, code: int) -> None:
    line = Line({"/round": view, "/next": say()})
    with pytest.raises(TwimlError) as caught:
        line.fetch("/round")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("view", "advice"),
    [
        pytest.param(lead("/voice/", 308), "last slash", id="308"),
        pytest.param(say(status=401), "password in the URL", id="401"),
        pytest.param(say(status=403), "auth token", id="403"),
        pytest.param(say(status=404), "path", id="404"),
        pytest.param(say(status=405), "does not take POST", id="405"),
    ],
)
def test_a_bad_status_is_told_what_to_do(view: View, advice: str) -> None:
    with pytest.raises(TwimlError, match=advice):
        Line({"/voice": view}).fetch("/voice")


# Twilio, TwiML: up to ten HTTP redirects; one more is error 11215.
@pytest.mark.parametrize("count", [MAX_HTTP_REDIRECTS, MAX_HTTP_REDIRECTS + 1])
def test_ten_redirects_are_followed_and_no_more(count: int) -> None:
    line = Line({"/voice": each(*[lead("/voice")] * count, say())})
    if count <= MAX_HTTP_REDIRECTS:
        line.fetch("/voice")
    else:
        with pytest.raises(TwimlError) as caught:
            line.fetch("/voice")
        assert caught.value.code == 11215
    assert len(line.requests) == MAX_HTTP_REDIRECTS + 1


# Twilio, connection overrides: rc retries, after what rp names. By default one, after ct only.
@pytest.mark.parametrize(
    ("fragment", "statuses", "tries"),
    [
        pytest.param("", (500, 200), 1, id="500 by default"),
        pytest.param("#rp=5xx", (500, 200), 2, id="500"),
        pytest.param("#rp=5xx", (500, 503, 200), 2, id="one retry only"),
        pytest.param("#rp=5xx&rc=2", (500, 503, 200), 3, id="two retries"),
        pytest.param("#rp=5xx&rc=0", (500, 200), 1, id="no retries"),
        pytest.param("#rp=5xx", (404, 200), 1, id="404 is none of 5xx"),
        pytest.param("#rp=4xx", (404, 200), 2, id="404"),
        pytest.param("#rp=all&rc=5", (404, 500, 429, 502, 400, 200), 6, id="everything"),
        pytest.param("#rp=all&rc=5", (304, 200), 1, id="304 is no trouble"),
    ],
)
def test_a_bad_status_is_tried_again_as_the_overrides_say(
    fragment: str, statuses: tuple[int, ...], tries: int
) -> None:
    line = Line({"/voice": each(*(say(status=status) for status in statuses))})
    last = statuses[tries - 1]
    if last == 200:
        line.fetch("/voice" + fragment)
    else:
        with pytest.raises(TwimlError, match=str(last)):
            line.fetch("/voice" + fragment)
    assert [request.status for request in line.requests] == list(statuses[:tries])
    # Twilio: a retry carries the token of the first attempt, and is the same request otherwise.
    assert len({asked.headers["I-Twilio-Idempotency-Token"] for asked in line.asked}) == 1
    assert len({asked.headers["X-Twilio-Signature"] for asked in line.asked}) == 1
    assert all(asked.form.to_dict() == FORM | DIGITS for asked in line.asked)


def test_every_other_request_has_a_token_of_its_own() -> None:
    line = Line({"/voice": lead("/next"), "/next": say()})
    line.fetch("/voice")
    line.fetch("/next")
    assert len({asked.headers["I-Twilio-Idempotency-Token"] for asked in line.asked}) == 3


# Twilio, connection overrides: the retries are those of one webhook, redirects and all.
def test_retries_are_counted_over_redirects() -> None:
    line = Line(
        {
            "/voice": each(say(status=500), lead("/next")),
            "/next": each(say(status=500), say(status=500), say()),
        }
    )
    with pytest.raises(TwimlError, match="500"):
        line.fetch("/voice#rc=2&rp=5xx")
    assert line.paths == ["POST /voice", "POST /voice", "GET /next", "GET /next"]


def blocked(seconds: float) -> View:
    def view(request: Request) -> Response:
        threading.Event().wait(seconds)
        return say()(request)

    return view


# Twilio, connection overrides: rt is how long to wait for the answer, tt for everything together.
@pytest.mark.parametrize(
    ("fragment", "views", "statuses"),
    [
        pytest.param("#rt=100", [blocked(0.15)], [200], id="too late for the read timeout"),
        pytest.param("#tt=100", [blocked(0.15)], [200], id="too late for the total time"),
        pytest.param(
            "#rt=100&rp=rt", [blocked(0.15), blocked(0.15)], [200, 200], id="too late twice"
        ),
        pytest.param(
            "#tt=500&rp=all&rc=5",
            [say(status=500), blocked(0.6)],
            [500, 200],
            id="no retry after the total time",
        ),
    ],
)
def test_an_application_in_this_process_must_answer_in_time_too(
    fragment: str, views: list[View], statuses: list[int]
) -> None:
    line = Line({"/voice": each(*views)})
    with pytest.raises(TwimlError, match=r"no (whole )?answer within 0\.[15] s") as caught:
        line.fetch("/voice" + fragment)
    assert caught.value.code == 11200
    assert [request.status for request in line.requests] == statuses


def test_a_late_answer_is_asked_for_again_when_the_overrides_say_so() -> None:
    line = Line({"/voice": each(blocked(0.6), say("in time"))})
    assert line.fetch("/voice#rt=500&rp=rt").body == b"in time"
    late, good = line.requests
    assert late.seconds >= 0.6 > good.seconds >= 0


def test_redirects_do_not_lengthen_the_total_time() -> None:
    def slow(request: Request) -> Response:
        threading.Event().wait(0.2)
        return lead("/voice")(request)

    line = Line({"/voice": slow})
    with pytest.raises(TwimlError, match=r"within 0\.6 s"):
        line.fetch("/voice#tt=600")
    assert 1 < len(line.requests) <= 4


def test_bad_overrides_are_warned_of_once() -> None:
    line = Line({"/voice": say()})
    line.fetch("/voice#rc=9&rp=never")
    line.fetch("/voice#rc=9&rp=never")
    assert line.warnings == [None, 11243]
    assert not line.asked[0].args


@pytest.mark.parametrize(
    ("header", "content_type"),
    [
        pytest.param("text/xml", "text/xml", id="plain"),
        pytest.param("Text/XML ; charset=UTF-8", "text/xml", id="with parameters"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="none"),
    ],
)
def test_the_content_type_is_told_without_parameters(header: str | None, content_type: str) -> None:
    def view(_: Request) -> Response:
        response = Response("hello")
        response.headers["Content-Type"] = header or ""
        if header is None:
            del response.headers["Content-Type"]
        return response

    assert Line({"/voice": view}).fetch("/voice").content_type == content_type


def test_what_an_application_raises_in_this_process_is_its_developers() -> None:
    def broken(_: Request) -> Response:
        raise LookupError("no such node")

    line = Line({"/voice": broken})
    with pytest.raises(LookupError, match="no such node"):
        line.fetch("/voice")
    assert [request.status for request in line.requests] == [None]


def test_a_path_that_is_not_ascii_reaches_an_application_in_this_process() -> None:
    line = Line({f"/{BENGALI}": say("found")})
    assert line.fetch(f"/{BENGALI}").body == b"found"
