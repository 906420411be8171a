from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.cli.state import auth_token, made_up
from ivr.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


def test_a_made_up_secret_stays_and_is_its_own() -> None:
    first = made_up("auth_token")
    assert len(first) == 32
    assert made_up("auth_token") == first
    assert made_up("secret_key") != first


def test_the_token_is_the_one_of_the_line_here() -> None:
    made = made_up("auth_token")
    assert auth_token() == made


def test_a_token_that_is_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up("auth_token")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "given")
    assert auth_token() == "given"


def test_without_a_token_it_is_told_how_to_get_one() -> None:
    with pytest.raises(SettingsError, match="start the line with `make run` first"):
        auth_token()
