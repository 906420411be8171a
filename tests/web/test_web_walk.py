"""Every node and every edge of the shipped flow, through HTTP, with Redis between the turns.

A call is forked at each place: its stored session is copied under a new CallSid, so that every key
is tried from exactly the state that the key before it left.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import redis
from msgspec import Struct, field

from ivr.engine.session import parse, split
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Lesson,
    Menu,
    Practice,
    Say,
    Think,
    facts_told,
    targets,
)
from ivr.flow.patience import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Flow, Node, Spec
    from tests.web.conftest import Answer, Caller

FAR = {"0": "9", "1": "8", "2": "7", "3": "9", "4": "9", "5": "0", "6": "1", "7": "2", "8": "3"}


class Walk(Struct):
    """One walk over the whole flow in one language."""

    caller: Any
    raw: Any
    spec: Any
    language: str
    sids: Iterator[int] = field(default_factory=count)
    heard: set[str] = field(default_factory=set)
    """The prompts that were heard as clips."""
    edges: dict[tuple[str, str], str] = field(default_factory=dict)
    """(place, what the caller did) → the place that came of it."""
    backs: dict[str, str] = field(default_factory=dict)
    """Place → where `return` leads from there in this walk."""

    def run(self, first: Answer, sid: str) -> None:
        ahead, seen = [(first, sid)], {first.place}
        while ahead:
            answer, here = ahead.pop()
            held = parse(self.raw.get(f"ivr:call:{here}"))
            self.backs[answer.place] = (held and held.return_to) or "main_menu"
            for did in self.choices(answer):
                fork = f"CAwalk{self.language}{next(self.sids)}"
                reached = self.act(answer, here, fork, did)
                if reached.place not in seen:
                    seen.add(reached.place)
                    ahead.append((reached, fork))

    def act(self, answer: Answer, sid: str, fork: str, did: str) -> Answer:
        """Do one thing from here in a fork of the call; three silences for `too_many`."""
        self.raw.set(f"ivr:call:{fork}", self.raw.get(f"ivr:call:{sid}"))
        reached = answer
        # The code depends on the CallSid, so it is heard anew in the fork.
        if did in {"right", "near", "far"}:
            reached = self.hear(self.caller.key(fork, answer.action, "#"))
            code = self.code(reached)
            did_keys = {"right": code, "near": code[:-1] + FAR.get(code[-1], "4"), "far": far(code)}
            reached = self.hear(self.caller.key(fork, reached.action, did_keys[did]))
        else:
            for _ in range(self.tries(answer) if did == "too_many" else 1):
                keys = "silence" if did == "too_many" else did
                reached = self.hear(self.caller.key(fork, reached.action, keys))
        assert (answer.place, did) not in self.edges
        self.edges[answer.place, did] = self.rested(fork)
        return reached

    def rested(self, sid: str) -> str:
        session = parse(self.raw.get(f"ivr:call:{sid}"))
        assert session is not None
        assert session.language == self.language or session.lead[:1] == ("language_now",)
        return session.place

    def hear(self, answer: Answer) -> Answer:
        assert answer.spoken == (), "every prompt has a clip"
        by_words = {
            text: prompt
            for words in self.spec.words.values()
            for prompt, text in words.prompts.items()
        }
        own = set(self.spec.words[self.language].prompts.values())
        self.heard |= {by_words[words] for words in answer.words if words in own}
        return answer

    def code(self, answer: Answer) -> str:
        """The digits that were read out, which are the last words of their turn."""
        prompts = self.spec.words[self.language].prompts
        digits = {
            prompts[f"digit_{digit}{form}"]: digit
            for digit in "0123456789"
            for form in ("", "_more")
        }
        found = [digits.get(words) for words in answer.words]
        first = next(i for i, digit in enumerate(found) if digit is not None)
        assert None not in found[first:], "nothing is said after the code"
        return "".join(digit or "" for digit in found)

    def node(self, answer: Answer) -> Node:
        return self.spec.flow.nodes[split(answer.place)[0]]  # type: ignore[no-any-return]

    def tries(self, answer: Answer) -> int:
        node = self.node(answer)
        assert isinstance(node, Asking)
        return patience(self.spec.flow, node).tries

    def choices(self, answer: Answer) -> list[str]:
        if answer.place == "hangup":
            return []
        match self.node(answer):
            case Practice():
                return ["right", "near", "far", "#", "*", "silence", "too_many"]
            case Menu() as menu:
                keys = [option.key for option in menu.options]
            case Lesson():
                keys = ["1", "2", "3"]
            case _:
                keys = ["1"]
        return [*keys, *self.spec.flow.global_keys, "8", "silence", "too_many"]


def far(code: str) -> str:
    return "".join(FAR.get(digit, "4") for digit in code)


def resting(flow: Flow, goal: str) -> set[str]:
    """The places at which a caller may rest who is sent to a node (by day or by night)."""
    match flow.nodes[goal]:
        case Say(next=following):
            return resting(flow, following)
        case Branch() as branch:
            return set().union(*(resting(flow, place) for _, place in targets(branch)))
        case Lesson() as lesson:
            return {f"{goal}.{lesson.steps[0].prompt}"}
        case _:
            return {goal}


@pytest.fixture(params=["bn", "en"])
def walk(
    request: pytest.FixtureRequest, caller: Caller, spec: Spec, store: object, redis_url: str
) -> Walk:
    assert store is not None  # emptied for this test
    walk = Walk(caller, redis.Redis.from_url(redis_url), spec, request.param)
    answer = caller.ring("CAfirst")
    if walk.language == "en":
        answer = caller.key("CAfirst", answer.action or "", "9")
        answer = caller.key("CAfirst", answer.action or "", "3")
    else:
        walk.hear(answer)
    walk.run(answer, "CAfirst")
    return walk


def test_every_edge_leads_where_the_flow_says_and_every_fact_is_heard(
    walk: Walk, spec: Spec
) -> None:
    flow = spec.flow
    places = {place for place, _ in walk.edges} | set(walk.edges.values())

    # Every node is reached, or passed on the way (its words were heard).
    for node_id, node in flow.nodes.items():
        match node:
            case Lesson():
                assert {f"{node_id}.{step.prompt}" for step in node.steps} <= places
            case Say():
                # The greeting of the English walk was heard in Bengali, before the change.
                assert node.prompt in walk.heard or (walk.language, node_id) == ("en", "greeting")
            case Branch() | End():
                pass
            case _:
                assert node_id in places
    assert "goodbye" in places  # night has a test of its own

    # Every edge leads where the file says.
    for (place, did), reached in walk.edges.items():
        due = expected(flow, place, did)
        assert reached in ({walk.backs[place]} if due == {"return"} else due), (place, did, reached)
    assert walk.backs["practice_help"] == "practice_number"
    assert len(walk.edges) > 400
    assert {did for _, did in walk.edges} >= {"1", "2", "3", "4", "0", "9", "*", "right", "far"}

    # Every fact is told, each by the clip of a prompt that names it.
    told = {
        fact
        for node in flow.nodes.values()
        for prompt, facts in facts_told(node).items()
        if prompt in walk.heard
        for fact in facts
    }
    assert told == set(spec.facts.facts)
    assert len(told) == 29


def expected(flow: Flow, place: str, did: str) -> set[str]:
    """Where the flow file says that doing this leads."""
    node_id, step = split(place)
    node = flow.nodes[node_id]
    assert isinstance(node, Asking)
    if did == "too_many":
        return resting(flow, patience(flow, node).too_many.go)
    match node:
        case Practice():
            return resting(flow, node.next) if did == "right" else {place}
        case Menu() if did in {option.key for option in node.options}:
            goal = next(option.go for option in node.options if option.key == did)
            return {goal} if goal == "return" else resting(flow, goal)
        case Lesson() if did in {"1", "3"}:
            names = [each.prompt for each in node.steps]
            there = names.index(step or "") + (1 if did == "1" else -1)
            if there == len(names):
                return resting(flow, node.next)
            return {f"{node_id}.{names[max(there, 0)]}"}
        case Think() if did == "1":
            return resting(flow, node.next)
        case _ if did in flow.global_keys and flow.global_keys[did] != "repeat":
            return resting(flow, flow.global_keys[did])
        case _:
            return {place}
