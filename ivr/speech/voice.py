"""What every voice can do, whether it runs on this machine or far away.

Samples are mono, 32-bit floats between -1 and 1, in one-dimensional numpy arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Sequence

Samples: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Samples of one phrase or sentence, and whether a sentence ends with them."""

    samples: Samples
    ends_sentence: bool


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """One utterance as a voice said it: its takes in order, at `rate` samples a second.

    The pauses between the takes are not the voice's affair; `ivr.speech.telephone` sets them, so
    that they are the same whichever voice speaks and grow at the slow pace.
    """

    takes: tuple[Take, ...]
    rate: int
    pace: Pace = Pace.NORMAL
    """How slowly the voice itself spoke; where a clip is to be slower, the chain makes it so."""


class Voice(Protocol):
    """Something that speaks; `speak` may be called from `lanes` threads at once."""

    @property
    def name(self) -> str:
        """The engine's name as settings and the lexicon write it: `espeak` or `gtts`."""
        ...

    @property
    def version(self) -> str:
        """Engine and version: when this changes, its clips are made again."""
        ...

    @property
    def parameters(self) -> str:
        """The engine's settings: when they change, its clips are made again."""
        ...

    @property
    def lanes(self) -> int:
        """How many utterances it can say at once."""
        ...

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
        """Say sentences, already respelt for this engine.

        Raises:
            SpeechError: it cannot; the message says why and what to do.
        """
        ...

    def stop(self) -> None:
        """Give up what is under way, from another thread; nothing is said until it is closed."""
        ...

    def close(self) -> None:
        """Give back processes and connections; a closed voice opens again when it speaks."""
        ...
