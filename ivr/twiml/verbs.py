"""The verbs and nouns of TwiML as frozen types. One that Twilio would complain of cannot be made.

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

Names of attributes, defaults, limits and codes are those of `ivr.twiml.rules`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import fields

from ivr.errors import TwimlError
from ivr.twiml.check import check
from ivr.twiml.rules import (
    ANY_KEY,
    BAD_NUMBER,
    DEFAULT_LANGUAGE,
    DEFAULT_VOICE,
    MAX_CALL_SECONDS,
    MAX_DIAL_TARGETS,
    MAX_SAY_CHARACTERS,
    MAX_SAY_CHARACTERS_BY_MAKER,
    NO_MESSAGE,
    NO_TEXT,
    RULES,
    SCHEMA,
    TOO_LONG,
    TOO_MANY_TARGETS,
)

Method: TypeAlias = Literal["GET", "POST"]
Input: TypeAlias = Literal["dtmf", "speech", "dtmf speech"]
Reason: TypeAlias = Literal["rejected", "busy"]
Trim: TypeAlias = Literal["trim-silence", "do-not-trim"]
NounKind: TypeAlias = Literal[
    "Number", "Client", "Conference", "Queue", "Sip", "Sim", "Application", "WhatsApp"
]


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
        _hold(bool(self.text.strip()), NO_TEXT, "Say has no text; write what is to be said")
        limit = max_characters(self.voice)
        _hold(
            len(self.text) <= limit,
            TOO_LONG,
            f"Say: {len(self.text)} characters, {limit} are the most with voice "
            f"{self.voice!r}; say it in parts",
        )
        check("Say", self)


class Play(Struct, frozen=True):
    """Twilio plays the audio file at `url`, or tones: `<Play>/clips/9f86d081884c.wav</Play>`.

    Raises:
        TwimlError: there are neither URL nor tones or both (12200), the URL has spaces (11100),
            the tones are none (13430), or `loop` is out of range (13410).
    """

    url: str = ""
    """Absolute, or relative to the document's own URL; empty when there are `digits`."""
    loop: int = 1
    """How often; 0 means without end (Twilio stops after 1000)."""
    digits: str | None = None
    """Tones to be sent, with w for a pause of 0.5 s and W for 1 s; None when there is a `url`."""

    def __post_init__(self) -> None:
        check("Play", self)
        _hold(
            bool(self.url) == (self.digits is None),
            SCHEMA,
            "Play: give a URL or digits, one of the two",
        )


class Pause(Struct, frozen=True):
    """Silence for `seconds`: `<Pause length="2"/>`.

    Raises:
        TwimlError: less than one second (13910).
    """

    seconds: int = 1

    def __post_init__(self) -> None:
        check("Pause", self)


Nested: TypeAlias = Say | Play | Pause
"""What may stand inside a Gather."""


class Gather(Struct, frozen=True, kw_only=True):
    """Plays what is nested while it collects keys or speech, then asks `action` how to go on.

    `<Gather numDigits="1" timeout="6"><Play>/clips/menu.wav</Play></Gather>`

    Raises:
        TwimlError: an attribute is bad (13310 to 13338, 11100) or the nesting is (12200).
    """

    nested: tuple[Nested, ...] = ()
    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that URL itself."""
    method: Method = "POST"
    timeout_seconds: int | None = 5
    """Counted from the end of what is nested, and anew from each key; None means "auto"."""
    finish_on_key: str = "#"
    """Ends the entry and is not part of it; empty means that no key does."""
    num_digits: int | None = None
    """So many keys end the entry; None means any number."""
    action_on_empty_result: bool = False
    """Whether `action` is asked when no key came; otherwise the next verb follows."""
    input: Input = "dtmf"
    speech_timeout_seconds: int | Literal["auto"] | None = None
    """The silence that ends speech; None means as `timeout_seconds`."""
    max_speech_seconds: int = 60
    language: str = DEFAULT_LANGUAGE
    """Of what the caller says."""
    hints: str = ""
    """Words that the caller may say, with commas between."""
    barge_in: bool = True
    """Whether speech stops what is nested."""
    partial_result_callback: str | None = None
    partial_result_callback_method: Method = "POST"

    def __post_init__(self) -> None:
        for verb in self.nested:
            is_nestable = isinstance(verb, Say | Pause | Play)
            has_tones = isinstance(verb, Play) and verb.digits is not None
            _hold(
                is_nestable and not has_tones,
                SCHEMA,
                f"{type(verb).__name__} cannot stand in Gather; only Say, Pause and "
                "Play without digits can",
            )
        check("Gather", self)


class Record(Struct, frozen=True, kw_only=True):
    """Records what the caller says, then asks `action` how to go on.

    `<Record action="/recorded" maxLength="30"/>`

    Raises:
        TwimlError: an attribute is bad (13610 to 13616, 13699, 11100, 13256, 13257).
    """

    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that URL itself."""
    method: Method = "POST"
    timeout_seconds: int = 5
    """The silence that ends the recording; 0 means that none does."""
    finish_on_key: str = ANY_KEY
    """Each of these keys ends the recording; empty means that none does."""
    max_length_seconds: int = 3600
    play_beep: bool = True
    trim: Trim = "trim-silence"
    recording_status_callback: str | None = None
    recording_status_callback_method: Method = "POST"
    transcribe: bool = False
    transcribe_callback: str | None = None

    def __post_init__(self) -> None:
        check("Record", self)


class Noun(Struct, frozen=True):
    """Whom a Dial calls: `<Number url="/whisper">+15005550006</Number>`.

    Raises:
        TwimlError: there is no address (13223 for a Number), an attribute is bad, or this kind
            of noun has no such attribute (12200).
    """

    kind: NounKind
    address: str
    """A number, the name of a client, conference or queue, a SIP address, or a SID."""
    url: str | None = None
    """Of the document that the called one hears before the two are connected."""
    method: Method = "POST"
    status_callback: str | None = None
    status_callback_method: Method = "POST"
    status_callback_events: tuple[str, ...] = ("completed",)

    def __post_init__(self) -> None:
        rules = RULES.get(self.kind)
        if rules is None or rules.text is None:
            raise TwimlError(SCHEMA, f"Dial: {self.kind!r} is no noun; take one of Twilio's")
        _hold(
            bool(self.address.strip()),
            rules.text.code,
            f"{self.kind}: there is no address; say whom to call",
        )
        known = {rule.field for rule in rules.all}
        for field in fields(self):
            _hold(
                field.name == "kind"
                or field.name in known
                or getattr(self, field.name) == field.default,
                SCHEMA,
                f"{self.kind} cannot have {field.name}; leave it out",
            )
        check(self.kind, self)


class Dial(Struct, frozen=True, kw_only=True):
    """Calls others and connects the caller with the first who answers.

    `<Dial timeout="20"><Number>+15005550006</Number></Dial>`

    Raises:
        TwimlError: there is nobody to call (13223), there are more than ten (13250), or an
            attribute is bad (13210 to 13219, 11100).
    """

    nouns: tuple[Noun, ...]
    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that the next verb follows."""
    method: Method = "POST"
    timeout_seconds: int = 30
    """How long it rings."""
    hangup_on_star: bool = False
    """Whether the caller can end the connection with *."""
    time_limit_seconds: int = MAX_CALL_SECONDS
    caller_id: str | None = None
    """The number that the called ones see; None means the caller's own."""
    record: str = "do-not-record"
    answer_on_bridge: bool = False
    """Whether the caller's own call rings on until somebody answers."""
    sequential: bool = False
    """Whether the nouns are called one after another, not all at once."""

    def __post_init__(self) -> None:
        _hold(bool(self.nouns), BAD_NUMBER, "Dial calls nobody; give it a number or a noun")
        _hold(
            len(self.nouns) <= MAX_DIAL_TARGETS,
            TOO_MANY_TARGETS,
            f"Dial calls {len(self.nouns)} at once; {MAX_DIAL_TARGETS} are the most",
        )
        check("Dial", self)


class Enqueue(Struct, frozen=True, kw_only=True):
    """Lets the caller wait in a queue: `<Enqueue waitUrl="/music">support</Enqueue>`.

    Raises:
        TwimlError: the name is too long (14205) or an attribute is bad (14201 to 14206).
    """

    queue: str = ""
    """Its name; empty when a TaskRouter workflow decides."""
    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that the next verb follows."""
    method: Method = "POST"
    wait_url: str | None = None
    """Of what the caller hears meanwhile; empty means silence, None Twilio's own music."""
    wait_url_method: Method = "POST"

    def __post_init__(self) -> None:
        check("Enqueue", self)


class Leave(Struct, frozen=True):
    """Takes the caller out of the queue in which they wait: `<Leave/>`."""


class Hangup(Struct, frozen=True):
    """Ends the call: `<Hangup/>`."""


class Sms(Struct, frozen=True):
    """Sends a text message: `<Sms to="+15005550006">Hello</Sms>`.

    Raises:
        TwimlError: there is no text (14103) or an attribute is bad (14101 to 14105, 11100).
    """

    text: str
    to: str | None = None
    """None means the other party of the call."""
    from_number: str | None = None
    """None means the line's own number."""
    action: str | None = None
    """Absolute, or relative to the document's own URL; None means that the next verb follows."""
    method: Method = "POST"
    status_callback: str | None = None

    def __post_init__(self) -> None:
        check("Sms", self)
        _hold(bool(self.text.strip()), NO_MESSAGE, "Sms has no text; write what is to be sent")


class Redirect(Struct, frozen=True):
    """Goes on with the document at `url`: `<Redirect method="POST">/voice</Redirect>`.

    Raises:
        TwimlError: the URL has spaces (11100), or the method is bad (13710).
    """

    url: str = ""
    """Absolute, or relative to the document's own URL; empty means that URL itself."""
    method: Method = "POST"

    def __post_init__(self) -> None:
        check("Redirect", self)


class Reject(Struct, frozen=True):
    """Refuses the call, free of charge only as the first verb: `<Reject reason="busy"/>`.

    Raises:
        TwimlError: another reason than "rejected" or "busy" (13810).
    """

    reason: Reason = "rejected"

    def __post_init__(self) -> None:
        check("Reject", self)


class Other(Struct, frozen=True):
    """A verb of Twilio's that a pretend call reads and passes over, such as Pay or Connect."""

    name: str


Verb: TypeAlias = (
    Say
    | Play
    | Pause
    | Gather
    | Record
    | Dial
    | Enqueue
    | Leave
    | Hangup
    | Sms
    | Redirect
    | Reject
    | Other
)
"""What may stand directly in a Response."""


def max_characters(voice: str) -> int:
    """Gives how many characters a Say may have with this voice."""
    return MAX_SAY_CHARACTERS_BY_MAKER.get(voice.partition(".")[0], MAX_SAY_CHARACTERS)


def _hold(holds: bool, code: int, message: str) -> None:  # noqa: FBT001 - an assertion's shape
    if not holds:
        raise TwimlError(code, message)
