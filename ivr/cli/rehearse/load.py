"""`ivr rehearse --load`: many pretend calls at the same time on a line that runs elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from ivr.errors import RehearsalError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ivr.cli.project import Project
    from ivr.rehearsal.load.tally import Figures
    from ivr.rehearsal.personas import Personas

    _Command = TypeVar("_Command", bound=Callable[..., object])

MOST_CALLS: Final = 20_000
LEAST_SECONDS: Final = 10
MOST_SECONDS: Final = 3600
FILES: Final = 256
"""That this process may have open: its connections are few, whatever the number of calls."""
ONLY_LOAD: Final = ("calls", "seconds", "token", "status_callback")
NOT_LOAD: Final = ("callers", "jobs", "compare", "picture")
_OPTIONS: Final = (
    click.option(
        "--load",
        metavar="URL",
        help="Put the running line at URL under load instead, with calls in real time.",
    ),
    click.option(
        "--calls",
        type=click.IntRange(1, MOST_CALLS),
        metavar="N",
        default=100,
        show_default=True,
        help="With --load: how many calls go on at the same time.",
    ),
    click.option(
        "--seconds",
        type=click.IntRange(LEAST_SECONDS, MOST_SECONDS),
        metavar="S",
        default=60,
        show_default=True,
        help="With --load: for how long; all have begun after two fifths of it.",
    ),
    click.option(
        "--token",
        metavar="T",
        help="With --load: the auth token that signs the requests. "
        "[default: the one that the line here uses]",
    ),
    click.option(
        "--status-callback",
        metavar="URL",
        help="With --load: told of the end of each call; may be relative to URL. "
        "[default: URL/status of a line that has this flow, else none]",
    ),
)


class Given(Struct, frozen=True, kw_only=True):
    """The options of a load, as click gives them."""

    url: str
    calls: int
    seconds: int
    token: str | None
    status_callback: str | None
    seed: int
    is_json: bool


def load_options(command: _Command) -> _Command:
    """Adds what only a load has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_together(ctx: click.Context) -> None:
    """Sees that no option was given that the others leave without a meaning.

    Raises:
        click.UsageError: one was.
    """
    default = click.core.ParameterSource.DEFAULT
    is_load = ctx.params["load"] is not None
    for name in NOT_LOAD if is_load else ONLY_LOAD:
        if ctx.get_parameter_source(name) not in {None, default}:
            option = f"--{name.replace('_', '-')}"
            needs = "does not go together with --load" if is_load else "needs --load URL"
            raise click.UsageError(f"{option} {needs}", ctx)


def loaded(project: Project, personas: Personas, given: Given) -> int:
    """Holds a load and tells what it came to; gives the exit code.

    Raises:
        click.BadParameter: a URL leads nowhere, or the token is empty.
        SettingsError: no token is known, too few files may be open, or the line cannot be rung.
    """
    from rich.console import Console

    from ivr.cli.call.line import line_at
    from ivr.cli.given import check_letters, check_urls
    from ivr.cli.rehearse.load_text import load_shown, show_load

    check_letters({"--token": given.token})
    check_urls(given.url, status_callback=given.status_callback)
    if given.token == "":
        message = "it is empty; give the line's token, or leave the option out"
        raise click.BadParameter(message, param_hint="--token")
    line = line_at(given.url, given.token)
    raise_file_limit()
    with load_shown(Console(stderr=True), given.calls, given.seconds) as show:
        figures = _held(project, personas, given, line.token, show)
    if given.is_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    else:
        show_load(figures, Console())
    return 0 if figures.is_good else 1


def _held(
    project: Project,
    personas: Personas,
    given: Given,
    token: str,
    show: Callable[..., object] | None,
) -> Figures:
    from ivr.cli.clock import now
    from ivr.cli.digits import digit_words
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.line import Told
    from ivr.rehearsal.load.crowd import Load
    from ivr.rehearsal.load.run import Plan, hold
    from ivr.simulator.digits import Digits
    from ivr.simulator.http.urls import resolve

    spec, called_back = project.spec, given.status_callback
    told = Told(spec.flow, tuple(spec.words.values()), Digits(digit_words(spec)))
    plan = Plan(
        url=resolve(given.url, ""),
        token=token,
        told=told,
        guide=Guide(told, personas),
        status_callback=None if called_back is None else resolve(given.url, called_back),
        seed=given.seed,
        load=Load(calls=given.calls, seconds=given.seconds),
        now=now,
    )
    try:
        return hold(plan, show)
    except RehearsalError as error:
        raise SettingsError("A trial call was not answered as it should be:", [error]) from error


def raise_file_limit(files: int = FILES) -> None:
    """Lets this process have so many files open, as far as it may.

    Raises:
        SettingsError: it may not.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= files:
        return
    if hard != resource.RLIM_INFINITY and hard < files:
        raise SettingsError(
            "The load cannot open its connections:",
            [f"this process may open {hard} files, and needs {files}; raise it: ulimit -n {files}"],
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
