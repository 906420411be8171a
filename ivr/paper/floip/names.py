"""What blocks, exits, resources and languages are called in the container: the same every time."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final

from ivr.errors import PaperError
from ivr.paper.floip.shapes import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMESPACE: Final = uuid.UUID("6a2b8f0e-4a55-5d0b-9c1e-2f6d7c3e8b41")
_LANGUAGES: Final = {
    "as": ("asm", "Assamese"),
    "bn": ("ben", "Bengali"),
    "en": ("eng", "English"),
    "gu": ("guj", "Gujarati"),
    "hi": ("hin", "Hindi"),
    "kn": ("kan", "Kannada"),
    "ml": ("mal", "Malayalam"),
    "mr": ("mar", "Marathi"),
    "ne": ("nep", "Nepali"),
    "or": ("ori", "Odia"),
    "pa": ("pan", "Punjabi"),
    "ta": ("tam", "Tamil"),
    "te": ("tel", "Telugu"),
    "ur": ("urd", "Urdu"),
}
"""A code of two letters → its code in ISO 639-3, and its name."""
_ISO_639_3_LETTERS: Final = 3
KEY_NAMES: Final = {"*": "star", "#": "hash"}


def uuid_of(flow_id: str, kind: str, name: str) -> str:
    """The uuid of a part: the same for the same names, in every version of the flow.

    Args:
        flow_id: whose part.
        kind: what it is, such as `block`.
        name: stable, such as `register_lesson.register_6/ask`.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{flow_id}\0{kind}\0{name}"))


def block_name(block_id: str) -> str:
    """The name of a block as FLOIP allows it: letters, digits and `_`."""
    return re.sub(r"\W", "_", block_id, flags=re.ASCII)


def key_name(key: str) -> str:
    """The name of the choice that is made by a key and has no other: `_key_0`, `_key_star`.

    The ids of a spec begin with a letter, so that none of them is called so.
    """
    return f"_key_{KEY_NAMES.get(key, key)}"


def languages_of(codes: Iterable[str]) -> dict[str, Language]:
    """The languages of a flow, by their codes in the spec; each as it is spoken in India.

    Args:
        codes: of ISO 639; those of three letters stand as they are, under no other name.

    Raises:
        PaperError: the three letters for one of two letters are not known here.
    """
    found = {}
    for code in codes:
        known = (code, code) if len(code) == _ISO_639_3_LETTERS else _LANGUAGES.get(code)
        if known is None:
            raise PaperError(
                f"flow.languages: FLOIP needs three letters for a language, and those of '{code}'"
                " are not known here; call it by its three letters (ISO 639-3, such as mai for"
                " Maithili), in flow.yaml and in the names of its files"
            )
        three, label = known
        found[code] = Language(id=three, label=label, iso_639_3=three, bcp_47=f"{code}-IN")
    return found
