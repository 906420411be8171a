"""The events of a call as JSON objects, one a line, for scripts: the form is kept as it is.

{"at":0.0,"event":"request","method":"POST","url":"http://…/voice","status":200,"seconds":0.004}
{"at":0.0,"event":"play","words":"Press 1 for …","url":"http://…/9f86.wav","seconds":4.2,"loop":1}
{"at":4.2,"event":"gather","input":"dtmf","num_digits":1,"finish_on_key":"#","timeout":6}
{"at":4.7,"event":"pressed","digits":"1","finished_on":""}
{"at":9.1,"event":"ended","by":"caller","seconds":9.1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.simulator import events

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = "str | int | float | Sequence[str] | None"

DECIMALS: Final = 3
"""Of seconds: more would differ between machines and mean nothing."""


def line(event: events.Event) -> dict[str, Value] | None:
    """Gives an event as an object of strings, numbers, null and lists of strings.

    Returns:
        `at` (seconds of the virtual clock) and `event` first; what is absent is None. None for an
        event that is no part of this form: what is Heard is told by Say and Play, a KeyPressed by
        Pressed, and so on.
    """
    told = _told(event)
    if told is None:
        return None
    name, fields = told
    head: dict[str, Value] = {"at": _rounded(event.at_seconds), "event": name}
    return head | fields


def _told(event: events.Event) -> tuple[str, dict[str, Value]] | None:
    return (
        _told_by_line(event)
        or _told_by_caller(event)
        or _told_by_others(event)
        or _told_by_carrier(event)
    )


def _told_by_line(event: events.Event) -> tuple[str, dict[str, Value]] | None:
    """What the caller hears, and what the line waits for."""
    match event:
        case events.Said(text=text, language=language, voice=voice, loop=loop):
            return "say", {"text": text, "language": language, "voice": voice, "loop": loop}
        case events.Played(words=words, url=url, loop=loop):
            seconds = _rounded(event.seconds)
            return "play", {"words": words, "url": url, "seconds": seconds, "loop": loop}
        case events.Paused(seconds=seconds):
            return "pause", {"seconds": _rounded(seconds)}
        case events.Delayed(seconds=seconds):
            return "delay", {"seconds": _rounded(seconds)}
        case events.Gathering():
            return "gather", {
                "input": event.input,
                "num_digits": event.num_digits,
                "finish_on_key": event.finish_on_key,
                "timeout": event.timeout_seconds,
            }
        case events.Beeped():
            return "beep", {
                "max_length": event.max_seconds,
                "timeout": event.timeout_seconds,
                "finish_on_key": event.finish_on_key,
            }
        case _:
            return None


def _told_by_others(event: events.Event) -> tuple[str, dict[str, Value]] | None:
    """Whom the caller is led to, and who is sent something."""
    match event:
        case events.Dialed(to=to, outcome=outcome):
            return "dial", {"to": list(to), "outcome": outcome}
        case events.Enqueued(queue=queue):
            return "enqueue", {"queue": queue}
        case events.Texted(to=to, text=text):
            return "sms", {"to": to, "text": text}
        case _:
            return None


def _told_by_caller(event: events.Event) -> tuple[str, dict[str, Value]] | None:
    """What a Gather or a Record made of the caller."""
    match event:
        case events.Pressed(digits=digits, finished_on=finished_on):
            return "pressed", {"digits": digits, "finished_on": finished_on}
        case events.Spoke(text=text, is_heard=True):
            return "spoke", {"text": text}
        case events.Silence():
            return "silence", {}
        case events.Recorded(seconds=seconds, key=key):
            return "record", {"seconds": _rounded(seconds), "key": key}
        case _:
            return None


def _told_by_carrier(event: events.Event) -> tuple[str, dict[str, Value]] | None:
    """Where the call goes, what is wrong with it, and its end."""
    match event:
        case events.Requested(method=method, url=url, status=status):
            seconds = _rounded(event.seconds)
            return "request", {"method": method, "url": url, "status": status, "seconds": seconds}
        case events.Redirected(url=url):
            return "redirect", {"url": url}
        case events.Rejected(reason=reason):
            return "reject", {"reason": reason}
        case events.Warned(code=code, message=message):
            return "warning", {"code": code, "message": message}
        case events.Failed(code=code, message=message):
            return "error", {"code": code, "message": message}
        case events.Ended(by=by):
            return "ended", {"by": by, "seconds": _rounded(event.at_seconds)}
        case _:
            return None


def _rounded(seconds: float) -> float:
    return round(seconds, DECIMALS)
