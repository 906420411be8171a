"""A second version of the shipped flow: what an operator may change, done to a copy of config/."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from ivr.cli.project import read_spec
from tests.faults.line_servers import ROOT
from tests.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ivr.flow.model import Spec

NEW_NAMES: Final[Mapping[str, str]] = {
    "warm_up": "first_key",
    "remember_lesson": "kept_lesson",
    "practice_otp": "practice_code",
    "what_next": "and_now",
}
"""Nodes of several kinds, and what the second version calls them."""
MOVED_KEYS: Final = ("3", "4")
"""Of the main menu: what they do is exchanged, and so are the words that name them."""
_ADDED: Final = "  register_3: "
_WORDS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "bn": (
        ("কী কী পাবেন জানতে, তিন", "কী কী পাবেন জানতে, চার"),
        ("আরও কথা শুনতে, চার", "আরও কথা শুনতে, তিন"),
        (_ADDED, f"  listen: ভালো করে শুনুন।\n  ready: এগোতে, এক টিপুন।\n{_ADDED}"),
    ),
    "en": (
        ("UMANG gives, press three", "UMANG gives, press four"),
        ("For more, press four", "For more, press three"),
        (_ADDED, f"  listen: Listen well.\n  ready: To go on, press one.\n{_ADDED}"),
    ),
}
_INTRO: Final = "    prompt: services_intro\n    next: "
_READY: Final = """  ready:
    kind: menu
    prompt: listen
    options:
      - {key: '1', prompt: ready, go: services_lesson}

"""
_STEP: Final = "      - {prompt: remember_2, facts: [remember.2]}"
_FLOW: Final = (
    # Keys that do something else now.
    ("{key: '3', prompt: choose_services,", "{key: '4', prompt: choose_services,"),
    ("{key: '4', prompt: choose_more,", "{key: '3', prompt: choose_more,"),
    # A step that is told in another lesson now, and one that is new.
    (f"{_STEP}\n", ""),
    ("{prompt: app_2, facts: [app.2]}", f"{{prompt: app_2, facts: [app.2]}}\n{_STEP}"),
    ("      - {prompt: register_3,", "      - {prompt: listen}\n      - {prompt: register_3,"),
    ("together: [3, 4,", "together: [4, 4,"),
    ("    numbered: of_15\n", ""),
    # A place that is new: before what UMANG gives, everybody presses a key.
    (f"{_INTRO}services_lesson", f"{_INTRO}ready"),
    ("  services_lesson:\n", f"{_READY}  services_lesson:\n"),
)


def renamed_version(folder: Path, *, is_explained: bool) -> Path:
    """The flow with other names for some nodes; gives its config folder.

    Args:
        folder: where it is made.
        is_explained: whether `renamed:` tells what they were called.
    """
    config, flow = _copied(folder)
    for old, new in NEW_NAMES.items():
        flow = flow.replace(f"  {old}:\n", f"  {new}:\n")
        for before in ("go: ", "next: ", "otherwise: ", "same_as: "):
            for behind in ("}", ",", "\n"):
                flow = flow.replace(f"{before}{old}{behind}", f"{before}{new}{behind}")
    if is_explained:
        flow += "\nrenamed:\n" + "".join(f"  {old}: {new}\n" for old, new in NEW_NAMES.items())
    (config / "flow.yaml").write_text(flow, encoding="utf-8")
    return config


def changed_version(folder: Path) -> Path:
    """The flow with a step more, one less, a new place, and keys that do something else."""
    config, flow = _copied(folder)
    (config / "flow.yaml").write_text(_with(flow, _FLOW), encoding="utf-8")
    for language, changes in _WORDS.items():
        words = config / f"prompts/{language}.yaml"
        words.write_text(_with(words.read_text(encoding="utf-8"), changes), encoding="utf-8")
    return config


def rendered(config: Path, audio: Path) -> Spec:
    """Render what it says beside the clips that are there; gives what it is."""
    spec = read_spec(config)
    render(spec.words, config, audio)
    return spec


def _copied(folder: Path) -> tuple[Path, str]:
    config = folder / "second/config"
    shutil.copytree(ROOT / "config", config)
    return config, (config / "flow.yaml").read_text(encoding="utf-8")


def _with(text: str, changes: Sequence[tuple[str, str]]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
