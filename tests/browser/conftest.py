"""A real browser at the real page, which rings the shipped line."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from ivr.browser.app import browser_phone
from ivr.browser.line import RungLine
from ivr.cli.digits import digit_words
from ivr.cli.local import LocalLine, caller_keys
from ivr.cli.own_phone import about_of, english_of, rows
from ivr.simulator.digits import Digits
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.setup import Setup
from tests.browser.handset import PATIENCE_MS, Handset
from tests.conftest import SECRET, TOKEN
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser

    from ivr.web.parts import Parts

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)
MISSING = (
    "No Chromium on PATH (looked for chromium, chromium-browser and google-chrome): the page of "
    "the browser phone is not tried. Install it, for example: apt-get install chromium"
)


def flags() -> list[str]:
    """With which Chromium asks nobody for anything; its own sandbox does not run for root."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """Where the system's Chromium is; without one the test is skipped, or fails when it must be."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and request.config.getoption("--needs-chromium", default=False):
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the tests of one file: while it is there, playwright keeps a loop of asyncio
    running in this thread, beside which no command of ours could have one."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=flags())
        yield launched
        launched.close()


class HungUp:
    """A WSGI application that notices when the carrier tells it that a call has ended."""

    PATH = "/voice/status"

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.ended = threading.Semaphore(0)
        """Of each call once."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == self.PATH:
            self.ended.release()
        return self._app.wsgi_app(environ, start_response)


@pytest.fixture
def own_line(app: Flask) -> HungUp:
    return HungUp(app)


@pytest.fixture
def origin(own_line: HungUp, app: Flask, parts: Parts) -> Iterator[str]:
    """Where the page is served that rings the shipped line."""
    kept = LocalLine(app, parts.store, caller_keys(SECRET))
    line = RungLine(
        url="http://line.test/voice",
        auth_token=TOKEN,
        transport=InProcess(own_line),
        about=lambda: about_of(parts.spec),
        setup=lambda: Setup(status_callback=HungUp.PATH),
        english=english_of(parts.spec),
        session=lambda party: rows(kept, party, parts.spec.flow),
        digits=Digits(digit_words(parts.spec)),
        is_own=True,
    )
    with browser_phone(line) as page, serving(page) as served:
        yield served


@pytest.fixture
def at(browser: Browser) -> Iterator[Callable[..., Handset]]:
    """Opens the page at an origin; more arguments are those of the browser's context.

    At the end no page may have complained, nor asked anybody else for anything.
    """
    with ExitStack() as stack:
        opened: list[Handset] = []

        def open_page(origin: str, **context: Any) -> Handset:
            made = browser.new_context(**context)
            stack.callback(made.close)
            made.set_default_timeout(PATIENCE_MS)
            opened.append(Handset(made.new_page(), origin))
            return opened[-1].open()

        yield open_page
        for handset in opened:
            assert handset.troubles == []
            assert {
                each for each in handset.requests if not each.startswith(handset.origin)
            } == set()


@pytest.fixture
def handset(at: Callable[..., Handset], origin: str) -> Handset:
    """A tab with the page, at a desk."""
    return at(origin)


@pytest.fixture(scope="session")
def digits(spec: Any) -> dict[str, str]:
    """The digits by their words, of every language."""
    return {
        words.prompts[f"digit_{digit}"]: digit
        for words in spec.words.values()
        for digit in "0123456789"
    }
