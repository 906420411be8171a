"""Whole calls of the shipped line are as they were kept beside this file.

After a change that is meant, keep them anew and read the difference in git:

    .venv/bin/pytest tests/golden --keep-calls
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ivr.cli.call.differences import summary
from ivr.cli.digits import digit_words
from ivr.simulator.digits import Digits
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.replay.difference import compare
from ivr.simulator.replay.file import load, save
from ivr.simulator.replay.kept import keep
from ivr.simulator.script import parse
from ivr.web.app import create_app
from tests.conftest import LINE, TOKEN

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.web.parts import Parts

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
CALL_SID = f"CA{'0' * 32}"
"""Practice codes are made from it; how far off a wrong key is depends on them."""
FIRST_CALL_SID = f"CA{'1' * 32}"
CALLS = {
    "dropped_in_lesson",
    "english",
    "lesson",
    "person_answered",
    "person_nobody",
    "practice",
    "practice_in_parts",
    "services",
    "silence",
    "taken_up",
    "wrong_keys",
}
BEFORE = {"taken_up": "dropped_in_lesson"}
"""The call that the same caller had before it."""
VOLUNTEER = "+15005550009"
HELPED = {"person_answered", "person_nobody"}
"""Calls of a line that has a volunteer."""


def test_the_calls_that_matter_most_are_kept() -> None:
    assert {file.stem for file in FILES} >= CALLS


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_golden_call_is_as_it_was(
    file: Path, parts: Parts, spec: Spec, request: pytest.FixtureRequest
) -> None:
    kept, digits = load(file), Digits(digit_words(spec))
    app = create_app(replace(parts, helper_number=VOLUNTEER if file.stem in HELPED else None))
    with Phone(InProcess(app), TOKEN, kept.setup) as phone:
        if file.stem in BEFORE:
            before = load(file.with_stem(BEFORE[file.stem]))
            call = phone.call(f"{LINE}/voice", setup=before.setup, call_sid=FIRST_CALL_SID)
            assert follow(call, parse(before.keys), digits) == ()
        call = phone.call(f"{LINE}/voice", call_sid=CALL_SID)
        left = follow(call, parse(kept.keys), digits)
    now = keep(call, f"{LINE}/voice", digits, keys=kept.keys, is_own=True)
    assert left == ()
    assert not call.failures
    assert not call.warnings
    if request.config.getoption("--keep-calls", default=False):
        save(file, now)
        return
    found = compare(kept.moments, now.moments, digits)
    told = [f"{each.at_seconds:.1f}s {each.kind}: {each.was} → {each.now}" for each in found]
    assert not found, "\n".join((summary(found, len(now.moments), now.seconds), *told))
