"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.cli.main import _COMMANDS
from ivr.simulator.call import Call
from ivr.simulator.events import Heard, Pressed
from ivr.simulator.script import follow, parse
from tests.conftest import LINE, TOKEN

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_call_that_is_shown_sounds_as_shown(app: Flask) -> None:
    keys = re.search(r'^\.venv/bin/ivr call \S+ --keys "(.*)"$', README, re.MULTILINE)
    shown = re.search(r"```text\n( +0\.0s.*?)The caller hung up", README, re.DOTALL)
    assert keys is not None
    assert shown is not None
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        call = Call(client, f"{LINE}/voice", TOKEN)
        follow(call, parse(keys[1]))
    heard = [
        f"line    {event.words}" if isinstance(event, Heard) else f"caller  {event.keys}"
        for event in call.events
        if isinstance(event, Heard | Pressed)
    ]
    assert [line[9:] for line in shown[1].splitlines()] == heard


@pytest.mark.parametrize("command", _COMMANDS)
def test_each_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^\| `ivr {command}\b", README, re.MULTILINE)


@pytest.mark.parametrize("target", ["run", "test", "check", "setup"])
def test_each_target_of_make_that_the_docs_name_is_there(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_each_link_within_the_project_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert link.startswith("https://") or (ROOT / link).exists(), link
