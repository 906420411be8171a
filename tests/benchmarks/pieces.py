"""What parts of a turn cost by themselves, and one whole practice call."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Final

from ivr.cli.clock import now
from ivr.engine.answer import Asked, answer
from ivr.engine.circumstances import Circumstances
from ivr.engine.codes import keyed_codes
from ivr.engine.events import CallStarted, Digits
from ivr.engine.limits import Limits
from ivr.engine.step import step
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from ivr.web.app import create_app
from ivr.web.sound import Sound
from tests.benchmarks.ours import SECRET, ours_parts
from tests.benchmarks.pretend_caller import NEXT, ORIGIN, START, TOKEN
from tests.simulator.applications.whole_practice import register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from ivr.engine.session import Session
    from ivr.engine.turn import Turn
    from ivr.flow.model import Spec
    from ivr.web.parts import Parts
    from tests.benchmarks.ours import Stage

ROUNDS: Final = 15
REPEATS: Final = 100
"""Of all turns of the lesson, so that a round is long enough to be measured."""
LEAD_IN: Final = 3
"""Keys until the caller is in the lesson."""
LESSON_TURNS: Final = 8
SID: Final = f"CA{1:032x}"


def piece_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Microseconds of CPU of an engine's step and of a document, and the figures of a practice."""
    parts = ours_parts(stage)
    around = Circumstances(
        now=now(),
        codes=keyed_codes(SECRET.encode(), SID),
        is_known=True,
        limits=Limits(),
        has_siblings=True,
    )
    asked, turns = _lesson(parts.spec, around)
    sound = Sound(parts.spec, parts.library, parts.clips_held_seconds)
    steps, documents = list[float](), list[float]()
    practices = list[tuple[int, float]]()
    for number in range(ROUNDS):
        begun = time.process_time()
        for _ in range(REPEATS):
            for session, each in asked:
                answer(parts.spec.flow, session, each, around)
        stepped = time.process_time()
        for _ in range(REPEATS):
            for turn in turns:
                heard = sound.turn(turn.session, turn.instructions)
                heard.document.addressed(turn.instructions, turn.carried)
        steps.append(stepped - begun)
        documents.append(time.process_time() - stepped)
        practices.append(practise(parts, number))
        tell(number + 1, ROUNDS)
    count = REPEATS * LESSON_TURNS
    return {
        "cpu_us_engine_step": median(steps) / count * 1e6,
        "cpu_us_document": median(documents) / count * 1e6,
        "practice_turns": practices[0][0],
        "practice_cpu_ms": median(seconds for _, seconds in practices) * 1000,
    }


def _lesson(spec: Spec, around: Circumstances) -> tuple[list[tuple[Session, Asked]], list[Turn]]:
    """What is asked on the way through the lesson, with the session then, and each turn."""
    asked: list[tuple[Session, Asked]] = []
    turns = [step(spec.flow, None, CallStarted(), around)]
    for _ in range(LEAD_IN + LESSON_TURNS):
        session, carried = turns[-1].session, turns[-1].carried
        asked.append((session, Asked(session.place, session.turn, Digits(NEXT), carried)))
        turns.append(answer(spec.flow, *asked[-1], around))
    return asked[LEAD_IN:], turns[-LESSON_TURNS:]


def practise(parts: Parts, number: int) -> tuple[int, float]:
    """One caller who learns to register and practises it: turns, and the line's own CPU seconds.

    Raises:
        ValueError: something failed on the way.
    """
    inside: list[float] = []
    app = create_app(parts)

    def timed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = time.process_time()
        document = list(app(environ, start_response))
        inside.append(time.process_time() - begun)
        return document

    setup = Setup(from_number=f"+9197{number:08d}")
    with Phone(InProcess(timed), TOKEN, setup) as phone:
        call = phone.call(f"{ORIGIN}{START}")
        turns = register(call, parts.spec)
    if call.failures or call.ended != "caller":
        raise ValueError(f"the practice failed: {call.ended}, {call.failures}")
    return turns, sum(inside)
