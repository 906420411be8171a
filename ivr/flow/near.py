"""Which of the known names somebody meant who wrote one that is not known."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LIKE: Final = 0.7
"""How alike two names must be, from 0 to 1, for one to be a slip of the other."""
_FIGURES: Final = dict.fromkeys(map(ord, "0123456789"))


def meant(name: str, known: Iterable[str], like: float = LIKE) -> str | None:
    """The known name that is most like this one, or None if none is.

    Args:
        name: as it was written.
        known: what it may have been meant for.
        like: how alike they must be, from 0 to 1.
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=like)
    return close[0] if close else None


def asked_for(name: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is not known: which one was meant, or else another advice.

    A name that differs in its figures alone, as `step_9` does from `step_8`, is taken for a new one
    and not for a slip.
    """
    plain = name.translate(_FIGURES)
    found = meant(name, (each for each in known if each.translate(_FIGURES) != plain))
    return f"did you mean '{found}'?" if found else otherwise
