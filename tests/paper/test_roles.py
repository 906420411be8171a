"""The flow gives each prompt the role that it has in a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.flow import usage
from ivr.paper import roles as module
from ivr.paper.roles import Role, roles

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec


@pytest.mark.parametrize(
    ("prompt_id", "role"),
    [
        ("greeting", Role.GREETING),
        ("warm_up", Role.QUESTION),
        ("warm_up_key", Role.OPTION),
        ("warm_up_done", Role.CONFIRMATION),
        ("warm_up_no_input", Role.NO_INPUT),
        ("warm_up_invalid", Role.INVALID),
        ("warm_up_too_many", Role.TOO_MANY),
        ("global_keys", Role.INFORMATION),
        ("main_menu", Role.QUESTION),
        ("choose_lesson", Role.OPTION),
        ("umang_purpose", Role.INFORMATION),
        ("register_1", Role.STEP),
        ("register_recap", Role.RECAP),
        ("lesson_keys", Role.LESSON_KEYS),
        ("lesson_last_keys", Role.LESSON_KEYS),
        ("lesson_at_first", Role.INVALID),
        ("practice_safety", Role.SAFETY),
        ("practice_number", Role.SCENE),
        ("practice_number_is", Role.CODE),
        ("practice_question_1", Role.THINK),
        ("ready_key", Role.OPTION),
        ("practice_open", Role.INFORMATION),
        ("practice_done", Role.RECAP),
        ("practice_right", Role.CONFIRMATION),
        ("practice_warning", Role.WARNING),
        ("practice_own_number", Role.WARNING),
        ("practice_help", Role.HELP),
        ("help", Role.HELP),
        ("nobody_there", Role.TOO_MANY),
        ("no_input_gentle", Role.NO_INPUT),
        ("invalid_gentle", Role.INVALID),
        ("goodbye_night", Role.GOODBYE),
        ("apology", Role.APOLOGY),
        ("apology_goodbye", Role.APOLOGY),
        ("digit_7", Role.DIGIT_FINAL),
        ("digit_7_more", Role.DIGIT_MEDIAL),
    ],
)
def test_the_flow_gives_each_prompt_its_role(spec: Spec, prompt_id: str, role: Role) -> None:
    assert roles(spec.flow)[prompt_id] is role


def test_every_shipped_prompt_has_a_role(spec: Spec) -> None:
    known = roles(spec.flow)
    for words in spec.words.values():
        assert words.prompts.keys() - known.keys() == set()


def test_every_field_that_names_a_prompt_has_a_role() -> None:
    # `prompt` stands for what is around it, and a node's own is told by the node's kind.
    assert usage._NAMES - module._BY_FIELD.keys() == {"prompt"}


def test_a_say_node_between_a_lesson_and_more_talk_does_not_close(spec: Spec) -> None:
    nodes: dict[str, object] = msgspec.to_builtins(spec.flow.nodes)
    nodes["register_recap"] = {**spec_node(spec.flow, "register_recap"), "next": "practice_intro"}
    flow = msgspec.convert({**msgspec.to_builtins(spec.flow), "nodes": nodes}, type(spec.flow))
    assert roles(flow)["register_recap"] is Role.INFORMATION


def spec_node(flow: Flow, node_id: str) -> dict[str, object]:
    node: dict[str, object] = msgspec.to_builtins(flow.nodes[node_id])
    return node
