"""The old place of `tests.serving`."""

from tests.serving import serving

__all__ = ["serving"]
