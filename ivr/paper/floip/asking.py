"""Menus, lessons and thinking, as rows of blocks: what is said, and a block that asks for a key."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct

from ivr.flow.model import Lesson, Menu, Option, Think
from ivr.flow.patience import patience
from ivr.flow.terms import AGAIN_KEY, BACK_KEY, NEXT_KEY, READY_KEY, REPEAT, Offer
from ivr.flow.usage import asks_where, step_prompts, taken
from ivr.paper.floip.draft import Choice, Way
from ivr.paper.floip.expressions import PLACE, every, text, told
from ivr.paper.floip.names import key_name
from ivr.paper.floip.trouble import is_beside, put_trouble, put_where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.flow.terms import NodeId, PromptId
    from ivr.paper.floip.draft import Draft

_FACTS: Final[tuple[Offer, ...]] = ("helper", "kept", "slow")
"""What may hold or not; `usual` is that `slow` does not."""


class Row(Struct, frozen=True):
    """One place at which a key is awaited.

    Attributes:
        place: where.
        said: before it is asked.
        prompt: what asks.
        options: the keys that the spec gives it.
        own: the keys that its kind has by itself.
        on_silence: where silence leads that goes on as a key does; None: it is trouble.
    """

    node_id: NodeId
    node: Menu | Lesson | Think
    place: str
    said: tuple[PromptId, ...]
    prompt: PromptId
    options: tuple[Option, ...] = ()
    own: tuple[Choice, ...] = ()
    on_silence: str | None = None


def put_asking(draft: Draft, node_id: NodeId, node: Menu | Lesson | Think) -> None:
    """Puts all blocks of a node that waits for one key."""
    for row in _rows(draft, node_id, node):
        _put_row(draft, row)


def _rows(draft: Draft, node_id: NodeId, node: Menu | Lesson | Think) -> Iterator[Row]:
    match node:
        case Menu():
            yield Row(node_id, node, node_id, (), node.prompt, node.options)
        case Think():
            ready = Choice(
                "_ready", draft.resources.key(READY_KEY), draft.head(node.next), READY_KEY
            )
            prompt = draft.flow.defaults.ready
            yield Row(node_id, node, node_id, (node.prompt,), prompt, own=(ready,))
        case Lesson():
            yield from (_step(draft, node_id, node, here) for here in range(len(node.steps)))
        case _:
            assert_never(node)


def _step(draft: Draft, node_id: NodeId, node: Lesson, here: int) -> Row:
    options = node.steps[here].options
    row = step_prompts(draft.flow, node, here, holding=())
    asked = len(row) - 1 - len(taken(options, ()))
    places = [f"{node_id}.{step.prompt}" for step in node.steps]
    place, is_last = places[here], here + 1 == len(places)
    onward = draft.head(node.next) if is_last else places[here + 1]
    at_first = draft.flow.defaults.lesson.at_first
    before = places[here - 1] if here else draft.said((at_first,), place)
    goals = {"_next": (NEXT_KEY, onward), "_again": (AGAIN_KEY, place), "_back": (BACK_KEY, before)}
    own = tuple(
        Choice(name, draft.resources.key(key), goal, key) for name, (key, goal) in goals.items()
    )
    return Row(node_id, node, place, row[:asked], row[asked], options, own, onward)


def _put_row(draft: Draft, row: Row) -> None:
    """Puts a row: it notes the place, says what is to be said, and asks what can be chosen now."""
    worlds = tuple(_worlds(row.options))
    roles = [] if is_beside(row.node) else ["place"]
    roles += [f"say/{prompt}" for prompt in row.said]
    roles += ["where"] if isinstance(row.node, Menu) and asks_where(row.node) else []
    roles += ["offer"] if len(worlds) > 1 else []
    roles += ["ask"]
    ids = [row.place, *(f"{row.place}/{role}" for role in roles[1:])]
    for role, block_id, goal in zip(roles, ids, ids[1:], strict=False):
        match role:
            case "place":
                draft.variable(block_id, PLACE, text(row.place), goal)
            case "where":
                put_where(draft, block_id, goal)
            case "offer":
                _put_worlds(draft, block_id, row, worlds)
            case _:
                draft.message(block_id, role.removeprefix("say/"), goal)
    _ask(draft, ids[-1], row, worlds[-1])


def _worlds(options: tuple[Option, ...]) -> Iterator[frozenset[Offer]]:
    """Every set of facts that makes a difference to what is offered; first those that say most."""
    named = {option.when for option in options}
    facts = [each for each in _FACTS if each in named or (each == "slow" and "usual" in named)]
    for count in range(len(facts), -1, -1):
        yield from map(frozenset, combinations(facts, count))


def _put_worlds(
    draft: Draft, block_id: str, row: Row, worlds: tuple[frozenset[Offer], ...]
) -> None:
    """Puts the choice among what is offered, and each of them but the last, which comes after."""
    ways = []
    for world in worlds[:-1]:
        facts = sorted(world)
        asked = f"{row.place}/ask/{'_'.join(facts)}"
        ways.append(Way("_".join(facts), asked, every(told(f"line_{fact}") for fact in facts)))
        _ask(draft, asked, row, world)
    draft.case(block_id, ways, f"{row.place}/ask")


def _ask(draft: Draft, block_id: str, row: Row, world: frozenset[Offer]) -> None:
    usual: frozenset[Offer] = frozenset() if "slow" in world else frozenset({"usual"})
    options = taken(row.options, world | usual)
    keys = tuple(chain(_optional(draft, options), row.own, _everywhere(draft, row)))
    first = {each.key: each for each in reversed(keys)}
    choices = tuple(each for each in keys if first[each.key] is each)
    events = tuple(_events(draft, row))
    draft.select(block_id, row.prompt, (*choices, *events), events[-1].goal)


def _optional(draft: Draft, options: Iterable[Option]) -> Iterator[Choice]:
    """The choices of the spec; each is named by its prompt, which offers it."""
    named: set[str] = set()
    for option in options:
        more = key_name(option.key) if option.prompt in named else ""
        named.add(option.prompt)
        goal = draft.said((option.say,), draft.head(option.go))
        resource = draft.resources.prompts[option.prompt]
        yield Choice(f"{option.prompt}{more}", resource, goal, option.key)


def _everywhere(draft: Draft, row: Row) -> Iterator[Choice]:
    """The keys that act at every menu, lesson and think node, unless any key does the same."""
    if isinstance(row.node, Menu) and row.node.any_key is not None:
        return
    for key, goal in draft.flow.global_keys.items():
        there = row.place if goal == REPEAT else draft.head(goal)
        yield Choice(key_name(key), draft.resources.key(key), there, key)


def _events(draft: Draft, row: Row) -> Iterator[Choice]:
    """What is no key of its own; last that which a wrong key is.

    The runner refuses what is no choice, so that trouble must be one to be chosen by a platform.
    """
    limits, node = patience(draft.flow, row.node), row.node
    prompts, usual = draft.resources.prompts, limits.ways_out[0]
    silence = row.on_silence
    if silence is None:
        leave = node.silence or usual
        silence = put_trouble(draft, f"{row.node_id}/no_input", node, leave)
    yield Choice("_no_input", prompts[limits.no_input[0]], silence, event="no_input")
    if isinstance(node, Menu) and node.any_key is not None:
        yield Choice("_any_key", prompts[node.prompt], draft.head(node.any_key), event="any_key")
    else:
        wrong = put_trouble(draft, f"{row.node_id}/invalid", node, usual)
        yield Choice("_invalid", prompts[limits.invalid[0]], wrong, event="invalid")
