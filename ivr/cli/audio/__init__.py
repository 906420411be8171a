"""`ivr audio`: the clips that the line plays."""

from __future__ import annotations

import click

from ivr.cli.audio.check import check
from ivr.cli.audio.import_takes import import_takes
from ivr.cli.audio.list import list_clips
from ivr.cli.audio.prune import prune
from ivr.cli.audio.render import render
from ivr.cli.audio.sheet import sheet


@click.group()
def audio() -> None:
    """Make, check and replace the clips that callers hear."""


for _command in (render, check, list_clips, sheet, import_takes, prune):
    audio.add_command(_command)
