"""The one table of TwiML's attributes, defaults, limits and codes.

Verbs are checked, read and written by it. Each element's rules are those of its own page under
https://www.twilio.com/docs/voice/twiml (`source`), each code that of
https://www.twilio.com/docs/api/errors. Where the dictionary has no code of its own for an
attribute, the schema's stands: 12200.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.twiml.attributes import (
    TONES,
    Choice,
    Choices,
    Language,
    Match,
    Signs,
    Text,
    Truth,
    Url,
    Whole,
    Word,
)
from ivr.twiml.rule import Attribute, Rules

if TYPE_CHECKING:
    from ivr.twiml.attributes import Kind
    from ivr.twiml.rule import Level

BAD_URL = 11100
TOO_LARGE = 11750
EMPTY = 11770
PARSE_FAILURE = 12100
WRONG_VERSION = 12101
WRONG_ROOT = 12102
SCHEMA = 12200
CONFERENCE_WITH_OTHERS = 13000
BAD_NUMBER = 13223
TOO_MANY_TARGETS = 13250
AUTO_WITH_MODEL = 13335
BAD_TONES = 13430
BAD_VOICE = 13511
NO_TEXT = 13520
TOO_LONG = 13521
NO_MESSAGE = 14103
NO_QUEUE = 14204

MAX_DOCUMENT_BYTES = 65_536
"""https://www.twilio.com/docs/api/errors/11750"""
MAX_CALL_SECONDS = 14_400
"""Four hours, for a call and so for what it connects or records:
https://www.twilio.com/docs/voice/twiml/dial#timelimit"""
MAX_LOOP = 1000
"""What 0, without end, comes to: https://www.twilio.com/docs/voice/twiml/say#loop."""
MAX_SAY_CHARACTERS = 4096
MAX_SAY_CHARACTERS_BY_MAKER = {"Polly": 3000, "Google": 5000}
"""Of the voice, which is named first in it: https://www.twilio.com/docs/api/errors/13521."""
MAX_SAY_ENCODED_CHARACTERS = 4500
"""The same page. A Bengali letter is nine characters once URL-encoded, so this binds there."""
MAX_DIAL_TARGETS = 10
"""https://www.twilio.com/docs/voice/twiml/number#simultaneous-dialing"""

DEFAULT_VOICE = "man"
DEFAULT_LANGUAGE = "en-US"
BASIC_VOICES = frozenset({"man", "woman"})
BASIC_LANGUAGES = frozenset(
    {
        "ca",
        "da",
        "de",
        "en",
        "es",
        "fi",
        "fr",
        "it",
        "ja",
        "ko",
        "nb",
        "nl",
        "pl",
        "pt",
        "ru",
        "sv",
        "zh",
    }
)
"""Those that a voice without a maker has ever spoken, at the most generous reading of
https://www.twilio.com/docs/voice/twiml/say/text-speech; Bengali is not among them."""

METHODS = ("GET", "POST")
INPUTS = ("dtmf", "speech", "dtmf speech")
REASONS = ("rejected", "busy")
TRIMS = ("trim-silence", "do-not-trim")
LEG_EVENTS = ("initiated", "ringing", "answered", "completed")
ANY_KEY = "1234567890*#"
RECORDINGS = (
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
)

_METHOD = Choice(METHODS)
_LOOP = Whole(0, MAX_LOOP)
# With a digit at least, and only those that every telephone has: "\d" means any script's.
_PHONE_NUMBER = Match(
    r"(?=[^0-9]*[0-9])\+?[0-9\s().-]{2,24}", "a telephone number such as +15005550006"
)
_RECORDING_EVENTS = Choices(("in-progress", "completed", "absent"))


def _rules(page: str, *attributes: Attribute, text: Attribute | None = None) -> Rules:
    return Rules(f"https://www.twilio.com/docs/voice/twiml/{page}", attributes, text)


def _method(code: int, level: Level = "warning", *, is_spelt_out: bool = False) -> Attribute:
    return Attribute("method", "method", _METHOD, "POST", code, level, is_spelt_out=is_spelt_out)


def _action(code: int = BAD_URL) -> Attribute:
    return Attribute("action", "action", Url(), None, code, "error")


def _text(field: str, kind: Kind, code: int, level: Level = "warning") -> Attribute:
    return Attribute("text", field, kind, None, code, level)


def _truth(
    name: str, field: str, code: int, level: Level = "warning", *, is_default: bool = False
) -> Attribute:
    return Attribute(name, field, Truth(), is_default, code, level)


def _judged(name: str, kind: Kind, code: int, level: Level = "warning") -> Attribute:
    return Attribute(name, None, kind, None, code, level)


_LEG = (
    Attribute("url", "url", Url(), None, BAD_URL, "error"),
    Attribute("statusCallback", "status_callback", Url(), None, BAD_URL, "error"),
    Attribute("statusCallbackMethod", "status_callback_method", _METHOD, "POST", SCHEMA),
    Attribute(
        "statusCallbackEvent",
        "status_callback_events",
        Choices(LEG_EVENTS),
        ("completed",),
        SCHEMA,
    ),
)
"""What every noun has that rings one telephone."""

RULES: dict[str, Rules] = {
    "Say": _rules(
        "say",
        Attribute("language", "language", Language(), DEFAULT_LANGUAGE, SCHEMA, is_spelt_out=True),
        Attribute(
            "voice",
            "voice",
            Word(),
            DEFAULT_VOICE,
            BAD_VOICE,
            nested_code=13321,
            is_spelt_out=True,
        ),
        Attribute("loop", "loop", _LOOP, 1, 13510, nested_code=13322),
        text=_text("text", Text(1), NO_TEXT),
    ),
    "Play": _rules(
        "play",
        Attribute("loop", "loop", _LOOP, 1, 13410),
        Attribute("digits", "digits", Signs(TONES, 1), None, BAD_TONES),
        text=_text("url", Url(""), BAD_URL, "error"),
    ),
    "Pause": _rules("pause", Attribute("length", "seconds", Whole(1), 1, 13910, is_spelt_out=True)),
    "Gather": _rules(
        "gather",
        Attribute(
            "input", "input", Choice(INPUTS, (("speech dtmf", "dtmf speech"),)), "dtmf", 13326
        ),
        _action(),
        _method(13312, is_spelt_out=True),
        # "A positive integer or auto", says the section of the attribute itself.
        Attribute(
            "timeout", "timeout_seconds", Whole(1, auto=(None,)), 5, 13313, is_spelt_out=True
        ),
        Attribute(
            "finishOnKey",
            "finish_on_key",
            Signs(most=1),
            "#",
            13310,
            long_code=13311,
            is_spelt_out=True,
        ),
        Attribute("numDigits", "num_digits", Whole(1), None, 13314),
        _truth("actionOnEmptyResult", "action_on_empty_result", 13338, "error"),
        Attribute("speechTimeout", "speech_timeout_seconds", Whole(1, auto=("auto",)), None, 13327),
        # "Up to 60 seconds of speech", whatever the attribute says.
        Attribute("maxSpeechTime", "max_speech_seconds", Whole(1, 60), 60, 13328),
        Attribute("language", "language", Language(), DEFAULT_LANGUAGE, 13331),
        Attribute("hints", "hints", Text(), "", 13330),
        _truth("bargeIn", "barge_in", 13332, is_default=True),
        Attribute(
            "partialResultCallback", "partial_result_callback", Url(), None, BAD_URL, "error"
        ),
        Attribute(
            "partialResultCallbackMethod",
            "partial_result_callback_method",
            _METHOD,
            "POST",
            13329,
        ),
        _judged("profanityFilter", Truth(), 13333),
        _judged("speechModel", Word(), 13334),
        _judged("debug", Truth(), 13336),
        _judged("enhanced", Truth(), 13339),
    ),
    "Record": _rules(
        "record",
        _action(),
        _method(13610),
        # 0 is documented: silence then never ends a recording.
        Attribute("timeout", "timeout_seconds", Whole(), 5, 13611),
        Attribute("finishOnKey", "finish_on_key", Signs(), ANY_KEY, 13613),
        # "Greater than 1", up to four hours.
        Attribute("maxLength", "max_length_seconds", Whole(2, MAX_CALL_SECONDS), 3600, 13612),
        _truth("playBeep", "play_beep", 13616, is_default=True),
        Attribute("trim", "trim", Choice(TRIMS), "trim-silence", 13699),
        Attribute("recordingStatusCallback", "recording_status_callback", Url(), None, 13256),
        Attribute(
            "recordingStatusCallbackMethod",
            "recording_status_callback_method",
            _METHOD,
            "POST",
            SCHEMA,
        ),
        # An error in the dictionary's list, a warning on the code's own page, which is taken here:
        # the recording itself goes on, and 13256, a bad URL for these events, is a warning in both.
        _judged("recordingStatusCallbackEvent", _RECORDING_EVENTS, 13621),
        _truth("transcribe", "transcribe", 13614),
        Attribute("transcribeCallback", "transcribe_callback", Url(), None, 13257, "error"),
    ),
    "Dial": _rules(
        "dial",
        _action(),
        _method(13210),
        Attribute("timeout", "timeout_seconds", Whole(5, 600), 30, 13212),
        _truth("hangupOnStar", "hangup_on_star", 13213),
        Attribute(
            "timeLimit",
            "time_limit_seconds",
            Whole(1, MAX_CALL_SECONDS),
            MAX_CALL_SECONDS,
            13216,
        ),
        Attribute("callerId", "caller_id", Text(1), None, 13214),
        Attribute(
            "record",
            "record",
            Choice(RECORDINGS, (("true", "record-from-answer"), ("false", "do-not-record"))),
            "do-not-record",
            13217,
        ),
        _truth("answerOnBridge", "answer_on_bridge", 13219),
        _truth("sequential", "sequential", 13218),
        _judged("ringTone", Word(), 13220),
        _judged("recordingTrack", Choice(("inbound", "outbound", "both")), 13622),
        _judged("trim", Choice(TRIMS), SCHEMA),
        _judged("recordingStatusCallback", Url(), 13256),
        _judged("recordingStatusCallbackEvent", _RECORDING_EVENTS, 13621),
    ),
    "Number": _rules(
        "number",
        _method(13221),
        *_LEG,
        _judged("sendDigits", Signs(TONES, 1), 13222),
        text=Attribute("text", "address", _PHONE_NUMBER, None, BAD_NUMBER, is_kept=True),
    ),
    "Client": _rules("client", _method(SCHEMA), *_LEG, text=_text("address", Text(1, 256), SCHEMA)),
    "Sip": _rules(
        "sip",
        _method(13241),
        *_LEG,
        text=Attribute(
            "text",
            "address",
            Match(r"(?i:sips?:)\S{1,254}", "an address such as sip:name@example.org"),
            None,
            13243,
            is_kept=True,
        ),
    ),
    "WhatsApp": _rules(
        "whatsapp",
        _method(SCHEMA),
        *_LEG,
        text=Attribute("text", "address", _PHONE_NUMBER, None, BAD_NUMBER, is_kept=True),
    ),
    "Application": _rules(
        "dial/application", _method(SCHEMA), *_LEG, text=_text("address", Text(1), SCHEMA)
    ),
    "Sim": _rules("dial", text=_text("address", Text(1), SCHEMA)),
    "Queue": _rules(
        "queue",
        _method(14210, "error"),
        Attribute("url", "url", Url(), None, 14211, "error"),
        text=Attribute("text", "address", Text(1, 64), None, 14212, "error", long_code=14213),
    ),
    "Conference": _rules(
        "conference",
        _judged("muted", Truth(), 13230),
        _judged("endConferenceOnExit", Truth(), 13231, "error"),
        _judged("startConferenceOnEnter", Truth(), 13232),
        _judged("waitUrl", Url(""), 13233),
        _judged("waitMethod", _METHOD, 13234),
        _judged("beep", Choice(("true", "false", "onEnter", "onExit")), 13235),
        _judged("trim", Choice(TRIMS), 13239, "error"),
        text=_text("address", Text(1, 128), 13237),
    ),
    "Enqueue": _rules(
        "enqueue",
        _action(14203),
        _method(14201, "error"),
        # An empty one means silence, none Twilio's own music.
        Attribute("waitUrl", "wait_url", Url(""), None, 14202, "error"),
        Attribute("waitUrlMethod", "wait_url_method", _METHOD, "POST", 14206, "error"),
        text=Attribute("text", "queue", Text(0, 64), "", NO_QUEUE, "error", long_code=14205),
    ),
    "Leave": _rules("leave"),
    "Hangup": _rules("hangup"),
    "Sms": _rules(
        "sms",
        Attribute("to", "to", _PHONE_NUMBER, None, 14101),
        Attribute("from", "from_number", _PHONE_NUMBER, None, 14102),
        _action(),
        _method(14104),
        Attribute("statusCallback", "status_callback", Url(), None, 14105),
        text=_text("text", Text(1), NO_MESSAGE),
    ),
    "Redirect": _rules(
        "redirect",
        _method(13710, is_spelt_out=True),
        text=_text("url", Url(""), BAD_URL, "error"),
    ),
    "Reject": _rules(
        "reject",
        Attribute("reason", "reason", Choice(REASONS), "rejected", 13810, is_spelt_out=True),
    ),
}

LEVELS: dict[int, Level] = {
    code: rule.level
    for rules in RULES.values()
    for rule in rules.all
    for code in (rule.code, rule.long_code)
    if code is not None
}
"""How Twilio's debugger shows the codes of the table; others are warnings."""
