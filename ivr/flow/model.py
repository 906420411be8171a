"""The flow spec as frozen types: what a call can do, told without URLs, XML or a clock.

`Flow` is the graph (config/flow.yaml), `Words` the texts of one language (config/prompts/*.yaml),
`Facts` what must be told (config/facts.yaml); `Spec` holds them together. The JSON Schema that
editors and the loader use is made from these types (ivr.flow.schema), so a rule stands once.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)",
        description="a stable name: small letters, digits and _, beginning with a letter",
    ),
]
NodeId: TypeAlias = Id
PromptId: TypeAlias = Id
FactId = Annotated[
    str,
    Meta(pattern=r"^[a-z]+\.[0-9]+$(?!\n)", description="the name of a fact, such as register.4"),
]
Language = Annotated[
    str,
    Meta(pattern=r"^[a-z]{2,3}$(?!\n)", description="a language code, such as bn"),
]
Date = Annotated[
    str,
    Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)", description="a day, such as 2020-04-18"),
]
Digits = Annotated[
    str,
    Meta(pattern=r"^[0-9]{1,20}$(?!\n)", description="digits in quotes, 20 at most"),
]
MenuKey = Annotated[
    str, Meta(pattern=r"^[0-9*#]$(?!\n)", description="one key of the telephone, in quotes")
]
Seconds = Annotated[int, Meta(ge=1, le=60)]
Tries = Annotated[int, Meta(ge=1, le=9)]

MAX_PASSED: Final = 10
"""Say and branch nodes in a row: longer, and a caller hears too much before a key counts."""

JOINERS: Final = dict.fromkeys((0x200C, 0x200D))
"""For `str.translate`: drops ZWNJ and ZWJ, which change how a word looks and not how it sounds."""

RETURN: Final = "return"
"""The reserved target of an option: the place from which the caller came to this menu."""
REPEAT: Final = "repeat"
"""The reserved meaning of a global key: say the same again."""
RESERVED: Final = frozenset({RETURN, REPEAT})

NEXT_KEY: Final = "1"
AGAIN_KEY: Final = "2"
BACK_KEY: Final = "3"
LESSON_KEYS: Final = (NEXT_KEY, AGAIN_KEY, BACK_KEY)
"""Every lesson has the same three keys, so that a caller learns them once."""
READY_KEY: Final = "1"
"""The key that ends a `think` node."""


class Pace(enum.StrEnum):
    """How slowly the line speaks to this caller."""

    NORMAL = "normal"
    SLOW = "slow"


class _Base(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every part of the spec shares: frozen, named fields, unknown keys refused."""


class TooMany(_Base, frozen=True):
    """Where a caller goes who has run out of tries, and what is said on the way."""

    prompt: PromptId
    go: NodeId


class Change(_Base, frozen=True):
    """What choosing an option changes for the rest of the call."""

    pace: Pace | None = None
    language: Literal["next"] | None = None
    """`next` takes the language that follows in `flow.languages`, and after the last the first."""


class Option(_Base, frozen=True):
    """One key of a menu: `prompt` offers it, `say` confirms the choice, `go` is where it leads."""

    key: MenuKey
    prompt: PromptId
    go: NodeId
    say: PromptId | None = None
    set: Change | None = None


class Step(_Base, frozen=True):
    """One step of a lesson; its stable name is its prompt id."""

    prompt: PromptId
    facts: tuple[FactId, ...] = ()


class Code(_Base, frozen=True):
    """What a practice node has keyed back: exactly one of the three ways to come by it.

    Safety: a fixed code of ten digits begins with 0, so that it cannot be an Indian mobile number
    (those begin with 6 to 9); every other code is made up by the line itself.
    """

    digits: Digits | None = None
    """A fixed, made-up code."""
    length: Annotated[int, Meta(ge=3, le=9)] | None = None
    """A fresh code of so many digits, made for this call; ten might be somebody's number."""
    same_as: NodeId | None = None
    """The code of another practice node."""
    groups: tuple[Annotated[int, Meta(ge=1, le=10)], ...] = ()
    """How many digits are read in one breath, with a pause between; empty: all in one."""


class When(_Base, frozen=True):
    """One way out of a branch, taken when its condition holds."""

    condition: Literal["night"]
    """`night`: the clock in Kolkata is within `flow.night_hours`."""
    go: NodeId


class _Node(_Base, frozen=True, tag_field="kind"):
    """A place in the call."""


class Say(_Node, frozen=True, tag="say"):
    """Says something, then goes on; a key pressed meanwhile counts for the node that follows."""

    prompt: PromptId
    next: NodeId
    facts: tuple[FactId, ...] = ()


class _Asking(_Node, frozen=True, kw_only=True):
    """A node that waits for keys; what stands here wins over the flow's defaults."""

    tries: Tries | None = None
    no_input: tuple[PromptId, ...] | None = None
    invalid: tuple[PromptId, ...] | None = None
    too_many: TooMany | None = None


class Menu(_Asking, frozen=True, tag="menu", kw_only=True):
    """A choice by one key."""

    prompt: PromptId
    options: Annotated[tuple[Option, ...], Meta(min_length=1)]
    facts: tuple[FactId, ...] = ()


class Lesson(_Asking, frozen=True, tag="lesson", kw_only=True):
    """A row of steps, with 1 next, 2 again, 3 back; after the last step 1 leads to `next`."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    next: NodeId


class Practice(_Asking, frozen=True, tag="practice", kw_only=True):
    """A made-up code is read out and keyed back; only that code is right.

    `prompt` sets the scene, `code_prompt` is said just before the code. `invalid` holds what is
    said when the entry is nearly the code. Global keys do not act here: every key is a digit.
    """

    prompt: PromptId
    code_prompt: PromptId
    code: Code
    next: NodeId
    right: PromptId | None = None


class Think(_Asking, frozen=True, tag="think", kw_only=True):
    """The caller thinks of an answer, tells it to nobody, and presses 1 when ready."""

    prompt: PromptId
    next: NodeId


class Branch(_Node, frozen=True, tag="branch"):
    """Goes on by the first condition that holds, else to `otherwise`; says nothing."""

    when: Annotated[tuple[When, ...], Meta(min_length=1)]
    otherwise: NodeId


class End(_Node, frozen=True, tag="end"):
    """Says goodbye and hangs up."""

    prompt: PromptId


Node: TypeAlias = Say | Menu | Lesson | Practice | Think | Branch | End
Asking: TypeAlias = Menu | Lesson | Practice | Think


class LessonDefaults(_Base, frozen=True):
    """What every lesson says beside its steps."""

    keys: PromptId
    """After each step: which keys do what."""
    last_keys: PromptId
    """The same after the last step."""
    at_first: PromptId
    """When a caller goes back from the first step."""


class PracticeDefaults(_Base, frozen=True):
    """What every practice entry says beside its own prompts."""

    safety: PromptId
    """Before each code: only the practice number, not yours."""
    no_input: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    invalid: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    warning: PromptId
    """When an entry is far from the code, and so may be a real secret."""
    own_number: PromptId
    """When the entry is the number that the caller rings from."""
    right: PromptId
    too_many: TooMany


class Defaults(_Base, frozen=True):
    """What holds at every node that does not say otherwise."""

    first_key_seconds: Seconds
    next_key_seconds: Seconds
    tries: Tries
    no_input: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    invalid: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    too_many: TooMany
    ready: PromptId
    """Said after each `think` prompt: press 1 when ready."""
    lesson: LessonDefaults
    practice: PracticeDefaults


class Apologies(_Base, frozen=True):
    """What is said when something of ours has failed; needs no place in the graph."""

    again: PromptId
    end: PromptId


Hour = Annotated[int, Meta(ge=0, le=23)]


class Head(_Base, frozen=True):
    """What concerns the flow as a whole."""

    id: Id
    start: NodeId
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    default_language: Language
    facts_as_of: Date
    night_hours: tuple[Hour, Hour]
    """From this hour until before that hour, on the clock in Kolkata."""
    apologies: Apologies
    name: Annotated[str, Meta(min_length=1)] | None = None
    """Of the line, as people know it; None shows none."""


class Flow(_Base, frozen=True):
    """The graph of a call, as config/flow.yaml holds it."""

    spec: Literal[1]
    flow: Head
    defaults: Defaults
    global_keys: dict[MenuKey, Id]
    """Keys that act at every menu, lesson and think node: `repeat`, or a node to go to."""
    nodes: dict[NodeId, Node]


class Words(_Base, frozen=True):
    """Every prompt of one language, as config/prompts/<language>.yaml holds them."""

    language: Language
    facts_as_of: Date
    prompts: dict[PromptId, Annotated[str, Meta(min_length=1)]]


class Facts(_Base, frozen=True):
    """Every fact that the line must tell, in plain English, as config/facts.yaml holds them."""

    facts_as_of: Date
    facts: dict[FactId, Annotated[str, Meta(min_length=1)]]


class Spec(_Base, frozen=True):
    """The whole of config/: graph, words and facts, loaded and checked together."""

    flow: Flow
    words: dict[Language, Words]
    facts: Facts
    content_hash: str
    """Names this very content: the first 12 hex digits of a SHA-256 over all files."""


def targets(node: Node) -> Iterator[tuple[str, NodeId]]:
    """Every way out of a node, as (the name of the way, where it goes).

    The way of an option is `key 1`, of a condition `when night`; `too_many` stands only where the
    node itself has one.
    """
    match node:
        case Say() | Lesson() | Practice() | Think():
            yield "next", node.next
        case Menu():
            yield from ((f"key {option.key}", option.go) for option in node.options)
        case Branch():
            yield from ((f"when {case.condition}", case.go) for case in node.when)
            yield "otherwise", node.otherwise
        case End():
            return
    if isinstance(node, Asking) and node.too_many is not None:
        yield "too_many", node.too_many.go


def facts_told(node: Node) -> Mapping[PromptId, tuple[FactId, ...]]:
    """Which facts this node tells, by the prompt that tells them."""
    match node:
        case Say() | Menu():
            return {node.prompt: node.facts}
        case Lesson():
            return {step.prompt: step.facts for step in node.steps}
        case Practice() | Think() | Branch() | End():
            return {}
