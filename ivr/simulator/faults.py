"""Faults on purpose: what goes wrong on the way to an application, and when.

`slow:3` answers three seconds late, `status:500` answers with that status, `drop` breaks the
connection off before the answer, `duplicate` sends the request twice. With `@2` behind it the fault
befalls the second request for a document only, otherwise each of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from ivr.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind: TypeAlias = Literal["slow", "status", "drop", "duplicate"]

MAX_SLOW_SECONDS: Final = 600.0
STATUSES: Final = range(100, 600)

_FORM: Final = re.compile(
    r"(?:slow:(?P<seconds>[0-9]{1,6}(?:\.[0-9]{1,3})?)|status:(?P<status>[0-9]{3})|drop|duplicate)"
    r"(?:@(?P<nth>[1-9][0-9]{0,5}))?",
    re.ASCII,
)


class Fault(Struct, frozen=True, kw_only=True):
    """One fault: `Fault(kind="status", status=500, nth=2)`.

    Raises:
        CallError: a value cannot be.
    """

    kind: Kind
    seconds: float = 0.0
    """Of `slow`: how late the answer comes."""
    status: int = 0
    """Of `status`."""
    nth: int | None = None
    """Which request for a document, from 1, each attempt and each HTTP redirect counted; None for
    all of them."""

    def __post_init__(self) -> None:
        if self.kind == "slow" and not 0 < self.seconds <= MAX_SLOW_SECONDS:
            raise CallError(
                f"slow: {self.seconds:g} s cannot be; give more than 0, up to {MAX_SLOW_SECONDS:g}"
            )
        if self.kind == "status" and self.status not in STATUSES:
            raise CallError(f"status: {self.status} is none; give 100 to 599")
        if self.nth is not None and self.nth < 1:
            raise CallError(f"@{self.nth}: requests are counted from 1")

    def __str__(self) -> str:
        """As `parse_fault` reads it."""
        value = {"slow": f":{self.seconds:g}", "status": f":{self.status}"}.get(self.kind, "")
        return f"{self.kind}{value}{'' if self.nth is None else f'@{self.nth}'}"


class Fate(Struct, frozen=True):
    """What befalls one request: the faults whose turn it is, as they were given."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Iterable[Fault], number: int) -> Fate:
        """Gives what befalls a request.

        Args:
            faults: of the call.
            number: of the request, from 1.
        """
        return cls(tuple(fault for fault in faults if fault.nth in {None, number}))

    @property
    def names(self) -> tuple[str, ...]:
        """The faults, as `parse_fault` reads them."""
        return tuple(str(fault) for fault in self.faults)

    @property
    def late_seconds(self) -> float:
        """How late the answer comes, by all of them together."""
        return sum(fault.seconds for fault in self.faults)

    @property
    def status(self) -> Fault | None:
        """The fault that answers in the application's place: one of this request before others."""
        found = (fault for fault in self.faults if fault.kind == "status")
        return min(found, key=lambda fault: fault.nth is None, default=None)

    def named(self, kind: Kind) -> str | None:
        """Gives the first fault of a kind, as `parse_fault` reads it; None when there is none."""
        return next((str(fault) for fault in self.faults if fault.kind == kind), None)


def parse_fault(text: str) -> Fault:
    """Gives the fault that is written as `status:500@2`.

    Raises:
        CallError: it is none.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise CallError(
            f"{text!r} is no fault; write slow:SECONDS, status:CODE, drop or duplicate, and @N "
            "behind it for the N-th request only"
        )
    kinds: tuple[Kind, ...] = ("slow", "status", "drop", "duplicate")
    kind = next(kind for kind in kinds if text.startswith(kind))
    return Fault(
        kind=kind,
        seconds=float(found["seconds"] or 0),
        status=int(found["status"] or 0),
        nth=None if found["nth"] is None else int(found["nth"]),
    )


def parse_faults(texts: Iterable[str]) -> tuple[Fault, ...]:
    """Gives several of them.

    Raises:
        CallError: one is none.
    """
    return tuple(parse_fault(text) for text in texts)
