"""A clip whose parts are labelled is told part by part, an odd one as a whole."""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from ivr.simulator.events import Gathering, Heard, Requested
from ivr.simulator.http.clips import Part, read_clip
from ivr.simulator.http.cues import MAX_CHUNKS, MAX_CUES, Cue, read_cues
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.twiml.verbs import Gather, Pause, Play
from ivr.twiml.write import write

if TYPE_CHECKING:
    from ivr.simulator.call import Call

FORM = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"
WORDS = (BENGALI, "Press 1", "Press 2")


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def points(*cues: tuple[int, int]) -> bytes:
    """A `cue ` chunk of (number, sample)."""
    packed = (struct.pack("<II4sIII", number, at, b"data", 0, 0, at) for number, at in cues)
    return chunk(b"cue ", struct.pack("<I", len(cues)) + b"".join(packed))


def labels(*words: tuple[int, bytes]) -> bytes:
    """A `LIST` of a `labl` chunk for each (number, words)."""
    each = (chunk(b"labl", struct.pack("<I", number) + text + b"\0") for number, text in words)
    return chunk(b"LIST", b"adtl" + b"".join(each))


def title(words: str) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(b"INAM", words.encode() + b"\0"))


def wav(*chunks: bytes, samples: int = 24_000) -> bytes:
    sound = chunk(b"data", b"\x80" * samples)
    return chunk(b"RIFF", b"WAVE" + chunk(b"fmt ", FORM) + b"".join(chunks) + sound)


LABELS = labels(*((number, words.encode()) for number, words in enumerate(WORDS, 1)))
POINTS = points((1, 0), (2, 8000), (3, 20_000))
TITLE = title(" ".join(WORDS))
GOOD = wav(TITLE, POINTS, LABELS)
PARTS = (
    Part(words=WORDS[0], start_seconds=0, seconds=1),
    Part(words=WORDS[1], start_seconds=1, seconds=1.5),
    Part(words=WORDS[2], start_seconds=2.5, seconds=0.5),
)


def ring(clip: bytes, *said: Play | Pause) -> Call:
    """A call to a line that says this in a Gather, with one clip."""

    @Request.application
    def line(request: Request) -> Response:
        if request.path == "/a.wav":
            return Response(clip, mimetype="audio/wav")
        return Response(write([Gather(nested=said)]), mimetype="text/xml")

    with Phone(InProcess(line), "secret") as phone:
        call = phone.call("http://line.test/voice")
        call.start()
    return call


def heard(call: Call) -> list[tuple[float, str, float]]:
    return [(e.at_seconds, e.words, e.seconds) for e in call.events if isinstance(e, Heard)]


def test_each_part_is_heard_at_its_own_time() -> None:
    call = ring(GOOD, Pause(2), Play("/a.wav"), Play("/a.wav"))
    assert heard(call) == [
        *((2, WORDS[0], 1), (3, WORDS[1], 1.5), (4.5, WORDS[2], 0.5)),
        *((5, WORDS[0], 1), (6, WORDS[1], 1.5), (7.5, WORDS[2], 0.5)),
    ]
    assert call.seconds == 8
    assert isinstance(call.events[-1], Gathering)
    assert {e.url for e in call.events if isinstance(e, Heard)} == {"http://line.test/a.wav"}
    assert sum(isinstance(e, Requested) and e.purpose == "clip" for e in call.events) == 1


def test_silence_before_the_first_part_takes_its_time() -> None:
    late = wav(points((1, 4000)), labels((1, b"Late")))
    assert heard(ring(late, Play("/a.wav"), Play("/a.wav"))) == [
        (0.5, "Late", 2.5),
        (3.5, "Late", 2.5),
    ]


def test_a_clip_in_a_loop_is_told_as_a_whole() -> None:
    assert heard(ring(GOOD, Play("/a.wav", loop=3))) == [(0, " ".join(WORDS), 9)]


def test_parts_are_told_in_the_order_of_the_sound() -> None:
    backwards = wav(points((3, 20_000), (1, 0), (2, 8000)), LABELS)
    assert read_clip(backwards).parts == PARTS


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GOOD, id="title, points, labels"),
        pytest.param(wav(LABELS, POINTS, TITLE), id="another order"),
        pytest.param(wav(POINTS, LABELS), id="no title"),
        pytest.param(wav(chunk(b"junk", b"odd"), TITLE, POINTS, LABELS), id="other chunks"),
        pytest.param(
            wav(title("  ".join(WORDS)), POINTS, LABELS), id="a title with other white space"
        ),
    ],
)
def test_labels_are_read_wherever_they_stand(data: bytes) -> None:
    found = read_clip(data)
    assert found.parts == PARTS
    assert found.words.split() == " ".join(WORDS).split()


def many(count: int) -> tuple[bytes, bytes]:
    numbers = range(1, count + 1)
    return points(*((n, n) for n in numbers)), labels(*((n, b"x") for n in numbers))


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param((), id="no points"),
        pytest.param((POINTS,), id="no labels"),
        pytest.param((LABELS,), id="labels without points"),
        pytest.param((POINTS, labels((1, b"a"), (2, b"b"))), id="a point without a label"),
        pytest.param((POINTS, labels((1, b"a"), (2, b" "), (3, b"c"))), id="an empty label"),
        pytest.param((points((1, 0), (1, 8000)), LABELS), id="one number for two points"),
        pytest.param((points((1, 0), (2, 0)), LABELS), id="two points in one place"),
        pytest.param((points((1, 0), (2, 24_000)), LABELS), id="a point behind the end"),
        pytest.param((points((1, 0), (2, 2**32 - 1)), LABELS), id="a point far away"),
        pytest.param((chunk(b"cue ", b""), LABELS), id="an empty chunk of points"),
        pytest.param((chunk(b"cue ", b"\xff" * 4), LABELS), id="points promised and not there"),
        pytest.param((chunk(b"cue ", b"\x01\0\0\0" + b"\0" * 9), LABELS), id="half a point"),
        pytest.param((POINTS, chunk(b"LIST", b"adtl")), id="an empty list"),
        pytest.param((POINTS, chunk(b"LIST", b"adtl" + b"labl")), id="half a label"),
        pytest.param((POINTS, chunk(b"LIST", b"adtllabl\xff\xff\xff\xff")), id="an endless label"),
        pytest.param((POINTS, chunk(b"LIST", b"")), id="a list without a kind"),
        pytest.param(many(MAX_CUES + 1), id="too many points"),
        pytest.param(many(10_000), id="far too many points"),
        pytest.param(
            (*(chunk(b"junk", b"") for _ in range(MAX_CHUNKS)), POINTS, LABELS),
            id="too many chunks before",
        ),
    ],
)
def test_odd_points_count_as_none(chunks: tuple[bytes, ...]) -> None:
    assert read_cues(wav(*chunks), 24_000) == ()
    call = ring(wav(TITLE, *chunks), Play("/a.wav"))
    # A file that soundfile does not take at all is a failure, as any other that is not audio.
    assert heard(call) == ([] if call.failures else [(0, " ".join(WORDS), 3)])
    assert call.ended is None


def test_an_editors_markers_are_not_what_is_said() -> None:
    markers = labels(*((number, b"Marker") for number in (1, 2, 3)))
    call = ring(wav(title("The title"), POINTS, markers), Play("/a.wav"))
    assert heard(call) == [(0, "The title", 3)]


def test_as_many_points_as_may_be_are_told() -> None:
    assert len(read_clip(wav(*many(MAX_CUES))).parts) == MAX_CUES


def test_words_that_are_no_utf_8_are_told_as_far_as_they_go() -> None:
    (part,) = read_clip(wav(points((1, 0)), labels((1, b"a\xffb")))).parts
    assert part.words == "a\ufffdb"


def test_without_title_and_labels_there_are_no_words() -> None:
    assert read_clip(wav(POINTS)).words == ""


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFX" + GOOD[4:], GOOD[:8] + b"WAVX" + GOOD[12:]])
def test_what_is_no_wav_has_no_points(data: bytes) -> None:
    assert read_cues(data, 24_000) == ()


@given(cut=st.integers(0, 400), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(cut: int, at: int, byte: int) -> None:
    """Every damage to the head of a file; the call itself maps what soundfile refuses."""
    changed = bytearray(GOOD)
    changed[at] = byte
    for data in (bytes(changed), GOOD[:cut], bytes(changed[:cut]), GOOD[:at] + GOOD[at + cut :]):
        assert all(isinstance(cue, Cue) for cue in read_cues(data, 24_000))
        with contextlib.suppress(soundfile.SoundFileError):
            found = read_clip(data)
            assert sum(part.seconds for part in found.parts) <= found.seconds + 1e-9
