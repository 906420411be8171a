"""The verbs of TwiML as frozen types. A verb that Twilio would refuse cannot be made.

A document, as `ivr.twiml.write` writes it and `ivr.twiml.read` reads it (indented here only):

    <?xml version="1.0" encoding="UTF-8"?>
    <Response>
      <Gather action="/voice/turn/main_menu?turn=1" method="POST" timeout="6" finishOnKey="#"
              numDigits="1" actionOnEmptyResult="true">
        <Play>/clips/9f86d081884c.wav</Play>
        <Pause length="1"/>
      </Gather>
      <Redirect method="POST">/voice</Redirect>
    </Response>

Defaults and limits, from https://www.twilio.com/docs/voice/twiml (one page a verb) and the error
dictionary at https://www.twilio.com/docs/api/errors:

    Verb      Attribute            Default            Allowed                        Refused with
    Say       (text)                                  not empty                      13520
                                                      4096 characters; 3000 with a   13521
                                                      Polly voice, 5000 with Google;
                                                      4500 once URL-encoded
              voice                man                a name                         13511
              language             en-US              a language tag                 12200
              loop                 1                  0..1000; 0 is without end      13510
    Play      (url)                                   a URL without spaces           11100
              loop                 1                  0..1000; 0 is without end      13410
    Pause     length               1                  1 s or more                    13910
    Gather    (nested)                                Say, Play, Pause               12200
              action               this document      a URL without spaces           11100
              method               POST               GET, POST                      13312
              timeout              5                  1 s or more                    13313
              finishOnKey          #                  one of 0-9 * #, or empty       13310, 13311
              numDigits            without limit      1 or more                      13314
              actionOnEmptyResult  false              true, false                    12200
              input                dtmf               dtmf, speech, dtmf speech      12200
    Redirect  (url)                                   a URL without spaces           11100
              method               POST               GET, POST                      13710
    Reject    reason               rejected           rejected, busy                 12200
    Document                                          64 kB                          11750
"""

from __future__ import annotations

from typing import Literal, TypeAlias
from urllib.parse import quote_plus

from msgspec import Struct

from ivr.errors import TwimlError

DEFAULT_VOICE = "man"
DEFAULT_LANGUAGE = "en-US"
KEYS = "0123456789*#"
"""The keys of a telephone, which are also what Gather may take as its finishing key."""

MAX_DOCUMENT_BYTES = 65_536
MAX_LOOP = 1000
MAX_SAY_CHARACTERS = 4096
MAX_SAY_CHARACTERS_BY_MAKER = {"Polly": 3000, "Google": 5000}
MAX_SAY_ENCODED_CHARACTERS = 4500
"""A Bengali letter is nine characters once URL-encoded, so this is the limit that binds there."""

BAD_URL = 11100
PARSE_FAILURE = 12100
WRONG_ROOT = 12102
SCHEMA = 12200

Method: TypeAlias = Literal["GET", "POST"]
Input: TypeAlias = Literal["dtmf", "speech", "dtmf speech"]
Reason: TypeAlias = Literal["rejected", "busy"]

METHODS: tuple[Method, ...] = ("GET", "POST")
INPUTS: tuple[Input, ...] = ("dtmf", "speech", "dtmf speech")
REASONS: tuple[Reason, ...] = ("rejected", "busy")


class Say(Struct, frozen=True):
    """Twilio speaks `text` with its own voice: `<Say language="en-US" voice="man">Hi</Say>`.

    Raises:
        TwimlError: the text is empty (13520) or too long (13521), or an attribute is bad.
    """

    text: str
    language: str = DEFAULT_LANGUAGE
    voice: str = DEFAULT_VOICE
    loop: int = 1
    """How often; 0 means without end (Twilio stops after 1000)."""

    def __post_init__(self) -> None:
        _hold(bool(self.text.strip()), 13520, "Say has no text; write what is to be said")
        _check_length(self.text, self.voice)
        _hold(_is_word(self.voice), 13511, f"Say: voice is {self.voice!r}; name one voice")
        _hold(_is_word(self.language), SCHEMA, f"Say: language is {self.language!r}; name one")
        _check_loop("Say", self.loop, 13510)


class Play(Struct, frozen=True):
    """Twilio plays the audio file at `url`: `<Play>/clips/9f86d081884c.wav</Play>`.

    Raises:
        TwimlError: the URL is empty or has spaces (11100), or `loop` is out of range (13410).
    """

    url: str
    """Absolute, or relative to the document's own URL."""
    loop: int = 1
    """How often; 0 means without end (Twilio stops after 1000)."""

    def __post_init__(self) -> None:
        _check_url("Play", self.url)
        _check_loop("Play", self.loop, 13410)


class Pause(Struct, frozen=True):
    """Silence for `seconds`: `<Pause length="2"/>`.

    Raises:
        TwimlError: less than one second (13910).
    """

    seconds: int = 1

    def __post_init__(self) -> None:
        _hold(self.seconds >= 1, 13910, f"Pause: length is {self.seconds}; 1 is the least")


Nested: TypeAlias = Say | Play | Pause
"""What may stand inside a Gather."""


class Gather(Struct, frozen=True, kw_only=True):
    """Plays what is nested while it collects keys, then asks `action` how to go on.

    `<Gather numDigits="1" timeout="6"><Play>/clips/menu.wav</Play></Gather>`

    Raises:
        TwimlError: an attribute is bad (13310 to 13314, 11100, 12200) or the nesting is (12200).
    """

    nested: tuple[Nested, ...] = ()
    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that URL itself."""
    method: Method = "POST"
    timeout_seconds: int = 5
    """Counted from the end of what is nested, and anew from each key."""
    finish_on_key: str = "#"
    """Ends the entry and is not part of it; empty means that no key does."""
    num_digits: int | None = None
    """So many keys end the entry; None means any number."""
    action_on_empty_result: bool = False
    """Whether `action` is asked when no key came; otherwise the next verb follows."""
    input: Input = "dtmf"

    def __post_init__(self) -> None:
        for verb in self.nested:
            _hold(
                isinstance(verb, Say | Play | Pause),
                SCHEMA,
                f"{type(verb).__name__} cannot stand in Gather; only Say, Play and Pause can",
            )
        if self.action is not None:
            _check_url("Gather", self.action)
        _check_method("Gather", self.method, 13312)
        seconds, digits = self.timeout_seconds, self.num_digits
        _hold(seconds >= 1, 13313, f"Gather: timeout is {seconds}; 1 is the least")
        _hold(
            digits is None or digits >= 1, 13314, f"Gather: numDigits is {digits}; 1 is the least"
        )
        _check_finish_on_key(self.finish_on_key)
        _hold(self.input in INPUTS, SCHEMA, f"Gather: input is {self.input!r}; one of {INPUTS}")


class Redirect(Struct, frozen=True):
    """Goes on with the document at `url`: `<Redirect method="POST">/voice</Redirect>`.

    Raises:
        TwimlError: the URL is empty or has spaces (11100), or the method is bad (13710).
    """

    url: str
    method: Method = "POST"

    def __post_init__(self) -> None:
        _check_url("Redirect", self.url)
        _check_method("Redirect", self.method, 13710)


class Hangup(Struct, frozen=True):
    """Ends the call: `<Hangup/>`."""


class Reject(Struct, frozen=True):
    """Refuses the call, free of charge only as the first verb: `<Reject reason="busy"/>`.

    Raises:
        TwimlError: another reason than "rejected" or "busy" (12200).
    """

    reason: Reason = "rejected"

    def __post_init__(self) -> None:
        _hold(
            self.reason in REASONS, SCHEMA, f"Reject: reason is {self.reason!r}; one of {REASONS}"
        )


Verb: TypeAlias = Say | Play | Pause | Gather | Redirect | Hangup | Reject
"""What may stand directly in a Response."""


def _hold(holds: bool, code: int, message: str) -> None:  # noqa: FBT001 - an assertion's shape
    if not holds:
        raise TwimlError(code, message)


def _is_word(value: str) -> bool:
    return value.split() == [value]


def _check_length(text: str, voice: str) -> None:
    limit = MAX_SAY_CHARACTERS_BY_MAKER.get(voice.partition(".")[0], MAX_SAY_CHARACTERS)
    _hold(
        len(text) <= limit,
        13521,
        f"Say: {len(text)} characters, {limit} are the most with voice {voice!r}; say it in parts",
    )
    encoded = len(quote_plus(text, errors="replace"))
    _hold(
        encoded <= MAX_SAY_ENCODED_CHARACTERS,
        13521,
        f"Say: {encoded} characters once URL-encoded, "
        f"{MAX_SAY_ENCODED_CHARACTERS} are the most; say it in parts",
    )


def _check_loop(verb: str, loop: int, code: int) -> None:
    _hold(0 <= loop <= MAX_LOOP, code, f"{verb}: loop is {loop}; it goes from 0 to {MAX_LOOP}")


def _check_url(verb: str, url: str) -> None:
    _hold(_is_word(url), BAD_URL, f"{verb}: {url!r} is not a URL; give one without spaces")


def _check_method(verb: str, method: str, code: int) -> None:
    _hold(method in METHODS, code, f"{verb}: method is {method!r}; one of {METHODS}")


def _check_finish_on_key(key: str) -> None:
    _hold(len(key) <= 1, 13311, f"Gather: finishOnKey is {key!r}; one key is the most")
    _hold(key in KEYS, 13310, f"Gather: finishOnKey is {key!r}; one of {KEYS}, or empty")
