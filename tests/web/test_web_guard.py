"""Who may speak to the webhooks, beyond the table of signatures: tokens, bodies, moved borders."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from gunicorn.http.errors import InvalidChunkSize
from msgspec import Struct, field
from msgspec.structs import replace
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from ivr.twiml.request import Party, dialed, gathered
from ivr.twiml.signature import is_signed, sign
from ivr.web.app import create_app
from ivr.web.entry import MAX_REQUEST_BYTES, MAX_URL_BYTES
from ivr.web.guard import MAX_FIELDS
from tests.conftest import LINE, TOKEN
from tests.web.conftest import call_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask

    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts

FORM_TYPE = "application/x-www-form-urlencoded"
PARTY = Party(
    call_sid="CAguard", account_sid="ACguard", from_number="+919876543210", to_number="+12025550100"
)
RING = PARTY.form("ringing")
TURN = PARTY.form("in-progress") | gathered("1", "")
AT_MENU = "/voice/turn/main_menu?turn=7&call=1772433000"


class Sent(Struct, frozen=True):
    """One request, each part of it as it goes over the wire."""

    path: str = "/voice"
    body: bytes = urlencode(RING).encode()
    signature: str = ""
    method: str = "POST"
    content_type: str | None = FORM_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    is_length_known: bool = True

    def environ(self) -> dict[str, object]:
        """The variables that a server would make of it."""
        path, _, query = self.path.partition("?")
        builder = EnvironBuilder(
            base_url=LINE,
            path=path,
            query_string=query,
            method=self.method,
            content_type=self.content_type,
            headers=Headers({"X-Twilio-Signature": self.signature} | self.headers),
            input_stream=io.BytesIO(self.body),
        )
        environ = builder.get_environ()
        environ["RAW_URI"] = self.path
        if self.is_length_known:
            environ["CONTENT_LENGTH"] = str(len(self.body))
        else:  # as gunicorn tells of a body in chunks
            environ["wsgi.input_terminated"] = True
        return environ

    def to(self, app: Flask) -> Response:
        return answered(app, self.environ())


def answered(app: Flask, environ: dict[str, object]) -> Response:
    """The answer to these very variables; werkzeug's Client would write some of them anew."""
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Response(body, status, headers)


def signed(path: str, form: Mapping[str, str | Sequence[str]], token: str = TOKEN) -> Sent:
    body = urlencode(form, doseq=True).encode()
    lists = {name: [value] if isinstance(value, str) else value for name, value in form.items()}
    return Sent(path, body, sign(token, LINE + path, lists))


@pytest.mark.parametrize(
    ("token", "status"),
    [("new-token", 200), ("old-token", 200), ("older-token", 403), ("new-token,old-token", 403)],
)
def test_while_the_token_is_changed_both_are_taken(parts: Parts, token: str, status: int) -> None:
    app = create_app(replace(parts, auth_tokens=("new-token", "old-token")))
    assert signed("/voice", RING, token).to(app).status_code == status


def test_a_line_without_a_token_takes_nothing(parts: Parts) -> None:
    """Everybody knows the empty token."""
    for tokens in ((), ("",)):
        app = create_app(replace(parts, auth_tokens=tokens))
        assert signed("/voice", RING, "").to(app).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({}, 200, id="as the provider sends it"),
        pytest.param({"content_type": f"{FORM_TYPE}; charset=UTF-8"}, 200, id="with a charset"),
        pytest.param({"is_length_known": False}, 200, id="in chunks"),
        pytest.param({"content_type": None}, 415, id="no content type"),
        pytest.param({"content_type": "application/json"}, 415, id="JSON"),
        pytest.param({"content_type": "multipart/form-data; boundary=b"}, 415, id="multipart"),
        pytest.param({"content_type": "text/plain"}, 415, id="text"),
        pytest.param({"body": b"CallSid=\xff"}, 400, id="bytes that are no letters"),
        pytest.param({"body": "CallSid=ক".encode()}, 400, id="letters that are not escaped"),
        pytest.param({"body": b"a=1&" * MAX_FIELDS + b"a=1"}, 400, id="many fields"),
        pytest.param({"body": b"a" * (MAX_REQUEST_BYTES + 1)}, 413, id="a large body"),
        pytest.param(
            {"body": b"a" * (MAX_REQUEST_BYTES + 1), "is_length_known": False},
            413,
            id="a large body in chunks",
        ),
        pytest.param({"path": "/voice?" + "a" * MAX_URL_BYTES}, 414, id="a long URL"),
        pytest.param({"path": "/voice?a\tb"}, 400, id="a tab in the URL"),
        pytest.param({"path": "/voice?ক"}, 400, id="a letter in the URL"),
        pytest.param({"path": "/voice#a"}, 400, id="a fragment in the URL"),
        pytest.param({"path": "/voice;"}, 400, id="a parameter in the path of the URL"),
        pytest.param({"method": "GET"}, 405, id="GET"),
        pytest.param({"method": "OPTIONS"}, 405, id="OPTIONS"),
        pytest.param({"method": "PUT"}, 405, id="PUT"),
        pytest.param({"signature": ""}, 403, id="no signature"),
        pytest.param({"signature": "", "content_type": "text/plain"}, 403, id="nothing right"),
    ],
)
def test_only_a_form_of_a_usual_size_is_read(
    app: Flask, change: dict[str, object], status: int
) -> None:
    sent = replace(signed("/voice", RING), **change)
    assert sent.to(app).status_code == status


def test_who_does_not_sign_is_refused_before_the_body_is_read(app: Flask) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readinto = read  # type: ignore[assignment]

    builder = EnvironBuilder(path="/voice", base_url=LINE, method="POST", content_type=FORM_TYPE)
    environ = builder.get_environ() | {"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"}
    assert answered(app, environ).status_code == 403


def test_the_values_of_one_name_are_signed_in_any_order_so_that_there_may_be_one_only(
    app: Flask,
) -> None:
    several: list[dict[str, list[str]]] = [
        *({"Digits": ["1", "2"]}, {"CallSid": ["CA1", "CA1"]}, {"From": ["+1", "+2"]}),
        {"SipHeader_X-Route": ["a", "b"]},
    ]
    for doubled in several:
        assert signed(AT_MENU, {**TURN, **doubled}).to(app).status_code == 400


def test_a_field_that_is_new_is_taken_whatever_its_name_begins_with(app: Flask) -> None:
    new = {
        "CallStatusReason": "none",
        "DigitsHeard": "Digits",
        "OriginalCallSid": "CA3",
        "SipErrorCode": "CallToken",
        "CallerName": "Called From Toronto",
    }
    assert signed(AT_MENU, TURN | new).to(app).status_code == 200


BUSY = TURN | dialed("busy", "CA2", 1, bridged=False)
BEGAN = "1772433000"


@pytest.mark.parametrize(
    ("path", "taken", "put"),
    [
        pytest.param(AT_MENU + "AccountSidACguard", "AccountSid", {}, id="a field into the URL"),
        pytest.param(
            AT_MENU + "AccountSid", "AccountSid", {"ACguard": ""}, id="a name into the URL"
        ),
        pytest.param(
            AT_MENU.removesuffix(f"&call={BEGAN}"),
            "AccountSid",
            {f"&call={BEGAN}AccountSid": "ACguard"},
            id="an argument into the form",
        ),
        pytest.param(
            AT_MENU.removesuffix(BEGAN),
            "AccountSid",
            {f"{BEGAN}AccountSid": "ACguard"},
            id="figures into the form",
        ),
        pytest.param(
            AT_MENU, "Digits", {"DialCallStatus": "busyDigits1"}, id="the keys into a value"
        ),
        pytest.param(
            AT_MENU,
            "DialCallStatus Digits",
            {"DialCallStatusbusyDigits1": ""},
            id="the keys into another name",
        ),
        pytest.param(AT_MENU, "Digits", {"Digits1": ""}, id="the keys into their own name"),
        pytest.param(
            AT_MENU,
            "CallStatus",
            {"CallSid": "CAguardCallStatusin-progress"},
            id="the status into the name of the call",
        ),
        pytest.param(
            AT_MENU, "From", {"FinishedOnKey": "From+919876543210"}, id="the caller into a value"
        ),
        pytest.param(AT_MENU, "From", {"From+919876543210": ""}, id="the caller into another name"),
        pytest.param(
            AT_MENU,
            "DialCallStatus",
            {"DialCallSid": "CA2DialCallStatusbusy"},
            id="how a talk ended into its name",
        ),
        pytest.param(AT_MENU, "Digits", {"Digit": "s1"}, id="the name of the keys is cut"),
        pytest.param(AT_MENU, "From", {"Fro": "m+919876543210"}, id="that of the caller"),
        pytest.param(AT_MENU, "DialCallStatus", {"DialCallSt": "atusbusy"}, id="that of a talk"),
        pytest.param(AT_MENU, "", {"CallSid": ["CAguard", "CAguard"]}, id="a field doubled"),
    ],
)
def test_a_border_that_was_moved_is_seen(
    app: Flask, store: RedisStore, path: str, taken: str, put: dict[str, str | list[str]]
) -> None:
    """Names and values are signed with nothing between them: the caught signature still fits."""
    kept = {name: value for name, value in BUSY.items() if name not in taken.split()}
    moved = signed(path, {**kept, **put})
    assert moved.signature == signed(AT_MENU, BUSY).signature
    refused = moved.to(app)
    assert refused.status_code == 400
    assert "would fit another" in refused.get_data(as_text=True)
    assert store.load(call_key("CAguard")).stored == b""


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(AT_MENU.replace("call", "ca\tll"), id="a tab that hides an argument"),
        pytest.param(AT_MENU.replace("menu?", "menu;?"), id="another place"),
    ],
)
def test_what_the_check_of_the_signature_would_lose_changes_nothing(
    app: Flask, changed: str
) -> None:
    """Twilio's library takes a URL apart and puts it together again, and not all comes back."""
    caught = signed(AT_MENU, TURN)
    assert is_signed(TOKEN, LINE + changed, TURN, caught.signature)
    assert replace(caught, path=changed).to(app).status_code == 400


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        pytest.param("voice/turn/goodbye", "voice/turn/goodbye?turn=8&a=://b", id="no slash"),
        pytest.param("/voice", "a:/voice?a=://b", id="a scheme of nobody"),
        pytest.param("/voice/status", "http:/voice/status?a=://b", id="a scheme without a host"),
        pytest.param("", "http://b?a=", id="a host without a path"),
    ],
)
def test_no_other_url_can_stand_before_the_one_that_was_signed(
    app: Flask, path: str, asked: str
) -> None:
    """What a server takes for the path must be what the signature was made over."""
    caught = signed(AT_MENU, TURN)
    environ = {**caught.environ(), "RAW_URI": asked + AT_MENU, "PATH_INFO": path}
    environ["QUERY_STRING"] = (asked + AT_MENU).partition("?")[2]
    assert answered(app, environ).status_code == 400


@pytest.mark.parametrize("length", ["9" * 5000, "0" * 5000, "\u00b2"])
def test_a_length_that_is_no_number_is_as_none(app: Flask, length: str) -> None:
    environ = {**signed("/voice", RING).environ(), "CONTENT_LENGTH": length}
    assert answered(app, environ).status_code == 403


class Broken:
    """A body whose chunks are none, as gunicorn tells it."""

    def read(self, _: int = -1) -> bytes:
        raise InvalidChunkSize(b"zz")


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "forged"])
def test_a_body_that_cannot_be_read_is_refused_and_no_fault_of_ours(
    app: Flask, caplog: pytest.LogCaptureFixture, *, is_signed: bool
) -> None:
    """A stranger gets no document, and cannot fill the log with tracebacks."""
    sent = signed("/voice", RING) if is_signed else Sent(signature="a" * 28)
    environ = {**replace(sent, is_length_known=False).environ(), "wsgi.input": Broken()}
    refused = answered(app, environ)
    assert refused.status_code == 400
    assert b"<Response" not in refused.data
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


def test_honest_words_that_hold_the_name_of_a_field_are_taken(app: Flask) -> None:
    form = TURN | dialed("busy", "CA2", 1, bridged=False)
    places = {"FromCity": "FROM TORONTO", "ToCity": "Tokyo From", "ParentCallSid": "CA3"}
    assert signed(AT_MENU, form | places).to(app).status_code == 200


@pytest.mark.parametrize(
    ("hops", "proto", "status"),
    [(0, "https", 403), (1, "https", 200), (1, "http", 403), (0, "http", 403)],
)
def test_no_header_of_a_proxy_counts_unless_a_proxy_is_trusted(
    parts: Parts, hops: int, proto: str, status: int
) -> None:
    forwarded = {
        "X-Forwarded-Proto": proto,
        "X-Forwarded-Host": "line.example",
        "X-Forwarded-Port": "81",
        "X-Forwarded-Prefix": "/inner",
        "X-Forwarded-For": "192.0.2.1",
        "Forwarded": "host=other.example;proto=http",
        "X-Original-URL": "/voice/fallback",
    }
    app = create_app(replace(parts, proxy_hops=hops))
    signature = sign(TOKEN, "https://line.example/voice", RING)
    assert Sent(signature=signature, headers=forwarded).to(app).status_code == status


def test_nothing_raw_of_a_stranger_is_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    path = "/voice/turn/%0d%0aERROR%20all%20is%20lost%1b[31m%e0%a6%95" + "x" * 500
    assert Sent(path, signature="stolen signature of 28 chars").to(app).status_code == 403
    (record,) = [each for each in caplog.records if each.name == "ivr.web.entry"]
    told = record.getMessage()
    assert told.isascii()
    assert told.isprintable()
    assert len(told) < 400
    assert "stolen" not in told


def test_beside_the_webhooks_this_is_served_to_the_public_and_nothing_else(app: Flask) -> None:
    rules = {(rule.rule, *sorted(rule.methods or ())) for rule in app.url_map.iter_rules()}
    assert rules == {
        ("/clips/<name>.wav", "GET", "HEAD"),
        ("/livez", "GET", "HEAD"),
        ("/readyz", "GET", "HEAD"),
    }


@pytest.mark.parametrize("path", ["/voice", "/voice/turn/menu", "/voice/status", "/voice/fallback"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_webhook_is_posted_to_and_nothing_else(app: Flask, path: str, method: str) -> None:
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.data == b""
    assert app.test_client().post(path).status_code == 403


def test_a_slash_too_many_before_the_path_is_none(app: Flask) -> None:
    """As in a webhook that is set to `https://line.example/` and then `/voice`."""
    for path, query, form in (("//voice", "", RING), (f"/{AT_MENU}".split("?")[0], "turn=2", TURN)):
        sent = signed(f"{path}?{query}" if query else path, form)
        environ = {**sent.environ(), "PATH_INFO": path, "QUERY_STRING": query}
        assert answered(app, environ).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/voice/", "/voice/turn", "/voice/turn/", "/voice/turn/a/b", "/voice/else", "/Voice"],
)
def test_beside_a_webhook_there_is_none(app: Flask, path: str) -> None:
    assert app.test_client().post(path).status_code == 404
