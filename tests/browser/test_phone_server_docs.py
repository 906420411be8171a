"""What docs/phone.md says of the server side is so."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from ivr.browser.app import ROOT
from ivr.cli.phone import PORT, phone

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs/phone.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "value"), re.findall(r"^\| `(ivr\.[\w.]+)` \| ([\d.]+) \|", PAGE, re.MULTILINE)
)
def test_every_limit_of_the_page_has_its_value(path: str, value: str) -> None:
    module, _, name = path.rpartition(".")
    assert str(getattr(import_module(module), name)) == value


def test_every_option_of_the_command_is_told() -> None:
    told = set(re.findall(r"--[a-z]+", PAGE.partition("## On the page")[0]))
    assert told == {name for option in phone.params for name in option.opts if "-" in name}


def test_the_addresses_are_those_that_the_commands_serve() -> None:
    assert set(re.findall(r"open (http://\S+?)(?:\)|\s)", PAGE)) <= {
        f"http://127.0.0.1:8000{ROOT}",
        f"http://127.0.0.1:{PORT}{ROOT}",
    }
    assert f"http://127.0.0.1:{PORT}{ROOT}" in PAGE
