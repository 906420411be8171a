"""The parts of a FLOIP container, as the schemas of `@floip/flow-runner` 1.0.11 have them.

What has a default here is left out where nothing is said: those schemas refuse a `null`. The
specification is at https://floip.gitbook.io/flow-specification.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from msgspec import Struct

from ivr.flow.model import (  # noqa: TC001 (fields of structs)
    Confusion,
    Defaults,
    Facts,
    Head,
    Node,
)

METADATA_VERSION: Final = 1
"""Of what stands under `ghore_boshe` in a `vendor_metadata`; a change of its meaning raises it."""


class _Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every part shares: frozen, named fields, nothing said that is not so."""


class MessageConfig(_Part, frozen=True):
    """Of a block that says something: the uuid of the resource that it says, twice over."""

    prompt: str
    message_audio: str


class SelectConfig(_Part, frozen=True):
    """Of a block that asks for one key."""

    prompt: str
    choices: dict[str, str]
    """Name of the choice → uuid of the resource that offers it."""


class DigitsConfig(_Part, frozen=True):
    """How many digits a keypad takes."""

    max_digits: int


class NumericConfig(_Part, frozen=True):
    """Of a block that asks for a number."""

    prompt: str
    validation_minimum: int
    validation_maximum: int
    ivr: DigitsConfig


class TextConfig(_Part, frozen=True):
    """How long a text may be."""

    max_response_characters: int


class OpenConfig(_Part, frozen=True):
    """Of a block that asks for digits of which the first may be 0."""

    prompt: str
    text: TextConfig


class OutputConfig(_Part, frozen=True):
    """Of a block that sets a variable, named as the block is."""

    value: str


class CaseConfig(_Part, frozen=True):
    """Of a block that only chooses an exit."""


Config: TypeAlias = (
    MessageConfig | SelectConfig | NumericConfig | OpenConfig | OutputConfig | CaseConfig
)


class Exit(_Part, frozen=True):
    """One way out of a block."""

    uuid: str
    label: str
    tag: str
    config: CaseConfig
    test: str | None = None
    default: bool = False
    destination_block: str | None = None
    """None: the call ends here."""


class Entry(_Part, frozen=True):
    """How a practice code is keyed: FLOIP has no word for digits that nobody may keep."""

    digits: int
    finish_on_key: str
    keep: str
    own_number: str
    """The prompt for an entry that is the caller's own number, which only a platform can know."""


class OwnBlock(_Part, frozen=True):
    """What FLOIP has no word for at one block."""

    node: str
    place: str
    role: str
    spec: Node | None = None
    """The node as config/flow.yaml has it, at one of its blocks."""
    events: dict[str, str] = {}
    """Which choice a platform takes for what is no key: `no_input`, `invalid`, `any_key`."""
    entry: Entry | None = None


class BlockMetadata(_Part, frozen=True):
    """The `vendor_metadata` of a block."""

    ghore_boshe: OwnBlock
    digits: dict[str, str] | None = None
    """Name of the choice → the key of the telephone that chooses it; None: no key is asked for."""


class Block(_Part, frozen=True):
    """One block of the flow."""

    uuid: str
    name: str
    label: str
    type: str
    config: Config
    exits: tuple[Exit, ...]
    vendor_metadata: BlockMetadata


class Language(_Part, frozen=True):
    """A language, by its codes."""

    id: str
    label: str
    iso_639_3: str
    bcp_47: str


class Value(_Part, frozen=True):
    """A resource in one language: its words, or the address of its clip."""

    language_id: str
    content_type: str
    mime_type: str
    modes: tuple[str, ...]
    value: str


class Resource(_Part, frozen=True):
    """What can be said, in every language."""

    uuid: str
    values: tuple[Value, ...]


class OwnFlow(_Part, frozen=True):
    """What FLOIP has no word for in the flow as a whole: config/flow.yaml without its nodes."""

    version: int
    spec: int
    flow: Head
    defaults: Defaults
    global_keys: dict[str, str]
    confusion: Confusion
    renamed: dict[str, str]
    facts: Facts
    content_hash: str
    properties: dict[str, str]
    """What a platform tells the flow of the caller and the hour, as contact properties."""


class FlowMetadata(_Part, frozen=True):
    """The `vendor_metadata` of the flow."""

    ghore_boshe: OwnFlow


class FloipFlow(_Part, frozen=True):
    """The flow: every block, the first of them first."""

    uuid: str
    name: str
    label: str
    last_modified: str
    interaction_timeout: int
    supported_modes: tuple[str, ...]
    languages: tuple[Language, ...]
    first_block_id: str
    blocks: tuple[Block, ...]
    vendor_metadata: FlowMetadata


class OwnContainer(_Part, frozen=True):
    """What FLOIP has no word for in the container."""

    version: int
    prompts: dict[str, str]
    """Prompt id → uuid of its resource: also what only the metadata of blocks names."""


class ContainerMetadata(_Part, frozen=True):
    """The `vendor_metadata` of the container."""

    ghore_boshe: OwnContainer


class Container(_Part, frozen=True):
    """The whole file."""

    specification_version: str
    uuid: str
    name: str
    description: str
    vendor_metadata: ContainerMetadata
    flows: tuple[FloipFlow, ...]
    resources: tuple[Resource, ...]
