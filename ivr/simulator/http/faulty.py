"""Faults on purpose, on the way of a call's requests for documents.

Nothing is done to what asks for clips, or tells of something: they are heard, or not, as ever. What
becomes of a request that something befalls is judged as it always is: by its status, by how long
it took, by where the connection broke off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from ivr.simulator.faults import Fate
from ivr.simulator.http.failures import ON_PURPOSE, cut, shown
from ivr.simulator.http.sending import OK, content_type
from ivr.twiml.request import IDEMPOTENCY_HEADER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.simulator.faults import Fault
    from ivr.simulator.http.patience import Awaited, Patience
    from ivr.simulator.http.sending import Reply, Sender, Signed
    from ivr.simulator.log import Log


class Faulty:
    """Sends the requests of one call, and lets its faults befall them.

    Args:
        sender: sends each once.
        faults: of the call.
        log: is warned of an application that answers a duplicate in another way.
    """

    def __init__(self, sender: Sender, faults: Sequence[Fault], log: Log) -> None:
        self._sender = sender
        self._faults = faults
        self._log = log
        self._asked = 0
        """How many requests for documents have gone out; the second of a duplicate is none."""

    @property
    def unused(self) -> tuple[Fault, ...]:
        """The faults that have befallen nothing, for want of requests."""
        return tuple(fault for fault in self._faults if (fault.nth or 1) > self._asked)

    def send(self, signed: Signed, patience: Patience) -> Awaited[Reply]:
        """Sends a request, with all that befalls it, and waits for what is late on purpose.

        Raises:
            httpx.RequestError: there is no whole answer, or none in time.
        """
        if patience.is_over():
            raise httpx.ReadTimeout("the time is over before it could be asked")
        fate = self._fate(signed)
        dropped_by, most_seconds = fate.named("drop"), patience.most_late_seconds()
        is_too_late = fate.late_seconds > most_seconds
        reply = self._exchange(
            signed, patience, fate, is_lost=is_too_late or dropped_by is not None
        )
        if fate.late_seconds:
            yield from patience.wait(min(fate.late_seconds, most_seconds))
        if is_too_late:
            raise httpx.ReadTimeout(f"{ON_PURPOSE} ({fate.named('slow')})")
        if dropped_by is not None:
            raise httpx.ReadError(f"{ON_PURPOSE} ({dropped_by})")
        return reply

    def _fate(self, signed: Signed) -> Fate:
        if signed.purpose != "document":
            return Fate()
        self._asked += 1
        return Fate.of(self._faults, self._asked)

    def _exchange(self, signed: Signed, patience: Patience, fate: Fate, *, is_lost: bool) -> Reply:
        """Once or twice: the last answer counts."""
        reply = self._sender.send(signed, patience, fate, is_lost=is_lost)
        if fate.named("duplicate") is None:
            return reply
        again = self._sender.send(signed, patience, fate, is_lost=is_lost)
        difference = _difference(reply, again)
        if difference is not None:
            self._log.warn_of(
                f"{signed.request.method} {shown(signed.url)}, request {self._asked} for a "
                f"document, was sent twice and answered in two ways: {difference}. Twilio and the "
                "proxies on the way may send a request twice, and the caller hears one answer; "
                f"give both the same one, for they have the same {IDEMPOTENCY_HEADER}"
            )
        return again


def _difference(one: Reply, other: Reply) -> str | None:
    """What tells two answers apart; None when nothing does."""
    for name, first, second in zip(_ASPECTS, _aspects(one), _aspects(other), strict=True):
        if first != second:
            return f"{name} {cut(first)!r}, then {cut(second)!r}"
    return "another body" if one.body != other.body else None


_ASPECTS: Final = ("status", "content type", "Location")


def _aspects(reply: Reply) -> tuple[str, str, str]:
    response = reply.response
    leads_to = "" if response.status_code in OK else response.headers.get("location", "")
    return str(response.status_code), content_type(response), leads_to
