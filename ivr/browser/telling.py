"""What happens in a call, as the page is told of it: each event once, and how things stand."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ivr.simulator.endings import ending
from ivr.simulator.events import Ended, Event, Failed, Heard, Played, Received, Requested
from ivr.simulator.http.failures import masked
from ivr.simulator.transcript import tell
from ivr.twiml.pretty import pretty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.browser.line import English, Rows
    from ivr.simulator.call import Call

DECIMALS: Final = 3
"""Of seconds: a page cannot show more."""


class State(Struct, frozen=True, kw_only=True):
    """How a call stands."""

    seconds: float
    ended: str | None
    """Who or what ended it."""
    waiting: str | None
    listens: list[str]
    next_seconds: float | None
    """When the next thing happens by itself; None when all is over."""
    has_asked: bool
    """Whether a document was asked for since the last answer."""


class Told(Struct, frozen=True, kw_only=True):
    """One answer to the page."""

    id: str
    events: list[dict[str, Any]]
    state: State
    session: Rows | None


class Teller:
    """Tells the events of one call, each once.

    Args:
        call_id: by which the page knows the call.
        english: what words mean in English.
    """

    def __init__(self, call_id: str, english: English | None) -> None:
        self._call_id = call_id
        self._english = english
        self._documents = 0
        self._is_second_due = False
        """Whether the next request is the second of a duplicate."""
        self._clips: list[str] = []

    def events(self, happened: Iterable[Event]) -> list[dict[str, Any]]:
        """Gives the next events of the call in the page's form."""
        return [self._event(event) for event in happened]

    def clip_url(self, number: int) -> str | None:
        """Gives the URL of a clip that was told by its number; None of any other."""
        return self._clips[number] if 0 <= number < len(self._clips) else None

    def _event(self, event: Event) -> dict[str, Any]:
        shown = _without_passwords(event)
        fields: dict[str, Any] = msgspec.to_builtins(shown)
        head = {"at": fields.pop("at_seconds"), "kind": fields.pop("type")}
        line = tell(shown)
        said = {
            "told": None if line is None else line.text,
            "speaker": None if line is None else line.speaker,
        }
        return _rounded(head | fields | self._more(event) | said)

    def _more(self, event: Event) -> dict[str, Any]:
        match event:
            case Heard(words=words):
                english = None if self._english is None else self._english(words)
                return {"english": None if english == words else english}
            case Played(url=url):
                return {"clip": None if url is None else self._clip(url)}
            case Requested(purpose="document", url=url):
                return {"number": self._number(event), "place": _place(url)}
            case Requested(purpose="clip", url=url, status=HTTPStatus.OK):
                # The page fetches it before it is due, so that there is no gap.
                return {"number": None, "place": _place(url), "clip": self._clip(url)}
            case Requested(url=url):
                return {"number": None, "place": _place(url)}
            case Received(url=url, text=text):
                return {"twiml": pretty(text), "place": _place(url)}
            case Ended(by=by):
                return {"why": ending(by)}
            case _:
                return {}

    def _number(self, asked: Requested) -> int:
        """By which a fault would name it: the second of a duplicate is no further one."""
        kinds = {fault.partition(":")[0].partition("@")[0] for fault in asked.faults}
        if self._is_second_due:
            self._is_second_due = False
        else:
            self._documents += 1
            # One that has really failed is not sent again.
            has_gone = asked.status is not None or bool(kinds & {"drop", "slow"})
            self._is_second_due = has_gone and "duplicate" in kinds
        return self._documents

    def _clip(self, url: str) -> str:
        """Where the page finds it, relative to its own address."""
        if url not in self._clips:
            self._clips.append(url)
        return f"calls/{self._call_id}/clips/{self._clips.index(url)}"


def state(call: Call, happened: Iterable[Event]) -> State:
    """Gives how a call stands.

    Args:
        call: that was started.
        happened: what is new since the last answer.
    """
    return State(
        seconds=call.seconds,
        ended=call.ended,
        waiting=call.waiting,
        listens=sorted(call.listens),
        next_seconds=call.next_seconds,
        has_asked=any(
            isinstance(event, Requested) and event.purpose == "document" for event in happened
        ),
    )


def broken(call: Call, error: Exception, *, is_in_process: bool) -> tuple[Event, ...]:
    """Gives what is told when an exception has come out of a call.

    Its words stay on the server, with the traceback: they may say what is not for a page.

    Args:
        call: that is over by it.
        error: the exception.
        is_in_process: whether it may be the application's, which runs in this process.
    """
    whose = "the application" if is_in_process else "the pretend carrier itself"
    message = (
        f"{whose} raised {type(error).__name__}; its traceback stands where the page is served from"
    )
    failed = Failed(at_seconds=call.seconds, code=None, message=message)
    # In a callback about the end of the call that end has been told.
    if any(isinstance(event, Ended) for event in call.events):
        return (failed,)
    return failed, Ended(at_seconds=call.seconds, by="error")


def _without_passwords(event: Event) -> Event:
    """The event with URLs that may be shown."""
    urls = {name: getattr(event, name, None) for name in ("url", "action")}
    return replace(
        event, **{name: masked(url) for name, url in urls.items() if isinstance(url, str)}
    )


def _place(url: str) -> str:
    """Path and query of a URL."""
    return httpx.URL(url).raw_path.decode("ascii")


def _rounded(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, DECIMALS) if isinstance(value, float) else value
        for name, value in fields.items()
    }
