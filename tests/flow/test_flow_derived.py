from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ivr.flow import derived as module
from ivr.flow.derived import derived, once
from tests.flow.small import small_flow

if TYPE_CHECKING:
    import pytest

    from ivr.flow.model import Flow

asked: list[object] = []


class Answer:
    """What a weak reference can be made of."""


@once
def answered_once(flow: Flow) -> Answer:
    asked.append(flow.flow.id)
    return Answer()


@derived
def answered(flow: Flow, place: str, *, loud: bool = False) -> str:
    asked.append((place, loud))
    return f"{flow.flow.id} {place} {loud}"


def test_an_answer_is_worked_out_once_for_each_flow() -> None:
    asked.clear()
    one, other = small_flow(), small_flow()
    assert answered_once(one) is answered_once(one)
    assert answered_once(one) is not answered_once(other)
    assert asked == ["small", "small"]


def test_what_is_asked_in_another_way_is_another_answer() -> None:
    asked.clear()
    flow = small_flow()
    found = [answered(flow, place, loud=loud) for place in "ab" for loud in (False, True)]
    assert found == ["small a False", "small a True", "small b False", "small b True"]
    assert [answered(flow, place, loud=loud) for place in "ab" for loud in (False, True)] == found
    assert asked == [("a", False), ("a", True), ("b", False), ("b", True)]


def test_no_more_answers_are_kept_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    asked.clear()
    flow = small_flow()
    for _ in range(2):
        assert [answered(flow, place) for place in "abc"] == [f"small {p} False" for p in "abc"]
    assert asked == [("a", False), ("b", False), ("c", False), ("c", False)]


def test_what_follows_from_a_flow_goes_with_it_and_is_no_part_of_it() -> None:
    flow = small_flow()
    kept = weakref.ref(answered_once(flow))
    assert flow == small_flow()
    made = [replace(flow), copy.copy(flow), pickle.loads(pickle.dumps(flow))]  # noqa: S301 (our own bytes)
    assert all(answered_once(each) is not kept() for each in made)
    assert msgspec.json.encode(flow) == msgspec.json.encode(small_flow())
    del flow
    gc.collect()
    assert kept() is None
