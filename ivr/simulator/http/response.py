"""The response that every transport here gives to httpx."""

from __future__ import annotations

import httpx


class Response(httpx.Response):
    """A response whose redirects are left to whoever asked."""

    @property
    def has_redirect_location(self) -> bool:
        """Never: httpx works out where a redirect leads even if it is not to follow it.

        It fails over a Location that is no URL, in ways of its own; whoever follows redirects here
        does so by themselves.
        """
        return False
