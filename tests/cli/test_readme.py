"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.cli.main import _COMMANDS
from ivr.simulator.transcript import told
from tests.conftest import TOKEN

if TYPE_CHECKING:
    from flask import Flask

    from ivr.simulator.testing import TestPhone

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_call_that_is_shown_sounds_as_shown(phone: TestPhone, app: Flask) -> None:
    keys = re.search(r'^\.venv/bin/ivr call \S+ --keys "(.*)"$', README, re.MULTILINE)
    shown = re.search(r"```text\n( +0\.0s.*?)The caller hung up", README, re.DOTALL)
    assert keys is not None
    assert shown is not None
    call = phone.ring(app, keys[1], path="/voice", token=TOKEN)
    # The README leaves pauses out.
    heard = [line for line in told(call.events) if "(pause of" not in line]
    assert shown[1].splitlines() == heard


@pytest.mark.parametrize("command", _COMMANDS)
def test_each_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^\| `ivr {command}\b", README, re.MULTILINE)


@pytest.mark.parametrize("target", ["run", "test", "check", "setup"])
def test_each_target_of_make_that_the_docs_name_is_there(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        file, _, anchor = link.partition("#")
        there = page.parent / file if file else page
        assert link.startswith("https://") or there.exists(), link
        assert link.startswith("https://") or not anchor or anchor in anchors(there), link
