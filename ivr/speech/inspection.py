"""The inspection of a library: every clip through the gates, every row against its time limit."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.gates import Fault, faults
from ivr.speech.inventory import State
from ivr.speech.limits import overlong, rows
from ivr.speech.measures import Measures, measure
from ivr.speech.utterance import Utterance  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ivr.flow.model import Flow
    from ivr.speech.inventory import Item
    from ivr.speech.library import Library
    from ivr.speech.utterance import Place

DAMAGED: Final = Fault(
    "file",
    "other bytes than were rendered",
    "unchanged",
    "it was cut off or changed by hand: run: ivr audio render",
)


class Finding(Struct, frozen=True):
    """What is wrong, and with what: a clip such as `greeting (bn, slow)`, or a row of clips."""

    what: str
    fault: Fault


class Inspection(Struct, frozen=True):
    """What was measured, and what is wrong.

    Attributes:
        measured: each clip that is there, with its measures.
        findings: the faults, clips first, in the order of the items.
    """

    measured: tuple[tuple[Utterance, Measures], ...]
    findings: tuple[Finding, ...]


def inspect(
    items: Sequence[Item],
    flow: Flow,
    library: Library,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Inspection:
    """Measure every clip of an inventory, damaged ones too, and every row of them.

    Args:
        items: the inventory; what is missing there is passed over.
        flow: whose rows have time limits.
        library: where the clips are.
        on_progress: told, in the calling thread, how many are measured, and how many there are.
    """
    measured: list[tuple[Utterance, Measures]] = []
    findings: list[Finding] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (item, measures, found) in enumerate(
            pool.map(lambda item: _inspected(item, library), items), start=1
        ):
            if measures is not None:
                measured.append((item.utterance, measures))
            findings += (Finding(item.utterance.label, fault) for fault in found)
            on_progress(done, len(items))
    seconds = {utterance.place: measures.seconds for utterance, measures in measured}
    return Inspection(tuple(measured), (*findings, *_paces(seconds), *_rows(flow, seconds)))


def _inspected(item: Item, library: Library) -> tuple[Item, Measures | None, list[Fault]]:
    if item.clip is None:
        return item, None, []
    found = [DAMAGED] if item.state is State.DAMAGED else []
    try:
        measures = measure(library.content(item.clip), item.utterance.language)
    except SpeechError as exc:
        return item, None, [*found, Fault("file", str(exc), "a clip", "run: ivr audio render")]
    return item, measures, [*found, *faults(measures, item.utterance, item.clip.source)]


def _paces(seconds: Mapping[Place, float]) -> Iterator[Finding]:
    """Hold slow clips against the usual ones: half a slow clip may have a speed that can be."""
    for (language, prompt_id, pace), usual in seconds.items():
        slow = seconds.get((language, prompt_id, Pace.SLOW), usual)
        if pace is Pace.NORMAL and slow < usual:
            fault = Fault(
                "seconds of the slow clip",
                f"{slow:.2f} s",
                f"at least {usual:.2f} s",
                "it is shorter than the usual one: run: ivr audio render --force, or record the"
                " slow take again",
            )
            yield Finding(f"{prompt_id} ({language}, slow)", fault)


def _rows(flow: Flow, seconds: Mapping[Place, float]) -> Iterator[Finding]:
    """Hold the rows of prompts that are heard in one go against their limits."""
    limited = rows(flow)
    for language, pace in product(sorted({language for language, _, _ in seconds}), Pace):
        own = {p: s for (spoken, p, at), s in seconds.items() if (spoken, at) == (language, pace)}
        for row in limited:
            fault = overlong(row, language, pace, own.get)
            if fault is not None:
                yield Finding(f"{row.name} ({language}, {pace})", fault)
