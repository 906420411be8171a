"""`ivr call`: rings an application as Twilio would; live in a terminal, or by a script."""

from ivr.cli.call.command import call

__all__ = ["call"]
