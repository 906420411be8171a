"""What is said of a way or of the whole in a drawing, in a few words of plain English.

Words of the line itself come from config/; a missing text stands as its prompt id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from ivr.flow.model import Lesson, Menu, Practice
from ivr.flow.terms import AGAIN_KEY, BACK_KEY, BOOKMARK, NEXT_KEY, REPEAT, RETURN
from ivr.flow.ways import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.model import Flow, Silence, Words
    from ivr.flow.terms import Condition, NodeId, Offer, PromptId

RIGHT: Final = "the code is right"
LAST_STEP: Final = "after the last step"
TRIES_OVER: Final = "tries over"
TALK_OVER: Final = "talk over"
NOBODY: Final = "nobody answers"
ELSE: Final = "else"
ANY_KEY: Final = "any key"
KINDS: Final = {
    "say": "says something, and goes on",
    "menu": "asks for a key",
    "lesson": "a row of steps, one by one",
    "practice": "reads a made-up code, has it keyed back",
    "think": "waits until the caller has thought",
    "transfer": "rings a person",
    "branch": "goes on by what holds, says nothing",
    "end": "says goodbye, and hangs up",
}
"""Each kind of node, and what it does."""
_RESERVED: Final = {RETURN: "↩ back", BOOKMARK: "↩ last call"}
OFFERS: Final[Mapping[Offer, str]] = {
    "helper": "if a person can be rung",
    "kept": "if something may be kept",
    "slow": "when slow",
    "usual": "when at the usual pace",
}


def spoken(words: Words, prompt: PromptId) -> str:
    """The words of a prompt on one line; its id in brackets where there are none."""
    return " ".join(words.prompts.get(prompt, f"[{prompt}]").split())


def offer(words: Words, prompt: PromptId) -> str:
    """What an option offers, without the clause that names its key."""
    text = spoken(words, prompt)
    before, comma, _ = text.rpartition(",")
    return (before if comma else text).rstrip(" ।.?!")


def silence(way: Silence) -> str:
    """After how many silences a way is taken."""
    return "silence" if way.after == 1 else f"silence × {way.after}"


def condition(flow: Flow, name: Condition) -> str:
    """What must hold for a way out of a branch."""
    head = flow.flow
    match name:
        case "night":
            return f"from {head.night_hours[0]} to {head.night_hours[1]} o'clock"
        case "helper":
            hours = f"{head.helper_hours[0]} to {head.helper_hours[1]} o'clock"
            return f"a person can be rung ({hours})"
        case "bookmark":
            return "there is a place to go on from"
        case _:
            assert_never(name)


def goal(name: NodeId) -> str:
    """A goal as it is written at the end of a way."""
    return _RESERVED.get(name, f"→ {name}")


def entries(flow: Flow) -> Iterator[tuple[NodeId, str]]:
    """What leads to a node besides the ways out of others, as (the node, what leads there)."""
    defaults, practice = flow.defaults, flow.defaults.practice
    yield flow.flow.start, "the call begins"
    yield from ((go, f"key {key}") for key, go in flow.global_keys.items() if go != REPEAT)
    yield defaults.too_many.go, TRIES_OVER
    yield defaults.give_up.go, "tries over the third time"
    yield defaults.ends_at, "tries over once more"
    yield practice.too_many.go, "tries over in a practice"
    yield practice.give_up.go, "the third time in a practice"
    yield from ((level.go, f"trouble of {level.at}") for level in flow.confusion.levels)


def rules(flow: Flow) -> Iterator[str]:
    """What holds at every node of a kind and is told once, not drawn at each."""
    taken = any(isinstance(node, Menu) and node.any_key for node in flow.nodes.values())
    but = f" and where '{ANY_KEY}' leads on" if taken else ""
    for key, go in flow.global_keys.items():
        does = "says the same again" if go == REPEAT else f"leads to {go}"
        yield f"Key {key} {does}, everywhere but while a practice code is keyed{but}."
    if any(isinstance(node, Lesson) for node in flow.nodes.values()):
        yield (
            f"In a lesson {NEXT_KEY} goes on, and so does silence; {AGAIN_KEY} says the step again;"
            f" {BACK_KEY} goes one back."
        )
    yield from _leaving(flow)
    held = flow.confusion
    if held.levels:
        levels = ", ".join(f"at {each.at} to {each.go}" for each in held.levels)
        yield (
            f"Trouble adds up over the call (silence {held.silence}, wrong key {held.wrong}, "
            f"again {held.repeat}) and leads once {levels}."
        )


def _leaving(flow: Flow) -> Iterator[str]:
    usual, practice = flow.defaults, flow.defaults.practice
    yield (
        f"Who does not find on in {usual.tries} tries comes to {usual.too_many.go}; the third "
        f"time at one place to {usual.give_up.go}, and then to {usual.ends_at}. "
        "A node with a way of its own says 'tries over'."
    )
    if any(isinstance(node, Practice) for node in flow.nodes.values()):
        yield (
            f"In a practice that is {practice.too_many.go}, then {practice.give_up.go}, "
            f"and then {usual.give_up.go}."
        )


def reserved(flow: Flow) -> Iterator[str]:
    """What the goals mean that are no nodes, where the flow has such."""
    goals = {go for node in flow.nodes.values() for _, go in targets(node)}
    if BOOKMARK in goals:
        told = "leads to the place from which there is to go on: where the last call broke off"
        yield f"'{_RESERVED[BOOKMARK]}' {told}."
    if RETURN in goals:
        yield f"'{_RESERVED[RETURN]}' leads to the place from which the caller was led aside."
