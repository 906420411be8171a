"""The bytes of a TwiML document → verbs, and what Twilio's debugger would say of it.

As with Twilio, a bad value gives way to the default, what is not TwiML is left out, and the call
goes on. Only what is no document at all is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from urllib.parse import quote_plus

from ivr.errors import TwimlError
from ivr.twiml.document import Document, Findings
from ivr.twiml.parser import parse
from ivr.twiml.rules import (
    AUTO_WITH_MODEL,
    BAD_VOICE,
    BASIC_LANGUAGES,
    BASIC_VOICES,
    CONFERENCE_WITH_OTHERS,
    LEVELS,
    MAX_DIAL_TARGETS,
    MAX_SAY_ENCODED_CHARACTERS,
    NO_QUEUE,
    RULES,
    SCHEMA,
    TOO_LONG,
    TOO_MANY_TARGETS,
)
from ivr.twiml.schema import prune
from ivr.twiml.verbs import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Noun,
    NounKind,
    Other,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Verb,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any
    from xml.etree.ElementTree import Element

    from ivr.twiml.rule import Attribute

_PROSE = frozenset({"Say", "Sms"})
"""Whose text is words, so that white space around it is part of it."""
_ADDRESSES = frozenset({"Identity", "Uri", "ApplicationSid"})
"""In these a noun may have its address."""
_NOUN_KINDS: dict[str, NounKind] = {kind: kind for kind in get_args(NounKind)}


def read(body: bytes) -> Document:
    """Gives the verbs of a document, in order, and what is wrong with it.

    Args:
        body: of an HTTP answer, in any encoding that it declares.

    Returns:
        No verbs for an empty Response, which ends a call. Every attribute of a verb is one that
        Twilio would go by: a bad value has a finding and gives way to the default.

    Raises:
        TwimlError: with the code that Twilio's debugger would show when there is nothing to go
            by: 11750 over 64 kB, 11770 no content, 12100 not XML or with a document type
            declaration, 12101 another version of XML than 1.0, 12102 another root than Response.
    """
    root = parse(body)
    findings = Findings()
    prune(root, findings)
    found = (_verb(child, findings) for child in root)
    return Document(tuple(verb for verb in found if verb is not None), findings.all())


def _verb(element: Element, findings: Findings, *, is_nested: bool = False) -> Verb | None:
    """A verb, or None with a finding when it cannot be carried out."""
    build = _BUILDERS.get(element.tag)
    if build is None:
        return Other(element.tag)
    values = _values(element, findings, is_nested=is_nested)
    try:
        return build(element, values, findings)
    except TwimlError as error:
        _leave_out(error, findings)
        return None


def _leave_out(error: TwimlError, findings: Findings) -> None:
    findings.add(LEVELS.get(error.code, "warning"), error.code, f"{error}. It was left out")


def _values(element: Element, findings: Findings, *, is_nested: bool = False) -> dict[str, Any]:
    """The fields that a document gives, good ones only, and the text."""
    rules = RULES[element.tag]
    values: dict[str, Any] = {}
    for rule in rules.attributes:
        text = element.get(rule.name)
        if text is None:
            continue
        try:
            value = rule.kind.read(text)
            is_good = rule.kind.holds(value)
        except ValueError:
            value, is_good = text, False
        if not is_good:
            _complain(element, rule, text, findings, is_nested=is_nested)
        elif rule.field is not None:
            values[rule.field] = value
    if rules.text is not None and rules.text.field is not None:
        values[rules.text.field] = _text(element)
    return values


def _complain(
    element: Element, rule: Attribute, text: str, findings: Findings, *, is_nested: bool
) -> None:
    findings.add(
        rule.level,
        rule.code_of(text, is_nested=is_nested),
        f"{rule.complaint(element.tag, text)}. Until then it counts as not given",
    )


def _text(element: Element) -> str:
    """What stands in an element itself; of a Say also what stands in its SSML."""
    if element.tag == "Say":
        return "".join(element.itertext())
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    return own if element.tag in _PROSE else own.strip()


def _say(element: Element, values: dict[str, Any], findings: Findings) -> Say:
    say = Say(**values)
    encoded = len(quote_plus(say.text, errors="replace"))
    if encoded > MAX_SAY_ENCODED_CHARACTERS:
        findings.add(
            "warning",
            TOO_LONG,
            f"Say: {encoded} characters once URL-encoded, where a letter outside of ASCII is up "
            f"to twelve; {MAX_SAY_ENCODED_CHARACTERS} are the most; say it in parts",
        )
    language = say.language.replace("_", "-").partition("-")[0].lower()
    if say.voice in BASIC_VOICES and language not in BASIC_LANGUAGES:
        given = "given" if "voice" in element.attrib else "used when none is given"
        findings.add(
            "warning",
            BAD_VOICE,
            f"Say: language is {say.language} but voice {say.voice!r}, {given}, does not speak "
            f"it; always give an explicit voice with {say.language}",
        )
    return say


def _play(element: Element, values: dict[str, Any], findings: Findings) -> Play | None:
    has_tones = "digits" in values
    if values["url"] and has_tones:
        findings.add("warning", SCHEMA, "Play has a URL and digits; the digits are left out")
        del values["digits"]
    if not values["url"] and not has_tones and "digits" in element.attrib:
        return None  # There is a finding for the bad digits already.
    return Play(**values)


def _gather(element: Element, values: dict[str, Any], findings: Findings) -> Gather:
    if values.get("speech_timeout_seconds") == "auto" and "speechModel" in element.attrib:
        findings.add(
            "warning",
            AUTO_WITH_MODEL,
            "Gather: speechTimeout is auto beside a speechModel; give it seconds",
        )
    return Gather(nested=tuple(_nested(element, findings)), **values)


def _nested(gather: Element, findings: Findings) -> Iterator[Say | Play | Pause]:
    for child in gather:
        verb = _verb(child, findings, is_nested=True)
        if isinstance(verb, Play) and verb.digits is not None:
            findings.add(
                "warning", SCHEMA, "Play with digits cannot stand in Gather and was left out"
            )
        elif isinstance(verb, Say | Play | Pause):
            yield verb


def _dial(element: Element, values: dict[str, Any], findings: Findings) -> Dial | None:
    nouns = list(_nouns(element, findings))
    if len(nouns) > MAX_DIAL_TARGETS:
        findings.add(
            "warning",
            TOO_MANY_TARGETS,
            f"Dial calls {len(nouns)}; {MAX_DIAL_TARGETS} are the most, the others are left out",
        )
        del nouns[MAX_DIAL_TARGETS:]
    kinds = {noun.kind for noun in nouns}
    if "Conference" in kinds and len(kinds) > 1:
        findings.add(
            "warning",
            CONFERENCE_WITH_OTHERS,
            "Dial has a Conference beside other nouns; give it one or the others",
        )
    if not nouns and len(element):
        return None  # There is a finding for each of its nouns already.
    return Dial(nouns=tuple(nouns), **values)


def _nouns(dial: Element, findings: Findings) -> Iterator[Noun]:
    number = _text(dial)
    if number and len(dial):
        findings.add("warning", SCHEMA, "Dial has text beside its nouns; the text is left out")
    elif number:
        yield from _noun("Number", {"address": number}, findings)
    for child in dial:
        values = _values(child, findings)
        inner = next((each for each in child if each.tag in _ADDRESSES), None)
        if inner is not None and not values["address"]:
            values["address"] = _text(inner)
        yield from _noun(_NOUN_KINDS[child.tag], values, findings)


def _noun(kind: NounKind, values: dict[str, Any], findings: Findings) -> Iterator[Noun]:
    """The noun, or nothing with a finding when there is nobody to call."""
    rule = RULES[kind].text
    try:
        noun = Noun(kind=kind, **values)
    except TwimlError as error:
        _leave_out(error, findings)
        return
    if rule is not None and not rule.kind.holds(noun.address):
        findings.add(rule.level, rule.code, rule.complaint(kind, noun.address))
    yield noun


def _enqueue(element: Element, values: dict[str, Any], _findings: Findings) -> Enqueue:
    if not values["queue"] and "workflowSid" not in element.attrib:
        raise TwimlError(NO_QUEUE, "Enqueue names no queue; write its name into it")
    return Enqueue(**values)


def _plain(
    make: Callable[..., Verb],
) -> Callable[[Element, dict[str, Any], Findings], Verb]:
    return lambda _element, values, _findings: make(**values)


_BUILDERS: dict[str, Callable[[Element, dict[str, Any], Findings], Verb | None]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _plain(Pause),
    "Gather": _gather,
    "Record": _plain(Record),
    "Dial": _dial,
    "Enqueue": _enqueue,
    "Leave": _plain(Leave),
    "Hangup": _plain(Hangup),
    "Sms": _plain(Sms),
    "Redirect": _plain(Redirect),
    "Reject": _plain(Reject),
}
