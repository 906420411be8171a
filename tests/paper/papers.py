"""What the tests of leaflet, SMS and script share."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.errors import PaperError
from ivr.flow.reading import nfc_source
from ivr.paper.pages.pdf import pdf
from ivr.paper.pages.words import PaperWords, read_paper_words

if TYPE_CHECKING:
    from types import ModuleType

    from ivr.flow.model import Spec

CONFIG = Path(__file__).parents[2] / "config"
NUMBER = "+919830012345"


def shipped(language: str) -> PaperWords:
    """The shipped words of the papers."""
    path = CONFIG / f"paper.{language}.yaml"
    return read_paper_words(nfc_source(path.read_text("utf-8"), str(path)))


def saying(spec: Spec, language: str = "en", **prompts: str) -> Spec:
    """The spec with some prompts of a language that say something else."""
    words = spec.words[language]
    changed = msgspec.structs.replace(words, prompts={**words.prompts, **prompts})
    return msgspec.structs.replace(spec, words={**spec.words, language: changed})


@cache
def _try_bengali() -> None:
    pdf('<html lang="bn"><p>ক</p></html>')


def printer() -> ModuleType:
    """WeasyPrint, on a machine that can set Bengali; else the test is skipped, and says why."""
    try:
        _try_bengali()
    except PaperError as error:
        pytest.skip(f"No PDF is tried: {error}")
    return importlib.import_module("weasyprint")
