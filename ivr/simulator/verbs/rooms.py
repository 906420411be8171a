"""Where a document is carried out, and which verbs it may use there.

https://www.twilio.com/docs/voice/twiml/number#url and …/enqueue#waiturl list the verbs of these
places.
"""

from __future__ import annotations

from msgspec import Struct

from ivr.twiml.verbs import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Other,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Verb,
)

_SOUND: tuple[type, ...] = (Say, Play, Pause)


class Room(Struct, frozen=True, kw_only=True):
    """A place for documents: `Room(name="a waitUrl", verbs=(Say, Play))`."""

    name: str
    verbs: tuple[type, ...]

    def allows(self, verb: Verb) -> bool:
        """Says whether `verb` may be used here."""
        return isinstance(verb, self.verbs)


CALL = Room(
    name="a call",
    verbs=(
        *_SOUND,
        *(Gather, Record, Dial, Enqueue, Leave, Redirect, Hangup, Reject, Sms, Other),
    ),
)
SCREENING = Room(
    name="the document of somebody dialled",
    # Pause and Redirect are not in Twilio's list, and known to work.
    verbs=(*_SOUND, Gather, Hangup, Redirect),
)
QUEUE = Room(name="a waitUrl", verbs=(*_SOUND, Gather, Hangup, Redirect, Leave))
