"""What TwiML has: elements, their attributes and what may stand in them, by Twilio's own library.

The library's classes have a method for each element that may stand in another one, with the
attributes as its arguments; its XSD files in public are out of date. So each method is called once
with dummy arguments, and what it has nested is looked at.

    describe()["Gather"] == Description(
        attributes=frozenset({"action", "timeout", …}),
        children=frozenset({"Say", "Play", "Pause"}),
        has_text=False,
    )
"""

from __future__ import annotations

from functools import cache
from inspect import Parameter, getmembers, ismethod, signature
from typing import TYPE_CHECKING

from msgspec import Struct
from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = "Response"
_DUMMY = "x"
_OF_EVERY_ELEMENT = frozenset(dir(TwiML))


class Description(Struct, frozen=True):
    """Of one element, wherever it may stand."""

    attributes: frozenset[str]
    """Their names in XML."""
    children: frozenset[str]
    """The elements that may stand in it."""
    has_text: bool
    """Whether text may stand in it."""


@cache
def describe() -> Mapping[str, Description]:
    """Gives a description of every element of TwiML for voice, by its name; made at first use.

    A few names stand for several elements, such as the Sip of Dial and of Refer: what any of them
    may have is allowed in all.
    """
    found: dict[str, Description] = {}
    seen: set[type[TwiML]] = {VoiceResponse}
    to_do: list[TwiML] = [VoiceResponse()]
    while to_do:
        parent = to_do.pop()
        children = tuple(_children(parent))
        here = Description(
            frozenset(parent.attrs), frozenset(child.name for child in children), bool(parent.value)
        )
        found[parent.name] = _merged(found[parent.name], here) if parent.name in found else here
        new = {type(child): child for child in children if type(child) not in seen}
        seen.update(new)
        to_do.extend(new.values())
    return found


def _children(parent: TwiML) -> Iterator[TwiML]:
    for name, method in getmembers(parent, ismethod):
        if name not in _OF_EVERY_ELEMENT:
            yield method(**dict.fromkeys(_arguments(method), _DUMMY))


def _arguments(method: Callable[..., TwiML]) -> list[str]:
    parameters = signature(method).parameters.values()
    return [each.name for each in parameters if each.kind is Parameter.POSITIONAL_OR_KEYWORD]


def _merged(one: Description, other: Description) -> Description:
    return Description(
        one.attributes | other.attributes,
        one.children | other.children,
        one.has_text or other.has_text,
    )
