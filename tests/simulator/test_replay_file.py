"""The file of a kept call comes back as it was written, and a broken one is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.errors import ReplayError
from ivr.simulator.faults import parse_faults
from ivr.simulator.replay import file as files
from ivr.simulator.replay.file import check_free, load, save
from ivr.simulator.replay.form import HEADING, read, written
from ivr.simulator.replay.kept import KeptCall, Moment
from ivr.simulator.setup import Setup

if TYPE_CHECKING:
    from pathlib import Path

BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
KEPT = KeptCall(
    url="http://127.0.0.1:5000/voice?a=1",
    keys="1 'say:two words' heard@4,0.5",
    setup=Setup(
        params={"CallerName": "Asha: #1"},
        dial_outcomes=("busy",),
        fallback_url="/sorry",
        faults=parse_faults(["slow:3@2", "drop"]),
    ),
    moments=(
        Moment(0.0, "play", {"words": BENGALI, "seconds": 2.5, "loop": 1}),
        Moment(3.0, "pressed", {"digits": "0012", "finished_on": ""}),
        Moment(3.0, "dial", {"to": ["+1", "+2"], "outcome": "busy"}),
        Moment(9.1, "ended", {"by": "caller", "seconds": 9.1}),
    ),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["\x85", "\u2028 \u2029", "\0", "\U0001f600 x", "\ufeff", "yes", "1", "null", "12:30", "- a: b"]
)
NUMBERS = st.floats(0, 14_400, allow_nan=False).map(lambda number: round(number, 3))
KINDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "say": {"text": TEXTS, "language": TEXTS, "voice": TEXTS, "loop": st.integers(0, 1000)},
    "play": {"words": TEXTS, "url": st.none() | TEXTS, "seconds": NUMBERS, "loop": st.just(1)},
    "dial": {"to": st.lists(TEXTS, max_size=3), "outcome": TEXTS},
    "warning": {"code": st.none() | st.integers(0, 99_999), "message": TEXTS},
    "silence": {},
}
MOMENTS = st.one_of(
    [
        st.tuples(NUMBERS, st.just(kind), st.fixed_dictionaries(fields))
        for kind, fields in KINDS.items()
    ]
).map(lambda parts: Moment(*parts))


@given(st.lists(MOMENTS, max_size=5).map(tuple), st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_what_is_written_is_read_again(moments: tuple[Moment, ...], params: dict[str, str]) -> None:
    kept = replace(KEPT, moments=moments, setup=replace(KEPT.setup, params=params))
    assert read(written(kept), "a.yaml") == kept


def test_a_person_can_read_it() -> None:
    text = written(KEPT)
    assert text.startswith(f"{HEADING}version: 1\nurl: http://127.0.0.1:5000/voice?a=1\n")
    assert "\nfrom: '+15005550006'\n" in text
    assert "\nfaults: ['slow:3@2', drop]\n" in text
    assert text.splitlines()[-4:] == [
        f"- {{at: 0.0, event: play, words: {BENGALI}, seconds: 2.5, loop: 1}}",
        "- {at: 3.0, event: pressed, digits: '0012', finished_on: ''}",
        "- {at: 3.0, event: dial, to: ['+1', '+2'], outcome: busy}",
        "- {at: 9.1, event: ended, by: caller, seconds: 9.1}",
    ]


def test_a_call_of_this_checkouts_own_line_has_no_url() -> None:
    kept = replace(KEPT, url=None, moments=())
    assert "\nurl: null\n" in written(kept)
    assert read(written(kept), "a.yaml") == kept


BROKEN = {
    "no YAML": ("keys: 1 'say", "keys: 'say", r"a\.yaml:\d+: it is not YAML: "),
    "another version": ("version: 1", "version: 2", r"a\.yaml:2: version: 2 is not known here"),
    "no version": ("version: 1", "version: one", r"a\.yaml:2: version: "),
    "a field too many": ("version: 1", "version: 1\nsize: 3", r"unknown field `size`"),
    "a field too few": ("max_turns: 200\n", "", "missing required field `max_turns`"),
    "a bad script": ("heard@4", "hear@4", r"a\.yaml:4: keys: 'hear' is not a turn"),
    "a bad method": ("method: POST", "method: PUT", r"a\.yaml:5: method: "),
    "a bad outcome": ("dial: [busy]", "dial: [idle]", r"a\.yaml:10: dial\[0\]: "),
    "a bad fault": ("slow:3@2", "slow:3@", r"a\.yaml:14: faults: 'slow:3@' is no fault"),
    "a bad URL": ("url: http:", "url: ftp:", r"a\.yaml:3: url: 'ftp://.*is not an http"),
    "too few documents": ("max_turns: 200", "max_turns: 0", r"a\.yaml:13: max_turns: "),
    "a bad time": ("at: 9.1", "at: soon", r"a\.yaml:21: events\[3\]\.at: "),
    "no event": ("event: ended, ", "", r"a\.yaml:21: events\[3\]: .*missing .*`event`"),
    "a moment before the call": ("at: 9.1", "at: -1", r"a\.yaml:21: events\[3\]\.at: "),
    "no moment at all": ("at: 9.1", "at: .nan", r"a\.yaml:21: \.nan is no number that can"),
    "an unknown event": ("event: dial", "event: ring", r"a\.yaml:20: events\[2\]\.event: .*'ring'"),
    "a field that an event has not": (
        "by: caller",
        "of: caller",
        r"a\.yaml:21: events\[3\]: .*`of`",
    ),
    "words that are a number": (BENGALI, "5", r"a\.yaml:18: events\[0\]\.words: Expected `str`"),
    "keys that are a number": ("digits: '0012'", "digits: 12", r"a\.yaml:19: events\[1\]\.digits"),
    "an unknown end": ("by: caller", "by: nobody", r"a\.yaml:21: events\[3\]\.by: .*'nobody'"),
    "less than no time for a key": ("key_seconds: 0.5", "key_seconds: -1", r":15: key_seconds: "),
    "endless time for a key": ("key_seconds: 0.5", "key_seconds: .inf", r":15: \.inf is no number"),
    "a time without a zone": ("00:00:00Z", "00:00:00", r"a\.yaml:16: started_at: "),
    "a call beyond it": ("'2025-01-01T00", "'9999-12-31T23", r"a\.yaml:16: started_at: "),
    "a bad fallback": ("fallback: /sorry", "fallback: ftp://a", r"a\.yaml:11: fallback: 'ftp://a'"),
    "an empty URL": ("url: http://127.0.0.1:5000/voice?a=1", "url: ''", r"a\.yaml:3: url: ''"),
    "what cannot be sent": ("'Asha: #1'", r'"\ud800"', r"a\.yaml:9: '\\ud800' has a character"),
    "no such day": (
        "started_at: '2025-01-01T00:00:00Z'",
        "started_at: 2025-13-01",
        r"a\.yaml:16: ",
    ),
    "a name that is a number": ("CallerName", "1", r"a\.yaml:9: params: Expected `str`, got `int`"),
    "several where one is": (
        "seconds: 2.5",
        "seconds: [2]",
        r":18: events\[0\]\.seconds: Expected `f",
    ),
    "a field given twice": (
        "version: 1",
        "version: 1\nversion: 1",
        r"a\.yaml:3: 'version' is given",
    ),
    "a bad value": ("loop: 1", "loop: {a: 1}", r"a\.yaml:18: events\[0\]"),
    "no day": ("started_at: '2025", "started_at: '20", r"a\.yaml:16: started_at: "),
}


@pytest.mark.parametrize(("was", "instead", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_with_its_line(was: str, instead: str, message: str) -> None:
    text = written(KEPT)
    assert was in text
    with pytest.raises(ReplayError, match=message) as caught:
        read(text.replace(was, instead), "a.yaml")
    assert str(caught.value).endswith("mend it, or keep the call anew with ivr call --save")


@pytest.mark.parametrize("text", ["", "[" * 5000, "a: 2025-99-99", "\0", "!!python/none", "- 1"])
def test_what_is_no_kept_call_at_all_is_told(text: str) -> None:
    with pytest.raises(ReplayError, match=r"^a\.yaml:1: "):
        read(text, "a.yaml")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="cannot be read: No such file"):
        load(tmp_path / "a.yaml")
    file = tmp_path / "b.yaml"
    file.write_bytes(b"version: 1\n\xff")
    with pytest.raises(ReplayError, match=r"b\.yaml:2: it is not UTF-8"):
        load(file)


def test_a_file_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    save(file, KEPT)
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100)
    with pytest.raises(ReplayError, match="over 100 bytes, so it is no kept call"):
        load(file)
    with pytest.raises(ReplayError, match="too long to be kept: over 100 bytes"):
        save(file, KEPT)


def test_a_kept_call_gives_way_to_a_newer_one_and_nothing_else_does(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    save(file, KEPT)
    save(file, replace(KEPT, keys="2"))
    assert load(file).keys == "2"
    file.write_text("my diary")
    with pytest.raises(ReplayError, match="is there and is no kept call, so it is not overwritten"):
        save(file, KEPT)
    assert file.read_text() == "my diary"
    with pytest.raises(ReplayError, match=r"there is no folder .*nowhere; make it"):
        save(tmp_path / "nowhere/a.yaml", KEPT)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReplayError, match="cannot be written: Is a directory"):
        save(tmp_path / "folder", KEPT)


def test_a_link_is_followed_to_the_file_that_it_leads_to(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    link.symlink_to(file)
    save(link, KEPT)
    save(link, replace(KEPT, keys="2"))
    assert link.is_symlink()
    assert load(file).keys == "2"
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_what_is_no_file_is_neither_read_nor_written(tmp_path: Path) -> None:
    """Reading from a pipe into which nobody writes would never end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReplayError, match="is there and is no kept call"):
        check_free(pipe)


def test_a_place_that_cannot_be_written_is_told_beforehand() -> None:
    from pathlib import Path  # noqa: PLC0415 - only here at run time

    with pytest.raises(ReplayError, match=r"cannot be written: .*; make the place writable"):
        check_free(Path("/proc/self/a.yaml"))


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"

    def make_a_folder_of_it(_: KeptCall) -> str:
        file.mkdir()
        return "version: 1"

    monkeypatch.setattr(files, "written", make_a_folder_of_it)
    with pytest.raises(ReplayError, match=r"cannot be written: .*; make the place writable"):
        save(file, KEPT)
    assert list(tmp_path.iterdir()) == [file]
