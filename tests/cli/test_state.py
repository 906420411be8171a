from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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


def test_an_empty_file_counts_as_no_secret(tmp_path: Path) -> None:
    (tmp_path / ".ivr").mkdir()
    (tmp_path / ".ivr/auth_token").touch()
    assert auth_token() is None
    assert len(made_up("auth_token")) == 32


def test_several_who_make_a_secret_at_once_get_the_same() -> None:
    with ThreadPoolExecutor(8) as pool:
        for round_number in range(20):
            assert len(set(pool.map(made_up, [f"secret_{round_number}"] * 8))) == 1


def test_the_token_is_the_one_of_the_line_here() -> None:
    made = made_up("auth_token")
    assert auth_token() == made


def test_a_token_that_is_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up("auth_token")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "given")
    assert auth_token() == "given"


def test_of_two_tokens_the_first_one_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "new,old")
    assert auth_token() == "new"


def test_there_may_be_no_token() -> None:
    assert auth_token() is None


def test_a_bad_setting_is_not_taken_for_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "abc")
    with pytest.raises(SettingsError, match="PORT is 'abc'"):
        auth_token()
