"""A call as a carrier knows it: what was asked and answered, and what waits for the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

from ivr.twiml.verbs import Dial, Gather

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.twiml.verbs import Verb


class Request(Struct, frozen=True):
    """One that was made, and how it was answered."""

    path: str
    form: Mapping[str, str]
    body: bytes
    is_sure: bool
    """Redis was well the whole time before it, so that the answer is kept."""

    def __repr__(self) -> str:
        """Say where it went, for the steps of an example that failed."""
        return f"Request({self.path}, sure: {self.is_sure})"


class Call(Struct):
    """One call, as a carrier knows it."""

    sid: str
    number: str
    verbs: tuple[Verb, ...] = ()
    made: list[Request] = field(default_factory=list)
    is_over: bool = False
    is_told: bool = False
    """The line has had the status callback."""

    def __repr__(self) -> str:
        """Say in one line where it stands, for the steps of an example that failed."""
        return f"Call({self.sid}, {self.number}, {self.made[-1].path}, over: {self.is_over})"

    @property
    def form(self) -> dict[str, str]:
        sid = {"CallSid": self.sid, "AccountSid": "AC1", "CallStatus": "in-progress"}
        return sid | {"From": self.number, "To": "+12025550100"}

    @property
    def asked(self) -> Gather | Dial | None:
        """What waits for the caller, or for whom is rung."""
        return next((verb for verb in self.verbs if isinstance(verb, Gather | Dial)), None)

    @property
    def action(self) -> str:
        asked = self.asked
        assert asked is not None
        assert asked.action is not None
        return asked.action

    def answer(self, keys: str, outcome: str) -> dict[str, str]:
        """What is told at the action: keys, or how the Dial ended."""
        if isinstance(self.asked, Dial):
            return self.form | {"DialCallStatus": outcome, "DialBridged": "false"}
        return self.form | {"Digits": keys, "FinishedOnKey": "", "msg": "Gather End"}


def number_in(path: str, name: str) -> int:
    """What the query of an action URL says under a name; 0 where it says nothing."""
    return int(parse_qs(urlsplit(path).query).get(name, ["0"])[0])
