"""Every rule of the table: a good value is taken; a bad one is told of, and the default taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pytest
from msgspec.structs import fields

from ivr.errors import TwimlError
from ivr.twiml import verbs
from ivr.twiml.description import describe
from ivr.twiml.read import read
from ivr.twiml.rules import MAX_CALL_SECONDS, RULES

if TYPE_CHECKING:
    from ivr.twiml.document import Finding

NOUNS = {"Number", "Client", "Sip", "WhatsApp", "Application", "Sim", "Queue", "Conference"}
CONTENT = {
    "Say": "Hello",
    "Play": "/a.wav",
    "Number": "+15005550006",
    "Client": "ann",
    "Sip": "sip:ann@example.org",
    "WhatsApp": "+15005550006",
    "Application": "<ApplicationSid>AP1</ApplicationSid>",
    "Sim": "DE1",
    "Queue": "support",
    "Conference": "Room 1",
    "Enqueue": "support",
    "Dial": "+15005550006",
    "Sms": "Hello",
    "Redirect": "/next",
}


class Row(NamedTuple):
    """What a rule is held to. `value` and `default` are None where nothing is kept of it."""

    good: str
    value: Any
    bad: str
    code: int
    default: Any = None
    level: str = "warning"


METHOD = "GET", "GET", "get"
URL = "/b?c=1", "/b?c=1", "/b c"
YES = "true", True, "yes"
NO = "false", False, "0"
JUDGED_TRUTH = "true", None, "yes"
EVENTS = "ringing answered", ("ringing", "answered"), "ringing sung"


def leg(element: str, method_code: int) -> dict[str, Row]:
    """The rows of a noun that rings one telephone."""
    return {
        f"{element} method": Row(*METHOD, method_code, "POST"),
        f"{element} url": Row(*URL, 11100, None, "error"),
        f"{element} statusCallback": Row(*URL, 11100, None, "error"),
        f"{element} statusCallbackMethod": Row(*METHOD, 12200, "POST"),
        f"{element} statusCallbackEvent": Row(*EVENTS, 12200, ("completed",)),
    }


# The right-hand columns are Twilio's: defaults of the verbs' pages, codes and levels of its
# dictionary of errors.
ROWS = {
    "Say language": Row("en-IN", "en-IN", "en IN", 12200, "en-US"),
    "Say voice": Row("Google.bn-IN-Standard-A", "Google.bn-IN-Standard-A", "", 13511, "man"),
    "Say loop": Row("0", 0, "1001", 13510, 1),
    "Play loop": Row("1000", 1000, "-1", 13410, 1),
    "Play digits": Row("1w2W#*ABCD", "1w2W#*ABCD", "1-2", 13430, None),
    "Pause length": Row("12", 12, "0", 13910, 1),
    "Gather input": Row("speech dtmf", "dtmf speech", "voice", 13326, "dtmf"),
    "Gather action": Row(*URL, 11100, None, "error"),
    "Gather method": Row(*METHOD, 13312, "POST"),
    "Gather timeout": Row("auto", None, "0", 13313, 5),
    "Gather finishOnKey": Row("", "", "a", 13310, "#"),
    "Gather numDigits": Row("10", 10, "0", 13314, None),
    "Gather actionOnEmptyResult": Row(*YES, 13338, default=False, level="error"),
    "Gather speechTimeout": Row("auto", "auto", "soon", 13327, None),
    "Gather maxSpeechTime": Row("60", 60, "61", 13328, 60),
    "Gather language": Row("bn-IN", "bn-IN", "b", 13331, "en-US"),
    "Gather bargeIn": Row(*NO, 13332, default=True),
    "Gather partialResultCallback": Row(*URL, 11100, None, "error"),
    "Gather partialResultCallbackMethod": Row(*METHOD, 13329, "POST"),
    "Gather profanityFilter": Row(*JUDGED_TRUTH, 13333),
    "Gather speechModel": Row("phone_call", None, "phone call", 13334),
    "Gather debug": Row(*JUDGED_TRUTH, 13336),
    "Gather enhanced": Row(*JUDGED_TRUTH, 13339),
    "Record action": Row(*URL, 11100, None, "error"),
    "Record method": Row(*METHOD, 13610, "POST"),
    "Record timeout": Row("0", 0, "-1", 13611, 5),
    "Record finishOnKey": Row("12#", "12#", "1a", 13613, "1234567890*#"),
    "Record maxLength": Row("14400", 14400, "1", 13612, 3600),
    "Record playBeep": Row(*NO, 13616, default=True),
    "Record trim": Row("do-not-trim", "do-not-trim", "trim", 13699, "trim-silence"),
    "Record recordingStatusCallback": Row(*URL, 13256, None),
    "Record recordingStatusCallbackMethod": Row(*METHOD, 12200, "POST"),
    "Record recordingStatusCallbackEvent": Row("absent completed", None, "begun", 13621),
    "Record transcribe": Row(*YES, 13614, default=False),
    "Record transcribeCallback": Row(*URL, 13257, None, "error"),
    "Dial action": Row(*URL, 11100, None, "error"),
    "Dial method": Row(*METHOD, 13210, "POST"),
    "Dial timeout": Row("600", 600, "601", 13212, 30),
    "Dial hangupOnStar": Row(*YES, 13213, default=False),
    "Dial timeLimit": Row("60", 60, "14401", 13216, 14400),
    "Dial callerId": Row("+12025550100", "+12025550100", "", 13214, None),
    "Dial record": Row("true", "record-from-answer", "yes", 13217, "do-not-record"),
    "Dial answerOnBridge": Row(*YES, 13219, default=False),
    "Dial sequential": Row(*YES, 13218, default=False),
    "Dial ringTone": Row("in", None, "i n", 13220),
    "Dial recordingTrack": Row("both", None, "all", 13622),
    "Dial trim": Row("trim-silence", None, "trim", 12200),
    "Dial recordingStatusCallback": Row("/b", None, "/b c", 13256),
    "Dial recordingStatusCallbackEvent": Row("completed", None, "begun", 13621),
    **leg("Number", 13221),
    "Number sendDigits": Row("ww1", None, "1-2", 13222),
    **leg("Client", 12200),
    **leg("Sip", 13241),
    **leg("WhatsApp", 12200),
    **leg("Application", 12200),
    "Queue method": Row(*METHOD, 14210, "POST", "error"),
    "Queue url": Row(*URL, 14211, None, "error"),
    "Conference muted": Row(*JUDGED_TRUTH, 13230),
    "Conference endConferenceOnExit": Row(*JUDGED_TRUTH, 13231, None, "error"),
    "Conference startConferenceOnEnter": Row(*JUDGED_TRUTH, 13232),
    "Conference waitUrl": Row("", None, "/b c", 13233),
    "Conference waitMethod": Row("GET", None, "get", 13234),
    "Conference beep": Row("onEnter", None, "loud", 13235),
    "Conference trim": Row("do-not-trim", None, "trim", 13239, None, "error"),
    "Enqueue action": Row(*URL, 14203, None, "error"),
    "Enqueue method": Row(*METHOD, 14201, "POST", "error"),
    "Enqueue waitUrl": Row("", "", "/b c", 14202, None, "error"),
    "Enqueue waitUrlMethod": Row(*METHOD, 14206, "POST", "error"),
    "Sms to": Row("+91 98765 43210", "+91 98765 43210", "ann", 14101, None),
    "Sms from": Row("+12025550100", "+12025550100", "", 14102, None),
    "Sms action": Row(*URL, 11100, None, "error"),
    "Sms method": Row(*METHOD, 14104, "POST"),
    "Sms statusCallback": Row(*URL, 14105, None),
    "Redirect method": Row(*METHOD, 13710, "POST"),
    "Reject reason": Row("busy", "busy", "tired", 13810, "rejected"),
}
# Hints may be any text, so that no value is bad.
GOOD_ONLY = {"Gather hints": ("one, two", "one, two")}

EACH_ROW = pytest.mark.parametrize(
    ("name", "row"), ROWS.items(), ids=[name.replace(" ", "-") for name in ROWS]
)


def read_one(name: str, value: str) -> tuple[Any, tuple[Finding, ...]]:
    """The verb or noun that has the attribute, alone in a document, and what is wrong with it."""
    element, attribute = name.split()
    content = "" if name == "Play digits" else CONTENT.get(element, "")
    text = f'<{element} {attribute}="{value}">{content}</{element}>'
    if element in NOUNS:
        text = f"<Dial>{text}</Dial>"
    document = read(f"<Response>{text}</Response>".encode())
    if not document.verbs:
        return None, document.findings
    verb: Any = document.verbs[0]
    return (verb.nouns[0] if element in NOUNS else verb), document.findings


def field_of(name: str) -> str | None:
    element, attribute = name.split()
    return next(rule.field for rule in RULES[element].attributes if rule.name == attribute)


def test_every_rule_has_a_row_here() -> None:
    table = {f"{element} {rule.name}" for element in RULES for rule in RULES[element].attributes}
    assert table == ROWS.keys() | GOOD_ONLY.keys()


def test_every_rule_is_of_an_attribute_that_twilio_has() -> None:
    for element, rules in RULES.items():
        assert {rule.name for rule in rules.attributes} <= describe()[element].attributes


def test_every_noun_of_twilios_dial_can_be_made() -> None:
    assert describe()["Dial"].children == set(get_args(verbs.NounKind)) == NOUNS


# "timeLimit: default 14400, four hours, the most that a call may last".
def test_a_call_lasts_four_hours_at_most() -> None:
    assert MAX_CALL_SECONDS == 4 * 60 * 60
    number = verbs.Noun("Number", "+15005550006")
    assert verbs.Dial(nouns=(number,)).time_limit_seconds == MAX_CALL_SECONDS
    with pytest.raises(TwimlError):
        verbs.Dial(nouns=(number,), time_limit_seconds=MAX_CALL_SECONDS + 1)
    with pytest.raises(TwimlError):
        verbs.Record(max_length_seconds=MAX_CALL_SECONDS + 1)


def test_the_defaults_of_the_table_are_those_of_the_types() -> None:
    for element, rules in RULES.items():
        made = verbs.Noun if element in NOUNS else getattr(verbs, element)
        defaults = {field.name: field.default for field in fields(made)}
        for rule in rules.attributes:
            assert rule.field is None or defaults[rule.field] == rule.default, (element, rule.name)


@EACH_ROW
def test_a_good_value_is_taken(name: str, row: Row) -> None:
    verb, findings = read_one(name, row.good)
    field = field_of(name)
    assert field is None or getattr(verb, field) == row.value
    assert findings == ()


@pytest.mark.parametrize(("name", "good"), GOOD_ONLY.items(), ids=["hints"])
def test_any_text_is_taken_as_hints(name: str, good: tuple[str, str]) -> None:
    verb, findings = read_one(name, good[0])
    assert (verb.hints, findings) == (good[1], ())


# A bad value is a warning or an error in the debugger, and Twilio goes on with the default.
@EACH_ROW
def test_a_bad_value_has_its_code_and_the_default_is_taken(name: str, row: Row) -> None:
    verb, findings = read_one(name, row.bad)
    assert [(found.code, found.level) for found in findings] == [(row.code, row.level)]
    element, attribute = name.split()
    assert findings[0].message.startswith(f"{element}: {attribute} is ")
    field = field_of(name)
    # Without its digits there is nothing left that this Play could play.
    assert field is None or name == "Play digits" or getattr(verb, field) == row.default


WANTED = {
    "Pause length": ("0", "a whole number, 1 or more"),
    "Dial timeLimit": ("0", "a whole number, 1 to 14400"),
    "Gather speechTimeout": ("0", "a whole number, 1 or more, or auto"),
    "Reject reason": ("tired", "one of rejected, busy"),
    "Number statusCallbackEvent": (
        "sung",
        "any of initiated, ringing, answered, completed, with spaces between",
    ),
    "Record playBeep": ("yes", "true or false"),
    "Gather action": ("/b c", "a URL without spaces"),
    "Say voice": ("", "one word"),
    "Say language": ("b", "the tag of a language, such as bn-IN"),
    "Dial callerId": ("", "a text of 1 or more characters"),
    "Sms to": ("ann", "a telephone number such as +15005550006"),
    "Gather finishOnKey": ("ab", "one of 0123456789*#, or empty"),
    "Play digits": ("-", "some of 0123456789*#ABCDwW"),
}


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [(name, *texts) for name, texts in WANTED.items()],
    ids=[name.replace(" ", "-") for name in WANTED],
)
def test_a_message_says_what_the_value_must_be(name: str, value: str, wanted: str) -> None:
    _, findings = read_one(name, value)
    element, attribute = name.split()
    given = f"{element}: {attribute} is {value!r}; give {wanted}"
    assert [found.message for found in findings] == [f"{given}. Until then it counts as not given"]


# Numbers and truths of the wrong sort, and what is not among the words, as Python values.
@pytest.mark.parametrize(
    ("name", "field", "row"),
    [(name, field_of(name), row) for name, row in ROWS.items() if field_of(name)],
    ids=[name.replace(" ", "-") for name in ROWS if field_of(name)],
)
def test_a_bad_value_cannot_be_constructed(name: str, field: str, row: Row) -> None:
    verb, _ = read_one(name, row.good)
    values = {each.name: getattr(verb, each.name) for each in fields(verb)}
    bad: Any = tuple(row.bad.split()) if field == "status_callback_events" else row.bad
    if row.bad.lstrip("-").isdigit():
        bad = int(row.bad)
    with pytest.raises(TwimlError) as refusal:
        type(verb)(**values | {field: bad})
    assert refusal.value.code == row.code
    assert name.partition(" ")[0] in str(refusal.value)


# Numbers are whole, ASCII and not huge: Python alone would take more, or crash on it.
@pytest.mark.parametrize(
    "value",
    ["", " 5", "+5", "-5", "0.5", "5s", "1_0", "\u09eb", "\u00b2", "9" * 5000],
    ids=["empty", "space", "plus", "minus", "half", "unit", "underscore", "bn", "square", "huge"],
)
def test_what_is_not_a_whole_number_gives_way_to_the_default(value: str) -> None:
    verb, findings = read_one("Pause length", value)
    assert verb == verbs.Pause(1)
    assert [found.code for found in findings] == [13910]
    assert len(findings[0].message) < 200


# In Gather the voice and the loop of a Say have codes of their own.
@pytest.mark.parametrize(("attribute", "code"), [('voice=""', 13321), ('loop="-1"', 13322)])
def test_a_say_in_gather_has_the_codes_of_gather(attribute: str, code: int) -> None:
    document = read(f"<Response><Gather><Say {attribute}>a</Say></Gather></Response>".encode())
    assert [found.code for found in document.findings] == [code]
    assert document.verbs == (verbs.Gather(nested=(verbs.Say("a"),)),)


# "finishOnKey: one of 0-9, *, #, or empty"; Record takes several keys.
@pytest.mark.parametrize(("keys", "code"), [("*#", 13311), ("a", 13310), ("ab", 13311)])
def test_a_gather_has_one_finishing_key(keys: str, code: int) -> None:
    verb, findings = read_one("Gather finishOnKey", keys)
    assert verb == verbs.Gather()
    assert [found.code for found in findings] == [code]
    assert read_one("Record finishOnKey", "*#") == (verbs.Record(finish_on_key="*#"), ())
