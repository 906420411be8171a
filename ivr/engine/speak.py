"""What is said at a place: a session into instructions, the same ones each time it is asked."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from ivr.engine.codes import Codes, code_at
from ivr.engine.session import Phase
from ivr.engine.turn import Dial, Gather, Hangup, Instruction, Pause, Play, Reject
from ivr.flow.derived import derived
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
from ivr.flow.terms import Offer, Pace, PromptId
from ivr.flow.usage import (
    DIGITS,
    USUAL,
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
_DIGITS: Final = {
    (digit, last, pace): Play(digit_prompt(digit, last=last), pace)
    for digit in DIGITS
    for last in (False, True)
    for pace in Pace
}


class _Manner(Struct, frozen=True):
    """How a place is said to this caller, as far as it matters at places of its kind."""

    pace: Pace
    holding: frozenset[Offer] = USUAL
    """What holds now, out of the conditions that an option can have."""
    simple: bool = False
    """A menu offers fewer choices."""
    together: bool = False
    """A lesson says all steps of a page."""
    brief: bool = False
    """A practice leaves its scene out."""


def instructions(flow: Flow, session: Session, codes: Codes) -> tuple[Instruction, ...]:
    """All that the line says and does where the session stands; depends on nothing else."""
    if session.phase is Phase.REFUSED:
        return (Reject(),)
    if session.after_silence and session.lead:
        first, *rest = session.lead
        heard = replace(session, lead=tuple(rest), after_silence=False, settles=False)
        return (Play(first, session.pace), *instructions(flow, heard, codes))
    # What was not caught at one pace is not caught at that pace again.
    pace = Pace.SLOW if session.again else session.pace
    match flow.nodes[split(session.place)[0]]:
        case Lesson() as lesson:
            return _lesson(flow, session, lesson, pace)
        case Menu() as menu:
            return _asked(flow, session, _menu_row(flow, session, menu, pace))
        case Practice() as practice:
            return _practice(flow, session, practice, codes, pace)
        case Think():
            return _asked(flow, session, _own_row(flow, session.place, _Manner(pace)))
        case End() | Transfer() | Say() | Branch() as node:
            return (*_lead(session), *_unasked(session, node, pace))
        case other:
            assert_never(other)


def _unasked(
    session: Session, node: End | Transfer | Say | Branch, pace: Pace
) -> tuple[Instruction, ...]:
    """What is done where no key is awaited."""
    match node:
        case End(prompt=prompt):
            return (Play(prompt, pace), Hangup())
        case Transfer(prompt=prompt):
            return (Play(prompt, pace), _dial(session, node))
        case Say() | Branch():  # a checked flow never lets a session rest here
            return (Hangup(),)
        case _:
            assert_never(node)


def steps_at_once(lesson: Lesson, index: int, *, together: bool) -> int:
    """How many steps are said in one go from this one on: to two at the screen, a whole page."""
    if not together:
        return 1
    return next((end - index for end in accumulate(lesson.together) if end > index), 1)


def steps_heard(lesson: Lesson, index: int, *, together: bool) -> tuple[Step, ...]:
    """The steps that are said in one go from this one on."""
    return lesson.steps[index : index + steps_at_once(lesson, index, together=together)]


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
    return _seconds(flow, session.place, session.patience, together=session.together)


@derived
def _seconds(flow: Flow, place: str, patience: int, *, together: bool) -> tuple[int, int]:
    given = flow.defaults
    more = patience * given.longer_seconds
    first = min(given.first_key_seconds + more, given.longest_seconds)
    following = min(given.next_key_seconds + more, given.longest_seconds)
    node = flow.nodes[split(place)[0]]
    if isinstance(node, Lesson):
        heard = steps_heard(node, index_at(flow, place), together=together)
        if any(each.write is not None for each in heard):
            first = max(first, given.lesson.write_seconds)
        if together and node.together_seconds is not None:
            first = max(first, node.together_seconds)
    return first, following


@derived
def _own_row(flow: Flow, place: str, manner: _Manner) -> tuple[Play, ...]:
    """What a place says in one row of itself: without what led there, a bookmark or a code."""
    holding, together = manner.holding, manner.together
    node_id, step = split(place)
    match flow.nodes[node_id]:
        case Lesson() as lesson:
            index = step_index(lesson, step)
            count = steps_at_once(lesson, index, together=together)
            row = step_prompts(flow, lesson, index, count, holding=holding)
        case Menu() as menu:
            options = offered(menu, simple=manner.simple, holding=holding)
            row = (menu.prompt, *(option.prompt for option in options))
        case Practice() as practice:
            row = _practice_row(flow, practice, part_of(step), brief=manner.brief)
        case Think() as think:
            row = own_prompts(flow, think)
        case _:
            row = ()
    return _plays(row, manner.pace)


def _menu_row(flow: Flow, session: Session, menu: Menu, pace: Pace) -> tuple[Play, ...]:
    """A menu with what it offers now; one that leads to a bookmark tells where that is."""
    row = _own_row(flow, session.place, _Manner(pace, session.holding, simple=session.simple))
    if session.bookmark is None or not asks_where(menu):
        return row
    # The flow may have changed since the caller came here, and the place may be gone.
    there = present(flow, session.bookmark)
    where = _where(flow, there) if there else ()
    return (row[0], *_plays(where, pace), *row[1:])


def _where(flow: Flow, place: str) -> tuple[PromptId, ...]:
    node = flow.nodes[split(place)[0]]
    told = (node.resume,) if isinstance(node, Asking) and node.resume else ()
    if isinstance(node, Lesson) and node.numbered is not None:
        return (*told, number_prompt(index_at(flow, place) + 1))
    return told


def _lesson(flow: Flow, session: Session, lesson: Lesson, pace: Pace) -> tuple[Instruction, ...]:
    """A step, or several at once; its number comes first and takes no key.

    So a key that is pressed twice, or that comes when silence has just gone on, skips nothing;
    late keys come later than second ones, and so a pause comes before it too.
    """
    row = _own_row(flow, session.place, _Manner(pace, session.holding, together=session.together))
    if lesson.numbered is None or session.lead:
        return _asked(flow, session, row)
    number, *others = row
    seconds = flow.defaults.settle_seconds if session.after_silence else 0
    gather = _gather(flow, session, tuple(others))
    return (*((Pause(seconds),) if seconds else ()), number, gather)


def _practice(
    flow: Flow, session: Session, practice: Practice, codes: Codes, pace: Pace
) -> tuple[Instruction, ...]:
    """The scene and the safety line; the code follows last, so that nothing is held over it."""
    node_id, step = split(session.place)
    code = part_code(practice, code_at(flow, node_id, codes), step)
    groups = () if part_of(step) else practice.code.groups
    row = _own_row(flow, session.place, _Manner(pace, brief=session.brief))
    said = (*_lead(session), *row, *_read_out(code, groups, pace))
    return _settled(flow, session, _gather(flow, session, said, len(code), SAY_AGAIN_KEY))


def _practice_row(flow: Flow, node: Practice, part: int, *, brief: bool) -> tuple[PromptId, ...]:
    scene, safety, code_prompt = own_prompts(flow, node)
    names = flow.defaults.practice
    if part > 1:
        return safety, names.next_part
    words = names.first_part if part else code_prompt
    return (safety, words) if brief else (scene, safety, words)


def _lead(session: Session) -> tuple[Play, ...]:
    return _plays(session.lead, session.pace) if session.lead else ()


def _plays(prompts: Iterable[PromptId], pace: Pace) -> tuple[Play, ...]:
    return tuple(Play(prompt, pace) for prompt in prompts)


def _read_out(code: str, groups: tuple[int, ...], pace: Pace) -> Iterator[Play | Pause]:
    """The digits of a code: the voice stays up after each but the very last, where it falls."""
    start = 0
    for size in groups or (len(code),):
        if start:
            yield Pause()
        for place, digit in enumerate(code[start : start + size], start + 1):
            yield _DIGITS[digit, place == len(code), pace]
        start += size


def _asked(flow: Flow, session: Session, row: tuple[Play, ...]) -> tuple[Instruction, ...]:
    """What led to a place and its own row, while one key is awaited."""
    return _settled(flow, session, _gather(flow, session, (*_lead(session), *row)))


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
