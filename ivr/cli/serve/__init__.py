"""`ivr serve`: the line for the public, under gunicorn."""

from __future__ import annotations

from contextlib import closing
from typing import Final

import click

ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - a public service answers on every address


@click.command()
def serve() -> None:
    """Run the line for the public.

    Asks for every setting that a public service needs, and lists all that are missing. Renders
    nothing: run `ivr audio render` before, when the release is built. SIGTERM and Ctrl-C let it
    drain for IVR_DRAIN_SECONDS, so that no call is lost; a second one ends it at once.
    """
    from gunicorn.systemd import listen_fds

    from ivr.cli.faults import faults_told
    from ivr.cli.port import reserved
    from ivr.cli.project import Project, store_at
    from ivr.cli.serve.server import Server
    from ivr.errors import StoreError
    from ivr.logs import configure
    from ivr.speech.library import Library
    from ivr.web.sound import Sound

    project = Project.load(serving=True)
    configure(is_json=True, level=project.settings.log_level)
    faults = Sound(project.spec, Library.open(project.settings.audio)).faults()
    for told in faults_told(faults):
        click.echo(told, err=True)
    with closing(store_at(project.settings.redis_url or "", project.settings)) as store:
        try:
            store.ping()
        except StoreError as error:
            click.echo(f"{error}\nUntil it can be used, calls are answered without it.", err=True)
    if not listen_fds(unset_environment=False):  # systemd has the port, and hands it over
        with reserved(ANYWHERE, project.settings.port):
            pass  # a taken port is told in one sentence, not in eleven of gunicorn's
    Server(project, ANYWHERE).run()
