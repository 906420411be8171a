"""Where the blocks of a flow are put together: each has an id, and leads to others by theirs.

A block's id begins with its place in the spec. The block that bears just that is its head, at which
a caller enters: `main_menu`, `register_lesson.register_6`. The others of the place come after it:
`register_lesson.register_6/ask`. So a block leads to any place before its blocks are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.flow.places import first_place, split
from ivr.flow.terms import RESERVED
from ivr.paper.floip.expressions import TRUE, chosen
from ivr.paper.floip.names import block_name, uuid_of
from ivr.paper.floip.shapes import (
    Block,
    BlockMetadata,
    CaseConfig,
    Config,
    Entry,
    Exit,
    MessageConfig,
    OutputConfig,
    OwnBlock,
    SelectConfig,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.flow.model import Flow
    from ivr.flow.terms import PromptId
    from ivr.paper.floip.words import Resources

NO_CONFIG: Final = CaseConfig()
OTHERWISE: Final = "_otherwise"
"""The tag of a default exit; the ids of a spec begin with a letter, so that none is called so."""


class Way(Struct, frozen=True):
    """One way out of a block: taken when its test holds; leads to a block by its id."""

    tag: str
    goal: str | None
    """None: the call ends."""
    test: str | None = None
    label: str | None = None
    """None: its tag."""


class Choice(Struct, frozen=True):
    """One choice at a block that asks."""

    name: str
    resource: str
    """The uuid of what offers it."""
    goal: str
    key: str | None = None
    event: str | None = None
    """What a platform takes it for where no key chooses it, such as `no_input`."""


class Piece(Struct, frozen=True, kw_only=True):
    """What makes a block.

    Attributes:
        block_id: where it stands.
        kind: its type in FLOIP.
        config: what that type takes.
        ways: out of it; a block that tests nothing leaves by the first.
        name: its variable; None makes one of its id.
        has_default: whether the last way is taken where no test holds.
        choices: of a block that asks.
        entry: of a block that takes digits.
    """

    block_id: str
    kind: str
    config: Config
    ways: tuple[Way, ...]
    name: str | None = None
    has_default: bool = False
    choices: tuple[Choice, ...] = ()
    entry: Entry | None = None


class Draft:
    """The blocks so far.

    Args:
        flow: a checked flow.
        resources: what they say.
    """

    def __init__(self, flow: Flow, resources: Resources) -> None:
        self.flow = flow
        self.resources = resources
        self.blocks: dict[str, Block] = {}
        self.reserved: set[str] = set()
        """The reserved goals that a block leads to."""

    def head(self, goal: str) -> str:
        """The id of the block at which a goal of the spec is entered.

        Args:
            goal: a node, or `return` or `bookmark`, each of which is one block.
        """
        if goal in RESERVED:
            self.reserved.add(goal)
            return goal
        return first_place(self.flow, goal)

    def uuid(self, block_id: str) -> str:
        """The uuid of a block."""
        return uuid_of(self.flow.flow.id, "block", block_id)

    def message(self, block_id: str, prompt: PromptId, goal: str | None) -> None:
        """Puts a block that says a prompt and goes on."""
        uuid = self.resources.prompts[prompt]
        self.put(
            Piece(
                block_id=block_id,
                kind="MobilePrimitives.Message",
                config=MessageConfig(prompt=uuid, message_audio=uuid),
                ways=(Way("next", goal),),
            )
        )

    def said(self, prompts: Iterable[PromptId | None], goal: str) -> str:
        """The id of the block that says these on the way to another; with none, that one's.

        Whoever says the same on the way to the same place passes through the same blocks.
        """
        for prompt in reversed([each for each in prompts if each is not None]):
            block_id = f"{goal}/after/{prompt}"
            if block_id not in self.blocks:
                self.message(block_id, prompt, goal)
            goal = block_id
        return goal

    def case(self, block_id: str, ways: Iterable[Way], otherwise: str) -> None:
        """Puts a block that takes the first way whose test holds, else the last."""
        self.put(
            Piece(
                block_id=block_id,
                kind="Core.Case",
                config=NO_CONFIG,
                ways=(*ways, Way(OTHERWISE, otherwise, TRUE)),
                has_default=True,
            )
        )

    def variable(self, block_id: str, name: str, value: str, goal: str) -> None:
        """Puts a block that sets a variable; several blocks may set one, and so have one name."""
        self.put(
            Piece(
                block_id=block_id,
                kind="Core.Output",
                config=OutputConfig(value=value),
                ways=(Way("next", goal),),
                name=name,
            )
        )

    def select(
        self, block_id: str, prompt: PromptId, choices: tuple[Choice, ...], otherwise: str
    ) -> None:
        """Puts a block that asks for a key."""
        config = SelectConfig(
            prompt=self.resources.prompts[prompt],
            choices={each.name: each.resource for each in choices},
        )
        ways = (Way(c.name, c.goal, chosen(c.name), c.resource) for c in choices)
        self.put(
            Piece(
                block_id=block_id,
                kind="MobilePrimitives.SelectOneResponse",
                config=config,
                ways=(*ways, Way(OTHERWISE, otherwise, TRUE)),
                has_default=True,
                choices=choices,
            )
        )

    def put(self, piece: Piece) -> None:
        """Puts a block of any kind."""
        block_id, last = piece.block_id, piece.ways[-1]
        digits = {c.name: c.key for c in piece.choices if c.key is not None}
        self.blocks[block_id] = Block(
            uuid=self.uuid(block_id),
            name=piece.name or block_name(block_id),
            label=block_id,
            type=piece.kind,
            config=piece.config,
            exits=tuple(
                self._exit(block_id, way, default=piece.has_default and way is last)
                for way in piece.ways
            ),
            vendor_metadata=BlockMetadata(
                ghore_boshe=self._own(piece),
                digits=digits if piece.choices else None,
            ),
        )

    def _exit(self, block_id: str, way: Way, *, default: bool) -> Exit:
        return Exit(
            uuid=uuid_of(self.flow.flow.id, "exit", f"{block_id} {way.tag}"),
            label=way.label or way.tag,
            tag=block_name(way.tag),
            config=NO_CONFIG,
            test=way.test,
            default=default,
            destination_block=None if way.goal is None else self.uuid(way.goal),
        )

    def _own(self, piece: Piece) -> OwnBlock:
        place, _, role = piece.block_id.partition("/")
        node_id, _ = split(place)
        node = self.flow.nodes.get(node_id)
        is_first = node is not None and piece.block_id == first_place(self.flow, node_id)
        return OwnBlock(
            node=node_id,
            place=place,
            role=role or "head",
            spec=node if is_first else None,
            events={c.name: c.event for c in piece.choices if c.event is not None},
            entry=piece.entry,
        )
