"""What blocks ask, in FLOIP's expressions, as `@floip/expression-evaluator` 2.1 reads them.

It compares texts that look like numbers as numbers, so that '01' is 1: where digits are compared as
they were keyed, both sides get a letter in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUE: Final = "TRUE"
NEAR: Final = 2
"""An entry with at most so many wrong digits is a slip, as ivr.engine.codes has it."""
PLACE: Final = "_place"
"""The variable that says where `return` leads back to: the last place not beside the way."""
TRIES: Final = "_tries"
"""The variable that counts the entries at a practice node."""
BEFORE: Final = "_tried"
"""The variable that holds `TRIES` while one is added to it."""


def text(value: str) -> str:
    """A text that is not asked of anything: a bare one is no expression to the evaluator."""
    return f'CONCATENATE("{value}")'


def value_of(block: str) -> str:
    """What a block has given, by its name."""
    return f"flow.{block}.value"


def equals(what: str, value: str) -> str:
    """Whether something is this text."""
    return f'{what} = "{value}"'


def chosen(choice: str) -> str:
    """Whether this choice of the block was made."""
    return equals("block.value", choice)


def told(name: str, value: str = "yes") -> str:
    """Whether the platform says so of the caller or the hour; a property that is not set is not."""
    return equals(f"contact.{name}", value)


def every(tests: Iterable[str]) -> str:
    """Whether all of these hold, of which there is at least one."""
    found = tuple(tests)
    return found[0] if len(found) == 1 else f"AND({', '.join(found)})"


def some_digits(length: int, part: int, parts: int) -> str:
    """A number of so many digits, made up at each call.

    Codes of one length must differ; each of them takes its own part of the numbers.

    Args:
        length: in digits.
        part: which of them this is, from 0.
        parts: how many codes of this length there are.
    """
    low, span = 10 ** (length - 1), 9 * 10 ** (length - 1)
    first, after = low + part * span // parts, low + (part + 1) * span // parts
    return f"RAND_BETWEEN({first}, {after - 1})"


def spelt(what: str, length: int) -> str:
    """A text that says each digit by itself, so that a voice does not read a number."""
    return " ".join(f"@({_digit(what, place)})" for place in range(1, length + 1))


def same_digits(entry: str, code: str) -> str:
    """Whether an entry is just this code."""
    return f"{_kept(entry)} = {_kept(code)}"


def near_digits(entry: str, code: str, length: int) -> str:
    """Whether an entry is the code but for a slip: its beginning, or one or two digits wrong.

    The line itself counts a digit too many or too few as a slip too. FLOIP's expressions have no
    way to; such an entry gets the warning, which is the safe side to err on.
    """
    begun = f"{_kept(f'LEFT({code}, LEN({entry}))')} = {_kept(entry)}"
    places = range(1, length + 1)
    wrong = (f"IF({_digit(entry, n)} = {_digit(code, n)}, 0, 1)" for n in places)
    slips = f"AND(LEN({entry}) = {length}, SUM({', '.join(wrong)}) <= {NEAR})"
    return f"OR({begun}, {slips})"


def _kept(digits: str) -> str:
    return f'CONCATENATE("c", {digits})'


def _digit(what: str, place: int) -> str:
    return f"RIGHT(LEFT({what}, {place}), 1)"
