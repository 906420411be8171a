"""Gather does what https://www.twilio.com/docs/voice/twiml/gather says, case by case.

Each rule stands above its cases. Other pages are named where a rule is theirs.
"""

from __future__ import annotations

import pytest

from tests.simulator.conformance import (
    EMPTY,
    ONE_SECOND,
    PROMPTED,
    THANKS,
    Case,
    case,
    clip,
    one,
    press,
    record,
    start,
    wait,
)

NO_ENTRY = ("POST /voice", None, None)


def asked_turn(digits: str, finished_on: str = "") -> tuple[str, str, str]:
    return ("POST /turn", digits, finished_on)


# What the caller enters, and the request that the action gets for it; or none.
ENTRIES = {
    # numDigits: the digits that it expects; once they are there, the action is asked.
    "one digit": ("numDigits='1'", "1", asked_turn("1")),
    "as many as asked": ("numDigits='3'", "123", asked_turn("123")),
    "what is beyond is not taken": ("numDigits='3'", "12345", asked_turn("123")),
    "the last digit ends it, not the key after": ("numDigits='3'", "123#", asked_turn("123")),
    # numDigits: no limit by default; the timeout ends the entry.
    "any number of digits": ("", "012345678901234567890", asked_turn("012345678901234567890")),
    # Gather ends when the timeout passes after at least one digit, and the action gets them.
    "fewer than asked": ("numDigits='10'", "123", asked_turn("123")),
    # finishOnKey: # by default; the action gets the digits without it.
    "hash finishes": ("", "12#", asked_turn("12", "#")),
    "hash finishes before the number is full": ("numDigits='9'", "12#", asked_turn("12", "#")),
    "nothing is taken after it": ("numDigits='9'", "12#34", asked_turn("12", "#")),
    "star is an input like the digits": ("", "1*2#", asked_turn("1*2", "#")),
    # finishOnKey: one of 0-9, # and *.
    "star finishes, hash is input": ("finishOnKey='*'", "1#2*", asked_turn("1#2", "*")),
    "a digit finishes": ("finishOnKey='0'", "120", asked_turn("12", "0")),
    # finishOnKey="": every key is input, and only the timeout or numDigits ends it.
    "every key is input": ("finishOnKey=''", "1#2*", asked_turn("1#2*")),
    "hash alone is input": ("finishOnKey=''", "#", asked_turn("#")),
    "numDigits counts every key": ("finishOnKey='' numDigits='2'", "#*", asked_turn("#*")),
    # A finishOnKey before any digit is no input: the call falls through to the next verb.
    "hash alone": ("", "#", NO_ENTRY),
    "hash before digits": ("numDigits='2'", "#12", NO_ENTRY),
    "another finishing key alone": ("finishOnKey='*'", "*", NO_ENTRY),
    # No input before the timeout: the call falls through to the next verb.
    "silence": ("", "silence", NO_ENTRY),
    # actionOnEmptyResult: asks the action even when there was no input.
    "silence, empty result": ("actionOnEmptyResult='true'", "silence", asked_turn("")),
    "hash, empty result": ("actionOnEmptyResult='true'", "#", asked_turn("", "#")),
    "digits, empty result": ("actionOnEmptyResult='true'", "7#", asked_turn("7", "#")),
    # actionOnEmptyResult: false by default.
    "silence, no empty result": ("actionOnEmptyResult='false'", "silence", NO_ENTRY),
    # input: dtmf by default; speech; or both, in either order.
    "keys for keys": ("input='dtmf'", "1#", asked_turn("1", "#")),
    "words for keys": ("", "say:yes", NO_ENTRY),
    "keys for words": ("input='speech'", "1", NO_ENTRY),
    "sounds without words for keys": ("", "record:2", NO_ENTRY),
    "sounds without words for words": ("input='speech'", "record:2", NO_ENTRY),
    "keys for keys or words": ("input='dtmf speech' numDigits='1'", "1", asked_turn("1")),
    "keys for words or keys": ("input='speech dtmf' numDigits='1'", "1", asked_turn("1")),
}


@pytest.mark.parametrize(("attributes", "keys", "request_"), ENTRIES.values(), ids=ENTRIES.keys())
def test_a_gather_takes_the_entry_that_twilio_takes(
    attributes: str, keys: str, request_: tuple[str, str | None, str | None]
) -> None:
    last, digits, finished_on = request_
    is_entry = digits is not None
    # "msg" and "FinishedOnKey" are from requests that Twilio really sent.
    sent = {
        "Digits": digits,
        "FinishedOnKey": finished_on,
        "msg": "Gather End" if is_entry else None,
        "SpeechResult": None,
    }
    document = f"<Response><Gather action='/turn' {attributes}/><Say>No entry</Say></Response>"
    placed = case(
        {"/voice": document, "/turn": THANKS},
        keys,
        asked=["POST /voice", "POST /turn"] if is_entry else ["POST /voice"],
        sent={last.split()[1]: sent},
        heard=["Thanks"] if is_entry else ["No entry"],
        ended="document",
    )
    assert placed.seen() == placed.expected()


TWO_DIGITS = (
    "<Response><Gather action='/turn' numDigits='2'><Pause length='3'/></Gather></Response>"
)

CASES = {
    # timeout: 5 seconds by default.
    "timeout is five seconds": one(
        "<Response><Gather/><Hangup/></Response>", "silence", seconds=5, ended="hangup"
    ),
    "timeout as given": one(
        "<Response><Gather timeout='12'/><Hangup/></Response>", "silence", seconds=12
    ),
    # timeout: begins when everything that is nested has been heard.
    "timeout begins after the whole prompt": case(
        PROMPTED,
        "silence",
        heard=[ONE_SECOND, "Two"],
        at={"Gathering": 6, "Silence": 8},
        events=["Said", "Heard", "Played", "Heard", "Paused", "Gathering", "Silence", "Ended"],
    ),
    # timeout: … or at the first key, whichever comes first.
    "timeout begins at a key in the prompt": case(
        PROMPTED,
        [start(0.25), press("1")],
        at={"Interrupted": 0.75, "Pressed": 2.75},
        heard=[ONE_SECOND, "Thanks"],
    ),
    # timeout: how long Twilio waits for another digit; so each key begins it anew.
    "each key begins the timeout anew": case(
        {"/voice": "<Response><Gather action='/turn'/><Hangup/></Response>", "/turn": EMPTY},
        [start(), press("1", 4), press("2", 4), press("3")],
        sent={"/turn": {"Digits": "123"}},
        at={"Pressed": 0.5 + 4.5 + 4.5 + 5},
    ),
    "a key too late is not part of the entry": case(
        {"/voice": "<Response><Gather action='/turn'/><Hangup/></Response>", "/turn": EMPTY},
        [start(), press("1", 4.6), press("2")],
        sent={"/turn": {"Digits": "1"}},
        at={"Pressed": 5.5},
    ),
    # numDigits: the action is asked at once when they are there.
    "a full entry needs no timeout": case(
        {"/voice": TWO_DIGITS, "/turn": EMPTY}, "12", seconds=4, warnings=[None]
    ),
    # finishOnKey: ends the entry at once.
    "a finished entry needs no timeout": case(
        {"/voice": TWO_DIGITS, "/turn": EMPTY}, "1#", seconds=4, warnings=[None]
    ),
    # A finishOnKey before any digit falls through at once, not after the timeout.
    "hash alone waits for nothing": one(
        "<Response><Gather/><Say>No entry</Say><Hangup/></Response>", "#", at={"Said": 0.5}
    ),
    # timeout: "a positive integer or auto".
    "timeout may be auto": one("<Response><Gather timeout='auto'/><Hangup/></Response>", "silence"),
    # Without input the call goes on with the verb after the Gather.
    "a second Gather": case(
        {
            "/voice": "<Response><Gather action='/1' timeout='1'/><Gather action='/2' timeout='1'/>"
            "<Say>Nobody</Say></Response>",
            "/2": THANKS,
        },
        "silence 5",
        asked=["POST /voice", "POST /2"],
        heard=["Thanks"],
    ),
    # With input the verbs after it are not reached; the action's document takes over.
    "verbs after an entry": case(
        {
            "/voice": "<Response><Gather action='/turn' numDigits='1'/><Say>never</Say></Response>",
            "/turn": EMPTY,
        },
        "1",
        heard=[],
        ended="document",
    ),
    # A Gather that times out as the last verb: the call ends.
    "the end of the document": one(
        "<Response><Gather timeout='3'/></Response>",
        "silence",
        seconds=3,
        ended="document",
        warnings=[None],
    ),
    # action: the URL of the current document by default, so the Gather loops.
    "no action": case(
        {"/a": ["<Response><Gather numDigits='1'/><Hangup/></Response>", THANKS]},
        "1",
        path="/a?x=1",
        asked=["POST /a", "POST /a"],
        sent={"/a": {"Digits": "1", "x": "1"}},
        heard=["Thanks"],
    ),
    # actionOnEmptyResult without an action asks the current document's URL.
    "no action, empty result": case(
        {"/voice": ["<Response><Gather actionOnEmptyResult='true'/></Response>", THANKS]},
        "silence",
        asked=["POST /voice", "POST /voice"],
        heard=["Thanks"],
    ),
    # method: POST by default.
    "by GET": case(
        {
            "/voice": "<Response><Gather action='/turn' method='GET' numDigits='1'/><Hangup/>"
            "</Response>",
            "/turn": THANKS,
        },
        "1",
        asked=["POST /voice", "GET /turn"],
        sent={"/turn": {"Digits": "1", "msg": "Gather End"}},
    ),
    # Support article 223180068: keys pressed before the Gather begins do not count.
    "keys before the Gather": case(
        {
            "/voice": f"<Response><Say>{ONE_SECOND}</Say><Gather action='/turn'/>"
            "<Say>No entry</Say></Response>",
            "/turn": THANKS,
        },
        [start(0), press("1"), wait()],
        heard=[ONE_SECOND, "No entry"],
        asked=["POST /voice"],
        at={"Silence": 6},
    ),
    "the second of two keys is in time": case(
        {
            "/voice": f"<Response><Say>{ONE_SECOND}</Say><Gather action='/turn'/><Hangup/>"
            "</Response>",
            "/turn": THANKS,
        },
        [start(0.25), press("12")],
        sent={"/turn": {"Digits": "2"}},
        at={"KeyPressed": 1.25, "Pressed": 6.25},
        heard=[ONE_SECOND, "Thanks"],
    ),
    "keys after the Gather": one(
        f"<Response><Gather timeout='1'/><Say>{ONE_SECOND}</Say><Hangup/></Response>",
        [start(), wait(1.25), press("1")],
        events=["Gathering", "Silence", "Said", "Heard", "KeyPressed", "Ended"],
        seconds=2,
    ),
    "keys in a Pause outside": case(
        {"/voice": "<Response><Pause length='3'/><Gather timeout='1'/><Hangup/></Response>"},
        [start(0), press("12"), wait()],
        asked=["POST /voice"],
        seconds=4,
    ),
    "keys in a Play outside": case(
        {
            "/voice": "<Response><Play>/a.wav</Play><Gather timeout='1'/><Hangup/></Response>",
            "/a.wav": clip("A", 3),
        },
        [start(0), press("1"), wait()],
        asked=["POST /voice", "GET /a.wav"],
        seconds=4,
    ),
    # input: only what it names is listened for; other sounds do not prolong the timeout.
    "sounds without words": one(
        "<Response><Gather input='dtmf speech'/><Hangup/></Response>",
        [start(), record(2)],
        events=["Gathering", "Silence", "Ended"],
        seconds=5,
    ),
    # Error 11100: an action that is no URL.
    "an action that is no URL": one(
        "<Response><Gather action='mailto:a@b.test'/><Hangup/></Response>",
        failures=[11100],
        ended="error",
    ),
}


@pytest.mark.parametrize("placed", CASES.values(), ids=CASES.keys())
def test_a_gather_does_as_twilio_does(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# https://www.twilio.com/docs/api/errors: a bad value of an attribute is a warning of its own code;
# the default stands, which here ends the Gather after 5 seconds.
BAD_VALUES = {
    "finishOnKey='x'": 13310,
    "method='PUT'": 13312,
    "timeout='0'": 13313,
    "timeout='five'": 13313,
    "timeout='-1'": 13313,
    "timeout='2.5'": 13313,
    "numDigits='0'": 13314,
    "numDigits='many'": 13314,
    "input='voice'": 13326,
    "speechTimeout='0'": 13327,
    "maxSpeechTime='x'": 13328,
    "partialResultCallbackMethod='PUT'": 13329,
    "language='!'": 13331,
    "bargeIn='yes'": 13332,
    "profanityFilter='1'": 13333,
    "enhanced='maybe'": 13339,
    # Error 12200: names are case-sensitive, and an unknown attribute is a warning.
    "numdigits='1'": 12200,
    "keys='1'": 12200,
}


@pytest.mark.parametrize(("attribute", "code"), BAD_VALUES.items(), ids=BAD_VALUES.keys())
def test_a_bad_value_of_a_gather_gives_way_to_the_default(attribute: str, code: int) -> None:
    document = f"<Response><Gather action='/turn' {attribute}/><Hangup/></Response>"
    placed = case(
        {"/voice": document, "/turn": THANKS},
        "12#",
        warnings=[code],
        asked=["POST /voice", "POST /turn"],
        sent={"/turn": {"Digits": "12", "FinishedOnKey": "#"}},
        ended="document",
    )
    assert placed.seen() == placed.expected()


# Error 13338 is an error in Twilio's dictionary, not a warning; the call goes on with the default.
def test_a_bad_action_on_empty_result_is_an_error_and_false() -> None:
    document = "<Response><Gather actionOnEmptyResult='1'/><Say>No entry</Say></Response>"
    placed = one(document, "silence", failures=[13338], heard=["No entry"], ended="document")
    assert placed.seen() == placed.expected()


URLS = {
    "beside the document": ("turn", "/a/turn"),
    "above the document": ("../turn", "/turn"),
    "from the root": ("/turn", "/turn"),
    "only a query": ("?n=2", "/a/menu?n=2"),
    "absolute": ("http://line.test/turn", "/turn"),
    "another host": ("https://x.test:8443/turn", "/turn"),
    "with overrides, which are not sent": ("/turn#ct=2000", "/turn"),
    "an escaped query": ("t?a=%E0%A6%98&amp;b=%27%2F", "/a/t?a=%E0%A6%98&b=%27%2F"),
}


# action: an absolute or a relative URL; relative to that of the current document.
@pytest.mark.parametrize(("action", "target"), URLS.values(), ids=URLS.keys())
def test_an_action_is_relative_to_its_document(action: str, target: str) -> None:
    document = f"<Response><Gather action='{action}' numDigits='1'/><Hangup/></Response>"
    placed = case(
        {target.partition("?")[0]: THANKS} | {"/a/menu": [document, THANKS]},
        "1",
        path="/a/menu?n=1",
        targets=["POST /a/menu?n=1", f"POST {target}"],
        heard=["Thanks"],
        # Frameworks decode such a query before they check the signature.
        warnings=[None] if "%E0" in target else [],
    )
    assert placed.seen() == placed.expected()
