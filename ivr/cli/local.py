"""This checkout's line put together on this machine: clips, a Redis, made-up secrets."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIApplication

    from rich.console import Console

    from ivr.cli.audio.studio import Studio
    from ivr.cli.project import Project
    from ivr.speech.render import Report
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts


class LocalLine(Struct, frozen=True):
    """The web service, and where it keeps its calls."""

    app: WSGIApplication
    store: RedisStore
    caller_key: Callable[[str], str | None]
    """Under which name the store keeps a caller, by the number as a carrier tells it; None: of that
    number nothing is kept."""


@contextmanager
def local_line(
    project: Project, auth_tokens: tuple[str, ...], *, is_stdout_free: bool
) -> Iterator[LocalLine]:
    """The web service with all that it needs; see `local_parts`."""
    from ivr.web.app import create_app

    with local_parts(project, auth_tokens, is_stdout_free=is_stdout_free) as parts:
        yield LocalLine(create_app(parts), parts.store, caller_keys(parts.secret_key))


@contextmanager
def local_parts(
    project: Project, auth_tokens: tuple[str, ...], *, is_stdout_free: bool
) -> Iterator[Parts]:
    """All that the web service needs: missing clips rendered, and a Redis.

    Args:
        project: whose line.
        auth_tokens: the keys of the signatures.
        is_stdout_free: whether a summary may go there; otherwise it goes to stderr.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
        StoreError: there is no Redis.
    """
    from rich.console import Console

    from ivr.cli.project import parts, store_at
    from ivr.cli.state import FOLDER, made_up
    from ivr.speech.library import Library
    from ivr.store.embedded import embedded_redis

    settings = project.settings
    with ExitStack() as stack:
        Library.open(settings.audio)  # a broken manifest must not be rendered over
        clips_rendered(project, Console(stderr=True), is_stdout_free=is_stdout_free)
        redis_url = settings.redis_url or stack.enter_context(embedded_redis(FOLDER.absolute()))
        store = store_at(redis_url, settings)
        stack.callback(store.close)
        secret = settings.secret_key or made_up("secret_key")
        yield parts(project, store, auth_tokens, secret)


def caller_keys(secret_key: str) -> Callable[[str], str | None]:
    """Gives under which name a caller is kept, as `LocalLine.caller_key` has it.

    Args:
        secret_key: of the line; it stays within.
    """
    from ivr.carriers.number import caller_name
    from ivr.engine.memory import caller_key

    def key(number: str) -> str | None:
        name = caller_name(number)
        return None if name is None else caller_key(secret_key.encode(), name)

    return key


def clips_rendered(project: Project, console: Console, *, is_stdout_free: bool) -> None:
    """Renders the clips that are missing, with the offline voice, and tells what came of it.

    Clips that cannot be made do not keep the line from answering: they are spoken by Say.

    Args:
        project: whose clips.
        console: of the progress.
        is_stdout_free: whether a summary may go there; otherwise it goes to stderr.
    """
    from ivr.cli.audio.studio import render_missing, summary
    from ivr.errors import SpeechError

    try:
        report, studio = render_missing(project.spec.words, project.settings, console, "espeak")
        told = troubles_told(report, studio)
    except SpeechError as error:
        click.echo(f"{error}\nThe line starts without the clips that are missing.", err=True)
        return
    if report.made:
        click.echo(summary(report), err=not is_stdout_free)
    for trouble in told:
        click.echo(trouble, err=True)


def troubles_told(report: Report, studio: Studio) -> list[str]:
    """What somebody must look at behind a rendering; notes the words of new recordings.

    Raises:
        SpeechError: the notes cannot be written.
    """
    from ivr.cli.audio.render import troubles
    from ivr.cli.audio.studio import recordings_told

    noted = studio.recordings.note()
    return [*recordings_told(studio.recordings, noted), *troubles(report, studio)]
