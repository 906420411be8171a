"""What all pretend callers have in common: the flow, the ways through it, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.rehearsal.personas import GOALS, Goal
from ivr.rehearsal.places import roles
from ivr.rehearsal.ways import Map, is_aside

if TYPE_CHECKING:
    from ivr.flow.terms import PromptId
    from ivr.rehearsal.line import Told
    from ivr.rehearsal.personas import Personas


class Guide:
    """Made once for a line, and only read by its callers.

    Args:
        line: that is rung.
        personas: who rings, and when a goal is reached.
    """

    def __init__(self, line: Told, personas: Personas) -> None:
        self.digits = line.digits
        self.personas = personas
        self.flow = line.flow
        self.roles = roles(line.flow)
        self.maps: dict[Goal, Map] = {
            goal: Map(line.flow, personas.goals.of(goal)) for goal in GOALS
        }
        self.aside = frozenset(
            node_id for node_id, node in line.flow.nodes.items() if is_aside(node)
        )
        self.prompts = _by_words(line)
        self.reaching: dict[PromptId, Goal] = {
            _prompt(line, personas.goals.of(goal)): goal for goal in GOALS
        }
        self._rows: dict[str, str] = {}

    def digit(self, words: str) -> str:
        """The one digit that these words are; empty for any others."""
        if self.row(words):
            return ""
        twice = self._read(f"{words} {words}")  # one alone is no row
        return twice[:1] if len(twice) == len("00") else ""

    def row(self, words: str) -> str:
        """The last row of digits inside of one sound; empty when there is none."""
        return self._read(words)

    def _read(self, words: str) -> str:
        if words not in self._rows:
            self._rows[words] = self.digits.read_out([words])
        return self._rows[words]


def _prompt(line: Told, node_id: str) -> PromptId:
    prompt: PromptId = getattr(line.flow.nodes[node_id], "prompt", "")
    return prompt


def _by_words(line: Told) -> dict[str, tuple[PromptId, ...]]:
    """Which prompts are heard by which words; two prompts may have the same."""
    found: dict[str, tuple[PromptId, ...]] = {}
    for words in line.words:
        for prompt, text in words.prompts.items():
            others = found.get(text, ())
            found[text] = others if prompt in others else (*others, prompt)
    return found
