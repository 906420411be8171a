"""The offline voice, in its real worker process."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import espeakng_loader
import numpy as np
import pytest

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.speech.espeak import LONGEST_DATA_PATH, EspeakVoice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.speech.voice import Speech

SENTENCES = ("চার, সাত্, অ্যাক।", "নেক্স্ট্ টিপুন।")


@pytest.fixture
def voice() -> Iterator[EspeakVoice]:
    with closing(EspeakVoice(lanes=1, limit_seconds=0.5)) as voice:
        yield voice


def pcm(speech: Speech) -> bytes:
    return b"".join(take.samples.tobytes() for take in speech.takes)


def worker_id(voice: EspeakVoice) -> int:
    voice.speak(["চার"], "bn", Pace.NORMAL)
    worker = voice._free.queue[0]
    assert worker is not None
    return worker.pid


def test_each_phrase_is_a_take_and_sentences_have_an_end(espeak: EspeakVoice) -> None:
    speech = espeak.speak(SENTENCES, "bn", Pace.NORMAL)
    assert speech.rate == 22050
    assert [take.ends_sentence for take in speech.takes] == [False, False, True, True]
    for take in speech.takes:
        assert take.samples.dtype == np.float32
        assert 0.1 < np.abs(take.samples).max() <= 1


@pytest.mark.parametrize("language", ["bn", "en"])
def test_equal_words_give_equal_samples_in_any_process_at_any_time(
    espeak: EspeakVoice, voice: EspeakVoice, language: str
) -> None:
    words = {"bn": SENTENCES, "en": ("Press one, then wait.",)}[language]
    first = pcm(espeak.speak(words, language, Pace.NORMAL))
    espeak.speak(["অন্য কথা।"], "bn", Pace.SLOW)
    assert pcm(espeak.speak(words, language, Pace.NORMAL)) == first
    assert pcm(voice.speak(words, language, Pace.NORMAL)) == first


def test_the_slow_pace_is_slower(espeak: EspeakVoice) -> None:
    normal, slow = (espeak.speak(SENTENCES, "bn", pace) for pace in Pace)
    assert len(pcm(slow)) > 1.15 * len(pcm(normal))


def test_version_voices_and_speeds_are_told(espeak: EspeakVoice) -> None:
    assert espeak.version == "espeakng-loader 0.2.4"
    assert espeak.parameters == "bn=bn en=en normal=135 slow=105"


@pytest.mark.parametrize(("language", "word"), [("ta", "வணக்கம்"), ("hi", "नमस्ते")])
def test_any_language_of_the_data_is_spoken(espeak: EspeakVoice, language: str, word: str) -> None:
    speech = espeak.speak([word], language, Pace.NORMAL)
    assert np.abs(speech.takes[0].samples).max() > 0.1


def test_a_language_without_voice_is_refused(espeak: EspeakVoice) -> None:
    with pytest.raises(SpeechError, match=r"does not speak the language 'sat'; .*--voice gtts"):
        espeak.speak(["ᱡᱚᱦᱟᱨ"], "sat", Pace.NORMAL)


def test_many_texts_have_their_phonemes_in_order(espeak: EspeakVoice) -> None:
    heard = espeak.phonemes(["না", "চার, না", "কে"], "bn")
    assert [ipa.replace("\u02c8", "") for ipa in heard] == ["na", "tʃaɾ na", "ke"]
    assert espeak.phonemes([], "bn") == []


def test_a_dead_worker_costs_one_utterance(voice: EspeakVoice) -> None:
    pid = worker_id(voice)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(SpeechError, match=f"process {pid} ended"):
        voice.speak(SENTENCES, "bn", Pace.NORMAL)
    assert pcm(voice.speak(SENTENCES, "bn", Pace.NORMAL))


def test_a_worker_that_hangs_is_killed(voice: EspeakVoice) -> None:
    pid = worker_id(voice)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(SpeechError, match=rf"process {pid} ended with status -9.*limit 2\.5 s"):
        voice.speak(SENTENCES, "bn", Pace.NORMAL)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_synthesis_that_takes_too_long_is_ended_and_named() -> None:
    with closing(EspeakVoice(lanes=1, limit_seconds=0.05)) as voice:
        endless = "নেক্সট টিপুন " * 5000
        with pytest.raises(SpeechError, match=r"cannot say .*nothing within 0\.05 s"):
            voice.speak([endless], "bn", Pace.NORMAL)
        assert pcm(voice.speak(["চার"], "bn", Pace.NORMAL))


def test_no_process_is_left_behind() -> None:
    voice = EspeakVoice(lanes=1)
    pid = worker_id(voice)
    voice.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_long_data_path_is_made_short(
    voice: EspeakVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / ("d" * LONGEST_DATA_PATH)
    data.symlink_to(espeakng_loader.get_data_path(), target_is_directory=True)
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(data))
    assert pcm(voice.speak(["চার"], "bn", Pace.NORMAL))


def test_unusable_data_are_named(
    voice: EspeakVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(SpeechError, match="cannot use its data"):
        voice.speak(["চার"], "bn", Pace.NORMAL)


def test_a_missing_wheel_says_how_to_install_it(
    voice: EspeakVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(SpeechError, match="pip install espeakng-loader"):
        voice.speak(["চার"], "bn", Pace.NORMAL)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(SpeechError, match="pip install espeakng-loader"):
        assert voice.version
