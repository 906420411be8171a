"""Every node and every edge of the shipped flow, through HTTP, with Redis between the turns.

A call is forked at each place: its stored session is copied under a new CallSid, so that every key
is tried from exactly the state that the key before it left. Only what adds up over a whole call
(confusion, what was said how often, the simpler way) begins anew in each fork.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import redis
from msgspec import Struct, field
from msgspec.structs import replace

from ivr.engine.session import Session, dump, parse
from ivr.engine.told import place_number
from ivr.flow.model import Asking, Branch, End, Lesson, Menu, Practice, Say, Transfer
from ivr.flow.patience import patience
from ivr.flow.places import split
from ivr.flow.ways import facts_told
from ivr.web.app import create_app
from tests.web.conftest import Caller
from tests.web.flow_ways import Ways, step_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Node, Spec
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer

FAR = {"0": "9", "1": "8", "2": "7", "3": "9", "4": "9", "5": "0", "6": "1", "7": "2", "8": "3"}
WRONG_KEY = "8"
VOLUNTEER = "+15005550009"
BROKEN_OFF = "register_lesson.register_3"


class Walk(Struct):
    """One walk over the whole flow in one language."""

    caller: Any
    raw: Any
    spec: Any
    language: str
    has_helper: bool
    sids: Iterator[int] = field(default_factory=count)
    heard: set[str] = field(default_factory=set)
    """The prompts that were heard as clips."""
    edges: dict[tuple[str, str], str] = field(default_factory=dict)
    """(place, what the caller did) → the place that came of it."""
    found: dict[str, Session] = field(default_factory=dict)
    """Place → the session with which this walk came there first."""

    def run(self, first: Answer, sid: str) -> None:
        """Try everything at each place that can be reached from an answer and is new."""
        ahead = [(first, sid)]
        while ahead:
            answer, here = ahead.pop()
            if answer.place in self.found or answer.place == "hangup":
                continue
            self.found[answer.place] = self.fork(here, here)
            for did in self.choices(answer):
                fork = f"CAwalk{self.language}{next(self.sids)}"
                reached = self.act(answer, here, fork, did)
                ahead.append((reached, fork))

    def fork(self, sid: str, fork: str) -> Session:
        """Copy a call, with nothing added up; gives its session."""
        held = parse(self.raw.get(f"ivr:call:{sid}"))
        assert held is not None
        held = replace(held, confusion=0, offered=0, told={}, simple=False, together=False)
        self.raw.set(f"ivr:call:{fork}", dump(held))
        return held

    def act(self, answer: Answer, sid: str, fork: str, did: str) -> Answer:
        """Do one thing from here in a fork of the call, often enough that it leads on."""
        held = self.fork(sid, fork)
        reached = answer
        if did == "confused":
            level = self.spec.flow.confusion.levels[0]
            confused = replace(held, confusion=level.at - self.spec.flow.confusion.repeat)
            self.raw.set(f"ivr:call:{fork}", dump(confused))
        for keys in self.keys(answer, did):
            reached = self.hear(self.caller.key(fork, reached.action, keys))
            if keys == "#" and did in {"right", "near", "far", "wrongs"}:
                # The code depends on the CallSid, so it is heard anew in the fork.
                code = self.code(reached)
                near = code[:-1] + FAR.get(code[-1], "4")
                entry = {"right": code, "near": near}.get(did, far(code))
                for _ in range(self.tries(answer) if did == "wrongs" else 1):
                    reached = self.hear(self.caller.key(fork, reached.action, entry))
        assert (answer.place, did) not in self.edges
        self.edges[answer.place, did] = self.rested(fork)
        return reached

    def keys(self, answer: Answer, did: str) -> list[str]:
        """What is pressed for this, one turn after another."""
        node = self.node(answer)
        match did:
            case "right" | "near" | "far":
                return ["#"]
            case "wrongs":
                return ["#"] if isinstance(node, Practice) else [WRONG_KEY] * self.tries(answer)
            case "silences":
                assert isinstance(node, Asking)
                return ["silence"] * (node.silence.after if node.silence else self.tries(answer))
            case "confused":
                return ["*"]
            case _:
                return [did]

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
        node = self.node(answer)
        match node:
            case Practice():
                return ["right", "near", "far", "#", "*", "silence", "wrongs", "silences"]
            case Transfer():
                return ["completed", "answered", "busy", "no-answer", "failed", "canceled"]
            case Menu():
                keys = list(dict.fromkeys(option.key for option in node.options))
            case Lesson():
                own = step_options(self.spec.flow, answer.place)
                keys = ["1", "2", "3", *(option.key for option in own)]
            case _:
                keys = ["1"]
        every = [*keys, *self.spec.flow.global_keys, WRONG_KEY, "silence"]
        if isinstance(node, Menu) and node.any_key:
            return every
        every += ["wrongs"] if isinstance(node, Lesson) else ["wrongs", "silences"]
        assert isinstance(node, Asking)
        return every if node.aside and not isinstance(node, Lesson) else [*every, "confused"]


def far(code: str) -> str:
    return "".join(FAR.get(digit, "4") for digit in code)


@pytest.fixture(
    params=[("bn", True), ("en", True), ("bn", False)],
    ids=["bn with a volunteer", "en with a volunteer", "bn without"],
)
def walk(request: pytest.FixtureRequest, parts: Parts, spec: Spec, redis_url: str) -> Walk:
    language, has_helper = request.param
    helped = replace(parts, helper_number=VOLUNTEER if has_helper else None)
    caller = Caller(httpx.Client(transport=httpx.WSGITransport(app=create_app(helped))))
    walk = Walk(caller, redis.Redis.from_url(redis_url), spec, language, has_helper)
    answer = caller.ring("CAfirst")
    if language == "en":
        for key in ["9", *("2" * has_helper), "2"]:
            answer = caller.key("CAfirst", answer.action or "", key)
    else:
        walk.hear(answer)
    walk.run(answer, "CAfirst")
    # The same caller breaks off in a lesson, and rings again.
    walk.raw.set("ivr:call:CAbroken", dump(walk.found[BROKEN_OFF]))
    turn = walk.found[BROKEN_OFF].turn
    caller.key("CAbroken", f"/voice/turn/{BROKEN_OFF}?turn={turn}", "1")
    again = walk.hear(caller.ring("CAagain"))
    assert again.place == "resume"
    walk.run(again, "CAagain")
    # And one to whom all was said twice that is said to wrong keys at the main menu.
    home = walk.found["main_menu"]
    walk.raw.set("ivr:call:CAlast", dump(replace(home, told={place_number("main_menu"): 22222})))
    walk.hear(caller.key("CAlast", f"/voice/turn/main_menu?turn={home.turn}", WRONG_KEY))
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
                assert node.prompt in walk.heard
            case Branch() | End():
                pass
            case _ if node_id in {"help_person", "person"}:
                assert (node_id in places) is walk.has_helper
            case _:
                assert node_id in places
    assert "goodbye" in places  # night has a test of its own
    assert {"practice_number.part_1", "practice_number.part_2"} <= places, "the simpler way"

    # Every edge leads where the file says.
    file = Ways(flow, walk.found, walk.has_helper)
    for (place, did), reached in walk.edges.items():
        assert reached in file.expected(place, did), (place, did, reached)
    assert walk.found["practice_help"].back[-1].startswith("practice_")
    assert walk.edges["resume", "1"] == "register_lesson.register_4"
    assert len(walk.edges) > 500
    dids = {did for _, did in walk.edges}
    assert dids >= {"1", "2", "3", "4", "0", "9", "*", "right", "far", "silences", "confused"}
    assert ("busy" in dids) is walk.has_helper

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
