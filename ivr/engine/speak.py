"""What is said at a place: a session into instructions, the same ones each time it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from ivr.engine.codes import Codes, code_at
from ivr.engine.session import Session, split
from ivr.engine.turn import Gather, Hangup, Instruction, Pause, Play
from ivr.flow.model import (
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    NodeId,
    Pace,
    Practice,
    PromptId,
    Say,
    Think,
)
from ivr.flow.usage import digit_prompt, own_prompts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAY_AGAIN_KEY: Final = "#"
"""Ends a practice entry, so that alone it comes at once and says the code again."""


def instructions(flow: Flow, session: Session, codes: Codes) -> tuple[Instruction, ...]:
    """All that the line says and does where the session stands; depends on nothing else."""
    node_id, step = split(session.place)
    lead = _plays(session.lead, session.pace)
    # What was not caught at one pace is not caught at that pace again.
    pace = Pace.SLOW if session.again else session.pace
    match flow.nodes[node_id]:
        case End() as end:
            return (*lead, Play(end.prompt, pace), Hangup())
        case Say() | Branch():  # a checked flow never lets a session rest here
            return (*lead, Hangup())
        case Practice() as practice:
            code = code_at(flow, node_id, codes)
            plays = _plays(_practice_row(flow, practice, brief=session.brief), pace)
            said = (*lead, *plays, *_read_out(code, practice.code.groups, pace))
            return (_gather(flow, session, said, len(code), SAY_AGAIN_KEY),)
        case (Menu() | Lesson() | Think()) as node:
            plays = _plays(own_prompts(flow, node, step), pace)
            return (_gather(flow, session, (*lead, *plays), 1, ""),)
        case other:
            assert_never(other)


def _practice_row(flow: Flow, node: Practice, *, brief: bool) -> tuple[PromptId, ...]:
    """The scene and the safety line; the code follows last, so that nothing is held over it."""
    prompts = own_prompts(flow, node)
    return prompts[1:] if brief else prompts


def _plays(prompts: Iterable[PromptId], pace: Pace) -> tuple[Play, ...]:
    return tuple(Play(prompt, pace) for prompt in prompts)


def _read_out(code: str, groups: tuple[int, ...], pace: Pace) -> Iterator[Play | Pause]:
    """The digits of a code: the voice stays up after each but the very last, where it falls."""
    start = 0
    for size in groups or (len(code),):
        if start:
            yield Pause()
        for place, digit in enumerate(code[start : start + size], start + 1):
            yield Play(digit_prompt(digit, last=place == len(code)), pace)
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
