"""`ivr flow draw`: the call as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from ivr.cli.output import give, out_option

if TYPE_CHECKING:
    from ivr.cli.project import Project
    from ivr.paper.drawing.chart import Chart
    from ivr.paper.drawing.traffic import Traffic

MAX_DAYS: Final = 400
"""So long the line keeps its counts."""
_EPILOG = """\b
Examples:
  ivr flow draw --out call.svg                        open it in a browser
  ivr flow draw --language en --out call.svg          with the English words
  ivr rehearse --json > rehearsal.json                and then, with where its callers left:
  ivr flow draw --colour rehearsal.json --out call.svg
  ivr flow draw --live --days 7 --out call.svg        with the line's own counts of a week
  ivr flow draw --format markdown --picture docs/pictures/flow.svg --out docs/flow.md

\b
Nodes under a comment such as '# -- Learn to register ---' in flow.yaml stand in one frame.
"""


class Options(Struct, frozen=True, kw_only=True):
    """The options of `ivr flow draw`, as click gives them."""

    form: str
    language: str | None
    colour: Path | None
    live: bool
    days: int | None
    picture: Path | None
    out: Path | None


@click.command(epilog=_EPILOG)
@click.option(
    "--format",
    "form",
    type=click.Choice(["svg", "mermaid", "markdown"]),
    default="svg",
    show_default=True,
    help="A picture, the text of a Mermaid flowchart, or a page with a table of all places.",
)
@click.option("--language", help="Whose words stand in it; otherwise the line's own, such as bn.")
@click.option(
    "--colour",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Shade each place by how many drop out, from what `ivr rehearse --json` printed.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Shade each place by how many leave, from the line's counts in REDIS_URL.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    metavar="N",
    help="With --live: so many days together, today among them. [default: 1]",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --format markdown: write the SVG here too, and show it in the page.",
)
@out_option("the drawing")
def draw(**given: Any) -> None:
    """Draw the call: every place, and where each key leads.

    Lessons are folded into one place each. What holds everywhere (keys 0, 9 and *, what follows
    after too many tries) is told once, beside the drawing.
    """
    from ivr.cli.project import Project

    options = Options(**given)
    _check(options)
    project = Project.load()
    chart = _chart(project, options)
    if chart.traffic is not None and chart.traffic.strangers:
        places = ", ".join(chart.traffic.strangers)
        click.echo(f"Not drawn, since the flow here does not have it: {places}", err=True)
    give(_drawn(chart, options), options.out)


def _check(options: Options) -> None:
    """Sees that the options go together.

    Raises:
        click.UsageError: two do not.
    """
    if options.colour is not None and options.live:
        raise click.UsageError("--colour and --live both shade the drawing; give one of them")
    if options.days is not None and not options.live:
        raise click.UsageError("--days says how many days of --live; give that too")
    if options.picture is not None and options.form != "markdown":
        raise click.UsageError("--picture is for --format markdown; for an SVG alone take --out")


def _chart(project: Project, options: Options) -> Chart:
    from ivr.cli.audio.studio import language_of
    from ivr.paper.drawing.chart import chart
    from ivr.paper.drawing.sections import sections

    spec = project.spec
    text = (project.settings.config / "flow.yaml").read_text(encoding="utf-8")
    return chart(
        spec.flow,
        spec.words[language_of(spec, options.language)],
        sections(text, spec.flow.nodes),
        _traffic(project, options),
    )


def _traffic(project: Project, options: Options) -> Traffic | None:
    if options.colour is not None:
        return _rehearsed(project, options.colour)
    return _counted(project, options.days or 1) if options.live else None


def _rehearsed(project: Project, file: Path) -> Traffic:
    """What a rehearsal found.

    Raises:
        click.BadParameter: the file holds no figures.
    """
    from ivr.errors import RehearsalError
    from ivr.paper.drawing.traffic import traffic_of_shares
    from ivr.rehearsal.comparison import MAX_FILE_BYTES, read_figures

    try:
        with file.open("rb") as opened:
            figures = read_figures(str(file), opened.read(MAX_FILE_BYTES + 1))
    except RehearsalError as error:
        raise click.BadParameter(str(error), param_hint="--colour") from error
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; mend its rights"
        raise click.BadParameter(message, param_hint="--colour") from error
    told = (
        f"Shades are of a rehearsal with {figures.callers:,} pretend callers, which is no evidence "
        "about people: shares of all with a goal who had a call that ended there, the goal not "
        "reached."
    )
    if figures.flow != project.spec.content_hash:
        told += f" It was of another version of the flow, {figures.flow}."
    shares = [(each.place, each.share) for each in figures.dropout]
    return traffic_of_shares(project.spec.flow, told, shares)


def _counted(project: Project, days: int) -> Traffic:
    """What the line has counted.

    Raises:
        SettingsError: there is no REDIS_URL.
        StoreError: Redis did not answer.
    """
    from collections import Counter
    from contextlib import closing
    from datetime import timedelta

    from ivr.cli.clock import now
    from ivr.errors import SettingsError
    from ivr.paper.drawing.traffic import traffic_of_counts
    from ivr.store.redis import RedisStore

    url = project.settings.redis_url
    if url is None:
        problem = "REDIS_URL: it is not set; set it to the Redis of the line that answers callers"
        raise SettingsError("--live needs the counts of a line:", [problem])
    today = now().date()
    dates = [str(today - timedelta(days=back)) for back in range(days)]
    counts = Counter[str]()
    with closing(RedisStore(url)) as store:
        for date in dates:
            counts.update(store.counts(date))
    whole = dates[0] if days == 1 else f"{dates[-1]} to {dates[0]}"
    told = (
        f"Shades are of the line's own counts, {whole} (UTC): of those who came to a place, the "
        "share whose call ended there. The thicker a card's edge, the more came."
    )
    return traffic_of_counts(project.spec.flow, told, counts)


def _drawn(chart: Chart, options: Options) -> str:
    from ivr.paper.drawing.mermaid import mermaid
    from ivr.paper.drawing.page import page
    from ivr.paper.drawing.picture import picture

    if options.form == "mermaid":
        return mermaid(chart)
    if options.form == "svg":
        return picture(chart)
    if options.picture is None:
        return page(chart)
    give(picture(chart), options.picture)
    return page(chart, _link(options.picture, options.out))


def _link(picture: Path, out: Path | None) -> str:
    """The way from the page to its picture."""
    from os.path import relpath
    from urllib.parse import quote

    folder = Path() if out is None else out.parent
    return quote(Path(relpath(picture, folder)).as_posix())
