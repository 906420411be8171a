"""The address to which the answer to a turn goes: written by one turn, read by the next.

Sample: `/voice/turn/register_lesson.register_6?turn=7&began=1795420000&language=en`. It is ASCII,
tells nothing secret, and what is usual is left out. What cannot be counts as left out: an address
is read whatever stands in it, since a caller waits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.engine.carried import NAMED, NOTHING, Carried
from ivr.engine.moves import MAX_BACK
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TRIES: Final = 999
"""No caller has so many tries at one place; what is more is written as this."""
MAX_RETRIES: Final = 9

_TURN: Final = re.compile(r"[1-9][0-9]{0,5}")
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,11}")
_TRIES: Final = re.compile(r"[1-9][0-9]{0,2}")
_RETRIES: Final = re.compile(r"[1-9]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_YES: Final = "1"
_NO: Final = "0"


def action_url(place: str, turn: int, carried: Carried = NOTHING) -> str:
    """The address of a turn.

    Args:
        place: a node, or a step of a lesson.
        turn: its number in the call.
        carried: what the call needs should its session be lost.
    """
    told = f"/voice/turn/{place}?turn={turn}"
    return told + "".join(f"&{name}={value}" for name, value in _told(carried) if value)


def read(arguments: Mapping[str, str]) -> tuple[int, Carried]:
    """Turn and what is carried, by the arguments of an address; nothing in them makes it fail.

    Args:
        arguments: of the query, decoded.

    Returns:
        The turn, which is 0 where none is told, and the rest.
    """
    return _number(arguments, "turn", _TURN), Carried(
        began=_number(arguments, "began", _SECONDS),
        language=_matched(arguments, "language", _LANGUAGE) or None,
        pace=Pace.SLOW if arguments.get("pace") == Pace.SLOW else Pace.NORMAL,
        simple=arguments.get("simple") == _YES,
        together=arguments.get("together") == _YES,
        patience=_number(arguments, "patience", _TRIES),
        silences=_number(arguments, "silences", _TRIES),
        wrongs=_number(arguments, "wrongs", _TRIES),
        back=_places(arguments.get("back", "")),
        is_forgotten=arguments.get("kept") == _NO,
        retry=_number(arguments, "retry", _RETRIES),
        hop=_number(arguments, "hop", _RETRIES),
        has_waited=arguments.get("waited") == _YES,
    )


def _told(carried: Carried) -> tuple[tuple[str, str | int], ...]:
    """Every argument beside the turn, in order; 0 and nothing are left out."""
    return (
        ("began", carried.began),
        ("language", carried.language or ""),
        ("pace", "" if carried.pace is Pace.NORMAL else carried.pace),
        ("simple", _YES if carried.simple else ""),
        ("together", _YES if carried.together else ""),
        ("patience", min(carried.patience, MAX_TRIES)),
        ("silences", min(carried.silences, MAX_TRIES)),
        ("wrongs", min(carried.wrongs, MAX_TRIES)),
        ("back", ",".join(carried.back)),
        ("kept", _NO if carried.is_forgotten else ""),
        ("retry", min(carried.retry, MAX_RETRIES)),
        ("hop", min(carried.hop, MAX_RETRIES)),
        ("waited", _YES if carried.has_waited else ""),
    )


def _matched(arguments: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    given = arguments.get(name, "")
    return given if pattern.fullmatch(given) else ""


def _number(arguments: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> int:
    return int(_matched(arguments, name, pattern) or 0)


def _places(given: str) -> tuple[str, ...]:
    places = tuple(given.split(",", MAX_BACK))
    are_places = len(places) <= MAX_BACK and all(NAMED.fullmatch(each) for each in places)
    return places if are_places else ()
