"""What is said, as resources: each prompt by itself, so that its clip can stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.flow.model import Code, Flow, Practice
from ivr.flow.usage import digit_prompt, prompts_used
from ivr.paper.floip.expressions import spelt, value_of
from ivr.paper.floip.names import languages_of, uuid_of
from ivr.paper.floip.shapes import Resource, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.flow.terms import NodeId, PromptId

MODES: Final = ("IVR", "TEXT", "OFFLINE")
"""A call, a chat, and the runner by itself, whose own default is OFFLINE."""
ClipUrl: TypeAlias = Callable[[str, str], str | None]
"""`clip_url(language, prompt_id)` gives the address of a clip; None where there is none."""


def no_clips(_language: str, _prompt_id: str) -> None:
    """The addresses where none are to be named: words alone."""


def origin(flow: Flow, node_id: NodeId) -> tuple[NodeId, Code]:
    """The practice node that has the code of this one, and that code; itself, or the one it names.

    A checked flow has no circle of them.
    """
    node = flow.nodes[node_id]
    while isinstance(node, Practice) and node.code.same_as is not None:
        node_id, node = node.code.same_as, flow.nodes[node.code.same_as]
    assert isinstance(node, Practice)  # noqa: S101 - the checks of the flow hold it
    return node_id, node.code


def code_name(node_id: NodeId) -> str:
    """The variable that holds the fresh code of a practice node."""
    return f"_{node_id}_code"


class Resources:
    """Every resource of the container: all prompts of the flow, and what blocks ask for beside.

    Args:
        spec: whose words.
        clip_url: the addresses of its clips.

    Raises:
        PaperError: a language of the flow has no code for FLOIP.
    """

    def __init__(self, spec: Spec, clip_url: ClipUrl) -> None:
        self.languages = languages_of(spec.flow.flow.languages)
        self._spec = spec
        self._flow_id = spec.flow.flow.id
        self.prompts = {
            prompt_id: uuid_of(self._flow_id, "prompt", prompt_id)
            for prompt_id in dict.fromkeys(prompt for _, prompt in prompts_used(spec.flow))
        }
        self._made = {
            uuid: self._spoken(uuid, prompt_id, clip_url)
            for prompt_id, uuid in self.prompts.items()
        }

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._made.values())

    def key(self, key: str) -> str:
        """The resource of a key that no prompt offers by itself: the key as it is."""
        return self._add(f"key {key}", dict.fromkeys(self.languages, key))

    def code(self, node_id: NodeId) -> str:
        """The resource that reads out the code of a practice node.

        A fixed code in the words of its digits; of a fresh one, an expression that says its digits.
        """
        owner, code = origin(self._spec.flow, node_id)
        if code.digits is None:
            said = spelt(value_of(code_name(owner)), code.length or 0)
            return self._add(f"code {node_id}", dict.fromkeys(self.languages, said))
        prompts = _digit_prompts(code.digits)
        texts = {language: self._texts(language, prompts) for language in self.languages}
        return self._add(f"code {node_id}", texts)

    def _texts(self, language: str, prompts: tuple[PromptId, ...]) -> str:
        words = self._spec.words[language].prompts
        return " ".join(_escaped(words[prompt]) for prompt in prompts)

    def _spoken(self, uuid: str, prompt_id: PromptId, clip_url: ClipUrl) -> Resource:
        values = []
        for language in self.languages:
            values.append(self._text(language, self._texts(language, (prompt_id,))))
            if (url := clip_url(language, prompt_id)) is not None:
                values.append(self._clip(language, url))
        return Resource(uuid=uuid, values=tuple(values))

    def _add(self, name: str, texts: dict[str, str]) -> str:
        uuid = uuid_of(self._flow_id, "resource", name)
        values = tuple(self._text(language, text) for language, text in texts.items())
        self._made[uuid] = Resource(uuid=uuid, values=values)
        return uuid

    def _text(self, language: str, text: str) -> Value:
        return Value(
            language_id=self.languages[language].id,
            content_type="TEXT",
            mime_type="text/plain",
            modes=MODES,
            value=text,
        )

    def _clip(self, language: str, url: str) -> Value:
        return Value(
            language_id=self.languages[language].id,
            content_type="AUDIO",
            mime_type="audio/wav",
            modes=("IVR",),
            value=url,
        )


def _digit_prompts(digits: str) -> tuple[PromptId, ...]:
    """The prompts that read a code out: the voice falls at the very end."""
    last = len(digits)
    return tuple(digit_prompt(each, last=n == last) for n, each in enumerate(digits, 1))


def _escaped(words: str) -> str:
    """Words in which `@` begins no expression."""
    return words.replace("@", "@@")
