"""A copy of a config in the folder `config`, and what is changed in it."""

from __future__ import annotations

from pathlib import Path


def change(name: str, old: str, new: str) -> None:
    """Changes what stands once in a file of the config."""
    path = Path("config", name)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(name: str, text: str) -> int:
    """The line of a file of the config in which a text stands first, from 1."""
    held = Path("config", name).read_text(encoding="utf-8")
    return held[: held.index(text)].count("\n") + 1
