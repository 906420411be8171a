"""The settings, from the environment: the only place that reads it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TTS_ENGINES: Final = ("gtts", "espeak")
MIN_SECRET_LENGTH: Final = 16
PHONE_FORM: Final = "use + and 7 to 15 digits, such as +12025550100"
REDIS_SCHEMES: Final = ("redis", "rediss", "unix")


class Setting(Struct, frozen=True):
    """One line of the table of settings."""

    name: str
    default: str | None
    """None: it has none, and `ivr serve` may ask for it."""
    help: str


TABLE: Final = (
    Setting("PORT", "8000", "port of the web service"),
    Setting("PUBLIC_URL", None, "scheme and host under which the provider calls this service"),
    Setting("REDIS_URL", None, "redis://, rediss:// or unix://; unset under `ivr dev`: embedded"),
    Setting("TWILIO_ACCOUNT_SID", None, "account, for `ivr twilio connect`"),
    Setting("TWILIO_AUTH_TOKEN", None, "key of the request signatures, and of the REST API"),
    Setting("TWILIO_NUMBER", None, "the line's number, such as +12025550100"),
    Setting("TWILIO_API_URL", "https://api.twilio.com", "where the provider's REST API answers"),
    Setting("IVR_SECRET_KEY", None, "16 letters or more: makes practice codes, hides callers"),
    Setting("IVR_HELPER_NUMBER", None, "a volunteer's number, rung for callers; unset: no person"),
    Setting("IVR_CONFIG", "config", "folder of the flow and the words"),
    Setting("IVR_AUDIO", "audio", "folder of recordings and rendered clips"),
    Setting("IVR_TTS", "gtts", "voice of `ivr audio render`: gtts (network) or espeak (offline)"),
    Setting("IVR_PROXY_HOPS", "0", "how many proxies in front may set X-Forwarded-Proto and -Host"),
)
"""Every setting: its name, its default, what it is for."""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings, each of the right type. Secrets never show in its repr."""

    port: int
    public_url: str | None
    redis_url: str | None
    account_sid: str | None
    auth_token: str | None
    number: str | None
    api_url: str
    secret_key: str | None
    helper_number: str | None
    config: Path
    audio: Path
    tts: str
    proxy_hops: int

    @classmethod
    def from_env(cls, environment: Mapping[str, str], *, serving: bool = False) -> Settings:
        """The settings that these variables make.

        Args:
            environment: names and values; an empty value counts as unset.
            serving: also ask for all that a public service needs.

        Raises:
            SettingsError: with every setting that is bad or missing.
        """
        reader = _Reader(environment)
        settings = cls(
            port=reader.number("PORT", 1, 65535),
            public_url=reader.origin("PUBLIC_URL"),
            redis_url=reader.redis("REDIS_URL"),
            account_sid=reader.text("TWILIO_ACCOUNT_SID"),
            auth_token=reader.text("TWILIO_AUTH_TOKEN"),
            number=reader.phone("TWILIO_NUMBER"),
            api_url=reader.origin("TWILIO_API_URL") or "",
            secret_key=reader.secret("IVR_SECRET_KEY"),
            helper_number=reader.helper(),
            config=Path(reader.text("IVR_CONFIG") or ""),
            audio=Path(reader.text("IVR_AUDIO") or ""),
            tts=reader.choice("IVR_TTS", TTS_ENGINES),
            proxy_hops=reader.number("IVR_PROXY_HOPS", 0, 9),
        )
        if serving:
            reader.ask_for("REDIS_URL", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY")
            if not settings.proxy_hops:
                reader.ask_for("PUBLIC_URL", or_else="or IVR_PROXY_HOPS")
        if reader.problems:
            raise SettingsError("The settings are not right:", reader.problems)
        return settings

    def __repr__(self) -> str:
        """Name the type only: a repr may end in a log."""
        return "Settings(…)"


def environment() -> Mapping[str, str]:
    """The variables of this process."""
    return os.environ  # noqa: TID251 - this is the one place that may


class _Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._table = {setting.name: setting for setting in TABLE}
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or self._table[name].default

    def ask_for(self, *names: str, or_else: str = "") -> None:
        for name in names:
            if not self.text(name):
                tail = f" {or_else}" if or_else else ""
                self.problems.append(f"{name} is missing ({self._table[name].help}); set it{tail}")

    def number(self, name: str, least: int, most: int) -> int:
        given = self.text(name) or ""
        if given.isascii() and given.isdigit() and least <= int(given) <= most:
            return int(given)
        self._refuse(name, given, f"use a whole number from {least} to {most}")
        return least

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        given = self.text(name) or ""
        if given not in known:
            self._refuse(name, given, f"use one of: {', '.join(known)}")
        return given

    def origin(self, name: str) -> str | None:
        given = (self.text(name) or "").rstrip("/")
        return self._held(name, given, _is_origin, "use scheme and host only: https://example.org")

    def redis(self, name: str) -> str | None:
        """Its value is never shown: a password may stand in it."""
        given = self.text(name)
        if given and not _is_redis(given):
            self.problems.append(
                f"{name} cannot be read; write redis://host:6379/0, rediss://… or unix:///path"
            )
        return given

    def phone(self, name: str) -> str | None:
        given = self.text(name) or ""
        return self._held(name, given, _is_phone, PHONE_FORM)

    def helper(self) -> str | None:
        """The number of a person, who is not the line itself."""
        given = self.phone("IVR_HELPER_NUMBER")
        if given is not None and given == self.text("TWILIO_NUMBER"):
            self.problems.append(
                "IVR_HELPER_NUMBER is TWILIO_NUMBER, so that the line would ring itself; set it "
                "to a person's number, or unset it"
            )
        return given

    def secret(self, name: str) -> str | None:
        given = self.text(name)
        if given is not None and len(given) < MIN_SECRET_LENGTH:
            self.problems.append(
                f"{name} has {len(given)} letters, {MIN_SECRET_LENGTH} are the least; make one: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return given

    def _held(self, name: str, given: str, holds: Callable[[str], bool], advice: str) -> str | None:
        if given and not holds(given):
            self._refuse(name, given, advice)
        return given or None

    def _refuse(self, name: str, given: str, advice: str) -> None:
        # What stands before an @ in a URL is a password.
        self.problems.append(f"{name} is '{given.rpartition('@')[2]}'; {advice}")


def _is_origin(url: str) -> bool:
    parts = _parts(url)
    if parts is None or not url.isascii() or " " in url:
        return False
    plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_redis(url: str) -> bool:
    parts = _parts(url)
    if parts is None or parts.scheme not in REDIS_SCHEMES:
        return False
    there = parts.path if parts.scheme == "unix" else parts.hostname
    # Another option would change what redis-py answers, or how long it waits.
    return bool(there) and re.fullmatch(r"(db=\d+)?", parts.query) is not None


def _parts(url: str) -> SplitResult | None:
    """The parts of a URL, or None where it is none or its port cannot be."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port is None or port > 0 else None


def _is_phone(number: str) -> bool:
    """Whether it is written as ITU-T E.164 has it."""
    return re.fullmatch(r"\+[1-9][0-9]{6,14}", number) is not None
