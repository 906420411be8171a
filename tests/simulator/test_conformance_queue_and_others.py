"""Enqueue, Leave, Sms, Redirect, Hangup, Reject and all other verbs do what Twilio's pages say.

Each has its page under https://www.twilio.com/docs/voice/twiml; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.verbs.dialing import TALK_SECONDS
from tests.simulator.conformance import (
    CALL_SID,
    EMPTY,
    ONE_SECOND,
    ORIGIN,
    THANKS,
    Case,
    case,
    clip,
    hang_up,
    one,
    press,
    setup,
    start,
)

FROM = "+15005550006"
WAITING = "<Response><Enqueue waitUrl='/wait' action='/out'>support</Enqueue></Response>"
WAITING_ON = (
    "<Response><Enqueue waitUrl='/wait'>support</Enqueue><Say>Next</Say><Hangup/></Response>"
)
MUSIC = f"<Response><Say>{ONE_SECOND}</Say></Response>"
LEAVE = "<Response><Leave/></Response>"

QUEUES = {
    # waitUrl: Twilio's own music by default; no request is made for it.
    "Twilio's own music": one(
        "<Response><Enqueue>support</Enqueue></Response>",
        [start(600)],
        asked=["POST /voice"],
        events=["Enqueued"],
        ended=None,
    ),
    # waitUrl="": silence.
    "silence": one(
        "<Response><Enqueue waitUrl=''>support</Enqueue></Response>",
        [start(600)],
        asked=["POST /voice"],
        events=["Enqueued"],
        ended=None,
    ),
    # waitUrl: gets QueuePosition, QueueSid, QueueTime, AvgQueueTime, CurrentQueueSize and
    # MaxQueueSize, by POST when it is given.
    "waitUrl gets the parameters of the queue": case(
        {"/voice": WAITING, "/wait": MUSIC},
        [start(0)],
        asked=["POST /voice", "POST /wait"],
        sent={
            "/wait": {
                "QueuePosition": "1",
                "QueueTime": "0",
                "AvgQueueTime": "0",
                "CurrentQueueSize": "1",
                "MaxQueueSize": "1000",
                "CallSid": CALL_SID,
            }
        },
        heard=[ONE_SECOND],
    ),
    # waitUrlMethod.
    "waitUrl by GET": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait' waitUrlMethod='GET'>support</Enqueue>"
            "</Response>",
            "/wait": MUSIC,
        },
        [start(0)],
        asked=["POST /voice", "GET /wait"],
    ),
    # waitUrl: when its document has ended it is requested again, and again.
    "waitUrl is asked again": case(
        {"/voice": WAITING, "/wait": MUSIC},
        [start(2.5)],
        each={"/wait": {"QueueTime": ["0", "1", "2"]}},
        ended=None,
    ),
    "waitUrl is asked again, not where it leads": case(
        {
            "/voice": WAITING,
            "/wait": "<Response><Redirect>/music</Redirect></Response>",
            "/music": MUSIC,
        },
        [start(1.5)],
        asked=["POST /voice", "POST /wait", "POST /music", "POST /wait", "POST /music"],
    ),
    # waitUrl may give audio.
    "waitUrl is a clip": case(
        {"/voice": WAITING, "/wait": clip("Music", 2)},
        [start(3)],
        asked=["POST /voice", "POST /wait", "POST /wait"],
        heard=["Music", "Music"],
        ended=None,
    ),
    # waitUrl: Play, Say, Pause, Hangup, Redirect, Leave and Gather may be used.
    "Gather in the queue": case(
        {
            "/voice": WAITING,
            "/wait": "<Response><Gather numDigits='1' action='/choice'><Say>1 to leave</Say>"
            "</Gather><Pause length='9'/></Response>",
            "/choice": LEAVE,
            "/out": THANKS,
        },
        [start(), press("1")],
        asked=["POST /voice", "POST /wait", "POST /choice", "POST /out"],
        sent={"/choice": {"Digits": "1"}, "/out": {"QueueResult": "leave"}},
        heard=["1 to leave", "Thanks"],
    ),
    "Hangup in the queue": case(
        {"/voice": WAITING_ON, "/wait": "<Response><Hangup/></Response>"},
        heard=[],
        ended="hangup",
    ),
    # Leave: takes the caller out; the action of the Enqueue is asked, with QueueResult leave …
    "Leave leads to the action": case(
        {
            "/voice": WAITING,
            "/wait": f"<Response><Say>{ONE_SECOND}</Say><Leave/></Response>",
            "/out": THANKS,
        },
        asked=["POST /voice", "POST /wait", "POST /out"],
        sent={"/out": {"QueueResult": "leave", "QueueTime": "1", "QueuePosition": None}},
        heard=[ONE_SECOND, "Thanks"],
        ended="document",
    ),
    # … or the verb after the Enqueue follows, when there is no action.
    "Leave leads to the next verb": case(
        {"/voice": WAITING_ON, "/wait": LEAVE},
        asked=["POST /voice", "POST /wait"],
        heard=["Next"],
        ended="hangup",
    ),
    # Relative URLs are those of the document that the Enqueue stands in, not of the music.
    "URLs after the queue": case(
        {
            "/a/voice": "<Response><Enqueue waitUrl='/b/wait'>support</Enqueue>"
            "<Redirect>next</Redirect></Response>",
            "/b/wait": LEAVE,
            "/a/next": THANKS,
        },
        path="/a/voice",
        asked=["POST /a/voice", "POST /b/wait", "POST /a/next"],
        heard=["Thanks"],
    ),
    # QueueResult bridged: asked once, when the two have talked.
    "somebody takes the caller": case(
        {"/voice": WAITING, "/wait": MUSIC, "/out": THANKS},
        setup=setup(dial_outcomes=("completed",)),
        sent={"/out": {"QueueResult": "bridged"}},
        heard=[ONE_SECOND, "Thanks"],
        at={"Said": 1 + TALK_SECONDS},
    ),
    # QueueResult hangup: the caller left while waiting.
    "the caller hangs up": case(
        {"/voice": WAITING, "/wait": MUSIC, "/out": THANKS},
        [start(7.5), hang_up()],
        sent={"/out": {"QueueResult": "hangup", "CallStatus": "completed"}},
        ended="caller",
    ),
    # QueueResult error: something is wrong with waitUrl.
    "waitUrl is not there": case(
        {"/voice": WAITING, "/out": THANKS},
        sent={"/out": {"QueueResult": "error"}},
        failures=[11200],
        heard=["Thanks"],
    ),
    "waitUrl is no TwiML": case(
        {"/voice": WAITING, "/wait": "Hello", "/out": THANKS},
        sent={"/out": {"QueueResult": "error"}},
        failures=[12100],
        heard=["Thanks"],
    ),
    # method: POST by default.
    "action by GET": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait' action='/out' method='GET'>s</Enqueue>"
            "</Response>",
            "/wait": LEAVE,
            "/out": THANKS,
        },
        asked=["POST /voice", "POST /wait", "GET /out"],
        sent={"/out": {"QueueResult": "leave"}},
    ),
    # workflowSid: a name is not needed.
    "a workflow": one(
        "<Response><Enqueue workflowSid='WW1'><Task>{}</Task></Enqueue></Response>",
        [start(5)],
        events=["Enqueued"],
    ),
    # Error 14204: there is no name; an error, and the verb cannot be carried out.
    "no name": one(
        "<Response><Enqueue/><Say>Next</Say></Response>", failures=[14204], heard=["Next"]
    ),
}


@pytest.mark.parametrize("placed", QUEUES.values(), ids=QUEUES.keys())
def test_a_caller_waits_as_with_twilio(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# Errors 14201, 14202, 14203, 14206: a bad value in an Enqueue is an error; the default stands.
# With none of the URLs the caller hears music, and then the next verb.
BAD_QUEUES = {"method='PUT'": 14201, "waitUrl='a b'": 14202, "action='a b'": 14203}
BAD_QUEUES |= {"waitUrlMethod='PUT'": 14206}


@pytest.mark.parametrize(("attribute", "code"), BAD_QUEUES.items(), ids=BAD_QUEUES.keys())
def test_a_bad_value_of_an_enqueue_gives_way_to_the_default(attribute: str, code: int) -> None:
    placed = one(
        f"<Response><Enqueue {attribute}>support</Enqueue><Say>Next</Say></Response>",
        setup=setup(dial_outcomes=("completed",)),
        failures=[code],
        asked=["POST /voice"],
        events=["Failed", "Enqueued", "Said", "Heard", "Ended"],
    )
    assert placed.seen() == placed.expected()


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


# The queue's name: 64 characters at most. Error 14205: it is too long.
@pytest.mark.parametrize(("length", "codes"), [(64, []), (65, [14205])], ids=["64", "65"])
def test_the_name_of_a_queue_has_its_limit(length: int, codes: list[int]) -> None:
    document = f"<Response><Enqueue>{'q' * length}</Enqueue></Response>"
    placed = one(document, [start(1)], failures=codes, ended="document" if codes else None)
    assert placed.seen() == placed.expected()
