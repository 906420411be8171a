"""Good clips pass every gate, and a fault says what was found, what may be, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.flow.terms import Pace
from ivr.speech.gates import FORM, GATES, Figure, faults, figures
from ivr.speech.measures import LETTERS, Measures, measure
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.speech.library import Library


def clip_bytes(library: Library, utterance: Utterance) -> bytes:
    found = library.find(utterance)
    assert found is not None
    path = library.file(found.sha256)
    assert path is not None
    return path.read_bytes()


@pytest.fixture(scope="module")
def everything(spec: Spec, library: Library) -> list[tuple[Utterance, Measures]]:
    words = {language: each.prompts for language, each in spec.words.items()}
    return [
        (utterance, measure(clip_bytes(library, utterance), utterance.language))
        for utterance in utterances(words)
    ]


def test_every_shipped_clip_passes_every_gate(
    everything: list[tuple[Utterance, Measures]],
) -> None:
    broken = {
        utterance.label: found
        for utterance, measures in everything
        if (found := faults(measures, utterance, "espeak"))
    }
    assert broken == {}


def test_the_figures_of_shipped_clips_have_a_row_for_each_limit(
    everything: list[tuple[Utterance, Measures]],
) -> None:
    rows = {row.measure: row for row in figures(everything)}
    assert list(rows) == [
        "letters a second (bn, normal)",
        "letters a second (bn, slow)",
        "letters a second (en, normal)",
        "letters a second (en, slow)",
        "active level",
        "peak",
        "crest",
        "lead",
        "tail",
        "gap (normal)",
        "gap (slow)",
        "band",
        "DC",
        "spread",
        "speech over noise",
    ]
    assert rows["letters a second (bn, slow)"].limit == "2 to 8"
    assert rows["gap (slow)"].limit == "at most 1.3 s"
    for row in rows.values():
        assert float(row.least) <= float(row.median) <= float(row.most)


PLAIN = Measures(
    form=FORM,
    title="অভ্যাস শেষ। আবার শুনুন।",
    seconds=3.0,
    letters_per_second=4.0,
    level_db=-20.0,
    peak_db=-5.0,
    lead_seconds=0.05,
    tail_seconds=0.15,
    gap_seconds=0.5,
    band_share=0.99,
    dc=0.0,
    spread_db=9.0,
    over_hiss_db=30.0,
)
RENDER = (
    "delete its file and run: ivr audio render;"
    " if it stays so, change the prompt's words or record it"
)
SPOKEN = Utterance("bn", "some", Pace.NORMAL, PLAIN.title)


def test_figures_are_least_median_and_most_and_leave_out_the_exempt() -> None:
    clips = [
        (SPOKEN, replace(PLAIN, letters_per_second=speed, dc=-0.004))
        for speed in (3.0, 3.5, 7.25, None)
    ]
    rows = {row.measure: row for row in figures(clips)}
    name = "letters a second (bn, normal)"
    assert rows[name] == Figure(name, "3.00", "3.50", "7.25", "3 to 8")
    assert rows["DC"] == Figure("DC", "0.40", "0.40", "0.40", "at most 1 % of full scale")
    assert not {"letters a second (bn, slow)", "gap (slow)"} & set(rows)


@pytest.mark.parametrize(
    ("measures", "source", "told"),
    [
        pytest.param(
            replace(PLAIN, letters_per_second=9.1),
            "human",
            (
                "letters a second",
                "9.1",
                "3 to 8",
                "words are cut off or too fast: record it again, whole and slower",
            ),
            id="a recording too fast",
        ),
        pytest.param(
            replace(PLAIN, letters_per_second=2.999),
            "gtts",
            (
                "letters a second",
                "2.999",
                "3 to 8",
                "the pauses are long, or more is heard than the words: " + RENDER,
            ),
            id="a voice just too slow",
        ),
        pytest.param(
            replace(PLAIN, level_db=-12.0, peak_db=-3.0 + 10),
            "human",
            (
                "active level",
                "-12 dBFS",
                "-21 to -19 dBFS",
                "it is too loud: record it again, farther from the microphone",
            ),
            id="a recording too loud",
        ),
        pytest.param(
            replace(PLAIN, gap_seconds=0.92),
            "human",
            (
                "gap",
                "0.92 s",
                "at most 0.9 s",
                "it is silent too long between words: record it again without stopping",
            ),
            id="a hesitation",
        ),
        pytest.param(
            replace(PLAIN, spread_db=1.0),
            "human",
            (
                "spread",
                "1 dB",
                "at least 2.2 dB",
                "it is a steady noise or hum and no speech: record it again in a quieter room",
            ),
            id="a hum",
        ),
    ],
)
def test_a_fault_says_measure_found_limit_and_what_to_do(
    measures: Measures, source: str, told: tuple[str, str, str, str]
) -> None:
    fault = faults(measures, SPOKEN, source)[0]
    assert (fault.measure, fault.found, fault.limit, fault.advice) == told


@pytest.mark.parametrize(
    ("pace", "changed", "expected"),
    [
        pytest.param(Pace.NORMAL, {"letters_per_second": 2.5}, ["letters a second"], id="speed"),
        pytest.param(Pace.SLOW, {"letters_per_second": 2.5}, [], id="slow speed"),
        pytest.param(Pace.NORMAL, {"gap_seconds": 1.2}, ["gap"], id="gap"),
        pytest.param(Pace.SLOW, {"gap_seconds": 1.2}, [], id="slow gap"),
        pytest.param(Pace.SLOW, {"gap_seconds": 1.32}, ["gap"], id="too slow gap"),
        pytest.param(Pace.SLOW, {"level_db": -21.0, "tail_seconds": 0.1}, [], id="at the limits"),
    ],
)
def test_limits_go_with_the_pace(
    pace: Pace, changed: dict[str, float], expected: list[str]
) -> None:
    found = faults(replace(PLAIN, **changed), replace(SPOKEN, pace=pace), "espeak")
    assert [fault.measure for fault in found] == expected


def test_every_language_whose_letters_are_measured_has_limits_for_them() -> None:
    assert {gate.language for gate in GATES if gate.language} == LETTERS.keys()
