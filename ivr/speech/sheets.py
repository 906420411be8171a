"""Recording sheets that were printed: what each number stood for, and with which words.

    <audio>/human/<language>/sheets.json

Between printing and recording, prompts are added and words change. So every sheet is kept under the
short code that it bears, and takes are taken in by the sheet that they were read from.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from ivr.errors import SpeechError
from ivr.speech.files import locked, read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

KEPT: Final = "sheets.json"


class Sheet(Struct, frozen=True):
    """One printed sheet.

    Attributes:
        code: what stands at its top, such as `3f2a`.
        language: of its words.
        prompts: prompt id → the words that were printed, in the order of the numbers.
    """

    code: str
    language: str
    prompts: dict[str, str]


class _Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """`sheets.json`: the code of each sheet → its prompts and their words in order."""

    sheets: Literal[1]
    printed: dict[str, dict[str, str]]


def sheet_of(language: str, prompts: Mapping[str, str]) -> Sheet:
    """Give the sheet of these words; its code changes with the language, an order, or a word."""
    content = msgspec.json.encode([language, list(prompts.items())])
    return Sheet(hashlib.sha256(content).hexdigest()[:4], language, dict(prompts))


def keep_sheet(human: Path, sheet: Sheet) -> None:
    """Keep a sheet, so that takes can be taken in by its numbers, however the words change.

    Args:
        human: the folder of recordings, `<audio>/human`.
        sheet: the one that is printed.

    Raises:
        SpeechError: what is kept cannot be read, or not be written.
    """
    path = human / sheet.language / KEPT
    if _printed(path).get(sheet.code) == sheet.prompts:
        return
    with locked(path.with_name(".lock")):
        write_json(path, _Kept(1, {**_printed(path), sheet.code: sheet.prompts}))


def find_sheet(human: Path, languages: Iterable[str], code: str) -> Sheet:
    """Find a printed sheet by its code.

    Raises:
        SpeechError: there is none, or what is kept cannot be read.
    """
    known: list[str] = []
    for language in languages:
        printed = _printed(human / language / KEPT)
        if code in printed:
            return Sheet(code, language, printed[code])
        known += (f"{each} ({language})" for each in printed)
    told = f"known are {', '.join(known)}" if known else "none was printed here"
    raise SpeechError(
        f"No sheet {code} was printed from this folder; {told}. Give the code at the top of the"
        " sheet that was read from, or name the files after their prompts."
    )


def _printed(path: Path) -> dict[str, dict[str, str]]:
    lost = "without it, takes can only be named after their prompts"
    kept = read_json(path, _Kept, f"Take it from the last good copy; {lost}.")
    return kept.printed if kept else {}
