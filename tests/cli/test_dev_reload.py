"""`ivr dev` as a process: what is saved in config/ is heard at the next turn, or refused."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.simulator.call import Call
from ivr.simulator.events import Heard
from ivr.simulator.setup import Setup
from ivr.speech.manifest import read_manifest
from tests.cli.developing import Developing, copied_config, linked_audio, replaced, reworded, save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.flow.model import Spec

TOKEN = "token-of-the-reloads"
NEW_WORDS = "এবার অন্য কথা শুনুন।"


@pytest.fixture
def folder(audio: Path, tmp_path: Path) -> Path:
    copied_config(tmp_path)
    linked_audio(audio, tmp_path)
    return tmp_path


@pytest.fixture
def developing(folder: Path, redis_url: str) -> Iterator[Developing]:
    with Developing(folder, REDIS_URL=redis_url, TWILIO_AUTH_TOKEN=TOKEN) as started:
        yield started


@pytest.fixture
def call(developing: Developing) -> Iterator[Call]:
    """A call at the third step of the lesson, by somebody who was never there before."""
    with httpx.Client() as client:
        setup = Setup(from_number="anonymous")
        begun = Call(client, f"{developing.origin}/voice", TOKEN, setup=setup)
        begun.start()
        for key in ("1", "1", "1", "1"):
            begun.press(key)
        yield begun


def heard_after(call: Call, key: str) -> list[str]:
    before = len(call.events)
    call.press(key)
    heard = [event for event in call.events[before:] if isinstance(event, Heard)]
    assert all(event.is_clip for event in heard)
    return [event.words or "" for event in heard]


def content(developing: Developing) -> str:
    told: dict[str, str] = httpx.get(f"{developing.origin}/readyz").json()
    return told["content"]


def test_saved_words_are_heard_at_the_next_turn_of_a_call_that_runs(
    developing: Developing, call: Call, spec: Spec
) -> None:
    said = spec.words["bn"].prompts
    file = developing.config / "prompts/bn.yaml"
    save(file, reworded(file, register_4=NEW_WORDS))
    taken = developing.out.wait_for("Taken:")
    hash_now = content(developing)
    assert hash_now != spec.content_hash
    assert taken == f"Taken: config {hash_now} (1 prompt changed; 2 clips rendered).\n"
    assert heard_after(call, "2") == [
        said[each] for each in ("step_3", "register_3", "lesson_keys")
    ]
    assert heard_after(call, "1") == [said["step_4"], NEW_WORDS, said["lesson_keys"]]
    assert httpx.get(f"{developing.origin}/readyz").json()["ready"] is True
    assert developing.stop(signal.SIGTERM) == (0, "Stopped.\n", "")


def test_a_broken_flow_is_told_whole_and_the_call_goes_on_until_it_is_mended(
    developing: Developing, call: Call, spec: Spec
) -> None:
    said = spec.words["bn"].prompts
    flow, words = developing.config / "flow.yaml", developing.config / "prompts/en.yaml"
    good = flow.read_text(encoding="utf-8")
    save(words, replaced(words, ("  warm_up_done:", "  warm_up_don:")))
    developing.err.wait_for("Not taken")
    save(flow, replaced(flow, ("resume: resume_register", "resume: resume_registr")))
    told = developing.err.wait_for("Not taken")
    assert "config/ has 2 problems:\n" in told
    line = good[: good.index("resume: resume_register")].count("\n") + 1
    node = f"config/flow.yaml:{line}: node 'register_lesson': prompt 'resume_registr' has no words"
    assert f"{node}; did you mean 'resume_register'?" in told
    assert "nothing says 'warm_up_don', and 'warm_up_done' has no words" in told
    assert f"the line answers as before, with config {spec.content_hash}, until that" in told
    assert content(developing) == spec.content_hash
    assert heard_after(call, "1") == [
        said[each] for each in ("step_4", "register_4", "lesson_keys")
    ]
    save(flow, good)
    assert "has 1 problem:" in developing.err.wait_for("Not taken")
    save(words, reworded(words, warm_up_don="Fine.").replace("warm_up_don:", "warm_up_done:"))
    assert "(1 prompt changed; 2 clips rendered)" in developing.out.wait_for("Taken:")
    assert said["register_5"] in heard_after(call, "1")
    assert developing.stop(signal.SIGINT) == (0, "Stopped.\n", "")


def test_a_step_that_gets_another_name_in_three_savings_is_gone_on_from(
    developing: Developing, call: Call, spec: Spec
) -> None:
    said = spec.words["bn"].prompts
    flow = developing.config / "flow.yaml"
    renamed = "\nrenamed: {register_lesson.register_3: register_lesson.new_user}\n"
    save(flow, replaced(flow, ("prompt: register_3,", "prompt: new_user,")) + renamed)
    developing.err.wait_for("Not taken")
    for language in ("bn", "en"):
        words = developing.config / f"prompts/{language}.yaml"
        save(words, replaced(words, ("  register_3:", "  new_user:")))
    taken = developing.out.wait_for("Taken:")
    assert "(4 prompts, 1 node, what holds for all nodes changed; 4 clips rendered)" in taken
    assert heard_after(call, "2") == [
        said[each] for each in ("step_3", "register_3", "lesson_keys")
    ]
    assert heard_after(call, "1") == [
        said[each] for each in ("step_4", "register_4", "lesson_keys")
    ]


def test_warnings_are_told_at_the_start_and_not_again(folder: Path, redis_url: str) -> None:
    words = folder / "config/prompts/en.yaml"
    save(words, f"{words.read_text(encoding='utf-8')}  leftover: Nobody hears this.\n")
    with Developing(folder, REDIS_URL=redis_url, TWILIO_AUTH_TOKEN=TOKEN) as developing:
        developing.err.wait_for("warning: nothing says 'leftover'; ")
        save(words, reworded(words, warm_up_done="Fine."))
        developing.out.wait_for("Taken:")
        assert developing.stop(signal.SIGTERM) == (0, "Stopped.\n", "")


def test_it_ends_at_once_and_whole_in_the_middle_of_a_rendering(
    developing: Developing, folder: Path, spec: Spec
) -> None:
    """A language more, say: hundreds of clips, and then Ctrl-C."""
    words = developing.config / "prompts/en.yaml"
    others = {prompt: f"Now, {text}" for prompt, text in spec.words["en"].prompts.items()}
    save(words, reworded(words, **others))
    developing.err.wait_for("clips are being rendered; until then the line answers as before")
    code, out, err = developing.stop(signal.SIGINT)
    assert (code, out, err) == (0, "Stopped.\n", "")
    assert len(read_manifest(folder / "audio/clips/manifest.json")) == 4 * len(others)
    assert not list((folder / "audio/clips").glob(".*.part"))
