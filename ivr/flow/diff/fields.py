"""A part of the spec as flat fields, each named in words, so that two versions can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from ivr.flow.diff.change import Change, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ivr.flow.model import Node

Path: TypeAlias = tuple[str, ...]
Fields: TypeAlias = dict[Path, str]
"""What stands at each path inside of a part; what is absent or empty has none."""
Names: TypeAlias = "Mapping[str, str]"
"""What nodes of the old version are called in the new one, where that is another name."""

GOALS: Final = frozenset({"go", "next", "otherwise", "any_key", "ends_at", "start", "same_as"})
"""The fields that hold the name of a node; a test holds them against the types."""
_WORDS: Final = {
    "go": "leads to",
    "next": "leads on to",
    "otherwise": "otherwise leads to",
    "any_key": "any key leads to",
    "say": "says when chosen",
    "set": "sets",
    "when": "is there only when",
    "too_many": "after too many tries",
    "give_up": "when it gives up",
    "silence": "on silence",
    "nobody": "when nobody answers",
    "done": "after the talk",
}
"""How fields are told whose names in the file do not tell enough; all others by those names."""


def fields(part: Struct, names: Names, leave_out: Collection[str] = ()) -> Fields:
    """The fields of a part, at any depth.

    Args:
        part: of the spec.
        names: by which goals are told; of the new version itself, none.
        leave_out: fields that are compared in another way.
    """
    return dict(_within(part, (), names, leave_out))


def type_of(node: Node) -> str:
    """The `kind:` of a node, as the file has it."""
    return str(node.__struct_config__.tag)


def phrase(path: Path) -> str:
    """The name of a field for people: `key 2 leads to`, `first_key_seconds`."""
    return " ".join(_WORDS.get(part, part) for part in path)


def compare_fields(old: Fields, new: Fields, lead: Path = ()) -> Iterator[Change]:
    """The fields that differ, in the order of the new version, those that went last.

    Args:
        old: of a part.
        new: of the same part.
        lead: goes before each path, such as `("key 2",)`.
    """
    for path in dict.fromkeys((*new, *old)):
        was, now = old.get(path), new.get(path)
        if was != now:
            yield Change(kind=Kind.CHANGED, what=phrase((*lead, *path)), was=was, now=now)


def _within(
    part: object, path: Path, names: Names, leave_out: Collection[str] = ()
) -> Iterator[tuple[Path, str]]:
    match part:
        case Struct():
            for name in part.__struct_fields__:
                if name not in leave_out:
                    yield from _within(getattr(part, name), (*path, name), names)
        case None | ():
            return
        case bool():
            yield path, "yes" if part else "no"
        case tuple():
            yield path, ", ".join(map(str, part))
        case str() if path[-1] in GOALS:
            yield path, names.get(part, part)
        case _:
            yield path, str(part)
