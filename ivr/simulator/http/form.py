"""Parameters as they travel, in a body or in a query."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_REMEMBERED: Final = 512
"""Parameters that are encoded once: most of a call's are in every request of it."""


def encode(form: Mapping[str, str]) -> bytes:
    """Gives `application/x-www-form-urlencoded`, in the order of the form; empty for none."""
    return "&".join(_pair(name, value) for name, value in form.items()).encode()


@lru_cache(maxsize=MAX_REMEMBERED)
def _pair(name: str, value: str) -> str:
    return urlencode({name: value})
