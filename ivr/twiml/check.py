"""Whether a verb or a noun, however it was made, keeps to the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.twiml.rules import RULES

if TYPE_CHECKING:
    from ivr.twiml.attributes import Value
    from ivr.twiml.rule import Attribute


def check(element: str, verb: object) -> None:
    """Refuses a verb or noun with a value that its rules do not allow.

    Args:
        element: its name in `RULES`.
        verb: what has the fields that the rules name.

    Raises:
        TwimlError: with the code of the first bad value.
    """
    rules = RULES[element]
    for rule in rules.attributes:
        if rule.field is not None:
            _check(element, rule, getattr(verb, rule.field))
    if rules.text is not None and rules.text.field is not None:
        _check(element, rules.text, getattr(verb, rules.text.field))


def _check(element: str, rule: Attribute, value: Value) -> None:
    # Most values are the default, which is known to be good: this is done in every web turn. A
    # True that is equal to a default of 1 is not it.
    if value is rule.default or rule.is_kept or rule.kind.holds(value):
        return
    raise TwimlError(rule.code_of(value), rule.complaint(element, value))
