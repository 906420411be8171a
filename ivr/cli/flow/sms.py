"""`ivr flow export sms`: the steps as short messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.cli.flow.papers import language_option, number_option, open_papers
from ivr.cli.output import give, out_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ivr.paper.sms.messages import Message


@click.command()
@language_option
@number_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, or JSON for a program that sends them.",
)
@out_option("the messages")
def sms(language: str | None, number: str | None, form: str, out: Path | None) -> None:
    """Print the lesson as short messages, the safety rule first.

    Each is sent alone: 70 letters of Bengali, or 160 of English, at most. So every telephone shows
    it, and it costs one message. The first words tell which one it is, such as 3/21.
    """
    from ivr.paper.sms.messages import messages

    project, words = open_papers(language)
    made = messages(project.spec, words, number or project.settings.number)
    give(_json(words.language, made) if form == "json" else "\n".join(_lines(made)), out)


def _lines(made: Sequence[Message]) -> Iterator[str]:
    """Each message on a line, under a line that measures it."""
    for at, message in enumerate(made, 1):
        size = message.size
        parts = "1 part" if size.parts == 1 else f"{size.parts} parts"
        yield f"# {at} of {len(made)}: {size.units} units, {size.encoding}, {parts}"
        yield message.text
        yield ""


def _json(language: str, made: Sequence[Message]) -> str:
    import json

    told = [
        {
            "text": message.text,
            "encoding": message.size.encoding,
            "units": message.size.units,
            "parts": message.size.parts,
        }
        for message in made
    ]
    whole = {"language": language, "messages": told}
    return json.dumps(whole, ensure_ascii=False, indent=2)
