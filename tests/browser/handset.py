"""Somebody at the page of the browser phone, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page

PATIENCE_MS = 15_000
LOUD = re.compile(r"[2-9]\d|100")
"""Levels of the meter that only a voice reaches."""


class Handset:
    """A tab with the page.

    Args:
        page: of a browser, empty.
        origin: of the server of the page.
    """

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.troubles: list[str] = []
        """What the console complains of, and exceptions that nobody caught."""
        self.requests: list[str] = []
        page.on("console", self._take)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self) -> Handset:
        self.page.goto(f"{self.origin}/phone/")
        expect(self.page.locator("#line")).not_to_have_text("…")
        return self

    def ring(self, *, virtual: bool = False, faults: str = "") -> Handset:
        self.page.locator(f"input[value={'virtual' if virtual else 'real'}]").check()
        if faults:
            self.page.locator("#more > summary").click()
            self.page.locator("#faults").fill(faults)
        else:
            self.page.locator("#faults").evaluate("field => { field.value = ''; }")
        self.page.locator("#call").click()
        return self

    def until_it_listens(self, turn: int) -> None:
        """Waits until the line waits for the caller, for the N-th time in this call."""
        expect(self.marks("gather")).to_have_count(turn)
        expect(self.state).to_contain_text("The line listens")

    def until_it_sounds(self) -> None:
        expect(self.page.locator("#meter")).to_have_attribute("data-level", LOUD)

    def until_it_is_still(self) -> None:
        expect(self.page.locator("#meter")).to_have_attribute("data-level", "0")

    def key(self, key: str) -> Locator:
        return self.page.locator(f"[data-key='{key}']")

    def marks(self, text: str) -> Locator:
        """Of rows of the log: of which kind each is."""
        return self.page.locator(".mark").filter(has_text=re.compile(rf"^{text}$"))

    @property
    def state(self) -> Locator:
        return self.page.locator("#state")

    @property
    def captions(self) -> Locator:
        return self.page.locator("#lines")

    @property
    def level(self) -> int:
        return int(self.page.locator("#meter").get_attribute("data-level") or -1)

    @property
    def fresh_words(self) -> list[str]:
        """Captions since the caller did something, oldest first."""
        lines = self.page.locator("#lines li").evaluate_all(
            "lines => lines.map(each => [each.className, each.querySelector('.words').textContent])"
        )
        done = [place for place, (kind, _) in enumerate(lines) if kind.startswith("caller")]
        return [words for _, words in lines[done[-1] + 1 if done else 0 :]]

    def code(self, digits: dict[str, str]) -> str:
        """The digits that were read out last, as they stand in the captions; empty for none.

        Args:
            digits: by their words.
        """
        found = [
            [digits.get(word.strip(",")) for word in line.split()] for line in self.fresh_words
        ]
        return "".join("".join(line) for line in found if all(line))  # type: ignore[arg-type]

    def violations(self) -> str:
        """What axe finds wrong with the page as it stands; empty for nothing."""
        found = Axe().run(self.page)
        return found.generate_report() if found.violations_count else ""

    def _take(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(message.text)
