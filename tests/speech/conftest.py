"""The offline voice, really running, and the lexicons and words that are shipped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from ivr.cli.audio.studio import read_lexicons
from ivr.speech.espeak import EspeakVoice
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.speech.lexicon import Lexicon

CONFIG = Path(__file__).parents[2] / "config"
LANGUAGES = ("bn", "en")


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakVoice]:
    with closing(EspeakVoice()) as voice:
        yield voice


@pytest.fixture(scope="session")
def lexicons() -> dict[str, Lexicon]:
    return read_lexicons(CONFIG, LANGUAGES)


@pytest.fixture(scope="session")
def shipped() -> tuple[Utterance, ...]:
    """Everything that the line says, at both paces."""
    files = {language: CONFIG / "prompts" / f"{language}.yaml" for language in LANGUAGES}
    words = {language: yaml.safe_load(path.read_text("utf-8")) for language, path in files.items()}
    return tuple(utterances({language: file["prompts"] for language, file in words.items()}))
