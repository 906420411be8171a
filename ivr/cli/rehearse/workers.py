"""Processes that let callers ring at the same time, each with a service of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from ivr.errors import IvrError, RehearsalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from ivr.cli.rehearse.service import Stage
    from ivr.rehearsal.personas import Personas
    from ivr.rehearsal.rehearsal import Batch

MAX_JOBS: Final = 16
"""A Redis has so many databases by default, and each process takes one."""
BATCH: Final = 20
"""Callers that a process lets ring before it tells of them; no figure depends on it."""
STOP_SECONDS: Final = 10
"""A process that was told to end has so long."""


def cores() -> int:
    """How many processes can work at the same time here."""
    return min(os.cpu_count() or 1, MAX_JOBS)


class Plan(Struct, frozen=True):
    """All that a process needs to know."""

    stage: Stage
    personas: Personas
    seed: int


def rehearse_all(
    plan: Plan, callers: int, jobs: int, on_callers: Callable[[int], object]
) -> list[Batch]:
    """Lets all callers ring, over so many processes; one needs no process beside this one.

    Args:
        plan: what is rehearsed.
        callers: how many.
        jobs: how many processes, MAX_JOBS at most.
        on_callers: told how many more callers are done.

    Returns:
        What became of the callers, in the order of their numbers.

    Raises:
        RehearsalError: a process has failed, or is gone.
    """
    parts = [range(first, min(first + BATCH, callers)) for first in range(0, callers, BATCH)]
    if jobs == 1:
        return list(_rung_here(plan, parts, on_callers))
    done: dict[int, Batch] = {}
    with _workers(plan, min(jobs, len(parts))) as pipes:
        todo = iter(parts)
        busy = dict(zip(pipes, todo, strict=False))
        for pipe, part in busy.items():
            pipe.send(part)
        while busy:
            ready = wait(list(busy))
            for pipe in [each for each in busy if each in ready]:
                part = busy.pop(pipe)
                done[part.start] = _received(pipe)
                on_callers(len(part))
                following = next(todo, None)
                if following is not None:
                    pipe.send(following)
                    busy[pipe] = following
    return [done[part.start] for part in parts]


def _rung_here(
    plan: Plan, parts: list[range], on_callers: Callable[[int], object]
) -> Iterator[Batch]:
    from ivr.cli.rehearse.service import rehearsed_line
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.rehearsal import rehearse

    with rehearsed_line(plan.stage) as line:
        guide = Guide(line, plan.personas)
        for part in parts:
            yield rehearse(line, guide, plan.seed, part, lambda: on_callers(1))


def _received(pipe: Connection) -> Batch:
    try:
        told: Batch | str = pipe.recv()
    except (EOFError, OSError) as error:
        raise RehearsalError(
            "a process of the rehearsal is gone; rehearse with --jobs 1"
        ) from error
    if isinstance(told, str):
        raise RehearsalError(told)
    return told


@contextmanager
def _workers(plan: Plan, number: int) -> Iterator[list[Connection]]:
    """Processes that answer a range of callers with a batch; none is left behind."""
    spawning = multiprocessing.get_context("spawn")
    # It would be started with the first process, and let Ctrl-C through again to that one.
    resource_tracker.ensure_running()
    with ExitStack() as stack:
        pipes = []
        for _ in range(number):
            ours, theirs = spawning.Pipe()
            stack.callback(ours.close)
            process = spawning.Process(target=_work, args=(theirs,), daemon=True)
            with _undisturbed():
                process.start()
            stack.callback(_stop, process)
            theirs.close()
            pipes.append(ours)
        for place, pipe in enumerate(pipes):  # when all have begun, for each takes a while to read
            stage = replace(plan.stage, redis_url=f"{plan.stage.redis_url}?db={place}")
            pipe.send(replace(plan, stage=stage))
        yield pipes


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A process that is started meanwhile heeds no Ctrl-C, which is for the one that starts it.

    The mask of signals is inherited; what came meanwhile is delivered here afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(process: BaseProcess) -> None:
    process.terminate()
    try:
        process.join(STOP_SECONDS)
    finally:
        process.kill()  # what heeds no SIGTERM, or hangs in a handler of it
        process.join()


def _work(pipe: Connection) -> None:
    """The whole life of a process: a plan, then batches until nobody asks any more."""
    from ivr.cli.rehearse.service import rehearsed_line
    from ivr.rehearsal.guide import Guide
    from ivr.rehearsal.rehearsal import rehearse

    try:
        plan: Plan = pipe.recv()
        with rehearsed_line(plan.stage) as line:
            guide = Guide(line, plan.personas)
            while True:
                pipe.send(rehearse(line, guide, plan.seed, pipe.recv()))
    except (EOFError, BrokenPipeError):  # the one that started us is gone, or has all it wanted
        return
    except IvrError as error:
        pipe.send(str(error))
