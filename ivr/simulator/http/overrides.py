"""Twilio's connection overrides: how long to wait and when to try again, in a URL's fragment.

    https://line.example/voice#ct=2000&rt=5000&tt=10000&rc=2&rp=5xx,ct

waits 2 s for a connection and 5 s for the answer, 10 s in all, and tries up to two times again
after a 5xx or when there was no connection. The names, the ranges and the defaults are those of
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides. The fragment itself is
never sent and never signed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

Trouble: TypeAlias = Literal["4xx", "5xx", "ct", "rt"]
"""What a request may be tried again after: an answer with such a status, no connection (a failed
TLS handshake among them), no answer within the read timeout."""

BAD_RETRY_POLICY: Final = 11243

_TROUBLES: Final[tuple[Trouble, ...]] = get_args(Trouble)
_ALL: Final = "all"
_IGNORED: Final = frozenset({"sni", "e"})
"""They choose Twilio's own servers and their TLS, which a pretend carrier has none of."""

_MILLISECONDS: Final = 1000


class Overrides(Struct, frozen=True, kw_only=True):
    """How a request is made; without a fragment, as Twilio makes it by default."""

    connect_seconds: float = 5.0
    """For the connection (`ct`)."""
    read_seconds: float = 15.0
    """For the first bytes of the answer, and between any two (`rt`)."""
    total_seconds: float = 15.0
    """For everything together, with all retries and HTTP redirects (`tt`)."""
    retries: int = 1
    """How often it may be tried again (`rc`)."""
    retry_on: frozenset[Trouble] = frozenset({"ct"})
    """After what it is tried again (`rp`)."""


class Problem(Struct, frozen=True):
    """An override that cannot be taken; the default is used in its place."""

    code: int | None
    """As Twilio's debugger would show it; None where Twilio documents none."""
    message: str


class _Number(Struct, frozen=True):
    """A whole number from `least` to `most`; a field in seconds holds `divisor` times less."""

    field: str
    least: int
    most: int
    divisor: int = 1


_NUMBERS: Final[Mapping[str, _Number]] = {
    "ct": _Number("connect_seconds", 100, 10_000, _MILLISECONDS),
    "rt": _Number("read_seconds", 100, 15_000, _MILLISECONDS),
    "tt": _Number("total_seconds", 100, 15_000, _MILLISECONDS),
    "rc": _Number("retries", 0, 5),
}
_POLICY: Final = "rp"
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


def parse_overrides(fragment: str) -> tuple[Overrides, tuple[Problem, ...]]:
    """Gives the overrides of a fragment, and what is wrong with it.

    Args:
        fragment: of a URL, without `#` and percent-decoded; anything. One that holds none of the
            overrides (`top`, `section=2`) is somebody else's, and nothing is wrong with it.
    """
    pairs = dict(parse_qsl(fragment, keep_blank_values=True))
    if not pairs.keys() & {*_NUMBERS, _POLICY, *_IGNORED} or "=" not in fragment:
        return Overrides(), ()
    found: dict[str, float | frozenset[Trouble]] = {}
    problems: list[Problem] = []
    for name, text in pairs.items():
        if name in _NUMBERS:
            _take_number(name, text, found, problems)
        elif name == _POLICY:
            _take_policy(text, found, problems)
        elif name not in _IGNORED:
            problems.append(Problem(None, f"#{name}={text} is no connection override of Twilio's"))
    return Overrides(**found), tuple(problems)  # type: ignore[arg-type] # the table has its fields


def _take_number(
    name: str,
    text: str,
    found: dict[str, float | frozenset[Trouble]],
    problems: list[Problem],
) -> None:
    rule = _NUMBERS[name]
    number = int(text) if _WHOLE_NUMBER.fullmatch(text) else -1
    if rule.least <= number <= rule.most:
        found[rule.field] = number if rule.divisor == 1 else number / rule.divisor
    else:
        message = f"#{name}={text} is not from {rule.least} to {rule.most}; the default is used"
        problems.append(Problem(None, message))


def _take_policy(
    text: str, found: dict[str, float | frozenset[Trouble]], problems: list[Problem]
) -> None:
    names = set(text.split(","))
    if names <= {*_TROUBLES, _ALL}:
        found["retry_on"] = frozenset(
            trouble for trouble in _TROUBLES if trouble in names or _ALL in names
        )
    else:
        message = f"#rp={text} is not of 4xx, 5xx, ct, rt and all; the default is used"
        problems.append(Problem(BAD_RETRY_POLICY, message))
