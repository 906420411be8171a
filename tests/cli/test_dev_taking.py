"""What `ivr dev` does with what was saved: taken whole, told in a line, and nothing left behind."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from ivr.browser.app import browser_phone
from ivr.cli.folder import judge_folder
from ivr.cli.local import LocalLine, caller_keys
from ivr.cli.own_phone import own_rung_line
from ivr.flow.problem import Level
from ivr.flow.terms import Pace
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.speech.manifest import Source, read_manifest
from tests.browser.phone_pages import Caller
from tests.cli.developing import WatchedLine, linked_audio, replaced, reworded, save
from tests.conftest import LINE, SECRET, TOKEN

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.web.parts import Parts

NEW_WORDS = "These are other words."
BENGALI = "এবার অন্য কথা শুনুন।"


@pytest.fixture
def line(
    audio: Path, parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> WatchedLine:
    return WatchedLine(tmp_path, linked_audio(audio, tmp_path), parts, capsys)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("flow.yaml", "together_seconds: 45", "together_seconds: 46", "1 node changed"),
        (
            "flow.yaml",
            "longest_seconds: 20",
            "longest_seconds: 19",
            "what holds for all nodes changed",
        ),
        ("flow.yaml", "spec: 1", "spec: 1 # of now", "nothing that is said or done changed"),
        ("facts.yaml", "The UMANG site opens.", "The site opens.", "1 fact changed"),
        ("prompts/en.yaml", "Well done.", "Fine.", "1 prompt changed; 2 clips rendered"),
        ("lexicon.en.yaml", "point: point", "point: dot", "1 lexicon changed"),
    ],
    ids=["node", "rules", "remark", "fact", "words", "lexicon"],
)
def test_what_was_taken_is_told_in_one_line(
    line: WatchedLine, name: str, old: str, new: str, told: str
) -> None:
    file = line.config / name
    save(file, replaced(file, (old, new)))
    line.take()
    assert line.told(f"({told}).\n")
    assert line.out == f"Taken: config {line.current.spec.content_hash} ({told}).\n"
    assert line.err == ""


def test_a_word_that_is_said_otherwise_is_rendered_anew(line: WatchedLine) -> None:
    place = ("en", "greeting", Pace.SLOW)
    before = read_manifest(line.audio / "clips/manifest.json")[place]
    file = line.config / "lexicon.en.yaml"
    save(file, replaced(file, ("espeak: Boshay", "espeak: Boshoo")))
    line.take()
    assert line.told("(1 lexicon changed; ")
    assert read_manifest(line.audio / "clips/manifest.json")[place].sha256 != before.sha256


def test_a_broken_lexicon_is_refused_with_what_was_saved_beside_it(line: WatchedLine) -> None:
    file = line.config / "lexicon.en.yaml"
    save(file, replaced(file, ("lexicon: 1", "lexicon: 2")))
    line.reword(NEW_WORDS)
    line.take()
    assert line.told("lexicon.en.yaml:12: 2 is not known here; write 1\n")
    assert "Not taken" in line.err
    assert line.said("warm_up_done") != NEW_WORDS
    save(file, replaced(file, ("lexicon: 2", "lexicon: 1")))
    line.take()
    assert line.told("(1 prompt changed; 2 clips rendered)")


def test_a_recording_is_taken_and_that_its_words_changed_is_told_once(
    line: WatchedLine, audio: Path
) -> None:
    take = line.audio / "human/en/warm_up_done.wav"
    take.parent.mkdir(parents=True)
    clips = read_manifest(audio / "clips/manifest.json")
    other = clips["en", "warm_up_key", Pace.NORMAL].sha256
    take.write_bytes((audio / f"clips/{other}.wav").read_bytes())
    line.take()
    assert line.told("(1 recording changed; 2 clips rendered)")
    clips = read_manifest(line.audio / "clips/manifest.json")
    assert clips["en", "warm_up_done", Pace.NORMAL].source is Source.HUMAN
    assert "1 new recording taken to say the words of now" in line.err
    for words in (NEW_WORDS, "And others once more."):
        line.reword(words)
        line.take()
        assert line.told("(1 prompt changed)")
    assert line.err.count("recorded with other words than those of now") == 1


def test_what_lies_beside_the_recordings_is_named_where_it_is_no_good(line: WatchedLine) -> None:
    (line.audio / "human/en").mkdir(parents=True)
    (line.audio / "human/en/README.txt").touch()
    line.take()
    assert not line.told("Taken")
    assert line.err == ""
    (line.audio / "human/en/greeting.m4a").touch()
    line.take()
    assert line.told("greeting.m4a: .m4a is not read here; save it as wav")
    assert line.out == ""


def test_a_warning_stops_nothing_and_is_told_once_for_as_long_as_it_stays(
    line: WatchedLine,
) -> None:
    good = line.words.read_text(encoding="utf-8")
    save(line.words, f"{good}  leftover: Nobody hears this.\n")
    line.take()
    assert line.told("Taken: ")
    at = good.count("\n") + 1
    assert line.err.startswith(f"{line.words}:{at}: warning: nothing says 'leftover'; ")
    assert line.err.count("\n") == 1
    save(line.words, f"# Two lines\n# more.\n{good}  leftover: Nobody hears this.\n")
    line.take()
    assert line.told("(nothing that is said or done changed)")
    assert line.err.count("leftover") == 1
    save(line.words, good)
    line.take()
    save(line.words, f"{good}  leftover: Nobody hears this.\n")
    line.take()
    line.told("")
    assert line.err.count("leftover") == 2, "it was mended in between"


def test_hints_are_left_to_the_check(line: WatchedLine) -> None:
    apart = "Cafe\N{COMBINING ACUTE ACCENT}."
    line.reword(apart)
    line.take()
    assert line.told("Taken: ")
    judged = judge_folder(line.config)
    assert [each.level for each in judged.problems] == [Level.HINT]
    assert line.err == ""


def test_a_broken_manifest_is_not_rendered_over(line: WatchedLine) -> None:
    manifest = line.audio / "clips/manifest.json"
    manifest.unlink()
    manifest.write_text("{", encoding="utf-8")
    line.reword(NEW_WORDS)
    line.take()
    assert line.told("Delete it and run: ivr audio render")
    assert "Not taken" in line.err
    assert manifest.read_text(encoding="utf-8") == "{"


def test_words_are_taken_without_clips_that_cannot_be_made(
    parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = WatchedLine(tmp_path, Path("/proc/self/audio"), parts, capsys)
    for words in (NEW_WORDS, "And others once more."):
        line.reword(words)
        line.take()
        assert line.told("(1 prompt changed)")
        assert line.said("warm_up_done") == words
    assert line.err.count("The words are taken without the clips that are missing.") == 1
    assert "cannot be written" in line.err


def test_nothing_is_begun_when_the_command_ends(line: WatchedLine) -> None:
    line.reword(NEW_WORDS)
    is_over = threading.Event()
    is_over.set()
    assert not line.taking.take(line.files.state(), is_over)
    assert not line.told("Taken")
    assert line.err == ""
    assert line.said("warm_up_done") != NEW_WORDS


def test_what_is_caught_in_the_middle_of_a_saving_is_looked_at_once_more(line: WatchedLine) -> None:
    before = line.files.state()
    line.words.write_text("", encoding="utf-8")
    assert not line.taking.take(before, threading.Event())
    assert not line.told("Not taken")
    line.take()
    assert line.told("Not taken")


def test_the_browser_phone_knows_the_english_and_the_digits_of_now(
    line: WatchedLine, parts: Parts
) -> None:
    words = line.config / "prompts/bn.yaml"
    own = LocalLine(line.current, parts.store, caller_keys(SECRET))
    rung = own_rung_line(line.current, own, LINE, TOKEN)
    with browser_phone(rung) as page:
        caller = Caller(page).ring(**{"from": ""})
        save(words, reworded(words, warm_up_done=BENGALI, digit_1="ইক", digit_1_more="ইক,"))
        line.take()
        caller.press("1")
        pairs = [each for each in caller.events if each["kind"] == "Heard"]
    heard = {each["words"]: each["english"] for each in pairs}
    assert heard[BENGALI] == line.said("warm_up_done")
    assert rung.digits.read_out(["ইক", "1"]) == "11"
    assert rung.digits.masked("ইক") == "•"
    assert rung.digits.masked_rows(["ইক, ইক"]) == ["• •"]


def test_when_the_english_is_gone_there_is_none_until_it_comes_back(
    line: WatchedLine, parts: Parts
) -> None:
    spec = line.current.spec
    without = msgspec.structs.replace(spec, words={"bn": spec.words["bn"]})
    menu = spec.words["bn"].prompts["main_menu"]
    line.current.take(without)
    own = LocalLine(line.current, parts.store, caller_keys(SECRET))
    rung = own_rung_line(line.current, own, LINE, TOKEN)
    assert rung.english is not None
    assert (rung.english(menu), rung.about().has_english) == (None, False)
    line.current.take(spec)
    assert rung.english(menu) == spec.words["en"].prompts["main_menu"]
    assert rung.about().has_english
    line.current.take(without)
    assert (rung.english(menu), rung.about().has_english) == (None, False)


def test_the_head_of_the_page_is_that_of_now(line: WatchedLine, parts: Parts) -> None:
    own = LocalLine(line.current, parts.store, caller_keys(SECRET))
    with browser_phone(own_rung_line(line.current, own, LINE, TOKEN)) as page:
        caller = Caller(page)
        file, name = line.config / "flow.yaml", line.current.spec.flow.flow.name
        assert name is not None
        assert caller.get("/phone/about").get_json()["name"] == name
        save(file, replaced(file, (name, "Another line")))
        line.take()
        assert caller.get("/phone/about").get_json()["name"] == "Another line"


def test_a_request_is_answered_whole_by_one_version(line: WatchedLine) -> None:
    """Four callers ring without a pause while one version after another is taken."""
    first = line.current.spec
    other = {**first.words["bn"].prompts, "greeting": BENGALI}
    second = changed(first, other)
    heard: set[str] = set()
    is_over = threading.Event()

    def ring() -> None:
        phone = Phone(InProcess(line.current), TOKEN)
        while not is_over.is_set():
            call = phone.call(f"{LINE}/voice")
            call.start()
            heard.add(call.heard[0])
            call.hang_up()

    callers = [threading.Thread(target=ring) for _ in range(4)]
    for each in callers:
        each.start()
    for spec in (second, first) * 20:
        line.current.take(spec)
    is_over.set()
    for each in callers:
        each.join(30)
    assert heard <= {BENGALI, first.words["bn"].prompts["greeting"]}
    assert heard


def changed(spec: Spec, prompts: dict[str, str]) -> Spec:
    words = msgspec.structs.replace(spec.words["bn"], prompts=prompts)
    return msgspec.structs.replace(spec, words={**spec.words, "bn": words})


@pytest.mark.usefixtures("unmeasured")
def test_a_hundred_versions_leave_nothing_behind(line: WatchedLine) -> None:
    """Neither threads nor open files, and of the versions none but the one of now."""
    texts = [reworded(line.words, warm_up_done=words) for words in ("Fine.", NEW_WORDS)]
    gone: list[weakref.ref[object]] = []

    def save_and_take(text: str) -> None:
        gone.append(weakref.ref(line.current._version.app))
        line.words.write_text(text, encoding="utf-8")
        line.take()

    for text in texts:
        save_and_take(text)
    before = held()
    for text in texts * 3:
        save_and_take(text)
    for _ in range(100):
        gone.append(weakref.ref(line.current._version.app))
        line.current.take(line.current.spec)
    gc.collect()
    assert line.told("Taken:")
    assert line.out.count("(1 prompt changed; 2 clips rendered)") == 8
    assert [each() for each in gone if each() is not None] == []
    assert held() == before


def held() -> tuple[int, int]:
    """How many threads there are, and how many open files."""
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
