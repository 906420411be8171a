"""What the checks tell of a flow holds in calls: random ones, through random changes of two flows.

Where a call comes, the checks say that it can come; where they find a way out, there is one; and
whoever never presses a key comes to an end.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace

from ivr.engine.events import CallStarted
from ivr.engine.session import Phase
from ivr.engine.step import step
from ivr.flow.asking import asking_faults
from ivr.flow.goals import goal_faults, lost_goals
from ivr.flow.graph import graph_faults
from ivr.flow.keys import key_faults
from ivr.flow.model import Asking, Branch, End, Flow, Lesson, Practice, Say, Transfer
from ivr.flow.places import split
from ivr.flow.problem import Level
from ivr.flow.reach import leads_out, reachable
from ivr.flow.source import Source
from ivr.flow.terms import LESSON_KEYS, REPEAT
from tests.engine.calls import HELPED, NIGHT, code, event_of
from tests.flow.options import options

if TYPE_CHECKING:
    from ivr.engine.circumstances import Circumstances
    from ivr.engine.session import Session
    from ivr.engine.turn import Turn

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "flow" / "broken" / "good" / "flow.yaml"
SHIPPED = ROOT / "config" / "flow.yaml"
FLOWS = 12
"""So many changed flows a seed."""
TURNS = 60
MOST_TURNS = 1500
"""Within so many a silent call ends; a lesson of fifteen steps is heard a few times on the way."""
GOALS = {"go", "next", "otherwise", "any_key", "start"}
CALLS = (HELPED, replace(HELPED, now=NIGHT, has_helper=False))


def goals_in(part: Any) -> list[tuple[dict[str, Any], str]]:
    """Every part of the data that holds a goal, with the name under which it does."""
    if isinstance(part, list):
        return [found for each in part for found in goals_in(each)]
    if not isinstance(part, dict):
        return []
    own = [(part, name) for name in part if name in GOALS and isinstance(part[name], str)]
    return own + [found for each in part.values() for found in goals_in(each)]


def changed(file: Path, random: Random) -> Flow:
    """The flow of a file with a few ways that lead elsewhere, and places moved beside the way."""
    data: Any = Source("flow.yaml", file.read_text(encoding="utf-8")).data
    ids = list(data["nodes"])
    asking = [each for each in data["nodes"].values() if "aside" in each or "tries" in each]
    for _ in range(random.choice((1, 2, 4, 8))):
        part, name = random.choice(goals_in(data))
        part[name] = random.choice((*ids, *["return"] * 4, *["bookmark"] * 2))
    if random.random() < 1 / 2:
        place = random.choice(asking)
        place["aside"] = not place.get("aside", False)
    if random.random() < 1 / 2:
        data["global_keys"] = random.choice(({}, {"*": REPEAT}, {"0": random.choice(ids)}))
    return msgspec.convert(data, Flow)


def is_runnable(flow: Flow) -> bool:
    """Whether nothing is wrong but places that no call comes to, or none comes out of."""
    if any(lost_goals(flow)):
        return False
    graph = graph_faults(flow, reachable(flow))
    faults = (*goal_faults(flow), *asking_faults(flow), *key_faults(flow), *graph)
    return all(
        each.level is not Level.ERROR or each.what.startswith("no call can come") for each in faults
    )


def runnable(file: Path, random: Random) -> list[Flow]:
    found: list[Flow] = []
    while len(found) < FLOWS:
        flow = changed(file, random)
        if is_runnable(flow):
            found.append(flow)
    return found


def events(flow: Flow, place: str) -> list[str]:
    """What a caller can do at a place on purpose."""
    node = flow.nodes[split(place)[0]]
    if isinstance(node, Transfer):
        return ["answered", "nobody"]
    if isinstance(node, Practice):
        return [code(flow, place)]
    keys = {*LESSON_KEYS, *flow.global_keys, *(each.key for each in options(node))}
    return sorted(key for key in keys if flow.global_keys.get(key) != REPEAT)


def silence_leads_on(flow: Flow, place: str) -> bool:
    node = flow.nodes[split(place)[0]]
    return isinstance(node, Lesson) or (isinstance(node, Asking) and node.silence is not None)


def entered(turn: Turn) -> set[str]:
    names = (each.name for each in turn.effects if each.name.startswith("reached."))
    return {split(name.removeprefix("reached."))[0] for name in (*names, turn.session.place)}


def comes_out(flow: Flow, session: Session, here: Circumstances) -> bool:
    """Whether some keys, and silence that leads on, bring this call to an end or to a person."""
    ahead, seen = [session], set()
    while ahead:
        # Neither trouble nor how often a thing was said is to lead anywhere.
        now = replace(ahead.pop(), turn=5, told={}, confusion=0, offered=99, wrongs=0, lead=())
        now = replace(now, patience=0)
        kind = msgspec.json.encode(now)
        if kind in seen:
            continue
        seen.add(kind)
        if isinstance(flow.nodes[split(now.place)[0]], End | Transfer):
            return True
        led = ("silence",) if silence_leads_on(flow, now.place) else ()
        for done in (*events(flow, now.place), *led):
            turn = step(flow, now, event_of(done), here)
            if not turn.session.wrongs:
                ahead.append(turn.session)
    return False


@pytest.mark.parametrize("file", [GOOD, SHIPPED], ids=["good", "shipped"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.usefixtures("unmeasured")
def test_what_is_told_of_ways_holds_in_calls(file: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    looked_at = 0
    for flow in runnable(file, random):
        reached = reachable(flow)
        asking = [each for each in reached if isinstance(flow.nodes[each], Asking)]
        has_ways_out = all(leads_out(flow, each) for each in asking)
        for here in CALLS:
            turn = step(flow, None, CallStarted(), here)
            for number in range(TURNS):
                session = turn.session
                assert entered(turn) <= reached
                assert not isinstance(flow.nodes[split(session.place)[0]], Say | Branch)
                if session.phase is not Phase.RUNNING:
                    break
                if has_ways_out and number % 10 == 0:
                    assert comes_out(flow, session, here), session
                    looked_at += 1
                ways = [*events(flow, session.place), "silence", "#"]
                turn = step(flow, session, event_of(random.choice(ways)), here)
    assert looked_at > FLOWS


@pytest.mark.parametrize("file", [GOOD, SHIPPED], ids=["good", "shipped"])
@pytest.mark.parametrize("here", CALLS, ids=["by day", "by night"])
@pytest.mark.usefixtures("unmeasured")
def test_a_silent_call_through_a_flow_without_a_fault_ends(file: Path, here: Circumstances) -> None:
    for flow in runnable(file, Random(4)):  # noqa: S311 (no secret)
        session = step(flow, None, CallStarted(), here).session
        for _ in range(MOST_TURNS):
            if session.phase is not Phase.RUNNING:
                break
            is_rung = isinstance(flow.nodes[split(session.place)[0]], Transfer)
            session = step(
                flow, session, event_of("nobody" if is_rung else "silence"), here
            ).session
        assert session.phase is Phase.GOODBYE, session
