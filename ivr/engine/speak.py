"""What is said at a place: a session into instructions, the same ones each time it is asked."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from ivr.engine.codes import Codes, code_at
from ivr.engine.session import Phase
from ivr.engine.turn import Dial, Gather, Hangup, Instruction, Pause, Play, Reject
from ivr.flow.model import (
    Asking,
    Branch,
    End,
    Flow,
    Lesson,
    Menu,
    Practice,
    Say,
    Step,
    Think,
    Transfer,
)
from ivr.flow.places import index_at, part_of, present, split, step_index
from ivr.flow.terms import Pace, PromptId
from ivr.flow.usage import (
    asks_where,
    digit_prompt,
    number_prompt,
    offered,
    own_prompts,
    step_prompts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.engine.session import Session

SAY_AGAIN_KEY: Final = "#"
"""Ends a practice entry, so that alone it comes at once and says the code again."""
SECONDS_IN_MINUTE: Final = 60


def instructions(flow: Flow, session: Session, codes: Codes) -> tuple[Instruction, ...]:
    """All that the line says and does where the session stands; depends on nothing else."""
    if session.phase is Phase.REFUSED:
        return (Reject(),)
    if session.after_silence and session.lead:
        first, *rest = session.lead
        heard = replace(session, lead=tuple(rest), after_silence=False, settles=False)
        return (Play(first, session.pace), *instructions(flow, heard, codes))
    node_id, step = split(session.place)
    lead = _plays(session.lead, session.pace)
    # What was not caught at one pace is not caught at that pace again.
    pace = Pace.SLOW if session.again else session.pace
    match flow.nodes[node_id]:
        case End() as end:
            return (*lead, Play(end.prompt, pace), Hangup())
        case Say() | Branch():  # a checked flow never lets a session rest here
            return (*lead, Hangup())
        case Transfer() as transfer:
            return (*lead, Play(transfer.prompt, pace), _dial(session, transfer))
        case Practice() as practice:
            return _practice(flow, session, practice, codes, pace)
        case Lesson() as lesson:
            return _lesson(flow, session, lesson, step, pace)
        case Menu() | Think() as node:
            row = _row(flow, session, node)
            return _settled(flow, session, _gather(flow, session, (*lead, *_plays(row, pace))))
        case other:
            assert_never(other)


def steps_at_once(session: Session, lesson: Lesson, index: int) -> int:
    """How many steps are said in one go from this one on: to two at the screen, a whole page."""
    if not session.together:
        return 1
    return next((end - index for end in accumulate(lesson.together) if end > index), 1)


def steps_heard(session: Session, lesson: Lesson, index: int) -> tuple[Step, ...]:
    """The steps that are said in one go from this one on."""
    return lesson.steps[index : index + steps_at_once(session, lesson, index)]


def part_code(practice: Practice, code: str, step: str | None) -> str:
    """What of a code is to be keyed at a place: all of it, or one part."""
    part = part_of(step)
    if not part:
        return code
    ends = list(accumulate(practice.code.groups))
    return code[ends[part - 1] - practice.code.groups[part - 1] : ends[part - 1]]


def seconds_to_answer(flow: Flow, session: Session) -> tuple[int, int]:
    """How long is waited for the first key and for the next ones.

    More for a caller who needed it, at the screen, and where there is something to write down.
    """
    given = flow.defaults
    more = session.patience * given.longer_seconds
    first = min(given.first_key_seconds + more, given.longest_seconds)
    following = min(given.next_key_seconds + more, given.longest_seconds)
    node = flow.nodes[split(session.place)[0]]
    if isinstance(node, Lesson):
        heard = steps_heard(session, node, index_at(flow, session.place))
        if any(each.write is not None for each in heard):
            first = max(first, given.lesson.write_seconds)
        if session.together and node.together_seconds is not None:
            first = max(first, node.together_seconds)
    return first, following


def _row(flow: Flow, session: Session, node: Menu | Think) -> tuple[PromptId, ...]:
    return _menu_row(flow, session, node) if isinstance(node, Menu) else own_prompts(flow, node)


def _menu_row(flow: Flow, session: Session, menu: Menu) -> tuple[PromptId, ...]:
    """A menu with what it offers now; one that leads to a bookmark tells where that is."""
    options = offered(menu, simple=session.simple, holding=session.holding)
    asked = session.bookmark if asks_where(menu) else None
    # The flow may have changed since the caller came here, and the place may be gone.
    there = None if asked is None else present(flow, asked)
    where = _where(flow, there) if there else ()
    return (menu.prompt, *where, *(option.prompt for option in options))


def _where(flow: Flow, place: str) -> tuple[PromptId, ...]:
    node = flow.nodes[split(place)[0]]
    told = (node.resume,) if isinstance(node, Asking) and node.resume else ()
    if isinstance(node, Lesson) and node.numbered is not None:
        return (*told, number_prompt(index_at(flow, place) + 1))
    return told


def _lesson(
    flow: Flow, session: Session, lesson: Lesson, step: str | None, pace: Pace
) -> tuple[Instruction, ...]:
    """A step, or several at once; its number comes first and takes no key.

    So a key that is pressed twice, or that comes when silence has just gone on, skips nothing;
    late keys come later than second ones, and so a pause comes before it too.
    """
    index = step_index(lesson, step)
    count = steps_at_once(session, lesson, index)
    row = step_prompts(flow, lesson, index, count, holding=session.holding)
    if lesson.numbered is None or session.lead:
        said = (*_plays(session.lead, session.pace), *_plays(row, pace))
        return _settled(flow, session, _gather(flow, session, said))
    gather = _gather(flow, session, _plays(row[1:], pace))
    seconds = flow.defaults.settle_seconds if session.after_silence else 0
    return (*((Pause(seconds),) if seconds else ()), Play(row[0], pace), gather)


def _practice(
    flow: Flow, session: Session, practice: Practice, codes: Codes, pace: Pace
) -> tuple[Instruction, ...]:
    """The scene and the safety line; the code follows last, so that nothing is held over it."""
    node_id, step = split(session.place)
    code = part_code(practice, code_at(flow, node_id, codes), step)
    groups = () if part_of(step) else practice.code.groups
    said = (
        *_plays(session.lead, session.pace),
        *_plays(_practice_row(flow, session, practice, part_of(step)), pace),
        *_read_out(code, groups, pace),
    )
    gather = _gather(flow, session, said, len(code), SAY_AGAIN_KEY)
    return _settled(flow, session, gather)


def _practice_row(flow: Flow, session: Session, node: Practice, part: int) -> tuple[PromptId, ...]:
    scene, safety, code_prompt = own_prompts(flow, node)
    names = flow.defaults.practice
    if part > 1:
        return safety, names.next_part
    words = names.first_part if part else code_prompt
    return (safety, words) if session.brief else (scene, safety, words)


def _plays(prompts: Iterable[PromptId], pace: Pace) -> tuple[Play, ...]:
    return tuple(Play(prompt, pace) for prompt in prompts)


def _read_out(code: str, groups: tuple[int, ...], pace: Pace) -> Iterator[Play | Pause]:
    """The digits of a code: the voice stays up after each but the very last, where it falls."""
    start = 0
    for size in groups or (len(code),):
        if start:
            yield Pause()
        for place, digit in enumerate(code[start : start + size], start + 1):
            yield Play(digit_prompt(digit, last=place == len(code)), pace)
        start += size


def _settled(flow: Flow, session: Session, gather: Gather) -> tuple[Instruction, ...]:
    """A moment before the Gather in which keys do not count, after a key that led here."""
    seconds = flow.defaults.settle_seconds
    return (Pause(seconds), gather) if session.settles and seconds else (gather,)


def _gather(
    flow: Flow,
    session: Session,
    said: tuple[Play | Pause, ...],
    num_digits: int = 1,
    finish_on_key: str = "",
) -> Gather:
    first, following = seconds_to_answer(flow, session)
    return Gather(
        said=said,
        place=session.place,
        turn=session.turn,
        num_digits=num_digits,
        first_key_seconds=first,
        next_key_seconds=following,
        finish_on_key=finish_on_key,
    )


def _dial(session: Session, transfer: Transfer) -> Dial:
    return Dial(
        place=session.place,
        turn=session.turn,
        ring_seconds=transfer.ring_seconds,
        limit_seconds=transfer.talk_minutes * SECONDS_IN_MINUTE,
    )
