"""`ivr flow schema`: what a file in config/ may hold, for editors."""

from __future__ import annotations

import json

import click

_NAMES = ("flow", "prompts", "facts", "lexicon", "personas", "paper")


@click.command()
@click.argument("name", type=click.Choice(_NAMES), default="flow")
def schema(name: str) -> None:
    """Print the JSON Schema of a kind of file in config/: the flow, the prompts, and so on.

    The files in config/ name these schemas, so that editors complete and check what is typed:
    `ivr flow schema prompts > config/schema/prompts.json`.
    """
    from ivr.flow.schema import SHAPES, schema_of
    from ivr.paper.pages.words import PaperWords
    from ivr.rehearsal.personas import Personas
    from ivr.speech.lexicon import Lexicon

    shapes = {**SHAPES, "lexicon": Lexicon, "personas": Personas, "paper": PaperWords}
    click.echo(json.dumps(schema_of(name, shapes[name]), indent=2, ensure_ascii=False))
