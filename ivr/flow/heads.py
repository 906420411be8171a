"""Faults of what concerns the flow as a whole: languages, days, hours and times."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ivr.flow.model import Branch
from ivr.flow.problem import Finding, Level, in_flow, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Spec


def head_faults(spec: Spec) -> Iterator[Finding]:
    """Each fault of the heads of the files."""
    yield from _languages(spec)
    yield from _days(spec)
    yield from _times(spec.flow)


def _languages(spec: Spec) -> Iterator[Finding]:
    head = spec.flow.flow
    if head.default_language not in head.languages:
        told = f"'{head.default_language}' is not among the languages"
        yield in_flow(("flow", "default_language"), told, "add it there")
    for language in head.languages:
        if language not in spec.words:
            to_do = f"add prompts/{language}.yaml"
            yield in_flow(("flow", "languages"), f"'{language}' has no words", to_do)
    for name, words in spec.words.items():
        path = ("language",)
        if words.language != name:
            told = f"'{words.language}' is not what the file is called"
            yield in_words(name, path, told, f"use {name}")
        if name not in head.languages:
            yield in_words(
                name,
                path,
                f"'{name}' is not in flow.languages",
                "add it there, or take this file away",
            )


def _days(spec: Spec) -> Iterator[Finding]:
    due = spec.flow.flow.facts_as_of
    if not _is_day(due):
        told = f"there is no such day as {due}"
        yield in_flow(("flow", "facts_as_of"), told, "write the day as 2020-04-18")
        return
    dated = {f"prompts/{name}.yaml": words.facts_as_of for name, words in spec.words.items()}
    for file, day in {**dated, "facts.yaml": spec.facts.facts_as_of}.items():
        if day != due:
            told = f"the facts are of {day} here but of {due} in flow.yaml"
            yield Finding(file, ("facts_as_of",), told, "write the same day in both")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _times(flow: Flow) -> Iterator[Finding]:
    """What can never come about as it is written."""
    given, head = flow.defaults, flow.flow
    if given.longest_seconds < given.first_key_seconds:
        told = f"longest_seconds is below first_key_seconds ({given.first_key_seconds})"
        to_do = f"make it {given.first_key_seconds} at least"
        yield in_flow(("defaults", "longest_seconds"), told, to_do)
    never = "from an hour to the same hour is never"
    if head.helper_hours[0] == head.helper_hours[1]:
        yield in_flow(("flow", "helper_hours"), never, "write two hours, such as [10, 18]")
    if head.night_hours[0] == head.night_hours[1] and "night" in _conditions(flow):
        to_do = "write two hours, such as [21, 6], or ask for the night nowhere"
        yield in_flow(("flow", "night_hours"), never, to_do, Level.WARNING)


def _conditions(flow: Flow) -> set[str]:
    """Every condition that some branch asks for."""
    branches = (node for node in flow.nodes.values() if isinstance(node, Branch))
    return {case.condition for node in branches for case in node.when}
