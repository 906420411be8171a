"""Clips are played aloud by whatever program there is, and a call does not depend on it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ivr.cli.call import call
from ivr.cli.call.player import Player
from ivr.simulator.events import Ended, Interrupted, Played
from tests.cli.pages import pages
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Install = Callable[..., Path]

LOOK_SECONDS = 0.02
LOOKS = 1000
NO_PROGRAM = "no program was found that plays sound (such as aplay); the captions go on"
NO_SOUND = "no sound can be played here; the captions go on"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts programs on an otherwise empty PATH; gives the file in which they tell what they do."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(**programs: str) -> Path:
        for name, does in programs.items():
            file = folder / name.replace("_", "-")
            file.write_text(f"#!/bin/sh\n{does.replace('TOLD', str(tmp_path / 'told'))}\n")
            file.chmod(0o755)
        return tmp_path / "told"

    return put


def played(url: str = "http://line.test/a.wav", loop: int = 1) -> Played:
    return Played(at_seconds=0.0, words="", url=url, seconds=0.1, loop=loop)


def found_sound(url: str) -> bytes | None:
    return {"http://line.test/a.wav": sound("Hi", 0.1), "http://line.test/odd.wav": b"odd"}.get(url)


def beat(player: Player, holds: Callable[[], bool]) -> None:
    for _ in range(LOOKS):
        player.beat()
        if holds():
            return
        threading.Event().wait(LOOK_SECONDS)
    raise AssertionError("it did not come to that")


def lines(told: Path) -> list[str]:
    return told.read_text().splitlines() if told.exists() else []


def test_clips_are_played_one_after_the_other_and_as_often_as_they_are(install: Install) -> None:
    told = install(aplay='echo "$1 ${2##*/}" >> TOLD')
    notes: list[str] = []
    with Player(found_sound, notes.append) as player:
        player(played(loop=2))
        player(played())
        beat(player, lambda: len(lines(told)) == 3)
    assert lines(told) == ["-q 0.wav"] * 3
    assert notes == []


@pytest.mark.parametrize("event", [Interrupted(at_seconds=0.0), Ended(at_seconds=0.0, by="caller")])
def test_what_stops_the_prompt_stops_the_sound_and_all_that_was_to_follow(
    install: Install, event: Interrupted | Ended
) -> None:
    told = install(aplay="trap '' TERM; echo begun >> TOLD; while :; do :; done")
    with Player(found_sound, print) as player:
        player(played(loop=0))
        beat(player, lambda: lines(told) == ["begun"])
        player(event)
        player.beat()
    assert lines(told) == ["begun"], "a program that does not stop is killed"


def test_the_next_program_is_tried_when_one_fails(install: Install) -> None:
    told = install(
        pw_play="echo pw-play >> TOLD; exit 1", aplay="echo aplay >> TOLD", mpv="echo mpv >> TOLD"
    )
    notes: list[str] = []
    with Player(found_sound, notes.append) as player:
        player(played())
        beat(player, lambda: lines(told) == ["pw-play", "aplay"])
        player(played())
        beat(player, lambda: lines(told) == ["pw-play", "aplay", "aplay"])
    assert notes == []


def test_where_nothing_can_be_played_it_is_told_once(install: Install) -> None:
    notes: list[str] = []
    with Player(found_sound, notes.append) as player:
        player(played())
    assert notes == [NO_PROGRAM]
    install(aplay="exit 1", play="exit 1")
    notes.clear()
    with Player(found_sound, notes.append) as player:
        player(played(loop=0))
        beat(player, lambda: bool(notes))
        player(played())
        player.beat()
    assert notes == [NO_SOUND]


def test_a_program_that_cannot_be_started_is_passed_over(install: Install) -> None:
    told = install(paplay="", aplay="echo aplay >> TOLD")
    (told.parent / "programs/paplay").write_bytes(b"\x7fELF is no program")
    with Player(found_sound, print) as player:
        player(played())
        beat(player, lambda: lines(told) == ["aplay"])


@pytest.mark.parametrize("url", ["http://line.test/odd.wav", "http://line.test/gone.wav"])
def test_what_is_no_sound_is_left_out(install: Install, url: str) -> None:
    told = install(aplay="echo aplay >> TOLD")
    with Player(found_sound, print) as player:
        player(played(url))
        player(Played(at_seconds=0.0, words="12", url=None, seconds=0.5))
        player(played())
        beat(player, lambda: lines(told) == ["aplay"])


def test_a_script_is_heard_only_when_asked_to(install: Install) -> None:
    told = install(aplay="echo aplay >> TOLD")
    line = pages(
        {"/": '<Play>/a.wav</Play><Pause length="1"/><Hangup/>'}, {"/a.wav": sound("Hi", 0.1)}
    )
    with serving(line) as url:
        for sounds, count in (((), 0), (("--sound",), 1)):
            arguments = (f"{url}/", "--token", "T", "--real-time", *sounds)
            result = CliRunner(mix_stderr=False).invoke(call, arguments, catch_exceptions=False)
            assert result.exit_code == 0
            assert len(lines(told)) == count
