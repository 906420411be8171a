"""What docs/simulator.md says is so: its examples run, its tables are those of the code."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args

import click
import pytest
from msgspec import convert

from ivr.cli.call import call
from ivr.simulator import events
from ivr.simulator.digits import Digits
from ivr.simulator.events import By, Event
from ivr.simulator.faults import Kind
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.lines import line
from ivr.simulator.phone import Phone
from ivr.simulator.replay import difference
from ivr.simulator.replay.form import read, written
from ivr.simulator.replay.happenings import Happening
from ivr.simulator.replay.kept import keep
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from ivr.twiml.description import ROOT as RESPONSE
from ivr.twiml.description import describe
from ivr.twiml.rules import RULES
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = "pytester"

PAGE = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the first table with such a first cell, without its head."""
    lines = PAGE[PAGE.index(f"\n| {heading} |") :].strip().splitlines()
    for each in lines[2:]:
        if not each.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", each)[1:-1]]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_examples_in_python_run(pytester: pytest.Pytester) -> None:
    files = {
        code.splitlines()[0].removeprefix("# "): code for kind, code in BLOCKS if kind == "python"
    }
    tests = ["test_shop.py", "test_shop_on_a_bad_day.py"]
    assert sorted(files) == sorted(["shop.py", "ring_shop.py", *tests])
    for name, code in files.items():
        pytester.path.joinpath(name).write_text(code, encoding="utf-8")
    configuration = next(code for kind, code in BLOCKS if kind == "ini")
    pytester.makeini(configuration + "filterwarnings = error\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=sum(files[name].count("def test_") for name in tests))
    script = pytester.runpython(pytester.path / "ring_shop.py")
    assert script.ret == 0
    script.stdout.fnmatch_lines(["Requested(*", "Interrupted(at_seconds=1.5)", "Ended(*"])


@pytest.mark.parametrize(
    "command",
    [
        command
        for kind, code in BLOCKS
        if kind == "sh"
        for command in code.splitlines()
        if command.startswith("ivr call")
    ],
)
def test_the_commands_are_taken(command: str) -> None:
    words = shlex.split(command, comments=True)[2:]
    given = call.make_context("call", [*words]).params
    assert (given["url"] is None) == (not words or not words[0].startswith("http"))
    parse(given["keys"] or "")


def test_the_call_that_is_kept_is_kept_like_that(pytester: pytest.Pytester) -> None:
    """Kept from the shop of the page, and as it was when it is placed again."""
    shown = next(code for kind, code in BLOCKS if kind == "yaml")
    shop = next(code for kind, code in BLOCKS if kind == "python")
    pytester.makepyfile(shop=shop)
    pytester.syspathinsert()
    url = "http://127.0.0.1:5000/voice"
    with Phone(InProcess(import_module("shop").app), "T") as phone:
        made = phone.call(url)
        follow(made, parse("1 stay"))
    kept = keep(made, url, Digits(), keys="1 stay")
    assert written(kept) == shown
    assert read(shown, "page") == kept


def test_every_field_of_a_kept_call_is_told() -> None:
    shown = next(code for kind, code in BLOCKS if kind == "yaml")
    told = [name for cells in rows("field") for name in named(cells[0])]
    assert sorted(told) == sorted(re.findall(r"^(\w+):", shown, re.MULTILINE))


def test_every_kind_of_difference_is_told() -> None:
    paragraph = PAGE[PAGE.index("Of the kinds `words`") : PAGE.index("each difference is told")]
    assert named(paragraph) == list(get_args(difference.Kind))


def test_every_option_is_told_and_no_other() -> None:
    told = {name.split()[0] for cells in rows("option") for name in named(cells[0])} | {"--keys"}
    options = [option for option in call.params if isinstance(option, click.Option)]
    known = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    assert told == known - {"-h", "--help"}


SAMPLES: tuple[Event, ...] = (
    events.Requested(
        method="POST", url="u", status=200, purpose="document", seconds=0.1, at_seconds=0
    ),
    events.Said(text="t", language="en", voice="man", loop=1, seconds=1, at_seconds=0),
    events.Played(words="w", url="u", seconds=1, at_seconds=0),
    events.Paused(seconds=1, at_seconds=0),
    events.Delayed(seconds=1, at_seconds=0),
    events.Gathering(
        input="dtmf",
        num_digits=1,
        timeout_seconds=5,
        finish_on_key="#",
        action="u",
        at_seconds=0,
    ),
    events.Pressed(digits="1", finished_on="", at_seconds=0),
    events.Spoke(text="t", at_seconds=0),
    events.Silence(seconds=5, at_seconds=0),
    events.Recorded(seconds=1, key="", at_seconds=0),
    events.Dialed(to=("+1",), outcome="busy", seconds=0, at_seconds=0),
    events.Beeped(max_seconds=20, timeout_seconds=5, finish_on_key="#", action="u", at_seconds=0),
    events.Enqueued(queue="q", at_seconds=0),
    events.Texted(to="+1", text="t", at_seconds=0),
    events.Redirected(url="u", at_seconds=0),
    events.Rejected(reason="busy", at_seconds=0),
    events.Warned(code=None, message="m", at_seconds=0),
    events.Failed(code=11200, message="m", at_seconds=0),
    events.Ended(by="caller", at_seconds=0),
)


NOT_PRINTED = {
    events.Received,
    events.Heard,
    events.Interrupted,
    events.KeyPressed,
}
"""What other lines tell already, or only a terminal shows."""


def test_each_event_is_printed_or_known_not_to_be() -> None:
    kinds = [type(sample) for sample in SAMPLES]
    assert {*kinds, *NOT_PRINTED} == set(get_args(Event))
    assert not NOT_PRINTED & set(kinds)
    assert None not in [line(sample) for sample in SAMPLES]


def test_each_event_that_is_printed_can_be_kept() -> None:
    printed = [dict(found) for sample in SAMPLES if (found := line(sample)) is not None]
    kept = [found if found["event"] != "request" else without_seconds(found) for found in printed]
    assert [type(convert(found, Happening)).__name__ for found in kept]
    assert len({found["event"] for found in kept}) == len(get_args(Happening))


def without_seconds(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "seconds"}


def test_every_fault_is_told_and_no_other() -> None:
    told = [named(cells[0])[0] for cells in rows("fault")]
    assert told == ["slow:SECONDS", "status:CODE", "drop", "duplicate"]
    assert {name.partition(":")[0] for name in told} == set(get_args(Kind))


def test_the_table_of_json_is_what_is_printed() -> None:
    told = {named(name)[0]: named(fields) for name, fields, _ in rows("event")}
    printed = [found for sample in SAMPLES if (found := line(sample)) is not None]
    assert told == {
        str(each["event"]): [name for name in each if name not in {"at", "event"}]
        for each in printed
    }
    reasons = next(note for name, _, note in rows("event") if name == "`ended`")
    assert set(named(reasons)) == set(get_args(By))


def test_the_fields_of_a_setup_are_all_told() -> None:
    paragraph = PAGE[PAGE.index("`setup` takes the fields") : PAGE.index("An application that ch")]
    assert set(named(paragraph)) - {"ivr.simulator.setup.Setup", "setup"} == set(
        Setup.__struct_fields__
    )


def test_every_verb_is_told() -> None:
    told = [name for cells in rows("verb") for name in cells[0].split(", ")]
    assert sorted(told) == sorted(describe()[RESPONSE].children)


def test_every_code_of_the_rules_is_told() -> None:
    told: set[int] = set()
    for cells in rows("code"):
        for first, last in re.findall(r"(\d{5})(?:–(\d{5}))?", cells[0]):
            told.update(range(int(first), int(last or first) + 1))
    codes = {
        code
        for rules in RULES.values()
        for rule in rules.all
        for code in (rule.code, rule.long_code, rule.nested_code)
        if code is not None
    }
    assert codes <= told


@pytest.mark.parametrize(("path", "value"), [(cells[0], cells[1]) for cells in rows("name")])
def test_every_estimate_and_limit_has_its_value(path: str, value: str) -> None:
    module, _, name = path.strip("`").rpartition(".")
    assert str(getattr(import_module(module), name)) == value
