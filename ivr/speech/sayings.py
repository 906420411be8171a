"""Where in a call each prompt is said, and which keys do something while it is.

What leads on (a `say` node, the confirmation of an option, the words on the way out of a place) is
said before the place to which it leads, whose keys count meanwhile.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct

from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Flow,
    Leave,
    Lesson,
    Menu,
    Option,
    Practice,
    Say,
    Step,
    Think,
    Transfer,
)
from ivr.flow.patience import patience
from ivr.flow.terms import LESSON_KEYS, READY_KEY, NodeId, Offer, PromptId
from ivr.flow.usage import asks_where, taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.flow.model import Node

ALL_KEYS: Final = frozenset("0123456789*#")
AGAIN_KEYS: Final = frozenset("*#")
"""What says a practice code again; every other key is a digit of an entry."""
_PACES: Final[tuple[Offer, ...]] = ("slow", "usual")
_FURTHER: Final[tuple[tuple[Offer, ...], ...]] = ((), ("helper",), ("kept",), ("helper", "kept"))
WORLDS: Final = tuple(frozenset((pace, *more)) for pace, more in product(_PACES, _FURTHER))
"""Each way in which the conditions of options can hold together."""


class Keys(Struct, frozen=True):
    """Keys that do something at a place."""

    always: frozenset[str]
    at_times: frozenset[str] = frozenset()
    """Further ones that do while a condition holds."""


class Saying(Struct, frozen=True):
    """One prompt at one place.

    Attributes:
        prompt: what is said.
        where: for messages, such as `at 'main_menu'`.
        keys: what does something while it is said.
        tells_keys: whether it is there to tell keys, as the words after a step are.
        own_key: the key that it is there to tell, as an option's prompt is; None for any other.
        leads_astray: whether a caller is told of keys here, so that a wrong one is an error.
    """

    prompt: PromptId
    where: str
    keys: Keys
    tells_keys: bool = False
    own_key: str | None = None
    leads_astray: bool = True


def sayings(flow: Flow) -> tuple[Saying, ...]:
    """Every prompt at every place where it can be said, each once.

    Left out are the apologies of a failure, which may come anywhere, and the digits and numbers.
    """
    found = [
        *_lead(flow, flow.flow.apologies.limit, flow.defaults.ends_at),
        *(each for level in flow.confusion.levels for each in _lead(flow, level.prompt, level.go)),
        *(each for node_id, node in flow.nodes.items() for each in _of_node(flow, node_id, node)),
    ]
    return tuple(dict.fromkeys(found))


def _of_node(flow: Flow, node_id: NodeId, node: Node) -> Iterator[Saying]:
    match node:
        case Say():
            yield from _lead(flow, node.prompt, node.next)
        case Branch():
            return
        case Transfer():
            where = f"while '{node_id}' rings somebody"
            yield Saying(node.prompt, where, Keys(frozenset()), leads_astray=False)
            yield from _leads(flow, (node.done, node.nobody))
        case End():
            where = f"at '{node_id}', where the call ends"
            yield Saying(node.prompt, where, Keys(frozenset()), leads_astray=False)
        case Menu():
            yield from _menu(flow, node_id, node)
        case Lesson():
            yield from _lesson(flow, node_id, node)
        case Think():
            keys, where = keys_at(flow, node), f"at '{node_id}'"
            yield Saying(node.prompt, where, keys)
            yield Saying(flow.defaults.ready, where, keys, own_key=READY_KEY)
        case Practice():
            yield from _practice(flow, node_id, node)
        case _:
            assert_never(node)
    if isinstance(node, Asking):
        yield from _asked_again(flow, node_id, node)


def _menu(flow: Flow, node_id: NodeId, menu: Menu) -> Iterator[Saying]:
    where = f"at '{node_id}'"
    yield Saying(menu.prompt, where, keys_at(flow, menu))
    if asks_where(menu):
        asking = (each for each in flow.nodes.values() if isinstance(each, Asking))
        for resume in (node.resume for node in asking if node.resume is not None):
            yield Saying(resume, where, keys_at(flow, menu))
    yield from _options(flow, where, menu, menu.options)


def _options(
    flow: Flow, where: str, node: Asking, options: tuple[Option, ...], step: Step | None = None
) -> Iterator[Saying]:
    for option in options:
        keys = keys_at(flow, node, step, option.when)
        yield Saying(option.prompt, where, keys, own_key=option.key)
        yield from _lead(flow, option.say, option.go)


def _lesson(flow: Flow, node_id: NodeId, lesson: Lesson) -> Iterator[Saying]:
    names = flow.defaults.lesson
    for place, step in enumerate(lesson.steps, 1):
        where, keys = f"at '{node_id}.{step.prompt}'", keys_at(flow, lesson, step)
        told = names.last_keys if place == len(lesson.steps) else names.keys
        yield Saying(step.prompt, where, keys, leads_astray=False)
        if step.write is not None:
            yield Saying(step.write, where, keys, leads_astray=False)
        yield Saying(told, where, keys, tells_keys=True)
        yield from _options(flow, where, lesson, step.options, step)
    yield Saying(names.at_first, f"at '{node_id}'", keys_at(flow, lesson, lesson.steps[0]))


def _practice(flow: Flow, node_id: NodeId, practice: Practice) -> Iterator[Saying]:
    names, where = flow.defaults.practice, f"at '{node_id}', where a code is keyed"
    parts = (names.first_part, names.next_part) if len(practice.code.groups) > 1 else ()
    own = (practice.prompt, names.safety, practice.code_prompt)
    for prompt in (*own, *parts, names.warning, names.own_number):
        yield Saying(prompt, where, keys_at(flow, practice), leads_astray=False)
    yield from _lead(flow, practice.right or names.right, practice.next)


def _asked_again(flow: Flow, node_id: NodeId, node: Asking) -> Iterator[Saying]:
    """What follows a silence or a wrong key, and what is said on the way out."""
    held = patience(flow, node)
    keys = keys_at(flow, node)
    for prompt in (*held.no_input, *held.invalid):
        yield Saying(prompt, f"at '{node_id}'", keys)
    silence = () if node.silence is None else (node.silence,)
    yield from _leads(flow, (*held.ways_out, *silence))


def _leads(flow: Flow, ways: Iterable[Leave]) -> Iterator[Saying]:
    for way in ways:
        yield from _lead(flow, way.prompt, way.go)


def _lead(flow: Flow, prompt: PromptId | None, goal: NodeId) -> Iterator[Saying]:
    if prompt is not None:
        where = f"on the way to '{goal}'"
        yield Saying(prompt, where, _keys_behind(flow, goal), leads_astray=False)


def keys_at(
    flow: Flow, node: Asking, step: Step | None = None, holding: Offer | None = None
) -> Keys:
    """The keys that do something at a node.

    Args:
        flow: whose global keys hold.
        node: one that waits for keys.
        step: where a lesson stands; None: what holds at each step counts as always.
        holding: a condition that holds for certain.
    """
    everywhere = frozenset(flow.global_keys)
    match node:
        case Menu(any_key=str()):
            return Keys(ALL_KEYS)
        case Menu():
            return _with_options(everywhere, (node.options,), holding)
        case Lesson():
            steps = node.steps if step is None else (step,)
            options = (each.options for each in steps)
            return _with_options(everywhere.union(LESSON_KEYS), options, holding)
        case Think():
            return Keys(everywhere | {READY_KEY})
        case Practice():
            return Keys(AGAIN_KEYS)
        case _:
            assert_never(node)


def _with_options(
    fixed: frozenset[str], choices: Iterable[tuple[Option, ...]], holding: Offer | None
) -> Keys:
    """Fixed keys and those of options, of which one row or another is there at a time."""
    worlds = [world for world in WORLDS if holding is None or holding in world]
    rows = [
        {option.key for option in taken(options, world)}
        for options, world in product(choices, worlds)
    ]
    always = fixed.union(set.intersection(*rows))
    return Keys(always, fixed.union(*rows) - always)


def _keys_behind(flow: Flow, goal: NodeId) -> Keys:
    """The keys that do something while words are said that lead to a goal.

    They are the keys of every place at which a call may come to rest there. What leads back (or to
    a bookmark) may lead anywhere, so that any key may be the right one.
    """
    seen, ahead, found = {goal}, [goal], []
    while ahead:
        node = flow.nodes.get(ahead.pop())
        ways = _unasked(node)
        if not ways:
            found.append(_resting(flow, node))
        ahead += ways - seen
        seen |= ways
    always = ALL_KEYS.intersection(*(keys.always for keys in found))
    ever = frozenset[str]().union(*(keys.always | keys.at_times for keys in found))
    return Keys(always, ever - always)


def _unasked(node: Node | None) -> set[NodeId]:
    """Where a node leads at once; empty for one at which a call rests."""
    match node:
        case Say(next=following):
            return {following}
        case Branch() as branch:
            return {branch.otherwise, *(case.go for case in branch.when)}
        case _:
            return set()


def _resting(flow: Flow, node: Node | None) -> Keys:
    """The keys that do something where a call comes to rest."""
    match node:
        case None:  # it leads back, or to what is no node, which is another check's
            return Keys(ALL_KEYS)
        case Lesson():
            return keys_at(flow, node, node.steps[0])
        case Menu() | Practice() | Think():
            return keys_at(flow, node)
        case _:  # it rings somebody, or ends
            return Keys(frozenset())
