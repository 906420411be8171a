"""`ivr call --fault` breaks something on purpose, and tells what the caller would hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ivr.cli.call import call
from tests.cli.pages import pages
from tests.cli.terminal import Terminal
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/end"><Say>Press 1</Say></Gather>',
    "/end": "<Say>Goodbye</Say><Hangup/>",
    "/sorry": "<Say>Sorry</Say><Hangup/>",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(pages(DOCUMENTS)) as origin:
        yield f"{origin}/voice"


def run(*arguments: str) -> Result:
    runner = CliRunner(mix_stderr=False)
    return runner.invoke(call, ["--token", "T", *arguments], catch_exceptions=False)


def test_a_fault_befalls_the_request_that_it_names(url: str) -> None:
    result = run(url, "--keys", "1", "--fault", "status:500@2", "--fallback", "/sorry")
    assert "(Say) Press 1" in result.stdout
    assert "(Say) Sorry" in result.stdout
    assert "Goodbye" not in result.stdout
    assert "11200" in result.stderr
    assert result.exit_code == 1


def test_several_may_be_given(url: str) -> None:
    result = run(url, "--keys", "1", "--fault", "slow:3@1", "--fault", "drop@2")
    assert "(nothing for 3 s: the application is slow)" in result.stdout
    assert "broke off" in result.stderr
    assert result.exit_code == 1


def test_a_fault_that_befell_nothing_is_noted(url: str) -> None:
    result = run(url, "--keys", "1", "--fault", "drop@9")
    note = "note: fault drop@9 befell nothing: the call had only 2 requests for documents\n"
    assert result.stderr.endswith(note)
    assert result.exit_code == 0


def test_it_is_noted_in_a_live_call_as_well(url: str) -> None:
    with Terminal(url, "--fault", "drop@9") as terminal:
        terminal.wait_for("Press 1")
        terminal.key_in("h")
        terminal.wait_for("fault drop@9 befell nothing")
        assert terminal.end() == 0


@pytest.mark.parametrize("fault", ["slow", "status:99", "drop@0", "fire"])
def test_a_bad_fault_is_wrong_usage(url: str, fault: str) -> None:
    result = run(url, "--fault", fault)
    assert "Invalid value for --fault: " in result.stderr
    assert result.exit_code == 2
