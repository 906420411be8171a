"""The text of config/personas.yaml into `Personas`, or every fault in it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from ivr.errors import RehearsalError
from ivr.flow.problem import listed
from ivr.flow.schema import faults_of, schema_of
from ivr.flow.source import Source
from ivr.rehearsal.personas import GOALS, Personas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow
    from ivr.flow.problem import Problem

MAX_FILE_BYTES: Final = 262_144
"""Some thirty times the shipped file."""


def read_personas(file: str, text: str, flow: Flow) -> Personas:
    """The personas that a text holds, fit for a flow.

    Args:
        file: what the file is called in messages.
        text: of the file.
        flow: in which the goals must be.

    Raises:
        RehearsalError: with every fault found, as file, line, what is wrong and what to do.
    """
    if len(text.encode()) > MAX_FILE_BYTES:
        raise RehearsalError(
            f"{file} is over {MAX_FILE_BYTES} bytes, so it holds no personas; give another file"
        )
    source = Source(file, text)
    problems = list(source.problems)
    if source.data is not None:
        problems += source.untold(faults_of(schema_of("personas", Personas), source.data))
    if problems:
        raise RehearsalError(listed(file, problems))
    try:
        personas = msgspec.convert(source.data, Personas)
    except msgspec.ValidationError as error:  # what the types refuse and the schema lets pass
        problem = source.problem((), str(error), "change it")
        raise RehearsalError(listed(file, [problem])) from error
    problems = list(_problems(personas, source, flow))
    if problems:
        raise RehearsalError(listed(file, problems))
    return personas


def _problems(personas: Personas, source: Source, flow: Flow) -> Iterator[Problem]:
    """What the schema cannot see."""
    for goal in GOALS:
        node_id = personas.goals.of(goal)
        if not hasattr(flow.nodes.get(node_id), "prompt"):
            yield source.problem(
                ("goals", goal),
                f"'{node_id}' is no node of the flow that says something by itself",
                f"name the one at which the {goal} is done",
            )
    if not any(persona.share for persona in personas.personas.values()):
        yield source.problem(("personas",), "every share is 0", "give one persona more")
    for name, persona in personas.personas.items():
        for place, errand in enumerate(persona.errands):
            if len(set(errand.to)) < len(errand.to):
                to = ("personas", name, "errands", place, "to")
                yield source.problem(to, "a goal stands twice", "name each once")
        if not any(errand.weight for errand in persona.errands):
            path = ("personas", name, "errands")
            yield source.problem(path, "every weight is 0", "give one errand more")
