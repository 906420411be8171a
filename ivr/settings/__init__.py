"""The settings, from the environment: the only place that reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import SettingsError
from ivr.settings.forms import PHONE_FORM, host_of
from ivr.settings.reader import Reader
from ivr.settings.table import LOG_LEVELS, TABLE, TTS_ENGINES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PHONE_FORM", "TABLE", "TTS_ENGINES", "GivenLimits", "Settings", "environment"]

_MAX_CALLS_AN_HOUR: Final = 10_000
_MAX_MINUTES_A_DAY: Final = 24 * 60
_MAX_TURNS_A_CALL: Final = 10_000
_MAX_KEPT_DAYS: Final = 3660
_MAX_DRAIN_SECONDS: Final = 600


class GivenLimits(Struct, frozen=True, kw_only=True):
    """How much one caller may use of the line; None: not set, so that the usual holds.

    What is usual depends on who can ring: for the public it is the default of the table, and on
    the maker's own machine there is no limit.
    """

    calls_an_hour: int | None = None
    minutes_a_day: int | None = None
    turns_a_call: int | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """All settings, each of the right type. Secrets never show in its repr."""

    port: int
    public_url: str | None
    redis_url: str | None
    account_sid: str | None
    auth_tokens: tuple[str, ...]
    """The one to use first; a second one is still taken, or already."""
    number: str | None
    api_url: str
    secret_key: str | None
    helper_number: str | None
    config: Path
    audio: Path
    tts: str
    proxy_hops: int
    hosts: tuple[str, ...]
    """In small letters and without ports; empty: not set."""
    limits: GivenLimits
    keep_ended_days: int
    keep_counts_days: int
    drain_seconds: int
    log_level: str

    @classmethod
    def from_env(cls, environment: Mapping[str, str], *, serving: bool = False) -> Settings:
        """The settings that these variables make.

        Args:
            environment: names and values; an empty value counts as unset.
            serving: also ask for all that a public service needs.

        Raises:
            SettingsError: with every setting that is bad or missing.
        """
        reader = Reader(environment)
        settings = cls(
            port=reader.number("PORT", 1, 65535),
            public_url=reader.origin("PUBLIC_URL"),
            redis_url=reader.redis("REDIS_URL"),
            account_sid=reader.text("TWILIO_ACCOUNT_SID"),
            auth_tokens=reader.tokens("TWILIO_AUTH_TOKEN"),
            number=reader.phone("TWILIO_NUMBER"),
            api_url=reader.origin("TWILIO_API_URL") or "",
            secret_key=reader.secret("IVR_SECRET_KEY"),
            helper_number=reader.helper(),
            config=Path(reader.text("IVR_CONFIG") or ""),
            audio=Path(reader.text("IVR_AUDIO") or ""),
            tts=reader.choice("IVR_TTS", TTS_ENGINES),
            proxy_hops=reader.number("IVR_PROXY_HOPS", 0, 9),
            hosts=reader.hosts("IVR_HOSTS"),
            limits=_limits(reader),
            keep_ended_days=reader.number("IVR_KEEP_ENDED_DAYS", 1, _MAX_KEPT_DAYS),
            keep_counts_days=reader.number("IVR_KEEP_COUNTS_DAYS", 1, _MAX_KEPT_DAYS),
            drain_seconds=reader.number("IVR_DRAIN_SECONDS", 0, _MAX_DRAIN_SECONDS),
            log_level=reader.choice("IVR_LOG_LEVEL", LOG_LEVELS),
        )
        if serving:
            _ask_for_the_public(reader, settings)
        if reader.problems:
            raise SettingsError("The settings are not right:", reader.problems)
        return settings

    @property
    def auth_token(self) -> str | None:
        """The token to sign with and to ask the REST API with; None: there is none."""
        return self.auth_tokens[0] if self.auth_tokens else None

    @property
    def public_hosts(self) -> tuple[str, ...]:
        """The names under which a public service may be asked; empty: any."""
        if self.hosts or self.public_url is None:
            return self.hosts
        return (host_of(self.public_url),)

    def __repr__(self) -> str:
        """Name the type only: a repr may end in a log."""
        return "Settings(…)"


def environment() -> Mapping[str, str]:
    """The variables of this process."""
    return os.environ  # noqa: TID251 - this is the one place that may


def _limits(reader: Reader) -> GivenLimits:
    return GivenLimits(
        calls_an_hour=reader.set_number("IVR_CALLS_AN_HOUR", 0, _MAX_CALLS_AN_HOUR),
        minutes_a_day=reader.set_number("IVR_MINUTES_A_DAY", 0, _MAX_MINUTES_A_DAY),
        turns_a_call=reader.set_number("IVR_TURNS_A_CALL", 0, _MAX_TURNS_A_CALL),
    )


def _ask_for_the_public(reader: Reader, settings: Settings) -> None:
    """Notes what a public service lacks.

    Without PUBLIC_URL the signed address is made of what the proxy says that it was asked for; the
    proxy says what a stranger told it, so the names have to be known.
    """
    reader.ask_for("REDIS_URL", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY")
    if settings.public_url is None and not settings.proxy_hops:
        reader.ask_for("PUBLIC_URL", or_else="or IVR_PROXY_HOPS with IVR_HOSTS")
    elif settings.public_url is None:
        reader.ask_for("IVR_HOSTS", or_else="or PUBLIC_URL")
