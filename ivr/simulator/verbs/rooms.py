"""Where a document is carried out, and which verbs it may use there.

https://www.twilio.com/docs/voice/twiml/number#url and …/enqueue#waiturl list the verbs of these
places.
"""

from __future__ import annotations

from typing import get_args

from msgspec import Struct

from ivr.twiml import verbs as twiml

_SOUND: tuple[type, ...] = get_args(twiml.Nested)


class Room(Struct, frozen=True, kw_only=True):
    """A place for documents: `Room(name="a waitUrl", verbs=(Say, Play))`."""

    name: str
    verbs: tuple[type, ...]

    def allows(self, verb: twiml.Verb) -> bool:
        """Says whether `verb` may be used here."""
        return isinstance(verb, self.verbs)


CALL = Room(name="a call", verbs=get_args(twiml.Verb))
SCREENING = Room(
    name="the document of somebody dialled",
    # Pause and Redirect are not in Twilio's list, and known to work.
    verbs=(*_SOUND, twiml.Gather, twiml.Hangup, twiml.Redirect),
)
TAKEN = Room(name="the document of somebody taken out of a queue", verbs=(*_SOUND, twiml.Redirect))
QUEUE = Room(
    name="a waitUrl",
    verbs=(*_SOUND, twiml.Gather, twiml.Hangup, twiml.Redirect, twiml.Leave),
)
