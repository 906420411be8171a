"""The flow spec as frozen types: what a call can do, told without URLs, XML or a clock.

`Flow` is the graph (config/flow.yaml), `Words` the texts of one language (config/prompts/*.yaml),
`Facts` what must be told (config/facts.yaml); `Spec` holds them together. The JSON Schema that
editors and the loader use is made from these types (ivr.flow.schema), so a rule stands once.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from ivr.flow.terms import (  # noqa: TC001 (fields of structs)
    Condition,
    Date,
    Digits,
    FactId,
    Id,
    Language,
    MenuKey,
    NodeId,
    Offer,
    Pace,
    Place,
    Points,
    PromptId,
    Seconds,
    Tries,
)


class _Base(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every part of the spec shares: frozen, named fields, unknown keys refused."""


class Change(_Base, frozen=True):
    """What a choice changes for the rest of the call."""

    pace: Pace | None = None
    language: Literal["next"] | None = None
    """`next` takes the language that follows in `flow.languages`, and after the last the first."""
    simple: bool | None = None
    """The simpler way: fewer choices, the slower clips, codes in parts."""
    together: bool | None = None
    """Somebody sits at the screen with the caller: lessons say several steps at once."""
    forget: Literal[True] | None = None
    """All that is kept of this caller is forgotten, and nothing more is kept from this call."""


class Leave(_Base, frozen=True):
    """Where a caller goes who does not find on at a place, and what is said on the way."""

    go: NodeId
    prompt: PromptId | None = None
    set: Change | None = None


class Silence(Leave, frozen=True, kw_only=True):
    """What so many silences one after another lead to, instead of `too_many`."""

    after: Tries


class Option(_Base, frozen=True):
    """One key of a menu: `prompt` offers it, `say` confirms the choice, `go` is where it leads."""

    key: MenuKey
    prompt: PromptId
    go: NodeId
    say: PromptId | None = None
    set: Change | None = None
    when: Offer | None = None
    """The option is there only while this holds; of `slow` and `usual` one does at a time."""
    in_simple: bool = True
    """Whether it is offered in the simpler way too; its key is taken there all the same."""


class Step(_Base, frozen=True):
    """One step of a lesson; its stable name is its prompt id."""

    prompt: PromptId
    facts: tuple[FactId, ...] = ()
    write: PromptId | None = None
    """Said when there is something to write down; the step then waits longer before it goes on."""
    options: tuple[Option, ...] = ()
    """Further keys at this step alone."""


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

    condition: Condition
    go: NodeId


class _Node(_Base, frozen=True, tag_field="kind"):
    """A place in the call."""


class Say(_Node, frozen=True, tag="say"):
    """Says something, then goes on; a key pressed meanwhile counts for the node that follows."""

    prompt: PromptId
    next: NodeId
    facts: tuple[FactId, ...] = ()
    finishes: bool = False
    """The caller has come to the end of something: it is counted, and no bookmark stays."""


class _Asking(_Node, frozen=True, kw_only=True):
    """A node that waits for keys; what stands here wins over the flow's defaults."""

    tries: Tries | None = None
    no_input: tuple[PromptId, ...] | None = None
    invalid: tuple[PromptId, ...] | None = None
    too_many: Leave | None = None
    silence: Silence | None = None
    """None: silence leads to `too_many`, as wrong keys do; in a lesson it goes on."""
    aside: bool = False
    """Beside the way: `return` leads back from here to where the caller was."""
    resume: PromptId | None = None
    """Tells at a later call where this one broke off; None: not a place to go on from."""


class Menu(_Asking, frozen=True, tag="menu", kw_only=True):
    """A choice by one key."""

    prompt: PromptId
    options: Annotated[tuple[Option, ...], Meta(min_length=1)]
    facts: tuple[FactId, ...] = ()
    any_key: NodeId | None = None
    """Where every key leads that is no option, global keys included; None: those are wrong."""


class Lesson(_Asking, frozen=True, tag="lesson", kw_only=True):
    """A row of steps, with 1 next, 2 again, 3 back; after the last step 1 leads to `next`.

    Silence goes on as 1 does: a caller who presses nothing hears all of it.
    """

    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    next: NodeId
    numbered: PromptId | None = None
    """Tells how many steps there are; then each step says its number. None: none is said."""
    together: tuple[Annotated[int, Meta(ge=1, le=9)], ...] = ()
    """How many steps are said at once to somebody at the screen; empty: one by one there too."""
    together_seconds: Seconds | None = None
    """How long who is at the screen is waited for; None: no longer than everybody."""


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


class Transfer(_Node, frozen=True, tag="transfer", kw_only=True):
    """Rings a person, and takes the caller back when the talk is over or nobody answers."""

    prompt: PromptId
    ring_seconds: Annotated[int, Meta(ge=5, le=60)]
    talk_minutes: Annotated[int, Meta(ge=1, le=60)]
    done: Leave
    """After a talk."""
    nobody: Leave
    """When nobody answers, or it is not the hour."""


class Branch(_Node, frozen=True, tag="branch"):
    """Goes on by the first condition that holds, else to `otherwise`; says nothing."""

    when: Annotated[tuple[When, ...], Meta(min_length=1)]
    otherwise: NodeId


class End(_Node, frozen=True, tag="end"):
    """Says goodbye and hangs up."""

    prompt: PromptId


Node: TypeAlias = Say | Menu | Lesson | Practice | Think | Transfer | Branch | End
Asking: TypeAlias = Menu | Lesson | Practice | Think


class LessonDefaults(_Base, frozen=True):
    """What every lesson says beside its steps."""

    keys: PromptId
    """After each step: how to go on, hear again, or stop."""
    last_keys: PromptId
    """The same after the last step."""
    at_first: PromptId
    """When a caller goes back from the first step."""
    write_seconds: Seconds
    """How long a step waits where there is something to write down."""
    total_every: Annotated[int, Meta(ge=1, le=20)]
    """How many steps there are is told at the first step and at each so-manieth."""


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
    first_part: PromptId
    """Said before the first part of a code that is keyed in parts, in place of `code_prompt`."""
    next_part: PromptId
    too_many: Leave
    give_up: Leave


class Defaults(_Base, frozen=True):
    """What holds at every node that does not say otherwise."""

    first_key_seconds: Seconds
    next_key_seconds: Seconds
    longer_seconds: Seconds
    """So much more time for a caller who needed it, each time, up to `longest_seconds`."""
    longest_seconds: Seconds
    settle_seconds: Annotated[int, Meta(ge=0, le=3)]
    """After a key, so long no key counts: one pressed twice, or too late, does no harm."""
    tries: Tries
    no_input: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    invalid: Annotated[tuple[PromptId, ...], Meta(min_length=1)]
    too_many: Leave
    give_up: Leave
    """When `too_many` was said twice at a place in one call: warns that the call will end."""
    ends_at: NodeId
    """Where a call goes when that was said twice there as well."""
    ready: PromptId
    """Said after each `think` prompt: press 1 when ready."""
    lesson: LessonDefaults
    practice: PracticeDefaults


class Apologies(_Base, frozen=True):
    """What is said when something of ours has failed, or a call must end; needs no place."""

    again: PromptId
    end: PromptId
    limit: PromptId | None = None
    """Said before the goodbye to a caller who has rung for too long; None: only the goodbye is."""


class Level(_Base, frozen=True):
    """A level of confusion, and where it leads; once a call."""

    at: Points
    go: NodeId
    prompt: PromptId | None = None
    in_simple: bool = True
    """Whether it leads there in the simpler way too."""


class Confusion(_Base, frozen=True):
    """How trouble over the whole call adds up, and what is offered at which level."""

    silence: Points
    wrong: Points
    repeat: Points
    levels: tuple[Level, ...]
    """Rising."""


class Kept(_Base, frozen=True):
    """How long what is learnt of a caller is kept, under a keyed hash of the number."""

    bookmark_hours: Annotated[int, Meta(ge=1, le=24 * 30)]
    pace_days: Annotated[int, Meta(ge=1, le=366)]


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
    helper_hours: tuple[Hour, Hour]
    """When a person may be rung, told likewise."""
    kept: Kept
    apologies: Apologies
    name: Annotated[str, Meta(min_length=1)] | None = None
    """Of the line, as people know it; None shows none."""


# With a `__dict__` beside the fields, for what follows from them (ivr.flow.derived).
class Flow(_Base, frozen=True, dict=True):
    """The graph of a call, as config/flow.yaml holds it."""

    spec: Literal[1]
    flow: Head
    defaults: Defaults
    global_keys: dict[MenuKey, Id]
    """Keys that act at every menu, lesson and think node: `repeat`, or a node to go to."""
    confusion: Confusion
    nodes: dict[NodeId, Node]
    renamed: dict[Place, Place] = {}
    """Places of earlier versions that callers may still stand at: what they are called now."""


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
