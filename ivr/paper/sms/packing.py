"""Sentences into as few pieces as hold them, each short enough to be sent alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.paper.sms.graphemes import graphemes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

PHRASE_ENDS: Final = (",", ";")


def pack(groups: Iterable[Sequence[str]], fits: Callable[[str], bool]) -> list[str]:
    """Put groups of sentences into pieces in their order, as many into each as fit.

    A group is broken only when it does not fit a piece of its own, between sentences. A sentence is
    broken likewise: after a phrase where it can be, else between words; and a word, between signs.

    Args:
        groups: of sentences without white space at their ends.
        fits: whether a text is short enough; what it takes, it takes shorter too.
    """
    pieces: list[str] = []
    for group in groups:
        whole = " ".join(group)
        if pieces and fits(f"{pieces[-1]} {whole}"):
            pieces[-1] = f"{pieces[-1]} {whole}"
        else:
            pieces += [whole] if fits(whole) else _broken(group, fits)
    return pieces


def _broken(sentences: Iterable[str], fits: Callable[[str], bool]) -> list[str]:
    pieces: list[str] = []
    for sentence in sentences:
        if pieces and fits(f"{pieces[-1]} {sentence}"):
            pieces[-1] = f"{pieces[-1]} {sentence}"
        else:
            pieces += [part.strip() for part in cut(sentence, fits)]
    return pieces


def cut(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Part a text into pieces that fit, where it hurts least; joined they are the text.

    White space at the ends of a piece is not counted. One sign that does not fit stays whole: no
    limit is so low.
    """
    pieces = []
    rest = text
    while rest and not fits(rest.strip()):
        length = _length(rest, fits)
        pieces.append(rest[:length])
        rest = rest[length:]
    return [*pieces, rest] if rest else pieces


def _length(text: str, fits: Callable[[str], bool]) -> int:
    """How much of a text that does not fit the first piece takes."""
    phrase = sign = 0
    words: list[int] = []
    for length in _lengths(text):
        if sign and not fits(text[:length].strip()):
            break
        sign = length
        if text[length - 1].isspace() and text[:length].strip():
            words.append(length)
            if text[:length].rstrip().endswith(PHRASE_ENDS):
                phrase = length
    # Where two pieces are enough they are of one size, so that no word is left alone.
    half = next((length for length in words if 2 * length >= len(text)), None)
    return phrase or half or (words[-1] if words else sign)


def _lengths(text: str) -> Iterator[int]:
    length = 0
    for sign in graphemes(text):
        length += len(sign)
        yield length
