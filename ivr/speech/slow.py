"""A take's own pauses and speed: the slow form of speech that a voice has at normal speed only.

Longer pauses come first, a slower voice second and little of it: speech rate alone helped older
users of telephone menus nothing, and slowed synthetic speech made single words harder (Sharit
2003). All samples here are levelled and at 8 kHz; silence is a 20 ms frame under -40 dBFS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ivr.flow.terms import Pace
from ivr.speech.norms import FRAME, PAUSES, RATE, SILENCE_LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ivr.speech.voice import Samples

STEP = FRAME // 2
"""Samples from one frame's begin to the next's.

They overlap by half, so that no other framing finds sound where these have none.
"""

STRETCH = 1.15
"""How many times as long slow speech lasts.

Half of what the offline voice does when it slows down by itself (from 135 to 105 words a minute,
1.29): what is stretched loses more than what is spoken slowly. A judgement; nobody has listened.
"""

SHORTEST_PAUSE = 0.20
"""Seconds of even quiet from which on a silence is a pause and not part of a word.

In Bengali a stop is heard as doubled from a closure of 120 to 160 ms on (Hankamer, Lahiri and
Koreman 1989), the offline voice closes for up to 170 ms (measured on all shipped words), and
pauses under 200 ms are a kind of their own (Campione and Véronis 2002). A pause that is missed
costs little; half a second within a word makes two words of it. Measured on the offline voice: no
word is torn, and 259 of 276 pauses of 0.30 s within sentences are found.
"""

SENTENCE_FROM = sum(PAUSES[Pace.NORMAL]) / 2
"""Seconds; a pause as long as this ends a sentence, a shorter one a phrase.

It is also longer than any row of weak consonants, such as in 'asks for' (0.35 s under -40 dBFS,
measured), so that silence as long as this is a pause even with a breath in it.
"""

LONGEST_PAUSE = {Pace.NORMAL: 0.86, Pace.SLOW: 1.26}
"""Seconds that a take may be silent.

A finished clip's gap may be 0.9 s, slow 1.3 s; one frame at either end is left to its own framing.
"""

_EVEN, _HUSH = 2.0, 10 ** (-60 / 20)
"""Even quiet is within 6 dB of the pause's quietest frame, or under -60 dBFS.

Weak consonants, which lie under -40 dBFS too, are less even than room noise.
"""

_SEARCH = RATE // 100
"""Samples by which the stretched voice may run ahead or stay behind.

A repeat is 10 to 22 ms long, and so holds a whole number of periods of any voice of 50 Hz or more.
"""


@dataclass(frozen=True, slots=True)
class _Pause:
    """Silence within a take, in samples: from sound to sound, and its longest even quiet."""

    begin: int
    end: int
    quiet: slice


def slower(samples: Samples) -> Samples:
    """Say a take slowly: its pauses as long as the slow pace has them, then all of it stretched.

    Args:
        samples: a take, levelled, at 8 kHz, in one dimension.

    Returns:
        The slow take, at the same level and pitch. Pauses are 0.50 s long after a phrase and 0.90 s
        after a sentence, whatever they were; a silent take stays silent.
    """
    phrase, sentence = (seconds / STRETCH for seconds in PAUSES[Pace.SLOW])
    return _stretched(
        _with_pauses(samples, lambda seconds: phrase if seconds < SENTENCE_FROM else sentence)
    )


def without_hesitation(samples: Samples, pace: Pace) -> Samples:
    """Shorten pauses that are too long for a clip to that after a sentence; keep all else.

    A person who hesitated need not record again.

    Args:
        samples: a take, levelled, at 8 kHz, in one dimension.
        pace: of the clip; it decides which pause is too long.
    """
    longest, sentence = LONGEST_PAUSE[pace], PAUSES[pace][1]
    return _with_pauses(samples, lambda seconds: sentence if seconds > longest else seconds)


def frame_levels(samples: Samples) -> Samples:
    """Root mean square of the 20 ms from every 10 ms on; what lacks at the end counts as zeros."""
    steps = np.pad(samples, (0, -len(samples) % STEP)).reshape(-1, STEP)
    energies = np.mean(steps**2, axis=1)
    levels: Samples = np.sqrt((energies + np.pad(energies, (0, 1))[1:]) / 2)
    return levels


def _with_pauses(samples: Samples, wanted: Callable[[float], float]) -> Samples:
    """Give each pause the seconds that are wanted for one of its length."""
    parts: list[Samples] = []
    done = 0
    for pause in _pauses(samples):
        length = pause.end - pause.begin
        more = round(wanted(length / RATE) * RATE) - length
        if more > 0:
            parts += [samples[done : pause.quiet.stop], _more_of(samples[pause.quiet], more)]
            done = pause.quiet.stop
        elif more < 0:
            left = (pause.begin + pause.end + more) // 2
            right = left - more
            parts += [samples[done:left], _cross_faded(samples[left:], samples[right:])]
            done = right + FRAME
    return np.concatenate((*parts, samples[done:]))


def _pauses(samples: Samples) -> Iterator[_Pause]:
    """Find the pauses between the first sound and the last."""
    levels = frame_levels(samples)
    heard = np.flatnonzero(levels >= SILENCE_LEVEL)
    shortest = round(SHORTEST_PAUSE * RATE)
    for before, after in zip(heard[:-1].tolist(), heard[1:].tolist(), strict=True):
        first = before + FRAME // STEP
        begin, end = first * STEP, after * STEP
        if end - begin >= shortest:
            inside = levels[first : after - 1]  # the frames that lie wholly within
            quiet = _longest_run(inside <= max(_EVEN * float(inside.min()), _HUSH))
            even = slice(begin + quiet.start * STEP, begin + (quiet.stop - 1) * STEP + FRAME)
            if even.stop - even.start >= shortest or end - begin >= SENTENCE_FROM * RATE:
                yield _Pause(begin, end, even)


def _longest_run(which: NDArray[np.bool_]) -> slice:
    """Give the longest row of true ones; there is one at least."""
    edges = np.flatnonzero(np.diff(np.pad(which, 1).astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    longest = int(np.argmax(stops - starts))
    return slice(int(starts[longest]), int(stops[longest]))


def _more_of(quiet: Samples, length: int) -> Samples:
    """Make about `length` samples of the same quiet, which follow on its end.

    It runs backwards and forwards in turn, so that every step from sample to sample is one of its
    own: no click, no change of the room's noise, and no cross-fade that would have to hide them.
    """
    times = math.ceil(length / (2 * len(quiet)))
    once = quiet[len(quiet) - round(length / (2 * times)) :]
    return np.tile(np.concatenate((once[::-1], once)), times)


def _cross_faded(left: Samples, right: Samples) -> Samples:
    rise = np.linspace(0, 1, FRAME, dtype=np.float32)
    faded: Samples = left[:FRAME] * (1 - rise) + right[:FRAME] * rise
    return faded


def _stretched(samples: Samples) -> Samples:
    """Make samples last 1.15 times as long at the same pitch, by waveform similarity.

    The voice goes on in blocks of 20 ms until it has run ahead by more than 10 ms; the next block
    then begins 10 to 22 ms farther back, where the wave is most like its natural continuation, and
    is faded in over that (WSOLA, Verhelst and Roelands 1993).
    """
    length = round(len(samples) * STRETCH)
    blocks = math.ceil(length / FRAME)
    padded = np.pad(samples.astype(np.float64), (_SEARCH, _SEARCH + 2 * FRAME))
    starts = _block_starts(padded, blocks)
    natural = np.append(starts[:1], starts[:-1] + FRAME)
    within = np.arange(FRAME)
    rise = (within + 0.5) / FRAME
    old, new = (padded[begins[:, np.newaxis] + within] for begins in (natural, starts))
    out: Samples = (old + rise * (new - old)).ravel()[:length].astype(np.float32)
    return out


def _block_starts(padded: NDArray[np.float64], blocks: int) -> NDArray[np.intp]:
    """Choose where in the padded samples each block of the stretched ones begins."""
    sums = np.pad(np.cumsum(padded**2), (1, 0))
    energies = sums[FRAME:] - sums[:-FRAME]
    starts = np.empty(blocks, np.intp)
    begin = _SEARCH
    for block in range(blocks):
        on_time = _SEARCH + round(block * FRAME / STRETCH)
        if begin > on_time + _SEARCH:
            earliest = on_time - _SEARCH
            reach, follow = padded[earliest : on_time + FRAME], padded[begin : begin + FRAME]
            # The least squared difference; what all share, the energy of `follow`, is left out.
            # Unlike a normalised correlation it never prefers sound where silence should follow.
            unlike = energies[earliest : on_time + 1] - 2 * np.correlate(reach, follow)
            begin = earliest + int(np.argmin(unlike))
        starts[block] = begin
        begin += FRAME
    return starts
