"""TwiML to read: laid out, and saying exactly what it said."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.twiml.pretty import MAX_DEPTH, pretty
from ivr.twiml.rules import MAX_DOCUMENT_BYTES


def test_each_verb_stands_on_a_line_of_its_own() -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1">'
        "<Say>Press 1.</Say><Pause/></Gather>\n\n   <Hangup></Hangup></Response>\n"
    )
    assert pretty(text) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Response>\n"
        '  <Gather numDigits="1">\n'
        "    <Say>Press 1.</Say>\n"
        "    <Pause/>\n"
        "  </Gather>\n"
        "  <Hangup></Hangup>\n"
        "</Response>"
    )


@pytest.mark.parametrize(
    "inner",
    [
        "<Say>one <break/> two</Say>",
        "<Say> \n spaced </Say>",
        "<Say>  </Say>",
        "<Say><![CDATA[ ]]></Say>",
        "<Say>a &lt; b &amp; c &#x41;</Say>",
        "<Say><![CDATA[<Hangup/>]]></Say>",
        "<Say><emphasis><w>a</w> b</emphasis> <!-- c --> d</Say>",
        "<!-- a < b > c -->",
        "<!-- of\n  two lines -->",
        "<?note <x> ?>",
        "<Redirect method='GET'>/a?b=1&amp;c=2</Redirect>",
        "<Play digits='\"'/>",
        '<Gather action="/a>b"/>',
        '<Gather\n  action="/a"\n/>',
    ],
)
def test_what_stands_there_stays_as_it_was_written(inner: str) -> None:
    assert pretty(f"<Response>{inner}</Response>") == f"<Response>\n  {inner}\n</Response>"


def test_comments_around_the_root_are_kept() -> None:
    assert pretty("<!-- a --><Response/><!-- b -->") == "<!-- a -->\n<Response/>\n<!-- b -->"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not XML",
        "<Response>",
        "<Response></Answer>",
        "<Response/><Response/>",
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        "<r>&undefined;</r>",
        "<r a='<'/>",
        "<r>\ud800</r>",
        "<r>" + "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH + "</r>",
        "<r>" + "<a>" * 9000 + "</a>" * 9000 + "</r>",
        "<r><a/>" + " " * MAX_DOCUMENT_BYTES + "</r>",
        '<?xml version="1.0" encoding="no-such-thing"?><r/>x',
    ],
    ids=range(14),
)
def test_what_cannot_be_read_comes_back_as_it_was(text: str) -> None:
    assert pretty(text) == text


def test_as_much_as_twilio_reads_is_laid_out() -> None:
    text = "<r>" + "<a/>" * ((MAX_DOCUMENT_BYTES - 7) // 4) + "</r>"
    assert pretty(text).count("\n") == text.count("<a/>") + 1


WORDS = st.text("ab <&>\"'\n", max_size=5)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> ET.Element:
    made = ET.Element(draw(st.sampled_from(["Say", "Gather", "Play"])))
    made.set("a", draw(WORDS))
    made.text = draw(WORDS)
    if depth < 3:
        for child in draw(st.lists(elements(depth + 1), max_size=3)):
            child.tail = draw(WORDS)
            made.append(child)
    return made


def words(element: ET.Element) -> list[object]:
    """What a document says, without the space between its elements."""
    texts = [element.text or "", *(child.tail or "" for child in element)]
    is_space = len(element) > 0 and not any(text.strip() for text in texts)
    said: list[object] = [element.tag, element.attrib, [] if is_space else texts]
    return [*said, *(words(child) for child in element)]


@given(elements())
def test_no_document_says_anything_else_afterwards(root: ET.Element) -> None:
    text = ET.tostring(root, encoding="unicode")
    assert words(ET.fromstring(pretty(text))) == words(root)  # noqa: S314 - our own
    assert pretty(pretty(text)) == pretty(text)
