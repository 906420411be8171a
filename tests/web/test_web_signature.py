"""Who may speak: a table of signatures, right and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace
from werkzeug.test import EnvironBuilder, run_wsgi_app

from ivr.twiml.signature import sign
from ivr.web.app import create_app
from tests.conftest import TOKEN
from tests.web.conftest import call_key

if TYPE_CHECKING:
    from flask import Flask

    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts
    from tests.web.conftest import Caller

FORM = {"CallSid": "CA1", "From": "+919876543210", "To": "+12025550100", "CallStatus": "ringing"}
URL = "http://line.test/voice"
WEBHOOKS = ["/voice", "/voice/turn/main_menu?turn=1", "/voice/status", "/voice/fallback"]


def ask(
    app: Flask,
    url: str = URL,
    *,
    signature: str | None,
    headers: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> httpx.Response:
    sent = dict(headers or {})
    if signature is not None:
        sent["X-Twilio-Signature"] = signature
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        return client.post(url, data=form or FORM, headers=sent)


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        pytest.param(sign(TOKEN, URL, FORM), 200, id="right"),
        pytest.param(None, 403, id="missing"),
        pytest.param("", 403, id="empty"),
        pytest.param(sign("another token", URL, FORM), 403, id="another token"),
        pytest.param(sign(TOKEN, URL + "/", FORM), 403, id="another path"),
        pytest.param(sign(TOKEN, "https://line.test/voice", FORM), 403, id="another scheme"),
        pytest.param(sign(TOKEN, "http://other.test/voice", FORM), 403, id="another host"),
        pytest.param(sign(TOKEN, URL + "?a=b", FORM), 403, id="another query"),
        pytest.param(sign(TOKEN, URL, {}), 403, id="without the form"),
        pytest.param(sign(TOKEN, URL, FORM | {"Digits": "1"}), 403, id="another form"),
        pytest.param(sign(TOKEN, URL, FORM)[:-1], 403, id="cut short"),
        pytest.param(sign(TOKEN, URL, FORM).swapcase(), 403, id="case swapped"),
        pytest.param("not base64 at all !!", 403, id="garbled"),
        pytest.param("A" * 10_000, 403, id="long"),
    ],
)
def test_only_a_right_signature_passes(app: Flask, signature: str | None, status: int) -> None:
    response = ask(app, signature=signature)
    assert response.status_code == status
    if status == 403:
        assert "PUBLIC_URL" in response.text, "the answer says what to look at"


@pytest.mark.parametrize("path", WEBHOOKS)
def test_every_webhook_asks_for_a_signature_and_reads_nothing_without(
    app: Flask, store: RedisStore, path: str
) -> None:
    response = ask(app, f"http://line.test{path}", signature=None)
    assert response.status_code == 403
    assert store.load(call_key("CA1")).stored == b""
    assert store.counts("2026-03-02") == {}


@pytest.mark.parametrize("header", [b"\xff\xfe", "ৰ".encode(), b"\x00"])
def test_a_signature_that_is_no_text_is_refused(app: Flask, header: bytes) -> None:
    builder = EnvironBuilder(path="/voice", method="POST", data=dict(FORM))
    environ = builder.get_environ()
    environ["HTTP_X_TWILIO_SIGNATURE"] = header.decode("latin-1")
    _, status, _ = run_wsgi_app(app, environ)
    assert status.startswith("403")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("turn=1", id="plain"),
        pytest.param("turn=1&x=%27%2F%20", id="quote, slash and space escaped"),
        pytest.param("turn=1&x=%E0%A6%95", id="Bengali escaped"),
        pytest.param("turn=1&x=a+b", id="a plus"),
        pytest.param("turn=1&x=%ff", id="an escape that is no UTF-8"),
        pytest.param("turn=1&x", id="a name without a value"),
        pytest.param("turn=1&&x=1", id="an empty part"),
        pytest.param("x=1&turn=1", id="another order"),
    ],
)
def test_a_query_is_signed_byte_for_byte(app: Flask, query: str) -> None:
    """Flask's own request.url decodes the query, and such a signature would not fit."""
    url = f"http://line.test/voice/turn/main_menu?{query}"
    assert str(httpx.URL(url)) == url, "the client sends these very bytes"
    assert ask(app, url, signature=sign(TOKEN, url, FORM)).status_code == 200
    changed = url.replace("turn=1", "turn=2")
    assert ask(app, changed, signature=sign(TOKEN, url, FORM)).status_code == 403


@pytest.mark.parametrize(
    ("public_url", "hops", "headers", "signed", "status"),
    [
        pytest.param("https://line.example", 0, {}, "https://line.example", 200, id="public URL"),
        pytest.param("https://line.example", 0, {}, "http://line.test", 403, id="inner URL"),
        pytest.param(
            None,
            1,
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "line.example"},
            "https://line.example",
            200,
            id="one proxy that is trusted",
        ),
        pytest.param(
            None,
            0,
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "line.example"},
            "https://line.example",
            403,
            id="a proxy that is not trusted",
        ),
        pytest.param(
            None,
            1,
            {"X-Forwarded-Host": "evil.example, line.example", "X-Forwarded-Proto": "http, https"},
            "https://line.example",
            200,
            id="what a caller claims before the proxy does not count",
        ),
        pytest.param(
            None,
            1,
            {"X-Forwarded-Host": "evil.example, line.example", "X-Forwarded-Proto": "http, https"},
            "http://evil.example",
            403,
            id="nor can it be signed for",
        ),
        pytest.param(
            None,
            2,
            {
                "X-Forwarded-Host": "evil.example, line.example, inner.example",
                "X-Forwarded-Proto": "http, https, http",
            },
            "https://line.example",
            200,
            id="two proxies that are trusted",
        ),
        pytest.param(
            "https://line.example",
            1,
            {"X-Forwarded-Host": "other.example"},
            "https://line.example",
            200,
            id="the public URL wins over the proxy",
        ),
    ],
)
def test_behind_a_proxy_the_url_is_the_one_that_the_provider_called(  # noqa: PLR0917 - columns
    parts: Parts,
    public_url: str | None,
    hops: int,
    headers: dict[str, str],
    signed: str,
    status: int,
) -> None:
    app = create_app(replace(parts, public_url=public_url, proxy_hops=hops))
    signature = sign(TOKEN, f"{signed}/voice", FORM)
    assert ask(app, signature=signature, headers=headers).status_code == status


def test_a_port_of_the_scheme_may_be_named_or_not(parts: Parts) -> None:
    app = create_app(replace(parts, public_url="https://line.example"))
    signature = sign(TOKEN, "https://line.example:443/voice", FORM)
    assert ask(app, signature=signature).status_code == 200


def test_a_request_line_in_absolute_form_is_read_by_its_path(caller: Caller, app: Flask) -> None:
    assert caller.client is not None
    builder = EnvironBuilder(
        path="/voice",
        method="POST",
        base_url="http://line.test",
        data=dict(FORM),
        headers=[("X-Twilio-Signature", sign(TOKEN, URL, FORM))],
    )
    environ = builder.get_environ()
    environ["RAW_URI"] = environ["REQUEST_URI"] = URL
    _, status, _ = run_wsgi_app(app, environ)
    assert status.startswith("200")
