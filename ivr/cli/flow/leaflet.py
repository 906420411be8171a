"""`ivr flow export leaflet`: the steps on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.cli.flow.papers import language_option, number_option, open_papers
from ivr.cli.output import give, out_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@language_option
@number_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf"]),
    default="html",
    show_default=True,
    help="PDF needs WeasyPrint and Pango.",
)
@out_option("the leaflet")
def leaflet(language: str | None, number: str | None, form: str, out: Path | None) -> None:
    """Print the lesson as a leaflet for A4, in large type, with the safety rule on top.

    Without a number there is room to write it by hand. The steps are those of the prompts; what is
    written otherwise than it is said, and all other sentences, stand in config/paper.bn.yaml for
    Bengali.
    """
    from ivr.paper.pages.leaflet import leaflet as page
    from ivr.paper.pages.pdf import pdf

    project, words = open_papers(language)
    html = page(project.spec, words, number or project.settings.number)
    give(pdf(html) if form == "pdf" else html, out)
    if out is not None and form == "html":
        click.echo(f"Open {out} in a browser and print it on A4, on both sides.", err=True)
