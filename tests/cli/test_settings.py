from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.settings import TABLE, Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
GOOD = {
    "PUBLIC_URL": "https://line.example",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "TWILIO_AUTH_TOKEN": "token",
    "IVR_SECRET_KEY": "a secret of many letters",
}


def problems(environment: dict[str, str], *, serving: bool = False) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment, serving=serving)
    return caught.value.problems


def test_without_any_variable_the_defaults_hold() -> None:
    settings = Settings.from_env({})
    assert settings.port == 8000
    assert settings.redis_url is None
    assert settings.api_url == "https://api.twilio.com"
    assert (settings.config, settings.audio) == (Path("config"), Path("audio"))
    assert (settings.tts, settings.proxy_hops) == ("gtts", 0)


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_env({"PORT": "", "REDIS_URL": "  "}) == Settings.from_env({})


def test_serving_lists_every_missing_setting_at_once() -> None:
    found = problems({}, serving=True)
    assert [text.split()[0] for text in found] == [
        *("REDIS_URL", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEY", "PUBLIC_URL")
    ]
    assert all("is missing" in text and "set it" in text for text in found)


def test_serving_with_all_of_them_starts() -> None:
    assert Settings.from_env(GOOD, serving=True).public_url == "https://line.example"


def test_to_trust_no_proxy_asks_for_the_public_url() -> None:
    (found,) = problems({**GOOD, "PUBLIC_URL": "", "IVR_PROXY_HOPS": "0"}, serving=True)
    assert found.startswith("PUBLIC_URL is missing")


def test_behind_a_trusted_proxy_no_public_url_is_needed() -> None:
    environment = {**GOOD, "PUBLIC_URL": "", "IVR_PROXY_HOPS": "1"}
    assert Settings.from_env(environment, serving=True).proxy_hops == 1


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PORT", "0", "use a whole number from 1 to 65535"),
        ("PORT", "৮০০০", "use a whole number"),
        ("PORT", "eighty", "use a whole number"),
        ("IVR_PROXY_HOPS", "-1", "use a whole number from 0 to 9"),
        ("PUBLIC_URL", "line.example", "use scheme and host only"),
        ("PUBLIC_URL", "https://line.example/voice", "use scheme and host only"),
        ("PUBLIC_URL", "https://user@line.example", "use scheme and host only"),
        ("PUBLIC_URL", "https://line.example:port", "use scheme and host only"),
        ("PUBLIC_URL", "https://ঘরে.example", "use scheme and host only"),
        ("TWILIO_API_URL", "ftp://api.example", "use scheme and host only"),
        ("REDIS_URL", "localhost:6379", "write redis://host:6379/0"),
        ("REDIS_URL", "http://localhost", "write redis://host:6379/0"),
        ("REDIS_URL", "redis://host:port", "write redis://host:6379/0"),
        ("REDIS_URL", "unix://", "write redis://host:6379/0"),
        ("REDIS_URL", "redis://h:6379/0?socket_timeout=soon", "write redis://host:6379/0"),
        ("REDIS_URL", "redis://h:6379/0?decode_responses=true", "write redis://host:6379/0"),
        ("TWILIO_NUMBER", "12025550100", "use + and 7 to 15 digits"),
        ("TWILIO_NUMBER", "+1 202 555", "use + and 7 to 15 digits"),
        ("IVR_HELPER_NUMBER", "9999999999", "use + and 7 to 15 digits"),
        ("IVR_HELPER_NUMBER", "+09999999999", "use + and 7 to 15 digits"),
        ("IVR_HELPER_NUMBER", "+919999", "use + and 7 to 15 digits"),
        ("IVR_HELPER_NUMBER", "+9199999999991234", "use + and 7 to 15 digits"),
        ("IVR_HELPER_NUMBER", "+৯১৯৯৯৯৯৯৯৯৯৯", "use + and 7 to 15 digits"),
        ("IVR_TTS", "festival", "use one of: gtts, espeak"),
        ("IVR_SECRET_KEY", "short", "16 are the least; make one"),
    ],
)
def test_a_bad_setting_is_named_with_what_to_do(name: str, value: str, advice: str) -> None:
    (found,) = problems({name: value})
    assert found.startswith(name)
    assert advice in found


def test_a_person_to_ring_is_somebody_only_when_set() -> None:
    assert Settings.from_env({}).helper_number is None
    numbers = {"IVR_HELPER_NUMBER": "+919999999999", "TWILIO_NUMBER": "+12025550100"}
    assert Settings.from_env(numbers).helper_number == "+919999999999"


def test_a_line_that_would_ring_itself_does_not_start() -> None:
    (found,) = problems({"IVR_HELPER_NUMBER": "+12025550100", "TWILIO_NUMBER": "+12025550100"})
    assert found.startswith(
        "IVR_HELPER_NUMBER is TWILIO_NUMBER, so that the line would ring itself"
    )
    assert "set it to a person's number" in found


def test_a_secret_is_never_shown() -> None:
    settings = Settings.from_env(GOOD)
    assert "secret" not in repr(settings)
    for name, value in (
        ("IVR_SECRET_KEY", "tooshort"),
        ("REDIS_URL", "http://:tooshort@host:6379"),
        ("REDIS_URL", "redis://:tooshort/word@host:6379"),
        ("PUBLIC_URL", "https://user:tooshort@line.example"),
    ):
        (found,) = problems({name: value})
        assert "tooshort" not in found


@pytest.mark.parametrize(
    "url",
    [
        *("redis://h", "redis://:p%2Fw@h:6379/0", "rediss://h:6380", "unix:///run/redis.sock"),
        "unix:///run/redis.sock?db=1",
    ],
)
def test_every_form_of_a_redis_url_is_taken(url: str) -> None:
    assert Settings.from_env({"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_the_readme_has_each_setting_with_its_default_and_help(setting: object) -> None:
    name, default, text = (getattr(setting, part) for part in ("name", "default", "help"))
    row = re.search(rf"^\| `{name}` \| (.*) \| (.*) \|$", README, re.MULTILINE)
    assert row is not None, f"README.md has no row for {name}"
    assert row[1] == (f"`{default}`" if default else "")
    assert row[2] == text
