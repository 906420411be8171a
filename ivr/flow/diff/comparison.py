"""Two versions of config/ compared: what is different, and which callers it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.diff.change import Change, Difference, Kind
from ivr.flow.diff.fields import compare_fields, fields
from ivr.flow.diff.gone import gone_places, without_resume
from ivr.flow.diff.nodes import compare_nodes, new_names
from ivr.flow.diff.words import compare_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.diff.fields import Fields, Names
    from ivr.flow.model import Flow, Spec


def compare(old: Spec, new: Spec) -> Difference:
    """All that differs between two versions; comments, and order of prompts and nodes, do not.

    Args:
        old: the earlier version.
        new: the later one, whose `renamed:` tells which nodes are the same under another name.
    """
    names = new_names(old.flow, new.flow)
    return Difference(
        nodes=tuple(compare_nodes(old.flow, new.flow, names)),
        settings=tuple(_compare_settings(old.flow, new.flow, names)),
        words=tuple(compare_words(old.words, new.words)),
        facts=tuple(_compare_facts(old, new)),
        gone=tuple(gone_places(old, new, names)),
        no_resume=tuple(without_resume(old.flow, new.flow, names)),
    )


def _compare_settings(old: Flow, new: Flow, names: Names) -> Iterator[Change]:
    """What differs in the parts of flow.yaml that concern more than one node."""
    yield from compare_fields(fields(old.flow, names), fields(new.flow, {}), ("flow",))
    yield from compare_fields(fields(old.defaults, names), fields(new.defaults, {}), ("defaults",))
    yield from compare_fields(_keys(old, names), _keys(new, {}))
    yield from compare_fields(_confusion(old, names), _confusion(new, {}), ("confusion",))
    yield from compare_fields(_renamed(old), _renamed(new), ("renamed",))


def _renamed(flow: Flow) -> Fields:
    return {(place,): to for place, to in flow.renamed.items()}


def _keys(flow: Flow, names: Names) -> Fields:
    return {
        ("global_keys", f"key {key}", "go"): names.get(goal, goal)
        for key, goal in flow.global_keys.items()
    }


def _confusion(flow: Flow, names: Names) -> Fields:
    found = fields(flow.confusion, names, {"levels"})
    for place, level in enumerate(flow.confusion.levels, 1):
        told = fields(level, names)
        found |= {(f"level {place}", *path): value for path, value in told.items()}
    return found


def _compare_facts(old: Spec, new: Spec) -> Iterator[Change]:
    """Facts, and the days of which facts and words are."""
    was, now = old.facts.facts, new.facts.facts
    for fact in dict.fromkeys((*now, *was)):
        before, after = was.get(fact), now.get(fact)
        if before != after:
            kind = Kind.ADDED if before is None else Kind.CHANGED
            kind = Kind.REMOVED if after is None else kind
            yield Change(kind=kind, what=fact, was=before, now=after)
    yield from compare_fields(_days(old), _days(new))


def _days(spec: Spec) -> Fields:
    days: Fields = {("facts.yaml", "facts_as_of"): spec.facts.facts_as_of}
    for language, words in spec.words.items():
        days[f"prompts/{language}.yaml", "facts_as_of"] = words.facts_as_of
    return days
