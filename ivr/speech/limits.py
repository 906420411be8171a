"""How long a caller can listen in one go: limits on rows of prompts, from the flow itself.

An elder holds little in mind, so a greeting, an option, a menu and a step of a lesson have a most
that they may take. The seconds are our judgement, checked against clips of the offline voice. A row
holds all that can be said in it: every option, the number of the step, what is to be written down.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct

from ivr.flow.model import Asking, Branch, End, Flow, Lesson, Menu, Practice, Say, Think, Transfer
from ivr.flow.problem import Path  # noqa: TC001 (a field of a struct)
from ivr.flow.terms import Pace, PromptId
from ivr.flow.usage import SLOW, asks_where, number_prompt, offered, own_prompts, step_prompts
from ivr.speech.gates import Fault
from ivr.speech.join import PAUSE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ivr.flow.model import Node, Option
    from ivr.flow.terms import NodeId

GREETING_SECONDS: Final = 14
"""With the safety words; most callers who leave do so before the first menu."""
OPTION_SECONDS: Final = 4
MENU_SECONDS: Final = 20
STEP_SECONDS: Final = 17
"""With its number, what to write down, and the words that tell the keys."""
PAGE_SECONDS: Final = 60
"""All steps of one page of the site at once, for somebody at the screen.

Who has the page before the eyes follows it and need not hold it in mind; but nobody should wait a
minute for the words that tell how to hear it again. A judgement.
"""
SLOW_FACTOR: Final = 1.4


class Row(Struct, frozen=True):
    """Prompts that are heard in one go, and how long they may take.

    Attributes:
        name: what it is, such as `menu main_menu` or `option choose_more`.
        prompts: in order; several are played as one joined clip.
        limit_seconds: the most that they may take at the normal pace.
        path: where in flow.yaml it is made up.
    """

    name: str
    prompts: tuple[PromptId, ...]
    limit_seconds: float
    path: Path

    def limit(self, pace: Pace) -> float:
        """The most seconds that it may take at a pace."""
        return round(self.limit_seconds * (SLOW_FACTOR if pace is Pace.SLOW else 1), 2)

    def seconds(self, pace: Pace, clip_seconds: Callable[[PromptId], float | None]) -> float | None:
        """How long it takes, with the pauses of the join; None when a clip is missing.

        Args:
            pace: of the clips.
            clip_seconds: the length of a prompt's clip at that pace; None where there is none.
        """
        lengths = [
            length for prompt in self.prompts if (length := clip_seconds(prompt)) is not None
        ]
        if len(lengths) < len(self.prompts):
            return None
        return sum(lengths) + PAUSE_SECONDS[pace] * (len(lengths) - 1)

    def overlong(
        self, pace: Pace, clip_seconds: Callable[[PromptId], float | None]
    ) -> float | None:
        """The seconds that it takes, if they are too many; None also when a clip is missing.

        Args:
            pace: of the clips.
            clip_seconds: as for `seconds`.
        """
        seconds = self.seconds(pace, clip_seconds)
        # In hundredths, as it is told.
        is_over = seconds is not None and round(seconds, 2) > self.limit(pace)
        return seconds if is_over else None


def rows(flow: Flow) -> tuple[Row, ...]:
    """List every row that has a limit, in the flow's order, each once, where it first stands.

    Greeting 14 s, an option 4 s, a menu with its options 20 s, a step with its number and keys
    17 s, the steps of one page together 60 s, and 1.4 times as much when slow. The greeting is
    where a call starts, if that says something. A menu that leads to a bookmark is a further row
    with each of the words that tell where a call broke off.
    """
    every = _greeting(flow)
    for node_id, node in flow.nodes.items():
        every.extend(_rows_of(flow, node_id, node))
    once: dict[tuple[str, tuple[PromptId, ...]], Row] = {}
    for row in every:
        once.setdefault((row.name, row.prompts), row)
    return tuple(once.values())


def overlong(
    row: Row, language: str, pace: Pace, clip_seconds: Callable[[PromptId], float | None]
) -> Fault | None:
    """What is too long about a row; None when it is within, or when a clip is missing.

    Args:
        row: one of `rows`.
        language: whose words are heard; the advice names their file.
        pace: of the clips.
        clip_seconds: the length of a prompt's clip at that pace; None where there is none.
    """
    seconds = row.overlong(pace, clip_seconds)
    if seconds is None:
        return None
    return Fault(
        f"seconds of {row.name}",
        f"{seconds:.2f} s",
        f"at most {row.limit(pace):g} s",
        f"it is more than a caller can hold: use fewer words in config/prompts/{language}.yaml",
    )


def _greeting(flow: Flow) -> list[Row]:
    start = flow.nodes.get(flow.flow.start)
    if not isinstance(start, Say):
        return []
    path = ("nodes", flow.flow.start)
    return [Row(f"greeting {start.prompt}", (start.prompt,), GREETING_SECONDS, path)]


def _rows_of(flow: Flow, node_id: NodeId, node: Node) -> Iterator[Row]:
    path: Path = ("nodes", node_id)
    match node:
        case Menu():
            yield from _menu_rows(flow, node_id, node)
            yield from _option_rows((*path, "options"), node.options)
        case Lesson():
            yield from _lesson_rows(flow, (*path, "steps"), node)
        case Say() | Practice() | Think() | Transfer() | Branch() | End():
            return
        case _:
            assert_never(node)


def _menu_rows(flow: Flow, node_id: NodeId, menu: Menu) -> Iterator[Row]:
    path = ("nodes", node_id)
    first, *options = own_prompts(flow, menu)
    yield Row(f"menu {node_id}", (first, *options), MENU_SECONDS, path)
    slow = [option.prompt for option in offered(menu, holding=SLOW)]
    if slow != options:
        yield Row(f"menu {node_id} when slow", (first, *slow), MENU_SECONDS, path)
    if asks_where(menu):
        for where in _bookmarks(flow):
            name = f"menu {node_id} with {' '.join(where)}"
            yield Row(name, (first, *where, *options), MENU_SECONDS, path)


def _bookmarks(flow: Flow) -> Iterator[tuple[PromptId, ...]]:
    """The words that tell where a call broke off, for each place where one can."""
    for node in flow.nodes.values():
        if not isinstance(node, Asking) or node.resume is None:
            continue
        if isinstance(node, Lesson) and node.numbered is not None:
            numbers = range(1, len(node.steps) + 1)
            yield from ((node.resume, number_prompt(number)) for number in numbers)
        else:
            yield (node.resume,)


def _lesson_rows(flow: Flow, path: Path, lesson: Lesson) -> Iterator[Row]:
    for place, step in enumerate(lesson.steps):
        here = (*path, place)
        yield Row(f"step {step.prompt}", step_prompts(flow, lesson, place), STEP_SECONDS, here)
        yield from _option_rows((*here, "options"), step.options)
    # Pages that hold more steps than there are: another check tells of them.
    ends = accumulate(lesson.together, initial=0)
    for first, end in pairwise(end for end in ends if end <= len(lesson.steps)):
        name = f"page from {lesson.steps[first].prompt}"
        prompts = step_prompts(flow, lesson, first, end - first)
        yield Row(name, prompts, PAGE_SECONDS, (*path, first))


def _option_rows(path: Path, options: Iterable[Option]) -> Iterator[Row]:
    for place, option in enumerate(options):
        yield Row(f"option {option.prompt}", (option.prompt,), OPTION_SECONDS, (*path, place))
