"""The line that is rung: an application at a URL, or this checkout's own inside of this process."""

from __future__ import annotations

import ipaddress
import secrets
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

OWN_ORIGIN: Final = "http://line.test"
"""Where this checkout's line stands when no PUBLIC_URL says so; nothing listens there."""
PATH: Final = "/voice"
_TOKEN_BYTES: Final = 16


class Line(Struct, frozen=True):
    """Where requests go, and what signs them."""

    url: str
    token: str
    transport: httpx.BaseTransport | None = None
    """None: HTTP."""


def line_at(url: str, token: str | None) -> Line:
    """The application at a URL.

    Args:
        url: absolute.
        token: the one that was given, or None.

    Raises:
        SettingsError: it is not on this machine, and no auth token is known.
    """
    from ivr.cli import state

    try:
        return Line(url, token or state.auth_token())
    except SettingsError as error:
        if not _is_here(url):
            raise SettingsError(
                "There is no auth token to sign with:",
                ["give --token, or set TWILIO_AUTH_TOKEN to the one that the application knows"],
            ) from error
    # Many an application checks no signature while it is being written.
    click.echo("note: no auth token is known, so a made-up one signs; give --token", err=True)
    return Line(url, secrets.token_hex(_TOKEN_BYTES))


def _is_here(url: str) -> bool:
    import httpx

    host = httpx.URL(url).host.removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@contextmanager
def own_line(token: str | None) -> Iterator[Line]:
    """This checkout's line, with all that it needs; opens no port.

    Raises:
        SettingsError: a setting is bad.
        FlowError: the config folder has problems.
        StoreError: there is no Redis.
    """
    from rich.console import Console

    from ivr.cli.project import Project, parts
    from ivr.cli.rendering import render_clips
    from ivr.cli.state import FOLDER, made_up
    from ivr.simulator.http.network import InProcess
    from ivr.speech.library import Library
    from ivr.store.embedded import embedded_redis
    from ivr.store.redis import RedisStore
    from ivr.web.app import create_app

    project = Project.load()
    settings = project.settings
    with ExitStack() as stack:
        Library.open(settings.audio)  # a broken manifest must not be rendered over
        render_clips(project, Console(stderr=True), is_stdout_free=False)
        redis_url = settings.redis_url or stack.enter_context(embedded_redis(FOLDER.absolute()))
        store = RedisStore(redis_url)
        stack.callback(store.close)
        auth_token = token or secrets.token_hex(_TOKEN_BYTES)
        secret = settings.secret_key or made_up("secret_key")
        app = create_app(parts(project, store, auth_token, secret))
        url = (settings.public_url or OWN_ORIGIN) + PATH
        yield Line(url, auth_token, InProcess(app))
