"""The description of TwiML, made of Twilio's own library, is that of Twilio's pages."""

from __future__ import annotations

import pytest

from ivr.twiml.description import describe

# "Nest within Gather: Say, Play, Pause"; "nouns of Dial: Number, Client, Conference, …".
CHILDREN = {
    "Gather": {"Say", "Play", "Pause"},
    "Dial": {
        "Number",
        "Client",
        "Conference",
        "Queue",
        "Sip",
        "Sim",
        "Application",
        "WhatsApp",
    },
    "Enqueue": {"Task"},
    "Client": {"Identity", "Parameter"},
    "Play": set(),
    "Record": set(),
    "Redirect": set(),
    "Leave": set(),
}
# Names that Python cannot have as an argument's, or has in another form.
ATTRIBUTES = {
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Sms": {"to", "from", "action", "method", "statusCallback"},
    "Say": {"voice", "language", "loop"},
    "lang": {"xml:lang"},
    "say-as": {"interpret-as", "format"},
    "Prompt": {"for", "errorType", "cardType", "attempt", "requireMatchingInputs"},
    "Hangup": set(),
    "Response": set(),
}


def test_all_of_twiml_for_voice_is_described() -> None:
    assert len(describe()) == 58


@pytest.mark.parametrize("element", CHILDREN)
def test_what_may_stand_in_an_element(element: str) -> None:
    assert describe()[element].children == CHILDREN[element]


@pytest.mark.parametrize("element", ATTRIBUTES)
def test_what_attributes_an_element_has(element: str) -> None:
    assert describe()[element].attributes == ATTRIBUTES[element]


def test_every_child_is_described_too() -> None:
    assert {child for each in describe().values() for child in each.children} | {
        "Response"
    } == describe().keys()


@pytest.mark.parametrize("element", ["Say", "Play", "Redirect", "Dial", "Number", "Enqueue", "Sms"])
def test_text_may_stand_in_these(element: str) -> None:
    assert describe()[element].has_text


@pytest.mark.parametrize("element", ["Response", "Gather", "Hangup", "Pause", "Record", "Leave"])
def test_no_text_may_stand_in_these(element: str) -> None:
    assert not describe()[element].has_text


def test_say_takes_ssml_in_ssml() -> None:
    assert {"break", "p", "prosody"} <= describe()["Say"].children
    assert "prosody" in describe()["prosody"].children
