"""Requests that nobody sends by mistake: signed ones with strange words in them, and forged ones.

    made = Generator(seed, spec.flow).vouched()

Each seed gives the same requests. A request is vouched for when its signature was made with a token
of the line over exactly what is sent; otherwise it is forged, however little was changed.
"""

from __future__ import annotations

import io
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from msgspec import Struct, field
from msgspec.structs import replace

from ivr.flow.model import Lesson
from ivr.twiml import request
from ivr.twiml.signature import sign
from ivr.web.ambiguity import READ
from tests.conftest import DAY, LINE
from tests.faults.strange_words import (
    ARGUMENTS,
    HEADER_WORDS,
    HEADERS,
    METHODS,
    STATUSES,
    STRANGE_PATHS,
    TOLD,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.flow.model import Flow

TOKENS: Final = ("new-token-of-the-line", "old-token-of-the-line")
FORM_TYPE: Final = "application/x-www-form-urlencoded"
HOST: Final = LINE.removeprefix("http://")
BEGAN: Final = int(DAY.timestamp()) - 300
NEW_VICTIM: Final = 0.2
"""How often another request is overheard."""

T = TypeVar("T")
Pairs = list[tuple[str, str]]


class Made(Struct, frozen=True, kw_only=True):
    """A request, each part of it as it goes over the wire."""

    method: str = "POST"
    target: str
    body: bytes = b""
    signature: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, Any]:
        """The variables that gunicorn would make of it."""
        target = self.target.encode().decode("latin-1")  # as a WSGI server gives bytes
        path, _, query = target.partition("#")[0].partition("?")
        made: dict[str, Any] = {
            "REQUEST_METHOD": self.method.encode().decode("latin-1"),
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(_without_host(path)).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": HOST,
            "CONTENT_TYPE": FORM_TYPE,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        sent = dict(self.headers)
        if self.signature is not None:
            sent["X-Twilio-Signature"] = self.signature
        for name, value in sent.items():
            key = name.upper().replace("-", "_")
            made[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        return made

    @property
    def fields(self) -> Pairs:
        """What stands in the form, in the order in which it is signed."""
        return sorted(parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))

    @property
    def read(self) -> tuple[str, Pairs]:
        """What a signature must vouch for: the URL, and every field that the line reads."""
        # An empty query is none.
        return self.target.removesuffix("?"), [pair for pair in self.fields if pair[0] in READ]


class Generator:
    """Makes requests by chance, the same ones from the same seed."""

    def __init__(self, seed: int, flow: Flow) -> None:
        self._chance = Random(seed)  # noqa: S311 - no secret; the same requests each time
        self._places = _places(flow)
        self._seed = seed
        self._calls = 0
        self._honest, self._caught = self.vouched(), self.vouched()
        """What somebody has overheard, and wants to change."""

    def vouched(self) -> Made:
        """A request that the carrier has signed, as strange as it may be."""
        path, form = self._event()
        form |= {self._one(tuple(form)): self._one(WORDS) for _ in range(self._few())}
        if self._chance.random() < 0.1:
            form.pop(self._one(tuple(form)))
        if self._chance.random() < 0.05:
            form |= {f"SipHeader_X-{number}": self._one(WORDS) for number in range(60)}
        body = urlencode(form).encode()
        return Made(target=path, body=body, signature=sign(self._one(TOKENS), LINE + path, form))

    def forged(self) -> Made:
        """A request that was never signed so: one that was, with something changed."""
        if self._chance.random() < NEW_VICTIM:
            self._caught, self._honest = self._honest, self.vouched()
        forge: Callable[[Made], Made] = self._one(
            (
                *(self._unsigned, self._signed_otherwise, self._with_a_caught_signature),
                *(self._with_another_body, self._with_another_target, self._with_moved_border),
            )
        )
        made = forge(self._honest)
        if made.signature == self._honest.signature and made.read == self._honest.read:
            return self.forged()
        return made

    def strange(self) -> Made:
        """Any request: other methods, paths and headers, signed or not."""
        made = self._one((self.vouched, self.forged))()
        chance = self._chance.random()
        if chance < 0.3:
            made = replace(made, method=self._one(METHODS))
        if chance > 0.5:
            made = replace(made, target=self._one(STRANGE_PATHS), method=self._one(METHODS[:3]))
        headers = {self._one(HEADERS): self._one(HEADER_WORDS) for _ in range(self._few())}
        return replace(made, headers=headers)

    # -- Honest requests ---------------------------------------------------------------------------

    def _event(self) -> tuple[str, dict[str, str]]:
        """The path and the form of something that can happen in a call."""
        self._calls += self._chance.random() < 0.5
        direction: Sequence[request.Direction] = ("inbound", "outbound-api")
        party = request.Party(
            call_sid=f"CA{self._seed}x{self._calls}",
            account_sid="ACgenerated",
            from_number=f"+9198765{self._chance.randrange(100_000):05}",
            to_number="+12025550100",
            direction=self._one(direction),
        )
        match self._chance.randrange(8):
            case 0:
                return self._one(("/voice", "/voice", "/voice?retry=1")), party.form("ringing")
            case 1:
                ended = party.form("completed") | request.ended(60, DAY, 3)
                return "/voice/status", ended | {request.CALL_STATUS: self._one(STATUSES)}
            case 2:
                failed = request.failed(self._one((11200, 11205, 12100)), LINE + self._turn_url())
                return "/voice/fallback", party.form("in-progress") | failed
            case 3:
                dialed = request.dialed("busy", "CAdialed", 7, bridged=False)
                return self._turn_url(), party.form("in-progress") | dialed
            case _:
                keys = "".join(self._one("0123456789*") for _ in range(self._few()))
                gathered = request.gathered(keys, self._one(("", "#", "*")))
                return self._turn_url(), party.form("in-progress") | gathered

    def _turn_url(self) -> str:
        place = self._one((*self._places, "nowhere", "a.b", "%E0%A6%95", "a%2Fb", "..", "x" * 300))
        began = self._word((f"{BEGAN}", f"{BEGAN + 60}"))
        told = [self._word(TOLD) for _ in range(self._few())]
        query = {"turn": self._one(ARGUMENTS["turn"]), "call": ",".join((began, *told))}
        for name in self._chance.sample(sorted(ARGUMENTS), min(self._few(), len(ARGUMENTS))):
            query[name] = self._word(ARGUMENTS[name])
        # The line's own addresses have small letters only.
        return f"/voice/turn/{place}?{urlencode(query, safe=',:~')}"

    def _word(self, meant: Sequence[str]) -> str:
        """One that can be, most of the time."""
        return self._one(meant if self._chance.random() < 0.8 else WORDS)[:200]

    # -- Forgeries ---------------------------------------------------------------------------------

    def _unsigned(self, made: Made) -> Made:
        made_up = "".join(self._one("abcXYZ019+/") for _ in range(27)) + "="
        return replace(made, signature=self._one((None, "", made_up, "\xff" * 28, "=" * 5000)))

    def _signed_otherwise(self, made: Made) -> Made:
        form = dict(made.fields)
        honest = made.signature or ""
        return replace(
            made,
            signature=self._one(
                (
                    sign("a token of somebody else", LINE + made.target, form),
                    sign("", LINE + made.target, form),
                    sign(",".join(TOKENS), LINE + made.target, form),
                    sign(TOKENS[0], "https" + LINE[4:] + made.target, form),
                    sign(TOKENS[0], "http://evil.example" + made.target, form),
                    sign(TOKENS[0], LINE + made.target + "&a=b", form),
                    sign(TOKENS[0], LINE + made.target, form | {"Digits": "999"}),
                    honest.swapcase(),
                    honest[:-2] + "A=",
                    honest[1:] + honest[0],
                )
            ),
        )

    def _with_a_caught_signature(self, made: Made) -> Made:
        return replace(made, signature=self._caught.signature)

    def _with_another_body(self, made: Made) -> Made:
        pairs = made.fields
        at = self._chance.randrange(len(pairs))
        name, value = pairs[at]
        match self._chance.randrange(6):
            case 0:
                pairs[at] = name, value + self._one(("1", " ", "\x00", "a"))
            case 1:
                del pairs[at]
            case 2:
                pairs.append((self._one(("Digits", "CallSid", "From", "Extra")), self._one(WORDS)))
            case 3:
                pairs[at] = name + "x", value
            case 4:
                pairs.append((name, value))
            case _:
                return replace(
                    made, body=made.body + self._one((b"&\xff=1", b"&a=%", b"\x00", b"&&b"))
                )
        return replace(made, body=urlencode(pairs).encode())

    def _with_another_target(self, made: Made) -> Made:
        target = made.target
        path, _, query = target.partition("?")
        changed = (
            *(target + "&turn=8", target + "?a=b", target + "&", f"{path};?{query}", target + "#a"),
            *(target.replace("turn=", "turn=1", 1), target.replace("call=", "ca\tll=", 1)),
            *(target.replace("call=", "cell=", 1), path, f"{path}x?{query}", target[:-1]),
            *("/voice/status", "/voice", "/voice/fallback", "//evil.example" + target),
            *(f"{path[1:]}?turn=9&a=://b{target}", f"a:/voice?a=://b{target}"),
            *(f"/voice/turn/{self._one(self._places)}?{query}", target.upper(), target + "%00"),
        )
        found: str = self._one([each for each in changed if each != target])
        return replace(made, target=found)

    def _with_moved_border(self, made: Made) -> Made:
        """What is signed stays the same; where one field ends and the next begins moves."""
        pairs = made.fields
        if self._chance.random() < 0.3:
            (name, value), rest = pairs[0], pairs[1:]
            cut = self._chance.randrange(len(made.target) - 3, len(made.target))
            moved = self._one(
                (
                    (made.target + name + value, rest),
                    (made.target + name, [(value or "a", ""), *rest]),
                    (made.target[:cut], [(made.target[cut:] + name, value), *rest]),
                )
            )
            return replace(made, target=moved[0], body=urlencode(moved[1]).encode())
        at = self._chance.randrange(1, len(pairs))
        (before, first), (name, value) = pairs[at - 1], pairs[at]
        cut = self._chance.randrange(len(name) + 1)
        changed = self._one(
            (
                [(before, first + name + value)],
                [(before + first + name, value)],
                [(before, first), (name + value, "")],
                [(before, first), (name[:cut], name[cut:] + value)],
                [(before, first + name), (value or "a", "")],
            )
        )
        return replace(
            made, body=urlencode([*pairs[: at - 1], *changed, *pairs[at + 1 :]]).encode()
        )

    def _few(self) -> int:
        return self._one((0, 0, 1, 1, 2, 4))

    def _one(self, choices: Sequence[T]) -> T:
        return self._chance.choice(choices)


def _places(flow: Flow) -> tuple[str, ...]:
    """Every place of the flow: its nodes, and the steps of its lessons."""
    steps = tuple(
        f"{node_id}.{step.prompt}"
        for node_id, node in flow.nodes.items()
        if isinstance(node, Lesson)
        for step in node.steps
    )
    return *flow.nodes, *steps


def _without_host(path: str) -> str:
    return "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path
