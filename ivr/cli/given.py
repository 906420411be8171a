"""Options that more than one command has, read into what the pretend carrier takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeVar

import click
from msgspec import Struct

from ivr.errors import CallError, TwimlError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from ivr.simulator.faults import Fault
    from ivr.simulator.setup import Setup
    from ivr.twiml.request import DialStatus


_Command = TypeVar("_Command", bound="Callable[..., object]")

_CALLER: Final = (
    click.option(
        "--method",
        type=click.Choice(["GET", "POST"], case_sensitive=False),
        default="POST",
        show_default=True,
        help="How the first document is asked for.",
    ),
    click.option(
        "--token",
        metavar="T",
        help="The auth token that signs the requests. [default: the one that the line here uses]",
    ),
    click.option(
        "--from",
        "from_number",
        metavar="N",
        help="The number that calls; a crawl takes another for each call. [default: +15005550006]",
    ),
    click.option(
        "--to", "to_number", metavar="N", help="The number that is called. [default: +12025550100]"
    ),
    click.option(
        "--param",
        "params",
        metavar="NAME=VALUE",
        multiple=True,
        help="A further parameter of every request; may be given more than once. [default: none]",
    ),
)
_OUTCOMES: Final = (
    click.option(
        "--dial",
        metavar="OUTCOMES",
        default="",
        help="How Dials end, in order: completed, answered, busy, no-answer, failed or canceled, "
        "divided by commas. [default: completed]",
    ),
    click.option(
        "--fallback",
        metavar="URL",
        help="Asked when a document cannot be had or read; may be relative to URL. [default: none]",
    ),
)


def caller_options(command: _Command) -> _Command:
    """Adds what every command has that rings a line: how, signed by what, and who calls whom."""
    return _with(_CALLER, command)


def outcome_options(command: _Command) -> _Command:
    """Adds what becomes of a call where somebody else, or another document, is asked."""
    return _with(_OUTCOMES, command)


def _with(options: Sequence[Callable[[_Command], _Command]], command: _Command) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls, and how, as click gives what `caller_options` adds."""

    method: Literal["GET", "POST"]
    token: str | None
    from_number: str | None
    to_number: str | None
    params: tuple[str, ...]

    def check_caller(self, url: str, *, words: str | None = None, **others: str | None) -> None:
        """Sees that what was given can be sent, and leads somewhere.

        Args:
            url: of the first document, absolute.
            words: of --say, in a command that has it.
            **others: URLs by their options, as for `check_urls`.

        Raises:
            click.BadParameter: names the option that cannot, or does not.
        """
        if self.token == "":
            message = "it is empty; give the application's token, or leave the option out"
            raise click.BadParameter(message, param_hint="--token")
        texts = {
            "--token": self.token,
            "--from": self.from_number,
            "--to": self.to_number,
            "--param": "".join(self.params),
            "--say": words,
        }
        check_letters(texts)
        check_urls(url, **others)

    def caller_setup(self, started_at: datetime) -> Setup:
        """Who calls whom, and how, of a call in which all else is as usual.

        Raises:
            click.BadParameter: --param is not in the form that it has.
        """
        from ivr.simulator.setup import FROM_NUMBER, TO_NUMBER, Setup

        return Setup(
            # An empty one is a number that is withheld.
            from_number=FROM_NUMBER if self.from_number is None else self.from_number,
            to_number=TO_NUMBER if self.to_number is None else self.to_number,
            method=self.method,
            params=params(self.params),
            started_at=started_at,
        )


def params(given: Sequence[str]) -> dict[str, str]:
    """The parameters of --param.

    Raises:
        click.BadParameter: one is not in the form NAME=VALUE.
    """
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{each!r}; write NAME=VALUE", param_hint="--param")
        found[name] = value
    return found


def outcomes(given: str) -> tuple[DialStatus, ...]:
    """The outcomes of --dial, in order.

    Raises:
        click.BadParameter: one is none.
    """
    return tuple(_outcome(word.strip()) for word in given.split(",")) if given.strip() else ()


def faults(given: Sequence[str]) -> tuple[Fault, ...]:
    """The faults of --fault.

    Raises:
        click.BadParameter: one is none.
    """
    from ivr.simulator.faults import parse_faults

    try:
        return parse_faults(given)
    except CallError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from error


def check_urls(url: str, **others: str | None) -> None:
    """Sees that URLs lead somewhere.

    Args:
        url: of the first document, absolute.
        **others: by the option that they were given with; may be relative to it; None: not given.

    Raises:
        click.BadParameter: names the one that does not.
    """
    from ivr.simulator.http.urls import resolve

    for name, value in {"URL": "", **others}.items():
        try:
            resolve(url, value or "")
        except TwimlError as error:
            hint = name if name == "URL" else f"--{name.replace('_', '-')}"
            raise click.BadParameter(str(error), param_hint=hint) from error


def check_letters(texts: dict[str, str | None]) -> None:
    """Sees that texts can be sent.

    Args:
        texts: by the option that they were given with; None: not given.

    Raises:
        click.BadParameter: names the one that cannot.
    """
    from ivr.twiml.request import can_be_sent

    for name, text in texts.items():
        if not can_be_sent(text or ""):
            raise click.BadParameter(f"{text!r} is not UTF-8", param_hint=name)


def _outcome(word: str) -> DialStatus:
    from ivr.simulator.setup import OUTCOMES, outcome_of

    outcome = outcome_of(word)
    if outcome is not None:
        return outcome
    raise click.BadParameter(
        f"{word!r} is no outcome; use {', '.join(OUTCOMES)}, divided by commas",
        param_hint="--dial",
    )
