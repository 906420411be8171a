"""However many requests of a call hang, it ends in the time that all its answers may take."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ivr.simulator.events import Ended
from ivr.simulator.phone import Phone
from ivr.simulator.verbs import leg
from ivr.simulator.verbs.dialing import RING_SECONDS
from tests.simulator.conformance import (
    EMPTY,
    ORIGIN,
    TOKEN,
    Application,
    Carrier,
    clip,
    setup,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from tests.simulator.conformance import Answer

MOST_SECONDS = 0.1
SLOW_SECONDS = 0.03
MOST_SLOW_ANSWERS = 4
"""So many use the time up."""
MANY = 20

NUMBER = """<Number statusCallback='/slow' statusCallbackEvent='ringing answered completed'>
    +15005550001</Number>"""
CLIPS = "".join(f"<Play>/slow?{number}</Play>" for number in range(MANY))
HANGING = {
    "clips": CLIPS,
    "nested clips": f"<Gather>{CLIPS}</Gather><Hangup/>",
    "callbacks of messages": "<Sms statusCallback='/slow'>Hello</Sms>" * MANY,
    "callbacks of Dials": f"<Dial>{NUMBER}</Dial>" * MANY,
    "documents": "<Redirect>/slow/document</Redirect>",
}


def late(answer: Answer) -> Callable[[Request], Answer]:
    def page(_: Request) -> Answer:
        threading.Event().wait(SLOW_SECONDS)
        return answer

    return page


def application(verbs: str) -> Application:
    return Application(
        {
            "/voice": f"<Response>{verbs}</Response>",
            "/slow": late(clip("Slow", 1)),
            "/slow/document": late("<Response><Pause/><Redirect/></Response>"),
            "/status": EMPTY,
        }
    )


@pytest.mark.parametrize("verbs", HANGING.values(), ids=HANGING)
def test_answers_that_take_too_long_in_all_end_the_call(
    verbs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg, "MAX_ANSWER_SECONDS", MOST_SECONDS)
    line = application(verbs)
    with Phone(Carrier(line), TOKEN, setup(status_callback="/status")) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
    assert call.ended == "limit"
    assert [failed.code for failed in call.failures] == [None]
    assert "does the application hang?" in call.failures[0].message
    paths = [asked.path for asked in line.asked]
    assert sum(path.startswith("/slow") for path in paths) <= MOST_SLOW_ANSWERS
    assert paths[-1] == "/status", "it is told of the end all the same"


def test_a_caller_may_hang_up_when_the_time_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    line = application(f"<Dial>{NUMBER}</Dial>")
    with Phone(Carrier(line), TOKEN, setup(status_callback="/status")) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start(listen_seconds=RING_SECONDS + 1)
        monkeypatch.setattr(leg, "MAX_ANSWER_SECONDS", 0)
        call.hang_up()
    assert call.ended == "caller"
    assert [type(event) for event in call.events].count(Ended) == 1
    told = [asked.params["CallStatus"] for asked in line.asked if asked.path == "/slow"]
    assert told == ["ringing", "in-progress"], "nobody waits for the one of the end"
    assert line.asked[-1].path == "/status"
