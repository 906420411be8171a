"""The command `ivr rehearse`: what was asked for, put together and carried through."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from ivr.cli.rehearse.load import Given, check_together, load_options

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.cli.project import Project
    from ivr.rehearsal.figures import Figures
    from ivr.rehearsal.personas import Personas

MAX_CALLERS: Final = 1_000_000
"""As ivr.rehearsal.figures has it, which `ivr rehearse --help` does not import."""
MAX_JOBS: Final = 16
"""So many processes ivr.cli.rehearse.workers can give a database each."""
_EPILOG = """\b
Examples:
  ivr rehearse                              1,000 callers, a table
  ivr rehearse --callers 10000 --seed 7
  ivr rehearse --json > before.json         then change the flow, and:
  ivr rehearse --compare before.json
  ivr rehearse --picture drop-out.svg
  ivr rehearse --load https://example.org/voice --token T --calls 1000 --seconds 300

\b
It is a stress of the flow with stated assumptions (config/personas.yaml), and no evidence about
people. The service rings nobody, uses no REDIS_URL and no setting but IVR_CONFIG and IVR_AUDIO.
With --load the same callers ring a line that runs, over HTTP and in real time; see
docs/capacity.md, and load no line but your own.
Exits with 0; with 1 when --compare finds that something got worse, or a load that anything failed;
with 2 on wrong usage.
"""


class Options(Struct, frozen=True, kw_only=True):
    """The options of `ivr rehearse`, as click gives them."""

    callers: int
    seed: int
    jobs: int | None
    personas: Path | None
    compare: Path | None
    picture: Path | None
    json: bool
    load: str | None
    calls: int
    seconds: int
    token: str | None
    status_callback: str | None


@click.command(epilog=_EPILOG)
@click.option(
    "--callers",
    type=click.IntRange(1, MAX_CALLERS),
    metavar="N",
    default=1000,
    show_default=True,
    help="How many pretend callers ring.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=1,
    show_default=True,
    help="All that is left to chance follows from it: the same seed, the same figures.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MAX_JOBS),
    metavar="N",
    help="How many processes; the figures do not depend on it. [default: one for each core]",
)
@click.option(
    "--personas",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who rings. [default: personas.yaml in IVR_CONFIG]",
)
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="REF.json",
    help="Show what has changed since these figures, which --json printed.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE.svg",
    help="Draw where callers drop out, as SVG.",
)
@load_options
@click.option("--json", is_flag=True, help="Print one JSON object, for scripts. [default: a table]")
@click.pass_context
def rehearse(ctx: click.Context, /, **given: Any) -> None:
    """Let pretend callers ring this checkout's line, and count who gets through.

    A population of personas rings the real service through its webhooks, on a virtual clock: it
    waits, mistakes keys, forgets codes, hangs up and rings again.
    """
    from ivr.cli.output import give
    from ivr.cli.project import Project
    from ivr.cli.signals import interrupted_by_signals
    from ivr.rehearsal.picture import picture

    options = Options(**given)
    check_together(ctx)
    if options.load is not None:
        ctx.exit(_loaded(options.load, options))
    before = None if options.compare is None else _figures_in(options.compare)
    if options.picture is not None and options.picture.suffix.lower() not in {"", ".svg"}:
        message = f"{options.picture} is no name of an SVG; let it end with .svg"
        raise click.BadParameter(message, param_hint="--picture")
    if options.picture is not None and not options.picture.absolute().parent.is_dir():
        # Before the rehearsal: nobody waits for minutes to hear it.
        message = f"there is no folder {options.picture.parent}; make it, or give another place"
        raise click.BadParameter(message, param_hint="--picture")
    with interrupted_by_signals():
        project = Project.load()
        personas, digest = _personas(project, options.personas)
        figures = _rehearsed(project, personas, digest, options)
    _tell(figures, is_json=options.json)
    if options.picture is not None:
        give(picture(figures), options.picture)
    ctx.exit(0 if before is None else _compared(before, figures, is_json=options.json))


def _loaded(url: str, options: Options) -> int:
    from ivr.cli.project import Project
    from ivr.cli.rehearse.load import loaded
    from ivr.cli.signals import interrupted_by_signals

    given = Given(
        url=url,
        calls=options.calls,
        seconds=options.seconds,
        token=options.token,
        status_callback=options.status_callback,
        seed=options.seed,
        is_json=options.json,
    )
    with interrupted_by_signals():
        project = Project.load()
        personas, _ = _personas(project, options.personas)
        return loaded(project, personas, given)


def _figures_in(file: Path) -> Figures:
    """The figures to compare with.

    Raises:
        click.BadParameter: the file holds none.
    """
    from ivr.errors import RehearsalError
    from ivr.rehearsal.comparison import MAX_FILE_BYTES, read_figures

    try:
        with file.open("rb") as opened:
            return read_figures(str(file), opened.read(MAX_FILE_BYTES + 1))
    except RehearsalError as error:
        raise click.BadParameter(str(error), param_hint="--compare") from error
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; mend its rights"
        raise click.BadParameter(message, param_hint="--compare") from error


def _personas(project: Project, file: Path | None) -> tuple[Personas, str]:
    """Who rings, and the content hash of the file that says so."""
    from ivr.errors import RehearsalError
    from ivr.rehearsal.reading import MAX_FILE_BYTES, read_personas

    file = project.settings.config / "personas.yaml" if file is None else file
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_FILE_BYTES + 1).decode()
    except UnicodeDecodeError as error:
        raise RehearsalError(f"{file}: it is not UTF-8; save it as UTF-8 in your editor") from error
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; put it back, or give --personas"
        raise RehearsalError(message) from error
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return read_personas(str(file), text, project.spec.flow), digest


def _rehearsed(project: Project, personas: Personas, digest: str, options: Options) -> Figures:
    from rich.console import Console

    from ivr.cli.rehearse.progress import progress_shown
    from ivr.cli.rehearse.service import staged
    from ivr.cli.rehearse.workers import Plan, cores, rehearse_all
    from ivr.rehearsal.figures import Rehearsed, figures

    console = Console(stderr=True)
    with staged(project, console) as stage, progress_shown(console, options.callers) as show:
        plan = Plan(stage, personas, options.seed)
        batches = rehearse_all(plan, options.callers, options.jobs or cores(), show)
    prompts = Counter[str]()
    for batch in batches:
        prompts.update(batch.prompts)
    rehearsed = Rehearsed(
        seed=options.seed,
        flow=project.spec.flow,
        content_hash=project.spec.content_hash,
        population=digest,
        names=tuple(personas.personas),
    )
    return figures(rehearsed, [each for batch in batches for each in batch.outcomes], prompts)


def _console(*, is_error: bool = False) -> Console:
    """A console that cuts nothing off where nobody looks on."""
    from rich.console import Console

    from ivr.cli.rehearse.text import WIDEST

    console = Console(stderr=is_error)
    return console if console.is_terminal else Console(stderr=is_error, width=WIDEST)


def _tell(figures: Figures, *, is_json: bool) -> None:
    import msgspec

    from ivr.cli.rehearse.text import show

    if is_json:
        click.echo(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    else:
        show(figures, _console())


def _compared(before: Figures, after: Figures, *, is_json: bool) -> int:
    """Tells what has changed, beside JSON on stderr; gives the exit code."""
    from ivr.cli.rehearse.text import show_comparison
    from ivr.rehearsal.comparison import compare

    comparison = compare(before, after)
    show_comparison(comparison, _console(is_error=is_json))
    return 1 if comparison.is_worse else 0
