"""What real clips tell of the words: too long, missing, damaged, or of other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from msgspec.structs import replace

from ivr.flow.model import Spec, Words
from ivr.flow.problem import Level
from ivr.flow.terms import Pace
from ivr.speech.library import Keep, Library
from ivr.speech.listening import clip_findings
from ivr.speech.recordings import Recordings
from ivr.speech.render import render
from ivr.speech.speaker import HumanSpeaker, VoiceSpeaker
from ivr.speech.utterance import Utterance, utterances

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.problem import Finding
    from ivr.speech.espeak import EspeakVoice
    from ivr.speech.lexicon import Lexicon

LONG = "Let us say something that goes on and on, far longer than an elder could hold in mind."
MENU = ("choose_lesson", "choose_practice", "choose_services")


class Line:
    """A line of a few words, with clips by the offline voice or by recordings."""

    def __init__(self, spec: Spec, audio: Path, voice: EspeakVoice) -> None:
        self._flow = spec
        self.audio = audio
        self._voice = voice

    def spec(self, **prompts: str) -> Spec:
        words = Words(language="en", facts_as_of="2020-04-18", prompts=prompts)
        return replace(self._flow, words={"en": words})

    def render(self, **prompts: str) -> None:
        said = {"en": prompts}
        recordings = Recordings.open(self.audio, said)
        recordings.note()
        lexicons: dict[str, Lexicon] = {}
        speakers = (HumanSpeaker(recordings), VoiceSpeaker(self._voice, lexicons))
        library = Library.open(self.audio)
        assert not render(utterances(said), library, speakers, Keep.SAME_RECIPE).failed

    def found(self, **prompts: str) -> list[Finding]:
        recordings = Recordings.open(self.audio, {"en": prompts})
        return list(clip_findings(self.spec(**prompts), Library.open(self.audio), recordings))


@pytest.fixture
def line(spec: Spec, tmp_path: Path, espeak: EspeakVoice) -> Line:
    return Line(spec, tmp_path, espeak)


def test_what_is_there_and_short_is_good(line: Line) -> None:
    line.render(main_menu="What now?", simpler="Easier?")
    assert line.found(main_menu="What now?", simpler="Easier?") == []


def test_a_prompt_that_is_too_long_is_told_at_its_words(line: Line) -> None:
    line.render(choose_more=LONG)
    (finding,) = line.found(choose_more=LONG)
    assert (finding.file, finding.path) == ("prompts/en.yaml", ("prompts", "choose_more"))
    seconds = Library.open(line.audio).entry(("en", "choose_more", Pace.NORMAL))
    assert seconds is not None
    assert finding.what == (f"option choose_more takes {seconds.seconds:.2f} s (en), 4 s at most")
    assert finding.to_do == "use fewer words in prompts/en.yaml"
    assert finding.level is Level.WARNING


def test_a_row_that_is_too_long_is_told_once_where_it_is_made_up(line: Line) -> None:
    """All that may follow the question of a menu counts, and only the longest of it is told."""
    few = {"resume_go_on": "One.", "resume_anew": "Two.", "resume_app": "The app."}
    prompts = {**few, "resume": f"{LONG} {LONG} {LONG} {LONG}", "resume_register": LONG}
    line.render(**prompts, step_1="This is step one.")
    (finding,) = line.found(**prompts, step_1="This is step one.")
    assert (finding.file, finding.path) == ("flow.yaml", ("nodes", "resume"))
    assert finding.what.startswith("menu resume with resume_register step_1 takes ")
    assert finding.what.endswith(" s (en), 20 s at most")


def test_what_is_too_long_only_when_slow_is_told_so(line: Line) -> None:
    words = "To hear of the app, press one."
    path = line.audio / "human" / "en" / "choose_app.slow.wav"
    path.parent.mkdir(parents=True)
    hum = 0.3 * np.sin(2 * np.pi * 440 * np.arange(7 * 16000) / 16000)
    soundfile.write(path, hum, 16000)
    line.render(choose_app=words)
    (finding,) = line.found(choose_app=words)
    assert finding.what.startswith("option choose_app takes ")
    assert finding.what.endswith(" s at the slow pace (en), 5.6 s at most")


def test_missing_clips_are_one_hint_and_nothing_is_measured(line: Line) -> None:
    prompts = dict.fromkeys(("main_menu", *MENU), LONG)
    (finding,) = line.found(**prompts)
    assert (finding.file, finding.path) == ("prompts/en.yaml", ("prompts",))
    assert finding.what == (
        "8 of 8 clips are missing: main_menu, choose_lesson, choose_practice and 1 more"
    )
    assert finding.to_do == "run: ivr audio render"
    assert finding.level is Level.HINT


def test_changed_words_of_a_voice_are_missing(line: Line) -> None:
    line.render(main_menu="What now?", simpler="Easier?")
    (finding,) = line.found(main_menu="What else?", simpler="Easier?")
    assert finding.what == "2 of 4 clips are missing: main_menu"


def test_a_damaged_clip_is_told_at_its_words(line: Line) -> None:
    line.render(main_menu="What now?")
    library = Library.open(line.audio)
    clip = library.find(Utterance("en", "main_menu", Pace.SLOW, "What now?"))
    assert clip is not None
    content = bytearray(library.path(clip).read_bytes())
    content[-1] ^= 1
    library.path(clip).write_bytes(content)
    (finding,) = line.found(main_menu="What now?")
    assert finding.what == "the clip of 'main_menu' is damaged"
    assert finding.to_do == "run: ivr audio render"
    assert (finding.path, finding.level) == (("prompts", "main_menu"), Level.WARNING)


@pytest.mark.parametrize("is_rendered", [True, False], ids=["rendered", "only noted"])
def test_a_recording_of_other_words_is_told_once(line: Line, *, is_rendered: bool) -> None:
    path = line.audio / "human" / "en" / "main_menu.wav"
    path.parent.mkdir(parents=True)
    soundfile.write(path, 0.3 * np.sin(np.arange(16000) / 6), 16000)
    line.render(main_menu="What now?")
    if not is_rendered:
        (line.audio / "clips" / "manifest.json").unlink()
    stale, *rest = sorted(line.found(main_menu="What else?"), key=lambda each: each.level)[::-1]
    assert stale.what == "the recording of 'main_menu' says other words than stand here"
    assert stale.to_do == (
        "record it again (ivr audio sheet), or import it once more with --replace"
    )
    assert (stale.path, stale.level) == (("prompts", "main_menu"), Level.WARNING)
    assert [each.level for each in rest] == ([] if is_rendered else [Level.HINT])
