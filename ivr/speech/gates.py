"""The gates that a finished clip must pass before a caller hears it, whoever speaks in it.

A human recording is held to the same limits as a voice: the chain that makes its clip sets level,
peak, lead and tail and shortens long pauses, and the other limits have room for any clear speaker.
Only the advice differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ivr.speech.measures import Measures
    from ivr.speech.utterance import Utterance

FORM: Final = "WAV, 8000 Hz, 1 channel, ULAW"


class Limits(Struct, frozen=True):
    """The least and the most that a measure may be, both included; None is no limit."""

    lower: float | None = None
    upper: float | None = None

    def hold(self, value: float) -> bool:
        """Whether the value lies within."""
        return (self.lower is None or value >= self.lower) and (
            self.upper is None or value <= self.upper
        )

    def text(self, unit: str) -> str:
        """Say them as operators read them, such as `3 to 8` or `at most 0.9 s`."""
        if self.lower is not None and self.upper is not None:
            words = f"{self.lower:g} to {self.upper:g}"
        elif self.lower is not None:
            words = f"at least {self.lower:g}"
        else:
            words = f"at most {self.upper:g}"
        return f"{words} {unit}".rstrip()


SPEEDS: Final = {
    "bn": (Limits(3, 8), Limits(2, 8)),
    # The shipped clips of the offline voice have 4.1 to 15.7, slow 2.7 to 12.8: spelling makes the
    # least, short phrases without a pause the most. An eighth and more is left on either side.
    "en": (Limits(3.5, 17), Limits(2.2, 15)),
}
"""How many letters a second a language may have, at the normal pace and at the slow one."""

HUMAN: Final = "human"
"""The source of a recording; any other is a voice."""

_CHANGED: Final = "delete its file and run: ivr audio render"
_RENDER: Final = f"{_CHANGED}; if it stays so, change the prompt's words or record it"
_QUIETER: Final = "record it again in a quieter room"
_FARTHER: Final = "record it again, farther from the microphone"
_CALMER: Final = "record it again, with a second of silence before and after the words"


class Advice(Struct, frozen=True):
    """What is wrong with a clip, and what the person who records can do about it."""

    cause: str
    record: str

    def text(self, source: str) -> str:
        """Say both; of a voice, what to do is the same whatever is wrong."""
        return f"{self.cause}: {self.record if source == HUMAN else _RENDER}"


class Gate(Struct, frozen=True, kw_only=True):
    """One measure and its limits.

    Attributes:
        name: the measure, in plain words.
        unit: of what `read` gives.
        read: takes it from the measures; None when the clip is exempt.
        normal: the limits at the normal pace.
        slow: those at the slow pace, where they differ.
        language: the only language that it is for; None is every one.
        advice: what is said of a value outside the limits.
        too_little: what is said instead of one below them.
    """

    name: str
    unit: str = ""
    read: Callable[[Measures], float | None]
    normal: Limits
    slow: Limits | None = None
    language: str | None = None
    advice: Advice
    too_little: Advice | None = None

    def limits(self, pace: Pace) -> Limits:
        """The limits at a pace."""
        return self.slow if pace is Pace.SLOW and self.slow is not None else self.normal

    def fault(self, measures: Measures, utterance: Utterance, source: str) -> Fault | None:
        """What is outside the limits; None when nothing is, or the clip is exempt."""
        value = self.read(measures) if self.language in {None, utterance.language} else None
        limits = self.limits(utterance.pace)
        if value is None or limits.hold(value):
            return None
        below = limits.lower is not None and value < limits.lower
        advice = self.too_little if below and self.too_little is not None else self.advice
        found = f"{_outside(value, limits)} {self.unit}".rstrip()
        return Fault(self.name, found, limits.text(self.unit), advice.text(source))


GATES: Final = (
    *(
        Gate(
            name="letters a second",
            read=lambda found: found.letters_per_second,
            normal=normal,
            slow=slow,
            language=language,
            advice=Advice("words are cut off or too fast", "record it again, whole and slower"),
            too_little=Advice(
                "the pauses are long, or more is heard than the words",
                "record it again with nothing but the words",
            ),
        )
        for language, (normal, slow) in SPEEDS.items()
    ),
    Gate(
        name="active level",
        unit="dBFS",
        read=lambda found: found.level_db,
        normal=Limits(-21, -19),
        advice=Advice("it is too loud", _FARTHER),
        too_little=Advice("it is too quiet", "record it again, closer to the microphone"),
    ),
    Gate(
        name="peak",
        unit="dBFS",
        read=lambda found: found.peak_db,
        normal=Limits(upper=-2.5),
        advice=Advice("its loudest moment is too loud", _FARTHER),
    ),
    Gate(
        name="crest",
        unit="dB",
        read=lambda found: found.crest_db,
        normal=Limits(10, 19),
        advice=Advice("a click or a knock stands out", "record it again, touching nothing"),
        too_little=Advice("it is distorted, or it is no speech", _FARTHER),
    ),
    Gate(
        name="lead",
        unit="s",
        read=lambda found: found.lead_seconds,
        normal=Limits(0.02, 0.15),
        advice=Advice("silence or a soft noise comes first", _CALMER),
        too_little=Advice("its beginning is cut off, or noise comes first", _CALMER),
    ),
    Gate(
        name="tail",
        unit="s",
        read=lambda found: found.tail_seconds,
        normal=Limits(0.10, 0.35),
        advice=Advice("silence or a soft noise comes last", _CALMER),
        too_little=Advice("its end is cut off, or noise comes last", _CALMER),
    ),
    Gate(
        name="gap",
        unit="s",
        read=lambda found: found.gap_seconds,
        normal=Limits(upper=0.9),
        slow=Limits(upper=1.3),
        advice=Advice("it is silent too long between words", "record it again without stopping"),
    ),
    Gate(
        name="band",
        unit="%",
        read=lambda found: 100 * found.band_share,
        normal=Limits(lower=90),
        advice=Advice(
            "it rumbles, hums or is muffled", "record it again, away from fans and machines"
        ),
    ),
    Gate(
        name="DC",
        unit="% of full scale",
        read=lambda found: 100 * abs(found.dc),
        normal=Limits(upper=1),
        advice=Advice(
            "its samples do not swing about zero", "record it again with another microphone"
        ),
    ),
    # Steady noise or hum, once trimmed and levelled, passes everything above. The clips of the
    # offline voice have 3.4 dB (one digit) and more, or 3.0 dB when the chain has slowed them;
    # white noise of any length at most 1.7 dB, a tone or hum 0.2 dB.
    Gate(
        name="spread",
        unit="dB",
        read=lambda found: found.spread_db,
        normal=Limits(lower=2.2),
        advice=Advice("it is a steady noise or hum and no speech", _QUIETER),
    ),
    # Noise under the words fills the dips between the sounds and passes even the spread; over -40
    # dBFS it also hides every pause from the slow form. The clips of the offline voice have 23 dB
    # and more, and in a room that echoes for half a second 20, but for one phrase of 1.3 s.
    Gate(
        name="speech over noise",
        unit="dB",
        read=lambda found: found.over_hiss_db,
        normal=Limits(lower=20),
        advice=Advice("noise is heard under the words", _QUIETER),
    ),
)
"""Every gate that measures; form and words are compared beside them."""


class Fault(Struct, frozen=True):
    """One gate that a clip does not pass, such as `Fault("gap", "1.24 s", "at most 0.9 s", …)`.

    Attributes:
        measure: what was measured, in plain words.
        found: what it came to.
        limit: what it may be.
        advice: what is wrong, and what to do, for a person who does not program.
    """

    measure: str
    found: str
    limit: str
    advice: str


def faults(measures: Measures, utterance: Utterance, source: str) -> list[Fault]:
    """List what keeps a clip from being played; nothing for a good one.

    Args:
        measures: what `measure` found.
        utterance: what the clip is to say, by its pace and words as recorded or rendered.
        source: who speaks, `human` or a voice; the advice depends on it, the limits do not.
    """
    found = []
    if measures.form != FORM:
        found.append(Fault("form", measures.form, FORM, f"its file was changed: {_CHANGED}"))
    if measures.title != utterance.text:
        again = "record it again; or, if it still says this, import it once more with --replace"
        advice = Advice("it is of other words", again)
        title = measures.title or "none"
        found.append(Fault("words", title, utterance.text, advice.text(source)))
    measured = (gate.fault(measures, utterance, source) for gate in GATES)
    return [*found, *(fault for fault in measured if fault is not None)]


class Figure(Struct, frozen=True):
    """One measure over many clips: the least, the median and the most, in the limit's unit."""

    measure: str
    least: str
    median: str
    most: str
    limit: str


def figures(found: Iterable[tuple[Utterance, Measures]]) -> list[Figure]:
    """Sum up what was measured, a row for each gate; two where the paces have limits of their own.

    Args:
        found: what each clip says, with its measures. A gate from which all are exempt has no row.
    """
    clips = list(found)
    rows = []
    for gate in GATES:
        for pace in Pace if gate.slow else (None,):
            values = [
                value
                for utterance, measures in clips
                if gate.language in {None, utterance.language}
                if pace in {None, utterance.pace}
                if (value := gate.read(measures)) is not None
            ]
            if values:
                rows.append(_figure(gate, pace, values))
    return rows


def _figure(gate: Gate, pace: Pace | None, values: list[float]) -> Figure:
    apart = ", ".join(part for part in (gate.language, pace) if part)
    least, median, most = (f"{value:.2f}" for value in np.percentile(values, (0, 50, 100)))
    limit = gate.limits(pace or Pace.NORMAL).text(gate.unit)
    return Figure(f"{gate.name} ({apart})" if apart else gate.name, least, median, most, limit)


def _outside(value: float, limits: Limits) -> str:
    """Write a value in two figures, or in as many as show that it is not within."""
    rounded = (float(f"{value:.{places}g}") for places in range(2, 18))
    return str(next(each for each in rounded if not limits.hold(each))).removesuffix(".0")
