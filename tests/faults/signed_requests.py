"""What a carrier sends over real HTTP, signed, without the rest of a carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from msgspec import Struct

from ivr.twiml.signature import HEADER, sign
from tests.conftest import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

PUBLIC: Final = "http://line.test"
"""The one address of every process that answers, as behind a balancer."""


class Webhooks(Struct, frozen=True):
    """Sends to processes that all have PUBLIC as their address."""

    origins: tuple[str, ...]
    client: httpx.Client

    def send(
        self, path: str, form: Mapping[str, str], *, which: int = 0, signature: str | None = None
    ) -> httpx.Response:
        """Makes one request.

        Args:
            path: with its query.
            form: what it says.
            which: of the processes; counted round.
            signature: that it carries; None: the right one.
        """
        headers = {
            "Host": PUBLIC.partition("://")[2],
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: signed(path, form) if signature is None else signature,
        }
        origin = self.origins[which % len(self.origins)]
        return self.client.post(origin + path, content=urlencode(form), headers=headers)


def signed(path: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """The signature of a request."""
    return sign(token, PUBLIC + path, form)
