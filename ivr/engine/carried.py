"""What a call needs that has lost its session: it travels in the address of each of its turns.

The carrier's signature vouches for an address, so what it tells holds as if it had been kept. It is
nothing secret: how to speak, how often the caller has tried, where the caller came from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.flow.terms import Language, Pace

if TYPE_CHECKING:
    from ivr.engine.session import Session
    from ivr.flow.model import Flow

MAX_HOPS: Final = 8
"""So often a turn is handed to another version of the flow; then this one takes the caller home. Of
two versions that answer by turns, one call in 256 meets the wrong one so often."""
NAMED: Final = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?")
"""How a place of any version is written."""


class Carried(Struct, frozen=True, kw_only=True):
    """What the address of a turn tells beside its place and number; what is usual is left out.

    Sample: `Carried(began=1_795_420_000, language="en", silences=1)`.
    """

    began: int = 0
    """When the call began, in seconds of the Unix epoch; 0: the address tells nothing of a call."""
    language: Language | None = None
    """None: the flow's default."""
    pace: Pace = Pace.NORMAL
    simple: bool = False
    together: bool = False
    patience: int = 0
    silences: int = 0
    wrongs: int = 0
    back: tuple[str, ...] = ()
    is_forgotten: bool = False
    """The number is known, and its caller asked to be forgotten: so nothing is kept any more."""
    retry: int = 0
    """How often this turn has failed; told until one succeeds."""
    hop: int = 0
    """How often this turn was handed to another version of the flow, until one took it."""
    has_waited: bool = False
    """The Gather before this address has passed in silence: nothing that was keyed is lost."""

    @property
    def leads_back(self) -> bool:
        """Whether the caller is led to a place anew, for the turn failed or was handed over."""
        return bool(self.retry or self.hop)


NOTHING: Final = Carried()
"""What an address tells that names only its place and turn."""


def carried_by(flow: Flow, session: Session, *, is_known: bool) -> Carried:
    """What the addresses of the turn after this session are to tell.

    Args:
        flow: whose default language need not be told.
        session: after the turn.
        is_known: the caller's number is not withheld.
    """
    is_usual = session.language == flow.flow.default_language
    return Carried(
        began=session.began,
        language=None if is_usual else session.language,
        pace=session.pace,
        simple=session.simple,
        together=session.together,
        patience=session.patience,
        silences=session.silences,
        wrongs=session.wrongs,
        back=session.back,
        is_forgotten=is_known and not session.is_kept,
    )


def restored(flow: Flow, session: Session, carried: Carried) -> Session:
    """The session as the address tells it, which is newer; unchanged where that tells nothing.

    A language that the flow has no longer counts as the default.
    """
    if not carried.began:
        return session
    language, known = carried.language, flow.flow.languages
    return replace(
        session,
        began=carried.began,
        language=language if language in known and language else flow.flow.default_language,
        pace=carried.pace,
        simple=carried.simple,
        together=carried.together,
        patience=carried.patience,
        silences=carried.silences,
        wrongs=carried.wrongs,
        back=carried.back,
        is_kept=session.is_kept and not carried.is_forgotten,
        bookmark=None if carried.is_forgotten else session.bookmark,
    )
