"""`ivr flow export`: what the line teaches, for paper, for text messages and for other programs."""

from __future__ import annotations

import click

from ivr.cli.flow.floip import floip
from ivr.cli.flow.leaflet import leaflet
from ivr.cli.flow.script import script
from ivr.cli.flow.sms import sms


@click.group()
def export() -> None:
    """Give what the line teaches to paper, to text messages, or to other programs."""


for _command in (leaflet, sms, script, floip):
    export.add_command(_command)
