"""`ivr flow export script`: what a human helper reads out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.cli.flow.papers import language_option, open_papers
from ivr.cli.output import give, out_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@language_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "text"]),
    default="html",
    show_default=True,
    help="A page for A4, or plain text; PDF needs WeasyPrint and Pango.",
)
@out_option("the script")
def script(language: str | None, form: str, out: Path | None) -> None:
    """Print what a person reads out who helps a caller, on the telephone or at the table.

    Each step has what to wait for after it; before them stands what never to ask for, and what to
    do when a secret is told or the screen shows something else.
    """
    from ivr.paper.pages.pdf import pdf
    from ivr.paper.pages.script import script_page, script_text

    project, words = open_papers(language)
    make = script_text if form == "text" else script_page
    made = make(project.spec, words)
    give(pdf(made) if form == "pdf" else made, out)
    if out is not None and form == "html":
        click.echo(f"Open {out} in a browser and print it on A4.", err=True)
