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
    """A random secret that stays the same in this folder: made at the first time it is asked.

    Raises:
        SettingsError: the folder cannot be written or read.
    """
    file = FOLDER / name
    try:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        if file.exists() and not _read(file):
            file.unlink()  # an empty one is of no use to anybody
        if not file.exists():
            _write_once(file, secrets.token_hex(_TOKEN_BYTES))
        return _read(file)
    except OSError as error:
        raise SettingsError(
            "The state folder cannot be used:",
            [f"{file}: {error.strerror}; make {FOLDER} writable or remove it"],
        ) from error


def _read(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.exists() else ""


def _write_once(file: Path, secret: str) -> None:
    """Whole or not at all; of several at once the first wins."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    part.touch(mode=0o600)
    part.write_text(f"{secret}\n", encoding="ascii")
    try:
        file.hardlink_to(part)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def auth_token() -> str | None:
    """The token that the line here uses: TWILIO_AUTH_TOKEN, else the one that `ivr dev` made.

    None when there is neither.

    Raises:
        SettingsError: a setting is bad, or the state folder cannot be used.
    """
    given = Settings.from_env(environment()).auth_token
    if given:
        return given
    return made_up("auth_token") if _read(FOLDER / "auth_token") else None
