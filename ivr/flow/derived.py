"""What follows from a flow alone: worked out when it is first asked for, and then known.

A flow never changes, but each turn of each call asks the same of it: which step a place is, what is
said there, what its keys mean. Such an answer is kept in the flow object itself, beside its fields,
as `functools.cached_property` keeps one in a frozen object too. So it goes when the flow goes, and
it is no part of the flow: not compared, not copied, not written out.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.model import Flow

Given = ParamSpec("Given")
Found = TypeVar("Found")

MOST: Final = 4096
"""So many answers of one function are kept for a flow; what is asked beyond is worked out each
time. The shipped flow has 61 places, and a few ways in which a caller can hear each."""


def once(work: Callable[[Flow], Found]) -> Callable[[Flow], Found]:
    """The same function of a flow and nothing else, which works out its answer once.

    Threads may ask at once: then it is worked out twice, and either answer is as good.

    Args:
        work: pure. Nobody changes what it returns.
    """
    name = _name(work)

    def found(flow: Flow, /) -> Found:
        try:
            known: Found = flow.__dict__[name]
        except KeyError:
            known = flow.__dict__[name] = work(flow)
        return known

    update_wrapper(found, work)
    return found


def derived(
    work: Callable[Concatenate[Flow, Given], Found],
) -> Callable[Concatenate[Flow, Given], Found]:
    """The same for a function that asks for more: it works out once what is asked alike.

    Args:
        work: pure; all that it asks of a call stands in its arguments, which can be hashed and of
            which there are few, such as a place and a pace. Nobody changes what it returns.
    """
    name = _name(work)

    def found(flow: Flow, /, *given: Given.args, **named: Given.kwargs) -> Found:
        key = (given, *named.items()) if named else given
        try:
            answer: Found = flow.__dict__[name][key]
        except KeyError:
            answer = work(flow, *given, **named)
            known = flow.__dict__.setdefault(name, {})
            if len(known) < MOST:
                known[key] = answer
        return answer

    update_wrapper(found, work)
    return found


def _name(work: Callable[..., object]) -> str:
    return f"{work.__module__}.{work.__qualname__}"
