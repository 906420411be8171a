"""What names, keys and numbers of the spec may be, and which of them are reserved."""

from __future__ import annotations

import enum
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

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
Place = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$(?!\n)",
        description="a node, or a step of a lesson such as register_lesson.register_6",
    ),
]
Seconds = Annotated[int, Meta(ge=1, le=60)]
Tries = Annotated[int, Meta(ge=1, le=9)]
Points = Annotated[int, Meta(ge=0, le=99)]
Condition: TypeAlias = Literal["night", "helper", "bookmark"]
"""`night`: the clock in Kolkata is within `flow.night_hours`. `helper`: a person can be rung now.
`bookmark`: an earlier call of this caller broke off at a place to go on from."""

Offer: TypeAlias = Literal["helper", "kept", "slow", "usual"]
"""`helper`: a person can be rung now. `kept`: something may be kept of the caller. `slow`: the call
is slow or in the simpler way. `usual`: it is neither."""
EXCLUDING: Final[frozenset[Offer]] = frozenset({"slow", "usual"})
"""Never both hold: two options with these may share a key."""

MAX_PASSED: Final = 10
"""Say and branch nodes in a row: longer, and a caller hears too much before a key counts."""

JOINERS: Final = dict.fromkeys((0x200C, 0x200D))
"""For `str.translate`: drops ZWNJ and ZWJ, which change how a word looks and not how it sounds."""

RETURN: Final = "return"
"""The reserved target beside the way: the place from which the caller came aside."""
BOOKMARK: Final = "bookmark"
"""The reserved target of an option: the place where the caller's last call broke off."""
REPEAT: Final = "repeat"
"""The reserved meaning of a global key: say the same again."""
RESERVED: Final = frozenset({RETURN, BOOKMARK, REPEAT})

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
