"""Where a call differs from one that was kept: in words, verbs, seconds, diagnoses, its ending."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.json import encode

from ivr.simulator.digits import MASK
from ivr.simulator.replay.kept import Moment  # noqa: TC001 - msgspec reads the types of fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.simulator.digits import Digits
    from ivr.simulator.lines import Value

Kind: TypeAlias = Literal["words", "verbs", "seconds", "diagnoses", "ending"]

TOLERANCE_SECONDS: Final = 0.1
"""By which a sound, and the whole call, may be longer or shorter."""
MAX_ALIGNED: Final = 2000
"""How many events are brought into line with each other; beyond them, one with one."""

_SOUNDS: Final = {"play": "words", "say": "text"}
"""What the caller hears, and the field that has the words."""
_DIAGNOSES: Final = frozenset({"warning", "error"})
_ENTRIES: Final = frozenset({"pressed", "spoke", "silence", "record"})
"""What ends a turn of the caller's."""
_LONG: Final = frozenset({"play", "record", "delay"})
"""What has a length that may differ a little; that of a pause is written in the TwiML."""


class Difference(Struct, frozen=True, kw_only=True):
    """One difference: `Difference(kind="words", at_seconds=4.2, turn=1, was="Hi", now="Hello")`."""

    kind: Kind
    at_seconds: float
    """When it is in the call that is placed again; for what is no longer in it, when it was."""
    turn: int
    """Which turn of the caller's comes next, from 1."""
    was: str | None
    """In the kept call; None for what it did not have."""
    now: str | None
    """In the call that is placed again; None for what is no longer in it."""


SOUND: Final = "sound"


class _Item(Struct, frozen=True):
    """A moment as it is compared."""

    moment: Moment
    turn: int
    sort: str
    """Of what it can be another form: a say and a play are both a sound."""
    words: str
    """Of a sound, digits masked."""
    fields: tuple[tuple[str, Value], ...]
    """That must be alike, but for the words."""
    seconds: float | None
    """None for what has no length, or one that is different each time."""
    has_code: bool
    """Whether it is a sound that reads digits out."""

    @property
    def key(self) -> tuple[object, ...]:
        return (self.moment.event, self.words, self.fields)


_Pair: TypeAlias = tuple[_Item | None, _Item | None]


def compare(old: Sequence[Moment], new: Sequence[Moment], digits: Digits) -> tuple[Difference, ...]:
    """Gives the differences between two calls, in the order of the calls.

    URLs of requests and clips, and when something happens, are none by themselves; nor are digits
    that are read out, how long that takes, and what was keyed when it is what was read out.

    Args:
        old: of the call that was kept.
        new: of the call that was placed again.
        digits: what counts as a digit that was read out.
    """
    was, now = tuple(_items(old, digits)), tuple(_items(new, digits))
    found = [each for one, other in _pairs(was, now) for each in _differences(one, other)]
    return (*found, *_length(was, now))


def _items(moments: Sequence[Moment], digits: Digits) -> Iterator[_Item]:
    plain = [str(moment.fields.get(_SOUNDS[moment.event], "")) for moment in _sounds(moments)]
    masked = iter(digits.masked_rows(plain))
    turn, heard = 1, 0
    for moment in moments:
        if moment.event == "request":
            continue
        words, has_code, fields = "", False, dict(moment.fields)
        if moment.event in _SOUNDS:
            words, text = next(masked), str(fields.pop(_SOUNDS[moment.event], ""))
            has_code, heard = words != " ".join(text.split()), heard + 1
        if moment.event == "pressed" and fields.get("digits"):
            entry = str(fields["digits"])
            is_read_back = entry == digits.read_out(plain[:heard])
            fields["digits"] = MASK * len(entry) if is_read_back else entry
        yield _item(moment, turn, words, fields, has_code=has_code)
        turn += moment.event in _ENTRIES


def _sounds(moments: Sequence[Moment]) -> Iterator[Moment]:
    return (moment for moment in moments if moment.event in _SOUNDS)


def _item(
    moment: Moment, turn: int, words: str, fields: dict[str, Value], *, has_code: bool
) -> _Item:
    if moment.event == "play":
        # A clip that has no words is told by where it is, which may be anywhere.
        fields["url"] = "url" in fields and fields["url"] is None
    seconds = fields.pop("seconds", None) if moment.event in {*_LONG, "ended"} else None
    is_long = isinstance(seconds, int | float) and moment.event in _LONG and not has_code
    return _Item(
        moment=moment,
        turn=turn,
        sort=SOUND if moment.event in _SOUNDS else moment.event,
        words=words,
        fields=tuple((name, _frozen(value)) for name, value in sorted(fields.items())),
        seconds=float(str(seconds)) if is_long else None,
        has_code=has_code,
    )


def _frozen(value: Value) -> Value:
    return tuple(value) if isinstance(value, list) else value


def _pairs(was: Sequence[_Item], now: Sequence[_Item]) -> Iterator[_Pair]:
    """Each moment with the one that it is in the other call, if there is one."""
    same = 0
    while same < min(len(was), len(now)) and was[same].key == now[same].key:
        same += 1
    yield from zip(was[:same], now[:same], strict=True)
    end = same + MAX_ALIGNED
    some, others = was[same:end], now[same:end]
    keys = [item.key for item in some], [item.key for item in others]
    for tag, i, j, k, m in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(some[i:j], others[k:m], strict=True)
        else:
            yield from _alike(some[i:j], others[k:m])
    yield from zip_longest(was[end:], now[end:])


def _alike(was: Sequence[_Item], now: Sequence[_Item]) -> Iterator[_Pair]:
    """Pairs of one sort in their order; what is left has no other."""
    sorts = [item.sort for item in was], [item.sort for item in now]
    for tag, i, j, k, m in SequenceMatcher(None, *sorts, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(was[i:j], now[k:m], strict=True)
        else:
            yield from ((item, None) for item in was[i:j])
            yield from ((None, item) for item in now[k:m])


def _differences(was: _Item | None, now: _Item | None) -> Iterator[Difference]:
    """Those between two moments that belong together, or of one that has no other."""
    match was, now:
        case (_Item(), None):
            yield _difference(_kind(was), was, _told(was), None)
        case (None, _Item()):
            yield _difference(_kind(now), now, None, _told(now))
        case (_Item(), _Item()):
            yield from _changes(was, now)
        case _:
            return


def _changes(was: _Item, now: _Item) -> Iterator[Difference]:
    if was.sort != now.sort:  # beyond MAX_ALIGNED
        yield _difference(_kind(now), now, _told(was), _told(now))
        return
    if was.words != now.words:
        yield _difference("words", now, was.words, now.words)
    # Other words last another time.
    elif None not in (lengths := (was.seconds, now.seconds)) and _differ(lengths):
        yield _difference("seconds", now, _lasts(was), _lasts(now))
    if (was.moment.event, was.fields) != (now.moment.event, now.fields):
        kind: Kind = "verbs" if was.sort == SOUND else _kind(now)
        yield _difference(kind, now, _told(was, now), _told(now, was))


def _differ(seconds: tuple[float | None, float | None]) -> bool:
    was, now = seconds
    return abs((was or 0.0) - (now or 0.0)) > TOLERANCE_SECONDS


def _length(was: Sequence[_Item], now: Sequence[_Item]) -> Iterator[Difference]:
    """That of the whole call; digits that are read out may take longer or shorter."""
    if was and now and _differ((_end(was), _end(now))) and _differ((_rest(was), _rest(now))):
        lengths = f"{_end(was):.1f} s in all", f"{_end(now):.1f} s in all"
        yield _difference("seconds", now[-1], *lengths)


def _end(items: Sequence[_Item]) -> float:
    return items[-1].moment.at_seconds


def _rest(items: Sequence[_Item]) -> float:
    """How long a call lasts without the digits that are read out."""
    codes = (
        after.moment.at_seconds - item.moment.at_seconds
        for item, after in pairwise(items)
        if item.has_code
    )
    return _end(items) - sum(codes)


def _difference(kind: Kind, where: _Item, was: str | None, now: str | None) -> Difference:
    at_seconds = where.moment.at_seconds
    return Difference(kind=kind, at_seconds=at_seconds, turn=where.turn, was=was, now=now)


def _kind(item: _Item) -> Kind:
    if item.sort == SOUND:
        return "words"
    if item.moment.event in _DIAGNOSES:
        return "diagnoses"
    return "ending" if item.moment.event == "ended" else "verbs"


def _told(item: _Item, other: _Item | None = None) -> str:
    """What happened, in a line; beside another of its sort only what is not the same."""
    fields = dict(item.fields)
    match item.moment.event:
        case "ended":
            return f"ended by {fields.get('by')}"
        case "warning" | "error" as name:
            code = "" if fields.get("code") is None else f" {fields['code']}"
            return f"{name}{code}: {fields.get('message')}"
        case "play" | "say" if other is None:
            return item.words or f"({item.moment.event} without words)"
        case name:
            same = {} if other is None else dict(other.fields)
            shown = [
                f"{field} {_shown(value)}"
                for field, value in fields.items()
                if field not in same or same[field] != value
            ]
            return f"{name} {', '.join(shown)}".rstrip()


def _shown(value: object) -> str:
    return encode(value).decode()


def _lasts(item: _Item) -> str:
    return f"{item.seconds:.1f} s: {item.words or item.moment.event}"
