"""Somebody who rings from a number of their own, and may ring again."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import httpx
from msgspec import Struct, field

from ivr.flow.model import Lesson, Menu
from ivr.flow.places import split
from ivr.twiml.verbs import Dial, Gather
from ivr.web.app import create_app
from tests.web.conftest import FORM, Caller

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Option
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer

NUMBER = FORM["From"]
DIGITS = NUMBER[-10:]
_row = count()
FAR_AHEAD = 50
"""A turn beyond the session's: the line believes its own signed URL and goes on from there."""


def asked(answer: Answer) -> Gather | Dial:
    """What in an answer waits for something: keys, or the end of a talk."""
    return next(verb for verb in answer.verbs if isinstance(verb, Gather | Dial))


def place(answer: Answer) -> str:
    """The place that the next request is about."""
    path = asked(answer).action or ""
    return path.removeprefix("/voice/turn/").partition("?")[0]


def options(flow: Flow) -> list[tuple[str, Option]]:
    """Every option of every menu, with the place at which it is offered."""
    return [
        (node_id, option)
        for node_id, node in flow.nodes.items()
        if isinstance(node, Menu)
        for option in node.options
    ]


class Visitor(Struct):
    """One caller at one line."""

    caller: Caller
    flow: Flow
    number: str | None = NUMBER
    """As the carrier writes it; None: the request has no From."""
    to: str = FORM["To"]
    calls: int = 0
    place_in_row: int = field(default_factory=_row.__next__)
    """So that no two have a call of the same name."""

    @classmethod
    def at(cls, parts: Parts) -> Visitor:
        transport = httpx.WSGITransport(app=create_app(parts))
        return cls(Caller(httpx.Client(transport=transport)), parts.spec.flow)

    @property
    def form(self) -> dict[str, str]:
        number = {} if self.number is None else {"From": self.number}
        sid = f"CAvisitor{self.place_in_row}x{self.calls}"
        return {"AccountSid": "AC1", "CallSid": sid, "To": self.to, **number}

    def ring(self) -> Answer:
        """Begin another call."""
        self.calls += 1
        return self.ring_once_more()

    def ring_once_more(self) -> Answer:
        """Send the first request of this call again."""
        return self.send("/voice", CallStatus="ringing")

    def press(self, answer: Answer, keys: str) -> Answer:
        return self.send(asked(answer).action or "", Digits=keys)

    def press_at(self, place: str, keys: str) -> Answer:
        """Press a key as if the call had come to a place."""
        return self.send(f"/voice/turn/{place}?turn={FAR_AHEAD}", Digits=keys)

    def dialled(self, answer: Answer, status: str) -> Answer:
        dial = asked(answer)
        assert isinstance(dial, Dial)
        return self.send(dial.action or "", DialCallStatus=status, DialBridged="true")

    def send(self, path: str, **form: str) -> Answer:
        status = {"CallStatus": "in-progress"}
        return self.caller.read(self.caller.post(path, self.form | status | form))

    def hang_up(self) -> None:
        form = self.form | {"CallStatus": "completed"}
        assert self.caller.post("/voice/status", form).status_code == 204

    def break_off(self) -> str:
        """Ring, go some steps into the longest lesson that can be gone on with, and hang up."""
        lessons = {
            node_id: node
            for node_id, node in self.flow.nodes.items()
            if isinstance(node, Lesson) and node.resume is not None
        }
        longest = max(lessons, key=lambda node_id: len(lessons[node_id].steps))
        self.ring()
        second = self.press_at(f"{longest}.{lessons[longest].steps[0].prompt}", "1")
        third = self.press(second, "1")
        assert split(place(third)) == (longest, lessons[longest].steps[2].prompt)
        self.hang_up()
        return place(third)
