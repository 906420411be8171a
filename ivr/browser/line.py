"""The line that the browser phone rings, as whoever serves the page hands it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from ivr.simulator.digits import Digits
from ivr.simulator.setup import Setup
from ivr.twiml.request import Party

if TYPE_CHECKING:
    import httpx

English: TypeAlias = Callable[[str], str | None]
"""What words mean in English; None where that is not known."""
Rows: TypeAlias = Sequence[tuple[str, str]]
"""Names and values, in order: `("place", "main_menu")`."""
KeptOf: TypeAlias = Callable[[Party], Rows]
"""What the line keeps of a call and of who rings, by its party; no rows while it keeps nothing."""


class About(Struct, frozen=True, kw_only=True):
    """What is known of the line before anybody rings it."""

    name: str | None = None
    """For the head of the page."""
    has_english: bool = False
    """Whether English can be shown beside what is heard."""


class RungLine(Struct, frozen=True, kw_only=True):
    """Where the page's calls lead, and what signs them; the auth token stays on this side."""

    url: str
    """Of the first document, absolute."""
    auth_token: str
    transport: httpx.BaseTransport | None = None
    """None: HTTP. One that is given serves all calls, from several threads, and goes on when one of
    them closes it, as `ivr.simulator.http.in_process.InProcess` does."""
    about: Callable[[], About] = About
    """Asked whenever the page is opened: the line may be another one then."""
    setup: Callable[[], Setup] = Setup
    """Makes the setup of a call that begins now."""
    english: English | None = None
    """None: no English is known of anything."""
    session: KeptOf | None = None
    """None: nobody knows what the line keeps of a call."""
    digits: Digits = field(default_factory=Digits)
    """What counts as a digit that the line reads out, for a call that is kept."""
    is_own: bool = False
    """Whether it is this checkout's own line, of which a kept call has no URL."""
