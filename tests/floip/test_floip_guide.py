"""docs/floip.md says what is so: its program runs, and it names every property."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from ivr.paper.floip.trouble import PROPERTIES
from tests.conftest import ROOT
from tests.floip.published_runner import WALK_SECONDS

if TYPE_CHECKING:
    from tests.floip.published_runner import PublishedRunner

GUIDE = (ROOT / "docs" / "floip.md").read_text(encoding="utf-8")


def test_the_program_of_the_guide_runs(
    published: PublishedRunner, exported: dict[str, Any]
) -> None:
    folder = published.modules.parent
    (program,) = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    (folder / "guide.js").write_text(program, encoding="utf-8")
    (folder / "call.json").write_text(json.dumps(exported), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - the program of our own guide
        [shutil.which("node") or "node", "guide.js"],
        cwd=folder,
        capture_output=True,
        timeout=WALK_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_guide_names_every_property_that_a_platform_sets() -> None:
    assert set(re.findall(r"`(line_[a-z_]+)`", GUIDE)) == set(PROPERTIES)
