"""`ivr flow`: tools for the people who change what the line says."""

from __future__ import annotations

import click

from ivr.cli.flow.check import check
from ivr.cli.flow.diff import diff
from ivr.cli.flow.draw import draw
from ivr.cli.flow.export import export
from ivr.cli.flow.schema import schema


@click.group()
def flow() -> None:
    """Tools for the people who change what the line says."""


for _command in (check, draw, diff, export, schema):
    flow.add_command(_command)
