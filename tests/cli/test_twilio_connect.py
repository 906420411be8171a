"""`ivr twilio connect` against a local stand-in for the REST API: the exact requests."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result

from ivr.cli.twilio import twilio
from ivr.errors import ProviderError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

SID = "PN" + "0" * 32
ACCOUNT = "AC" + "1" * 32
OLD = {
    "sid": SID,
    "account_sid": ACCOUNT,
    "phone_number": "+12025550100",
    "voice_application_sid": "AP" + "2" * 32,
    "voice_url": "https://old.example/voice",
    "voice_method": "GET",
    "voice_fallback_url": "",
    "voice_fallback_method": "POST",
    "status_callback": "",
    "status_callback_method": "POST",
}
NEW = {
    "VoiceApplicationSid": "",
    "VoiceUrl": "https://line.example/voice",
    "VoiceMethod": "POST",
    "VoiceFallbackUrl": "https://line.example/voice/fallback",
    "StatusCallback": "https://line.example/voice/status",
}
NUMBERS = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"


class Api:
    """A stand-in that holds one number and remembers each request."""

    def __init__(self) -> None:
        self.number: dict[str, str] = dict(OLD)
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.authorization: set[str] = set()
        self.refuse: tuple[int, str] | None = None
        self.raw = b""
        self.url = ""

    def finds(self, path: str) -> bool:
        """As Twilio's filter does: a part of the number is a match."""
        asked = parse_qs(path.partition("?")[2])["PhoneNumber"][0]
        return asked in self.number["phone_number"]

    def answer(self, method: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.requests.append((method, path, form))
        if self.refuse:
            code, message = self.refuse
            return code, {"code": 20003, "message": message, "status": code, "more_info": ""}
        if method == "GET":
            found = [self.number] if self.finds(path) else []
            return 200, {"incoming_phone_numbers": found, "page": 0, "page_size": 50, "end": 0}
        return 200, self.number


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            api.authorization.add(self.headers["Authorization"])
            status, told = api.answer(self.command, self.path, body)
            sent = api.raw or json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def connect(api: Api, *arguments: str, **environment: str) -> Result:
    variables = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_NUMBER": "+12025550100",
        "TWILIO_API_URL": api.url,
        **environment,
    }
    command = ["connect", "--url", "https://line.example", *arguments]
    return CliRunner().invoke(twilio, command, env=variables)


def test_the_number_is_pointed_at_the_line_by_exactly_these_requests(api: Api) -> None:
    result = connect(api)
    assert result.exit_code == 0, result.output
    assert api.requests == [
        ("GET", f"{NUMBERS}?PhoneNumber=%2B12025550100&PageSize=20", {}),
        ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers/{SID}.json", NEW),
    ]
    login = base64.b64encode(f"{ACCOUNT}:token".encode()).decode()
    assert api.authorization == {f"Basic {login}"}


def test_the_old_values_are_printed_before_the_new(api: Api) -> None:
    assert connect(api).output == (
        "+12025550100 now (keep this to put it back):\n"
        f"  VoiceApplicationSid: AP{'2' * 32}\n"
        "  VoiceUrl: https://old.example/voice\n"
        "  VoiceMethod: GET\n"
        "  VoiceFallbackUrl: (empty)\n"
        "  VoiceFallbackMethod: POST\n"
        "  StatusCallback: (empty)\n"
        "  StatusCallbackMethod: POST\n"
        "becomes:\n"
        "  VoiceApplicationSid: (empty)\n"
        "  VoiceUrl: https://line.example/voice\n"
        "  VoiceMethod: POST\n"
        "  VoiceFallbackUrl: https://line.example/voice/fallback\n"
        "  StatusCallback: https://line.example/voice/status\n"
        "Done. Ring +12025550100; set PUBLIC_URL=https://line.example for the line.\n"
    )


def test_a_dry_run_asks_but_changes_nothing(api: Api) -> None:
    result = connect(api, "--dry-run")
    assert result.exit_code == 0
    assert [method for method, _, _ in api.requests] == ["GET"]
    assert "  VoiceUrl: https://line.example/voice\n" in result.output
    assert result.output.endswith("Nothing was changed (--dry-run).\n")


def test_a_number_that_is_connected_already_is_left_alone(api: Api) -> None:
    api.number |= {
        "voice_application_sid": "",
        "voice_url": NEW["VoiceUrl"],
        "voice_method": "POST",
        "voice_fallback_url": NEW["VoiceFallbackUrl"],
        "status_callback": NEW["StatusCallback"],
    }
    assert connect(api).output.endswith("Nothing to change.\n")
    assert len(api.requests) == 1


def test_a_number_that_the_account_has_not_is_an_error(api: Api) -> None:
    result = connect(api, TWILIO_NUMBER="+12025550199")
    assert isinstance(result.exception, ProviderError)
    assert "The account has no number +12025550199" in str(result.exception)


def test_a_part_of_another_number_is_no_match(api: Api) -> None:
    result = connect(api, TWILIO_NUMBER="+1202555")
    assert isinstance(result.exception, ProviderError)
    assert [method for method, _, _ in api.requests] == ["GET"]


def test_an_answer_that_is_no_json_is_an_error(api: Api) -> None:
    api.raw = b"<html>not the API</html>"
    result = connect(api)
    assert isinstance(result.exception, ProviderError)
    assert "did not answer as it should" in str(result.exception)


def test_a_refusal_is_told_in_the_providers_words(api: Api) -> None:
    api.refuse = (401, "Authenticate")
    result = connect(api)
    assert isinstance(result.exception, ProviderError)
    assert "Authenticate" in str(result.exception)
    assert "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in str(result.exception)


def test_an_api_that_does_not_answer_is_an_error(api: Api) -> None:
    result = connect(api, TWILIO_API_URL="http://127.0.0.1:1")
    assert isinstance(result.exception, ProviderError)
    assert "did not answer" in str(result.exception)


def test_missing_settings_are_listed_at_once(api: Api) -> None:
    empty = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_NUMBER": ""}
    result = connect(api, **empty)
    assert isinstance(result.exception, SettingsError)
    assert [text.split()[0] for text in result.exception.problems] == list(empty)


@pytest.mark.parametrize("url", ["line.example", "https://line.example/voice", "ftp://a.example"])
def test_a_url_that_is_no_origin_is_refused(api: Api, url: str) -> None:
    result = connect(api, "--url", url)
    assert isinstance(result.exception, SettingsError)
    assert "--url is '" in str(result.exception)
    assert api.requests == []


def test_twilio_itself_must_be_given_https(api: Api) -> None:
    result = connect(api, "--url", "http://line.example", TWILIO_API_URL="")
    assert isinstance(result.exception, SettingsError)
    assert "by https://" in str(result.exception)
