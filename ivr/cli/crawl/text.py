"""A crawl told to people: places with their words and keys, then what is wrong."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ivr.cli.call.output import plain_console
from ivr.simulator.endings import ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from ivr.simulator.crawl.report import Finding, FindingKind, Key, Report, Stop
    from ivr.simulator.events import By

MIN_WORDS_WIDTH: Final = 20
"""Of the words of a place, however narrow the terminal is."""
MAX_SEEN: Final = 6
"""How many places are named at which a finding was seen; JSON has them all."""
_INDENT: Final = "     "
_CUT: Final = "…"

_HEADINGS: Final[dict[FindingKind, tuple[str, str]]] = {
    "error": ("Errors", "bold red"),
    "dead_end": ("Dead ends", "bold red"),
    "loop": ("Loops with no way out", "bold red"),
    "unreached": ("Never reached", "bold yellow"),
    "limit": ("Not everything was tried", "bold yellow"),
    "warning": ("Warnings", "yellow"),
}


def tell(report: Report) -> None:
    """Writes a report to stdout.

    Args:
        report: of a crawl.
    """
    console = plain_console()
    for place in report.places:
        _tell_place(console, place)
    for kind, findings in groupby(report.findings, key=lambda finding: finding.kind):
        heading, style = _HEADINGS[kind]
        _print(console, heading, style)
        for finding in findings:
            _tell_finding(console, finding, report.url)
        _print(console, "")
    _print(console, _sum(report), "bold")


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, soft_wrap=True)


def _tell_place(console: Console, place: Stop) -> None:
    where = urlsplit(place.document).path or "?"
    _print(console, f"{place.number:>3}  {where}  {_awaited(place)}", "bold")
    words = " ".join(place.words)
    if words:
        _print(console, _INDENT + _shortened(words, console.width - len(_INDENT)))
    for to, keys in groupby(sorted(place.keys, key=_to), key=_to):
        _print(console, f"{_INDENT}{'  '.join(map(_given, keys))} → {_numbers(to)}", "dim")
    _print(console, "")


def _to(key: Key) -> tuple[int, ...]:
    return key.to


def _numbers(to: tuple[int, ...]) -> str:
    return ", later ".join(map(str, to))


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


def _keys(place: Stop) -> str:
    if "dtmf" not in place.input:
        return "words"
    count = "keys" if place.num_digits is None else f"{place.num_digits} keys"
    keys = "1 key" if place.num_digits == 1 else count
    return f"{keys} or words" if "speech" in place.input else keys


def _end(by: By | None) -> str:
    return "" if by is None else ending(by).lower()


def _shortened(words: str, width: int) -> str:
    width = max(width, MIN_WORDS_WIDTH)
    return words if len(words) <= width else words[: width - len(_CUT)] + _CUT


def _tell_finding(console: Console, finding: Finding, url: str) -> None:
    code = "" if finding.code is None else f"{finding.code}: "
    _print(console, f"  {code}{finding.message}")
    for line in _seen(finding, url):
        _print(console, f"{_INDENT}{line}", "dim")


def _seen(finding: Finding, url: str) -> Iterator[str]:
    after = [f"{given} at {number}" for number, given in finding.at if given]
    if after:
        more = f" and {len(after) - MAX_SEEN} more" if len(after) > MAX_SEEN else ""
        yield f"seen after {', '.join(after[:MAX_SEEN])}{more}"
    if finding.keys is not None:
        dial = f" --dial {finding.dial}" if finding.dial else ""
        again = "" if finding.is_shown_again else "  (seen once, not shown again)"
        yield f'ivr call {url} --keys "{finding.keys}"{dial}{again}'


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
