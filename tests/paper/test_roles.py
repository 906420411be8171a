"""The flow gives each prompt the role that it has in a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.flow import usage
from ivr.paper.sheet import roles as module
from ivr.paper.sheet.roles import Role, roles

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec


@pytest.mark.parametrize(
    ("prompt_id", "role"),
    [
        ("greeting", Role.GREETING),
        ("resume", Role.QUESTION),
        ("resume_practice", Role.RESUME),
        ("resume_silent", Role.ONWARD),
        ("warm_up", Role.QUESTION),
        ("warm_up_key", Role.OPTION),
        ("warm_up_done", Role.CONFIRMATION),
        ("warm_up_no_input", Role.NO_INPUT),
        ("warm_up_invalid", Role.INVALID),
        ("warm_up_too_many", Role.TOO_MANY),
        ("global_keys", Role.INFORMATION),
        ("main_menu", Role.QUESTION),
        ("choose_lesson", Role.OPTION),
        ("straight_line", Role.INFORMATION),
        ("help_silent", Role.ONWARD),
        ("umang_purpose", Role.INFORMATION),
        ("step_4", Role.NUMBER),
        ("of_15", Role.NUMBER),
        ("register_1", Role.STEP),
        ("write_down", Role.WRITE),
        ("lesson_spell", Role.OPTION),
        ("register_recap", Role.RECAP),
        ("lesson_keys", Role.LESSON_KEYS),
        ("lesson_last_keys", Role.LESSON_KEYS),
        ("lesson_at_first", Role.INVALID),
        ("practice_safety", Role.SAFETY),
        ("practice_number", Role.SCENE),
        ("practice_number_is", Role.CODE),
        ("practice_first_part", Role.CODE),
        ("practice_next_part", Role.CODE),
        ("practice_question_1", Role.THINK),
        ("ready_key", Role.OPTION),
        ("practice_open", Role.INFORMATION),
        ("practice_done", Role.RECAP),
        ("practice_right", Role.CONFIRMATION),
        ("practice_warning", Role.WARNING),
        ("practice_own_number", Role.WARNING),
        ("practice_left", Role.TOO_MANY),
        ("practice_help", Role.HELP),
        ("told_otp_recap", Role.RECAP),
        ("help", Role.HELP),
        ("simpler", Role.HELP),
        ("too_many", Role.TOO_MANY),
        ("person_wait", Role.PERSON),
        ("person_done", Role.BACK),
        ("person_nobody", Role.BACK),
        ("about_to_end", Role.GIVE_UP),
        ("nobody_there", Role.GIVE_UP),
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


def changed(flow: Flow, **parts: dict[str, object]) -> Flow:
    """The flow with some values of some of its parts replaced."""
    plain: dict[str, dict[str, object]] = msgspec.to_builtins(flow)
    mixed = {name: {**plain[name], **part} for name, part in parts.items()}
    return msgspec.convert({**plain, **mixed}, type(flow))


def test_a_say_node_between_a_lesson_and_more_talk_does_not_close(spec: Spec) -> None:
    recap = {**spec_node(spec.flow, "register_recap"), "next": "practice_intro"}
    flow = changed(spec.flow, nodes={"register_recap": recap})
    assert roles(flow)["register_recap"] is Role.INFORMATION


def test_help_that_is_no_branch_is_help_too(spec: Spec) -> None:
    flow = changed(
        spec.flow,
        defaults={"too_many": {"go": "more"}},
        confusion={"levels": [{"at": 8, "go": "main_menu", "prompt": "no_input_gentle"}]},
    )
    found = roles(flow)
    assert [found[each] for each in ("more", "main_menu", "practice_help")] == [Role.HELP] * 3
    assert found["help"] is Role.QUESTION


def test_only_the_silence_before_an_end_is_a_giving_up(spec: Spec) -> None:
    ending = {**spec_node(spec.flow, "about_to_end"), "silence": None}
    warning = {"go": "about_to_end", "prompt": "straight_line"}
    flow = changed(spec.flow, defaults={"give_up": warning}, nodes={"about_to_end": ending})
    found = roles(flow)
    assert found["straight_line"] is Role.GIVE_UP
    assert found["about_to_end"] is Role.GIVE_UP
    assert found["resume_silent"] is Role.ONWARD


def spec_node(flow: Flow, node_id: str) -> dict[str, object]:
    node: dict[str, object] = msgspec.to_builtins(flow.nodes[node_id])
    return node
