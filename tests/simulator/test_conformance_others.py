"""Sms, Redirect, Hangup, Reject and all other verbs do what Twilio's pages say.

Each has its page under https://www.twilio.com/docs/voice/twiml; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from tests.simulator.conformance import (
    CALL_SID,
    EMPTY,
    NO_HTTP,
    ORIGIN,
    THANKS,
    Case,
    case,
    one,
    setup,
)

CALLED_BACK = setup(status_callback="/status")
SMS_OUT = "<Response><Sms action='/sent'>Hello</Sms></Response>"
REJECT = "<Response><Reject reason='busy'/></Response>"

CASES = {
    # Redirect: by POST; relative to the document's own URL; its query is kept.
    "Redirect": case(
        {
            "/a/voice": "<Response><Redirect>../b?n=1&amp;m=2</Redirect></Response>",
            "/b": THANKS,
        },
        path="/a/voice",
        targets=["POST /a/voice", "POST /b?n=1&m=2"],
        sent={"/b": {"CallSid": CALL_SID, "CallStatus": "in-progress", "n": "1"}},
        heard=["Thanks"],
    ),
    "Redirect by GET": case(
        {"/voice": "<Response><Redirect method='GET'>/b</Redirect></Response>", "/b": THANKS},
        asked=["POST /voice", "GET /b"],
    ),
    "Redirect to an absolute URL": case(
        {"/voice": f"<Response><Redirect>{ORIGIN}/b</Redirect></Response>", "/b": THANKS},
        asked=["POST /voice", "POST /b"],
    ),
    "Redirect with white space around the URL": case(
        {"/voice": "<Response><Redirect>\n    /b\n  </Redirect></Response>", "/b": THANKS},
        asked=["POST /voice", "POST /b"],
    ),
    # Redirect: what the caller pressed is not sent along.
    "Redirect has no digits": case(
        {
            "/voice": "<Response><Gather action='/turn' numDigits='1'/><Hangup/></Response>",
            "/turn": "<Response><Redirect>/b</Redirect></Response>",
            "/b": THANKS,
        },
        "5",
        sent={"/turn": {"Digits": "5"}, "/b": {"Digits": None, "msg": None}},
    ),
    # Redirect: the verbs after it are never reached.
    "verbs after Redirect": case(
        {"/voice": "<Response><Redirect>/b</Redirect><Say>never</Say></Response>", "/b": EMPTY},
        heard=[],
        warnings=[None],
    ),
    # Error 13710: a bad method of Redirect; the default stands.
    "Redirect by a bad method": case(
        {"/voice": "<Response><Redirect method='PUT'>/b</Redirect></Response>", "/b": THANKS},
        asked=["POST /voice", "POST /b"],
        warnings=[13710],
    ),
    # Error 11100: not a URL; there is nothing to go on with.
    "Redirect to no URL": one(
        "<Response><Redirect>tel:+15005550006</Redirect></Response>",
        failures=[11100],
        ended="error",
    ),
    # No documented limit on Redirect loops: --max-turns ends them.
    "Redirect without end": one(
        "<Response><Redirect>/voice</Redirect></Response>",
        setup=setup(max_documents=25),
        asked=["POST /voice"] * 25,
        warnings=[None],
        failures=[None],
        ended="limit",
    ),
    # Hangup: ends the call; the verbs after it are never reached.
    "Hangup": one("<Response><Hangup/></Response>", ended="hangup", seconds=0),
    "verbs after Hangup": one(
        "<Response><Hangup/><Say>never</Say></Response>", heard=[], ended="hangup", warnings=[None]
    ),
    # Hangup has no attributes, and nothing nests in it. Error 12200.
    "Hangup with an attribute": one(
        "<Response><Hangup reason='busy'/></Response>", warnings=[12200], ended="hangup"
    ),
    # Reject: rejected by default; the call ends as no-answer.
    "Reject": case(
        {"/voice": "<Response><Reject/></Response>", "/status": EMPTY},
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "no-answer"}},
        events=["Rejected", "Ended"],
        ended="reject",
    ),
    # Reject, reason busy: the call ends as busy.
    "Reject as busy": case(
        {"/voice": REJECT, "/status": EMPTY},
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "busy"}},
        ended="reject",
    ),
    # Reject: as the first verb it refuses the call; where a Redirect led to it, too.
    "Reject behind a Redirect": case(
        {"/voice": "<Response><Redirect>/b</Redirect></Response>", "/b": REJECT, "/status": EMPTY},
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "busy"}},
        ended="reject",
    ),
    # Reject: once the call is answered there is nothing to refuse; it ends.
    "Reject behind a Gather": case(
        {
            "/voice": "<Response><Gather numDigits='1' action='/b'/><Hangup/></Response>",
            "/b": REJECT,
            "/status": EMPTY,
        },
        "1",
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "completed"}},
        ended="reject",
    ),
    # Reject: the verbs after it are never reached.
    "verbs after Reject": one(
        "<Response><Reject/><Say>never</Say></Response>", heard=[], ended="reject", warnings=[None]
    ),
    # Error 13810: a bad reason; the default stands.
    "Reject for a bad reason": case(
        {"/voice": "<Response><Reject reason='asleep'/></Response>", "/status": EMPTY},
        setup=CALLED_BACK,
        sent={"/status": {"CallStatus": "no-answer"}},
        warnings=[13810],
    ),
    # Sms: without an action the next verb always follows.
    "Sms": one(
        "<Response><Sms>Hello</Sms><Say>Next</Say></Response>",
        asked=["POST /voice"],
        events=["Texted", "Said", "Heard", "Ended"],
    ),
    # Sms: the action gets SmsSid and SmsStatus, and its document takes over.
    "Sms with an action": case(
        {"/voice": SMS_OUT, "/sent": THANKS},
        asked=["POST /voice", "POST /sent"],
        sent={"/sent": {"SmsStatus": "sending", "CallSid": CALL_SID}},
        heard=["Thanks"],
    ),
    # Sms: statusCallback is told, always by POST, when the message was sent.
    "Sms with a callback": case(
        {
            "/voice": "<Response><Sms statusCallback='/status' method='GET'>Hello</Sms></Response>",
            "/status": EMPTY,
        },
        asked=["POST /voice", "POST /status"],
        sent={"/status": {"SmsStatus": "sent"}},
    ),
    "Sms with a callback that is no URL": one(
        f"<Response><Sms statusCallback='{NO_HTTP}'>Hello</Sms><Say>Next</Say></Response>",
        failures=[11100],
        heard=["Next"],
        ended="document",
    ),
    # Errors 14101 to 14105: bad values of Sms; warnings.
    "Sms to nobody": one("<Response><Sms to='asha'>Hello</Sms></Response>", warnings=[14101]),
    "Sms from nobody": one("<Response><Sms from='asha'>Hello</Sms></Response>", warnings=[14102]),
    "Sms of nothing": one(
        "<Response><Sms/><Say>Next</Say></Response>", warnings=[14103], heard=["Next"]
    ),
    "Sms by a bad method": case(
        {
            "/voice": "<Response><Sms action='/sent' method='PUT'>Hello</Sms></Response>",
            "/sent": EMPTY,
        },
        asked=["POST /voice", "POST /sent"],
        warnings=[14104],
    ),
    "Sms with a bad callback": one(
        "<Response><Sms statusCallback='a b'>Hello</Sms></Response>", warnings=[14105]
    ),
    # Error 13801: Refer on a leg that is not SIP, which a telephone's never is; an error.
    "Refer": one(
        "<Response><Refer><Sip>sip:a@example.org</Sip></Refer></Response>", failures=[13801]
    ),
    # Response without verbs: the call ends.
    "no verbs": one("<Response></Response>", ended="document", seconds=0, heard=[]),
}


@pytest.mark.parametrize("placed", CASES.values(), ids=CASES.keys())
def test_the_call_goes_where_twilio_takes_it(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# What the verbs of media streams and payments do needs what a pretend call does not have: each is
# told of, and passed over.
PASSED_OVER = {
    "Connect": "<Connect><Stream url='wss://line.test/stream'/></Connect>",
    "Connect, ConversationRelay": "<Connect><ConversationRelay url='wss://line.test/r'/></Connect>",
    "Start": "<Start><Stream url='wss://line.test/stream' name='s'/></Start>",
    "Start, Transcription": "<Start><Transcription statusCallbackUrl='/t'/></Start>",
    "Stop": "<Stop><Stream name='s'/></Stop>",
    "Pay": "<Pay><Prompt for='payment-card-number'><Say>Your card</Say></Prompt></Pay>",
    "Echo": "<Echo/>",
}


@pytest.mark.parametrize("verb", PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_what_a_call_cannot_do_is_told_and_passed_over(verb: str) -> None:
    placed = one(
        f"<Response>{verb}<Say>Next</Say></Response>",
        asked=["POST /voice"],
        warnings=[None],
        heard=["Next"],
        ended="document",
    )
    assert placed.seen() == placed.expected()


# Error 12200: a misspelt or unknown verb or attribute, wrong case, wrong nesting: a warning, and
# the call goes on without it.
MISPLACED = {
    "an unknown verb": "<Shout>Hello</Shout>",
    "a verb in small letters": "<say>Hello</say>",
    "a verb of messages": "<Message>Hello</Message>",
    "a noun without its verb": "<Number>+15005550006</Number>",
    "a Response in a Response": "<Response><Hangup/></Response>",
    "text beside the verbs": "Hello",
    "a verb in a Pause": "<Pause><Hangup/></Pause>",
    "an attribute of another verb": "<Pause timeout='3'/>",
    "an attribute in wrong case": "<Pause Length='3'/>",
}


@pytest.mark.parametrize("xml", MISPLACED.values(), ids=MISPLACED.keys())
def test_what_is_not_twiml_is_told_and_left_out(xml: str) -> None:
    placed = one(
        f"<Response>{xml}<Say>Next</Say></Response>",
        warnings=[12200],
        heard=["Next"],
        ended="document",
    )
    assert placed.seen() == placed.expected()
