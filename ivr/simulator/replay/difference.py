"""Where a call differs from one that was kept: in words, verbs, seconds, diagnoses, its ending."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.json import encode

from ivr.simulator.digits import MASK
from ivr.simulator.replay.alignment import align
from ivr.simulator.replay.kept import Moment  # noqa: TC001 - msgspec reads the types of fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ivr.simulator.digits import Digits
    from ivr.simulator.lines import Value

Kind: TypeAlias = Literal["words", "verbs", "seconds", "diagnoses", "ending"]

TOLERANCE_SECONDS: Final = 0.1
"""By which a sound, and the whole call, may be longer or shorter."""
MAX_TAIL: Final = 3
"""How many events are told one by one that only one of the calls has at its end."""

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


_SOUND: Final = "sound"
_ENTRY: Final = "entry"


class _Item(Struct, frozen=True):
    """A moment as it is compared."""

    moment: Moment
    turn: int
    sort: str
    """Of what it can be another form: a say and a play are both a sound, a key and a silence both
    an entry."""
    words: str
    """Of a sound, digits masked."""
    fields: tuple[tuple[str, Value], ...]
    """That must be alike, but for the words."""
    seconds: float | None
    """None for what has no length, or one that is different each time."""
    has_code: bool
    """Whether it is a sound that reads digits out."""

    @property
    def is_end(self) -> bool:
        return self.moment.event == "ended"

    @property
    def key(self) -> tuple[object, ...]:
        return (self.moment.event, self.words, self.fields)


_Pair: TypeAlias = tuple[_Item | None, _Item | None]


def compare(old: Sequence[Moment], new: Sequence[Moment], digits: Digits) -> tuple[Difference, ...]:
    """Gives the differences between two calls, in the order of the calls.

    URLs of requests and clips, and when something happens, are none by themselves; nor are digits
    that are read out, how long that takes, and what was keyed when it is what was read out. Where
    one call ends sooner, all that only the other one has there is a single difference.

    Args:
        old: of the call that was kept.
        new: of the call that was placed again.
        digits: what counts as a digit that was read out.
    """
    was, now = tuple(_items(old, digits)), tuple(_items(new, digits))
    pairs = list(align(was, now))
    tail = _tail(pairs)
    before, after = pairs[: tail.start], pairs[tail.stop :]
    if not tail:
        return (*_all_of(before), *_all_of(after), *_length(was, now))
    # How much longer the one call is, the tail says.
    return (*_all_of(before), _cut_off(pairs[tail.start : tail.stop]), *_all_of(after))


def _all_of(pairs: Iterable[_Pair]) -> Iterator[Difference]:
    return chain.from_iterable(_differences(*pair) for pair in pairs)


def _tail(pairs: Sequence[_Pair]) -> range:
    """Where those stand that only one of the calls has before its end; empty where they are few."""
    ends = [place for place, (was, now) in enumerate(pairs) if was and now and was.is_end]
    stop = ends[-1] if ends else len(pairs)
    for is_only in (_is_gone, _is_new):
        start = stop
        while start > 0 and is_only(*pairs[start - 1]):
            start -= 1
        if stop - start > MAX_TAIL:
            return range(start, stop)
    return range(stop, stop)


def _is_gone(was: _Item | None, now: _Item | None) -> bool:
    return was is not None and now is None


def _is_new(was: _Item | None, now: _Item | None) -> bool:
    """Whether only the new call has it; what is wrong with that is never left untold."""
    return was is None and now is not None and now.moment.event not in _DIAGNOSES


def _cut_off(pairs: Sequence[_Pair]) -> Difference:
    """One difference for the tail of a call, named by the first thing that is heard or done."""
    items = [was or now for was, now in pairs]
    known = [item for item in items if item is not None]
    first = next((item for item in known if item.moment.event not in _DIAGNOSES), known[0])
    told = f"{_told(first)} … and {len(known) - 1} more up to {_end(known):.1f} s"
    is_gone = _is_gone(*pairs[0])
    return _difference(_kind(first), first, *((told, None) if is_gone else (None, told)))


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
        sort=_sort(moment.event),
        words=words,
        fields=tuple((name, _frozen(value)) for name, value in sorted(fields.items())),
        seconds=float(str(seconds)) if is_long else None,
        has_code=has_code,
    )


def _sort(event: str) -> str:
    if event in _SOUNDS:
        return _SOUND
    return _ENTRY if event in _ENTRIES else event


def _frozen(value: Value) -> Value:
    return tuple(value) if isinstance(value, list) else value


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
        kind: Kind = "verbs" if was.sort == _SOUND else _kind(now)
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
    if item.sort == _SOUND:
        return "words"
    if item.moment.event in _DIAGNOSES:
        return "diagnoses"
    return "ending" if item.is_end else "verbs"


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
                if same.get(field, ...) != value
            ]
            return f"{name} {', '.join(shown)}".rstrip()


def _shown(value: object) -> str:
    return encode(value).decode()


def _lasts(item: _Item) -> str:
    return f"{item.seconds:.1f} s: {item.words or item.moment.event}"
