"""The state folder of `ivr dev`, `.ivr`: made-up secrets and the embedded Redis; not in git."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from ivr.errors import SettingsError
from ivr.settings import Settings, environment

FOLDER: Final = Path(".ivr")
_TOKEN_BYTES: Final = 16


def made_up(name: str) -> str:
    """A random secret that stays the same in this folder: made at the first time it is asked."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    file = FOLDER / name
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(_TOKEN_BYTES) + "\n", encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def auth_token() -> str:
    """The token that the line here uses: TWILIO_AUTH_TOKEN, else the one that `ivr dev` made.

    Raises:
        SettingsError: there is neither.
    """
    given = Settings.from_env(environment()).auth_token
    if given:
        return given
    if not (FOLDER / "auth_token").exists():
        raise SettingsError(
            "There is no auth token to sign with:",
            ["start the line with `make run` first, or give --token, or set TWILIO_AUTH_TOKEN"],
        )
    return made_up("auth_token")
