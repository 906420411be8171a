"""Keys in words against keys in the flow: nobody can press what was never said.

Every language is judged by its lexicon (see `KeyWords`). One without a lexicon, or with one whose
words are of another language, is not judged: see `ivr.speech.lexicon_gaps`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from ivr.flow.model import Lesson, Menu, Think
from ivr.flow.problem import Finding, Level, in_flow, in_words
from ivr.flow.terms import READY_KEY
from ivr.flow.usage import step_prompts, taken
from ivr.speech.key_words import KeyWords
from ivr.speech.lexicon_gaps import untranslated_list
from ivr.speech.sayings import WORLDS, sayings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ivr.flow.model import Flow, Option, Spec
    from ivr.flow.problem import Path
    from ivr.flow.terms import PromptId
    from ivr.speech.lexicon import Lexicon
    from ivr.speech.sayings import Saying


def key_findings(spec: Spec, lexicons: Mapping[str, Lexicon]) -> Iterator[Finding]:
    """Each option whose key nobody can learn of, and each prompt that names a key in vain.

    - An option's own prompt must name its key: beside a word of pressing, or at the end of a phrase
      where nothing is said of pressing, or, where it names none so, anywhere. If it holds no key at
      all, the menu's prompt, or that of another option that is said whenever this one is, must
      hold it; in a lesson, any prompt of the same step. So must the prompts of a `think` node hold
      the key that ends it. Where two options have one key, the key is wrong and not the words:
      another check tells of it.
    - A key that any prompt names beside a word of pressing must do something wherever that prompt
      is said: see `ivr.speech.sayings`. Where keys are told it is an error, in what is told
      otherwise (steps, what leads on, goodbyes) a warning. A key that does something only while a
      condition holds may be named only where that condition holds.

    Args:
        spec: whose words and flow are held against each other.
        lexicons: language → its lexicon.
    """
    for language, words in spec.words.items():
        lexicon = lexicons.get(language)
        if lexicon is not None and untranslated_list(lexicon) is None:
            judge = _Judge(spec.flow, language, words.prompts, KeyWords(lexicon))
            yield from judge.findings()


_NEVER: Final = "name a key that does something there, or none"
_AT_TIMES: Final = "name it only in the prompt of the option that is there at times"


class _Judge:
    """The words of one language against the flow."""

    def __init__(
        self, flow: Flow, language: str, prompts: Mapping[PromptId, str], keys: KeyWords
    ) -> None:
        self._flow = flow
        self._language = language
        self._prompts = prompts
        self._keys = keys

    def findings(self) -> Iterator[Finding]:
        for node_id, node in self._flow.nodes.items():
            path: Path = ("nodes", node_id)
            match node:
                case Menu():
                    for place, option in _with_own_key(node.options):
                        row = (node.prompt, *_said_with(option, node.options))
                        yield from self._option((*path, "options", place), option, row)
                case Lesson():
                    yield from self._steps(path, node)
                case Think():
                    yield from self._ready(node)
                case _:
                    pass
        yield from self._in_vain()

    def _steps(self, path: Path, lesson: Lesson) -> Iterator[Finding]:
        for index, step in enumerate(lesson.steps):
            for place, option in _with_own_key(step.options):
                row = step_prompts(self._flow, lesson, index, holding=())
                here = (*path, "steps", index, "options", place)
                yield from self._option(here, option, row)

    def _option(self, path: Path, option: Option, row: Iterable[PromptId]) -> Iterator[Finding]:
        key, word, own = option.key, self._keys.words.get(option.key), self._text(option.prompt)
        told = self._keys.offered(own)
        if word is None or not own or key in told:
            return
        if told:
            what = f"'{option.prompt}' says key {_listed(told)} ({self._language}), not {key}"
            to_do = f"mend its words in prompts/{self._language}.yaml, or the key here"
            yield in_flow((*path, "key"), what, to_do)
        elif not any(key in self._keys.held(self._text(each)) for each in (option.prompt, *row)):
            what = f"no prompt names key {key} ({self._language})"
            to_do = f"say '{word}' in '{option.prompt}' in prompts/{self._language}.yaml"
            yield in_flow((*path, "key"), what, to_do)

    def _ready(self, node: Think) -> Iterator[Finding]:
        ready, word = self._flow.defaults.ready, self._keys.words.get(READY_KEY)
        texts = [self._text(each) for each in (node.prompt, ready)]
        told = self._keys.offered(texts[1])
        path = ("prompts", ready)
        if word is None or not texts[1] or READY_KEY in told:
            return
        if told:
            what = f"'{ready}' says key {_listed(told)}, not {READY_KEY}, which ends a think node"
            yield in_words(self._language, path, what, f"say '{word}'")
        elif not any(READY_KEY in self._keys.held(text) for text in texts):
            what = f"'{ready}' does not say key {READY_KEY}, which ends a think node"
            yield in_words(self._language, path, what, f"say '{word}'")

    def _in_vain(self) -> Iterator[Finding]:
        """Keys that do nothing where they are named: one finding for all places of a prompt."""
        places: dict[tuple[PromptId, str, bool, bool], list[str]] = defaultdict(list)
        for saying in sayings(self._flow):
            for key in self._named(saying) - saying.keys.always:
                is_at_times = key in saying.keys.at_times
                where = places[saying.prompt, key, saying.leads_astray, is_at_times]
                where.append(saying.where)
        for (prompt, key, leads_astray, is_at_times), where in places.items():
            level = Level.ERROR if leads_astray else Level.WARNING
            does = "something only at times" if is_at_times else "nothing"
            what = f"'{prompt}' names key {key}, which does {does} {_places(where)}"
            to_do = _AT_TIMES if is_at_times else _NEVER
            yield in_words(self._language, ("prompts", prompt), what, to_do, level)

    def _named(self, saying: Saying) -> frozenset[str]:
        text = self._text(saying.prompt)
        if saying.own_key is None:
            return self._keys.offered(text) if saying.tells_keys else self._keys.pressed(text)
        told = self._keys.offered(text)
        # Words that say another key than the own one are told of already.
        return told if saying.own_key in told else frozenset()

    def _text(self, prompt: PromptId) -> str:
        """The words of a prompt; of one that has none another check tells."""
        return self._prompts.get(prompt, "")


def _with_own_key(options: Sequence[Option]) -> Iterator[tuple[int, Option]]:
    """The options, with their places, that have a key for themselves whatever holds."""
    worlds = [Counter(each.key for each in taken(options, world)) for world in WORLDS]
    for place, option in enumerate(options):
        if all(keys[option.key] <= 1 for keys in worlds):
            yield place, option


def _said_with(option: Option, options: Iterable[Option]) -> Iterator[PromptId]:
    """The prompts of other options that are said whenever this one is."""
    for other in options:
        is_there = other.when in {None, option.when}
        if is_there and (other.in_simple or not option.in_simple):
            yield other.prompt


def _places(where: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(where) - 1
    noun = "place" if more == 1 else "places"
    return f"{where[0]}, and at {more} more {noun}" if more else where[0]


def _listed(keys: Iterable[str]) -> str:
    return " and ".join(sorted(keys))
