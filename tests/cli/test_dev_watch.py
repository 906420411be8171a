"""What `ivr dev` takes of what is saved, however it is saved: in this process, on real files."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ivr.cli.dev.saved import SavedFiles
from ivr.cli.dev.watch import watching
from ivr.cli.project import read_spec
from tests.cli.developing import WatchedLine, copied_config, linked_audio, reworded, save, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.cli.dev.saved import Identity, State
    from ivr.web.parts import Parts

NEW_WORDS = "These are other words."
LEAVINGS = (
    *("flow.yaml~", ".flow.yaml.swp", "#flow.yaml#", ".#flow.yaml"),
    *("prompts/.#en.yaml", "prompts/._en.yaml", "prompts/en.yaml.orig"),
    *("notes.txt", "personas.yaml"),
)
"""Files that editors and systems leave, and such as no call needs."""


@pytest.fixture
def line(
    audio: Path, parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> WatchedLine:
    return WatchedLine(tmp_path, linked_audio(audio, tmp_path), parts, capsys)


def in_place(file: Path, text: str) -> None:
    file.write_text("", encoding="utf-8")
    with file.open("a", encoding="utf-8") as opened:
        for each in text.splitlines(keepends=True):
            opened.write(each)
            opened.flush()


def keeping_the_old_one(file: Path, text: str) -> None:
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(text, encoding="utf-8")


def anew(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text, encoding="utf-8")


def twice_with_a_swap_file(file: Path, text: str) -> None:
    swap = file.with_name(f".{file.name}.swp")
    swap.write_bytes(b"\0" * 4096)
    file.write_text(text, encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    swap.unlink()


@pytest.mark.parametrize("way", [save, in_place, keeping_the_old_one, anew, twice_with_a_swap_file])
def test_however_an_editor_saves_it_is_taken_once(
    line: WatchedLine, way: Callable[[Path, str], None]
) -> None:
    with line.watched():
        way(line.words, reworded(line.words, warm_up_done=NEW_WORDS))
        line.wait_for("Taken:")
    line.told("")
    assert line.said("warm_up_done") == NEW_WORDS
    assert line.out.count("\n") == line.out.count("Taken:") == 1
    assert "(1 prompt changed; 2 clips rendered)" in line.out
    assert line.err == ""


def test_what_changes_nothing_is_not_told(line: WatchedLine) -> None:
    with line.watched():
        line.words.touch()
        save(line.words, line.words.read_text(encoding="utf-8"))
        for name in LEAVINGS:
            (line.config / name).write_text("of no use to a caller", encoding="utf-8")
        (line.audio / "human/bn").mkdir(parents=True)
        (line.audio / "human/bn/recorded.json").write_text('{"recorded": 1, "takes": {}}')
        (line.audio / "human/bn/README.txt").write_text("of no use to a caller")
        line.reword(NEW_WORDS)
        line.wait_for("Taken:")
    line.told("")
    assert line.out.count("\n") == 1
    assert line.err == ""


def test_of_fifty_savings_in_a_row_the_last_one_wins(line: WatchedLine) -> None:
    with line.watched():
        for count in range(50):
            line.reword(f"These are words {'and more' * (count % 3)}, try {'o' * count}.")
        line.reword(NEW_WORDS)
        until(lambda: line.said("warm_up_done") == NEW_WORDS, "the last words")
    line.told("")
    assert f"Taken: config {read_spec(line.config).content_hash} " in line.out.splitlines()[-1]
    assert line.out.count("Taken:") < 10
    assert line.err == ""


def test_what_is_saved_while_clips_are_rendered_is_taken_behind_them(line: WatchedLine) -> None:
    with line.watched():
        some = {f"register_{step}": f"Now this is step {'x' * step}." for step in range(1, 15)}
        save(line.words, reworded(line.words, **some))
        line.wait_for("28 clips are being rendered; until then the line answers as before.")
        line.reword(NEW_WORDS)
        until(lambda: line.said("warm_up_done") == NEW_WORDS, "the last words")
        line.wait_for(f"{read_spec(line.config).content_hash} (")
    assert line.said("register_14") == some["register_14"]


def test_what_was_saved_before_the_watch_began_is_taken(line: WatchedLine) -> None:
    line.reword(NEW_WORDS)
    with line.watched():
        line.wait_for("Taken:")
    assert line.said("warm_up_done") == NEW_WORDS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("facts.yaml", "facts.yaml:1: the file is missing; put it back"),
        ("prompts/bn.yaml", "flow.yaml:9:"),
        ("", "any more:\n  put it back"),
    ],
    ids=["a file", "a language", "the folder"],
)
def test_what_is_moved_away_is_told_and_may_come_back(
    line: WatchedLine, name: str, told: str
) -> None:
    kept = line.config / name
    before = line.current.spec.content_hash
    with line.watched():
        kept.rename(line.config.parent / "away")
        line.wait_for("Not taken")
        assert told in line.err
        assert line.current.spec.content_hash == before
        (line.config.parent / "away").rename(kept)
        line.wait_for(f"Taken: config {before} (as before).")


def test_another_folder_in_its_place_is_watched(line: WatchedLine) -> None:
    with line.watched():
        line.config.rename(line.config.with_name("old"))
        line.wait_for("Not taken")
        copied_config(line.config.parent)
        line.wait_for("(as before)")
        line.reword(NEW_WORDS)
        line.wait_for("(1 prompt changed; 2 clips rendered)")


def test_a_file_that_cannot_be_read_is_named(line: WatchedLine) -> None:
    facts = line.config / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    with line.watched():
        facts.unlink()
        facts.mkdir()
        line.wait_for("Not taken")
        assert "facts.yaml:1: it cannot be read: Is a directory; mend or remove it" in line.err
        facts.rmdir()
        facts.write_text(text, encoding="utf-8")
        line.wait_for("(as before)")


class Unwatchable(SavedFiles, frozen=True):
    """Files of which the system tells nothing: it is asked about a folder that is not there."""

    def folders(self) -> dict[Path, Identity]:
        return {self.config / "nowhere": (0, 0)}


def test_where_the_system_tells_nothing_it_is_looked_all_the_same(line: WatchedLine) -> None:
    files = Unwatchable(line.files.config, line.files.human)
    with watching(files, line.begun_with, line.taking.take):
        for words in (NEW_WORDS, "And others once more."):
            line.reword(words)
            until(lambda words=words: line.said("warm_up_done") == words, words)  # type: ignore[misc]


def test_what_could_not_be_dealt_with_is_looked_at_once_more(line: WatchedLine) -> None:
    """The file was caught in the middle of a saving, and had been whole before and behind it."""
    tries: list[State] = []

    def take(state: State, is_over: threading.Event) -> bool:
        tries.append(state)
        return len(tries) > 1 and line.taking.take(state, is_over)

    with watching(line.files, line.begun_with, take):
        line.reword(NEW_WORDS)
        line.wait_for("Taken:")
    assert tries == [line.files.state()] * 2


def test_a_fault_of_ours_is_logged_and_the_next_change_is_taken(
    line: WatchedLine, caplog: pytest.LogCaptureFixture
) -> None:
    faults = iter([ValueError("a fault of ours")])

    def take(state: State, is_over: threading.Event) -> bool:
        for fault in faults:
            raise fault
        return line.taking.take(state, is_over)

    with watching(line.files, line.begun_with, take):
        line.reword("Nobody hears this.")
        until(lambda: "change_not_taken" in caplog.text, "the log")
        assert "ValueError: a fault of ours" in caplog.text
        line.reword(NEW_WORDS)
        line.wait_for("Taken:")
    assert line.said("warm_up_done") == NEW_WORDS


def test_who_saves_without_a_pause_is_answered_all_the_same(line: WatchedLine) -> None:
    is_over = threading.Event()

    def save_and_save() -> None:
        count = 0
        while not is_over.wait(0.03):
            count += 1
            line.reword(f"This is number {'o' * count}.")

    author = threading.Thread(target=save_and_save)
    author.start()
    with line.watched():
        line.wait_for("Taken:")
    is_over.set()
    author.join()
