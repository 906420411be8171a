"""A WSGI application served on this machine until Ctrl-C: for `ivr dev` and `ivr phone`."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIApplication

HOST: Final = "127.0.0.1"
BACKLOG: Final = 128


def origin(listener: socket.socket) -> str:
    """Where a port that was taken is, for a browser on this machine."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


@contextmanager
def stopped_by_signal() -> Iterator[None]:
    """Ends the block in peace at Ctrl-C and its like, and says so."""
    from ivr.cli.signals import interrupted_by_signals

    # Ctrl-C while something is set up; the server itself just returns.
    with interrupted_by_signals(), suppress(KeyboardInterrupt):
        yield
    click.echo("Stopped.")


def serve(
    listener: socket.socket,
    app: WSGIApplication,
    ready: str,
    then: Callable[[], object] = lambda: None,
) -> None:
    """Answers until a signal comes.

    Args:
        listener: the port, taken but not yet listening.
        app: what answers.
        ready: printed as soon as it does.
        then: called behind that.
    """
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any) -> None:
            """Nothing: a line a request hides the lines that matter."""

    listener.listen(BACKLOG)
    port = listener.getsockname()[1]
    # werkzeug takes the open socket over by its number.
    server = make_server(
        HOST, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    click.echo(ready)
    then()
    try:
        server.serve_forever()
    finally:
        server.server_close()
