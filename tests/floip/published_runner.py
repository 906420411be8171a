"""The runner that is published on npm: installed from its lock file, and asked to walk."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

HERE = Path(__file__).parent
INSTALL_SECONDS = 90
WALK_SECONDS = 110
_OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")
"""What npm says when the registry cannot be reached; anything else is a fault of ours."""


class Missing(Exception):  # noqa: N818 - it is no error, only a reason
    """Why there is no runner here."""


def installed(folder: Path) -> Path:
    """The folder of modules, after `npm ci` in this folder.

    Raises:
        Missing: there is no node or npm, or the registry cannot be reached.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing("there is no node with npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(  # noqa: S603 - npm, as it is found on PATH
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"npm ci took longer than {INSTALL_SECONDS} s") from None
    if done.returncode and any(code in done.stderr for code in _OFFLINE):
        raise Missing("npm's registry cannot be reached")
    assert not done.returncode, done.stderr
    return folder / "node_modules"


class Said(Struct, frozen=True):
    """What was said at one block, and what was answered there."""

    block: str
    text: str
    given: str | None = None


class Walk(Struct, frozen=True, kw_only=True):
    """One call by the runner, and all that was complained of."""

    log: tuple[Said, ...] = ()
    waits: str | None = None
    """The block that waits for an answer; None: the call is over."""
    status: str = ""
    complaints: tuple[str, ...]

    @property
    def blocks(self) -> tuple[str, ...]:
        return tuple(each.block for each in self.log)


class Exploration(Struct, frozen=True):
    """Every state of a call, and the exits that no call takes."""

    states: tuple[str, ...]
    left: tuple[str, ...]
    complaints: tuple[str, ...]


class PublishedRunner(Struct, frozen=True):
    """Walks containers with the runner from npm."""

    modules: Path

    def judge(self, container: dict[str, Any]) -> list[str]:
        """What the package's own schemas refuse of a container, which the runner does not apply."""
        return msgspec.json.decode(self._run("judge.js", container, {}), type=list[str])

    def walk(
        self,
        container: dict[str, Any],
        *answers: dict[str, object],
        language: str = "ben",
        **properties: str,
    ) -> Walk:
        """One call with these answers, of a caller of whom the platform says these properties."""
        asked: dict[str, object] = {
            "language": language,
            "properties": properties,
            "answers": answers,
        }
        return msgspec.json.decode(self._run("walk.js", container, asked), type=Walk)

    def explore(self, container: dict[str, Any], **asked: object) -> Exploration:
        """Every answer at every place, for every set of facts."""
        found = self._run("explore.js", container, {"language": "ben", **asked})
        return msgspec.json.decode(found, type=Exploration)

    def _run(self, script: str, container: dict[str, Any], asked: dict[str, object]) -> bytes:
        node = shutil.which("node") or pytest.fail("node is gone")
        done = subprocess.run(  # noqa: S603 - our scripts
            [node, str(HERE / script), str(self.modules)],
            input=json.dumps({"container": container, **asked}).encode(),
            capture_output=True,
            timeout=WALK_SECONDS,
            check=False,
        )
        assert not done.returncode, done.stderr.decode()
        assert not done.stderr, done.stderr.decode()
        return done.stdout


def keys(pressed: str) -> tuple[dict[str, object], ...]:
    """Answers by keys: `1 2 0000012345` presses or keys these; `heard` keys back what was said."""
    return tuple({"heard": True} if each == "heard" else {"key": each} for each in pressed.split())
