"""What is wrong with a document is told with Twilio's code, and the call goes on without it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from ivr.twiml.document import Document, Finding
from ivr.twiml.read import read
from ivr.twiml.verbs import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Noun,
    Other,
    Pause,
    Play,
    Record,
    Redirect,
    Say,
    Sms,
    Verb,
)

NUMBER = Noun("Number", "+15005550006")
BENGALI_NUMBER = "\u09e7\u09eb\u09e6\u09e6\u09eb\u09eb\u09eb"


def read_verbs(content: str) -> Document:
    return read(f"<Response>{content}</Response>".encode())


class Case(NamedTuple):
    """What stands in a Response, and what it comes to."""

    content: str
    verbs: tuple[Verb, ...]
    codes: tuple[int, ...]
    told: str = ""
    """Part of the first message."""
    level: str = "warning"


# "12200: Schema validation warning": misspelt or wrongly cased names, unexpected nesting.
SCHEMA = {
    "unknown verb": Case(
        "<Speak>a</Speak><Hangup/>", (Hangup(),), (12200,), "<Speak> cannot stand in <Response>"
    ),
    "verb in small letters": Case("<say>a</say>", (), (12200,), "did you mean Say?"),
    "verb with a slip": Case("<Gathr/>", (), (12200,), "did you mean Gather?"),
    "verb in a namespace": Case('<Say xmlns="http://example.org">a</Say>', (), (12200,)),
    "noun as a verb": Case("<Number>+1</Number>", (), (12200,), "it belongs in <Dial>"),
    "unknown attribute": Case(
        '<Say speed="2">a</Say>',
        (Say("a"),),
        (12200,),
        "<Say> has no attribute 'speed'; it has language, loop, voice",
    ),
    "attribute in another case": Case(
        '<Gather numdigits="1"/>', (Gather(),), (12200,), "did you mean numDigits?"
    ),
    "attribute with a slip": Case(
        '<Gather timeoutt="1"/>', (Gather(),), (12200,), "did you mean timeout?"
    ),
    "attribute where none can be": Case(
        '<Hangup reason="busy"/>', (Hangup(),), (12200,), "'reason'; it has none"
    ),
    "xml:lang": Case('<Say xml:lang="bn">a</Say>', (Say("a"),), (12200,), "'xml:lang'"),
    "gather in gather": Case(
        "<Gather><Gather/><Play>/a</Play></Gather>",
        (Gather(nested=(Play("/a"),)),),
        (12200,),
        "<Gather> cannot stand in <Gather> and was left out",
    ),
    "hangup in gather": Case("<Gather><Hangup/></Gather>", (Gather(),), (12200,)),
    "redirect in gather": Case("<Gather><Redirect/></Gather>", (Gather(),), (12200,)),
    "tones in gather": Case(
        '<Gather><Play digits="1"/></Gather>', (Gather(),), (12200,), "Play with digits"
    ),
    "verb in pause": Case("<Pause><Say>a</Say></Pause>", (Pause(),), (12200,)),
    "verb in dial": Case(
        "<Dial>+15005550006<Say>a</Say></Dial>", (Dial(nouns=(NUMBER,)),), (12200,)
    ),
    "stray text": Case("Hello<Hangup/>", (Hangup(),), (12200,), "the stray text 'Hello'"),
    "stray text behind a verb": Case("<Hangup/>Hello", (Hangup(),), (12200,), "'Hello'"),
    "text in gather": Case("<Gather>Press 1</Gather>", (Gather(),), (12200,), "'Press 1'"),
    "text in hangup": Case("<Hangup>now</Hangup>", (Hangup(),), (12200,), "'now'"),
    "text behind what is no verb": Case("<b/>Hello", (), (12200, 12200)),
    "text between what is no verb": Case(
        "<Hangup/><b/>Hello<i/>", (Hangup(),), (12200, 12200, 12200)
    ),
    "text beside nouns": Case(
        "<Dial>+12025550100<Number>+15005550006</Number></Dial>",
        (Dial(nouns=(NUMBER,)),),
        (12200,),
    ),
    "several at once": Case(
        '<Say speed="2" pitch="3">a</Say><Sayy/><Gather><Hangup/></Gather>',
        (Say("a"), Gather()),
        (12200, 12200, 12200, 12200),
    ),
}
SAYS = {
    # "13520: the text is empty".
    "nothing to say": Case("<Say> </Say><Hangup/>", (Hangup(),), (13520,), "Say has no text"),
    "only ssml to say": Case('<Say><break time="1s"/></Say>', (), (13520,)),
    "nothing to say in gather": Case("<Gather><Say/></Gather>", (Gather(),), (13520,)),
    "what is left is nothing": Case("<Say><b>Hello</b></Say>", (), (12200, 13520)),
    # "13521: text over the character limit" of the voice: it cannot be said.
    "too long for its voice": Case(f"<Say>{'a' * 4097}</Say>", (), (13521,), "4096 are the most"),
    # "URL-encoded at most 4500": a Bengali letter is nine characters.
    "too long once encoded": Case(
        f'<Say language="bn-IN" voice="Google.bn-IN-Standard-A">{chr(0x995) * 501}</Say>',
        (Say(chr(0x995) * 501, "bn-IN", "Google.bn-IN-Standard-A"),),
        (13521,),
        "4509 characters once URL-encoded",
    ),
    "as long as it may be": Case(
        f'<Say language="bn-IN" voice="Google.bn-IN-Standard-A">{chr(0x995) * 500}</Say>',
        (Say(chr(0x995) * 500, "bn-IN", "Google.bn-IN-Standard-A"),),
        (),
    ),
    # "An invalid combination of voice and language may fail the Say".
    "bengali without voice": Case(
        '<Say language="bn-IN">a</Say>',
        (Say("a", "bn-IN"),),
        (13511,),
        "always give an explicit voice with bn-IN",
    ),
    "bengali by a man": Case(
        '<Say language="bn-IN" voice="man">a</Say>', (Say("a", "bn-IN"),), (13511,)
    ),
    # The basic voices speak Finnish and English; Filipino and Middle English begin as these do.
    "filipino without voice": Case(
        '<Say language="fil-PH">a</Say>', (Say("a", "fil-PH"),), (13511,), "language is fil-PH"
    ),
    "middle english without voice": Case(
        '<Say language="enm">a</Say>', (Say("a", "enm"),), (13511,)
    ),
    "finnish in other signs": Case('<Say language="FI_fi">a</Say>', (Say("a", "FI_fi"),), ()),
    "english without country": Case('<Say language="en">a</Say>', (Say("a", "en"),), ()),
    "french without voice": Case('<Say language="fr-FR">a</Say>', (Say("a", "fr-FR"),), ()),
    "ssml": Case(
        '<Say>One <emphasis level="strong">two <prosody rate="slow">three</prosody></emphasis>'
        ' four<break time="1s"/>.</Say>',
        (Say("One two three four."),),
        (),
    ),
    "unknown ssml": Case("<Say>One <b>two</b> three</Say>", (Say("One  three"),), (12200,)),
    "unknown ssml behind ssml": Case(
        "<Say>One<break/> two<b/> three</Say>", (Say("One two three"),), (12200,)
    ),
}
PLAYS = {
    "nothing to play": Case("<Play/><Hangup/>", (Hangup(),), (12200,), "give a URL or digits"),
    "tones that are none": Case('<Play digits="hello"/>', (), (13430,)),
    "tones that are none, and a file": Case(
        '<Play digits="hello">/a</Play>', (Play("/a"),), (13430,)
    ),
    "tones and a file": Case('<Play digits="1">/a</Play>', (Play("/a"),), (12200,)),
    # "11100: URL is not valid".
    "a space in the URL": Case("<Play>/a b</Play>", (), (11100,), "'/a b'", "error"),
    "white space around the URL": Case("<Play>\n /a \n</Play>", (Play("/a"),), ()),
    "redirect to a space": Case("<Redirect>/a b</Redirect>", (), (11100,), "", "error"),
    "redirect to nowhere": Case("<Redirect/>", (Redirect(),), ()),
    # "action: default is the current document's URL", which an empty one resolves to.
    "empty action": Case('<Gather action=""/>', (Gather(),), ()),
}
DIALS = {
    "plain number": Case("<Dial> +15005550006 </Dial>", (Dial(nouns=(NUMBER,)),), ()),
    # "Dial <phone number>": formats of one's own country are taken.
    "number as it is written": Case(
        "<Dial>415-123-4567</Dial>", (Dial(nouns=(Noun("Number", "415-123-4567"),)),), ()
    ),
    # "13223: invalid phone number format", a warning.
    "nobody": Case("<Dial/><Hangup/>", (Hangup(),), (13223,), "Dial calls nobody"),
    "only what is no noun": Case("<Dial><Say>a</Say></Dial>", (), (12200, 13223)),
    "number without digits": Case(
        "<Dial><Number/><Number>+15005550006</Number></Dial>", (Dial(nouns=(NUMBER,)),), (13223,)
    ),
    "number that is none": Case(
        "<Dial>ann</Dial>", (Dial(nouns=(Noun("Number", "ann"),)),), (13223,), "'ann'"
    ),
    "number in digits of bengali": Case(
        f"<Dial>{BENGALI_NUMBER}</Dial>",
        (Dial(nouns=(Noun("Number", BENGALI_NUMBER),)),),
        (13223,),
    ),
    "number of signs": Case(
        "<Dial><Number>----</Number><Number>()()</Number><Number>+ .</Number></Dial>",
        (Dial(nouns=tuple(Noun("Number", signs) for signs in ("----", "()()", "+ ."))),),
        (13223, 13223, 13223),
    ),
    "whatsapp number of signs": Case(
        "<Dial><WhatsApp>+--</WhatsApp></Dial>",
        (Dial(nouns=(Noun("WhatsApp", "+--"),)),),
        (13223,),
    ),
    # "13243: invalid SIP URI".
    "sip address that is none": Case(
        "<Dial><Sip>ann</Sip></Dial>", (Dial(nouns=(Noun("Sip", "ann"),)),), (13243,)
    ),
    "sip address in an element": Case(
        "<Dial><Sip><Uri>sip:ann@example.org</Uri></Sip></Dial>",
        (Dial(nouns=(Noun("Sip", "sip:ann@example.org"),)),),
        (),
    ),
    "client in an element": Case(
        '<Dial><Client url="/a"><Identity> ann </Identity><Parameter name="b" value="c"/>'
        "</Client></Dial>",
        (Dial(nouns=(Noun("Client", "ann", url="/a"),)),),
        (),
    ),
    "application": Case(
        "<Dial><Application><ApplicationSid>AP1</ApplicationSid></Application></Dial>",
        (Dial(nouns=(Noun("Application", "AP1"),)),),
        (),
    ),
    "client without name": Case("<Dial><Client/></Dial>", (), (12200,)),
    # "14212, 14213: queue name too short, too long"; errors.
    "queue without name": Case("<Dial><Queue/></Dial>", (), (14212,), "", "error"),
    "queue with too long a name": Case(
        f"<Dial><Queue>{'a' * 65}</Queue></Dial>", (), (14213,), "", "error"
    ),
    # What a Conference has besides is taken, and not needed.
    "conference": Case(
        '<Dial><Conference waitUrl="" maxParticipants="3" statusCallbackEvent="start end">Room'
        "</Conference></Dial>",
        (Dial(nouns=(Noun("Conference", "Room"),)),),
        (),
    ),
    # "13000: Conference mixed with Number nouns".
    "conference and a number": Case(
        "<Dial><Conference>Room</Conference><Number>+15005550006</Number></Dial>",
        (Dial(nouns=(Noun("Conference", "Room"), NUMBER)),),
        (13000,),
    ),
    # "Up to 10 at once"; "13250: too many".
    "eleven at once": Case(
        f"<Dial>{'<Number>+15005550006</Number>' * 11}</Dial>",
        (Dial(nouns=(NUMBER,) * 10),),
        (13250,),
    ),
}
OTHERS = {
    # "14204, 14205: queue name too short, too long"; errors.
    "enqueue nowhere": Case("<Enqueue/><Hangup/>", (Hangup(),), (14204,), "", "error"),
    "enqueue too long a name": Case(f"<Enqueue>{'a' * 65}</Enqueue>", (), (14205,), "", "error"),
    "enqueue a task": Case(
        '<Enqueue workflowSid="WW1"><Task priority="5">{"a": 1}</Task></Enqueue>',
        (Enqueue(),),
        (),
    ),
    # "14103: invalid body".
    "message without text": Case("<Sms> </Sms>", (), (14103,)),
    "message to nobody": Case('<Sms to="">a</Sms>', (Sms("a"),), (14101,)),
    # "14101: invalid To", "14102: invalid From".
    "message to signs from digits of bengali": Case(
        f'<Sms to="()()" from="{BENGALI_NUMBER}">a</Sms>', (Sms("a"),), (14101, 14102)
    ),
    "two bad values": Case(
        '<Record timeout="a" maxLength="b" playBeep="c"/>',
        (Record(),),
        (13611, 13612, 13616),
    ),
    "verbs that a pretend call passes over": Case(
        '<Connect><Stream url="wss://example.org"/></Connect><Start/><Stop/><Refer/><Echo/>'
        '<Pay><Prompt for="security-code"><Say>a</Say></Prompt></Pay>',
        (
            Other("Connect"),
            Other("Start"),
            Other("Stop"),
            Other("Refer"),
            Other("Echo"),
            Other("Pay"),
        ),
        (),
    ),
    "slip in one of these": Case(
        '<Connect><Stream uri="wss://example.org"/></Connect>',
        (Other("Connect"),),
        (12200,),
        "<Stream> has no attribute 'uri'; did you mean url?",
    ),
    "comments and white space": Case("\n <!-- a -->\n<?b c?><Hangup/>\n", (Hangup(),), ()),
}
CASES = SCHEMA | SAYS | PLAYS | DIALS | OTHERS


@pytest.mark.parametrize("case", CASES.values(), ids=[name.replace(" ", "-") for name in CASES])
def test_the_call_goes_on_as_with_twilio(case: Case) -> None:
    document = read_verbs(case.content)
    assert document.verbs == case.verbs
    assert tuple(found.code for found in document.findings) == case.codes
    if case.codes:
        assert document.findings[0].level == case.level
        assert case.told in document.findings[0].message


def test_the_root_has_no_attributes() -> None:
    assert read(b'<Response version="2"/>') == Document(
        (), (Finding("warning", 12200, "<Response> has no attribute 'version'; it has none"),)
    )


def test_a_document_may_say_where_its_schema_is() -> None:
    document = (
        '<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="twiml.xsd"><Hangup/></Response>'
    )
    assert read(document.encode()) == Document((Hangup(),))


def test_a_message_says_what_where_and_what_to_do() -> None:
    (found,) = read_verbs('<Gather numDigits="one"/>').findings
    assert found.message == (
        "Gather: numDigits is 'one'; give a whole number, 1 or more. "
        "Until then it counts as not given"
    )
