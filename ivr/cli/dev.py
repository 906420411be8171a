"""`ivr dev`: the line on this machine, with an embedded Redis and the offline voice."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

HOST: Final = "127.0.0.1"
BACKLOG: Final = 128


@click.command()
def dev() -> None:
    """Run the line on this machine, with all that it needs.

    Checks the flow, renders missing clips with the offline voice, starts a Redis of its own unless
    REDIS_URL is set, and answers on 127.0.0.1:PORT until Ctrl-C. Requests must be signed here too:
    `ivr call` signs with the token that this command makes.
    """
    from ivr.cli.faults import faults_told
    from ivr.cli.local import local_app
    from ivr.cli.port import reserved
    from ivr.cli.project import Project
    from ivr.cli.state import made_up
    from ivr.speech.library import Library
    from ivr.web.sound import Sound

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    project = Project.load()
    settings = project.settings
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signal())
        # The port first: to render for seconds and then find it taken would be a waste.
        listener = stack.enter_context(reserved(HOST, settings.port))
        token = settings.auth_token or made_up("auth_token")
        app = stack.enter_context(local_app(project, token, is_stdout_free=True))
        for told in faults_told(Sound(project.spec, Library.open(settings.audio)).faults()):
            click.echo(told, err=True)
        _run(listener, app, settings.public_url)


@contextmanager
def _stopped_by_signal() -> Iterator[None]:
    from ivr.cli.signals import interrupted_by_signals

    # Ctrl-C while clips are rendered; the server itself just returns.
    with interrupted_by_signals(), suppress(KeyboardInterrupt):
        yield
    click.echo("Stopped.")


def _run(listener: socket.socket, app: WSGIApplication, public_url: str | None) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any) -> None:
            """Nothing: a line a request hides the lines that matter."""

    port = listener.getsockname()[1]
    listener.listen(BACKLOG)
    # werkzeug takes the open socket over by its number.
    server = make_server(
        HOST, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    origin = public_url or f"http://{HOST}:{port}"
    click.echo(
        f"Ready: {origin}/voice answers.\n"
        "Ring it from another terminal, and press keys as on a telephone:\n"
        f"  .venv/bin/ivr call {origin}/voice\n"
        "or by a script:\n"
        f'  .venv/bin/ivr call {origin}/voice --keys "1 1 1"\n'
        "Stop with Ctrl-C."
    )
    try:
        server.serve_forever()
    finally:
        server.server_close()
