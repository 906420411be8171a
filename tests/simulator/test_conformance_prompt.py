"""The prompt of a Gather is cut off, and words are taken, as Twilio's page of Gather says.

https://www.twilio.com/docs/voice/twiml/gather. Each rule stands above its cases. Other pages are
named where a rule is theirs.
"""

from __future__ import annotations

import pytest

from tests.simulator.conformance import (
    EMPTY,
    NO_HTTP,
    ONE_SECOND,
    PROMPTED,
    THANKS,
    Case,
    case,
    clip,
    one,
    press,
    say,
    start,
)

PROMPTS = {
    # When the caller presses a key, Twilio stops the audio of a nested verb and waits for more.
    "a key stops a nested Say": case(
        PROMPTED,
        [start(0.25), press("1", 0)],
        events=["Said", "Heard", "KeyPressed", "Interrupted", "Gathering"],
        heard=[ONE_SECOND],
        at={"Interrupted": 0.75},
        ended=None,
    ),
    "a key stops a nested Play": case(
        PROMPTED,
        [start(1.5), press("1", 0)],
        heard=[ONE_SECOND, "Two"],
        at={"Interrupted": 2, "Gathering": 2},
        ended=None,
    ),
    "a key stops a nested Pause": case(
        PROMPTED, [start(4), press("1", 0)], at={"Interrupted": 4.5, "Gathering": 4.5}, ended=None
    ),
    "a key stops the second Play": case(
        {
            "/voice": "<Response><Gather><Play>/a.wav</Play><Play>/b.wav</Play>"
            "<Play>/c.wav</Play></Gather><Hangup/></Response>",
            "/a.wav": clip("A", 2),
            "/b.wav": clip("B", 2),
            "/c.wav": clip("C", 2),
        },
        [start(2.5), press("1", 0)],
        heard=["A", "B"],
        at={"Interrupted": 3},
    ),
    "a key stops a nested loop without end": one(
        "<Response><Gather><Say loop='0'>Press a key</Say></Gather><Hangup/></Response>",
        [start(60), press("1", 0)],
        at={"Interrupted": 60.5},
    ),
    "numDigits may end it in the prompt": case(
        {
            "/voice": "<Response><Gather action='/turn' numDigits='1'><Say loop='9'>Press 1</Say>"
            "</Gather><Hangup/></Response>",
            "/turn": THANKS,
        },
        [start(0), press("1")],
        heard=["Press 1", "Thanks"],
        sent={"/turn": {"Digits": "1"}},
        at={"Interrupted": 0.5, "Pressed": 0.5},
    ),
    "hash in the prompt stops it, and is no input": case(
        PROMPTED,
        [start(0), press("#")],
        asked=["POST /voice", "GET /two.wav"],
        heard=[ONE_SECOND],
        seconds=0.5,
        ended="hangup",
    ),
    # input="dtmf": words are not collected, so they stop nothing.
    "words do not stop a prompt for keys": case(
        PROMPTED, [start(0), say("yes", 0)], events=["Said", "Heard", "Spoke"], ended=None
    ),
    # input="speech": keys are not collected, so they stop nothing.
    "keys do not stop a prompt for words": one(
        "<Response><Gather input='speech'><Say loop='9'>Speak</Say></Gather><Hangup/></Response>",
        [start(0), press("1", 0)],
        events=["Said", "Heard", "KeyPressed"],
    ),
    # When the caller begins to speak, Twilio stops the audio of a nested verb.
    "words stop a nested Say": one(
        "<Response><Gather input='speech' speechTimeout='1' action='/turn'><Say loop='9'>Speak"
        "</Say><Say>now</Say></Gather><Hangup/></Response>",
        [start(0.5), say("yes", 0)],
        heard=["Speak"],
        at={"Interrupted": 0.5},
    ),
    "words stop a nested Play": case(
        {
            "/voice": "<Response><Gather input='dtmf speech'><Play>/a.wav</Play><Say>Speak</Say>"
            "</Gather><Hangup/></Response>",
            "/a.wav": clip("A", 3),
        },
        [start(1), say("yes", 0)],
        heard=["A"],
        at={"Interrupted": 1},
    ),
    "words stop a nested Pause": one(
        "<Response><Gather input='speech dtmf'><Pause length='9'/><Say>Speak</Say></Gather>"
        "<Hangup/></Response>",
        [start(1), say("yes", 0)],
        heard=[],
        at={"Interrupted": 1},
    ),
    # bargeIn (error 13332 and Twilio's libraries): whether speech stops the nested audio.
    "bargeIn=false keeps the prompt going": one(
        f"<Response><Gather input='speech' bargeIn='false'><Say>{ONE_SECOND}</Say><Say>Speak</Say>"
        "</Gather><Hangup/></Response>",
        [start(0.25), say("yes", 1)],
        heard=[ONE_SECOND, "Speak"],
        at={"Interrupted": None},
    ),
    # Several nested Plays: all of the files are fetched before any is played.
    "nested files are fetched first": case(
        {
            "/voice": "<Response><Gather><Say>Hello</Say><Play>/a.wav</Play><Play>b.wav</Play>"
            "</Gather><Hangup/></Response>",
            "/a.wav": clip("A", 2),
            "/b.wav": clip("B", 2),
        },
        [start(0)],
        asked=["POST /voice", "GET /a.wav", "GET /b.wav"],
        heard=["Hello"],
        ended=None,
    ),
    "the same file is fetched once": case(
        {
            "/voice": "<Response><Gather><Play>/a.wav</Play><Play>/b.wav</Play>"
            "<Play loop='2'>/a.wav</Play></Gather><Hangup/></Response>",
            "/a.wav": clip("A", 2),
            "/b.wav": clip("", 1),
        },
        "silence",
        asked=["POST /voice", "GET /a.wav", "GET /b.wav"],
        heard=["A", "", "A"],
        seconds=2 + 1 + 4 + 5,
    ),
    # Gather: only Say, Play and Pause may be nested. Error 12200: other nesting is a warning.
    "a verb that cannot be nested": one(
        "<Response><Gather><Say>Hello</Say><Redirect>/x</Redirect></Gather><Hangup/></Response>",
        "silence",
        heard=["Hello"],
        warnings=[12200],
        ended="hangup",
    ),
    "a Gather in a Gather": one(
        "<Response><Gather><Gather numDigits='1'/></Gather><Hangup/></Response>",
        "silence",
        warnings=[12200],
        seconds=5,
    ),
    # Play in a Gather: the digits attribute is not allowed.
    "tones in a Gather": one(
        "<Response><Gather><Play digits='ww1'/></Gather><Hangup/></Response>",
        "silence",
        warnings=[12200],
        seconds=5,
    ),
    # Error 13420: the URL of a Play did not give audio. (13325 says the same of a nested one; with
    # one code for both a test need not know where the Play stands.)
    "a nested Play of a wrong type": case(
        {
            "/voice": "<Response><Gather><Play>/turn</Play><Say>Press 1</Say></Gather><Hangup/>"
            "</Response>",
            "/turn": EMPTY,
        },
        "silence",
        heard=["Press 1"],
        failures=[13420],
        ended="hangup",
    ),
    # The call goes on when an audio file cannot be had.
    "a nested Play that is not there": one(
        "<Response><Gather><Play>/no.wav</Play><Say>Press 1</Say></Gather><Hangup/></Response>",
        "silence",
        heard=["Press 1"],
        failures=[11200],
        ended="hangup",
    ),
}

WORDS = {
    # "dtmf speech": the input that is detected first wins.
    "words first: later keys are not heard": case(
        {
            "/voice": "<Response><Gather input='dtmf speech' action='/turn' speechTimeout='3'/>"
            "<Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), say("yes", 0.5), press("1")],
        sent={"/turn": {"SpeechResult": "yes", "Digits": None}},
    ),
    # … and when it is speech, finishOnKey is ignored.
    "words first: finishOnKey is ignored": case(
        {
            "/voice": "<Response><Gather input='dtmf speech' action='/turn' speechTimeout='3'/>"
            "<Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), say(ONE_SECOND, 0.5), press("#")],
        sent={"/turn": {"SpeechResult": ONE_SECOND, "Digits": None}},
        at={"Spoke": 1},
        seconds=4,
    ),
    "keys first: later words are not heard": case(
        {
            "/voice": "<Response><Gather input='dtmf speech' action='/turn'/><Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), press("1", 1), say("yes")],
        sent={"/turn": {"SpeechResult": None, "Digits": "1"}},
        seconds=5.5,
    ),
    # The action of a speech Gather gets SpeechResult and Confidence, from 0.0 to 1.0.
    "words are sent": case(
        {
            "/voice": "<Response><Gather input='speech' action='/turn' hints='yes, no'/><Hangup/>"
            "</Response>",
            "/turn": THANKS,
        },
        "'say:yes please'",
        sent={"/turn": {"SpeechResult": "yes please", "Confidence": "0.9", "Digits": None}},
        heard=["Thanks"],
    ),
    # speechTimeout: the silence after which the speech has ended; as timeout by default.
    "speechTimeout is as timeout": case(
        {"/voice": "<Response><Gather input='speech' timeout='7'/><Hangup/></Response>"},
        [start(), say(ONE_SECOND)],
        asked=["POST /voice"] * 2,
        at={"Spoke": 1},
        seconds=8,
    ),
    "speechTimeout as given": case(
        {
            "/voice": "<Response><Gather input='speech' speechTimeout='3' action='/turn'/>"
            "<Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), say(ONE_SECOND)],
        seconds=4,
    ),
    # speechTimeout="auto": stops at the first pause in speech, so sooner than the timeout.
    "speechTimeout may be auto": case(
        {
            "/voice": "<Response><Gather input='speech' speechTimeout='auto' action='/turn'/>"
            "<Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), say(ONE_SECOND)],
        seconds=2,
    ),
    # Error 13335: speechTimeout="auto" cannot be used together with a speechModel; a warning.
    "speechTimeout may not be auto with a model": one(
        "<Response><Gather input='speech' speechTimeout='auto' speechModel='phone_call'/><Hangup/>"
        "</Response>",
        "silence",
        warnings=[13335],
    ),
    # timeout: with both inputs it rules the keys, and silence before any speech.
    "nobody speaks": one(
        "<Response><Gather input='speech' timeout='3' speechTimeout='9'/><Say>Nobody</Say>"
        "</Response>",
        "silence",
        heard=["Nobody"],
        at={"Said": 3},
    ),
    # Speech of up to 60 seconds is collected.
    "speech without end": case(
        {
            "/voice": "<Response><Gather input='speech' action='/turn'/><Hangup/></Response>",
            "/turn": EMPTY,
        },
        [start(), say(ONE_SECOND * 70)],
        seconds=60,
    ),
    # partialResultCallback: gets UnstableSpeechResult; its answer is not carried out.
    "partial results": case(
        {
            "/voice": "<Response><Gather input='speech' partialResultCallback='/part' action="
            "'/turn'/><Hangup/></Response>",
            "/part": "<Response><Say>never</Say></Response>",
            "/turn": THANKS,
        },
        "say:yes",
        asked=["POST /voice", "POST /part", "POST /turn"],
        sent={"/part": {"UnstableSpeechResult": "yes", "CallStatus": "in-progress"}},
        heard=["Thanks"],
    ),
    # Error 11100: its URL is none.
    "partial results to no URL": case(
        {
            "/voice": f"<Response><Gather input='speech' partialResultCallback='{NO_HTTP}' action="
            "'/turn'/><Hangup/></Response>",
            "/turn": THANKS,
        },
        "say:yes",
        asked=["POST /voice", "POST /turn"],
        sent={"/turn": {"SpeechResult": "yes"}},
        failures=[11100],
        heard=["Thanks"],
    ),
    "partial results by GET": case(
        {
            "/voice": "<Response><Gather input='speech' partialResultCallback='/part' action="
            "'/turn' partialResultCallbackMethod='GET'/><Hangup/></Response>",
            "/part": EMPTY,
            "/turn": THANKS,
        },
        "say:yes",
        asked=["POST /voice", "GET /part", "POST /turn"],
    ),
}


@pytest.mark.parametrize("placed", PROMPTS.values(), ids=PROMPTS.keys())
def test_a_prompt_is_heard_and_cut_off_as_with_twilio(placed: Case) -> None:
    assert placed.seen() == placed.expected()


@pytest.mark.parametrize("placed", WORDS.values(), ids=WORDS.keys())
def test_words_are_taken_as_with_twilio(placed: Case) -> None:
    assert placed.seen() == placed.expected()
