"""One thing to be said: the words of one prompt, in one language, at one pace."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ivr.flow.terms import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

Place: TypeAlias = tuple[str, str, Pace]
"""Language, prompt id and pace: what a clip is looked up by."""


class Utterance(Struct, frozen=True):
    """A prompt as the caller is to hear it, such as `Utterance("bn", "greeting", Pace.SLOW, …)`.

    Attributes:
        language: ISO 639 code, such as `bn`.
        prompt_id: the prompt's key in `config/prompts/<language>.yaml`.
        pace: how slowly it is said.
        text: the words as they stand in config, never a voice's respelling.
    """

    language: str
    prompt_id: str
    pace: Pace
    text: str

    @property
    def place(self) -> Place:
        """Where this utterance stands in a library."""
        return self.language, self.prompt_id, self.pace

    @property
    def text_sha256(self) -> str:
        """The words' hash, by which a clip of other words is known to be stale."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """How messages name it, such as `greeting (bn, slow)`."""
        return f"{self.prompt_id} ({self.language}, {self.pace.value})"


def utterances(words: Mapping[str, Mapping[str, str]]) -> list[Utterance]:
    """List everything that a line can say: each prompt of each language at each pace.

    Args:
        words: language → prompt id → text.
    """
    return [
        Utterance(language, prompt_id, pace, text)
        for language, prompts in words.items()
        for pace in Pace
        for prompt_id, text in prompts.items()
    ]
