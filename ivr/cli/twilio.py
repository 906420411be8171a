"""`ivr twilio`: points a Twilio number at this line, through the provider's REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from ivr.errors import ProviderError, SettingsError
from ivr.masks import masked
from ivr.settings import Settings, environment

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS: Final = 10
SEARCHED: Final = 20
TWILIO_API: Final = "https://api.twilio.com"
NEEDED: Final = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER")


@click.group()
def twilio() -> None:
    """Point a Twilio number at this line."""


@twilio.command()
@click.option("--url", required=True, help="Where the line is reached: https://example.org")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def connect(url: str, *, dry_run: bool) -> None:
    """Let TWILIO_NUMBER ring this line.

    Sets the number's voice URL, fallback URL and status callback, and prints what stood there
    before, so that it can be put back. Uses TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER;
    and TWILIO_API_URL for a provider with the same API under another host.
    """
    settings = _settings(url)
    client = _client(settings)
    number = _number(client, settings)
    before = {name: getattr(number, name) or "" for name in _wanted("")}
    after = _wanted(url.rstrip("/"))
    changes = {name: value for name, value in after.items() if before[name] != value}
    _show(str(settings.number), before, changes)
    if not changes:
        click.echo("Nothing to change.")
    elif dry_run:
        click.echo("Nothing was changed (--dry-run).")
    else:
        _asked(lambda: number.update(**changes))
        click.echo(f"Done. Ring {settings.number}; set PUBLIC_URL={url.rstrip('/')} for the line.")


def _settings(url: str) -> Settings:
    try:
        settings = Settings.from_env({**environment(), "PUBLIC_URL": url})
    except SettingsError as error:
        told = [problem.replace("PUBLIC_URL", "--url") for problem in error.problems]
        raise SettingsError(error.headline, told) from error
    values = (settings.account_sid, settings.auth_token, settings.number)
    missing = [name for name, value in zip(NEEDED, values, strict=True) if not value]
    problems = [f"{name} is missing; Twilio's console shows it" for name in missing]
    if not url.startswith("https://") and settings.api_url == TWILIO_API:
        problems.append(f"--url is '{url}'; Twilio must reach it by https:// from outside")
    if problems:
        raise SettingsError("The number cannot be connected:", problems)
    return settings


def _wanted(origin: str) -> dict[str, str]:
    """The number's fields as they shall be, by twilio-python's names.

    A voice application would override the URLs, so it is taken off the number.
    """
    return {
        "voice_application_sid": "",
        "voice_url": f"{origin}/voice",
        "voice_method": "POST",
        "voice_fallback_url": f"{origin}/voice/fallback",
        "voice_fallback_method": "POST",
        "status_callback": f"{origin}/voice/status",
        "status_callback_method": "POST",
    }


def _client(settings: Settings) -> Any:
    """Twilio's own client, its requests sent to TWILIO_API_URL."""
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class Elsewhere(TwilioHttpClient):  # type: ignore[misc] # twilio-python has no types
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(
                method, settings.api_url + url.removeprefix(TWILIO_API), *args, **kwargs
            )

    http = Elsewhere(timeout=TIMEOUT_SECONDS)
    return Client(settings.account_sid, settings.auth_token, http_client=http)


def _number(client: Any, settings: Settings) -> Any:
    found = _asked(
        lambda: client.incoming_phone_numbers.list(phone_number=settings.number, limit=SEARCHED)
    )
    # The API's filter takes a part of a number for a match.
    exact = [number for number in found if number.phone_number == settings.number]
    if not exact:
        raise ProviderError(
            f"The account has no number {settings.number}; set TWILIO_NUMBER to one that it has "
            "(in Twilio's console: Phone Numbers, Active numbers)"
        )
    return exact[0]


def _asked(ask: Any) -> Any:
    """What the provider answers; its refusals as ours."""
    import requests
    from twilio.base.exceptions import TwilioException

    try:
        return ask()
    except TwilioException as error:
        reason = masked(getattr(error, "msg", None) or str(error), is_of_call=False)
        raise ProviderError(
            f"The provider refused: {reason}; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
        ) from error
    except (requests.RequestException, ValueError) as error:  # ValueError: an answer not in JSON
        raise ProviderError(
            f"The provider's REST API did not answer as it should ({type(error).__name__}); "
            "check the network and TWILIO_API_URL"
        ) from error


def _show(number: str, before: Mapping[str, str], changes: Mapping[str, str]) -> None:
    click.echo(f"{number} now (keep this to put it back):")
    _show_fields(before)
    if changes:
        click.echo("becomes:")
        _show_fields(changes)


def _show_fields(fields: Mapping[str, str]) -> None:
    """By the names that the REST API and the console have: VoiceUrl for voice_url."""
    for name, value in fields.items():
        click.echo(f"  {name.title().replace('_', '')}: {value or '(empty)'}")
