"""A good flow with one mistake each, from the folder `broken`: exactly what is told of it.

Each file there holds `changes` to the files of `broken/good` (`from` and `to`: a text that stands
once in `file`; `is`: the whole of it, or nothing if it is to be gone) and what the checker `says`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from msgspec import Struct, convert, field

from ivr.errors import FlowError
from ivr.flow.load import Judged, judge
from ivr.flow.problem import Level

FOLDER = Path(__file__).parent / "broken"
GOOD = {
    str(file.relative_to(FOLDER / "good")): file.read_text(encoding="utf-8")
    for file in sorted((FOLDER / "good").rglob("*.yaml"))
}
CASES = sorted(FOLDER.glob("*.yaml"))
LEAST = 45


class Change(Struct, forbid_unknown_fields=True):
    file: str
    old: str | None = field(name="from", default=None)
    new: str | None = field(name="to", default=None)
    whole: str | None = field(name="is", default=None)


class Case(Struct, forbid_unknown_fields=True):
    changes: tuple[Change, ...]
    says: tuple[str, ...]


def case(file: Path) -> Case:
    return convert(yaml.safe_load(file.read_text(encoding="utf-8")), Case)


def changed(case: Case) -> dict[str, str]:
    """The good files with the mistake in them."""
    files = dict(GOOD)
    for change in case.changes:
        if change.old is not None and change.new is not None:
            assert files[change.file].count(change.old) == 1, change.old
            files[change.file] = files[change.file].replace(change.old, change.new)
        elif change.whole is not None:
            files[change.file] = change.whole
        else:
            del files[change.file]
    return files


@cache
def judged(file: Path) -> Judged:
    return judge(changed(case(file)))


def test_in_the_good_flow_nothing_is_found() -> None:
    assert judge(GOOD).problems == ()


def test_there_are_many_mistakes() -> None:
    assert len(CASES) >= LEAST


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_mistake_is_told_with_file_line_node_and_what_to_do(file: Path) -> None:
    says = case(file).says
    assert says
    assert tuple(map(str, judged(file).problems)) == says


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_only_an_error_stops_a_flow(file: Path) -> None:
    found = judged(file)
    errors = [str(each) for each in found.problems if each.level is Level.ERROR]
    if not errors:
        assert found.checked() == found.spec
        return
    with pytest.raises(FlowError) as caught:
        found.checked()
    assert list(caught.value.problems) == errors
