"""What a change of words asks of the clips and of the recordings."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from ivr.flow.terms import Pace
from ivr.speech.library import Library
from ivr.speech.manifest import Make, Recipe, Source
from ivr.speech.recordings import Recordings, note_take
from ivr.speech.renewal import Renewal, renewal
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"bn": {"hello": "ten letter", "bye": "go now", "same": "as before"}}
NEW = {"bn": {"hello": "twenty letters of it", "more": "five!", "same": "as before"}}
SLOWER = {Pace.NORMAL: 1.0, Pace.SLOW: 2.0}


def render(audio: Path, words: dict[str, dict[str, str]]) -> None:
    """A clip of each, of a tenth of a second a letter, and of twice that at the slow pace."""
    library = Library.open(audio)
    for each in utterances(words):
        seconds = len(each.text) / 10 * SLOWER[each.pace]
        make = Make(Source.ESPEAK, "1", "")
        wav = f"{each.place} {each.text}".encode()
        library.add(library.write(Recipe(each, (each.text,), make, "1"), wav, seconds))
    library.save()


def record(audio: Path, name: str, noted: str | None = None) -> None:
    """A recording, of which the words may be noted."""
    path = audio / "human" / "bn" / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hashlib.sha256(name.encode()).digest())
    if noted is not None:
        note_take(path, noted, anew=True)


def asked(audio: Path) -> Renewal:
    return renewal(OLD, NEW, Library.open(audio), Recordings.open(audio, OLD))


def named(found: tuple[Utterance, ...]) -> list[str]:
    return [each.label for each in found]


def test_clips_of_other_words_are_stale_and_those_of_new_prompts_are_new(tmp_path: Path) -> None:
    found = asked(tmp_path)
    assert named(found.stale) == ["hello (bn, normal)", "hello (bn, slow)"]
    assert named(found.new) == ["more (bn, normal)", "more (bn, slow)"]
    assert found.unused == 2
    assert found.waiting == (*found.stale, *found.new)


def test_seconds_are_told_by_the_letters_of_the_clips_that_are_there(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    assert asked(tmp_path).seconds == pytest.approx((20 + 5) * 0.1 + (20 + 5) * 0.2)


def test_without_clips_nobody_knows_how_long_it_takes(tmp_path: Path) -> None:
    assert asked(tmp_path).seconds is None


def test_what_is_rendered_already_waits_no_more_and_is_told_to_the_second(tmp_path: Path) -> None:
    render(tmp_path, {"bn": {**NEW["bn"], "hello": OLD["bn"]["hello"]}})
    found = asked(tmp_path)
    assert named(found.waiting) == ["hello (bn, normal)", "hello (bn, slow)"]
    assert found.seconds == pytest.approx((20 + 5) * 0.1 + (20 + 5) * 0.2)


def test_a_new_language_has_no_clips_to_tell_its_seconds_by(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    new = {**OLD, "hi": {"hello": "namaste"}}
    found = renewal(OLD, new, Library.open(tmp_path), Recordings.open(tmp_path, OLD))
    assert named(found.new) == ["hello (hi, normal)", "hello (hi, slow)"]
    assert found.seconds is None


def test_the_same_words_ask_for_nothing(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    record(tmp_path, "hello")
    library, recordings = Library.open(tmp_path), Recordings.open(tmp_path, OLD)
    found = renewal(OLD, OLD, library, recordings)
    assert (found.stale, found.new, found.unused, found.waiting) == ((), (), 0, ())
    assert found.seconds == 0
    assert (found.recordings, found.orphans) == ((), ())


@pytest.mark.parametrize(
    ("noted", "is_stale"),
    [
        pytest.param(None, True, id="nobody has noted its words"),
        pytest.param(OLD["bn"]["hello"], True, id="of the old words"),
        pytest.param(NEW["bn"]["hello"], False, id="of the new words already"),
    ],
)
def test_a_recording_of_other_words_is_told(
    tmp_path: Path, noted: str | None, *, is_stale: bool
) -> None:
    record(tmp_path, "hello", noted)
    record(tmp_path, "same")
    found = asked(tmp_path)
    assert [each.path.name for each in found.recordings] == (["hello.wav"] if is_stale else [])


def test_a_recording_whose_prompt_goes_is_told(tmp_path: Path) -> None:
    record(tmp_path, "bye")
    record(tmp_path, "bye.slow")
    assert [each.path.name for each in asked(tmp_path).orphans] == ["bye.wav", "bye.slow.wav"]
