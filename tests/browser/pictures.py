"""Makes the pictures of the browser phone in docs/pictures/, from the shipped line.

With `make run` in another terminal, and a Chromium on PATH:

    .venv/bin/python -m tests.browser.pictures http://127.0.0.1:8000
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from ivr.cli.project import read_spec
from tests.browser.conftest import NAMES, flags
from tests.browser.handset import PATIENCE_MS, Handset

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "pictures"
MAX_BYTES = 300_000
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 850}}
HAND: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
PICTURES: dict[str, dict[str, Any]] = {
    "phone.png": {**DESK, "color_scheme": "light"},
    "phone-dark.png": {**DESK, "color_scheme": "dark"},
    "phone-small.png": {**HAND, "color_scheme": "light"},
}


def take(browser: Browser, origin: str, name: str) -> int:
    """Rings, and takes the picture in the middle of the main menu; gives its size in bytes."""
    context = browser.new_context(**PICTURES[name])
    context.set_default_timeout(PATIENCE_MS)
    handset = Handset(context.new_page(), origin).open()
    handset.page.locator("#english").check()
    handset.ring().until_it_sounds()
    handset.key("1").click()
    menu = read_spec(ROOT / "config").words["bn"].prompts["choose_practice"]
    expect(handset.captions.locator(".now")).to_contain_text(menu, timeout=2 * PATIENCE_MS)
    handset.page.mouse.move(0, 0)
    handset.page.evaluate("() => scrollTo({top: 0, behavior: 'instant'})")
    handset.until_it_sounds()
    handset.page.screenshot(path=FOLDER / name)
    context.close()
    return (FOLDER / name).stat().st_size


def main(origin: str) -> None:
    """Makes each of them.

    Args:
        origin: where `ivr dev` answers.
    """
    expect.set_options(timeout=PATIENCE_MS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags())
        for name in PICTURES:
            size = take(browser, origin, name)
            assert size < MAX_BYTES, f"{name}: {size} bytes are too many for a README"
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
