"""A comparison told to people: what is different, what it asks of the clips, whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.cli.audio.studio import counted
from ivr.cli.call.output import plain_console
from ivr.cli.flow.diff.concern import concerns
from ivr.flow.diff.change import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.text import Text

    from ivr.cli.flow.diff.report import Clips, Report
    from ivr.flow.diff.change import Change, NodeDifference, Piece, WordChange

MAX_FILES: Final = 8
"""So many recordings are named; JSON has all."""
_NAMES: Final = {
    Kind.ADDED: ("new", "green"),
    Kind.REMOVED: ("gone", "red"),
    Kind.RENAMED: ("renamed", "cyan"),
    Kind.MOVED: ("moved", "cyan"),
    Kind.CHANGED: ("changed", "yellow"),
}
"""What becomes of something, in a word and a colour."""
_WIDTH: Final = 9
"""Of that word, with room after it."""
_INDENT: Final = " " * (_WIDTH + 4)


def tell(report: Report) -> None:
    """Writes a report to stdout: grouped, in colours on a terminal and plain elsewhere."""
    console = plain_console()
    _print(console, f"{report.old.name} → {report.new.name}", "bold")
    if report.is_same:
        is_equal = report.old.flow == report.new.flow
        _print(console, "Nothing differs." if is_equal else _ORDER_ONLY)
        return
    _tell_nodes(console, report.nodes)
    _tell_changes(console, "The flow as a whole", report.settings)
    for language in dict.fromkeys((*report.new.languages, *report.old.languages)):
        _tell_words(console, report, language)
    _tell_changes(console, "Facts", report.facts)
    _tell_clips(console, report.clips)
    _tell_callers(console, report)


_ORDER_ONLY: Final = "Nothing differs but comments and the order in the files."


def _print(console: Console, text: str | Text, style: str | None = None) -> None:
    # Soft wrap leaves lines whole, so that they can be copied and searched.
    console.print(text, style=style, soft_wrap=True)


def _head(console: Console, title: str, kinds: Sequence[Kind] = ()) -> None:
    counts = ", ".join(
        f"{kinds.count(kind)} {name}" for kind, (name, _) in _NAMES.items() if kind in kinds
    )
    _print(console, f"\n{title}: {counts}" if counts else f"\n{title}", "bold")


def _row(console: Console, kind: Kind, told: str) -> None:
    from rich.text import Text

    name, colour = _NAMES[kind]
    _print(console, Text.assemble("  ", (name.ljust(_WIDTH), colour), told))


def _tell_nodes(console: Console, nodes: Sequence[NodeDifference]) -> None:
    if nodes:
        _head(console, "Nodes", [each.kind for each in nodes])
    for each in nodes:
        was = f", was called {each.was_called}" if each.was_called else ""
        _row(console, each.kind, f"{each.node} ({each.type}{was})")
        for change in each.changes:
            _print(console, f"{_INDENT}{_in_words(change)}")


def _tell_changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    if changes:
        _head(console, title, [each.kind for each in changes])
    for each in changes:
        _row(console, each.kind, _values(each))


def _in_words(change: Change) -> str:
    """A change of a node in a line; what has become of a part of it is said, not coloured."""
    if change.what.endswith("led to from") or change.kind is Kind.CHANGED:
        return _values(change)
    return f"{_NAMES[change.kind][0]}: {_values(change)}"


def _values(change: Change) -> str:
    """`key 2 leads to: more → help`; what was not there or is no more stands as `nothing`."""
    if change.kind is Kind.CHANGED or None not in {change.was, change.now}:
        return f"{change.what}: {change.was or 'nothing'} → {change.now or 'nothing'}"
    return f"{change.what}: {change.was or change.now}"


def _tell_words(console: Console, report: Report, language: str) -> None:
    words = [each for each in report.words if each.language == language]
    title = f"Words ({language})"
    if language not in report.old.languages:
        _head(console, f"{title}: a new language with {counted(len(words), 'prompt')}")
    elif language not in report.new.languages:
        _head(console, f"{title}: the language is gone, with {counted(len(words), 'prompt')}")
    elif words:
        _head(console, title, [each.kind for each in words])
        for each in words:
            _tell_prompt(console, each)


def _tell_prompt(console: Console, change: WordChange) -> None:
    was = f" (was called {change.was_called})" if change.was_called else ""
    _row(console, change.kind, f"{change.prompt}{was}")
    if change.kind is Kind.RENAMED:
        return
    is_changed = change.kind is Kind.CHANGED
    for sign, pieces, colour in (("-", change.was, "red"), ("+", change.now, "green")):
        if pieces:
            _print(console, _marked(f"{_INDENT}{sign} ", pieces, colour, is_changed=is_changed))


def _marked(lead: str, pieces: Sequence[Piece], colour: str, *, is_changed: bool) -> Text:
    """A text whose words that the other one lacks stand in brackets, and in colour."""
    from rich.text import Text

    told = Text(lead)
    for place, piece in enumerate(pieces):
        words = f"[{piece.text}]" if piece.is_other and is_changed else piece.text
        told.append(" " if place else "")
        told.append(words, style=colour if piece.is_other else None)
    return told


def _tell_clips(console: Console, clips: Clips) -> None:
    lines = [*_rendered(clips), *_recorded(clips)]
    if lines:
        _head(console, "Clips")
    for line in lines:
        _print(console, f"  {line}")


def _rendered(clips: Clips) -> list[str]:
    lines = []
    changed = len(clips.stale) + len(clips.new)
    if changed:
        seconds = "" if clips.seconds is None else f", about {clips.seconds:.0f} s of speech"
        lines.append(f"{counted(len(clips.stale), 'clip')} stale, {len(clips.new)} new{seconds}.")
        lines.append(
            f"{clips.waiting} of them must be rendered yet: ivr audio render"
            if clips.waiting
            else "All of them are rendered already."
        )
    if clips.unused:
        lines.append(f"{counted(clips.unused, 'clip')} no longer used: ivr audio prune")
    return lines


def _recorded(clips: Clips) -> list[str]:
    lines = []
    if clips.recordings:
        lines.append(
            f"{counted(len(clips.recordings), 'recording')} with other words than the new ones: "
            f"{_named(clips.recordings)}. Record again (ivr audio sheet)."
        )
    if clips.orphans:
        lines.append(
            f"{counted(len(clips.orphans), 'recording')} whose prompt is gone or renamed: "
            f"{_named(clips.orphans)}. Rename or delete."
        )
    return lines


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - MAX_FILES} more" if len(files) > MAX_FILES else ""
    return ", ".join(files[:MAX_FILES]) + more


def _tell_callers(console: Console, report: Report) -> None:
    found = concerns(report)
    if found:
        _head(console, "Callers")
    for each in found:
        _print(console, f"  {each.told}", "bold red" if each.is_lost else None)
        for line in each.advice:
            _print(console, f"      {line}", "red" if each.is_lost else None)
