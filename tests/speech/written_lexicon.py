"""A lexicon that a test writes down itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import SpeechError
from ivr.speech.lexicon import judge_lexicon

if TYPE_CHECKING:
    from ivr.speech.lexicon import Lexicon


def lexicon_of(text: str, file: str = "lexicon") -> Lexicon:
    """The lexicon of a text.

    Raises:
        SpeechError: with every problem of the text.
    """
    return judge_lexicon(text, file).checked(SpeechError)
