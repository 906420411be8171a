"""Requests, their signatures, cookies, HTTP redirects and caching are as Twilio's pages say.

https://www.twilio.com/docs/voice/twiml, https://www.twilio.com/docs/usage/security and
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases. What needs a real network
is tested with the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.simulator.phone import Phone
from tests.simulator.conformance import (
    BENGALI,
    CALL_SID,
    EMPTY,
    ORIGIN,
    THANKS,
    TOKEN,
    Answer,
    Application,
    Carrier,
    Case,
    Page,
    Reply,
    case,
    clip,
    hang_up,
    one,
    setup,
    start,
)
from tests.sounds import sound

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

STANDARD = {
    "CallSid": CALL_SID,
    "AccountSid": "AC" + "0" * 32,
    "From": "+919876543210",
    "To": "+12025550100",
    "Caller": "+919876543210",
    "Called": "+12025550100",
    "ApiVersion": "2010-04-01",
    "Direction": "inbound",
    **{
        f"{party}{place}": ""
        for party in ("From", "To", "Caller", "Called")
        for place in ("City", "State", "Zip")
    },
    "FromCountry": "IN",
    "CallerCountry": "IN",
    "ToCountry": "US",
    "CalledCountry": "US",
}
KEY = "<Response><Gather action='/turn' numDigits='1'/><Hangup/></Response>"


def moved(status: int, to: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply("", status, headers={"Location": to} | named)


# Twilio's request parameters: these, with every request of a document; the call rings at first.
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_requests_have_twilios_parameters_and_no_others(method: str) -> None:
    application = Application({"/voice": KEY, "/turn": THANKS})
    chosen = setup(from_number="+919876543210", method=method)
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice", setup=chosen, call_sid=CALL_SID)
        call.start()
        call.press("7")
    first, second = application.asked
    assert (first.method, second.method) == (method, "POST")
    assert first.params == STANDARD | {"CallStatus": "ringing"}
    assert second.params == STANDARD | {
        "CallStatus": "in-progress",
        "Digits": "7",
        "FinishedOnKey": "",
        "msg": "Gather End",
    }
    # By GET all of them are in the query, and there is no form.
    assert bool(first.form) == (method == "POST")
    assert ("?" in first.target) == (method == "GET")


REQUESTS = {
    # --param: further parameters of every request, signed like the others.
    "further parameters": case(
        {"/voice": KEY, "/turn": THANKS},
        "1",
        setup=setup(params={"SipDomain": BENGALI, "ForwardedFrom": "+15005550006"}),
        sent={
            "/voice": {"SipDomain": BENGALI, "ForwardedFrom": "+15005550006"},
            "/turn": {"SipDomain": BENGALI, "Digits": "1"},
        },
    ),
    # The signature is over the exact URL on the wire, its encoded query included; Twilio's own
    # library finds each of these well signed. (Letters beyond ASCII are a bad choice all the same.)
    "a signed query": one(
        THANKS, path="/voice?a=%2F%27&b=1+2&c", targets=["POST /voice?a=%2F%27&b=1+2&c"]
    ),
    "a signed query in Bengali": one(
        THANKS, path="/voice?a=%E0%A6%98", targets=["POST /voice?a=%E0%A6%98"], warnings=[None]
    ),
    "a signed path": case(
        {"/v%20o/i%C3%A9": THANKS},
        path="/v%20o/i%C3%A9",
        targets=["POST /v%20o/i%C3%A9"],
        warnings=[None],
    ),
    "a signed port": case(
        {"/voice": "<Response><Redirect>https://x.test:8443/b</Redirect></Response>", "/b": THANKS},
        heard=["Thanks"],
    ),
    # By GET the parameters come behind the query that is there, which stays as it is; they are no
    # part of the URL of the document.
    "a query before the parameters": case(
        {
            "/voice": "<Response><Gather action='/turn?x=%2F%27' method='GET' numDigits='1'/>"
            "<Hangup/></Response>",
            "/turn": ["<Response><Redirect></Redirect></Response>", THANKS],
        },
        "7",
        each={"/turn": {"x": ["/'", "/'"], "Digits": ["7", None]}},
        heard=["Thanks"],
    ),
    # The fragment is left out of the request and of the signature.
    "a fragment": one(THANKS, path="/voice#rc=2&rp=5xx", targets=["POST /voice"], heard=["Thanks"]),
    # Connection overrides: rp=5xx tries again after a 5xx, rc times; by default it does not.
    "a retry after 5xx": case(
        {"/voice": [Reply("", 503), Reply("", 500), THANKS]},
        path="/voice#rc=2&rp=5xx",
        asked=["POST /voice"] * 3,
        heard=["Thanks"],
    ),
    "no retry after 5xx": case(
        {"/voice": [Reply("", 503), THANKS]},
        asked=["POST /voice"],
        failures=[11200],
        ended="error",
    ),
    # Error 11243: a bad retry policy.
    "a bad retry policy": one(THANKS, path="/voice#rp=6xx", warnings=[11243], heard=["Thanks"]),
}


def counted(request: Request) -> Answer:
    visits = int(request.cookies.get("visits", "0")) + 1
    document = f"<Response><Gather numDigits='1'><Say>{visits}</Say></Gather><Hangup/></Response>"
    return Reply(document, headers={"Set-Cookie": f"visits={visits}; Path=/"})


def cookie(request: Request) -> Answer:
    return f"<Response><Say>{request.cookies.get('name', 'none')}</Say></Response>"


COOKIES = {
    # Cookies are kept and sent back within a call, as a browser does.
    "kept": case({"/voice": counted}, "1 1", heard=["1", "2", "3"]),
    "of an HTTP redirect": case(
        {"/voice": moved(302, "/new", Set_Cookie="name=asha"), "/new": cookie}, heard=["asha"]
    ),
    # An action that is told of the caller's hanging up is a request of the call like others.
    "when the caller hangs up": case(
        {
            "/voice": Reply(
                "<Response><Record action='/done'/></Response>",
                headers={"Set-Cookie": "name=asha; Path=/"},
            ),
            "/done": EMPTY,
        },
        [start(), hang_up()],
        sent={"/done": {"Digits": "hangup"}},
        cookies={"/done": "name=asha"},
    ),
    "forgotten": case(
        {
            "/voice": Reply(
                "<Response><Redirect>/b</Redirect></Response>",
                headers={"Set-Cookie": "name=asha"},
            ),
            "/b": Reply(
                "<Response><Redirect>/c</Redirect></Response>",
                headers={"Set-Cookie": "name=; Max-Age=0"},
            ),
            "/c": cookie,
        },
        heard=["none"],
    ),
    "of another path": case(
        {
            "/voice": Reply(
                "<Response><Redirect>/b</Redirect></Response>",
                headers={"Set-Cookie": "name=asha; Path=/a"},
            ),
            "/b": cookie,
        },
        heard=["none"],
    ),
    "of another host": case(
        {
            "/voice": Reply(
                "<Response><Redirect>http://x.test/b</Redirect></Response>",
                headers={"Set-Cookie": "name=asha; Path=/"},
            ),
            "/b": cookie,
        },
        heard=["none"],
    ),
}


def redirects(hops: int) -> dict[str, Page]:
    pages: dict[str, Page] = {f"/{hop}": moved(302, f"/{hop + 1}") for hop in range(hops)}
    return pages | {f"/{hops}": THANKS}


MOVED = {
    # HTTP redirects: up to 10 are followed. Error 11215: there were more.
    "ten": case(redirects(10), path="/0", heard=["Thanks"]),
    "eleven": case(redirects(11), path="/0", failures=[11215], ended="error"),
    # An absolute Location leads to another host.
    "to another host": case(
        {"/voice": moved(307, "http://x.test/b"), "/b": THANKS}, heard=["Thanks"]
    ),
    # Relative URLs are relative to where the document came from in the end.
    "and relative URLs": case(
        {
            "/voice": moved(302, "/new/voice"),
            "/new/voice": "<Response><Redirect>b</Redirect></Response>",
            "/new/b": THANKS,
        },
        asked=["POST /voice", "GET /new/voice", "POST /new/b"],
    ),
    # A clip may be elsewhere, too.
    "of a clip": case(
        {
            "/voice": "<Response><Play>/a.wav</Play></Response>",
            "/a.wav": moved(301, "/b.wav"),
            "/b.wav": clip("B", 1),
        },
        asked=["POST /voice", "GET /a.wav", "GET /b.wav"],
        heard=["B"],
    ),
    # A 308 on a missing slash loses the call.
    "for ever": case(
        {"/voice": moved(308, "/voice/"), "/voice/": THANKS}, failures=[11200], ended="error"
    ),
}


# An action that answers 3xx is followed, as a browser would; Digits is not sent again.
@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST")]
)
def test_an_http_redirect_is_followed_without_digits(status: int, method: str) -> None:
    placed = case(
        {"/voice": KEY, "/turn": moved(status, "/new?a=1"), "/new": THANKS},
        "5",
        asked=["POST /voice", "POST /turn", f"{method} /new"],
        sent={
            "/turn": {"Digits": "5"},
            "/new": {
                "a": "1",
                "CallSid": CALL_SID,
                "Digits": None,
                "FinishedOnKey": None,
                "msg": None,
            },
        },
        heard=["Thanks"],
    )
    assert placed.seen() == placed.expected()


def unless_changed(header: str, value: str, **headers: str) -> Page:
    """A clip that answers 304 to whoever has it."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}

    def answer(request: Request) -> Answer:
        if request.headers.get(header) == value:
            return Reply("", 304, None, named)
        return Reply(sound("A", 1), type="audio/wav", headers=named)

    return answer


TWICE = "<Response><Play>/a.wav</Play><Play>/a.wav</Play></Response>"
KEPT = {
    # Cache-Control max-age is honoured: the copy is used until it is that old.
    "max-age": case(
        {"/voice": TWICE, "/a.wav": clip("A", 1, Cache_Control="public, max-age=3600")},
        asked=["POST /voice", "GET /a.wav"],
        heard=["A", "A"],
    ),
    # ETag and Last-Modified: asked for again with them; after a 304 the copy is used.
    "ETag": case(
        {"/voice": TWICE, "/a.wav": unless_changed("If-None-Match", '"1"', ETag='"1"')},
        asked=["POST /voice", "GET /a.wav", "GET /a.wav"],
        heard=["A", "A"],
    ),
    "Last-Modified": case(
        {
            "/voice": TWICE,
            "/a.wav": unless_changed(
                "If-Modified-Since",
                "Wed, 01 Jan 2025 00:00:00 GMT",
                Last_Modified="Wed, 01 Jan 2025 00:00:00 GMT",
            ),
        },
        asked=["POST /voice", "GET /a.wav", "GET /a.wav"],
        heard=["A", "A"],
    ),
    # Cache-Control no-cache: asks each time; a 304 lets it use its copy.
    "no-cache": case(
        {
            "/voice": TWICE,
            "/a.wav": unless_changed(
                "If-None-Match", '"1"', ETag='"1"', Cache_Control="no-cache, max-age=60"
            ),
        },
        asked=["POST /voice", "GET /a.wav", "GET /a.wav"],
        heard=["A", "A"],
    ),
    "no-store": case(
        {"/voice": TWICE, "/a.wav": [clip("A", 1, Cache_Control="no-store"), clip("B", 1)]},
        heard=["A", "B"],
    ),
    # Only what has headers for it is cached.
    "nothing said": case(
        {"/voice": TWICE, "/a.wav": [clip("A", 1), clip("B", 1)]}, heard=["A", "B"]
    ),
    # To change a clip, change its name: the query counts.
    "another name": case(
        {
            "/voice": "<Response><Play>/a.wav?1</Play><Play>/a.wav?2</Play></Response>",
            "/a.wav": clip("A", 1, Cache_Control="max-age=3600"),
        },
        asked=["POST /voice", "GET /a.wav", "GET /a.wav"],
    ),
    # Documents that are asked for by GET are cached in the same way …
    "a document by GET": case(
        {
            "/voice": "<Response><Redirect method='GET'>/b</Redirect></Response>",
            "/b": [
                Reply(
                    "<Response><Gather numDigits='1' method='GET' action='/c'/><Hangup/>"
                    "</Response>",
                    headers={"Cache-Control": "max-age=3600"},
                ),
                THANKS,
            ],
            "/c": "<Response><Redirect method='GET'>/b</Redirect></Response>",
        },
        "1 2",
        asked=["POST /voice", "GET /b", "GET /c", "GET /c"],
    ),
    # … by POST never.
    "a document by POST": case(
        {
            "/voice": [
                Reply(
                    "<Response><Redirect>/voice?2</Redirect></Response>",
                    headers={"Cache-Control": "max-age=3600"},
                ),
                THANKS,
            ]
        },
        path="/voice?2",
        asked=["POST /voice", "POST /voice"],
        heard=["Thanks"],
        warnings=[None],
    ),
}


TABLES = {"request": REQUESTS, "cookie": COOKIES, "moved": MOVED, "kept": KEPT}
CASES = {
    f"{table}: {name}": each for table, cases in TABLES.items() for name, each in cases.items()
}


@pytest.mark.parametrize("placed", CASES.values(), ids=CASES.keys())
def test_the_line_is_asked_as_twilio_asks(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# Cookies are a call's own: another call begins without them.
def test_cookies_are_not_shared_between_calls() -> None:
    application = Application({"/voice": counted})
    with Phone(Carrier(application), TOKEN) as phone:
        for _ in range(2):
            call = phone.call(f"{ORIGIN}/voice")
            call.start()
            call.press("1")
            call.hang_up()
            assert call.heard == ["1", "2"]


# Twilio's proxies keep a clip for all calls.
def test_clips_are_kept_between_calls() -> None:
    application = Application({"/voice": TWICE, "/a.wav": clip("A", 1, Cache_Control="max-age=99")})
    with Phone(Carrier(application), TOKEN) as phone:
        for _ in range(2):
            call = phone.call(f"{ORIGIN}/voice")
            call.start()
            assert call.heard == ["A", "A"]
    assert [asked.path for asked in application.asked] == ["/voice", "/a.wav", "/voice"]


# A request that is not signed with the application's token must get a 403, and Twilio says 11200.
def test_a_wrong_token_is_told_as_such() -> None:
    application = Application({"/voice": THANKS})
    with Phone(Carrier(application), "another") as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
    assert [asked.is_signed for asked in application.asked] == [False]
    assert [failed.code for failed in call.failures] == [11200]
    assert "403" in call.failures[0].message
    assert "auth token" in call.failures[0].message
    assert call.ended == "error"


# Error 11100: an absolute http or https URL is needed.
@pytest.mark.parametrize("url", ["", "/voice", "line.test/voice", "ftp://line.test", "http://"])
def test_what_is_no_url_cannot_be_rung(url: str) -> None:
    with Phone(Carrier(Application({})), TOKEN) as phone:
        call = phone.call(url)
        call.start()
    assert [failed.code for failed in call.failures] == [11100]
    assert call.ended == "error"
