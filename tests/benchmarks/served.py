"""*Floor*, *usual* or *ours* under the server of the Procfile.

    python -m tests.benchmarks.served floor --workers 5

The settings are read as `ivr serve` reads them. Only what answers is exchanged: the master, the
worker and all that they are told are those of `ivr.cli.serve`.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

import click

from ivr.cli.project import Project
from ivr.cli.serve.server import Server
from ivr.logs import configure
from tests.benchmarks.floor import floor_app
from tests.benchmarks.usual import usual_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

HOST: Final = "127.0.0.1"
MAKERS: Final[dict[str, Callable[[str], Flask]]] = {"floor": floor_app, "usual": usual_app}


class Served(Server):
    """The server of the line, with another application in it.

    Args:
        project: whose settings were loaded for serving.
        kind: a name of `MAKERS`; another one is the line itself.
        options: of gunicorn, instead of those of the line.
    """

    def __init__(self, project: Project, kind: str, options: Mapping[str, object]) -> None:
        self._kind = kind
        self._options = options
        super().__init__(project, HOST)

    def load_config(self) -> None:
        super().load_config()
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        if self._kind not in MAKERS:
            return super().load()
        app = MAKERS[self._kind](self._project.settings.redis_url or "")
        gc.collect()
        gc.freeze()
        return app


@click.command()
@click.argument("kind", type=click.Choice([*MAKERS, "ours"]))
@click.option("--workers", type=int)
@click.option("--threads", type=int)
@click.option("--parser", type=click.Choice(["auto", "fast", "python"]))
def main(kind: str, workers: int | None, threads: int | None, parser: str | None) -> None:
    """Serve until a signal comes."""
    project = Project.load(serving=True)
    configure(is_json=True, level=project.settings.log_level)
    asked = {"workers": workers, "threads": threads, "http_parser": parser}
    options = {name: value for name, value in asked.items() if value is not None}
    Served(project, kind, options).run()


if __name__ == "__main__":
    main()
