"""The text of config/personas.yaml into `Personas`, or every fault in it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.errors import RehearsalError
from ivr.flow.problem import Problem
from ivr.flow.reading import Read, read_source
from ivr.flow.schema import schema_of
from ivr.flow.source import Source
from ivr.rehearsal.personas import GOALS, Personas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow

MAX_FILE_BYTES: Final = 262_144
"""Some thirty times the shipped file."""
_TOO_LONG: Final = (f"over {MAX_FILE_BYTES} bytes, so it holds no personas", "give another file")


def read_personas(file: str, text: str, flow: Flow) -> Personas:
    """The personas that a text holds, fit for a flow; see `judge_personas`.

    Raises:
        RehearsalError: with every fault found, as file, line, what is wrong and what to do.
    """
    if _is_too_long(text):
        what, to_do = _TOO_LONG
        raise RehearsalError(f"{file} is {what}; {to_do}")
    return judge_personas(file, text, flow).checked(RehearsalError)


def judge_personas(file: str, text: str, flow: Flow) -> Read[Personas]:
    """The personas that a text holds, fit for a flow, or every fault found.

    Args:
        file: what the file is called in messages.
        text: of the file.
        flow: in which the goals must be.
    """
    if _is_too_long(text):
        what, to_do = _TOO_LONG
        return Read(file, None, (Problem(file, 1, None, f"it is {what}", to_do),))
    source = Source(file, text)
    read = read_source(source, schema_of("personas", Personas), Personas)
    return read if read.value is None else read.having(_problems(read.value, source, flow))


def _is_too_long(text: str) -> bool:
    return len(text.encode()) > MAX_FILE_BYTES


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
