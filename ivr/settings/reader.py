"""Reads variables one by one and collects what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.masks import hinted
from ivr.redis_url import problem_of
from ivr.settings.forms import PHONE_FORM, is_host, is_origin, is_phone
from ivr.settings.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

MIN_SECRET_LENGTH: Final = 16
MAX_TOKENS: Final = 2
"""The old one and the new one: an account has a primary and a secondary, no more."""
MAX_HOSTS: Final = 20


class Reader:
    """The variables of a process, each of the right type; `problems` has what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._table = {setting.name: setting for setting in TABLE}
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        """The value, or else the default; None: there is neither."""
        return self._given(name) or self._table[name].default

    def ask_for(self, *names: str, or_else: str = "") -> None:
        """Notes those that have no value."""
        for name in names:
            if not self.text(name):
                tail = f" {or_else}" if or_else else ""
                self.problems.append(f"{name} is missing ({self._table[name].help}); set it{tail}")

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        given = self.text(name) or ""
        if given.isascii() and given.isdigit() and least <= int(given) <= most:
            return int(given)
        self._refuse(name, given, f"use a whole number from {least} to {most}")
        return least

    def set_number(self, name: str, least: int, most: int) -> int | None:
        """The same, but None where only the default would hold."""
        return self.number(name, least, most) if self._given(name) else None

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """One of the words that are known."""
        given = self.text(name) or ""
        if given not in known:
            self._refuse(name, given, f"use one of: {', '.join(known)}")
        return given

    def origin(self, name: str) -> str | None:
        """Scheme and host."""
        given = (self.text(name) or "").rstrip("/")
        if given and not is_origin(given):
            self._refuse(name, given, "use scheme and host only: https://example.org")
        return given or None

    def hosts(self, name: str) -> tuple[str, ...]:
        """Names of hosts, divided by commas; in small letters, since a Host header has no case."""
        given = self.text(name)
        found = tuple(each.strip().lower() for each in given.split(",")) if given else ()
        if not all(map(is_host, found)) or len(found) > MAX_HOSTS:
            self._refuse(
                name,
                given or "",
                f"use at most {MAX_HOSTS} names without scheme and port, divided by commas: "
                "line.example,www.line.example",
            )
        return found

    def redis(self, name: str) -> str | None:
        """Its value is never shown: a password may stand in it."""
        given = self.text(name)
        problem = problem_of(given) if given else None
        if problem is not None:
            self.problems.append(f"{name} {problem}")
        return given

    def tokens(self, name: str) -> tuple[str, ...]:
        """One, or two while one is changed for the other; none is ever shown."""
        given = self.text(name)
        tokens = tuple(token.strip() for token in given.split(",")) if given else ()
        if not all(tokens) or len(tokens) > MAX_TOKENS:
            told = "an empty part" if len(tokens) <= MAX_TOKENS else f"{len(tokens)} parts"
            self.problems.append(
                f"{name} has {told} between its commas; give one token, or two as new,old"
            )
        return tokens

    def phone(self, name: str) -> str | None:
        """A number in E.164 form; what is no number is told by its end, as it may be somebody's."""
        given = self.text(name) or ""
        if given and not is_phone(given):
            self._refuse(name, hinted(given), PHONE_FORM)
        return given or None

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
        """A secret that is long enough; it is never shown."""
        given = self.text(name)
        if given is not None and len(given) < MIN_SECRET_LENGTH:
            self.problems.append(
                f"{name} has {len(given)} letters, {MIN_SECRET_LENGTH} are the least; make one: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return given

    def _given(self, name: str) -> str:
        return self._environment.get(name, "").strip()

    def _refuse(self, name: str, given: str, advice: str) -> None:
        # What stands before an @ in a URL is a password.
        self.problems.append(f"{name} is '{given.rpartition('@')[2]}'; {advice}")
