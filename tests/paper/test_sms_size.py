"""How long a text is as SMS, by 3GPP TS 23.038 and TS 23.040."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.paper.sms.size import _BASIC, _EXTENSION, Encoding, Size, size_of

GSM, UCS2 = Encoding.GSM, Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("", Size(GSM, 0, 1), id="nothing"),
        pytest.param("a" * 160, Size(GSM, 160, 1), id="160 septets go alone"),
        pytest.param("a" * 161, Size(GSM, 161, 2), id="161 are two parts"),
        pytest.param("a" * 306, Size(GSM, 306, 2), id="153 in each part"),
        pytest.param("a" * 307, Size(GSM, 307, 3), id="a third part"),
        pytest.param("[" * 80, Size(GSM, 160, 1), id="the extension table counts two"),
        pytest.param("€" * 81, Size(GSM, 162, 2), id="the euro counts two"),
        # Of 153 septets the last stays empty: an escape is never parted from its letter.
        pytest.param("[" * 153, Size(GSM, 306, 3), id="an escape is not parted"),
        pytest.param("é£¿ÄΩ", Size(GSM, 5, 1), id="the basic table"),
        pytest.param("ক" * 70, Size(UCS2, 70, 1), id="70 units go alone"),
        pytest.param("ক" * 71, Size(UCS2, 71, 2), id="71 are two parts"),
        pytest.param("ক" * 134, Size(UCS2, 134, 2), id="67 in each part"),
        pytest.param("ক" * 135, Size(UCS2, 135, 3), id="a third part of 67"),
        pytest.param("a" * 69 + "ক", Size(UCS2, 70, 1), id="one letter makes all of it UCS-2"),
        pytest.param("a’s", Size(UCS2, 3, 1), id="a curly apostrophe is not GSM's"),
        pytest.param("`", Size(UCS2, 1, 1), id="nor is the backtick"),
        pytest.param("😀" * 35, Size(UCS2, 70, 1), id="a surrogate pair counts two"),
        # Of 67 units the last stays empty.
        pytest.param("😀" * 67, Size(UCS2, 134, 3), id="a surrogate pair is not parted"),
    ],
)
def test_a_text_is_measured(text: str, size: Size) -> None:
    assert size_of(text) == size


def test_the_alphabet_has_the_letters_of_the_standard() -> None:
    # 128 places, of which one is the escape; the table in TS 23.038, chapter 6.2.1.
    assert len(_BASIC) == 127
    assert len(_EXTENSION) == 10
    assert not _BASIC & _EXTENSION
    assert unicodedata.normalize("NFC", "".join(_BASIC)) == "".join(_BASIC)
    assert {letter for letter in map(chr, range(0x20, 0x7F)) if letter not in _BASIC} == {
        *"[\\]^`{|}~"
    }


@given(st.text(alphabet="aé[€কি😀 ", max_size=400))
def test_parts_hold_what_the_units_need(text: str) -> None:
    size = size_of(text)
    single, part = {GSM: (160, 153), UCS2: (70, 67)}[size.encoding]
    if size.units <= single:
        assert size.parts == 1
    else:
        # At most one unit of a part is lost, where a letter of two does not fit.
        assert math.ceil(size.units / part) <= size.parts <= math.ceil(size.units / (part - 1))
