"""`ivr`: the group of all commands. A command's file is read only when it is asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from ivr.errors import IvrError, SettingsError

_COMMANDS: Final = {
    "audio": ("ivr.cli.audio", "Render the clips that callers hear."),
    "call": ("ivr.cli.call", "Ring a line as Twilio would, and print the call."),
    "crawl": ("ivr.cli.crawl", "Walk every menu of a line, and name what is wrong."),
    "dev": ("ivr.cli.dev", "Run the line on this machine, with all that it needs."),
    "erase": ("ivr.cli.erase", "Forget a caller: delete all that is kept of a number."),
    "flow": ("ivr.cli.flow", "Tools for the flow of the call."),
    "phone": ("ivr.cli.phone", "Ring a line from a telephone in the browser."),
    "rehearse": (
        "ivr.cli.rehearse",
        "Let pretend callers ring the line, and count who gets through.",
    ),
    "serve": ("ivr.cli.serve", "Run the line for the public."),
    "twilio": ("ivr.cli.twilio", "Point a Twilio number at this line."),
}
"""Where each command stands, and its line in the help, so that the help reads no other file."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ghore-boshe", message="%(prog)s %(version)s")
def ivr() -> None:
    """ঘরে বসে · Ghore Boshe: a phone line that teaches, in Bengali and by keypad, to use UMANG.

    Begin with `ivr dev`, and open its page /phone in a browser; or ring it with `ivr call`.
    """


def main() -> None:
    """Runs a command; an error of ours ends it with words, not with a traceback."""
    try:
        ivr(prog_name="ivr")
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except IvrError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
