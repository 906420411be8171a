"""The kinds of differences between two versions, as data for people and for programs."""

from __future__ import annotations

import enum

from msgspec import Struct

from ivr.flow.terms import Language, NodeId, PromptId  # noqa: TC001 (fields of structs)


class Kind(enum.StrEnum):
    """What has become of something."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    """It is called otherwise, and is the same."""
    MOVED = "moved"
    """It stands at another key, number or menu, or is led to from elsewhere."""
    CHANGED = "changed"


class Change(Struct, frozen=True, kw_only=True):
    """One difference, in words of the file.

    Sample: `Change(kind=Kind.CHANGED, what="key 2 leads to", was="more", now="help")`.
    """

    kind: Kind
    what: str
    was: str | None = None
    """None: there was nothing of it, or it was left to what holds everywhere."""
    now: str | None = None


class NodeDifference(Struct, frozen=True, kw_only=True):
    """All that is different about one node."""

    kind: Kind
    """`moved` where only the ways that lead to it differ; `changed` covers all else."""
    node: NodeId
    """As it is called now; of one that is gone, as it was called."""
    was_called: NodeId | None = None
    """The earlier name of one that is renamed; None: it has its old name."""
    type: str
    """Its `kind:` in the file, such as `menu`."""
    changes: tuple[Change, ...]


class Piece(Struct, frozen=True):
    """A run of words of a text."""

    text: str
    is_other: bool
    """Whether the other version of the text lacks it."""


class WordChange(Struct, frozen=True, kw_only=True):
    """One prompt in one language whose words, or name, are different."""

    kind: Kind
    language: Language
    prompt: PromptId
    """As it is called now; of one that is gone, as it was called."""
    was_called: PromptId | None = None
    """The earlier name of one that is renamed; None: it has its old name."""
    was: tuple[Piece, ...] = ()
    now: tuple[Piece, ...] = ()


class Gone(Struct, frozen=True, kw_only=True):
    """A place of the old version at which callers may stand, and which the new one does not have.

    Sample: `Gone(place="practice_otp", to=None, suggestion="practice_code")`.
    """

    place: str
    """A node, or a step of a lesson."""
    to: str | None
    """The place at which its callers go on; None: they are lost, since nothing says where."""
    suggestion: str | None = None
    """Of one that is lost: the node that resembles it most, which `renamed:` could name."""
    is_now: str | None = None
    """Of one that is lost: the `kind:` of the node that has its name now, and at which no call can
    rest; `renamed:` cannot lead away from a name that is there. None: its name is there no more."""


class Difference(Struct, frozen=True, kw_only=True):
    """All that differs between two versions."""

    nodes: tuple[NodeDifference, ...]
    settings: tuple[Change, ...]
    """Of the flow as a whole: its head, defaults, global keys, confusion, `renamed`."""
    words: tuple[WordChange, ...]
    facts: tuple[Change, ...]
    gone: tuple[Gone, ...]
    no_resume: tuple[NodeId, ...]
    """Nodes at which a later call went on before, and does not any more, though they are there."""

    @property
    def is_empty(self) -> bool:
        """Whether the two are the same, but for comments and order in the files."""
        return not (self.nodes or self.settings or self.words or self.facts)

    @property
    def lost(self) -> tuple[Gone, ...]:
        """The places whose callers would be lost."""
        return tuple(each for each in self.gone if each.to is None)
