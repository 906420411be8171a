"""Whoever asks in a benchmark: requests as Twilio sends and signs them, made as cheaply as can be.

Whoever measures shares the machine with what is measured. So a form is written once a call, and the
signature of a turn is one HMAC over what was put together before.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlencode

from msgspec import Struct

if TYPE_CHECKING:
    from random import Random

TOKEN: Final = "token-of-the-benchmark"
ACCOUNT: Final = f"AC{1:032x}"
LINE: Final = "+12025550100"
HOST: Final = "line.example"
ORIGIN: Final = f"http://{HOST}"
START: Final = "/voice"
PLAIN_TURN: Final = "/voice/turn"
"""Where *floor* and *usual* are asked."""
MAX_TURNS: Final = 250
"""Of one call: fewer than the line allows, and longer than any real call."""
LEGS: Final = 6
"""So many steps of the lesson forward, and then back."""
NEXT: Final = "1"
BACK: Final = "3"
TROUBLED_KEYS: Final = ("", "", "", "1", "1", "2", "2", "3", "4", "7", "8", "9", "0", "*")
"""Silence is what trouble is made of most."""
CONTENT_TYPE: Final = "application/x-www-form-urlencoded; charset=UTF-8"
IDEMPOTENCY_TOKEN: Final = "8c7ae9c2-0f4c-4ac1-b4a5-5aeb3f4b0a5b"

_ACTION: Final = re.compile(rb' action="([^"]*)"')
_LESSON: Final = "/register_lesson."


class Signed(Struct, frozen=True):
    """One request, ready to be sent."""

    path: str
    """With its query."""
    signature: str
    body: bytes

    def wire(self) -> bytes:
        """The bytes of it as they go over a connection that is kept."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            f"Accept: */*\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"X-Twilio-Signature: {self.signature}\r\n"
            f"I-Twilio-Idempotency-Token: {IDEMPOTENCY_TOKEN}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


class Walk(Protocol):
    """One caller after another on one connection."""

    @property
    def is_turn(self) -> bool:
        """Whether the next request is of the kind that is measured."""

    def request(self) -> Signed:
        """What is asked next."""

    def take(self, answer: bytes) -> None:
        """Read where the answer leads."""


class _Form(Struct, frozen=True):
    """A form as it is signed and as it is sent."""

    signed: bytes
    body: bytes

    @classmethod
    def of(cls, fields: dict[str, str]) -> _Form:
        signed = "".join(name + fields[name] for name in sorted(fields))
        return cls(signed.encode(), urlencode(fields).encode())

    def at(self, path: str) -> Signed:
        digest = hmac.digest(TOKEN.encode(), f"{ORIGIN}{path}".encode() + self.signed, "sha1")
        return Signed(path, b64encode(digest).decode(), self.body)


def form(number: int, **more: str) -> dict[str, str]:
    """What Twilio tells of a call, of the caller with this number, with what else has happened."""
    caller = f"+9198{number % 100_000_000:08d}"
    party = {"City": "", "Country": "IN", "State": "", "Zip": ""}
    line = {"City": "", "Country": "US", "State": "DC", "Zip": ""}
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": f"CA{number:032x}",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        **dict.fromkeys(("Called", "To"), LINE),
        **dict.fromkeys(("Caller", "From"), caller),
        **{name + part: text for name in ("Called", "To") for part, text in line.items()},
        **{name + part: text for name in ("Caller", "From") for part, text in party.items()},
        **more,
    }


def keyed(number: int, keys: str) -> dict[str, str]:
    """The form of a turn in which keys were pressed."""
    return form(number, Digits=keys, FinishedOnKey="", msg="Gather End")


def action(answer: bytes) -> str:
    """Where the keys go that this document asks for.

    Raises:
        ValueError: it asks for none.
    """
    found = _ACTION.search(answer)
    if found is None:
        raise ValueError(f"nothing is asked here: {answer.decode(errors='replace')[:500]}")
    return found[1].decode().replace("&amp;", "&")


class PlainWalk:
    """A caller of *floor* or *usual*: every turn has the same address."""

    is_turn: Final = True

    def __init__(self, number: int) -> None:
        self._form = _Form.of(keyed(number, NEXT))

    def request(self) -> Signed:
        return self._form.at(PLAIN_TURN)

    def take(self, answer: bytes) -> None:
        del answer


class LessonWalk:
    """Callers of this line, who go to and fro in the lesson about registering.

    Args:
        number: of the first caller.
        stride: to the number of the next one: no two walks may have the same callers.
    """

    def __init__(self, number: int, stride: int) -> None:
        self._number = number
        self._stride = stride
        self._forms = _forms(number)
        self._path, self._key = START, NEXT
        self._turns = self._steps = 0

    @property
    def is_turn(self) -> bool:
        """Whether the caller is in the lesson."""
        return _LESSON in self._path

    def request(self) -> Signed:
        if self._path == START:
            return _Form.of(form(self._number, CallStatus="ringing")).at(START)
        return self._forms[self._key].at(self._path)

    def take(self, answer: bytes) -> None:
        self._path = action(answer)
        self._turns += 1
        if not self.is_turn:
            self._steps = 0
        else:
            self._steps += 1
        is_forward = max(0, self._steps - 1) // LEGS % 2 == 0
        self._key = NEXT if is_forward else BACK
        if self._turns == MAX_TURNS:
            self._begin()

    def _begin(self) -> None:
        """Let the next one ring."""
        self._number += self._stride
        self._forms = _forms(self._number)
        self._path, self._key = START, NEXT
        self._turns = self._steps = 0


def _forms(number: int) -> dict[str, _Form]:
    """What a caller sends in the lesson, by the key."""
    return {key: _Form.of(keyed(number, key)) for key in (NEXT, BACK)}


class TroubledWalk:
    """A caller who presses anything, or nothing, wherever the call leads.

    Args:
        number: of the caller.
        chance: decides about the keys.
    """

    is_turn: Final = True

    def __init__(self, number: int, chance: Random) -> None:
        self.is_over = False
        self._number = number
        self._chance = chance
        self._path = START

    def request(self) -> Signed:
        if self._path == START:
            return _Form.of(form(self._number, CallStatus="ringing")).at(START)
        keys = self._chance.choice(TROUBLED_KEYS)
        return _Form.of(keyed(self._number, keys)).at(self._path)

    def take(self, answer: bytes) -> None:
        """Read where the answer leads; a call that ends is over."""
        self.is_over = _ACTION.search(answer) is None
        if not self.is_over:
            self._path = action(answer)
