"""What a rule of TwiML says of one attribute, and of one element; the rules are in `rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from ivr.twiml.attributes import Signs, Text, quoted

if TYPE_CHECKING:
    from ivr.twiml.attributes import Kind, Value

Level: TypeAlias = Literal["warning", "error"]
"""How Twilio's debugger shows a code; a call may go on after either."""


class Attribute(Struct, frozen=True):
    """The rule of one attribute, or of the text of an element, whose `name` is "text"."""

    name: str
    """As in TwiML."""
    field: str | None
    """Of the verb's type, which has what an application may want to write; None for what is judged
    and then forgotten."""
    kind: Kind
    default: Value
    code: int
    """When the value is bad."""
    level: Level = "warning"
    long_code: int | None = None
    """When it is bad because it is too long; None means `code`."""
    nested_code: int | None = None
    """When it stands in a Gather; None means `code`."""
    is_spelt_out: bool = False
    """Whether it is written even when it is the default."""
    is_kept: bool = False
    """Whether a bad value is used all the same, after a warning."""

    def code_of(self, value: object, *, is_nested: bool = False) -> int:
        """Gives the code for a bad value, which may be one that could not even be read."""
        if is_nested and self.nested_code is not None:
            return self.nested_code
        if self.long_code is not None and isinstance(self.kind, Signs | Text):
            is_long = isinstance(value, str) and len(value) > self.kind.most
            return self.long_code if is_long else self.code
        return self.code

    def complaint(self, element: str, value: object) -> str:
        """Gives the sentence for a bad value."""
        return f"{element}: {self.name} is {quoted(value)}; give {self.kind.wants}"


class Rules(Struct, frozen=True):
    """The rules of one element."""

    source: str
    attributes: tuple[Attribute, ...] = ()
    """In the order in which they are written."""
    text: Attribute | None = None
    """What the element holds besides other elements; None when that is nothing."""

    @property
    def all(self) -> tuple[Attribute, ...]:
        """The attributes and the text."""
        return (*self.attributes, self.text) if self.text else self.attributes
