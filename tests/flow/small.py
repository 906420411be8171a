"""The shipped files with one mistake, and small flows of which a test writes what it asks for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from ivr.errors import FlowError
from ivr.flow.load import load
from ivr.flow.model import Flow
from ivr.flow.usage import prompts_used

CONFIG = Path(__file__).parents[2] / "config"
FILES = {
    name: (CONFIG / name).read_text(encoding="utf-8")
    for name in ("flow.yaml", "facts.yaml", "prompts/bn.yaml", "prompts/en.yaml")
}


def broken(name: str, old: str, new: str) -> list[str]:
    """The problems after one place in one of the shipped files was changed."""
    assert FILES[name].count(old) >= 1, f"{old!r} is not in {name}"
    with pytest.raises(FlowError) as caught:
        load({**FILES, name: FILES[name].replace(old, new, 1)})
    return list(caught.value.problems)


HEAD = """
spec: 1
flow:
  id: small
  start: hello
  languages: [en]
  default_language: en
  facts_as_of: '2020-04-18'
  night_hours: [21, 6]
  helper_hours: [10, 18]
  kept: {bookmark_hours: 72, pace_days: 180}
  apologies: {again: sorry, end: sorry_goodbye}
defaults:
  first_key_seconds: 10
  next_key_seconds: 5
  longer_seconds: 5
  longest_seconds: 20
  settle_seconds: 1
  tries: 3
  no_input: [silent_gentle, silent_example]
  invalid: [wrong_gentle, wrong_example]
  too_many: {prompt: too_many, go: aside}
  give_up: {prompt: giving_up, go: aside}
  ends_at: bye
  ready: ready
  lesson: {keys: keys, last_keys: last_keys, at_first: at_first, write_seconds: 20, total_every: 5}
  practice:
    safety: safety
    no_input: [entry_gentle, entry_example]
    invalid: [not_same_gentle, not_same_example]
    warning: warning
    own_number: own_number
    right: right
    first_part: first_part
    next_part: next_part
    too_many: {prompt: too_many, go: aside}
    give_up: {prompt: left, go: aside}
global_keys: {'*': repeat, '0': menu, '9': aside}
confusion: {silence: 0, wrong: 0, repeat: 0, levels: []}
nodes:
  hello: {kind: say, prompt: hello, next: menu}
  aside:
    kind: menu
    aside: true
    prompt: aside
    options: [{key: '1', prompt: aside_back, go: return}]
    silence: {after: 1, go: bye}
  bye: {kind: end, prompt: bye}
"""
MENU = """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: menu_end, go: bye}]
"""


LESSON = """
  menu:
    kind: lesson
    numbered: of_two
    steps:
      - {prompt: one, options: [{key: '4', prompt: one_on, go: aside}]}
      - {prompt: two, options: [{key: '4', prompt: two_on, go: bye}]}
    next: bye
"""


def menu(more: str) -> str:
    """The menu of a small flow with more said of it."""
    return f"{MENU}{more}\n"


def small_text(nodes: str = MENU, *changes: tuple[str, str], tail: str = "") -> str:
    """The text of a flow with these nodes beside `hello`, `aside` and `bye`.

    Args:
        nodes: YAML, indented by two; a node `menu` must be among them.
        changes: (old, new) in what is filled in.
        tail: further parts, such as `renamed:`.
    """
    text = HEAD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text + nodes + tail


def small_flow(nodes: str = MENU, *changes: tuple[str, str], tail: str = "") -> Flow:
    """A flow that loads without a problem."""
    return load(files_of(small_text(nodes, *changes, tail=tail))).flow


def small_problems(nodes: str = MENU, *changes: tuple[str, str], tail: str = "") -> list[str]:
    """What is wrong with a flow, each as `line text: message`."""
    text = small_text(nodes, *changes, tail=tail)
    with pytest.raises(FlowError) as caught:
        load(files_of(text))
    return [_with_line(text, problem) for problem in caught.value.problems]


def files_of(text: str) -> dict[str, str]:
    """The files of a flow with this text, with words for each prompt that it uses."""
    flow = msgspec.convert(yaml.safe_load(text), Flow)
    prompts = {prompt: "words" for _, prompt in prompts_used(flow)}
    words = {"language": "en", "facts_as_of": "2020-04-18", "prompts": prompts}
    facts = {"facts_as_of": "2020-04-18", "facts": {}}
    return {
        "flow.yaml": text,
        "prompts/en.yaml": yaml.safe_dump(words),
        "facts.yaml": yaml.safe_dump(facts),
    }


def _with_line(text: str, problem: str) -> str:
    _, line, message = problem.split(":", 2)
    return f"{text.splitlines()[int(line) - 1].strip()} <- {message.strip()}"
