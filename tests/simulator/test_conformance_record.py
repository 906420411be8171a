"""Record does what https://www.twilio.com/docs/voice/twiml/record says, case by case.

The codes are those of https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from ivr.simulator.phone import Phone
from ivr.simulator.verbs.recording import BEEP_SECONDS
from tests.simulator.conformance import (
    CALL_SID,
    EMPTY,
    NO_HTTP,
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
    record,
    say,
    setup,
    start,
    wait,
)

RECORD = "<Response><Record action='/done'/></Response>"
MISTOLD = f"<Response><Record action='/done' recordingStatusCallback='{NO_HTTP}'/></Response>"

RECORDS = {
    # timeout: ends the recording after 5 seconds of silence by default.
    "silence ends it": case(
        {"/voice": RECORD, "/done": THANKS},
        [start(), record(3)],
        asked=["POST /voice", "POST /done"],
        events=["Beeped", "Recorded", "Said", "Heard", "Ended"],
        at={"Beeped": BEEP_SECONDS, "Recorded": BEEP_SECONDS + 3 + 5},
        heard=["Thanks"],
    ),
    "silence as given": case(
        {"/voice": "<Response><Record action='/done' timeout='2'/></Response>", "/done": EMPTY},
        [start(), record(3)],
        at={"Recorded": BEEP_SECONDS + 3 + 2},
    ),
    "silence counts from the last sound": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), record(2, 4), record(2)],
        at={"Recorded": BEEP_SECONDS + 4 + 2 + 5},
    ),
    "words are sound like any other": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), say("Fourteen chars")],
        at={"Recorded": BEEP_SECONDS + 1 + 5},
    ),
    "silence from the beginning": case(
        {"/voice": RECORD, "/done": EMPTY},
        "silence",
        asked=["POST /voice", "POST /done"],
        at={"Recorded": BEEP_SECONDS + 5},
    ),
    # timeout="0": silence never ends it.
    "no silence ends it": case(
        {
            "/voice": "<Response><Record action='/done' timeout='0' maxLength='60'/></Response>",
            "/done": EMPTY,
        },
        [start(), record(3)],
        at={"Recorded": BEEP_SECONDS + 60},
    ),
    # maxLength: the most seconds; 3600 by default.
    "the longest as given": case(
        {"/voice": "<Response><Record action='/done' maxLength='4'/></Response>", "/done": EMPTY},
        [start(), record(10)],
        sent={"/done": {"RecordingDuration": "4"}},
        at={"Recorded": BEEP_SECONDS + 4},
    ),
    "the longest is an hour": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), record(4000)],
        sent={"/done": {"RecordingDuration": "3600"}},
        at={"Recorded": BEEP_SECONDS + 3600},
    ),
    # finishOnKey: any key by default (1234567890*#); the action gets it as Digits.
    "a digit ends it": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), record(2, 2), press("7")],
        sent={"/done": {"Digits": "7", "RecordingDuration": "2"}},
        at={"Recorded": BEEP_SECONDS + 2.5},
    ),
    "star ends it": case({"/voice": RECORD, "/done": EMPTY}, "*", sent={"/done": {"Digits": "*"}}),
    "hash ends it in the middle of a word": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), record(9, 2), press("#")],
        sent={"/done": {"Digits": "#"}},
        at={"Recorded": BEEP_SECONDS + 2.5},
    ),
    # finishOnKey: a set of keys; the others are part of the recording.
    "only the given keys end it": case(
        {
            "/voice": "<Response><Record action='/done' finishOnKey='*#'/></Response>",
            "/done": EMPTY,
        },
        [start(), press("12#")],
        sent={"/done": {"Digits": "#"}},
        at={"Recorded": BEEP_SECONDS + 1.5},
    ),
    # playBeep: true by default.
    "no beep": case(
        {
            "/voice": "<Response><Record action='/done' playBeep='false'/></Response>",
            "/done": EMPTY,
        },
        "silence",
        at={"Beeped": 0, "Recorded": 5},
    ),
    # trim: trim-silence by default; it is the silence before and behind that goes.
    "silence around is trimmed": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), wait(2), record(3)],
        sent={"/done": {"RecordingDuration": "3"}},
    ),
    "silence within is not trimmed": case(
        {"/voice": RECORD, "/done": EMPTY},
        [start(), record(2, 4), record(2)],
        sent={"/done": {"RecordingDuration": "6"}},
    ),
    "nothing is trimmed": case(
        {
            "/voice": "<Response><Record action='/done' trim='do-not-trim'/></Response>",
            "/done": EMPTY,
        },
        [start(), wait(2), record(3)],
        sent={"/done": {"RecordingDuration": "10"}},
    ),
    # action: the current document's URL by default, so that it loops; the hanging up of the caller
    # ends the last recording, and Digits is the word hangup then.
    "no action": case(
        {"/voice": "<Response><Record/></Response>"},
        "record:2 record:3",
        asked=["POST /voice"] * 4,
        each={"/voice": {"RecordingDuration": [None, "2", "3", "0"]}},
        sent={"/voice": {"Digits": "hangup"}},
        ended="caller",
    ),
    # The caller hangs up: the action is still asked, and nobody hears its answer.
    "hanging up ends it": case(
        {"/voice": RECORD, "/done": THANKS},
        [start(), record(9, 3), hang_up()],
        sent={
            "/done": {"Digits": "hangup", "CallStatus": "completed", "RecordingDuration": "3"},
        },
        heard=[],
        ended="caller",
    ),
    # Error 11200: an action that fails; nothing is left that it could change.
    "hanging up, and the action is not there": case(
        {"/voice": RECORD},
        [start(), hang_up()],
        setup=setup(fallback_url="/fallback"),
        asked=["POST /voice", "POST /done"],
        failures=[11200],
        ended="caller",
    ),
    # method: POST by default.
    "by GET": case(
        {"/voice": "<Response><Record action='/done' method='GET'/></Response>", "/done": EMPTY},
        "5",
        asked=["POST /voice", "GET /done"],
        sent={"/done": {"Digits": "5", "CallSid": CALL_SID}},
    ),
    # The verbs after a Record are not reached.
    "verbs after it": case(
        {
            "/voice": "<Response><Record action='/done'/><Say>never</Say></Response>",
            "/done": EMPTY,
        },
        "silence",
        heard=[],
        warnings=[None],
    ),
    # recordingStatusCallback: told when the recording is there, without From and To.
    "the recording is there": case(
        {
            "/voice": "<Response><Record action='/done' recordingStatusCallback='/status'/>"
            "</Response>",
            "/done": EMPTY,
            "/status": EMPTY,
        },
        [start(), record(3)],
        sent={
            "/status": {
                "CallSid": CALL_SID,
                "RecordingStatus": "completed",
                "RecordingDuration": "3",
                "RecordingChannels": "1",
                "RecordingSource": "RecordVerb",
                "From": None,
                "CallStatus": None,
            }
        },
    ),
    "the recording is there, by GET": case(
        {
            "/voice": "<Response><Record action='/done' recordingStatusCallback='/status' "
            "recordingStatusCallbackMethod='GET'/></Response>",
            "/done": EMPTY,
            "/status": EMPTY,
        },
        "5",
        asked=["POST /voice", "GET /status", "POST /done"],
    ),
    # Error 11100: the URL of a callback, which is told of the call and does not steer it, is none.
    "a callback that is no URL": case(
        {"/voice": MISTOLD, "/done": THANKS},
        [start(), record(3)],
        setup=setup(fallback_url="/fallback"),
        asked=["POST /voice", "POST /done"],
        failures=[11100],
        heard=["Thanks"],
        ended="document",
    ),
    "a callback that is no URL, and the caller hangs up": case(
        {"/voice": MISTOLD, "/done": THANKS},
        [start(), record(9, 3), hang_up()],
        setup=setup(fallback_url="/fallback"),
        asked=["POST /voice", "POST /done"],
        sent={"/done": {"Digits": "hangup", "CallStatus": "completed"}},
        failures=[11100],
        events=["Beeped", "Recorded", "Failed", "Ended"],
        ended="caller",
    ),
    # transcribe: what a pretend call does not do is told once, however often it is asked for.
    "nothing is transcribed": case(
        {"/voice": "<Response><Record transcribe='true' transcribeCallback='/words'/></Response>"},
        "1 2",
        asked=["POST /voice"] * 4,
        warnings=[None],
    ),
    # Record nests in nothing but Response. Error 12200.
    "in a Gather": one(
        "<Response><Gather><Record/></Gather><Hangup/></Response>", warnings=[12200]
    ),
}


@pytest.mark.parametrize("placed", RECORDS.values(), ids=RECORDS.keys())
def test_a_record_does_as_twilio_does(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# Errors 13610 to 13616 and 13699: a bad value of an attribute of Record; the default stands.
BAD_RECORDS = {
    "method='PUT'": 13610,
    "timeout='-1'": 13611,
    "timeout='soon'": 13611,
    "maxLength='0'": 13612,
    "maxLength='long'": 13612,
    "finishOnKey='x'": 13613,
    "transcribe='maybe'": 13614,
    "playBeep='1'": 13616,
    "trim='all'": 13699,
    "recordingStatusCallback='a b'": 13256,
    "maxlength='9'": 12200,
}


@pytest.mark.parametrize(("attribute", "code"), BAD_RECORDS.items(), ids=BAD_RECORDS.keys())
def test_a_bad_value_of_a_record_gives_way_to_the_default(attribute: str, code: int) -> None:
    placed = case(
        {"/voice": f"<Response><Record action='/done' {attribute}/></Response>", "/done": EMPTY},
        [start(), record(3)],
        warnings=[code],
        asked=["POST /voice", "POST /done"],
        sent={"/done": {"RecordingDuration": "3"}},
        at={"Recorded": BEEP_SECONDS + 3 + 5},
    )
    assert placed.seen() == placed.expected()


# RecordingUrl, without an ending for its format, and RecordingSid name the same recording.
def test_a_recording_has_a_sid_and_a_url() -> None:
    application = Application({"/voice": RECORD, "/done": EMPTY})
    with Phone(Carrier(application), TOKEN) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
        call.press("1")
    form = application.forms("/done")[0]
    assert len(form["RecordingSid"]) == 34
    assert form["RecordingSid"].startswith("RE")
    assert form["RecordingUrl"].startswith("https://api.twilio.com/2010-04-01/Accounts/AC")
    assert form["RecordingUrl"].endswith(f"/Recordings/{form['RecordingSid']}")
