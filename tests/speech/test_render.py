"""Rendering makes what is missing, and loses nothing that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.errors import SpeechError
from ivr.flow.model import Pace
from ivr.speech.lexicon import read_lexicon
from ivr.speech.library import Keep, Library
from ivr.speech.render import Order, Report, render
from ivr.speech.utterance import Utterance, utterances
from ivr.speech.voice import Speech, Take

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ivr.speech.espeak import EspeakVoice


class ToneVoice:
    """Hums each sentence, a second long, in this process; what it cannot say it refuses."""

    lanes = 2

    def __init__(self, name: str = "espeak", fingerprint: str = "tone 1") -> None:
        self.name = name
        self.fingerprint = fingerprint

    def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
        if "unsayable" in sentences[0]:
            raise SpeechError(f"no {language} at {pace}: {sentences[0]}")
        hum = np.sin(np.arange(8000) * len(sentences[0]) / 10).astype(np.float32)
        return Speech(tuple(Take(hum, ends_sentence=True) for _ in sentences), 8000)

    def close(self) -> None:
        pass


ORDER = Order(tuple(utterances({"en": {"one": "Press one.", "two": "Press two, now."}})), {})


def counts(report: Report) -> tuple[int, int, int]:
    return len(report.made), len(report.kept), len(report.failed)


def test_every_prompt_is_listed_at_each_pace() -> None:
    assert [utterance.label for utterance in ORDER.utterances] == [
        "one (en, normal)",
        "two (en, normal)",
        "one (en, slow)",
        "two (en, slow)",
    ]


def test_a_second_rendering_makes_nothing(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    first = render(ORDER, Library.open(tmp_path), ToneVoice(), lambda *step: progress.append(step))
    assert counts(first) == (4, 0, 0)
    assert progress == [(done, 4) for done in range(5)]
    library = Library.open(tmp_path)
    assert counts(render(ORDER, library, ToneVoice())) == (0, 4, 0)
    assert all(library.find(utterance) for utterance in ORDER.utterances)


def test_a_new_spoken_form_is_rendered(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(ORDER, library, ToneVoice())
    lexicon = read_lexicon("{lexicon: 1, language: en, words: [{written: two, espeak: too}]}")
    again = Order(ORDER.utterances, {"en": lexicon})
    assert counts(render(again, library, ToneVoice())) == (2, 2, 0)


def test_clips_of_another_voice_may_stay(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    render(ORDER, library, ToneVoice("gtts"))
    staying = Order(ORDER.utterances, {}, Keep.CURRENT_WORDS)
    assert counts(render(staying, library, ToneVoice("espeak"))) == (0, 4, 0)
    assert counts(render(ORDER, library, ToneVoice("espeak"))) == (4, 0, 0)


def test_one_failure_does_not_lose_the_others(tmp_path: Path) -> None:
    words = {"good": "Press one.", "bad": "unsayable.", "empty": "..."}
    order = Order(tuple(Utterance("en", key, Pace.SLOW, text) for key, text in words.items()), {})
    report = render(order, Library.open(tmp_path), ToneVoice())
    assert counts(report) == (1, 0, 2)
    reasons = {failure.utterance.prompt_id: failure.reason for failure in report.failed}
    assert reasons["bad"] == "no en at slow: unsayable."
    assert "nothing to say" in reasons["empty"]
    assert Library.open(tmp_path).find(order.utterances[0])


def test_a_voice_that_is_gone_is_not_asked_hundreds_of_times(tmp_path: Path) -> None:
    class Leaving(ToneVoice):
        lanes = 1
        asked = 0

        def speak(self, sentences: Sequence[str], language: str, pace: Pace) -> Speech:
            self.asked += 1
            return super().speak(sentences if self.asked <= 2 else ["unsayable"], language, pace)

    words = {f"prompt_{number}": f"Press {'one ' * number} now." for number in range(1, 60)}
    order = Order(tuple(utterances({"en": words})), {})
    voice = Leaving()
    with pytest.raises(SpeechError, match="failed 5 times one after another"):
        render(order, Library.open(tmp_path), voice)
    assert voice.asked <= 2 + 5 + 2
    assert len(Library.open(tmp_path)) == 2, "what was made before is kept"


def test_an_interruption_keeps_what_was_made(tmp_path: Path) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(ORDER, Library.open(tmp_path), ToneVoice(), interrupt)
    assert counts(render(ORDER, Library.open(tmp_path), ToneVoice())) == (2, 2, 0)


def test_equal_orders_give_equal_libraries(espeak: EspeakVoice, tmp_path: Path) -> None:
    manifests = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        assert counts(render(ORDER, Library.open(folder), espeak)) == (4, 0, 0)
        manifests.append((folder / "clips" / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]
