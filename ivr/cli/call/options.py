"""What was asked for on the command line, checked before anything is rung."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Literal, TextIO

import click
from msgspec import Struct

from ivr.errors import CallError, TwimlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ivr.simulator.script import Entry
    from ivr.simulator.setup import Setup
    from ivr.twiml.request import DialStatus

_LIVE_KEY_SECONDS: Final = 0.0
"""Real fingers take their own time."""


class Options(Struct, frozen=True, kw_only=True):
    """The options of `ivr call`, as click gives them."""

    url: str | None
    keys: str | None
    """None: live in a terminal, a script with no turns elsewhere."""
    method: Literal["GET", "POST"]
    token: str | None
    from_number: str | None
    to_number: str | None
    params: tuple[str, ...]
    dial: str
    fallback: str | None
    status_callback: str | None
    max_turns: int
    real_time: bool
    json: bool
    verbose: bool
    sound: bool | None
    """None: as it suits; see `is_heard`."""

    @property
    def is_live(self) -> bool:
        """Whether somebody sits at the keys."""
        is_asked = self.keys is None and not self.json
        return is_asked and _is_terminal(sys.stdin) and _is_terminal(sys.stdout)

    @property
    def is_heard(self) -> bool:
        """Whether clips are played aloud: where they last as long as they take, if at all."""
        if self.sound is None:
            is_slow = self.is_live or self.real_time
            return is_slow and not self.json and _is_terminal(sys.stdout)
        return self.sound

    def check(self, url: str) -> None:
        """Sees that the options fit together.

        Args:
            url: of the first document, which others may be relative to.

        Raises:
            click.UsageError: names the option that does not.
        """
        from ivr.simulator.http.urls import resolve

        if self.token == "":
            message = "it is empty; give the application's token, or leave the option out"
            raise click.BadParameter(message, param_hint="--token")
        self._check_letters()
        given = {"URL": "", "--fallback": self.fallback, "--status-callback": self.status_callback}
        for name, value in given.items():
            try:
                resolve(url, value or "")
            except TwimlError as error:
                raise click.BadParameter(str(error), param_hint=name) from error
        if self.sound and not (self.is_live or self.real_time):
            raise click.UsageError("--sound needs a call in real time; add --real-time")

    def _check_letters(self) -> None:
        from ivr.twiml.request import can_be_sent

        texts = {
            "--token": self.token,
            "--from": self.from_number,
            "--to": self.to_number,
            "--param": "".join(self.params),
        }
        for name, text in texts.items():
            if not can_be_sent(text or ""):
                raise click.BadParameter(f"{text!r} is not UTF-8", param_hint=name)

    def script(self) -> tuple[Entry, ...]:
        """The turns of --keys.

        Raises:
            click.UsageError: one of them is none.
        """
        from ivr.simulator.script import parse

        try:
            return parse(self.keys or "")
        except CallError as error:
            raise click.UsageError(str(error)) from error

    def setup(self, started_at: datetime) -> Setup:
        """Who calls whom, and how.

        Raises:
            click.BadParameter: --param or --dial is not in the form that it has.
        """
        from ivr.simulator.setup import FROM_NUMBER, KEY_SECONDS, TO_NUMBER, Setup

        return Setup(
            # An empty one is a number that is withheld.
            from_number=FROM_NUMBER if self.from_number is None else self.from_number,
            to_number=TO_NUMBER if self.to_number is None else self.to_number,
            method=self.method,
            params=_params(self.params),
            fallback_url=self.fallback,
            status_callback=self.status_callback,
            dial_outcomes=_outcomes(self.dial),
            max_documents=self.max_turns,
            key_seconds=_LIVE_KEY_SECONDS if self.is_live else KEY_SECONDS,
            started_at=started_at,
        )


def _is_terminal(stream: TextIO | None) -> bool:
    """Python has None for a stream that was closed before it began."""
    return stream is not None and stream.isatty()


def _params(given: Sequence[str]) -> dict[str, str]:
    params = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{each!r}; write NAME=VALUE", param_hint="--param")
        params[name] = value
    return params


def _outcomes(given: str) -> tuple[DialStatus, ...]:
    return tuple(_outcome(word.strip()) for word in given.split(",")) if given.strip() else ()


def _outcome(word: str) -> DialStatus:
    from ivr.simulator.setup import OUTCOMES

    for outcome in OUTCOMES:
        if outcome == word:
            return outcome
    raise click.BadParameter(
        f"{word!r} is no outcome; use {', '.join(OUTCOMES)}, divided by commas",
        param_hint="--dial",
    )
