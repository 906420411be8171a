"""`ivr serve`: the line for the public, under gunicorn."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from ivr.cli.project import Project

ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - a public service answers on every address
THREADS: Final = 8
"""A turn waits for Redis most of its time, so that several share a core."""
GRACE_SECONDS: Final = 15
"""Twilio waits as long for an answer; so long may a turn still finish after SIGTERM."""


@click.command()
def serve() -> None:
    """Run the line for the public.

    Asks for every setting that a public service needs, and lists all that are missing. Renders
    nothing: run `ivr audio render` before, when the release is built.
    """
    from ivr.cli.faults import faults_told
    from ivr.cli.port import reserved
    from ivr.cli.project import Project
    from ivr.speech.library import Library
    from ivr.web.sound import Sound

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    project = Project.load(serving=True)
    faults = Sound(project.spec, Library.open(project.settings.audio)).faults()
    for told in faults_told(faults):
        click.echo(told, err=True)
    with reserved(ANYWHERE, project.settings.port):
        pass  # a taken port is told in one sentence, not in eleven of gunicorn's
    _gunicorn(project).run()


def _gunicorn(project: Project) -> Any:
    """The server; gunicorn's classes are imported here since they are made to be subclassed."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
        def load_config(self) -> None:
            options = {
                "bind": f"{ANYWHERE}:{project.settings.port}",
                "workers": 2 * (os.cpu_count() or 1) + 1,
                "worker_class": "gthread",
                "threads": THREADS,
                "graceful_timeout": GRACE_SECONDS,
                "loglevel": "info",
                # By it, anybody with this user's rights could stop the service.
                "control_socket_disable": True,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Runs in each worker, so that no connection is shared between processes."""
            return _app(project)

    return Server()


def _app(project: Project) -> Any:
    from ivr.cli.project import parts
    from ivr.store.redis import RedisStore
    from ivr.web.app import create_app

    settings = project.settings
    store = RedisStore(settings.redis_url or "")
    return create_app(parts(project, store, settings.auth_token or "", settings.secret_key or ""))
