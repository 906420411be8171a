"""What `ivr serve` believes of a request's headers: only what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.line_servers import line_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.line_servers import LineServer


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, audio: Path
) -> Iterator[LineServer]:
    """As on Heroku, where the platform tells gunicorn to believe everybody."""
    folder = tmp_path_factory.mktemp("trust")
    with line_server(folder, redis_url=redis_url, audio=audio, FORWARDED_ALLOW_IPS="*") as made:
        made.wait_until_ready()
        yield made


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"SCRIPT_NAME": "/elsewhere"}, id="another-root"),
        pytest.param({"SCRIPT_NAME": "/livez"}, id="another-path"),
        pytest.param({"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"}, id="two-schemes"),
    ],
)
def test_a_header_of_a_proxy_changes_nothing_unless_the_settings_count_it(
    server: LineServer, headers: dict[str, str]
) -> None:
    assert httpx.get(f"{server.origin}/livez", headers=headers).text == "ok\n"
