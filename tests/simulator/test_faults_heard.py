"""What a caller hears when something goes wrong on the way to the application, on purpose."""

from __future__ import annotations

import pytest

from tests.simulator.conformance import (
    EMPTY,
    ONE_SECOND,
    ORIGIN,
    THANKS,
    Case,
    Reply,
    case,
    clip,
)
from tests.simulator.faulty_line import (
    ENDED,
    KEYED,
    LINE,
    MOVED,
    SORRY,
    THANKED,
    with_faults,
)

# The application has had no request: something in front of it has answered.
STATUSES: dict[str, Case] = {
    "a status, at the first document": case(
        LINE,
        "1",
        setup=with_faults("status:500@1"),
        asked=[],
        heard=[],
        failures=[11200],
        ended="error",
        seconds=0,
    ),
    "a status, at a Gather's action": case(
        LINE,
        "1",
        setup=with_faults("status:404@2"),
        asked=["POST /voice"],
        heard=[ONE_SECOND],
        failures=[11200],
        ended="error",
        seconds=KEYED,
    ),
    "a status, with a fallback": case(
        LINE,
        "1",
        setup=with_faults("status:500@2", fallback_url="/fallback"),
        asked=["POST /voice", "POST /fallback"],
        sent={"/fallback": {"ErrorCode": "11200", "ErrorUrl": f"{ORIGIN}/turn"}},
        heard=[ONE_SECOND, "Sorry"],
        failures=[11200],
        ended="document",
    ),
    "a status, at the fallback too": case(
        LINE,
        "1",
        setup=with_faults("status:500", fallback_url="/fallback"),
        asked=[],
        heard=[],
        failures=[11200, 11200],
        ended="error",
    ),
    "a status, at the target of an HTTP redirect": case(
        {"/voice": MOVED, "/moved": THANKS},
        setup=with_faults("status:503@2"),
        asked=["POST /voice"],
        failures=[11200],
        ended="error",
    ),
    "a status, at the target of a Redirect": case(
        {"/voice": "<Response><Redirect>/turn</Redirect></Response>", "/turn": THANKS},
        setup=with_faults("status:503@2"),
        asked=["POST /voice"],
        failures=[11200],
        ended="error",
    ),
    "a status, at the url of a noun": case(
        {
            "/voice": "<Response><Dial><Number url='/screen'>+12025550123</Number></Dial>"
            "<Say>Bye</Say></Response>",
            "/screen": "<Response><Say>A call</Say></Response>",
        },
        setup=with_faults("status:500@2"),
        asked=["POST /voice"],
        heard=["Bye"],
        failures=[11200],
        ended="document",
        seconds=4 + 3 / 14,
    ),
    "a status, at a waitUrl": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait' action='/turn'>q</Enqueue></Response>",
            "/turn": THANKS,
        },
        setup=with_faults("status:500@2"),
        asked=["POST /voice", "POST /turn"],
        sent={"/turn": {"QueueResult": "error"}},
        heard=["Thanks"],
        failures=[11200],
        ended="document",
    ),
    "a status that is good, with nothing in it": case(
        LINE, setup=with_faults("status:200@1"), asked=[], failures=[11770], ended="error"
    ),
    "a status that leads on, to nowhere": case(
        LINE, setup=with_faults("status:302@1"), asked=[], failures=[11200], ended="error"
    ),
    "a status, tried again": case(
        LINE,
        "1",
        setup=with_faults("status:500@1"),
        path="/voice#rc=1&rp=5xx",
        asked=["POST /voice", "POST /turn"],
        heard=THANKED,
        ended="document",
    ),
    "a status, tried again in vain": case(
        LINE,
        setup=with_faults("status:500"),
        path="/voice#rc=3&rp=5xx",
        asked=[],
        failures=[11200],
        ended="error",
    ),
    "a status, tried again after others": case(
        LINE,
        setup=with_faults("status:500@1", "status:502@2", "status:404@3"),
        path="/voice#rc=3&rp=5xx",
        asked=[],
        failures=[11200],
        ended="error",
    ),
}

# The application has had the request, and nobody hears its answer.
DROPPED: dict[str, Case] = {
    "a connection that breaks off, at the first document": case(
        LINE,
        setup=with_faults("drop@1"),
        asked=["POST /voice"],
        heard=[],
        failures=[11200],
        ended="error",
        seconds=0,
    ),
    "a connection that breaks off, with a fallback": case(
        LINE,
        "1",
        setup=with_faults("drop@2", fallback_url="/fallback"),
        asked=["POST /voice", "POST /turn", "POST /fallback"],
        heard=[ONE_SECOND, "Sorry"],
        failures=[11200],
        ended="document",
    ),
    "a connection that breaks off is never tried again": case(
        LINE,
        setup=with_faults("drop@1"),
        path="/voice#rc=5&rp=all",
        asked=["POST /voice"],
        failures=[11200],
        ended="error",
    ),
    "a connection that breaks off late": case(
        LINE, setup=with_faults("drop@1", "slow:3@1"), failures=[11200], ended="error", seconds=3
    ),
    "a connection that breaks off sets no cookie": case(
        {
            "/voice": Reply(THANKS, headers={"Set-Cookie": "a=b; Path=/"}),
            "/fallback": SORRY,
        },
        setup=with_faults("drop@1", fallback_url="/fallback"),
        cookies={"/fallback": None},
        failures=[11200],
    ),
}

# The application has had the same request twice, and its second answer counts.
DUPLICATES: dict[str, Case] = {
    "a duplicate": case(
        LINE,
        "1",
        setup=with_faults("duplicate@2"),
        asked=["POST /voice", "POST /turn", "POST /turn"],
        each={"/turn": {"Digits": ["1", "1"]}},
        heard=THANKED,
        ended="document",
        seconds=ENDED,
    ),
    "a duplicate of everything": case(
        LINE,
        "1",
        setup=with_faults("duplicate"),
        asked=["POST /voice"] * 2 + ["POST /turn"] * 2,
        heard=THANKED,
    ),
    "a duplicate is one request": case(
        LINE,
        "1",
        setup=with_faults("duplicate@1", "status:500@2"),
        asked=["POST /voice"] * 2,
        heard=[ONE_SECOND],
        failures=[11200],
    ),
    "a duplicate of an HTTP redirect": case(
        {"/voice": MOVED, "/moved": THANKS},
        setup=with_faults("duplicate@1"),
        asked=["POST /voice"] * 2 + ["GET /moved"],
        heard=["Thanks"],
    ),
    "a duplicate of which no answer comes": case(
        LINE,
        setup=with_faults("duplicate", "drop"),
        asked=["POST /voice"] * 2,
        failures=[11200],
        ended="error",
    ),
    "a duplicate that something in front answers": case(
        LINE, setup=with_faults("duplicate", "status:500"), asked=[], failures=[11200]
    ),
    "a duplicate with another body": case(
        LINE | {"/turn": [THANKS, SORRY]},
        "1",
        setup=with_faults("duplicate@2"),
        heard=[ONE_SECOND, "Sorry"],
        warnings=[None],
    ),
    "a duplicate with another status": case(
        LINE | {"/turn": [THANKS, Reply("", 409)]},
        "1",
        setup=with_faults("duplicate@2"),
        heard=[ONE_SECOND],
        warnings=[None],
        failures=[11200],
        ended="error",
    ),
    "a duplicate with another content type": case(
        LINE | {"/turn": [THANKS, Reply(THANKS, type="application/xml")]},
        "1",
        setup=with_faults("duplicate@2"),
        heard=THANKED,
        warnings=[None],
    ),
    "a duplicate that leads elsewhere": case(
        {
            "/voice": [Reply("", 302, headers={"Location": "/turn"}), MOVED],
            "/moved": SORRY,
            "/turn": THANKS,
        },
        setup=with_faults("duplicate@1"),
        heard=["Sorry"],
        warnings=[None],
    ),
}

OTHERS: dict[str, Case] = {
    # Only what asks for documents.
    "a clip and a callback, which nothing befalls": case(
        {
            "/voice": "<Response><Sms statusCallback='/sent'>Hello</Sms><Play>/a.wav</Play>"
            "</Response>",
            "/sent": EMPTY,
            "/a.wav": clip("Hello", 1),
            "/status": EMPTY,
        },
        setup=with_faults(*["drop@2", "status:500@3", "slow:1@4"], status_callback="/status"),
        asked=["POST /voice", "POST /sent", "GET /a.wav", "POST /status"],
        heard=["Hello"],
        ended="document",
        seconds=1,
    ),
}

CASES = STATUSES | DROPPED | DUPLICATES | OTHERS


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_caller_hears(case: Case) -> None:
    expected = case.expected()
    if "seconds" in expected:
        expected["seconds"] = pytest.approx(expected["seconds"], abs=0.001)
    if "at" in expected:
        expected["at"] = pytest.approx(expected["at"], abs=0.001)
    assert case.seen() == expected
