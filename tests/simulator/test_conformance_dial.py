"""Dial does what https://www.twilio.com/docs/voice/twiml/dial says, case by case.

Each noun has a page of its own, such as …/number and …/conference; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.verbs.dialing import RING_SECONDS, TALK_SECONDS
from tests.simulator.conformance import (
    CALL_SID,
    EMPTY,
    THANKS,
    Case,
    case,
    hang_up,
    one,
    press,
    setup,
    start,
)

TO = "+12025550177"


# With an action the call goes on there, whatever came of the Dial; DialCallStatus is completed,
# busy, no-answer, failed or canceled. Without one it goes on with the next verb.
@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_each_outcome_leads_to_the_action_or_to_the_next_verb(outcome: str) -> None:
    chosen = setup(dial_outcomes=(outcome,))
    with_action = case(
        {"/voice": f"<Response><Dial action='/dialed'>{TO}</Dial></Response>", "/dialed": THANKS},
        setup=chosen,
        asked=["POST /voice", "POST /dialed"],
        sent={
            "/dialed": {
                "DialCallStatus": outcome,
                "DialBridged": "true" if outcome == "completed" else "false",
                "CallSid": CALL_SID,
                "CallStatus": "in-progress",
            }
        },
        heard=["Thanks"],
        dialed=[((TO,), outcome)],
    )
    without = one(
        f"<Response><Dial>{TO}</Dial><Say>Next</Say></Response>",
        setup=chosen,
        asked=["POST /voice"],
        heard=["Next"],
        dialed=[((TO,), outcome)],
    )
    assert with_action.seen() == with_action.expected()
    assert without.seen() == without.expected()


DIALS = {
    # timeout: 30 seconds of ringing by default.
    "nobody answers": one(
        f"<Response><Dial>{TO}</Dial></Response>",
        setup=setup(dial_outcomes=("no-answer",)),
        seconds=30,
        ended="document",
    ),
    "nobody answers in the time given": one(
        f"<Response><Dial timeout='10'>{TO}</Dial></Response>",
        setup=setup(dial_outcomes=("no-answer",)),
        seconds=10,
    ),
    # DialCallDuration: how long the two were connected, in seconds.
    "they talk": case(
        {"/voice": f"<Response><Dial action='/dialed'>{TO}</Dial></Response>", "/dialed": EMPTY},
        sent={"/dialed": {"DialCallDuration": f"{TALK_SECONDS:.0f}"}},
        talked=[TALK_SECONDS],
        seconds=RING_SECONDS + TALK_SECONDS,
    ),
    # timeLimit: the most seconds of the connection; then the called one is hung up.
    "they talk up to the limit": case(
        {
            "/voice": f"<Response><Dial action='/dialed' timeLimit='7'>{TO}</Dial></Response>",
            "/dialed": EMPTY,
        },
        sent={"/dialed": {"DialCallDuration": "7", "DialCallStatus": "completed"}},
        seconds=RING_SECONDS + 7,
    ),
    # hangupOnStar: the caller's star hangs the called one up; the call goes on, as completed.
    "star hangs up": case(
        {
            "/voice": f"<Response><Dial action='/dialed' hangupOnStar='true'>{TO}</Dial>"
            "</Response>",
            "/dialed": THANKS,
        },
        [start(RING_SECONDS + 2), press("1*")],
        sent={"/dialed": {"DialCallDuration": "3", "DialCallStatus": "completed"}},
        heard=["Thanks"],
    ),
    "star hangs up without an action": one(
        f"<Response><Dial hangupOnStar='true'>{TO}</Dial><Say>Next</Say></Response>",
        [start(RING_SECONDS + 2), press("*")],
        at={"Dialed": RING_SECONDS + 2.5},
        heard=["Next"],
    ),
    # hangupOnStar: false by default.
    "star is a key like others": one(
        f"<Response><Dial>{TO}</Dial><Say>Next</Say></Response>",
        [start(RING_SECONDS + 2), press("*")],
        at={"Dialed": RING_SECONDS + TALK_SECONDS},
    ),
    # method: POST by default.
    "by GET": case(
        {
            "/voice": f"<Response><Dial action='/dialed' method='GET'>{TO}</Dial></Response>",
            "/dialed": EMPTY,
        },
        asked=["POST /voice", "GET /dialed"],
        sent={"/dialed": {"DialCallStatus": "completed", "CallSid": CALL_SID}},
    ),
    # The verbs after a Dial with an action are not reached.
    "verbs after an action": case(
        {
            "/voice": f"<Response><Dial action='/dialed'>{TO}</Dial><Say>never</Say></Response>",
            "/dialed": EMPTY,
        },
        heard=[],
        warnings=[None],
    ),
    # Dial as the last verb, without an action: the call ends.
    "the end of the document": one(f"<Response><Dial>{TO}</Dial></Response>", ended="document"),
    # The caller hangs up first: the verbs after the Dial do not run.
    "the caller hangs up": case(
        {
            "/voice": f"<Response><Dial action='/dialed'>{TO}</Dial></Response>",
            "/dialed": THANKS,
        },
        [start(RING_SECONDS + 5), hang_up()],
        sent={
            "/dialed": {
                "DialCallStatus": "completed",
                "DialCallDuration": "5",
                "CallStatus": "completed",
            }
        },
        heard=[],
        ended="caller",
    ),
    "the caller hangs up while it rings": case(
        {
            "/voice": f"<Response><Dial action='/dialed'>{TO}</Dial></Response>",
            "/dialed": THANKS,
        },
        [start(1), hang_up()],
        sent={
            "/dialed": {
                "DialCallStatus": "canceled",
                "DialBridged": "false",
                "DialCallDuration": "0",
            }
        },
        talked=[0],
        ended="caller",
    ),
    "the caller leaves a conference": case(
        {
            "/voice": "<Response><Dial action='/dialed'><Conference>room</Conference></Dial>"
            "</Response>",
            "/dialed": THANKS,
        },
        [start(RING_SECONDS + 5), hang_up()],
        sent={
            "/dialed": {
                "DialCallStatus": "answered",
                "DialBridged": "true",
                "DialCallSid": None,
                "DialCallDuration": None,
            }
        },
        dialed=[(("room",), "answered")],
        talked=[5],
        ended="caller",
    ),
    # record: RecordingUrl is sent only when it is set.
    "not recorded": case(
        {"/voice": f"<Response><Dial action='/dialed'>{TO}</Dial></Response>", "/dialed": EMPTY},
        sent={"/dialed": {"RecordingUrl": None}},
    ),
    # Nouns: Number, Client, Sip, Conference, Queue and others.
    "Number": one(
        f"<Response><Dial><Number>{TO}</Number></Dial></Response>", dialed=[((TO,), "completed")]
    ),
    "Client": one(
        "<Response><Dial><Client>asha</Client></Dial></Response>", dialed=[(("asha",), "completed")]
    ),
    "Client with an Identity": one(
        "<Response><Dial><Client><Identity>asha</Identity><Parameter name='a' value='b'/></Client>"
        "</Dial></Response>",
        dialed=[(("asha",), "completed")],
    ),
    "Sip": one(
        "<Response><Dial><Sip>sip:asha@example.org</Sip></Dial></Response>",
        dialed=[(("sip:asha@example.org",), "completed")],
    ),
    "Queue": one(
        "<Response><Dial><Queue>support</Queue></Dial></Response>",
        dialed=[(("support",), "completed")],
    ),
    # Conference: DialCallStatus is answered, and there is no call of its own to tell of.
    "Conference": case(
        {
            "/voice": "<Response><Dial action='/dialed'><Conference beep='false'>room</Conference>"
            "</Dial></Response>",
            "/dialed": EMPTY,
        },
        sent={
            "/dialed": {"DialCallStatus": "answered", "DialCallSid": None, "DialCallDuration": None}
        },
        dialed=[(("room",), "answered")],
    ),
    # Several nouns ring at once; the first to answer is connected, and one outcome is told.
    "several at once": case(
        {
            "/voice": f"<Response><Dial action='/dialed'><Number>{TO}</Number><Client>asha</Client>"
            "</Dial></Response>",
            "/dialed": EMPTY,
        },
        setup=setup(dial_outcomes=("busy", "completed")),
        sent={"/dialed": {"DialCallStatus": "busy"}},
        dialed=[((TO, "asha"), "busy")],
    ),
    # sequential: one after the other, until somebody answers.
    "one after the other": case(
        {
            "/voice": f"<Response><Dial action='/dialed' sequential='true'><Number>{TO}</Number>"
            "<Number>+12025550178</Number><Number>+12025550179</Number></Dial></Response>",
            "/dialed": EMPTY,
        },
        setup=setup(dial_outcomes=("no-answer", "completed", "busy")),
        sent={"/dialed": {"DialCallStatus": "completed"}},
        seconds=30 + RING_SECONDS + TALK_SECONDS,
    ),
    "one after the other, and nobody": case(
        {
            "/voice": "<Response><Dial action='/dialed' sequential='true'><Client>a</Client>"
            "<Client>b</Client></Dial></Response>",
            "/dialed": EMPTY,
        },
        setup=setup(dial_outcomes=("failed", "busy")),
        sent={"/dialed": {"DialCallStatus": "busy", "DialBridged": "false"}},
    ),
    # Number: at most ten at once. Error 13250: too many.
    "eleven": one(
        f"<Response><Dial>{'<Client>a</Client>' * 11}</Dial></Response>",
        warnings=[13250],
        dialed=[(("a",) * 10, "completed")],
    ),
    # Error 13000: a Conference beside a Number; a warning.
    "a Conference beside a Number": one(
        f"<Response><Dial><Number>{TO}</Number><Conference>room</Conference></Dial></Response>",
        warnings=[13000],
    ),
    # Error 13223: no number to call. The verb cannot be carried out, and the next one follows.
    "nobody to call": one(
        "<Response><Dial/><Say>Next</Say></Response>", warnings=[13223], heard=["Next"]
    ),
    "no number": one("<Response><Dial>reception</Dial></Response>", warnings=[13223]),
    # Number: local forms of the United States are taken.
    "a local number": one(
        "<Response><Dial>415-123-4567</Dial></Response>", dialed=[(("415-123-4567",), "completed")]
    ),
    # Dial nests in nothing but Response. Error 12200.
    "in a Gather": one(
        f"<Response><Gather><Dial>{TO}</Dial></Gather><Hangup/></Response>", warnings=[12200]
    ),
}


@pytest.mark.parametrize("placed", DIALS.values(), ids=DIALS.keys())
def test_a_dial_does_as_twilio_does(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# record: an action is sent RecordingUrl when the connection was recorded.
@pytest.mark.parametrize("value", ["record-from-answer", "record-from-ringing-dual", "true"])
def test_a_recorded_dial_tells_where_the_recording_is(value: str) -> None:
    document = f"<Response><Dial action='/dialed' record='{value}'>{TO}</Dial></Response>"
    placed = case({"/voice": document, "/dialed": EMPTY}, sent={"/dialed": {"RecordingUrl": ""}})
    seen = placed.seen()["sent"]
    assert isinstance(seen, dict)
    assert "/Recordings/RE" in seen["/dialed"]["RecordingUrl"]


# Errors 13210 to 13248, 14210 and 14213: a bad value in a Dial; the default stands, and it goes on.
BAD_DIALS = {
    "method": (f"<Dial method='PUT'>{TO}</Dial>", 13210),
    "timeout": (f"<Dial timeout='long'>{TO}</Dial>", 13212),
    "no timeout": (f"<Dial timeout='0'>{TO}</Dial>", 13212),
    "hangupOnStar": (f"<Dial hangupOnStar='1'>{TO}</Dial>", 13213),
    "callerId": (f"<Dial callerId=''>{TO}</Dial>", 13214),
    "timeLimit": (f"<Dial timeLimit='0'>{TO}</Dial>", 13216),
    "record": (f"<Dial record='always'>{TO}</Dial>", 13217),
    "sequential": (f"<Dial sequential='yes'>{TO}</Dial>", 13218),
    "answerOnBridge": (f"<Dial answerOnBridge='yes'>{TO}</Dial>", 13219),
    "method of a Number": (f"<Dial><Number method='PUT'>{TO}</Number></Dial>", 13221),
    "sendDigits": (f"<Dial><Number sendDigits='x'>{TO}</Number></Dial>", 13222),
    "muted": ("<Dial><Conference muted='1'>room</Conference></Dial>", 13230),
    "startConferenceOnEnter": (
        "<Dial><Conference startConferenceOnEnter='1'>room</Conference></Dial>",
        13232,
    ),
    "waitMethod": ("<Dial><Conference waitMethod='PUT'>room</Conference></Dial>", 13234),
    "beep": ("<Dial><Conference beep='loud'>room</Conference></Dial>", 13235),
    "the name of a conference": (f"<Dial><Conference>{'r' * 129}</Conference></Dial>", 13237),
    "method of a Sip": ("<Dial><Sip method='PUT'>sip:a@example.org</Sip></Dial>", 13241),
    "the address of a Sip": ("<Dial><Sip>asha</Sip></Dial>", 13243),
    "an unknown attribute": (f"<Dial statusCallbackEvent='answered'>{TO}</Dial>", 12200),
}
# These are errors in Twilio's dictionary.
BAD_DIAL_ERRORS = {
    "endConferenceOnExit": (
        "<Dial><Conference endConferenceOnExit='1'>room</Conference></Dial>",
        13231,
    ),
    "method of a Queue": ("<Dial><Queue method='PUT'>support</Queue></Dial>", 14210),
    "the name of a queue": (f"<Dial><Queue>{'q' * 65}</Queue></Dial>", 14213),
}


@pytest.mark.parametrize(("dial", "code"), BAD_DIALS.values(), ids=BAD_DIALS.keys())
def test_a_bad_value_of_a_dial_is_a_warning(dial: str, code: int) -> None:
    document = f"<Response>{dial}<Say>Next</Say></Response>"
    placed = one(document, warnings=[code], heard=["Next"], ended="document")
    assert placed.seen() == placed.expected()


@pytest.mark.parametrize(("dial", "code"), BAD_DIAL_ERRORS.values(), ids=BAD_DIAL_ERRORS.keys())
def test_some_bad_values_of_a_dial_are_errors(dial: str, code: int) -> None:
    document = f"<Response>{dial}<Say>Next</Say></Response>"
    placed = one(document, failures=[code], heard=["Next"], ended="document")
    assert placed.seen() == placed.expected()
