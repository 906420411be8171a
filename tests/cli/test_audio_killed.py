"""A rendering killed at any moment, fifty times, leaves nothing bad behind."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.speech.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec

ROOT = Path(__file__).parents[2]
KILLS = 50
LATEST_SECONDS = 0.7
"""After its first clip; a whole rendering takes about five, so that every kill falls into it."""
FIRST_CLIP_SECONDS = 30

FORKING = """
import os, sys
from ivr.cli.main import main
import ivr.cli.audio, ivr.cli.project, ivr.speech.espeak, ivr.speech.render, rich.progress
for command in sys.stdin:
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        sys.argv = command.split()
        main()
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Forks `ivr` with its imports done, so that a kill does not fall into those."""


@pytest.fixture
def forking(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    paths = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - what a child process needs to start at all
    variables = {**paths, "IVR_AUDIO": str(tmp_path), "IVR_CONFIG": str(ROOT / "config")}
    command = [sys.executable, "-c", FORKING]
    with subprocess.Popen(  # noqa: S603 - our own words
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=variables,
        cwd=ROOT,
    ) as process:
        yield process
        process.kill()


def check(audio: Path) -> int:
    """Every file is what its name says, and every clip of the manifest is whole; gives how many."""
    folder = audio / "clips"
    for path in folder.glob("*.wav"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    Library.open(audio)  # raises when the manifest is broken
    manifest = folder / "manifest.json"
    named = re.findall(r'"sha256": "(\w{64})"', manifest.read_text()) if manifest.exists() else []
    assert all((folder / f"{name}.wav").exists() for name in named)
    return len(named)


def wait_for_a_clip(folder: Path, begun: int) -> None:
    """Wait until the rendering has written something, however busy the machine is."""
    for _ in range(FIRST_CLIP_SECONDS * 100):
        if any(path.stat().st_mtime_ns > begun for path in folder.glob("*.wav")):
            return
        threading.Event().wait(0.01)
    pytest.fail("nothing was rendered")


def test_killed_fifty_times_it_never_leaves_a_bad_clip_or_manifest(
    forking: subprocess.Popen[str], tmp_path: Path, spec: Spec
) -> None:
    asks, answers = forking.stdin, forking.stdout
    assert asks
    assert answers

    def run(arguments: str) -> int:
        print(f"ivr audio {arguments}", file=asks, flush=True)
        return int(answers.readline())

    moments = random.Random(20200418)  # noqa: S311 - no secret; the same moments each time
    states, counts = [], []
    for _ in range(KILLS):
        begun = time.time_ns()  # as the file system counts
        child = run("render --voice espeak --force")
        wait_for_a_clip(tmp_path / "clips", begun)
        threading.Event().wait(moments.uniform(0, LATEST_SECONDS))
        os.kill(child, signal.SIGKILL)
        states.append(int(answers.readline()))
        counts.append(check(tmp_path))
    assert states == [signal.SIGKILL] * KILLS
    assert counts == sorted(counts), "and what one rendering has made, no later one loses"
    assert counts[-1] > 0

    run("render --voice espeak")
    assert int(answers.readline()) == 0
    assert check(tmp_path) == 4 * len(spec.words["bn"].prompts)
    run("prune --hours 0")
    assert int(answers.readline()) == 0
    assert not list((tmp_path / "clips").glob(".*.part"))
