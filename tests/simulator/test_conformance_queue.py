"""Enqueue and Leave do what Twilio's pages say, case by case.

https://www.twilio.com/docs/voice/twiml/enqueue and …/leave; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.verbs.dialing import TALK_SECONDS
from ivr.simulator.verbs.queueing import HOLD_SECONDS
from tests.simulator.conformance import (
    CALL_SID,
    ONE_SECOND,
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
        sent={"/out": {"QueueResult": "bridged", "QueueTime": "1"}},
        heard=[ONE_SECOND, "Thanks"],
        at={"Said": 1 + TALK_SECONDS},
    ),
    # QueueTime: how long the caller waited; talking is no part of it.
    "somebody takes the caller out of Twilio's own music": case(
        {
            "/voice": "<Response><Enqueue action='/out'>support</Enqueue></Response>",
            "/out": THANKS,
        },
        setup=setup(dial_outcomes=("completed",)),
        sent={"/out": {"QueueResult": "bridged", "QueueTime": f"{HOLD_SECONDS:.0f}"}},
        at={"Said": HOLD_SECONDS + TALK_SECONDS},
    ),
    "the caller hangs up on whoever took them": case(
        {"/voice": WAITING, "/wait": MUSIC, "/out": THANKS},
        [start(8), hang_up()],
        setup=setup(dial_outcomes=("completed",)),
        asked=["POST /voice", "POST /wait", "POST /out"],
        sent={"/out": {"QueueResult": "bridged", "QueueTime": "1", "CallStatus": "completed"}},
        ended="caller",
    ),
    # QueueResult hangup: the caller left while waiting.
    "the caller hangs up": case(
        {"/voice": WAITING, "/wait": MUSIC, "/out": THANKS},
        [start(7.5), hang_up()],
        sent={"/out": {"QueueResult": "hangup", "QueueTime": "8", "CallStatus": "completed"}},
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


# The queue's name: 64 characters at most. Error 14205: it is too long.
@pytest.mark.parametrize(("length", "codes"), [(64, []), (65, [14205])], ids=["64", "65"])
def test_the_name_of_a_queue_has_its_limit(length: int, codes: list[int]) -> None:
    document = f"<Response><Enqueue>{'q' * length}</Enqueue></Response>"
    placed = one(document, [start(1)], failures=codes, ended="document" if codes else None)
    assert placed.seen() == placed.expected()
