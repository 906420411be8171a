"""Clips joined into one: what is in the file, what its name says, and what is refused."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import SpeechError
from ivr.flow.terms import Pace
from ivr.simulator.http.clips import Part, read_clip
from ivr.speech.join import (
    DIGIT_PAUSE_SECONDS,
    LONGEST_TITLE,
    MAX_JOINED_BYTES,
    MAX_PARTS,
    PAUSE_SECONDS,
    Joined,
    join,
    names,
    read_name,
)
from ivr.speech.manifest import Clip, Source

if TYPE_CHECKING:
    from ivr.speech.library import Library

WORDS = ("কী করতে চান?", "শিখতে, এক টিপুন।", "Press two.")


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks))


FORM = chunk(b"fmt ", struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0))


def info(words: str) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(b"INAM", words.encode() + b"\0"))


def clip(words: str, payload: bytes) -> bytes:
    return wav(FORM, info(words), chunk(b"data", payload))


def by_soundfile(words: str, samples: int) -> bytes:
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", 8000, 1, "ULAW", format="WAV") as file:
        file.title = words
        file.write(np.linspace(-0.3, 0.3, samples))
    return buffer.getvalue()


def payload_of(data: bytes) -> bytes:
    # In a joined clip the word stands in the cue points too, which are before the labels.
    start = data.index(b"data", max(data.find(b"adtl"), 0)) + 8
    return data[start : start + struct.unpack_from("<I", data, start - 4)[0]]


def test_a_row_is_its_clips_with_mu_law_silence_between() -> None:
    clips = [by_soundfile(words, 800 + 2 * i) for i, words in enumerate(WORDS)]
    joined = join(clips, 400)
    silence = b"\xff" * 3200
    assert payload_of(joined) == silence.join(payload_of(each) for each in clips)
    with soundfile.SoundFile(io.BytesIO(joined)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "ULAW")
        assert file.title == " ".join(WORDS)
        sound = file.read()
    assert not np.any(sound[800:4000])
    assert np.any(sound[:800])


def test_each_part_is_labelled_with_its_words_where_it_begins() -> None:
    joined = join([by_soundfile(words, 8000) for words in WORDS], 550)
    assert read_clip(joined).parts == (
        Part(words=WORDS[0], start_seconds=0, seconds=1.55),
        Part(words=WORDS[1], start_seconds=1.55, seconds=1.55),
        Part(words=WORDS[2], start_seconds=3.1, seconds=1),
    )


@given(
    parts=st.lists(
        st.tuples(st.text("কখ abc", max_size=20), st.binary(min_size=1, max_size=50)),
        min_size=2,
        max_size=MAX_PARTS,
    ),
    pause_ms=st.integers(0, 9999),
)
def test_whatever_is_joined_reads_back_and_is_the_same_each_time(
    parts: list[tuple[str, bytes]], pause_ms: int
) -> None:
    clips = [clip(words, payload) for words, payload in parts]
    joined = join(clips, pause_ms)
    assert joined == join(clips, pause_ms)
    assert len(joined) == struct.unpack_from("<I", joined, 4)[0] + 8
    silence = b"\xff" * (8 * pause_ms)
    assert payload_of(joined) == silence.join(payload for _, payload in parts)
    with soundfile.SoundFile(io.BytesIO(joined)) as file:
        assert file.frames == len(payload_of(joined))
    # RIFF: "The Fact chunk ... dwSampleLength: number of samples"; soundfile does not look at it.
    assert FORM + chunk(b"fact", struct.pack("<I", len(payload_of(joined)))) in joined
    for number, (words, _) in enumerate(parts, 1):
        label = struct.pack("<I", number) + words.encode() + b"\0"
        assert chunk(b"labl", label) in joined


def test_chunks_may_stand_in_any_order_and_others_among_them() -> None:
    usual = [clip(words, b"\x10" * 9) for words in WORDS]
    odd = [
        wav(chunk(b"junk", b"123"), FORM, chunk(b"data", b"\x10" * 9), info(words))
        for words in WORDS
    ]
    assert join(odd, 400) == join(usual, 400)


def test_words_that_players_would_not_read_stand_in_the_labels_only() -> None:
    long = ["ক" * 600, "খ" * 600]
    joined = join([clip(words, b"\x10" * 8) for words in long], 400)
    assert [part.words for part in read_clip(joined).parts] == long
    with soundfile.SoundFile(io.BytesIO(joined)) as file:
        assert not file.title


GOOD = clip("a", b"\x10" * 100)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        pytest.param(b"", "no WAV file", id="nothing"),
        pytest.param(b"<html></html>", "no WAV file", id="a page"),
        pytest.param(b"RIFX" + GOOD[4:], "no WAV file", id="the other byte order"),
        pytest.param(GOOD[:12], "not mu-law", id="nothing but a head"),
        pytest.param(GOOD[:-1], "cut short", id="the last sample lost"),
        pytest.param(GOOD[:50], "cut short", id="cut in the middle"),
        pytest.param(GOOD + b"tail", "cut short", id="a chunk that has only begun"),
        pytest.param(GOOD[: GOOD.index(b"data")], "not mu-law", id="no sound"),
        pytest.param(wav(chunk(b"data", b"12")), "not mu-law", id="no form"),
        pytest.param(
            wav(
                chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)),
                chunk(b"data", b"12"),
            ),
            "not mu-law",
            id="another form",
        ),
        pytest.param(
            wav(
                chunk(b"fmt ", struct.pack("<HHIIHH", 7, 2, 8000, 16000, 2, 8)), chunk(b"data", b"")
            ),
            "not mu-law",
            id="two channels",
        ),
        pytest.param(
            wav(FORM, chunk(b"LIST", b"INFOINAM\xff\xff\xff\xffa"), chunk(b"data", b"12")),
            "cut short",
            id="words beyond their list",
        ),
    ],
)
def test_what_is_no_clip_of_ours_is_not_joined(bad: bytes, message: str) -> None:
    with pytest.raises(SpeechError, match=message):
        join([GOOD, bad], 400)


# -- Names -----------------------------------------------------------------------------------------


def known(sha256: str, size: int = 24_000) -> Clip:
    return Clip(
        language="bn",
        prompt_id="main_menu",
        pace=Pace.NORMAL,
        text_sha256="",
        spoken=(),
        source=Source.ESPEAK,
        version="",
        parameters="",
        pipeline="",
        sha256=sha256,
        seconds=3,
        size=size,
    )


A, B = "a1" * 32, "b2" * 32


@pytest.mark.parametrize(
    ("pause_seconds", "pause_ms"),
    [
        pytest.param(PAUSE_SECONDS[Pace.NORMAL], 400, id="prompts"),
        pytest.param(PAUSE_SECONDS[Pace.SLOW], 550, id="prompts, slow"),
        pytest.param(DIGIT_PAUSE_SECONDS[Pace.NORMAL], 150, id="digits"),
        pytest.param(DIGIT_PAUSE_SECONDS[Pace.SLOW], 450, id="digits, slow"),
    ],
)
def test_a_name_says_which_clips_and_which_pause(pause_seconds: float, pause_ms: int) -> None:
    (name,) = names([known(A), known(B), known(A)], ["x", "y", "x"], pause_seconds)
    assert name == f"p{pause_ms}-{A[:16]}-{B[:16]}-{A[:16]}"
    assert read_name(name) == Joined(pause_ms, (A[:16], B[:16], A[:16]))


@pytest.mark.parametrize("pauses", [PAUSE_SECONDS, DIGIT_PAUSE_SECONDS])
def test_the_slow_form_has_the_longer_pauses(pauses: dict[Pace, float]) -> None:
    assert pauses[Pace.SLOW] > pauses[Pace.NORMAL]


MOST = MAX_JOINED_BYTES // 2 - 1600
"""Bytes of each of two clips that fit just so, with 3,200 of silence between."""


@pytest.mark.parametrize(
    ("count", "size", "text", "lengths"),
    [
        pytest.param(0, 9, "x", [], id="nothing"),
        pytest.param(1, 9, "x", [1], id="one clip has its own name"),
        pytest.param(MAX_PARTS, 9, "x", [MAX_PARTS], id="as many as may be"),
        pytest.param(MAX_PARTS + 1, 9, "x", [MAX_PARTS, 1], id="one too many"),
        pytest.param(2 * MAX_PARTS + 3, 9, "x", [MAX_PARTS, MAX_PARTS, 3], id="far too many"),
        pytest.param(2, 9, "x" * ((LONGEST_TITLE - 1) // 2), [2], id="as many words as are read"),
        pytest.param(2, 9, "x" * ((LONGEST_TITLE + 1) // 2), [1, 1], id="too many words"),
        pytest.param(5, 9, "x" * (LONGEST_TITLE // 2 - 1), [2, 2, 1], id="two by two"),
        pytest.param(2, 9, "x" * (LONGEST_TITLE + 1), [1, 1], id="words too many for any two"),
        pytest.param(2, MOST, "x", [2], id="as many bytes as may be"),
        pytest.param(2, MOST + 1, "x", [1, 1], id="too many bytes, by the silence alone"),
    ],
)
def test_what_is_beyond_a_limit_goes_on_in_another_clip(
    count: int, size: int, text: str, lengths: list[int]
) -> None:
    clips = [known(f"{number:016x}" * 4, size) for number in range(count)]
    found = [
        joined.prefixes if (joined := read_name(name)) else (name[:16],)
        for name in names(clips, [text] * count, 0.4)
    ]
    assert [len(prefixes) for prefixes in found] == lengths
    assert [prefix for prefixes in found for prefix in prefixes] == [c.sha256[:16] for c in clips]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param(A, id="a single clip"),
        pytest.param(f"p400-{A[:16]}", id="one part"),
        pytest.param(f"{A[:16]}-{B[:16]}", id="no pause"),
        pytest.param(f"p-{A[:16]}-{B[:16]}", id="a pause without a number"),
        pytest.param(f"p0400-{A[:16]}-{B[:16]}", id="a second spelling of a pause"),
        pytest.param(f"p10000-{A[:16]}-{B[:16]}", id="a pause of ten seconds"),
        pytest.param(f"p0-{A[:16]}-{B[:16]}", id="no pause at all"),
        pytest.param(f"p250-{A[:16]}-{B[:16]}", id="a pause that we never make"),
        pytest.param(f"p-1-{A[:16]}-{B[:16]}", id="a pause below zero"),
        pytest.param(f"p৪০০-{A[:16]}-{B[:16]}", id="Bengali figures"),
        pytest.param(f"p400-{A[:15]}-{B[:16]}", id="a part too short"),
        pytest.param(f"p400-{A[:17]}-{B[:16]}", id="a part too long"),
        pytest.param(f"p400-{A[:16].upper()}-{B[:16]}", id="capital letters"),
        pytest.param(f"p400-{A[:16]}-{'৪' * 16}", id="a part in Bengali figures"),
        pytest.param(f"p400-{A[:16]}--{B[:16]}", id="an empty part"),
        pytest.param(f"p400-{A[:16]}-{B[:16]}-", id="a dash at the end"),
        pytest.param(f"p400-{A[:16]}-{B[:16]}\n", id="a line end"),
        pytest.param(f"q400-{A[:16]}-{B[:16]}", id="a layout that is not known"),
        pytest.param("p400" + f"-{A[:16]}" * (MAX_PARTS + 1), id="too many parts"),
        pytest.param("p400" + f"-{A[:16]}" * 100_000, id="a huge name"),
    ],
)
def test_another_name_is_not_that_of_a_joined_clip(name: str) -> None:
    assert read_name(name) is None


def test_a_row_of_real_clips_is_as_long_as_its_parts_and_pauses(library: Library) -> None:
    files = sorted(library._folder.glob("*.wav"))[:5]
    alone = [read_clip(file.read_bytes()).seconds for file in files]
    whole = read_clip(join([file.read_bytes() for file in files], 400))
    assert whole.seconds == pytest.approx(sum(alone) + 4 * 0.4)
    assert [part.start_seconds for part in whole.parts] == pytest.approx(
        [sum(alone[:i]) + 0.4 * i for i in range(5)]
    )
