"""Answers, documents, the fallback, status callbacks and limits are as Twilio's pages say.

https://www.twilio.com/docs/voice/twiml, …/docs/usage/security/availability-reliability (fallback)
and …/docs/voice/api/call-resource (status callback); the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.http.sending import MAX_CLIP_BYTES
from ivr.simulator.phone import Phone
from tests.simulator.conformance import (
    BENGALI,
    CALL_SID,
    EMPTY,
    NO_HTTP,
    ORIGIN,
    THANKS,
    TOKEN,
    Application,
    Carrier,
    Case,
    Reply,
    case,
    clip,
    hang_up,
    one,
    press,
    record,
    setup,
    start,
    wait,
)
from tests.sounds import sound

KEY = "<Response><Gather action='/turn' numDigits='1'/><Hangup/></Response>"
TWICE = "<Response><Play>/a.wav</Play><Play>/a.wav</Play></Response>"
UNENDING = (
    "<Response><Gather action='/turn' numDigits='1' timeout='999999999'/><Hangup/></Response>"
)


def of_size(count: int) -> str:
    """A document of so many bytes."""
    start, end = "<Response><Say>Hello</Say><!--", "--></Response>"
    return start + "a" * (count - len(start) - len(end)) + end


TYPES = {
    # text/xml, application/xml and text/html are TwiML.
    "text/xml": one(Reply(THANKS, type="text/xml"), heard=["Thanks"]),
    "text/xml with a charset": one(Reply(THANKS, type="Text/XML; charset=utf-8"), heard=["Thanks"]),
    "application/xml": one(Reply(THANKS, type="application/xml"), heard=["Thanks"]),
    "text/html": one(Reply(THANKS, type="text/html; charset=utf-8"), heard=["Thanks"]),
    # text/plain is TwiML if it is valid TwiML; otherwise it is read out, then the call ends.
    "text/plain, TwiML": one(Reply(THANKS, type="text/plain"), heard=["Thanks"]),
    "text/plain, text": one(
        Reply("Hello & bye", type="text/plain"), heard=["Hello & bye"], ended="document"
    ),
    "text/plain, other XML": one(
        Reply("<p>Hello</p>", type="text/plain"), heard=["<p>Hello</p>"], ended="document"
    ),
    # Error 13521: a Say of the basic voices has 4096 characters at most; a warning.
    "text/plain, text of 4096 letters": one(
        Reply("a" * 4096, type="text/plain"), heard=["a" * 4096], ended="document"
    ),
    "text/plain, text of 4097 letters": one(
        Reply("a" * 4097, type="text/plain"), heard=[], warnings=[13521], ended="document"
    ),
    # audio/* is played, then the call ends.
    "audio/wav": one(clip("Hello", 2), heard=["Hello"], seconds=2, ended="document"),
    "audio/mpeg": one(
        Reply(sound("", 1, "MP3"), type="audio/mpeg"),
        events=["Played", "Heard", "Ended"],
        ended="document",
    ),
    "audio of more than 64 kB": one(clip("Hello", 20), seconds=20),
    # Error 12300: any other type.
    "JSON": one(Reply("{}", type="application/json"), failures=[12300], ended="error"),
    "a picture": one(Reply(b"\x89PNG", type="image/png"), failures=[12300], ended="error"),
    "no type": one(Reply(THANKS, type=None), failures=[12300], ended="error"),
    # Error 13420: a type of audio that Twilio does not play.
    "audio/ogg": one(Reply(b"OggS", type="audio/ogg"), failures=[13420], ended="error"),
    # Error 11750: over 64 kB.
    "64 kB": one(of_size(65_536), heard=["Hello"], ended="document"),
    "64 kB and a byte": one(of_size(65_537), failures=[11750], heard=[], ended="error"),
    # Error 11770: an empty body.
    "nothing": one("", failures=[11770], ended="error"),
    "nothing of another type": one(Reply("", type="image/png"), failures=[11770], ended="error"),
    # Error 11200: any 4xx or 5xx, whatever its body; it is not tried again.
    "400": one(Reply(THANKS, 400), asked=["POST /voice"], failures=[11200], ended="error"),
    "403": one(Reply(THANKS, 403), failures=[11200], ended="error"),
    "404": one(Reply(THANKS, 404), failures=[11200], ended="error"),
    "405": one(Reply(THANKS, 405), failures=[11200], ended="error"),
    "429": one(Reply(THANKS, 429), asked=["POST /voice"], failures=[11200], ended="error"),
    "500": one(Reply(THANKS, 500), asked=["POST /voice"], failures=[11200], ended="error"),
    "502": one(Reply(THANKS, 502), failures=[11200], ended="error"),
    # 2xx: the status does not matter otherwise.
    "201": one(Reply(THANKS, 201), heard=["Thanks"]),
}

DOCUMENTS = {
    # Error 12100: the document cannot be parsed.
    "no XML": one("Hello", failures=[12100], ended="error"),
    "an element that is not closed": one("<Response><Say>Hi</Response>", failures=[12100]),
    "an ampersand": one("<Response><Say>Tom & Jerry</Say></Response>", failures=[12100]),
    "an unknown entity": one("<Response><Say>&nbsp;</Say></Response>", failures=[12100]),
    "two roots": one("<Response/><Response/>", failures=[12100]),
    "a line before the declaration": one(
        '\n<?xml version="1.0" encoding="UTF-8"?><Response/>', failures=[12100]
    ),
    "letters that are not UTF-8": one(
        Reply(b"<Response><Say>\xe9</Say></Response>"), failures=[12100]
    ),
    "a document type": one("<!DOCTYPE Response><Response/>", failures=[12100], ended="error"),
    # Error 12102: the root is not Response; names are case-sensitive.
    "a page": one(Reply("<html><body/></html>", type="text/html"), failures=[12102], ended="error"),
    "another root": one("<Say>Hello</Say>", failures=[12102], ended="error"),
    "a root in small letters": one("<response/>", failures=[12102], ended="error"),
    # XML has many forms: all of these are TwiML.
    "a declaration": one(
        "<?xml version='1.0' encoding='UTF-8'?>\n<Response>\n\t<Say>Hello</Say>\n</Response>\n",
        heard=["Hello"],
    ),
    "a byte order mark": one(
        Reply("\ufeff<Response><Say>Hello</Say></Response>".encode()), heard=["Hello"]
    ),
    "another encoding": one(
        Reply(
            b'<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>caf\xe9</Say></Response>'
        ),
        heard=["caf\xe9"],
    ),
    "Bengali": one(
        f"<Response><Say language='bn-IN' voice='Google.bn-IN-Standard-A'>{BENGALI}</Say>"
        "</Response>",
        heard=[BENGALI],
    ),
    "Bengali as references": one(
        "<Response><Say language='bn-IN' voice='Google.bn-IN-Standard-A'>&#x998;&#2480;</Say>"
        "</Response>",
        heard=["\u0998\u09b0"],
    ),
    "instructions and comments": one(
        "<?xml version='1.0'?><?pi x?><!-- a --><Response><!-- b --><Say>Hello</Say></Response>",
        heard=["Hello"],
    ),
    "the place of a schema": one(
        '<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="TwiML.xsd"><Say>Hello</Say></Response>',
        heard=["Hello"],
    ),
}

FALLBACK = setup(fallback_url="/fallback")
FALLBACKS = {
    # The fallback URL is asked when a document cannot be had or carried out; it gets ErrorCode and
    # ErrorUrl besides the usual parameters, and the call goes on with its answer.
    "the first document": case(
        {"/a/fallback": THANKS},
        path="/a/voice",
        setup=setup(fallback_url="fallback"),
        asked=["POST /a/voice", "POST /a/fallback"],
        sent={
            "/a/fallback": {
                "ErrorCode": "11200",
                "ErrorUrl": f"{ORIGIN}/a/voice",
                "CallSid": CALL_SID,
                "CallStatus": "ringing",
            }
        },
        failures=[11200],
        heard=["Thanks"],
        ended="document",
    ),
    "a later document": case(
        {"/voice": KEY, "/turn": "<html/>", "/fallback": THANKS},
        "5",
        setup=FALLBACK,
        sent={
            "/fallback": {
                "ErrorCode": "12102",
                "ErrorUrl": f"{ORIGIN}/turn",
                "Digits": None,
                "CallStatus": "in-progress",
            }
        },
        failures=[12102],
        heard=["Thanks"],
    ),
    "a document that cannot be parsed": case(
        {"/voice": "<Response>", "/fallback": THANKS},
        setup=FALLBACK,
        # CallStatus: a call rings until there is a document that can be carried out.
        sent={"/fallback": {"ErrorCode": "12100", "CallStatus": "ringing"}},
        failures=[12100],
    ),
    "a document of a wrong type": case(
        {"/voice": Reply("{}", type="application/json"), "/fallback": THANKS},
        setup=FALLBACK,
        sent={"/fallback": {"ErrorCode": "12300"}},
        failures=[12300],
    ),
    "an empty document": case(
        {"/voice": "", "/fallback": THANKS},
        setup=FALLBACK,
        sent={"/fallback": {"ErrorCode": "11770"}},
        failures=[11770],
    ),
    "a document that is too large": case(
        {"/voice": of_size(70_000), "/fallback": THANKS},
        setup=FALLBACK,
        sent={"/fallback": {"ErrorCode": "11750"}},
        failures=[11750],
    ),
    # A fallback document that goes on is a document like any other.
    "it goes on": case(
        {
            "/voice": Reply("", 500),
            "/fallback": "<Response><Gather numDigits='1' action='/turn'/><Hangup/></Response>",
            "/turn": THANKS,
        },
        "5",
        setup=FALLBACK,
        sent={"/turn": {"Digits": "5", "ErrorCode": None}},
        failures=[11200],
        heard=["Thanks"],
    ),
    # When the fallback fails, too, nothing is left: the call ends.
    "it fails, too": case(
        {"/voice": Reply("", 500)},
        setup=FALLBACK,
        asked=["POST /voice", "POST /fallback"],
        failures=[11200, 11200],
        ended="error",
    ),
    # Where it leads is a document of the call like others: if that fails, the fallback is asked.
    "it leads to what is not there": case(
        {"/voice": Reply("", 500), "/fallback": "<Response><Redirect>/no</Redirect></Response>"},
        setup=setup(fallback_url="/fallback", max_documents=5),
        asked=["POST /voice", *["POST /fallback", "POST /no"] * 2],
        failures=[11200, 11200, 11200, None],
        ended="limit",
    ),
    # Error 11100: the fallback URL is none; which matters when it is needed.
    "it is no URL, and not needed": one(
        THANKS, setup=setup(fallback_url=NO_HTTP), heard=["Thanks"], ended="document"
    ),
    "it is no URL": one(
        Reply("", 500), setup=setup(fallback_url=NO_HTTP), failures=[11200, 11100], ended="error"
    ),
    # A warning, or an audio file that cannot be had, does not lead there: the call goes on.
    "a warning does not lead there": case(
        {"/voice": "<Response><Shout/></Response>", "/fallback": THANKS},
        setup=FALLBACK,
        asked=["POST /voice"],
        warnings=[12200],
    ),
    "a clip does not lead there": case(
        {"/voice": "<Response><Play>/no.wav</Play></Response>", "/fallback": THANKS},
        setup=FALLBACK,
        asked=["POST /voice", "GET /no.wav"],
        failures=[11200],
        ended="document",
    ),
}

CALLED_BACK = setup(status_callback="/status")
PAUSE = "<Response><Pause length='70'/></Response>"
CALLBACKS = {
    # The status callback, when the call has ended: CallDuration in seconds, Duration in begun
    # minutes, Timestamp by RFC 2822, CallbackSource and SequenceNumber besides the usual ones.
    "of a call": case(
        {"/voice": PAUSE, "/status": Reply("", 204, None)},
        setup=CALLED_BACK,
        asked=["POST /voice", "POST /status"],
        sent={
            "/status": {
                "CallSid": CALL_SID,
                "From": "+15005550006",
                "CallStatus": "completed",
                "CallDuration": "70",
                "Duration": "2",
                "Timestamp": "Thu, 02 Jan 2025 03:05:15 +0000",
                "CallbackSource": "call-progress-events",
                "SequenceNumber": "0",
            }
        },
    ),
    "of a caller who hangs up": case(
        {"/voice": PAUSE, "/status": EMPTY},
        [start(30), hang_up()],
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "completed", "CallDuration": "30", "Duration": "1"}},
        ended="caller",
    ),
    # Status callbacks do not steer the call: what they answer is not carried out.
    "its answer is not heard": case(
        {"/voice": EMPTY, "/status": THANKS}, setup=CALLED_BACK, heard=[], ended="document"
    ),
    "it fails": case({"/voice": EMPTY}, setup=CALLED_BACK, failures=[11200], ended="document"),
    "it is no URL": case(
        {"/voice": EMPTY},
        setup=setup(status_callback=NO_HTTP),
        failures=[11100],
        ended="document",
    ),
}

LIMITS = {
    # Dial, timeLimit: four hours, which no call lasts longer than.
    "four hours": one(
        "<Response><Pause length='14400'/></Response>", seconds=14_400, ended="document"
    ),
    "longer than four hours": one(
        "<Response><Pause length='14401'/><Say>never</Say></Response>",
        seconds=14_400,
        heard=[],
        failures=[None],
        ended="limit",
    ),
    "four hours of turns": one(
        "<Response><Gather timeout='9000'/><Gather timeout='9000'/><Hangup/></Response>",
        [start(), wait(), wait()],
        seconds=14_400,
        failures=[None],
        ended="limit",
    ),
    "four hours of waiting": one(
        UNENDING, [start(), wait(20_000)], seconds=14_400, failures=[None], ended="limit"
    ),
    "a key after hours of waiting": case(
        {"/voice": UNENDING, "/turn": THANKS},
        [start(), wait(10_000), press("1")],
        sent={"/turn": {"Digits": "1"}},
        at={"Pressed": 10_000.5},
        ended="document",
    ),
    "a key when the four hours are over": one(
        UNENDING,
        [start(), wait(14_399.75), press("1")],
        events=["Gathering", "Failed", "Ended"],
        seconds=14_400,
        failures=[None],
        ended="limit",
    ),
    "a voice of four hours to which nobody listens": one(
        UNENDING, [start(), record(14_400)], seconds=14_400, failures=[None], ended="limit"
    ),
    "a voice of four hours in a queue": one(
        "<Response><Enqueue>support</Enqueue></Response>",
        [start(), wait(1), record(14_400)],
        seconds=14_400,
        failures=[None],
        ended="limit",
    ),
    # --max-turns counts documents.
    "as many documents as may be": case(
        {"/voice": KEY, "/turn": KEY},
        "1 1",
        setup=setup(max_documents=3),
        asked=["POST /voice", "POST /turn", "POST /turn"],
        ended="caller",
    ),
    "one document too many": case(
        {"/voice": KEY, "/turn": KEY},
        "1 1 1",
        setup=setup(max_documents=3),
        asked=["POST /voice", "POST /turn", "POST /turn"],
        failures=[None],
        ended="limit",
    ),
    "clips are no documents": case(
        {"/voice": TWICE, "/a.wav": clip("A", 1)}, setup=setup(max_documents=1), heard=["A", "A"]
    ),
    # Play: a file over 40 MB is not played.
    "a clip that is too large": case(
        {
            "/voice": "<Response><Play>/a.wav</Play><Say>After</Say></Response>",
            "/a.wav": Reply(bytes(MAX_CLIP_BYTES + 1), type="audio/wav"),
        },
        failures=[11200],
        heard=["After"],
    ),
}

TABLES = {
    "answer": TYPES,
    "document": DOCUMENTS,
    "fallback": FALLBACKS,
    "callback": CALLBACKS,
    "limit": LIMITS,
}
CASES = {
    f"{table}: {name}": each for table, cases in TABLES.items() for name, each in cases.items()
}


@pytest.mark.parametrize("placed", CASES.values(), ids=CASES.keys())
def test_an_answer_leads_where_twilio_goes(placed: Case) -> None:
    assert placed.seen() == placed.expected()


def test_a_fallback_that_is_no_url_is_told_as_such() -> None:
    with Phone(Carrier(Application({})), TOKEN, setup(fallback_url=NO_HTTP)) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
    assert [NO_HTTP in failed.message for failed in call.failures] == [False, True]
    assert call.failures[1].message.startswith("the fallback URL: ")
