"""Generators of load in two processes, as many callers as a machine with two cores has room for."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tests.benchmarks.load_generator import Generator, Heard
from tests.benchmarks.pretend_caller import LessonWalk, PlainWalk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

PROCESSES: Final = 2
STRIDE: Final = 1000
"""More than the connections to any server: so no two of them ever have the same caller."""


class Target(Struct, frozen=True):
    """A server, and how it is asked."""

    port: int
    is_ours: bool
    """Its callers walk through the lesson; else each turn has the same address."""
    connections: int
    """From all processes together."""
    first_number: int = 0
    """Of its callers; two that share a Redis have different ones."""


class Load(Struct, frozen=True):
    """One measurement."""

    port: int
    """Of a target."""
    seconds: float
    rate: float | None = None
    """Turns a second, from all processes together; None: as fast as answers come."""


class Generators:
    """The processes, once they run."""

    def __init__(self, pipes: list[Connection]) -> None:
        self._pipes = pipes

    def prepare(self, target: Target) -> None:
        """Let callers ring, and come to the turns that are measured.

        Raises:
            ValueError: the server does not answer as it should; or a process has ended.
        """
        self._tell(target)
        self._results()

    def measure(self, load: Load) -> Heard:
        """What all processes together hear.

        Raises:
            ValueError: a process has ended.
        """
        self.begin(load)
        return self.end()

    def begin(self, load: Load) -> None:
        """Begin a measurement; `end` gives what was heard."""
        self._tell(load)

    def end(self) -> Heard:
        """Wait for the end of what was begun."""
        heard = Heard()
        for each in self._results():
            heard.add(each)
        return heard

    def _tell(self, told: Target | Load) -> None:
        for pipe in self._pipes:
            pipe.send(told)

    def _results(self) -> list[Heard]:
        try:
            results = [pipe.recv() for pipe in self._pipes]
        except EOFError as error:
            raise ValueError("a generator of load has ended; see above") from error
        if refused := [each for each in results if isinstance(each, str)]:
            raise ValueError(refused[0])
        return results


@contextmanager
def generators() -> Iterator[Generators]:
    """Generators of load for as long as the block runs."""
    spawned = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    processes = []
    try:
        for number in range(PROCESSES):
            here, there = spawned.Pipe()
            process = spawned.Process(target=_generate, args=(there, number), daemon=True)
            process.start()
            there.close()
            pipes.append(here)
            processes.append(process)
        yield Generators(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(5)
            process.kill()
            process.join()


def _generate(pipe: Connection, number: int) -> None:
    """Do what is told until nobody tells anything any more."""
    made: dict[int, Generator] = {}
    try:
        while True:
            told: Target | Load = pipe.recv()
            if isinstance(told, Target):
                pipe.send(_prepared(made, told, number))
            elif told.rate is None:
                pipe.send(made[told.port].closed(told.seconds))
            else:
                pipe.send(made[told.port].steady(told.seconds, told.rate / PROCESSES))
    except (EOFError, KeyboardInterrupt):
        return
    finally:
        for each in made.values():
            each.close()


def _prepared(made: dict[int, Generator], target: Target, number: int) -> Heard | str:
    """Callers of a server, in this process; or why there are none."""
    count = target.connections // PROCESSES
    numbers = range(target.first_number + number, target.first_number + STRIDE, PROCESSES)[:count]
    if target.port in made:
        made.pop(target.port).close()
    made[target.port] = Generator(
        target.port,
        [LessonWalk(each, STRIDE) if target.is_ours else PlainWalk(each) for each in numbers],
    )
    try:
        made[target.port].lead_in()
    except (OSError, ValueError) as error:
        return str(error)
    return Heard()
