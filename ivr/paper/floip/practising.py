"""Practice entries: a made-up code is said, keyed back, and judged: right, nearly, or wrong.

Safety: nothing here asks for a real number, code or answer. FLOIP's platforms keep what is entered,
and this line never does, so each entry says in its metadata that nothing of it may be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.flow.model import Practice
from ivr.flow.patience import patience
from ivr.paper.floip.draft import Piece, Way
from ivr.paper.floip.expressions import (
    BEFORE,
    PLACE,
    TRIES,
    equals,
    near_digits,
    same_digits,
    some_digits,
    text,
    value_of,
)
from ivr.paper.floip.shapes import DigitsConfig, Entry, NumericConfig, OpenConfig, TextConfig
from ivr.paper.floip.trouble import is_beside, put_trouble
from ivr.paper.floip.words import code_name, origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.flow.model import Code, Flow
    from ivr.flow.terms import NodeId, PromptId
    from ivr.paper.floip.draft import Draft

FINISH_KEY: Final = "#"
"""Ends an entry; alone, it asks to hear the code again."""
KEEP_NOTHING: Final = (
    "Drop what is keyed as soon as it is compared; keep it in no result, log or report. A caller"
    " may key a real number or code by mistake. A platform that cannot drop it must leave this out."
)


def put_codes(draft: Draft, goal: str) -> str:
    """Puts what makes up the fresh codes of a call, before it begins; gives the first block's id.

    At the beginning, so that a code is the same at every try and wherever the call comes back to.
    """
    fresh = list(_fresh(draft.flow))
    for node_id, length in reversed(fresh):
        alike = [each for each, digits in fresh if digits == length]
        value = some_digits(length, alike.index(node_id), len(alike))
        draft.variable(f"{node_id}/code", code_name(node_id), value, goal)
        goal = f"{node_id}/code"
    return goal


def _fresh(flow: Flow) -> Iterable[tuple[NodeId, int]]:
    for node_id, node in flow.nodes.items():
        if isinstance(node, Practice) and node.code.length is not None:
            yield node_id, node.code.length


def put_practice(draft: Draft, node_id: NodeId, node: Practice) -> None:
    """Puts all blocks of a practice entry."""
    names, again = draft.flow.defaults.practice, f"{node_id}/safety"
    scene = f"{node_id}/scene" if not is_beside(node) else node_id
    if scene != node_id:
        draft.variable(node_id, PLACE, text(node_id), scene)
    draft.message(scene, node.prompt, f"{node_id}/tries")
    draft.variable(f"{node_id}/tries", TRIES, text("0"), again)
    draft.message(again, names.safety, f"{node_id}/code_prompt")
    draft.message(f"{node_id}/code_prompt", node.code_prompt, f"{node_id}/entry")
    _put_entry(draft, node_id)
    _put_judge(draft, node_id, node, again)


def _put_entry(draft: Draft, node_id: NodeId) -> None:
    """Puts the block that says the code and takes the digits.

    A number has no leading zeros, so that a code with one is taken as text.
    """
    _, code = origin(draft.flow, node_id)
    length, prompt = _length(code), draft.resources.code(node_id)
    own_number = draft.flow.defaults.practice.own_number
    entry = Entry(digits=length, finish_on_key=FINISH_KEY, keep=KEEP_NOTHING, own_number=own_number)
    config: OpenConfig | NumericConfig
    if code.digits is not None and code.digits.startswith("0"):
        kind = "MobilePrimitives.OpenResponse"
        config = OpenConfig(prompt=prompt, text=TextConfig(max_response_characters=length))
    else:
        kind = "MobilePrimitives.NumericResponse"
        config = NumericConfig(
            prompt=prompt,
            validation_minimum=0,
            validation_maximum=10**length - 1,
            ivr=DigitsConfig(max_digits=length),
        )
    draft.put(
        Piece(
            block_id=f"{node_id}/entry",
            kind=kind,
            config=config,
            ways=(Way("next", f"{node_id}/judge"),),
            name=_entry_name(node_id),
            entry=entry,
        )
    )


def _put_judge(draft: Draft, node_id: NodeId, node: Practice, again: str) -> None:
    """Puts what an entry leads to, in the order in which it is asked."""
    owner, code = origin(draft.flow, node_id)
    names, limits = draft.flow.defaults.practice, patience(draft.flow, node)
    entry = value_of(_entry_name(node_id))
    due = f'"{code.digits}"' if code.digits is not None else value_of(code_name(owner))
    put_trouble(draft, f"{node_id}/too_many", node, limits.ways_out[0])
    nothing = _put_ladder(draft, node_id, "no_input", limits.no_input, limits.tries)
    nearly = _put_ladder(draft, node_id, "nearly", limits.invalid, limits.tries)
    wrong = _put_ladder(draft, node_id, "wrong", (), limits.tries)
    right = draft.said((node.right or names.right,), draft.head(node.next))
    keys = (equals(entry, key) for key in (FINISH_KEY, "*"))
    ways = (
        Way("right", right, same_digits(entry, due)),
        Way("no_input", nothing, equals(entry, "")),
        Way("again", again, f"OR({', '.join(keys)})"),
        Way("nearly", nearly, near_digits(entry, due, _length(code))),
    )
    draft.case(f"{node_id}/judge", ways, draft.said((names.warning,), wrong))


def _put_ladder(
    draft: Draft, node_id: NodeId, role: str, words: tuple[PromptId, ...], tries: int
) -> str:
    """Puts a try that was not right: counted, answered with the next words, and over at the last.

    Args:
        draft: the blocks.
        node_id: whose try.
        role: what it was.
        words: for the first such try, the second, and from then on the last; may be none.
        tries: how many there are.
    """
    begun, again = f"{node_id}/{role}", f"{node_id}/safety"
    counted, rung, value = f"{begun}/count", f"{begun}/rung", value_of(TRIES)
    # To the runner a block that sets a variable has it already, and nothing yet is in it.
    draft.variable(begun, BEFORE, f"{value} + 0", counted)
    draft.variable(counted, TRIES, f"{value_of(BEFORE)} + 1", rung)
    later = list(enumerate(words))[:0:-1]
    ways = [Way("too_many", f"{node_id}/too_many", f"{value} >= {tries}")]
    ways += [Way(f"try_{n + 1}", draft.said((said,), again), f"{value} > {n}") for n, said in later]
    draft.case(rung, ways, draft.said(words[:1], again))
    return begun


def _entry_name(node_id: NodeId) -> str:
    return f"_{node_id}_entry"


def _length(code: Code) -> int:
    return len(code.digits) if code.digits is not None else code.length or 0
