from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis

from ivr.cli.project import Project, parts, public_parts, store_at
from ivr.engine.limits import Limits
from ivr.errors import SettingsError
from ivr.settings import TABLE, GivenLimits, Settings
from ivr.twiml.signature import sign
from ivr.web.app import create_app
from ivr.web.standing import Standing

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore

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
    assert (settings.hosts, settings.auth_tokens, settings.auth_token) == ((), (), None)
    assert (settings.keep_ended_days, settings.keep_counts_days) == (30, 400)
    assert (settings.drain_seconds, settings.log_level) == (5, "info")
    assert settings.limits == GivenLimits()


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
    assert found.endswith("set it or IVR_PROXY_HOPS with IVR_HOSTS")


def test_behind_a_trusted_proxy_the_names_of_the_host_stand_in_for_the_public_url() -> None:
    """What the proxy passes on as the host is what a stranger told it."""
    environment = {**GOOD, "PUBLIC_URL": "", "IVR_PROXY_HOPS": "1"}
    (found,) = problems(environment, serving=True)
    assert found.startswith("IVR_HOSTS is missing")
    assert found.endswith("or PUBLIC_URL")
    settings = Settings.from_env(environment | {"IVR_HOSTS": "line.example"}, serving=True)
    assert (settings.proxy_hops, settings.public_hosts) == (1, ("line.example",))
    assert Settings.from_env({**GOOD, "IVR_PROXY_HOPS": "1"}, serving=True).proxy_hops == 1


@pytest.mark.parametrize(
    ("public_url", "hosts", "served"),
    [
        pytest.param("https://Line.Example:8443", "", ("line.example",), id="of the public URL"),
        pytest.param("http://[::1]:8000", "", ("[::1]",), id="an address of IPv6"),
        pytest.param("https://line.example", "Other.Example , b", ("other.example", "b"), id="set"),
        pytest.param("", "", (), id="any"),
    ],
)
def test_a_public_service_is_asked_under_the_names_that_are_set_or_that_of_the_public_url(
    public_url: str, hosts: str, served: tuple[str, ...]
) -> None:
    settings = Settings.from_env({"PUBLIC_URL": public_url, "IVR_HOSTS": hosts})
    assert settings.public_hosts == served


@pytest.mark.parametrize(
    ("given", "tokens"),
    [
        pytest.param("one", ("one",), id="one"),
        pytest.param("new,old", ("new", "old"), id="two"),
        pytest.param(" new , old ", ("new", "old"), id="with blanks"),
    ],
)
def test_two_auth_tokens_may_be_given_while_one_is_changed_for_the_other(
    given: str, tokens: tuple[str, ...]
) -> None:
    settings = Settings.from_env({"TWILIO_AUTH_TOKEN": given})
    assert settings.auth_tokens == tokens
    assert settings.auth_token == tokens[0], "the one that signs, and that the REST API knows"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param("hush,", "has an empty part", id="nothing behind the comma"),
        pytest.param(",hush", "has an empty part", id="nothing before it"),
        pytest.param(",", "has an empty part", id="only a comma"),
        pytest.param("hush,hush2,hush3", "has 3 parts", id="three"),
    ],
)
def test_other_than_one_or_two_auth_tokens_are_a_problem_that_shows_none(
    given: str, told: str
) -> None:
    (found,) = problems({"TWILIO_AUTH_TOKEN": given})
    assert found.startswith(f"TWILIO_AUTH_TOKEN {told}")
    assert "hush" not in found


def test_a_limit_that_is_not_set_is_told_from_one_that_is() -> None:
    """On the maker's own machine the default must not hold, but what is set must."""
    limits = Settings.from_env({"IVR_CALLS_AN_HOUR": "20", "IVR_TURNS_A_CALL": "0"}).limits
    assert limits == GivenLimits(calls_an_hour=20, turns_a_call=0)


def test_the_limits_of_a_caller_are_the_same_in_the_table_and_in_the_engine() -> None:
    table = {setting.name: setting.default for setting in TABLE}
    usual = Limits()
    assert table["IVR_CALLS_AN_HOUR"] == str(usual.calls_an_hour)
    assert table["IVR_MINUTES_A_DAY"] == str(usual.minutes_a_day)
    assert table["IVR_TURNS_A_CALL"] == str(usual.turns_a_call)


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
        ("IVR_HOSTS", "https://line.example", "names without scheme and port"),
        ("IVR_HOSTS", "line.example:443", "names without scheme and port"),
        ("IVR_HOSTS", "line.example,", "names without scheme and port"),
        ("IVR_HOSTS", "*.example", "names without scheme and port"),
        ("IVR_HOSTS", "-line.example", "names without scheme and port"),
        ("IVR_HOSTS", ",".join(["a.example"] * 21), "use at most 20 names"),
        ("IVR_CALLS_AN_HOUR", "-1", "use a whole number from 0 to 10000"),
        ("IVR_MINUTES_A_DAY", "1441", "use a whole number from 0 to 1440"),
        ("IVR_TURNS_A_CALL", "many", "use a whole number from 0 to 10000"),
        ("IVR_KEEP_ENDED_DAYS", "0", "use a whole number from 1 to 3660"),
        ("IVR_KEEP_COUNTS_DAYS", "3661", "use a whole number from 1 to 3660"),
        ("IVR_DRAIN_SECONDS", "601", "use a whole number from 0 to 600"),
        ("IVR_LOG_LEVEL", "INFO", "use one of: debug, info, warning, error"),
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
        "redis+sentinel://:p%2Fw@a:26379,b/name/0",
        "redis+cluster://a:6379,b",
    ],
)
def test_every_form_of_a_redis_url_is_taken(url: str) -> None:
    assert Settings.from_env({"REDIS_URL": url}).redis_url == url


def test_for_the_public_the_usual_limits_hold_and_on_the_own_machine_none(
    spec: Spec, store: RedisStore, audio: Path
) -> None:
    variables = {**GOOD, "IVR_AUDIO": str(audio), "IVR_MINUTES_A_DAY": "30"}
    project = Project(Settings.from_env(variables, serving=True), spec)
    standing = Standing()
    public = public_parts(project, store, standing)
    assert public.limits == Limits(calls_an_hour=20, minutes_a_day=30, turns_a_call=300)
    assert (public.hosts, public.has_siblings) == (("line.example",), True)
    assert (public.auth_tokens, public.secret_key) == (("token",), GOOD["IVR_SECRET_KEY"])
    assert public.standing is standing
    own = parts(project, store, ("made-up",), "made-up")
    assert own.limits == Limits(calls_an_hour=0, minutes_a_day=30, turns_a_call=0)
    assert (own.hosts, own.has_siblings, own.auth_tokens) == ((), False, ("made-up",))


def test_counts_are_kept_as_long_as_is_set(spec: Spec, redis_url: str, audio: Path) -> None:
    variables = {**GOOD, "IVR_AUDIO": str(audio), "IVR_KEEP_COUNTS_DAYS": "3", "PUBLIC_URL": ""}
    settings = Settings.from_env(variables)
    client: Any = redis.Redis.from_url(redis_url)
    client.flushall()
    store = store_at(redis_url, settings)
    try:
        app = create_app(parts(Project(settings, spec), store, ("token",), GOOD["IVR_SECRET_KEY"]))
        form = {"CallSid": "CA1", "From": "anonymous", "CallStatus": "ringing"}
        headers = {"X-Twilio-Signature": sign("token", "http://localhost/voice", form)}
        assert app.test_client().post("/voice", data=form, headers=headers).status_code == 200
        (counts,) = client.scan_iter("ivr:counts:*")
        assert 0 < client.ttl(counts) <= 3 * 24 * 60 * 60
        assert client.ttl(counts) > 2 * 24 * 60 * 60
    finally:
        store.close()
        client.close()


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_the_readme_has_each_setting_with_its_default_and_help(setting: object) -> None:
    name, default, text = (getattr(setting, part) for part in ("name", "default", "help"))
    row = re.search(rf"^\| `{name}` \| (.*) \| (.*) \|$", README, re.MULTILINE)
    assert row is not None, f"README.md has no row for {name}"
    assert row[1] == (f"`{default}`" if default else "")
    assert row[2] == text
