"""The line that is rung: an application at a URL, or this checkout's own inside of this process."""

from __future__ import annotations

import ipaddress
import secrets
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from ivr.errors import FlowError, IvrError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from ivr.simulator.digits import Digits
    from ivr.simulator.replay.kept import KeptCall

OWN_ORIGIN: Final = "http://line.test"
"""Where this checkout's line stands when no PUBLIC_URL says so; nothing listens there."""
PATH: Final = "/voice"
_FLOW: Final = Path("config/flow.yaml")
_TOKEN_BYTES: Final = 16


class Line(Struct, frozen=True):
    """Where requests go, and what signs them."""

    url: str
    token: str
    transport: httpx.BaseTransport | None = None
    """None: HTTP."""
    digits: Digits | None = None
    """By which it reads digits out; None where that is not known yet: see `digits_of`."""

    @property
    def is_own(self) -> bool:
        """Whether it should be running from this checkout, over HTTP."""
        return self.transport is None and _is_here(self.url) and _FLOW.is_file()


@contextmanager
def rung_line(url: str | None, token: str | None) -> Iterator[Line]:
    """The application at a URL, or this checkout's own line.

    Args:
        url: absolute; None for the own line.
        token: the one that was given, or None.

    Raises:
        SettingsError: the line cannot be rung at all, which is wrong usage, and nothing that has
            failed in a call.
    """
    if url is not None:
        yield line_at(url, token)
        return
    with ExitStack() as stack:
        try:
            ready = stack.enter_context(own_line(token))
        except IvrError as error:
            raise SettingsError(str(error), ()) from error
        yield ready


def line_at(url: str, token: str | None) -> Line:
    """The application at a URL.

    Args:
        url: absolute.
        token: the one that was given, or None.

    Raises:
        SettingsError: a setting is bad, or no auth token is known of another machine's.
    """
    from ivr.cli import state

    known = state.auth_token() if token is None else token
    if known is not None:
        return Line(url, known)
    if not _is_here(url):
        raise SettingsError(
            "There is no auth token to sign with:",
            ["give --token, or set TWILIO_AUTH_TOKEN to the one that the application knows"],
        )
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
    from ivr.cli.digits import digit_words
    from ivr.cli.local import local_line
    from ivr.cli.project import Project
    from ivr.logs import configure
    from ivr.settings import Settings, environment
    from ivr.simulator.digits import Digits
    from ivr.simulator.http.in_process import InProcess

    configure(is_json=False, level="warning")
    _check_folder(Settings.from_env(environment()).config)
    project = Project.load()
    auth_token = token or secrets.token_hex(_TOKEN_BYTES)
    with local_line(project, (auth_token,), is_stdout_free=False) as local:
        url = (project.settings.public_url or OWN_ORIGIN) + PATH
        yield Line(url, auth_token, InProcess(local.app), Digits(digit_words(project.spec)))


def _check_folder(config: Path) -> None:
    if not config.is_dir():
        raise FlowError(
            f"There is no folder {config}, so there is no line here to ring:",
            ["give the URL of one, run the command in the project's folder, or set IVR_CONFIG"],
        )


def digits_of(line: Line, kept: KeptCall | None) -> Digits:
    """Gives what counts as a digit that the line reads out.

    Args:
        line: that is rung.
        kept: the call that is placed again, perhaps at another place of the same line; or None.

    Raises:
        SettingsError: a setting is bad.
    """
    from ivr.simulator.digits import Digits

    if line.digits is not None:
        return line.digits
    was_own = kept is not None and (kept.url is None or Line(kept.url, "").is_own)
    return _own_digits() if was_own or line.is_own else Digits()


def _own_digits() -> Digits:
    from ivr.cli.digits import digit_words
    from ivr.cli.project import read_spec
    from ivr.settings import Settings, environment
    from ivr.simulator.digits import Digits

    config = Settings.from_env(environment()).config
    try:
        return Digits(digit_words(read_spec(config)))
    except FlowError:
        click.echo(
            f"note: {config}/ cannot be read, so only numerals and English words count as digits",
            err=True,
        )
        return Digits()
