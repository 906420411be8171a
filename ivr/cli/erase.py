"""`ivr erase NUMBER`: forgets a caller who asks for it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.engine.memory import Memory
    from ivr.store.redis import RedisStore
    from ivr.store.saving import Erased

STDIN: Final = "-"
MAX_LETTERS: Final = 200
"""So much is read from stdin; a number has a tenth of it."""
TIMEOUT_SECONDS: Final = 5.0
"""Nobody waits on the line for this; a Redis that is busy with calls may take its time."""
_SECONDS_A_MINUTE: Final = 60
_EPILOG = """\b
Examples:
  ivr erase +91 98765 43210
  ivr erase -                    asks for the number, so that it stands in no shell's history
"""


# What begins with a dash is a part of a number here; click would repeat it as a wrong option.
@click.command(epilog=_EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument("number", nargs=-1, required=True)
def erase(number: tuple[str, ...]) -> None:
    """Forget a caller: delete all that is kept under the telephone number.

    The number may be written in any usual way; without a country code it is India's. With - it is
    read from stdin. Nobody is asked whether it is meant: the line learns again at the next call
    how to speak to this caller.

    Give it the line's own IVR_SECRET_KEY and REDIS_URL: with another key the caller has another
    name there, and is not found. Without them it is the line of `ivr dev` in this folder.
    """
    from ivr.cli.local import caller_keys
    from ivr.masks import hinted

    given = _given(number)
    with _kept_calls() as (store, secret_key):
        key = caller_keys(secret_key)(given)
        if key is None:
            raise click.BadParameter(
                "this is too short for a telephone number, or what carriers write for callers who "
                "withhold theirs; of them nothing is kept",
                param_hint="NUMBER",
            )
        memory = store.recall(key)
        found = list(_told(memory, store.erase(key)))
    if not found:
        click.echo(f"Nothing was kept of the caller {hinted(given)}.")
        click.echo(
            "With another IVR_SECRET_KEY or REDIS_URL than the line's own nobody is found: "
            "if this caller was here, give the line's.",
            err=True,
        )
        return
    click.echo(f"Forgotten of the caller {hinted(given)}:")
    for each in found:
        click.echo(f"  {each}")


def _given(number: tuple[str, ...]) -> str:
    """The number as it was given, in one piece.

    Raises:
        click.BadParameter: it is none; what was given is not repeated, since it may be a part of
            one.
    """
    import re

    from ivr.carriers.number import INDIA, caller_name, is_e164

    is_read = number == (STDIN,)
    given = _read() if is_read else " ".join(number).strip()
    name = caller_name(given)
    if "(0)" in given or (name or "").startswith(f"+{INDIA}0"):
        raise click.BadParameter(  # else nobody would be found, and it would look like success
            "behind a country code no 0 is dialled; leave it out: +919876543210",
            param_hint="NUMBER",
        )
    # Who rings by SIP is kept under the address.
    if name is None or is_e164(name) or re.match(r"(sips?|client):", name, re.IGNORECASE):
        return given
    raise click.BadParameter(
        "this is no telephone number; write it as +919876543210, or as 98765 43210 for India",
        param_hint="NUMBER",
    )


def _read() -> str:
    stdin = click.get_text_stream("stdin")
    if stdin.isatty():
        return str(click.prompt("Number", hide_input=True, err=True))
    lines = [line for line in stdin.read(MAX_LETTERS).splitlines() if line.strip()]
    if len(lines) > 1:
        raise click.BadParameter(
            "there is more than one line; forget one caller at a time", param_hint="NUMBER"
        )
    return "".join(lines).strip()


@contextmanager
def _kept_calls() -> Iterator[tuple[RedisStore, str]]:
    """The Redis of the line, and the key that hides its callers.

    Raises:
        SettingsError: it is not known which Redis, or which key.
        StoreError: the Redis of this folder cannot be started.
    """
    from ivr.cli.state import FOLDER, made_up
    from ivr.errors import SettingsError, StoreError
    from ivr.settings import Settings, environment
    from ivr.store.embedded import embedded_redis
    from ivr.store.redis import RedisStore

    settings = Settings.from_env(environment())
    problems = []
    # What `ivr dev` has made here is used, and nothing is made: a new key would find nobody.
    if settings.secret_key is None and not (FOLDER / "secret_key").is_file():
        problems.append("IVR_SECRET_KEY is missing; set it to the one that the line has")
    if settings.redis_url is None and not FOLDER.is_dir():
        problems.append("REDIS_URL is missing; set it to the Redis of the line")
    if problems:
        raise SettingsError("It is not known of which line a caller is to be forgotten:", problems)
    with ExitStack() as stack:
        url = settings.redis_url or stack.enter_context(embedded_redis(FOLDER.absolute()))
        store = RedisStore(url, timeout_seconds=TIMEOUT_SECONDS)
        stack.callback(store.close)
        try:
            yield store, settings.secret_key or made_up("secret_key")
        except StoreError as error:
            raise StoreError(
                f"{error}\nThe caller may not be forgotten yet: see that Redis runs and that "
                "REDIS_URL is the line's, and run the same command again."
            ) from error


def _told(memory: Memory | None, erased: Erased) -> Iterator[str]:
    """What was deleted, line by line, in words."""
    if memory is not None:
        yield f"how to speak: {', '.join(_manners(memory))}"
        if memory.bookmark is not None:
            yield f"where the last call broke off: {memory.bookmark}"
    elif erased.memory:
        yield "what an older or newer version has kept, which cannot be read here"
    if erased.calls:
        yield f"{_counted(erased.calls, 'call')} of the last hour"
    if erased.used_seconds:
        minutes = max(1, round(erased.used_seconds / _SECONDS_A_MINUTE))
        yield f"that {_counted(minutes, 'minute')} of this day are used up"


def _manners(memory: Memory) -> Iterator[str]:
    yield f"language {memory.language}"
    yield f"pace {memory.pace.value}"
    if memory.simple:
        yield "the simpler way"
    if memory.patience:
        yield f"given more time {_counted(memory.patience, 'time')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
