"""A port taken in time, so that a command that cannot have it says so at once."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def reserved(
    host: str, port: int, *, what: str = "The line", remedy: str = "set PORT"
) -> Iterator[socket.socket]:
    """The port, taken but not yet listening: who asks too early is refused at once.

    Args:
        host: on which address.
        port: which one.
        what: would be served there, for the message.
        remedy: how another port is chosen, for the message.

    Raises:
        SettingsError: somebody else has it, or it needs rights that we have not.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            why = "needs root" if isinstance(error, PermissionError) else "is taken"
            raise SettingsError(
                f"{what} cannot start:",
                [f"port {port} {why} ({error.strerror}); stop what uses it, or {remedy}"],
            ) from error
        yield listener
