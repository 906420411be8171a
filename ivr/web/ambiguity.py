"""What Twilio's signature does not tell apart, so that it must not be let through.

The signature is made over the URL and then every name and value of the form, sorted, one behind the
other with nothing between them. Whoever has caught one signed request could therefore move a
border without breaking the signature: `call=17` and `AccountSid=AC1` into `call=17AccountSid` and
nothing, or `Called=+1` and `Digits=1` into `Called=+1Digits1`. Nor does it tell in which order, and
how often, the values of one name came. A request that may have been changed so in what this line
reads is known by its shape: Twilio's own never look like it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.twiml import request

if TYPE_CHECKING:
    from collections.abc import Sequence

READ: Final = frozenset(
    {
        *(request.CALL_SID, request.CALL_STATUS, request.DIAL_CALL_STATUS, request.DIGITS),
        *(request.DIRECTION, request.ERROR_URL, request.FINISHED_ON_KEY, request.FROM),
        *(request.TIMESTAMP, request.TO),
    }
)
"""The fields by which the line decides."""
_OF_PARTIES: Final = frozenset(
    party + part for party in request.PARTIES for part in (*request.PLACES, "Country")
)
_NEXT: Final = _OF_PARTIES | {
    *(request.CALLBACK_SOURCE, request.DURATION, request.ERROR_CODE, "CallToken", "ForwardedFrom"),
}
"""What may stand behind one of these in the order of signing, and could be taken into it;
https://www.twilio.com/docs/voice/twiml#request-parameters."""
_HONEST: Final = READ | _NEXT | {request.ACCOUNT_SID}
"""Names within which others stand by themselves."""
_MOVED_INTO_QUERY: Final = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])[A-Z]")
"""A field's name begins with a capital; what this line writes into its URLs has none."""
_NAMES: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9_.-]*\n)*")
"""What of a URL is moved into a name would bring a figure, `=` or `&`."""
# The account's is the first to be signed, so that the end of the URL would be moved into it.
_READ: Final = re.compile("|".join(sorted(READ | {request.ACCOUNT_SID}, key=len, reverse=True)))
_READ_OR_NEXT: Final = re.compile(
    "|".join(sorted(READ | _NEXT, key=len, reverse=True)) + f"|{request.CALLED}(?![A-Z])"
)


MAX_SHAPES: Final = 64
"""A carrier sends its fields in a dozen ways."""


class _Shape(Struct, frozen=True):
    """What the names of the fields tell alone; a carrier sends the same ones again and again."""

    names: frozenset[str]
    read: tuple[int, ...]
    """Which fields the line decides by."""
    others: tuple[tuple[str, int], ...]
    """All others, and what is put before the value of each of them."""


def is_ambiguous(query: str, fields: Sequence[tuple[str, str]]) -> bool:
    """Whether the same signature would fit another request of which this one was made.

    Args:
        query: of the URL, as it came.
        fields: of the form, names and values in order.
    """
    shape = _shape(tuple([name for name, _ in fields]))
    if shape is None or _MOVED_INTO_QUERY.search(query) is not None:
        return True
    values = [value for _, value in fields]
    # A field that was moved into another is not there by itself any more.
    read = "\n".join([values[at] for at in shape.read])
    others = "\n".join([before + values[at] for before, at in shape.others])
    found = (*_READ_OR_NEXT.findall(read), *_READ.findall(others))
    return any(name not in shape.names for name in found)


@lru_cache(maxsize=MAX_SHAPES)
def _shape(names: tuple[str, ...]) -> _Shape | None:
    """What these names tell; None: they are ambiguous by themselves."""
    known = frozenset(names)
    if len(known) < len(names) or _NAMES.fullmatch("".join(f"{name}\n" for name in names)) is None:
        return None
    return _Shape(
        names=known,
        read=tuple(at for at, name in enumerate(names) if name in READ),
        others=tuple(  # with no border between, since one may have been put into a name
            ("" if name in _HONEST else name, at)
            for at, name in enumerate(names)
            if name not in READ
        ),
    )
