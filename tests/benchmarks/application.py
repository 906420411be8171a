"""*Ours* as a WSGI application that any server can load: `tests.benchmarks.application:made()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.cli.project import Project, public_parts, store_at
from ivr.logs import configure
from ivr.web.app import create_app
from ivr.web.standing import Standing

if TYPE_CHECKING:
    from flask import Flask


def made() -> Flask:
    """The service, with the settings of this process; each worker may make its own."""
    project = Project.load(serving=True)
    configure(is_json=True, level=project.settings.log_level)
    store = store_at(project.settings.redis_url or "", project.settings)
    return create_app(public_parts(project, store, Standing()))
