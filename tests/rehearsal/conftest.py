"""The line of the shipped flow, ready to be rehearsed, and callers who remember their calls."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct
from msgspec.structs import replace

from ivr.cli.rehearse.service import TOKEN, Stage, rehearsed_line
from ivr.rehearsal.caller import Caller
from ivr.rehearsal.guide import Guide
from ivr.rehearsal.personas import Behaviour, Errand, Persona, Personas, Spread
from ivr.rehearsal.population import person
from ivr.rehearsal.reading import read_personas
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from ivr.flow.model import Spec
    from ivr.rehearsal.line import Line
    from ivr.rehearsal.outcome import Outcome
    from ivr.rehearsal.personas import Goal
    from ivr.simulator.call import Call

ROOT = Path(__file__).parents[2]
FILE = ROOT / "config/personas.yaml"


@pytest.fixture(scope="session")
def shipped(spec: Spec) -> Personas:
    return read_personas("config/personas.yaml", FILE.read_text(encoding="utf-8"), spec.flow)


@pytest.fixture(scope="session")
def spec_prompts(spec: Spec) -> dict[str, str]:
    """The Bengali words of each prompt."""
    return spec.words["bn"].prompts


@pytest.fixture(scope="session")
def stage(spec: Spec, audio: Path, redis_url: str) -> Stage:
    return Stage(spec, audio, f"{redis_url}?db=5")


@pytest.fixture(scope="session")
def line(stage: Stage) -> Iterator[Line]:
    with rehearsed_line(stage) as found:
        yield found


class Lived(Struct, frozen=True):
    """What became of a caller, and the calls themselves."""

    outcome: Outcome
    calls: list[Call]
    prompts: Counter[str]


class Remembering:
    """A phone whose calls can be looked at afterwards."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.calls: list[Call] = []

    def call(self, url: str, **given: object) -> Call:
        made = self._phone.call(url, **given)  # type: ignore[arg-type] # passed on as they are
        self.calls.append(made)
        return made


def behaving(**given: object) -> Behaviour:
    """A caller who does nothing wrong, but for what is given."""
    usual: dict[str, object] = {
        "reaction_seconds": Spread(median=1.5),
        "key_seconds": Spread(median=0.6),
    }
    return Behaviour(**(usual | given))  # type: ignore[arg-type] # fields by their names


def live_on(
    line: Line, personas: Personas, behaviour: Behaviour, goals: tuple[Goal, ...], seed: int = 1
) -> Lived:
    """Lets one caller of this behaviour ring a line."""
    persona = Persona(
        reason="a caller made up by a test",
        share=1,
        errands=(Errand(to=goals),),
        behaviour=behaviour,
    )
    only = replace(personas, personas={"caller": persona})
    phone = Remembering(line.phone)
    watched = replace(line, phone=phone)
    caller = Caller(watched, Guide(watched, only), seed, person(only, seed, 0))
    return Lived(caller.live(), phone.calls, caller.prompts)


@pytest.fixture
def live(line: Line, shipped: Personas) -> Callable[..., Lived]:
    def lived(behaviour: Behaviour, *goals: Goal, seed: int = 1) -> Lived:
        return live_on(line, shipped, behaviour, goals, seed)

    return lived


@contextmanager
def rung(line: Line, application: object) -> Iterator[Line]:
    """The same line with another application behind its address."""
    with Phone(InProcess(application), TOKEN) as phone:  # type: ignore[arg-type] # a WSGI application
        yield replace(line, phone=phone, kept=lambda: b"", forget=lambda: None, logged=lambda: "")
