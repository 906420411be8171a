"""A pretend call asks as Twilio asks and does with TwiML what Twilio does.

The application on the other side is a real WSGI application; it checks every signature.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import httpx
import numpy as np
import pytest
import soundfile
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from ivr.errors import CallError
from ivr.simulator.call import KEY_SECONDS, MAX_DOCUMENTS, MAX_REDIRECTS, Call
from ivr.simulator.ear import SAY_CHARACTERS_PER_SECOND
from ivr.simulator.events import (
    Ended,
    Event,
    Gathering,
    Heard,
    Paused,
    Pressed,
    Redirected,
    Requested,
    Silence,
)
from ivr.simulator.script import HangUp, Press, Wait, follow, parse
from ivr.simulator.wire import MAX_CLIP_BYTES, MAX_HTTP_REDIRECTS
from ivr.twiml.signature import is_signed
from ivr.twiml.verbs import (
    Gather,
    Hangup,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Verb,
)
from ivr.twiml.write import write

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

TOKEN = "secret"
ORIGIN = "http://line.test"
CALL_SID = "CA" + "1" * 32
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"

Answer: TypeAlias = Sequence[Verb] | Response
Route: TypeAlias = Answer | Callable[[Request], Answer]


class Line:
    """A small application: what it answers at each path, and every request that it got."""

    def __init__(self, routes: dict[str, Route]) -> None:
        self.routes = routes
        self.asked: list[Request] = []

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Sequence[bytes] | Iterator[bytes]:
        request = Request(environ)
        self.asked.append(request)
        request.form  # noqa: B018 - read now, while the body is there
        query = environ["QUERY_STRING"]
        url = request.base_url + (f"?{query}" if query else "")
        signature = request.headers.get("X-Twilio-Signature")
        response = Response("not signed", status=403)
        if is_signed(TOKEN, url, request.form, signature):
            response = self.answer(request)
        return list(response(environ, start_response))

    def answer(self, request: Request) -> Response:
        route = self.routes.get(request.path, Response("", status=404))
        answer = route(request) if callable(route) and not isinstance(route, Response) else route
        if isinstance(answer, Response):
            return Response(answer.get_data(), answer.status, answer.headers)
        return Response(write(answer), mimetype="text/xml")

    def forms(self, path: str) -> list[dict[str, str]]:
        return [asked.form.to_dict() for asked in self.asked if asked.path == path]


def ring(
    line: Line,
    *,
    path: str = "/voice",
    status_callback: str | None = None,
    client: httpx.Client | None = None,
    on_event: Callable[[Event], object] | None = None,
) -> Call:
    return Call(
        client or httpx.Client(transport=httpx.WSGITransport(line)),
        ORIGIN + path,
        TOKEN,
        call_sid=CALL_SID,
        status_callback=status_callback,
        started_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        on_event=on_event,
    )


def clip(words: str | None, seconds: float) -> Response:
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", 8000, 1, "ULAW", format="WAV") as file:
        if words is not None:
            file.title = words
        file.write(np.zeros(int(8000 * seconds)))
    return Response(buffer.getvalue(), mimetype="audio/wav")


def heard(call: Call) -> list[str]:
    return [event.words for event in call.events if isinstance(event, Heard)]


def codes(call: Call) -> list[int | None]:
    return [failed.code for failed in call.failures]


def test_a_whole_call_is_told_event_by_event() -> None:
    menu = Gather(nested=(Play("/menu.wav"), Pause(2)), action="turn?n=1", num_digits=1)
    line = Line(
        {
            "/voice": [Redirect("/menu/")],
            "/menu/": [menu, Redirect("/menu/")],
            "/menu/turn": [Say("Goodbye", language="en-GB"), Hangup()],
            "/menu.wav": clip(BENGALI, 1.5),
        }
    )
    told: list[Event] = []
    call = ring(line, on_event=told.append)
    assert follow(call, parse("1")) == ()
    say_seconds = len("Goodbye") / SAY_CHARACTERS_PER_SECOND
    say_at = 3.5 + KEY_SECONDS
    assert told == list(call.events)
    assert told == [
        Requested(
            at_seconds=0, method="POST", url=f"{ORIGIN}/voice", status=200, purpose="document"
        ),
        Redirected(at_seconds=0, url=f"{ORIGIN}/menu/"),
        Requested(
            at_seconds=0, method="POST", url=f"{ORIGIN}/menu/", status=200, purpose="document"
        ),
        Requested(at_seconds=0, method="GET", url=f"{ORIGIN}/menu.wav", status=200, purpose="clip"),
        Heard(
            at_seconds=0,
            words=BENGALI,
            url=f"{ORIGIN}/menu.wav",
            seconds=1.5,
            is_clip=True,
            language=None,
        ),
        Paused(at_seconds=1.5, seconds=2),
        Gathering(
            at_seconds=3.5,
            num_digits=1,
            timeout_seconds=5,
            finish_on_key="#",
            action=f"{ORIGIN}/menu/turn?n=1",
        ),
        Pressed(at_seconds=3.5, keys="1", digits="1", finished_on=""),
        Requested(
            at_seconds=say_at,
            method="POST",
            url=f"{ORIGIN}/menu/turn?n=1",
            status=200,
            purpose="document",
        ),
        Heard(
            at_seconds=say_at,
            words="Goodbye",
            url=None,
            seconds=say_seconds,
            is_clip=False,
            language="en-GB",
        ),
        Ended(at_seconds=say_at + say_seconds, by="hangup"),
    ]
    assert call.seconds == say_at + say_seconds


# Twilio's request parameters: the first request comes while it rings, the others after.
def test_requests_have_twilios_parameters() -> None:
    line = Line({"/voice": [Gather(action="/turn")], "/turn": []})
    follow(ring(line), parse("12#"))
    standard = {
        "CallSid": CALL_SID,
        "AccountSid": "AC" + "0" * 32,
        "From": "+15005550006",
        "To": "+12025550100",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "Caller": "+15005550006",
        "Called": "+12025550100",
    }
    assert line.forms("/voice") == [standard | {"CallStatus": "ringing"}]
    gathered = {"Digits": "12", "FinishedOnKey": "#", "msg": "Gather End"}
    assert line.forms("/turn") == [standard | {"CallStatus": "in-progress"} | gathered]


def test_a_call_without_a_sid_makes_one() -> None:
    with httpx.Client() as client:
        sids = {Call(client, ORIGIN, TOKEN).party.call_sid for _ in range(2)}
    assert len(sids) == 2
    assert all(len(sid) == 34 and sid.startswith("CA") for sid in sids)


# Gather: numDigits ends the entry; finishOnKey ends it and is not part of Digits; an empty
# finishOnKey takes every key; the timeout ends an entry that is not full.
ENTRIES = {
    "one digit": (Gather(num_digits=1), "1", ("1", "")),
    "more than is asked": (Gather(num_digits=1), "123", ("1", "")),
    "as many as asked": (Gather(num_digits=3), "123", ("123", "")),
    "fewer than asked": (Gather(num_digits=10), "123", ("123", "")),
    "finished before the number": (Gather(num_digits=10), "123#45", ("123", "#")),
    "the number before the finishing key": (Gather(num_digits=3), "123#", ("123", "")),
    "any number": (Gather(), "0123456789", ("0123456789", "")),
    "star is a digit": (Gather(), "1*2#", ("1*2", "#")),
    "another finishing key": (Gather(finish_on_key="*"), "1#2*3", ("1#2", "*")),
    "a digit finishes": (Gather(finish_on_key="0"), "120", ("12", "0")),
    "no finishing key": (Gather(finish_on_key=""), "1#2*", ("1#2*", "")),
    "hash alone without finishing key": (Gather(finish_on_key=""), "#", ("#", "")),
    "hash alone": (Gather(), "#", None),
    "hash before digits": (Gather(), "#12", None),
    "hash alone, empty result": (Gather(action_on_empty_result=True), "#", ("", "#")),
    "silence": (Gather(), None, None),
    "silence, empty result": (Gather(action_on_empty_result=True), None, ("", "")),
    "keys for speech": (Gather(input="speech"), "1", None),
    "keys for keys or speech": (Gather(input="dtmf speech", num_digits=1), "1", ("1", "")),
}


@pytest.mark.parametrize(("gather", "keys", "entry"), ENTRIES.values(), ids=ENTRIES.keys())
def test_a_gather_takes_the_entry_that_twilio_takes(
    gather: Gather, keys: str | None, entry: tuple[str, str] | None
) -> None:
    documents: Iterator[Answer] = iter([[gather, Say("No entry")], [Say("Thanks")]])
    line = Line({"/voice": lambda _: next(documents)})
    call = ring(line)
    call.start()
    if keys is None:
        call.wait()
    else:
        call.press(keys)
    if entry is None:
        assert len(line.asked) == 1
        assert heard(call) == ["No entry"]
    else:
        form = line.forms("/voice")[1]
        assert (form["Digits"], form["FinishedOnKey"]) == entry
        assert heard(call) == ["Thanks"]
    assert call.ended == "document"
    assert call.failures == ()


# Gather: "the timeout starts when the nested audio ends, and again at each key".
@pytest.mark.parametrize(
    ("keys", "seconds"),
    [
        pytest.param("12", 2 * KEY_SECONDS, id="a full entry needs no timeout"),
        pytest.param("1", 1 * KEY_SECONDS + 7, id="a partial entry waits for it"),
        pytest.param("1#", 2 * KEY_SECONDS, id="a finished entry does not"),
        pytest.param(None, 7, id="silence waits for it"),
    ],
)
def test_the_clock_runs_as_on_a_telephone(keys: str | None, seconds: float) -> None:
    gather = Gather(nested=(Pause(3),), num_digits=2, timeout_seconds=7, action="/end")
    call = ring(Line({"/voice": [gather], "/end": []}))
    call.start()
    if keys is None:
        call.wait()
    else:
        call.press(keys)
    assert call.seconds == 3 + seconds


def test_silence_is_told_with_its_length() -> None:
    call = ring(Line({"/voice": [Gather(timeout_seconds=6)]}))
    follow(call, parse("silence"))
    assert Silence(at_seconds=0, seconds=6) in call.events


def test_a_gather_without_entry_leads_to_the_next_one() -> None:
    line = Line({"/voice": [Gather(action="/1"), Gather(action="/2"), Hangup()], "/2": []})
    follow(ring(line), [Wait(), Press("5")])
    assert [asked.path for asked in line.asked] == ["/voice", "/2"]


# Gather's action and Redirect: "relative URLs are resolved against the current document's".
@pytest.mark.parametrize(
    ("action", "url"),
    [
        pytest.param(None, f"{ORIGIN}/a/menu?n=1", id="none: the document itself, with its query"),
        pytest.param("turn", f"{ORIGIN}/a/turn", id="beside the document"),
        pytest.param("../turn", f"{ORIGIN}/turn", id="above the document"),
        pytest.param("/turn", f"{ORIGIN}/turn", id="from the root"),
        pytest.param("?n=2", f"{ORIGIN}/a/menu?n=2", id="only a query"),
        pytest.param("//x.test/turn", "http://x.test/turn", id="another host"),
        pytest.param("https://x.test/turn#ct=1", "https://x.test/turn", id="absolute, fragment"),
        pytest.param("t?a=%E0%A6%98&b=%27", f"{ORIGIN}/a/t?a=%E0%A6%98&b=%27", id="encoded"),
    ],
)
def test_urls_are_relative_to_the_document(action: str | None, url: str) -> None:
    line = Line({"/voice": [Redirect("/a/menu?n=1")], "/a/menu": [Gather(action=action)]})
    call = ring(line)
    follow(call, parse("1"))
    assert [event.url for event in call.events if isinstance(event, Requested)][2] == url
    assert next(event.action for event in call.events if isinstance(event, Gathering)) == url


# GET: "all of the parameters are in the query", which Twilio signs as part of the URL.
def test_by_get_the_parameters_are_in_the_query() -> None:
    gather = Gather(action="/turn?x=%2F%27", method="GET", num_digits=1)
    line = Line({"/voice": [gather], "/turn": [Gather(num_digits=1)]})
    follow(ring(line), parse("7 8"))
    first, second = line.asked[1:]
    assert first.method == "GET"
    assert first.args["Digits"] == "7"
    assert first.args["CallSid"] == CALL_SID
    assert first.query_string.startswith(b"x=%2F%27&CallSid=CA")
    assert not first.form
    # The document's own URL is the one that was asked for, without what the GET added.
    assert second.method == "POST"
    assert second.query_string == b"x=%2F%27"


def test_every_request_has_its_own_idempotency_token() -> None:
    line = Line({"/voice": [Gather()]})
    follow(ring(line), parse("1 2 3"))
    tokens = {asked.headers["I-Twilio-Idempotency-Token"] for asked in line.asked}
    assert len(tokens) == 4


def count_visits(request: Request) -> Response:
    visits = int(request.cookies.get("visits", "0")) + 1
    response = Response(write([Gather(nested=(Say(f"visit {visits}"),))]), mimetype="text/xml")
    response.set_cookie("visits", str(visits))
    return response


# "Cookies are kept within a call."
def test_cookies_are_kept_in_a_call_and_not_between_calls() -> None:
    line = Line({"/voice": count_visits})
    with httpx.Client(transport=httpx.WSGITransport(line)) as client:
        for _ in range(2):
            call = ring(line, client=client)
            follow(call, parse("1 1"))
            assert heard(call) == ["visit 1", "visit 2", "visit 3"]


def moved(status: int, to: str) -> Response:
    return Response("", status=status, headers={"Location": to})


# "After a 3xx on an action URL Digits is not sent again."
@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (301, "GET"), (307, "POST")])
def test_an_http_redirect_is_followed_without_digits(status: int, method: str) -> None:
    line = Line(
        {
            "/voice": [Gather(action="/turn")],
            "/turn": moved(status, "/new/turn?a=1"),
            "/new/turn": [Redirect("here")],
            "/new/here": [],
        }
    )
    call = ring(line)
    follow(call, parse("1#"))
    assert [asked.path for asked in line.asked][1:] == ["/turn", "/new/turn", "/new/here"]
    again = line.asked[2]
    assert again.method == method
    assert again.values["CallSid"] == CALL_SID
    assert again.values["a"] == "1"
    assert {"Digits", "FinishedOnKey", "msg"}.isdisjoint(again.values)
    assert call.failures == ()


# "Up to 10 HTTP redirects, then 11215."
@pytest.mark.parametrize(("hops", "failures"), [(10, []), (11, [11215])], ids=str)
def test_http_redirects_are_counted(hops: int, failures: list[int]) -> None:
    routes: dict[str, Route] = {f"/{hop}": moved(302, f"/{hop + 1}") for hop in range(hops)}
    call = ring(Line(routes | {f"/{hops}": []}), path="/0")
    call.start()
    assert MAX_HTTP_REDIRECTS == 10
    assert codes(call) == failures


XML = "text/xml"
BAD_DOCUMENTS = {
    "not found": (Response("", 404), 11200),
    "forbidden": (Response("", 403), 11200),
    "an error of the server": (Response("<Response/>", 500, mimetype=XML), 11200),
    "a missing slash": (moved(308, "/voice/"), 11200),
    "a redirect to nowhere": (Response("", 302), 11200),
    "a redirect to another scheme": (moved(302, "ftp://x.test/"), 11100),
    "a picture": (Response(b"\x89PNG", mimetype="image/png"), 12300),
    "JSON": (Response("{}", mimetype="application/json"), 12300),
    "no content type": (Response("<Response/>", headers={"Content-Type": ""}), 12300),
    "nothing": (Response("", mimetype=XML), 11770),
    "nothing of another type": (Response("", mimetype="image/png"), 11770),
    "too much": (Response("a" * 65_537, mimetype=XML), 11750),
    "not XML": (Response("Hello", mimetype=XML), 12100),
    "plain text with an unknown verb": (
        Response("<Response><Shout/></Response>", mimetype="text/plain"),
        12200,
    ),
    "a page": (Response("<html/>", mimetype="text/html"), 12102),
    "an unknown verb": (Response("<Response><Shout/></Response>", mimetype=XML), 12200),
    "a loop without end": (
        Response("<Response><Play loop='9999'>/a</Play></Response>", mimetype=XML),
        13410,
    ),
    "an action that is no URL": (
        Response("<Response><Gather action='mailto:a'/></Response>", mimetype=XML),
        11100,
    ),
    "a redirect that is no URL": (
        Response("<Response><Redirect>http://h:p/</Redirect></Response>", mimetype=XML),
        11100,
    ),
}


@pytest.mark.parametrize(("answer", "code"), BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
def test_a_bad_document_ends_the_call_with_twilios_code(answer: Response, code: int) -> None:
    call = ring(Line({"/voice": answer}))
    call.start()
    assert call.ended == "error"
    assert codes(call) == [code]
    assert call.events[-2:] == (call.failures[0], Ended(at_seconds=0, by="error"))


def test_a_wrong_token_is_told_as_such() -> None:
    with httpx.Client(transport=httpx.WSGITransport(Line({"/voice": []}))) as client:
        call = Call(client, f"{ORIGIN}/voice", "another")
        call.start()
    assert codes(call) == [11200]
    assert "403" in call.failures[0].message
    assert "auth token" in call.failures[0].message


# "text/plain is TwiML if valid, else read out."
@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("<Response><Say>a</Say></Response>", "a", id="TwiML"),
        pytest.param("Hello & bye", "Hello & bye", id="no XML"),
        pytest.param("<p>Hello</p>", "<p>Hello</p>", id="other XML"),
    ],
)
def test_plain_text_is_twiml_or_read_out(body: str, words: str) -> None:
    call = ring(Line({"/voice": Response(body, mimetype="text/plain")}))
    call.start()
    assert heard(call) == [words]
    assert call.ended == "document"


def test_a_clip_is_fetched_once_in_a_call() -> None:
    menu = Gather(nested=(Play("/a.wav"), Play("/b.wav"), Play("/a.wav", loop=2)))
    line = Line({"/voice": [menu], "/a.wav": clip("A", 1), "/b.wav": clip(None, 0.5)})
    call = ring(line)
    follow(call, parse("1"))
    assert heard(call) == ["A", "", "A"] * 2
    assert [asked.path for asked in line.asked] == ["/voice", "/a.wav", "/b.wav", "/voice"]
    assert call.seconds == 2 * 3.5 + KEY_SECONDS + 5
    # A fetch of a clip has none of the parameters of a call.
    assert not line.asked[1].values


# Play: "loop 0 plays up to 1000 times".
def test_a_loop_without_end_is_heard_a_thousand_times() -> None:
    call = ring(Line({"/voice": [Play("/a.wav", loop=0)], "/a.wav": clip("A", 1)}))
    call.start()
    assert call.seconds == 1000
    assert [event.loop for event in call.events if isinstance(event, Heard)] == [1000]


BAD_CLIPS = {
    "missing": (Response("", 404), 11200),
    "empty": (Response("", mimetype="audio/wav"), 13420),
    "of another type": (Response(clip("A", 1).get_data(), mimetype="text/html"), 13420),
    "over 40 MB": (Response(b"0" * (MAX_CLIP_BYTES + 1), mimetype="audio/wav"), 11200),
    "not audio": (Response("RIFF....WAVE", mimetype="audio/wav"), 13420),
}


# Play: a fetch that fails is an error in Twilio's debugger, and the call goes on.
@pytest.mark.parametrize(("answer", "code"), BAD_CLIPS.values(), ids=BAD_CLIPS.keys())
def test_a_bad_clip_is_told_and_the_call_goes_on(answer: Response, code: int) -> None:
    gather = Gather(nested=(Play("/bad.wav"), Say("Press 1"), Play("mailto:a")))
    call = ring(Line({"/voice": [gather], "/bad.wav": answer}))
    call.start()
    assert codes(call) == [code, 11100]
    assert heard(call) == ["Press 1"]
    assert call.ended is None


# Redirect: "verbs after it are never reached". Twilio documents no limit; ours is named.
def test_redirects_without_end_end_the_call() -> None:
    line = Line({"/voice": [Redirect("/voice"), Say("never")]})
    call = ring(line)
    call.start()
    assert call.ended == "error"
    assert codes(call) == [None]
    assert str(MAX_REDIRECTS) in call.failures[0].message
    assert len(line.asked) == MAX_REDIRECTS + 1
    assert heard(call) == []


def test_redirects_between_turns_are_not_added_up() -> None:
    line = Line({"/voice": [Gather(timeout_seconds=1), Redirect("/voice")]})
    call = ring(line)
    follow(call, [Wait()] * (MAX_REDIRECTS + 1))
    assert call.ended == "caller"
    assert call.failures == ()


def test_documents_without_end_end_the_call() -> None:
    line = Line({"/voice": [Gather(num_digits=1)]})
    call = ring(line)
    left = follow(call, [Press("1")] * (MAX_DOCUMENTS + 5))
    assert call.ended == "error"
    assert codes(call) == [None]
    assert len(line.asked) == MAX_DOCUMENTS
    assert len(left) == 5


# Reject has the reasons rejected and busy; Hangup and a document without verbs end the call.
@pytest.mark.parametrize(
    ("verbs", "by", "status"),
    [
        pytest.param([], "document", "completed", id="the document ends"),
        pytest.param([Hangup(), Say("never")], "hangup", "completed", id="Hangup"),
        pytest.param([Reject(), Say("never")], "reject", "no-answer", id="Reject"),
        pytest.param([Reject("busy")], "reject", "busy", id="Reject as busy"),
        pytest.param([Gather()], "caller", "completed", id="the caller hangs up"),
    ],
)
def test_the_end_is_told_and_called_back(verbs: list[Verb], by: str, status: str) -> None:
    line = Line({"/a/voice": verbs, "/a/status": Response("", 204)})
    call = ring(line, path="/a/voice", status_callback="status")
    assert follow(call, [HangUp()]) == (() if by == "caller" else (HangUp(),))
    assert call.ended == by
    assert heard(call) == []
    assert [form["CallStatus"] for form in line.forms("/a/status")] == [status]
    assert call.failures == ()


def test_the_status_callback_has_twilios_parameters() -> None:
    line = Line({"/voice": [Pause(70)], "/status": Response("", 204)})
    call = ring(line, status_callback="/status")
    call.start()
    form = line.forms("/status")[0]
    assert form == line.forms("/voice")[0] | {
        "CallStatus": "completed",
        "CallDuration": "70",
        "Duration": "2",
        "Timestamp": "Thu, 02 Jan 2025 03:05:15 +0000",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
    }
    assert isinstance(call.events[-1], Requested)
    assert call.events[-1].purpose == "status"


@pytest.mark.parametrize(
    ("callback", "code"), [("/missing", 11200), ("mailto:a", 11100)], ids=["missing", "no URL"]
)
def test_a_status_callback_that_fails_is_told(callback: str, code: int) -> None:
    call = ring(Line({"/voice": [Hangup()]}), status_callback=callback)
    call.start()
    assert codes(call) == [code]
    assert call.ended == "hangup"


def test_a_call_is_used_in_its_order() -> None:
    call = ring(Line({"/voice": [Gather()]}))
    with pytest.raises(CallError, match="not started"):
        call.press("1")
    with pytest.raises(CallError, match="not started"):
        call.wait()
    with pytest.raises(CallError, match="not started"):
        call.hang_up()
    call.start()
    with pytest.raises(CallError, match="started before"):
        call.start()
    with pytest.raises(CallError, match="cannot be pressed"):
        call.press("1a")
    call.hang_up()
    with pytest.raises(CallError, match="ended by caller"):
        call.press("1")
    with pytest.raises(CallError, match="ended by caller"):
        call.wait()
    call.hang_up()
    assert [event for event in call.events if isinstance(event, Ended)] == [
        Ended(at_seconds=0, by="caller")
    ]


class BadNetwork(httpx.BaseTransport):
    """Raises what it is given, one a request, and then is a good network to `line`."""

    def __init__(self, line: Line, troubles: list[Exception]) -> None:
        self.line = httpx.WSGITransport(line)
        self.troubles = troubles
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.troubles:
            raise self.troubles.pop(0)
        return self.line.handle_request(request)


def ring_over(troubles: list[Exception]) -> tuple[Call, BadNetwork]:
    line = Line({"/voice": [Hangup()]})
    network = BadNetwork(line, troubles)
    with httpx.Client(transport=network) as client:
        call = ring(line, client=client)
        call.start()
    return call, network


# "One retry, only on connect or TLS failure; a retry carries the same token."
def test_a_failed_connection_is_tried_once_more() -> None:
    call, network = ring_over([httpx.ConnectError("refused")])
    assert call.ended == "hangup"
    first, second = (request.headers["I-Twilio-Idempotency-Token"] for request in network.requests)
    assert first == second


# "Connect 5 s, 15 s in all."
def test_a_request_has_twilios_timeouts() -> None:
    _, network = ring_over([])
    timeout = network.requests[0].extensions["timeout"]
    assert (timeout["connect"], timeout["read"]) == (5, 15)


@pytest.mark.parametrize(
    ("troubles", "code"),
    [
        pytest.param([httpx.ConnectError("refused")] * 2, 11205, id="no connection"),
        pytest.param([httpx.ConnectTimeout("slow")] * 2, 11205, id="a slow connection"),
        pytest.param([httpx.ReadTimeout("slow")], 11200, id="a slow answer"),
        pytest.param([httpx.ReadError("reset")], 11200, id="an answer that breaks off"),
        pytest.param([httpx.RemoteProtocolError("?")], 11206, id="not HTTP"),
        pytest.param([httpx.DecodingError("gzip")], 11206, id="an encoding that is not"),
    ],
)
def test_trouble_on_the_network_is_told_with_twilios_code(
    troubles: list[Exception], code: int
) -> None:
    call, _ = ring_over(troubles)
    assert codes(call) == [code]
    assert call.ended == "error"
    assert call.events[0] == Requested(
        at_seconds=0, method="POST", url=f"{ORIGIN}/voice", status=None, purpose="document"
    )


@pytest.mark.parametrize("url", ["", "/voice", "line.test/voice", "ftp://line.test", "http://"])
def test_what_is_no_url_cannot_be_rung(url: str) -> None:
    with httpx.Client(transport=httpx.WSGITransport(Line({}))) as client:
        call = Call(client, url, TOKEN)
        call.start()
    assert codes(call) == [11100]


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        pass


@contextmanager
def serving(line: Line) -> Iterator[str]:
    """A real server on the loopback interface; gives its origin."""
    server = make_server("127.0.0.1", 0, line, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_call_over_real_http_is_the_same_as_in_process() -> None:
    line = Line(
        {
            "/voice": [Gather(nested=(Play("/a.wav"),), action="/turn?x=%E0%A6%98%27%2F&y")],
            "/turn": moved(302, "/end?%C3%A9"),
            "/end": [Say("End"), Hangup()],
            "/a.wav": clip(BENGALI, 1),
            "/status": Response("", 204),
        }
    )

    def place(client: httpx.Client, origin: str) -> list[str]:
        url, callback = f"{origin}/voice", f"{origin}/status"
        call = Call(client, url, TOKEN, call_sid=CALL_SID, status_callback=callback)
        assert follow(call, parse("1")) == ()
        assert call.failures == ()
        return [repr(event).replace(origin, ORIGIN) for event in call.events]

    with httpx.Client(transport=httpx.WSGITransport(line)) as client:
        in_process = place(client, ORIGIN)
    with serving(line) as origin, httpx.Client(trust_env=False) as client:
        over_http = place(client, origin)
    assert len(in_process) == 10
    assert over_http == in_process
