"""The address to which the answer to a turn goes: written by one turn, read by the next.

Sample: `/voice/turn/register_lesson.register_6?turn=7&call=1795420000,language:en,wrongs:1`. It is
ASCII, tells nothing secret, and what is usual is left out. What cannot be counts as left out: an
address is read whatever stands in it, since a caller waits.

All that changes in a call stands in one argument that is always there, so that whoever compares
addresses, such as `ivr crawl`, sees which place it is and not how the caller came to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ivr.engine.carried import NAMED, NOTHING, Carried
from ivr.engine.moves import MAX_BACK
from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_TRIES: Final = 999
"""No caller has so many tries at one place; what is more is written as this."""
MAX_RETRIES: Final = 9

_TURN: Final = re.compile(r"[1-9][0-9]{0,5}")
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,11}")
_TRIES: Final = re.compile(r"[1-9][0-9]{0,2}")
_RETRIES: Final = re.compile(r"[1-9]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_YES: Final = "1"
_BESIDE: Final = "~"
"""Between the places to go back to."""


def action_url(place: str, turn: int, carried: Carried = NOTHING) -> str:
    """The address of a turn.

    Args:
        place: a node, or a step of a lesson.
        turn: its number in the call.
        carried: what the call needs should its session be lost.
    """
    call = ",".join((str(carried.began), *_told(carried)))
    found = [f"/voice/turn/{place}?turn={turn}"]
    if call != "0":
        found.append(f"call={call}")
    if carried.retry:
        found.append(f"retry={min(carried.retry, MAX_RETRIES)}")
    if carried.hop:
        found.append(f"hop={min(carried.hop, MAX_RETRIES)}")
    if carried.has_waited:
        found.append(f"waited={_YES}")
    return "&".join(found)


def read(arguments: Mapping[str, str]) -> tuple[int, Carried]:
    """Turn and what is carried, by the arguments of an address; nothing in them makes it fail.

    Args:
        arguments: of the query, decoded.

    Returns:
        The turn, which is 0 where none is told, and the rest.
    """
    began, *others = arguments.get("call", "").split(",")
    told = {name: value for name, _, value in (each.partition(":") for each in others)}
    return _number(arguments, "turn", _TURN), Carried(
        began=int(began) if _SECONDS.fullmatch(began) else 0,
        language=_matched(told, "language", _LANGUAGE) or None,
        pace=Pace.SLOW if told.get("pace") == Pace.SLOW else Pace.NORMAL,
        simple=told.get("simple") == "",
        together=told.get("together") == "",
        patience=_number(told, "patience", _TRIES),
        silences=_number(told, "silences", _TRIES),
        wrongs=_number(told, "wrongs", _TRIES),
        back=_places(told.get("back", "")),
        is_forgotten=told.get("forgotten") == "",
        retry=_number(arguments, "retry", _RETRIES),
        hop=_number(arguments, "hop", _RETRIES),
        has_waited=arguments.get("waited") == _YES,
    )


def _told(carried: Carried) -> Iterator[str]:
    """All that is not usual of a call, in order."""
    if carried.language:
        yield f"language:{carried.language}"
    if carried.pace is not Pace.NORMAL:
        yield f"pace:{carried.pace}"
    if carried.simple:
        yield "simple"
    if carried.together:
        yield "together"
    if carried.patience:
        yield f"patience:{min(carried.patience, MAX_TRIES)}"
    if carried.silences:
        yield f"silences:{min(carried.silences, MAX_TRIES)}"
    if carried.wrongs:
        yield f"wrongs:{min(carried.wrongs, MAX_TRIES)}"
    if carried.back:
        yield f"back:{_BESIDE.join(carried.back)}"
    if carried.is_forgotten:
        yield "forgotten"


def _matched(arguments: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    given = arguments.get(name)
    return given if given and pattern.fullmatch(given) else ""


def _number(arguments: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> int:
    return int(_matched(arguments, name, pattern) or 0)


def _places(given: str) -> tuple[str, ...]:
    if not given:
        return ()
    places = tuple(given.split(_BESIDE, MAX_BACK))
    are_places = len(places) <= MAX_BACK and all(NAMED.fullmatch(each) for each in places)
    return places if are_places else ()
