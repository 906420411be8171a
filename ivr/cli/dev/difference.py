"""What has changed between what was taken and what is saved now, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ivr.cli.audio.studio import counted
from ivr.speech.recording_files import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.cli.dev.saved import State
    from ivr.flow.model import Flow, Spec


def difference(now: tuple[Spec, State], before: tuple[Spec, State]) -> str:
    """Say what differs, such as `2 prompts, 1 node`; empty where nothing does.

    Args:
        now: what the files make, and what is in them.
        before: the same, when it was last taken.
    """
    (spec, files), (old, old_files) = now, before
    counts = {
        "prompt": _differing(_prompts(spec), _prompts(old)),
        "node": _differing(spec.flow.nodes, old.flow.nodes),
        "fact": _differing(spec.facts.facts, old.facts.facts),
        "lexicon": _differing(files.lexicons, old_files.lexicons),
        "recording": _differing(_takes(files), _takes(old_files)),
    }
    told = [counted(count, noun) for noun, count in counts.items() if count]
    if _rules(spec.flow) != _rules(old.flow):
        told.append("what holds for all nodes")
    return ", ".join(told)


def _prompts(spec: Spec) -> dict[tuple[str, str], str]:
    return {
        (language, prompt): text
        for language, words in spec.words.items()
        for prompt, text in words.prompts.items()
    }


def _takes(files: State) -> dict[str, object]:
    """The files beside words that are recordings, and no papers."""
    return {name: each for name, each in files.recordings.items() if name.lower().endswith(FORMATS)}


def _rules(flow: Flow) -> Flow:
    """All of a flow but its nodes."""
    return replace(flow, nodes={})


def _differing(now: Mapping[Any, object], before: Mapping[Any, object]) -> int:
    """How many names are new, are gone, or stand for something else."""
    return sum(now.get(name) != before.get(name) for name in {*now, *before})
