"""The pytest fixture `phone`: rings a TwiML application from a test, with no telephone.

    def test_one_leads_to_the_opening_hours(phone):
        call = phone.ring(app, path="/voice")       # a WSGI application, or a URL
        assert "Press 1 for our opening hours" in call.words
        call.press("1")
        assert "We open at nine" in call.words
        assert call.ended == "hangup"
        assert call.seconds < 30
        assert not call.failures and not call.warnings

When a test fails, its report shows what was said on each call. The auth token that signs the
requests comes from `phone_auth_token` in pytest's configuration, or from `token=`.

This file is read whenever pytest starts, so it reads the rest of the simulator only when asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import pluggy

    from ivr.simulator.testing import TestPhone

PHONE = pytest.StashKey["TestPhone"]()
"""Where a test keeps the telephone that it was given."""
TOKEN = "phone_auth_token"  # noqa: S105 - the name of an option


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of the configuration file."""
    parser.addini(TOKEN, "The auth token that signs what the fixture `phone` sends.", default="")


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Iterator[TestPhone]:
    """A telephone that rings TwiML applications; see `ivr.simulator.testing`."""
    from ivr.simulator.testing import TestPhone  # noqa: PLC0415 - see above

    with TestPhone(str(request.config.getini(TOKEN))) as made:
        request.node.stash[PHONE] = made
        yield made


@pytest.hookimpl(hookwrapper=True)  # pluggy before 1.2 knows no other kind
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pluggy.Result[pytest.TestReport], None]:
    """Puts what was said on the calls of a failed test into its report."""
    outcome = yield
    report, made = outcome.get_result(), item.stash.get(PHONE, None)
    if made is not None and report.failed and report.when != "teardown":
        for number, transcript in enumerate(made.transcripts(), start=1):
            report.sections.append((f"Call {number} of the phone", transcript))
