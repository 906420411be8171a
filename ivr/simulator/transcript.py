"""A call in lines to read: who did what, and when.

0.0s  line    Press 1 for our opening hours.
4.2s  caller  1
4.7s  line    (Say) We open at nine.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from ivr.simulator import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.simulator.events import Event

Speaker: TypeAlias = Literal["line", "caller", "error", "warning", ""]


class Told(Struct, frozen=True):
    """One line: `Told(0.0, "line", "Press 1 for our opening hours.")`."""

    at_seconds: float
    speaker: Speaker
    """Empty for what only an engineer wants to know."""
    text: str

    def __str__(self) -> str:
        return f"{self.at_seconds:6.1f}s  {self.speaker:<7} {self.text}"


def told(happened: Iterable[Event]) -> Iterator[str]:
    """Gives the lines of a call, without what only an engineer wants to know."""
    for event in happened:
        line = tell(event)
        if line is not None and line.speaker:
            yield str(line)


def tell(event: Event) -> Told | None:  # noqa: C901, PLR0911, PLR0912 - one case an event
    """Gives the line for an event; None when another event says it already."""
    match event:
        case events.Heard():
            return _told(event, "line", _heard(event))
        case events.Played(url=None):
            return _told(event, "line", f"(tones {event.words})")
        case events.Paused():
            return _told(event, "line", f"(pause of {event.seconds:g} s)")
        case events.Delayed():
            text = f"(nothing for {event.seconds:g} s: the application is slow)"
            return _told(event, "line", text)
        case events.Beeped():
            return _told(event, "line", "(beep: records)")
        case events.Pressed():
            return _told(event, "caller", f"{event.digits}{event.finished_on}")
        case events.Spoke():
            unheard = "" if event.is_heard else " (the line does not listen for words)"
            return _told(event, "caller", f"says: {event.text}{unheard}")
        case events.Silence():
            return _told(event, "caller", f"(silence for {event.seconds:g} s)")
        case events.Recorded():
            end = f", ended by {event.key}" if event.key else ""
            return _told(event, "caller", f"(recorded {event.seconds:.1f} s{end})")
        case events.Dialed():
            return _told(event, "line", f"(dials {', '.join(event.to)}: {event.outcome})")
        case events.Enqueued():
            return _told(event, "line", f"(the caller waits in the queue {event.queue})")
        case events.Texted():
            return _told(event, "line", f"(SMS to {event.to}: {event.text})")
        case events.Warned() | events.Failed():
            speaker: Speaker = "error" if isinstance(event, events.Failed) else "warning"
            code = "" if event.code is None else f"{event.code}: "
            return _told(event, speaker, f"{code}{event.message}")
        case _:
            return _detail(event)


def _detail(event: Event) -> Told | None:
    match event:
        case events.Requested():
            answer = event.status or "no answer"
            took = f"{1000 * event.seconds:.0f} ms"
            faults = f"; on purpose: {', '.join(event.faults)}" if event.faults else ""
            return _told(event, "", f"{event.method} {event.url} → {answer}, {took}{faults}")
        case events.Redirected():
            return _told(event, "", f"Redirect to {event.url}")
        case events.Rejected():
            return _told(event, "", f"Reject: {event.reason}")
        case events.Gathering():
            most = "" if event.num_digits is None else f", at most {event.num_digits}"
            end = f", ended by {event.finish_on_key}" if event.finish_on_key else ""
            text = f"waits {event.timeout_seconds} s for {event.input}{most}{end}"
            return _told(event, "", f"{text}, then {event.action}")
        case events.KeyPressed(is_heard=False):
            return _told(event, "", f"the line does not listen for the key {event.key}")
        case _:
            return None


def _told(event: Event, speaker: Speaker, text: str) -> Told:
    return Told(event.at_seconds, speaker, _one_line(text))


def _heard(event: events.Heard) -> str:
    words = event.words if event.words.strip() else f"(a clip without words: {event.url})"
    times = "" if event.loop == 1 else f" ({event.loop} times)"
    to = "" if event.to is None else f"(to {event.to}) "
    return f"{to}{'' if event.is_clip else '(Say) '}{words}{times}"


def _one_line(text: str) -> str:
    """Without line breaks, and without the control characters that could steer a terminal."""
    joined = " ".join(text.split())
    return "".join(letter for letter in joined if unicodedata.category(letter) != "Cc")
