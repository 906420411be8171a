"""What the clips that are there tell of the words: too long, missing, damaged, or of other words.

Nothing is rendered and no voice is asked, so that it takes about a second.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ivr.flow.problem import Finding, Level, in_flow, in_words
from ivr.flow.terms import Pace
from ivr.speech.inventory import State, inventory
from ivr.speech.limits import rows
from ivr.speech.utterance import utterances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ivr.flow.model import Spec
    from ivr.flow.problem import Path
    from ivr.speech.inventory import Item
    from ivr.speech.library import Library
    from ivr.speech.limits import Row
    from ivr.speech.recordings import Recordings

NAMED: Final = 3
"""So many of the prompts without a clip are named; the rest is counted."""


def clip_findings(spec: Spec, library: Library, recordings: Recordings) -> Iterator[Finding]:
    """Each row that takes too long, and each prompt whose clips are not as they should be.

    A row of one prompt stands at its words, a row of several where the flow makes it up; of rows at
    one place the one that is most above its limit is told, at the usual pace if it is above it
    there. What is missing is not judged, and told in one hint a language.

    Args:
        spec: whose prompts are heard.
        library: the clips as they were rendered.
        recordings: the files by a human voice.
    """
    words = {language: each.prompts for language, each in spec.words.items()}
    items = inventory(utterances(words), library, ())
    limited = rows(spec.flow)
    stale = {(each.language, each.prompt_id) for each in recordings.stale}
    for language in words:
        own = [item for item in items if item.utterance.language == language]
        yield from _missing(language, own)
        yield from _bad(language, own, {prompt for each, prompt in stale if each == language})
        yield from _overlong(language, own, limited)


def _missing(language: str, items: Sequence[Item]) -> Iterator[Finding]:
    missing = [item.utterance.prompt_id for item in items if item.state is State.MISSING]
    if not missing:
        return
    names = list(dict.fromkeys(missing))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    told = f"{len(missing)} of {len(items)} clips are missing: {', '.join(names[:NAMED])}{more}"
    to_do = "run: ivr audio render"
    yield in_words(language, ("prompts",), told, to_do, Level.HINT)


def _bad(language: str, items: Iterable[Item], stale: set[str]) -> Iterator[Finding]:
    by_state: dict[State, dict[str, None]] = defaultdict(dict)
    for item in items:
        by_state[item.state][item.utterance.prompt_id] = None
    for prompt_id in by_state[State.DAMAGED]:
        what = f"the clip of '{prompt_id}' is damaged"
        yield _at_words(language, prompt_id, what, "run: ivr audio render")
    for prompt_id in dict.fromkeys((*by_state[State.STALE], *stale)):
        what = f"the recording of '{prompt_id}' says other words than stand here"
        to_do = "record it again (ivr audio sheet), or import it once more with --replace"
        yield _at_words(language, prompt_id, what, to_do)


def _overlong(language: str, items: Iterable[Item], limited: Iterable[Row]) -> Iterator[Finding]:
    seconds: dict[Pace, dict[str, float]] = {pace: {} for pace in Pace}
    for item in items:
        if item.clip is not None:
            seconds[item.utterance.pace][item.utterance.prompt_id] = item.clip.seconds
    worst: dict[tuple[str, Path], tuple[float, Finding]] = {}
    for row in limited:
        found = _over(row, language, seconds)
        if found is not None:
            place = found[1].file, found[1].path
            worst[place] = max(worst.get(place, found), found, key=lambda each: each[0])
    for _, finding in worst.values():
        yield finding


def _over(
    row: Row, language: str, seconds: Mapping[Pace, Mapping[str, float]]
) -> tuple[float, Finding] | None:
    """By how much a row is above its limit, and the finding; None when it is within it."""
    for pace in Pace:
        taken, limit = row.overlong(pace, seconds[pace].get), row.limit(pace)
        if taken is not None:
            slow = " at the slow pace" if pace is Pace.SLOW else ""
            what = f"{row.name} takes {taken:.2f} s{slow} ({language}), {limit:g} s at most"
            return taken / limit, _placed(row, language, what)
    return None


def _placed(row: Row, language: str, what: str) -> Finding:
    to_do = f"use fewer words in prompts/{language}.yaml"
    match row.prompts:
        case (prompt_id,):
            return _at_words(language, prompt_id, what, to_do)
        case _:
            return in_flow(row.path, what, to_do, Level.WARNING)


def _at_words(language: str, prompt_id: str, what: str, to_do: str) -> Finding:
    return in_words(language, ("prompts", prompt_id), what, to_do, Level.WARNING)
