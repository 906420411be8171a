"""What docs/crawl.md says is so: its sample is what a run prints, its tables are the code's."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from typing import TYPE_CHECKING, get_args

import click
import pytest
from click.testing import CliRunner

from ivr.cli.crawl import crawl
from ivr.simulator.crawl.limits import Limits
from ivr.simulator.crawl.report import Finding, FindingKind, Heard, Key, Report, Stop, Summary
from tests.conftest import ROOT
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from msgspec import Struct

PAGE = (ROOT / "docs/crawl.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    command
    for kind, code in BLOCKS
    if kind == "sh"
    for command in code.splitlines()
    if command.startswith("ivr crawl")
]


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table with such a first cell, without its head."""
    lines = PAGE[PAGE.index(f"\n| {heading} |") :].strip().splitlines()
    for each in lines[2:]:
        if not each.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", each)[1:-1]]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def block(kind: str) -> str:
    (found,) = [str(code) for each, code in BLOCKS if each == kind]
    return found


def test_the_sample_is_what_a_run_prints() -> None:
    space: dict[str, object] = {"__name__": "kiosk"}
    exec(block("python"), space)  # noqa: S102 - our own page
    app = space["app"]
    assert callable(app)
    with serving(app) as url:
        command = shlex.split(COMMANDS[-1].replace("http://127.0.0.1:5000", url))[2:]
        result = CliRunner(mix_stderr=False, env={"COLUMNS": "100"}).invoke(crawl, command)
    assert result.exit_code == 1
    assert result.stdout.replace(url, "http://127.0.0.1:5000") == block("text")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_are_taken(command: str) -> None:
    words = shlex.split(command, comments=True)[2:]
    given = crawl.make_context("crawl", [*words]).params
    assert (given["url"] is None) == (not words)


def test_every_option_is_told_and_no_other() -> None:
    told = {name.split()[0] for cells in rows("option") for name in named(cells[0])}
    options = [option for option in crawl.params if isinstance(option, click.Option)]
    known = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    assert told == known - {"-h", "--help"}


def test_the_defaults_of_the_options_are_the_limits() -> None:
    options = {option.name: option.default for option in crawl.params}
    limits = Limits()
    assert options["max_documents"] == limits.max_documents
    assert options["max_calls"] == limits.max_calls
    assert options["timeout"] == limits.max_seconds


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        pytest.param("the report", Report, id="report"),
        pytest.param("the summary", Summary, id="summary"),
        pytest.param("a document", Heard, id="document"),
        pytest.param("a place", Stop, id="place"),
        pytest.param("a key", Key, id="key"),
        pytest.param("a finding", Finding, id="finding"),
    ],
)
def test_every_field_is_told_and_no_other(thing: str, kind: type[Struct]) -> None:
    told = [name for cells in rows(f"field of {thing}") for name in named(cells[0])]
    assert told == list(kind.__struct_fields__)


def test_every_kind_of_finding_is_told_and_no_other() -> None:
    told = [name for cells in rows("kind") for name in named(cells[0])]
    assert told == list(get_args(FindingKind))


@pytest.mark.parametrize(("path", "value"), [(cells[0], cells[1]) for cells in rows("name")])
def test_every_limit_has_its_value(path: str, value: str) -> None:
    module, _, name = path.strip("`").rpartition(".")
    assert str(getattr(import_module(module), name)) == value
