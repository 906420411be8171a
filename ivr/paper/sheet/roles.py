"""The roles that prompts have in a call, worked out from the flow.

How a prompt is to be said follows from its role.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, assert_never

from ivr.flow.model import Branch, End, Flow, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.usage import DIGITS, digit_prompt, prompts_used
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from ivr.flow.problem import Path
    from ivr.flow.terms import NodeId, PromptId


class Role(enum.StrEnum):
    """What a prompt is in the call, by which its hint is found."""

    GREETING = "greeting"
    INFORMATION = "information"
    RESUME = "resume"
    QUESTION = "question"
    OPTION = "option"
    NUMBER = "number"
    STEP = "step"
    WRITE = "write"
    LESSON_KEYS = "lesson_keys"
    RECAP = "recap"
    SCENE = "scene"
    CODE = "code"
    THINK = "think"
    SAFETY = "safety"
    WARNING = "warning"
    CONFIRMATION = "confirmation"
    NO_INPUT = "no_input"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    ONWARD = "onward"
    HELP = "help"
    PERSON = "person"
    BACK = "back"
    GIVE_UP = "give_up"
    GOODBYE = "goodbye"
    APOLOGY = "apology"
    DIGIT_MEDIAL = "digit_medial"
    DIGIT_FINAL = "digit_final"
    UNUSED = "unused"


def roles(flow: Flow) -> dict[PromptId, Role]:
    """The role of each prompt that a call can say; of several uses, the first that is named."""
    found: dict[PromptId, Role] = {}
    for path, prompt_id in prompts_used(flow):
        found.setdefault(prompt_id, _role(flow, path, prompt_id))
    return found


_BY_FIELD: Final = {
    **dict.fromkeys(("again", "end"), Role.APOLOGY),
    "limit": Role.GIVE_UP,
    **dict.fromkeys(("keys", "last_keys"), Role.LESSON_KEYS),
    **dict.fromkeys(("options", "ready"), Role.OPTION),
    **dict.fromkeys(("right", "say"), Role.CONFIRMATION),
    **dict.fromkeys(("invalid", "at_first"), Role.INVALID),
    **dict.fromkeys(("warning", "own_number"), Role.WARNING),
    **dict.fromkeys(("code_prompt", "first_part", "next_part"), Role.CODE),
    **dict.fromkeys(("too_many", "give_up", "levels"), Role.TOO_MANY),
    **dict.fromkeys(("done", "nobody"), Role.BACK),
    "resume": Role.RESUME,
    "numbered": Role.NUMBER,
    "steps": Role.STEP,
    "write": Role.WRITE,
    "safety": Role.SAFETY,
    "no_input": Role.NO_INPUT,
    "silence": Role.ONWARD,
}
"""Roles by the field that names the prompt, or by the one around it where that is `prompt`."""
_FINAL_DIGITS: Final = {digit_prompt(digit, last=True) for digit in DIGITS}


def _role(flow: Flow, path: Path, prompt_id: PromptId) -> Role:
    match path:
        case ("nodes", str(node_id), "prompt"):
            return _role_at(flow, node_id)
        case ("defaults", "give_up", "prompt"):
            return Role.GIVE_UP
        case ("nodes", str(node_id), "silence", "prompt") if node_id == flow.defaults.give_up.go:
            return Role.GIVE_UP
        case (*_, "code"):
            return Role.DIGIT_FINAL if prompt_id in _FINAL_DIGITS else Role.DIGIT_MEDIAL
        case _:
            names = [part for part in path if isinstance(part, str)]
            return _BY_FIELD[names[-2] if names[-1] == "prompt" else names[-1]]


def _role_at(flow: Flow, node_id: NodeId) -> Role:
    """The role of the prompt with which a node begins."""
    match flow.nodes[node_id]:
        case Say() if node_id == flow.flow.start:
            return Role.GREETING
        case Say():
            return Role.RECAP if _closes(flow, node_id) else Role.INFORMATION
        case Menu() if node_id == flow.defaults.give_up.go:
            return Role.GIVE_UP
        case Menu():
            return Role.HELP if node_id in _helps(flow) else Role.QUESTION
        case Practice():
            return Role.SCENE
        case Transfer():
            return Role.PERSON
        case End():
            return Role.GOODBYE
        case Think() | Lesson() | Branch():  # only the first of these has a prompt of its own
            return Role.THINK
        case other:
            assert_never(other)


def _helps(flow: Flow) -> set[NodeId]:
    """The nodes to which the flow leads who does not find on, and those behind a branch there."""
    first = {
        flow.defaults.too_many.go,
        flow.defaults.practice.too_many.go,
        *(level.go for level in flow.confusion.levels),
    }
    branches = [node for node in map(flow.nodes.get, first) if isinstance(node, Branch)]
    return first.union(*({way for _, way in targets(branch)} for branch in branches))


def _closes(flow: Flow, node_id: NodeId) -> bool:
    """Whether a say node follows a lesson or a practice and then leads to another matter."""
    after = {
        node.next for node in flow.nodes.values() if isinstance(node, Lesson | Practice | Think)
    }
    node = flow.nodes[node_id]
    further = flow.nodes.get(node.next) if isinstance(node, Say) else node
    is_over = further is None or isinstance(further, Menu | Branch | End)  # None: it leads back
    return node_id in after and is_over
