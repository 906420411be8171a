"""A spec as one FLOIP container: the same bytes for the same spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

import msgspec

from ivr.flow.model import (
    Branch,
    End,
    Lesson,
    Menu,
    Practice,
    Say,
    Think,
    Transfer,
)
from ivr.paper.floip.asking import put_asking
from ivr.paper.floip.draft import Draft, Way
from ivr.paper.floip.expressions import told
from ivr.paper.floip.names import uuid_of
from ivr.paper.floip.practising import put_codes, put_practice
from ivr.paper.floip.shapes import (
    METADATA_VERSION,
    Container,
    ContainerMetadata,
    FloipFlow,
    FlowMetadata,
    OwnContainer,
    OwnFlow,
)
from ivr.paper.floip.trouble import PROPERTIES, put_reserved
from ivr.paper.floip.words import MODES, ClipUrl, Resources, no_clips

if TYPE_CHECKING:
    from ivr.flow.model import Leave, Node, Spec
    from ivr.flow.terms import NodeId

SPECIFICATION: Final = "1.0.0-rc1"
TIMEOUT_SECONDS: Final = 300
"""After so long without anything a call is over: longer than any prompt and any wait for a key."""
SHORTEST_NAME: Final = 3
"""The runner's schema refuses a flow with a shorter name."""


def container_json(
    spec: Spec, *, clip_url: ClipUrl = no_clips, modified: str | None = None
) -> bytes:
    """The container as its file, in UTF-8.

    Args:
        spec: a checked spec.
        clip_url: the addresses of the clips.
        modified: the day of the last change, such as 2026-03-02; None takes that of the facts.

    Raises:
        PaperError: a language of the flow has no code for FLOIP.
    """
    encoded = msgspec.json.encode(container(spec, clip_url=clip_url, modified=modified))
    return msgspec.json.format(encoded, indent=1) + b"\n"


def container(
    spec: Spec, *, clip_url: ClipUrl = no_clips, modified: str | None = None
) -> Container:
    """The container as types; see `container_json`."""
    head, resources = spec.flow.flow, Resources(spec, clip_url)
    draft = Draft(spec.flow, resources)
    first = put_codes(draft, draft.head(head.start))
    for node_id, node in spec.flow.nodes.items():
        _put(draft, node_id, node)
    put_reserved(draft)
    # The runner begins with the block that stands first, whatever first_block_id says.
    blocks = (draft.blocks[first], *(b for name, b in draft.blocks.items() if name != first))
    name = head.name if head.name and len(head.name) >= SHORTEST_NAME else f"flow {head.id}"
    flow = FloipFlow(
        uuid=uuid_of(head.id, "flow", head.id),
        name=name,
        label=name,
        last_modified=f"{modified or head.facts_as_of}T00:00:00.000Z",
        interaction_timeout=TIMEOUT_SECONDS,
        supported_modes=MODES,
        languages=tuple(resources.languages.values()),
        first_block_id=blocks[0].uuid,
        blocks=blocks,
        vendor_metadata=FlowMetadata(ghore_boshe=_own_flow(spec)),
    )
    return _contained(spec, flow, resources)


def _contained(spec: Spec, flow: FloipFlow, resources: Resources) -> Container:
    own = OwnContainer(version=METADATA_VERSION, prompts=resources.prompts)
    return Container(
        specification_version=SPECIFICATION,
        uuid=uuid_of(spec.flow.flow.id, "container", spec.flow.flow.id),
        name=flow.name,
        description=f"The call '{spec.flow.flow.id}' as `ivr flow export floip` gives it."
        " Nothing that is keyed at a practice entry may be kept.",
        vendor_metadata=ContainerMetadata(ghore_boshe=own),
        flows=(flow,),
        resources=tuple(resources),
    )


def _own_flow(spec: Spec) -> OwnFlow:
    flow = spec.flow
    return OwnFlow(
        version=METADATA_VERSION,
        spec=flow.spec,
        flow=flow.flow,
        defaults=flow.defaults,
        global_keys=flow.global_keys,
        confusion=flow.confusion,
        renamed=flow.renamed,
        facts=spec.facts,
        content_hash=spec.content_hash,
        properties=PROPERTIES,
    )


def _put(draft: Draft, node_id: NodeId, node: Node) -> None:
    """Puts the blocks of one node."""
    match node:
        case Say():
            draft.message(node_id, node.prompt, draft.head(node.next))
        case End():
            draft.message(node_id, node.prompt, None)
        case Branch():
            ways = (
                Way(w.condition, draft.head(w.go), told(f"line_{w.condition}")) for w in node.when
            )
            draft.case(node_id, ways, draft.head(node.otherwise))
        case Transfer():
            _put_transfer(draft, node_id, node)
        case Menu() | Lesson() | Think():
            put_asking(draft, node_id, node)
        case Practice():
            put_practice(draft, node_id, node)
        case _:
            assert_never(node)


def _put_transfer(draft: Draft, node_id: NodeId, node: Transfer) -> None:
    """Puts a transfer: whether a person can be rung, the words before, and what became of it.

    FLOIP has no word for ringing somebody; the platform does it after the words, from the metadata.
    """

    def left(by: Leave) -> str:
        return draft.said((by.prompt,), draft.head(by.go))

    there, outcome = f"{node_id}/ring", f"{node_id}/outcome"
    draft.case(node_id, (Way("helper", there, told("line_helper")),), left(node.nobody))
    draft.message(there, node.prompt, outcome)
    answered = Way("answered", left(node.done), told("line_answered"))
    draft.case(outcome, (answered,), left(node.nobody))
