"""Whom a Dial calls hears and is told of what Twilio's pages of the nouns say, case by case.

https://www.twilio.com/docs/voice/twiml/number, …/queue and their kin. Each rule stands above its
cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.events import Heard
from ivr.simulator.phone import Phone
from ivr.simulator.transcript import told
from ivr.simulator.verbs.dialing import RING_SECONDS, TALK_SECONDS
from tests.simulator.conformance import (
    CALL_SID,
    EMPTY,
    NO_HTTP,
    ONE_SECOND,
    ORIGIN,
    THANKS,
    TOKEN,
    Application,
    Carrier,
    Case,
    case,
    hang_up,
    one,
    press,
    setup,
    start,
)

FROM = "+15005550006"
TO = "+12025550177"
SCREENED = f"<Response><Dial action='/dialed'><Number url='/ask'>{TO}</Number></Dial></Response>"
QUEUED = "<Response><Dial action='/dialed'><Queue url='/ask'>support</Queue></Dial></Response>"
ASK = """<Response><Gather numDigits="1" action="/accept"><Say>Press 1 to accept</Say></Gather>
    <Hangup/></Response>"""
WHISPER = f"<Response><Say>{ONE_SECOND}</Say></Response>"
TOLD = "statusCallback='/status'"
MISTOLD = f"statusCallback='{NO_HTTP}'"
ALL_EVENTS = "statusCallbackEvent='initiated ringing answered completed'"

CALLEES = {
    # Number, url: carried out on the leg of the one who answered, with the parameters of that leg.
    "url is asked on the other leg": case(
        {"/voice": SCREENED, "/ask": EMPTY, "/dialed": EMPTY},
        asked=["POST /voice", "POST /ask", "POST /dialed"],
        sent={
            "/ask": {
                "ParentCallSid": CALL_SID,
                "Direction": "outbound-dial",
                "CallStatus": "in-progress",
                "To": TO,
                "Called": TO,
                "From": FROM,
            },
            "/dialed": {"DialBridged": "true", "ParentCallSid": None, "Direction": "inbound"},
        },
    ),
    # callerId: the number that the one who is called sees; the caller's own by default.
    "another number is seen": case(
        {
            "/voice": f"<Response><Dial callerId='+12025550123'><Number url='/ask'>{TO}</Number>"
            "</Dial></Response>",
            "/ask": EMPTY,
        },
        sent={
            "/ask": {"From": "+12025550123", "Caller": "+12025550123", "To": TO},
            "/voice": {"From": FROM},
        },
    ),
    # DialCallDuration: of the leg that was called, which heard its document before they talked.
    "the document of the one who answered takes a second": case(
        {"/voice": SCREENED, "/ask": WHISPER, "/dialed": EMPTY},
        sent={"/dialed": {"DialCallDuration": f"{TALK_SECONDS + 1:.0f}"}},
        talked=[TALK_SECONDS],
        seconds=RING_SECONDS + 1 + TALK_SECONDS,
    ),
    "the caller hangs up while it is heard": case(
        {
            "/voice": SCREENED,
            "/ask": "<Response><Pause length='9'/></Response>",
            "/dialed": EMPTY,
        },
        [start(RING_SECONDS + 3), hang_up()],
        sent={
            "/dialed": {
                "DialCallStatus": "completed",
                "DialBridged": "false",
                "DialCallDuration": "3",
            }
        },
        talked=[0],
        ended="caller",
    ),
    # Number, url: when its document ends without Hangup, the two are connected.
    "who accepts is connected": case(
        {"/voice": SCREENED, "/ask": ASK, "/accept": THANKS, "/dialed": EMPTY},
        [start(), press("1")],
        asked=["POST /voice", "POST /ask", "POST /accept", "POST /dialed"],
        sent={
            "/accept": {"Digits": "1", "ParentCallSid": CALL_SID},
            "/dialed": {"DialCallStatus": "completed", "DialBridged": "true"},
        },
    ),
    # Number, url: Hangup there ends that leg only, completed but not bridged; the caller goes on.
    "who does not accept is not connected": case(
        {"/voice": SCREENED, "/ask": ASK, "/dialed": THANKS},
        "silence",
        asked=["POST /voice", "POST /ask", "POST /dialed"],
        sent={"/dialed": {"DialCallStatus": "completed", "DialBridged": "false"}},
        heard=["Thanks"],
        ended="document",
    ),
    "who hangs up in the document of the url": case(
        {
            "/voice": SCREENED,
            "/ask": f"<Response><Say>{ONE_SECOND}</Say><Hangup/></Response>",
            "/dialed": EMPTY,
        },
        sent={"/dialed": {"DialCallDuration": "1", "DialBridged": "false"}},
        talked=[0],
    ),
    # Queue, url: heard by the one who waited, before the two talk: Play, Say, Pause and Redirect.
    # Error 12200: another verb there.
    "url of a Queue": case(
        {
            "/voice": QUEUED,
            "/ask": "<Response><Pause length='3'/><Redirect>/more</Redirect></Response>",
            "/more": WHISPER,
            "/dialed": EMPTY,
        },
        asked=["POST /voice", "POST /ask", "POST /more", "POST /dialed"],
        sent={"/ask": {"QueueTime": "0", "DequeingCallSid": CALL_SID}},
        dialed=[(("support",), "completed")],
        talked=[TALK_SECONDS],
    ),
    "url of a Queue with verbs that it cannot have": case(
        {
            "/voice": QUEUED,
            "/ask": "<Response><Gather numDigits='1'/><Hangup/></Response>",
            "/dialed": EMPTY,
        },
        warnings=[12200, 12200],
        sent={"/dialed": {"DialBridged": "true"}},
        seconds=RING_SECONDS + TALK_SECONDS,
    ),
    # Relative URLs are those of the document that the Dial stands in, not of the noun's.
    "URLs after the url": case(
        {
            "/a/voice": f"<Response><Dial><Number url='/b/ask'>{TO}</Number></Dial>"
            "<Redirect>next</Redirect></Response>",
            "/b/ask": "<Response><Say>Press 1</Say></Response>",
            "/a/next": THANKS,
        },
        path="/a/voice",
        asked=["POST /a/voice", "POST /b/ask", "POST /a/next"],
        heard=["Thanks"],
    ),
    "url by GET, on a SIP address": case(
        {
            "/voice": "<Response><Dial><Sip url='/ask' method='GET'>sip:a@example.org</Sip></Dial>"
            "</Response>",
            "/ask": EMPTY,
        },
        asked=["POST /voice", "GET /ask"],
    ),
    # Error 13201: Dial must not stand in the document of a dialled leg; an error.
    "Dial inside": case(
        {
            "/voice": SCREENED,
            "/ask": f"<Response><Dial>{TO}</Dial></Response>",
            "/dialed": EMPTY,
        },
        failures=[13201],
        dialed=[((TO,), "completed")],
    ),
    # Number, statusCallbackEvent: completed by default.
    "told of the end": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD}>{TO}</Number></Dial></Response>",
            "/status": EMPTY,
        },
        asked=["POST /voice", "POST /status"],
        sent={
            "/status": {
                "CallStatus": "completed",
                "CallDuration": f"{TALK_SECONDS:.0f}",
                "CallbackSource": "call-progress-events",
                "ParentCallSid": CALL_SID,
                "Direction": "outbound-dial",
                "To": TO,
            }
        },
    ),
    # statusCallbackEvent: initiated, ringing, answered (then it is in-progress) and completed;
    # SequenceNumber counts them from 0, Timestamp is the moment of each.
    "told of everything": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD} {ALL_EVENTS}>{TO}</Number></Dial>"
            "</Response>",
            "/status": EMPTY,
        },
        each={
            "/status": {
                "CallStatus": ["initiated", "ringing", "in-progress", "completed"],
                "SequenceNumber": ["0", "1", "2", "3"],
            }
        },
    ),
    "told of the beginning, though nobody answers": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD} {ALL_EVENTS}>{TO}</Number></Dial>"
            "</Response>",
            "/status": EMPTY,
        },
        setup=setup(dial_outcomes=("no-answer",)),
        each={"/status": {"CallStatus": ["initiated", "ringing", "no-answer"]}},
    ),
    "told of each at its moment": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD} statusCallbackEvent='initiated completed'>"
            f"{TO}</Number></Dial></Response>",
            "/status": EMPTY,
        },
        each={
            "/status": {
                "Timestamp": [
                    "Thu, 02 Jan 2025 03:04:05 +0000",
                    "Thu, 02 Jan 2025 03:04:29 +0000",
                ],
            }
        },
    ),
    # SequenceNumber: the order of the events that are told; completed alone has 0, as in requests
    # that Twilio really sent.
    "the only one told is the first": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD}>{TO}</Number></Dial></Response>",
            "/status": EMPTY,
        },
        sent={"/status": {"CallStatus": "completed", "SequenceNumber": "0"}},
    ),
    # completed: the call has ended, whatever the reason.
    "told of the end, though the caller hangs up": case(
        {
            "/voice": f"<Response><Dial><Number {TOLD}>{TO}</Number></Dial></Response>",
            "/status": EMPTY,
        },
        [start(RING_SECONDS + 5), hang_up()],
        asked=["POST /voice", "POST /status"],
    ),
    # Error 11100: the URL of a callback, which is told of the call and does not steer it, is none.
    "told to no URL": one(
        f"<Response><Dial><Number {MISTOLD}>{TO}</Number></Dial><Say>Next</Say></Response>",
        setup=setup(fallback_url="/fallback"),
        asked=["POST /voice"],
        failures=[11100],
        heard=["Next"],
        ended="document",
    ),
    "told to no URL, and the caller hangs up": case(
        {
            "/voice": f"<Response><Dial action='/dialed'><Number {MISTOLD}>{TO}</Number></Dial>"
            "</Response>",
            "/dialed": EMPTY,
        },
        [start(RING_SECONDS + 2), hang_up()],
        setup=setup(fallback_url="/fallback"),
        asked=["POST /voice", "POST /dialed"],
        sent={"/dialed": {"DialCallStatus": "completed", "CallStatus": "completed"}},
        events=["Failed", "Dialed", "Ended"],
        failures=[11100],
        ended="caller",
    ),
    "told by GET": case(
        {
            "/voice": f"<Response><Dial><Client {TOLD} statusCallbackMethod='GET'>a</Client></Dial>"
            "</Response>",
            "/status": EMPTY,
        },
        setup=setup(dial_outcomes=("busy",)),
        asked=["POST /voice", "GET /status"],
        sent={"/status": {"CallStatus": "busy"}},
    ),
}


@pytest.mark.parametrize("placed", CALLEES.values(), ids=CALLEES.keys())
def test_who_is_called_is_treated_as_with_twilio(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# Queue, url: QueueSid names the queue.
def test_who_is_taken_out_of_a_queue_is_told_of_it() -> None:
    application = Application({"/voice": QUEUED, "/ask": WHISPER, "/dialed": EMPTY})
    with Phone(Carrier(application), TOKEN) as phone:
        phone.call(f"{ORIGIN}/voice").start()
    sid = application.forms("/ask")[0]["QueueSid"]
    assert len(sid) == 34
    assert sid.startswith("QU")


# Number, url: it is the one who answers who hears it, not the caller.
def test_what_the_other_leg_hears_is_told_as_theirs() -> None:
    pages = {"/voice": SCREENED, "/ask": WHISPER, "/dialed": THANKS}
    with Phone(Carrier(Application(pages)), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
    heard = [(event.to, event.words) for event in call.events if isinstance(event, Heard)]
    assert heard == [(TO, ONE_SECOND), (None, "Thanks")]
    assert call.heard == ["Thanks"]
    assert [line.partition("line")[2].strip() for line in told(call.events)] == [
        f"(to {TO}) (Say) {ONE_SECOND}",
        f"(dials {TO}: completed)",
        "(Say) Thanks",
    ]


# DialCallSid: of the call that was placed, which asked the document of its noun.
def test_a_dial_tells_the_sid_of_the_other_leg() -> None:
    application = Application({"/voice": SCREENED, "/ask": EMPTY, "/dialed": EMPTY})
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
    asked, dialed = application.forms("/ask")[0], application.forms("/dialed")[0]
    assert asked["CallSid"] == dialed["DialCallSid"]
    assert asked["CallSid"] != dialed["CallSid"] == call.party.call_sid
