"""What is said at a place: a session into instructions, the same ones each time it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from ivr.engine.codes import Codes, code_at
from ivr.engine.session import Session, split
from ivr.engine.turn import Gather, Hangup, Instruction, Pause, Play
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    NodeId,
    Practice,
    PromptId,
    Say,
    Think,
)
from ivr.flow.usage import digit_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

SAY_AGAIN_KEY: Final = "#"
"""Ends a practice entry, so that alone it comes at once and says the code again."""


def instructions(flow: Flow, session: Session, codes: Codes) -> tuple[Instruction, ...]:
    """All that the line says and does where the session stands; depends on nothing else."""
    node_id, step = split(session.place)
    lead = tuple(Play(prompt) for prompt in session.lead)
    match flow.nodes[node_id]:
        case End() as end:
            return (*lead, Play(end.prompt), Hangup())
        case Say() | Branch():  # a checked flow never lets a session rest here
            return (*lead, Hangup())
        case Practice() as practice:
            code = code_at(flow, node_id, codes)
            said = tuple(_practice(flow, practice, code, brief=session.brief))
            return (_gather(flow, session, (*lead, *said), len(code), SAY_AGAIN_KEY),)
        case (Menu() | Lesson() | Think()) as node:
            plays = tuple(Play(prompt) for prompt in _own_prompts(flow, node, step))
            return (_gather(flow, session, (*lead, *plays), 1, ""),)
        case other:
            assert_never(other)


def _own_prompts(flow: Flow, node: Asking, step: PromptId | None) -> tuple[PromptId, ...]:
    """What a node says besides lead and code, in order; `step` is where a lesson stands."""
    match node:
        case Menu():
            return (node.prompt, *(option.prompt for option in node.options))
        case Lesson():
            names = flow.defaults.lesson
            last = step == node.steps[-1].prompt
            return (step or node.steps[0].prompt, names.last_keys if last else names.keys)
        case Think():
            return (node.prompt, flow.defaults.ready)
        case Practice():
            return (node.prompt, flow.defaults.practice.safety, node.code_prompt)
        case other:
            assert_never(other)


def _practice(flow: Flow, node: Practice, code: str, *, brief: bool) -> Iterator[Play | Pause]:
    """The scene, the safety line, and last of all the code: nothing is to be held over it."""
    prompts = _own_prompts(flow, node, None)
    yield from (Play(prompt) for prompt in (prompts[1:] if brief else prompts))
    start = 0
    for size in node.code.groups or (len(code),):
        if start:
            yield Pause()
        yield from (Play(digit_prompt(digit)) for digit in code[start : start + size])
        start += size


def _gather(
    flow: Flow,
    session: Session,
    said: tuple[Play | Pause, ...],
    num_digits: int,
    finish_on_key: str,
) -> Gather:
    return Gather(
        said=said,
        place=session.place,
        turn=session.turn,
        num_digits=num_digits,
        first_key_seconds=flow.defaults.first_key_seconds,
        next_key_seconds=flow.defaults.next_key_seconds,
        finish_on_key=finish_on_key,
    )


def first_place(flow: Flow, node_id: NodeId) -> str:
    """The place at which a node is entered: a lesson at its first step."""
    node = flow.nodes[node_id]
    return f"{node_id}.{node.steps[0].prompt}" if isinstance(node, Lesson) else node_id


def is_place(flow: Flow, place: str) -> bool:
    """Whether a session can rest at this place of this flow."""
    node_id, step = split(place)
    match flow.nodes.get(node_id):
        case Lesson() as lesson:
            return step in {each.prompt for each in lesson.steps}
        case Menu() | Practice() | Think() | End():
            return step is None
        case _:
            return False
