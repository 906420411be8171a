"""Clips over real HTTP: served for ever under their names, whole or in part, and nothing else."""

from __future__ import annotations

import hashlib
import io
import shutil
from contextlib import ExitStack
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from msgspec.structs import replace

from ivr.engine.session import Session
from ivr.engine.turn import Play
from ivr.errors import SpeechError
from ivr.simulator.http.clips import read_clip
from ivr.speech.join import MAX_JOINED_BYTES, MAX_PARTS
from ivr.speech.library import Library
from ivr.twiml.verbs import Play as PlayUrl
from ivr.web.app import create_app
from ivr.web.sound import Sound
from ivr.web.stock import read_whole
from tests.web.conftest import MENU, wired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.web.parts import Parts
    from tests.web.conftest import Wire

YEAR = "31536000"


def url_of(parts: Parts, *prompts: str) -> str:
    speak = Sound(parts.spec, parts.library).speak(Session(place="help", turn=1, language="bn"))
    (verb,) = speak([Play(prompt) for prompt in prompts])
    assert isinstance(verb, PlayUrl)
    return verb.url


@pytest.fixture
def joined(parts: Parts) -> str:
    return url_of(parts, *MENU)


@pytest.fixture(params=["single", "joined"])
def url(request: pytest.FixtureRequest, parts: Parts) -> str:
    return url_of(parts, *(MENU if request.param == "joined" else MENU[:1]))


def name_of(url: str) -> str:
    return Path(url).stem


def files_of(parts: Parts, url: str) -> list[Path]:
    """The files of which a joined clip is made."""
    found = [parts.library.file_beginning(prefix) for prefix in name_of(url).split("-")[1:]]
    return [file for file in found if file is not None]


# -- Good requests ---------------------------------------------------------------------------------


def test_a_clip_is_served_for_ever_under_its_name(wire: Wire, url: str) -> None:
    reply = wire.get(url)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "audio/wav"
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert reply.headers["ETag"] == f'"{name_of(url)}"'
    assert reply.headers["Accept-Ranges"] == "bytes"
    due = {"public", "immutable", f"max-age={YEAR}"}
    assert set(reply.headers["Cache-Control"].split(", ")) == due
    with soundfile.SoundFile(io.BytesIO(reply.body)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "ULAW")


def test_a_head_has_all_but_the_body(wire: Wire, url: str) -> None:
    whole, head = wire.get(url), wire.get(url, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    without_date = [{**reply.headers, "Date": ""} for reply in (whole, head)]
    assert without_date[0] == without_date[1]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param('"{}"', 304, id="the tag"),
        pytest.param('W/"{}"', 304, id="the tag, made weak on the way"),
        pytest.param('"other", "{}"', 304, id="among others"),
        pytest.param("*", 304, id="any"),
        pytest.param('"other"', 200, id="another tag"),
    ],
)
def test_a_cache_that_has_it_is_told_so(wire: Wire, url: str, asked: str, status: int) -> None:
    whole = wire.get(url)
    reply = wire.get(url, If_None_Match=asked.format(name_of(url)))
    assert reply.status == status
    assert reply.body == (whole.body if status == 200 else b"")
    assert reply.headers["ETag"] == whole.headers["ETag"]
    assert reply.headers["Cache-Control"] == whole.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        pytest.param("bytes=0-43", slice(0, 44), id="the head"),
        pytest.param("bytes=0-0", slice(0, 1), id="one byte"),
        pytest.param("bytes=100-", slice(100, None), id="from a place on"),
        pytest.param("bytes=-10", slice(-10, None), id="the last ones"),
        pytest.param("bytes=44-99999999", slice(44, None), id="over the end"),
    ],
)
def test_a_part_is_given_of_what_was_asked_for(
    wire: Wire, url: str, asked: str, part: slice
) -> None:
    whole = wire.get(url).body
    reply = wire.get(url, Range=asked)
    due = whole[part]
    start = part.indices(len(whole))[0]
    assert (reply.status, reply.body) == (206, due)
    assert reply.headers["Content-Length"] == str(len(due))
    assert reply.headers["Content-Range"] == f"bytes {start}-{start + len(due) - 1}/{len(whole)}"
    assert reply.headers["Content-Type"] == "audio/wav"


def test_a_part_beyond_the_end_cannot_be_given(wire: Wire, url: str) -> None:
    size = len(wire.get(url).body)
    reply = wire.get(url, Range=f"bytes={size}-")
    assert (reply.status, reply.body) == (416, b"")
    assert reply.headers["Content-Range"] == f"bytes */{size}"


# RFC 9110, 14.2: "A server MAY ignore the Range header field"; an invalid one must be ignored.
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("bytes=0-1,4-5", id="two parts"),
        pytest.param("bytes=9-3", id="backwards"),
        pytest.param("bytes=a-b", id="letters"),
        pytest.param("bytes=", id="nothing"),
        pytest.param("seconds=0-3", id="another unit"),
        pytest.param("bytes=-99999999", id="more last ones than there are"),
    ],
)
def test_any_other_range_is_answered_with_the_whole(wire: Wire, url: str, asked: str) -> None:
    whole, reply = wire.get(url), wire.get(url, Range=asked)
    assert (reply.status, reply.body) == (200, whole.body)


# RFC 9110, 13.1.5: "A client MUST NOT generate an If-Range header field containing an entity tag
# that is marked as weak"; one that does not match by the strong comparison is no condition met.
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param('"{}"', 206, id="the tag"),
        pytest.param('"other"', 200, id="another tag"),
        pytest.param('W/"{}"', 200, id="the tag, made weak on the way"),
        pytest.param("{}", 200, id="no tag"),
        pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", 200, id="a date, which a clip has not"),
    ],
)
def test_a_part_of_another_version_is_not_given(
    wire: Wire, url: str, asked: str, status: int
) -> None:
    reply = wire.get(url, Range="bytes=0-43", If_Range=asked.format(name_of(url)))
    assert reply.status == status


# RFC 9110, 14.2: "A server MUST ignore a Range header field received with a request method that
# is unrecognized or for which range handling is not defined"; it is defined for GET only.
def test_a_head_with_a_range_is_that_of_the_whole(wire: Wire, url: str) -> None:
    size = len(wire.get(url).body)
    reply = wire.get(url, method="HEAD", Range="bytes=0-43")
    assert (reply.status, reply.headers["Content-Length"]) == (200, str(size))
    assert "Content-Range" not in reply.headers


# RFC 9110, 13.2.2: If-Match comes before If-None-Match, and that before Range.
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param(
            {"If_None_Match": '"{}"', "Range": "bytes=0-43"}, 304, id="has it, and a part"
        ),
        pytest.param({"If_None_Match": "*", "Range": "bytes=99999999-"}, 304, id="and a bad part"),
        pytest.param({"If_Match": '"other"'}, 412, id="wants another"),
        pytest.param({"If_Match": 'W/"{}"'}, 412, id="wants it by a weak tag"),
        pytest.param(
            {"If_Match": '"other"', "If_None_Match": '"{}"'}, 412, id="wants another first"
        ),
        pytest.param({"If_Match": '"other"', "Range": "bytes=0-43"}, 412, id="a part of another"),
        pytest.param({"If_Match": '"other", "{}"'}, 200, id="wants this one"),
        pytest.param({"If_Match": "*"}, 200, id="wants any"),
        pytest.param({"If_Match": '"{}"', "If_None_Match": '"{}"'}, 304, id="has this one"),
    ],
)
def test_conditions_hold_in_their_order(
    wire: Wire, url: str, method: str, headers: dict[str, str], status: int
) -> None:
    asked = {name: value.format(name_of(url)) for name, value in headers.items()}
    reply = wire.get(url, method=method, **asked)
    assert reply.status == status
    assert bool(reply.body) is (status == 200 and method == "GET")
    assert "Content-Range" not in reply.headers
    assert reply.headers["ETag"] == f'"{name_of(url)}"'


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_clip_can_only_be_read(wire: Wire, url: str, method: str) -> None:
    assert wire.get(url, method=method).status == 405


def test_a_joined_clip_says_its_prompts_with_exact_pauses(
    wire: Wire, parts: Parts, joined: str
) -> None:
    clip = read_clip(wire.get(joined).body)
    said = parts.spec.words["bn"].prompts
    alone = [read_clip(file.read_bytes()).seconds for file in files_of(parts, joined)]
    assert [part.words for part in clip.parts] == [said[prompt] for prompt in MENU]
    starts = [sum(alone[:i]) + 0.4 * i for i in range(len(MENU))]
    assert [part.start_seconds for part in clip.parts] == pytest.approx(starts)


# -- Any process that has the parts ----------------------------------------------------------------


@pytest.fixture
def copied(parts: Parts, joined: str, tmp_path: Path) -> Path:
    """A folder with the files of one menu and nothing else, not even a manifest."""
    folder = tmp_path / "audio/clips"
    folder.mkdir(parents=True)
    for file in files_of(parts, joined):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def serve(parts: Parts) -> Iterator[Callable[[Path], Wire]]:
    """A line whose clips are those of a folder, behind a real HTTP server."""
    with ExitStack() as stack:

        def run(folder: Path) -> Wire:
            library = Library.open(folder.parent)
            return stack.enter_context(wired(create_app(replace(parts, library=library))))

        yield run


def test_a_process_of_another_release_makes_the_same_bytes(
    wire: Wire, joined: str, copied: Path, serve: Callable[[Path], Wire]
) -> None:
    other = serve(copied)
    assert other.get(joined).body == wire.get(joined).body
    assert other.get(url := f"/clips/{next(copied.glob('*.wav')).name}").status == 200
    assert other.get(url).body == wire.get(url).body


def test_a_folder_reached_by_a_link_is_as_good(
    joined: str, copied: Path, serve: Callable[[Path], Wire], tmp_path: Path
) -> None:
    link = tmp_path / "shared"
    link.mkdir()
    (link / "clips").symlink_to(copied, target_is_directory=True)
    assert serve(link / "clips").get(joined).status == 200


def test_a_part_may_come_twice(wire: Wire, parts: Parts, joined: str) -> None:
    first = name_of(joined).split("-")[1]
    clip = read_clip(wire.get(f"/clips/p450-{first}-{first}.wav").body)
    words = parts.spec.words["bn"].prompts["main_menu"]
    assert [part.words for part in clip.parts] == [words, words]


# -- Odd names -------------------------------------------------------------------------------------

ZEROS = "0" * 64
P = "{first}"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("manifest.json", id="the manifest"),
        pytest.param("manifest.wav", id="the manifest as a clip"),
        pytest.param(f"{ZEROS}.wav", id="a clip that is not there"),
        pytest.param(f"{'A' * 64}.wav", id="capital letters"),
        pytest.param("%E0%A7%A7" * 64 + ".wav", id="Bengali figures"),
        pytest.param("..%2f..%2fpyproject.toml.wav", id="encoded slashes"),
        pytest.param("%2e%2e%2fclips%2fmanifest.json", id="encoded dots"),
        pytest.param("../manifest.wav", id="a folder up"),
        pytest.param("..", id="only dots"),
        pytest.param(".wav", id="no name"),
        pytest.param("%00.wav", id="NUL"),
        pytest.param(f"{ZEROS}%00.wav", id="NUL behind a name"),
        pytest.param(f"{ZEROS}%0a.wav", id="a line end"),
        pytest.param("%ff%fe.wav", id="no UTF-8"),
        pytest.param("0" * 30_000 + ".wav", id="a huge name"),
        pytest.param(f"p400-{P}.wav", id="one part"),
        pytest.param(f"{P}-{P}.wav", id="no pause"),
        pytest.param(f"p10000-{P}-{P}.wav", id="too long a pause"),
        pytest.param(f"p250-{P}-{P}.wav", id="a pause that we never make"),
        pytest.param(f"p400-{P}-{'0' * 16}.wav", id="an unknown part"),
        pytest.param(f"p400-{P}-{'0' * 15}.wav", id="a part too short"),
        pytest.param(f"p400-{P}-" + "%E0%A7%A7" * 16 + ".wav", id="a part in Bengali figures"),
        pytest.param(f"p400-{P}-" + "*" * 16 + ".wav", id="a part of stars"),
        pytest.param(f"p400-{P}-..%2f..%2fsecrets00.wav", id="a part in another folder"),
        pytest.param(f"p400-{P}-%00{'0' * 15}.wav", id="a part with NUL"),
        pytest.param(f"p400-{P}%2f{P}.wav", id="parts as folders"),
        pytest.param("p400" + f"-{P}" * (MAX_PARTS + 1) + ".wav", id="too many parts"),
        pytest.param("p400" + f"-{P}" * 1000 + ".wav", id="far too many parts"),
        pytest.param(f"P400-{P}-{P}.wav", id="a capital p"),
        pytest.param(f"p400-{P}-{P}.mp3", id="another ending"),
        pytest.param(f"p400-{P}-{P}.wav/", id="a slash at the end"),
    ],
)
def test_nothing_else_is_served(wire: Wire, joined: str, path: str) -> None:
    first = name_of(joined).split("-")[1]
    assert wire.get(f"/clips/{path.replace(P, first)}").status in {404, 414}


def test_capital_letters_of_a_part_are_another_name(wire: Wire, joined: str) -> None:
    assert wire.get(joined.upper().replace("/CLIPS/P", "/clips/p")).status == 404


# -- Odd files -------------------------------------------------------------------------------------


def test_a_clip_that_is_gone_is_told_in_the_log(
    joined: str, copied: Path, serve: Callable[[Path], Wire], caplog: pytest.LogCaptureFixture
) -> None:
    line = serve(copied)
    gone = next(copied.glob("*.wav"))
    gone.unlink()
    for url in (joined, f"/clips/{gone.name}"):
        caplog.clear()
        assert line.get(url).status == 404
        assert "is not there; run: ivr audio render" in caplog.text


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def change_one_sample(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")


def lead_outside(file: Path) -> None:
    away = file.parent.parent / file.name
    file.rename(away)
    file.symlink_to(away)


def lead_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.parent / "nowhere.wav")


def become_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param(cut_short, "is damaged; run: ivr audio render", id="cut short"),
        pytest.param(
            change_one_sample, "is damaged; run: ivr audio render", id="one sample changed"
        ),
        pytest.param(lead_outside, "leads out of the folder", id="a link to a file outside"),
        pytest.param(lead_nowhere, "is not there", id="a link to nowhere"),
        pytest.param(become_a_folder, "is not there", id="a folder of that name"),
    ],
)
def test_a_bad_file_is_never_played(  # noqa: PLR0917 - columns
    joined: str,
    copied: Path,
    serve: Callable[[Path], Wire],
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Path], None],
    told: str,
) -> None:
    line = serve(copied)
    bad = max(copied.glob("*.wav"))
    harm(bad)
    for url in (joined, f"/clips/{bad.name}"):
        caplog.clear()
        assert line.get(url).status == 404
        assert told in caplog.text


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param(Path.unlink, "is not there", id="gone"),
        pytest.param(cut_short, "is damaged; run: ivr audio render", id="cut short"),
        pytest.param(lead_outside, "leads out of the folder", id="a link to a file outside"),
    ],
)
def test_a_short_part_is_read_anew_when_its_file_has_changed(
    copied: Path,
    serve: Callable[[Path], Wire],
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Path], None],
    told: str,
) -> None:
    part = write(copied, 0.5, "ULAW")
    (file,) = copied.glob(f"{part}*.wav")
    line, url, whole = serve(copied), f"/clips/p400-{part}-{part}.wav", file.read_bytes()
    assert [line.get(url).status for _ in range(2)] == [200, 200]
    harm(file)
    assert line.get(url).status == 404
    assert told in caplog.text
    file.unlink(missing_ok=True)
    file.write_bytes(whole)
    assert line.get(url).status == 200


class Going(PosixPath):
    """A file that goes just before it is read."""

    def read_bytes(self) -> bytes:
        self.unlink()
        return super().read_bytes()


def test_a_file_that_goes_while_it_is_read_is_told(copied: Path) -> None:
    with pytest.raises(SpeechError, match="cannot be read: No such file or directory"):
        read_whole(Going(next(copied.glob("*.wav"))))


def write(folder: Path, seconds: float, subtype: str) -> str:
    """A WAV file of any form, named by its content; gives the part of its name."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", 8000, 1, subtype, format="WAV") as file:
        file.write(np.linspace(-0.5, 0.5, round(8000 * seconds)))
    name = hashlib.sha256(buffer.getvalue()).hexdigest()
    (folder / f"{name}.wav").write_bytes(buffer.getvalue())
    return name[:16]


def test_what_is_no_mu_law_is_not_joined(
    copied: Path, serve: Callable[[Path], Wire], caplog: pytest.LogCaptureFixture
) -> None:
    part = write(copied, 1, "PCM_16")
    assert serve(copied).get(f"/clips/p400-{part}-{part}.wav").status == 404
    assert "is not mu-law at 8 kHz in mono" in caplog.text


HEAD_BYTES = 58
"""Of a WAV file in mu-law as soundfile writes it, before the sound."""


@pytest.mark.parametrize(("beyond", "status"), [(0, 200), (1, 404)])
def test_the_silence_counts_to_the_most_that_is_joined(
    copied: Path,
    serve: Callable[[Path], Wire],
    caplog: pytest.LogCaptureFixture,
    beyond: int,
    status: int,
) -> None:
    most = (MAX_JOINED_BYTES - 3200) // 2 - HEAD_BYTES + beyond
    part = write(copied, most / 8000, "ULAW")
    assert serve(copied).get(f"/clips/p400-{part}-{part}.wav").status == status
    assert ("too long to be joined" in caplog.text) is (status == 404)


def test_of_two_files_that_begin_alike_none_is_chosen(
    joined: str, copied: Path, serve: Callable[[Path], Wire]
) -> None:
    first = next(copied.glob("*.wav"))
    shutil.copy(first, copied / f"{first.name[:16]}{'0' * 48}.wav")
    assert serve(copied).get(joined).status == 404


def test_a_long_name_does_not_fill_the_log(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    assert wire.get(f"/clips/{'x' * 30_000}.wav").status == 414
    assert len(caplog.text) < 400
