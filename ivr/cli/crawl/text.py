"""A crawl told to people: places with their words and keys, then what is wrong."""

from __future__ import annotations

import shlex
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Final, assert_never
from urllib.parse import urlsplit

from ivr.cli.call.output import plain_console
from ivr.simulator.endings import ending

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.simulator.crawl.report import Finding, FindingKind, Key, Report, Stop
    from ivr.simulator.events import By

MIN_WIDTH: Final = 20
"""Of what is told, however narrow the terminal is."""
MAX_SEEN: Final = 6
"""How many places are named to which a key led, or at which a finding was seen; JSON has all."""
_INDENT: Final = "     "
_SPECIAL: Final = frozenset('"$`\\!')
"""What a shell heeds within double quotes."""
_HANGING: Final = "  "
"""What is folded goes on a little further in."""
_CUT: Final = "…"

_HEADINGS: Final[dict[FindingKind, tuple[str, str]]] = {
    "error": ("Errors", "bold red"),
    "dead_end": ("Dead ends", "bold red"),
    "loop": ("Loops with no way out", "bold red"),
    "unreached": ("Never reached", "bold yellow"),
    "limit": ("Not everything was tried", "bold yellow"),
    "warning": ("Warnings", "yellow"),
}


def tell(report: Report, command: str) -> None:
    """Writes a report to stdout: places, then what is wrong, then how much there was.

    Args:
        report: of a crawl.
        command: that rings the line in the same way, to which only the keys are missing.
    """
    console = plain_console()
    for place in report.places:
        _tell_place(console, place)
    for kind, grouped in groupby(report.findings, key=lambda finding: finding.kind):
        heading, style = _HEADINGS[kind]
        findings = list(grouped)
        count = f" ({len(findings)})" if len(findings) > 1 else ""
        _print(console, f"{heading}{count}", style)
        for finding in findings:
            _tell_finding(console, finding, command)
        _print(console, "")
    _print(console, _folded(console, _sum(report), ""), "bold")


def tell_json(report: Report) -> None:
    """Writes a report to stdout as one JSON object, in UTF-8 whatever the terminal speaks.

    Args:
        report: of a crawl.
    """
    import click
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))


def _print(console: Console, text: str, style: str | None = None) -> None:
    # Soft wrap leaves lines whole: what is not folded, such as a command, can be copied.
    console.print(text, style=style, soft_wrap=True)


def _folded(console: Console, text: str, indent: str) -> str:
    """A text folded between words, under its indent, for a person; whole in a file.

    Terminals do not agree on how wide Bengali is, but no letter of it is wider than one cell.
    """
    if not console.is_terminal:
        return indent + text
    width = max(console.width, MIN_WIDTH)
    rows = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + _HANGING,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "\n".join(rows)


def _tell_place(console: Console, place: Stop) -> None:
    where = urlsplit(place.document).path or "?"
    _print(console, f"{place.number:>3}  {where}  {_awaited(place)}", "bold")
    words = " ".join(place.words)
    if words:
        _print(console, _INDENT + _shortened(words, console.width - len(_INDENT)))
    for to, keys in groupby(sorted(place.keys, key=_to), key=_to):
        told = f"{'  '.join(map(_given, keys))} → {_numbers(to)}"
        _print(console, _folded(console, told, _INDENT), "dim")
    _print(console, "")


def _to(key: Key) -> tuple[int, ...]:
    return key.to


def _numbers(to: tuple[int, ...]) -> str:
    more = f" and {len(to) - MAX_SEEN} more" if len(to) > MAX_SEEN else ""
    return ", later ".join(map(str, to[:MAX_SEEN])) + more


def _given(key: Key) -> str:
    return f"{key.input} (dial {key.dial})".lstrip() if key.dial else key.input


def _awaited(place: Stop) -> str:
    match place.waits_for:
        case "gather":
            return f"waits for {_keys(place)}"
        case "record":
            return "records what the caller says"
        case "queue":
            return "the caller waits in a queue"
        case "end":
            return _end(place.ended_by)
        case _:
            assert_never(place.waits_for)


def _keys(place: Stop) -> str:
    if "dtmf" not in place.input:
        return "words"
    count = "keys" if place.num_digits is None else f"{place.num_digits} keys"
    keys = "1 key" if place.num_digits == 1 else count
    return f"{keys} or words" if "speech" in place.input else keys


def _end(by: By | None) -> str:
    return "" if by is None else ending(by).lower()


def _shortened(words: str, width: int) -> str:
    """As many of the words as fit into a line."""
    width = max(width, MIN_WIDTH)
    if len(words) <= width:
        return words
    whole, _, _ = words[: width - len(_CUT) + 1].rpartition(" ")
    return (whole or words[: width - len(_CUT)]) + _CUT


def _tell_finding(console: Console, finding: Finding, command: str) -> None:
    code = "" if finding.code is None else f"{finding.code}: "
    _print(console, _folded(console, f"{code}{finding.message}", "  "))
    after = _after(finding)
    if after:
        _print(console, _folded(console, f"seen after {after}", _INDENT), "dim")
    if finding.keys is not None:
        _print(console, f"{_INDENT}{command} {_keyed(finding)}", "dim")


def _after(finding: Finding) -> str:
    after = [f"{given} at {number}" for number, given in finding.at if given]
    more = f" and {len(after) - MAX_SEEN} more" if len(after) > MAX_SEEN else ""
    return ", ".join(after[:MAX_SEEN]) + more


def _keyed(finding: Finding) -> str:
    """What the caller does in the call that shows it."""
    again = "" if finding.is_shown_again else "  (seen once, not shown again)"
    keys = finding.keys or ""
    # A turn with spaces in it has quotes of its own; a shell reads on in double ones.
    quoted = shlex.quote(keys) if _SPECIAL & set(keys) else f'"{keys}"'
    dial = f" --dial {finding.dial}" if finding.dial else ""
    return f"--keys {quoted}{dial}{again}"


def _sum(report: Report) -> str:
    summary = report.summary
    wrong = sum(finding.kind != "warning" for finding in report.findings)
    warnings = len(report.findings) - wrong
    warned = f", {_count(warnings, 'warning')}" if warnings else ""
    return (
        f"{_count(summary.documents, 'document')}, {_count(summary.places, 'place')} "
        f"({_count(summary.ends, 'end')}), {_count(summary.inputs, 'input')} tried in "
        f"{_count(summary.calls, 'call')}, {_count(summary.words, 'word')} heard; "
        f"{_count(wrong, 'finding') if wrong else 'nothing wrong'}{warned}."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
