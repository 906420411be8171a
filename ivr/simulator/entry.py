"""How a Gather takes the keys that a caller presses. Pure, by Twilio's rules.

https://www.twilio.com/docs/voice/twiml/gather: numDigits ends the entry; so does finishOnKey,
which is not part of it; otherwise the timeout does, counted anew from each key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ivr.twiml.verbs import Gather


class Taken(Struct, frozen=True, kw_only=True):
    """What a Gather made of the keys."""

    digits: str
    """Without the finishing key; empty when there was no entry."""
    finished_on: str = ""
    """The finishing key; empty when numDigits or the timeout ended the entry."""
    key_count: int
    """How many keys went by until the entry ended; those after them were not heard."""
    timed_out: bool


def take(gather: Gather, keys: str) -> Taken:
    """Gives what `gather` makes of `keys`, pressed after each other and then nothing.

    Args:
        gather: with input "speech" it listens to no key.
        keys: of 0-9 * #; empty for silence.
    """
    if "dtmf" not in gather.input:
        return Taken(digits="", key_count=0, timed_out=True)
    for count, key in enumerate(keys):
        if gather.finish_on_key and key == gather.finish_on_key:
            return Taken(digits=keys[:count], finished_on=key, key_count=count + 1, timed_out=False)
        if count + 1 == gather.num_digits:
            return Taken(digits=keys[: count + 1], key_count=count + 1, timed_out=False)
    return Taken(digits=keys, key_count=len(keys), timed_out=True)
