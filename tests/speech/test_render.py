"""Rendering makes what is missing, has others stand in, and loses nothing that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.errors import SpeechError, VoiceAwayError
from ivr.flow.terms import Pace
from ivr.speech import render as rendering
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Source
from ivr.speech.render import Report, render
from ivr.speech.speaker import VoiceSpeaker
from ivr.speech.utterance import Utterance, utterances
from ivr.speech.voice import Speech, Take
from tests.speech.written_lexicon import lexicon_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ivr.speech.espeak import EspeakVoice


class ToneVoice:
    """Hums each sentence, a second long, in this process; what it cannot say it refuses."""

    lanes = 2

    def __init__(self, name: str = "espeak", version: str = "tone 1") -> None:
        self.name = name
        self.version = version
        self.parameters = ""
        self.asked = 0
        self.gone = False

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
        self.asked += 1
        if self.gone or "unsayable" in sentences[0]:
            raise SpeechError(f"{self.name} says no {language} at {pace}: {sentences[0]}")
        if sentences[0] == "silence":
            return Speech((Take(np.zeros(9000, np.float32), ends_sentence=True),), 8000, pace)
        hum = np.sin(np.arange(8000) * len(sentences[0]) / 10).astype(np.float32)
        return Speech(tuple(Take(hum, ends_sentence=True) for _ in sentences), 8000, pace)

    def stop(self) -> None:
        self.gone = True

    def close(self) -> None:
        pass


WANTED = tuple(utterances({"en": {"one": "Press one.", "two": "Press two, now."}}))


LATER = tuple(utterances({"en": {f"z_{n}": f"Then press {n}." for n in range(5)}}))


def speaker(voice: ToneVoice | EspeakVoice) -> VoiceSpeaker:
    return VoiceSpeaker(voice, {})


def counts(report: Report) -> tuple[int, int, int, int]:
    return len(report.made), len(report.kept), len(report.stood_in), len(report.failed)


def sources(library: Library) -> list[str]:
    found = [library.find(utterance) for utterance in WANTED]
    return [clip.source.value if clip else "-" for clip in found]


def test_every_prompt_is_listed_at_each_pace() -> None:
    assert [utterance.label for utterance in WANTED] == [
        "one (en, normal)",
        "two (en, normal)",
        "one (en, slow)",
        "two (en, slow)",
    ]


def test_a_second_rendering_makes_nothing(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    first = render(
        WANTED,
        Library.open(tmp_path),
        [speaker(ToneVoice())],
        on_progress=lambda *step: told.append(step),
    )
    assert counts(first) == (4, 0, 0, 0)
    assert told == [(Source.ESPEAK, done, 4) for done in range(5)]
    library = Library.open(tmp_path)
    again = render(
        WANTED, library, [speaker(ToneVoice())], on_progress=lambda *_: pytest.fail("no progress")
    )
    assert counts(again) == (0, 4, 0, 0)
    assert all(library.find(utterance) for utterance in WANTED)


def test_a_new_spoken_form_is_rendered(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(WANTED, library, [speaker(ToneVoice())])
    lexicon = lexicon_of("{lexicon: 1, language: en, words: [{written: two, espeak: too}]}")
    again = render(WANTED, library, [VoiceSpeaker(ToneVoice(), {"en": lexicon})])
    assert counts(again) == (2, 2, 0, 0)


def test_clips_of_another_voice_may_stay(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(WANTED, library, [speaker(ToneVoice("gtts"))])
    staying = render(WANTED, library, [speaker(ToneVoice())], Keep.CURRENT_WORDS)
    assert counts(staying) == (0, 4, 0, 0)
    assert counts(render(WANTED, library, [speaker(ToneVoice())])) == (4, 0, 0, 0)


def test_one_failure_does_not_lose_the_others(tmp_path: Path) -> None:
    words = {"good": "Press one.", "bad": "unsayable.", "empty": "..."}
    wanted = [Utterance("en", key, Pace.SLOW, text) for key, text in words.items()]
    report = render(wanted, Library.open(tmp_path), [speaker(ToneVoice())])
    assert counts(report) == (1, 0, 0, 2)
    reasons = {failure.utterance.prompt_id: failure.reason for failure in report.failed}
    assert reasons["bad"] == "espeak says no en at slow: unsayable."
    assert "nothing to say" in reasons["empty"]
    assert Library.open(tmp_path).find(wanted[0])


# -- Standing in -----------------------------------------------------------------------------------


def test_the_offline_voice_stands_in_and_a_later_run_replaces_just_its_clips(
    tmp_path: Path,
) -> None:
    google, offline = ToneVoice("gtts"), ToneVoice()
    google.gone = True
    library = Library.open(tmp_path)
    report = render(WANTED, library, [speaker(google), speaker(offline)])
    assert counts(report) == (4, 0, 4, 0)
    assert {failure.source for failure in report.stood_in} == {Source.GTTS}
    assert sources(library) == ["espeak"] * 4
    google.gone = False
    first = render(WANTED[:1], library, [speaker(google), speaker(offline)])
    assert counts(first) == (1, 0, 0, 0)
    later = render(WANTED, library, [speaker(google), speaker(offline)])
    assert counts(later) == (3, 1, 0, 0)
    assert sources(Library.open(tmp_path)) == ["gtts"] * 4


def test_a_voice_that_is_gone_is_not_asked_hundreds_of_times(tmp_path: Path) -> None:
    google = ToneVoice("gtts")
    google.gone = True
    words = {f"prompt_{number}": f"Press {'one ' * number} now." for number in range(1, 60)}
    wanted = utterances({"en": words})
    report = render(wanted, Library.open(tmp_path), [speaker(google), speaker(ToneVoice())])
    assert counts(report) == (118, 0, 118, 0)
    assert google.asked <= rendering.MAX_FAILURES_IN_A_ROW + 2 * google.lanes
    assert sum("not tried" in failure.reason for failure in report.stood_in) >= 110
    assert "not tried" not in report.stood_in[0].reason


def test_a_voice_that_cannot_be_reached_at_all_is_asked_once(tmp_path: Path) -> None:
    class Away(ToneVoice):
        lanes = 1

        def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
            if self.asked == self.answers:
                self.asked += 1
                raise VoiceAwayError("no answer")
            return super().speak(sentences, language, pace)

        answers = 0

    google = Away("gtts")
    report = render(WANTED, Library.open(tmp_path), [speaker(google), speaker(ToneVoice())])
    assert counts(report) == (4, 0, 4, 0)
    assert google.asked == 1
    again = Away("gtts")
    again.answers = 1
    report = render(WANTED, Library.open(tmp_path), [speaker(again), speaker(ToneVoice())])
    assert counts(report) == (3, 1, 1, 0), "one that has answered before is asked for the rest"
    assert again.asked == 4


def test_a_voice_that_goes_away_is_given_up_after_three_utterances(tmp_path: Path) -> None:
    class Leaving(ToneVoice):
        lanes = 1

        def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
            if self.asked == 2:
                self.gone = True
            try:
                return super().speak(sentences, language, pace)
            except SpeechError as exc:
                raise VoiceAwayError(str(exc)) from exc

    google = Leaving("gtts")
    render(WANTED + LATER, Library.open(tmp_path), [speaker(google), speaker(ToneVoice())])
    assert google.asked == 2 + 3


@pytest.mark.parametrize("text", ["unsayable.", "silence"])
def test_one_bad_prompt_does_not_stop_the_others(tmp_path: Path, text: str) -> None:
    """In two languages and at two paces it fails four times one after another."""
    words = {"bad": text, **{f"prompt_{number}": f"Press {number}." for number in range(20)}}
    wanted = utterances({"bn": words, "en": words})
    library = Library.open(tmp_path)
    report = render(wanted, library, [speaker(ToneVoice())])
    assert counts(report) == (80, 0, 0, 4)
    assert {failure.utterance.prompt_id for failure in report.failed} == {"bad"}
    assert "not tried" not in report.failed[0].reason


def test_failures_here_and_there_do_not_stop_a_voice(tmp_path: Path) -> None:
    words = {f"{n:02}": "unsayable." if n % 2 else f"Press {n}." for n in range(20)}
    one_lane = ToneVoice()
    one_lane.lanes = 1
    wanted = [Utterance("en", key, Pace.NORMAL, text) for key, text in words.items()]
    assert counts(render(wanted, Library.open(tmp_path), [speaker(one_lane)])) == (10, 0, 0, 10)


def test_a_language_that_a_voice_lacks_does_not_keep_it_from_the_others(tmp_path: Path) -> None:
    class English(ToneVoice):
        lanes = 1

        def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
            if language != "en":
                raise SpeechError(f"no {language}")
            return super().speak(sentences, language, pace)

    words = {f"prompt_{number}": f"Press {number}." for number in range(9)}
    report = render(
        utterances({"bn": words, "en": words}), Library.open(tmp_path), [speaker(English())]
    )
    assert counts(report) == (18, 0, 0, 18)


def test_good_clips_stay_when_nobody_could_make_them_now(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(WANTED, library, [speaker(ToneVoice())])
    newer = ToneVoice(version="tone 2")
    newer.gone = True
    assert counts(render(WANTED, library, [speaker(newer)])) == (0, 4, 4, 0)


def test_nobody_stands_in_for_a_good_clip_of_the_voice_that_is_gone(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(WANTED, library, [speaker(ToneVoice("gtts", "gTTS 1"))])
    newer = ToneVoice("gtts", "gTTS 2")
    newer.gone = True
    report = render(WANTED, library, [speaker(newer), speaker(ToneVoice())], Keep.NOTHING)
    assert counts(report) == (0, 4, 4, 0)
    assert sources(library) == ["gtts"] * 4


def test_when_nobody_can_speak_both_reasons_are_told(tmp_path: Path) -> None:
    google, offline = ToneVoice("gtts"), ToneVoice()
    google.gone = offline.gone = True
    report = render(WANTED[:1], Library.open(tmp_path), [speaker(google), speaker(offline)])
    assert counts(report) == (0, 0, 0, 1)
    assert report.failed[0].reason == (
        "gtts says no en at normal: Press one. espeak says no en at normal: Press one."
    )


# -- Interruptions ---------------------------------------------------------------------------------


def test_an_interruption_keeps_what_was_made(tmp_path: Path) -> None:
    def interrupt(_source: Source, done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(WANTED, Library.open(tmp_path), [speaker(ToneVoice())], on_progress=interrupt)
    again = render(WANTED, Library.open(tmp_path), [speaker(ToneVoice())])
    assert counts(again) == (2, 2, 0, 0)


def test_an_interruption_stops_the_voice(tmp_path: Path) -> None:
    """Google's may otherwise hang for minutes before the command ends."""
    voice = ToneVoice()

    def interrupt(_source: Source, done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(WANTED, Library.open(tmp_path), [speaker(voice)], on_progress=interrupt)
    assert voice.gone
    finished = ToneVoice()
    render(WANTED, Library.open(tmp_path), [speaker(finished)])
    assert not finished.gone


def test_what_is_made_is_saved_while_the_rendering_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "SAVE_SECONDS", 0.0)
    saved: list[int] = []
    render(
        WANTED,
        Library.open(tmp_path),
        [speaker(ToneVoice())],
        on_progress=lambda _source, done, _total: saved.append(
            len(Library.open(tmp_path)) if done else 0
        ),
    )
    assert saved == [0, 0, 1, 2, 3], "a killed rendering loses the last clip at most"


def test_equal_orders_give_equal_libraries(espeak: EspeakVoice, tmp_path: Path) -> None:
    manifests = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        assert counts(render(WANTED, Library.open(folder), [speaker(espeak)])) == (4, 0, 0, 0)
        manifests.append((folder / "clips" / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]
