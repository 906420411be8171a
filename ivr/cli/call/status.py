"""What goes on in a live call, in a few words: what the line waits for, says or does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from ivr.cli.call.captions import wanted
from ivr.simulator import events
from ivr.twiml.attributes import KEYS

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.events import Event

CUT: Final = "…"
_NOTHING: Final = "…"
_SHORT_SECONDS: Final = 0.5
"""As long as the tone before a Record: too short to say anything of it."""


class Status:
    """Is told of events, and says how the call stands.

    What matters most stands first, for a line may be cut: the keys, then the seconds that are left.
    """

    def __init__(self) -> None:
        self._latest: Event | None = None
        """Of those that lead from one thing to the next."""
        self._gathering: events.Gathering | None = None
        self._ends_record = ""
        self._queue = ""
        self._keys = ""
        self._sound = ""
        self._sound_until = 0.0

    def __call__(self, event: Event) -> None:
        """Notes what goes on."""
        if not isinstance(event, events.KeyPressed | events.Warned | events.Failed):
            self._latest = event
        match event:
            case events.Heard() | events.Played() | events.Paused():
                self._sound = _sound(event)
                self._sound_until = event.at_seconds + event.seconds
            case events.Interrupted():
                self._sound_until = event.at_seconds
            case events.Gathering():
                self._gathering = event
            case events.Beeped(finish_on_key=keys):
                self._ends_record = "a key" if set(keys) == set(KEYS) else " or ".join(keys)
            case events.Enqueued(queue=queue):
                self._queue = queue
            case events.KeyPressed(key=key, is_heard=True):
                self._keys += key
            case events.Pressed() | events.Silence() | events.Spoke() | events.Recorded():
                self._keys = ""
            case _:
                pass

    def text(self, call: Call, width: int) -> str:
        """Says how the call stands.

        Args:
            call: of which all events were told.
            width: how many letters there is room for; only keys are cut to it, the oldest first.
        """
        match call.waiting:
            case "gather":
                what = "you" if self._gathering is None else wanted(self._gathering)
                awaited = f"{_left(call)} s · waits for {what}"
                return f"{self._shown_keys(width, call)}{awaited}"
            case "record":
                ends = " or ".join(filter(None, (self._ends_record, "hanging up")))
                return f"records what you say; {ends} ends it"
            case "queue":
                return f"you wait in the queue {self._queue!r}"
            case None:
                return self._between(call)

    def _shown_keys(self, width: int, call: Call) -> str:
        if not self._keys:
            return ""
        room = max(width - len(f" · {_left(call)} s{CUT}"), 2)
        is_cut = len(self._keys) > room
        return f"{CUT + self._keys[1 - room :] if is_cut else self._keys} · "

    def _between(self, call: Call) -> str:
        """Nothing waits for the caller: the line speaks, listens to them, or has turned away."""
        has_keys = "keys" in call.listens
        match self._latest:
            case events.Gathering():
                return "you speak"
            case events.Spoke(is_heard=True):
                return "you have spoken; the line waits for silence"
            case events.Delayed():
                return f"{_left(call)} s · you wait for the application, which is slow"
            case _ if call.seconds < self._sound_until:
                return f"{self._sound}{'; a key stops it' if has_keys else ''}"
            case _ if (call.next_seconds or 0.0) - call.seconds > _SHORT_SECONDS:
                ends = "; * ends it" if has_keys else ""
                return f"{_left(call)} s · it rings elsewhere, or you talk there{ends}"
            case _:
                return _NOTHING


def _sound(event: events.Heard | events.Played | events.Paused) -> str:
    match event:
        case events.Heard(to=str(to)):
            return f"the line speaks to {to}"
        case events.Paused():
            return "the line pauses"
        case _:
            return "the line speaks"


def _left(call: Call) -> int:
    return math.ceil((call.next_seconds or call.seconds) - call.seconds)
