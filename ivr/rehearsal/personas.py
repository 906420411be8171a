"""Who rings in a rehearsal: personas as data (config/personas.yaml), each with its reason.

All that a pretend caller does follows from these numbers and from what is heard; no persona is
known by name to the code. The JSON Schema is made from these types.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from msgspec import Meta, Struct

from ivr.flow.terms import Id, NodeId  # noqa: TC001 - msgspec reads the types of fields

Goal: TypeAlias = Literal["lesson", "practice"]
"""What a caller may have set out for."""
GOALS: Final[tuple[Goal, ...]] = get_args(Goal)

Chance = Annotated[float, Meta(ge=0, le=1, description="a chance from 0 to 1")]
Positive = Annotated[float, Meta(gt=0, le=1000, description="a number above 0, 1000 at most")]
Width = Annotated[float, Meta(ge=0, le=2, description="a width from 0 (always the same) to 2")]
Growth = Annotated[float, Meta(ge=0, le=2, description="a growth from 0 to 2")]
Weight = Annotated[float, Meta(ge=0, le=1000, description="a weight from 0 to 1000")]
Reason = Annotated[str, Meta(min_length=20, description="a sentence, with its source")]


class _Base(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every part of the file shares: frozen, named fields, unknown keys refused."""


class Spread(_Base, frozen=True):
    """A length of time that differs from one moment to the next, by a log-normal law.

    Half of all are below `median`; two of three lie between median / e^spread and
    median × e^spread.
    """

    median: Positive
    spread: Width = 0.0


class Early(_Base, frozen=True):
    """Pressing while the line still speaks."""

    chance: Chance
    seconds: Spread
    """How far into what is said."""


class Twice(_Base, frozen=True):
    """Pressing the same key a second time at once, as worn keys and trembling fingers do."""

    chance: Chance
    seconds: Spread = Spread(median=0.3)
    """Between the two."""


class Slips(_Base, frozen=True):
    """Mistakes in a code that was heard: a digit wrong, left out, or pressed once too often.

    The first digit goes wrong with the chance `per_digit`, and each one after it with a chance that
    is greater by the share `growth`: what has to be held in mind grows with the length. A code that
    is asked in parts begins anew with each part.
    """

    per_digit: Chance
    growth: Growth = 0.0
    when_slow: Chance = 1.0
    """What is left of the chance when the digits are said slowly."""


class RingsAgain(_Base, frozen=True):
    """Ringing again when a call is over before its goals are reached, whoever ended it."""

    chance: Chance
    hours: Spread


class Behaviour(_Base, frozen=True):
    """How a persona behaves at each answer of the line; what is left out is never done."""

    reaction_seconds: Spread
    """From when the line waits until the first key."""
    key_seconds: Spread
    """From one digit of a code to the next."""
    nothing: Chance = 0.0
    """Presses nothing, and waits for what comes."""
    wrong_key: Chance = 0.0
    """Presses any key but the one that was due."""
    early: Early | None = None
    twice: Twice | None = None
    asks_again: Chance = 0.0
    """Asks for it to be said again, by the key that the line has for it."""
    slips: Slips = Slips(per_digit=0.0)
    own_secret: Chance = 0.0
    """Keys the own number or PIN in place of a code of the practice."""
    hangs_up: Chance = 0.0
    learning: Chance = 1.0
    """What is left of the chances of trouble each time that the line has warned or helped."""
    rings_again: RingsAgain | None = None
    """None: never; a caller who hung up has then left for good."""


class Errand(_Base, frozen=True):
    """What a caller sets out for, in this order; nothing at all is an errand too."""

    to: tuple[Goal, ...]
    weight: Weight = 1.0


class Persona(_Base, frozen=True):
    """A kind of caller."""

    reason: Reason
    """Why there is such a caller, and where that is known from."""
    share: Weight
    """Its weight in the population."""
    errands: Annotated[tuple[Errand, ...], Meta(min_length=1)]
    behaviour: Behaviour


class GoalNodes(_Base, frozen=True):
    """At which node a goal is reached: when its prompt begins to be heard."""

    lesson: NodeId
    practice: NodeId

    def of(self, goal: Goal) -> NodeId:
        """The node of a goal."""
        return self.lesson if goal == "lesson" else self.practice


class Personas(_Base, frozen=True):
    """The whole of config/personas.yaml."""

    rehearsal: Literal[1]
    goals: GoalNodes
    slow_digit_seconds: Positive
    """Digits of a code are said slowly when they come so many seconds apart, on average."""
    volunteer_answers: Chance
    """How often a volunteer who is rung answers."""
    personas: Annotated[dict[Id, Persona], Meta(min_length=1)]
