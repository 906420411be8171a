"""The browser phone's server side: one call through its API, and what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, request

from ivr.browser.app import browser_phone
from ivr.browser.conversation import MAX_LISTEN_SECONDS
from ivr.browser.line import About, RungLine
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.setup import Setup
from ivr.twiml.rules import MAX_CALL_SECONDS
from tests.browser.phone_pages import MENU, TOKEN, Caller, caller_of
from tests.cli.pages import pages
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.browser.line import Rows
    from ivr.twiml.request import Party


@pytest.fixture
def caller() -> Iterator[Caller]:
    with caller_of(pages(MENU)) as made:
        yield made


def test_a_call_in_virtual_time_listens_until_the_line_waits(caller: Caller) -> None:
    caller.ring()
    assert caller.kinds == ["Requested", "Received", "Said", "Heard", "Gathering"]
    assert caller.state["waiting"] == "gather"
    assert caller.state["listens"] == ["keys"]
    assert caller.state["has_asked"] is True
    assert caller.state["ended"] is None
    assert caller.state["next_seconds"] == pytest.approx(caller.state["seconds"] + 4)
    caller.press("1")
    assert caller.heard == ["Thank you."]
    assert caller.state["ended"] == "hangup"
    assert caller.state["next_seconds"] is None
    assert caller.event("Ended")["why"] == "The line hung up"


def test_silence_in_virtual_time_lets_the_line_go_on(caller: Caller) -> None:
    caller.ring().do("listen")
    assert caller.kinds == ["Silence", "Said", "Heard", "Ended"]
    assert caller.heard == ["Goodbye."]
    assert caller.state["ended"] == "document"


def test_in_real_time_the_page_lets_time_pass(caller: Caller) -> None:
    caller.ring(virtual=False)
    assert caller.state["seconds"] == 0
    assert caller.state["waiting"] is None
    caller.do("wait", seconds=0.25)
    assert caller.state["seconds"] == 0.25
    assert (caller.events, caller.state["has_asked"]) == ([], False)
    caller.do("wait", seconds=caller.state["next_seconds"] - 0.25)
    assert caller.kinds == ["Gathering"]


def test_a_key_in_the_middle_of_the_prompt_stops_it(caller: Caller) -> None:
    caller.ring(virtual=False).do("press", keys="1", seconds=0.2)
    assert caller.kinds[:3] == ["KeyPressed", "Interrupted", "Gathering"]
    assert caller.event("KeyPressed")["at"] == 0.2
    assert caller.heard == ["Thank you."]
    assert caller.state["ended"] is None, "in real time the words last as long as they take"


@pytest.mark.parametrize("seconds", [0.0, 0.3, 3.0], ids=["ringing", "prompt", "waiting"])
def test_the_caller_hangs_up_whenever_they_want(caller: Caller, seconds: float) -> None:
    caller.ring(virtual=False).do("hang_up", seconds=seconds)
    assert caller.state["ended"] == "caller"
    assert caller.event("Ended")["at"] == seconds
    assert caller.event("Ended")["why"] == "The caller hung up"


@pytest.mark.parametrize(
    "deed",
    [
        {"do": "wait", "seconds": 1.0},
        {"do": "press", "keys": "1"},
        {"do": "say", "text": "yes"},
        {"do": "record", "seconds": 1.0},
        {"do": "listen"},
        {"do": "hang_up"},
    ],
    ids=lambda deed: str(deed["do"]),
)
def test_nothing_happens_any_more_when_the_call_has_ended(
    caller: Caller, deed: dict[str, object]
) -> None:
    caller.ring().do("hang_up")
    name = str(deed["do"])
    caller.do(name, **{key: value for key, value in deed.items() if key != "do"})
    assert (caller.events, caller.state["ended"]) == ([], "caller")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("<Reject/>", "The line rejected the call"),
        ("<Hangup/>", "The line hung up"),
        ("", "The line had nothing more to say and hung up"),
        ("<Redirect>/voice</Redirect>", "The call went on without end and was cut off"),
        ("<Redirect>/gone</Redirect>", "The call failed"),
    ],
)
def test_who_ended_the_call_is_told_in_words(document: str, why: str) -> None:
    with caller_of(pages({"/voice": document})) as caller:
        assert caller.ring().event("Ended")["why"] == why


@pytest.mark.parametrize("deed", ["press", "say"])
def test_what_comes_when_the_line_has_just_hung_up_is_too_late(caller: Caller, deed: str) -> None:
    caller.ring(virtual=False)
    caller.do(deed, seconds=20.0, **{"keys" if deed == "press" else "text": "1"})
    assert caller.state["ended"] == "document"
    assert caller.kinds[-2:] == ["Heard", "Ended"]
    assert not {"KeyPressed", "Spoke", "Failed"} & set(caller.kinds)


def test_an_entry_is_keyed_digit_by_digit_in_virtual_time() -> None:
    with caller_of(pages(MENU | {"/voice": MENU["/digits"]})) as caller:
        caller.ring().press("1")
        assert caller.state["waiting"] == "gather", "the same entry takes more"
        caller.press("2").do("listen")
        assert caller.event("Pressed")["digits"] == "12"
        assert caller.heard == ["Thank you."]


def test_words_are_said_where_the_line_listens_to_them() -> None:
    speech = '<Gather input="speech" action="/one" timeout="4"/>'
    with caller_of(pages(MENU | {"/voice": speech})) as caller:
        caller.ring()
        assert caller.state["listens"] == ["speech"]
        caller.do("say", text="two words", virtual=True)
        assert caller.event("Spoke")["text"] == "two words"
        assert caller.heard == ["Thank you."]


def test_in_real_time_who_is_recorded_speaks_until_a_key() -> None:
    record = '<Record action="/one" timeout="3" playBeep="false"/>'
    with caller_of(pages(MENU | {"/voice": record})) as caller:
        caller.ring(virtual=False).do("wait", seconds=10.0)
        assert caller.state["waiting"] == "record", "three seconds of silence would have ended it"
        caller.do("press", keys="#", seconds=2.0)
        assert caller.event("Recorded")["seconds"] == pytest.approx(12.0)


def test_in_virtual_time_a_record_is_spoken_to_for_so_long() -> None:
    record = '<Record action="/one" timeout="3"/>'
    with caller_of(pages(MENU | {"/voice": record})) as caller:
        caller.ring()
        assert caller.state["waiting"] == "record"
        caller.do("record", seconds=4)
        assert caller.heard == ["Thank you."]
        assert caller.event("Recorded")["seconds"] == pytest.approx(4, abs=3.1)


def test_virtual_time_stops_in_a_queue_without_end() -> None:
    with caller_of(pages({"/voice": "<Enqueue>shop</Enqueue>"})) as caller:
        caller.ring()
        assert caller.state["waiting"] == "queue"
        caller.do("listen")
        assert caller.state["seconds"] == MAX_LISTEN_SECONDS
        assert caller.state["ended"] is None
        while caller.state["ended"] is None:
            caller.do("listen")
        assert (caller.state["ended"], caller.state["seconds"]) == ("limit", MAX_CALL_SECONDS)


def test_the_document_is_told_pretty_with_its_place(caller: Caller) -> None:
    received = caller.ring().event("Received")
    assert received["twiml"].splitlines()[0:2] == [
        "<Response>",
        '  <Gather numDigits="1" action="/one" timeout="4">',
    ]
    assert received["place"] == "/voice"


def test_requests_for_documents_are_counted(caller: Caller) -> None:
    assert caller.ring().event("Requested")["number"] == 1
    assert caller.press("1").event("Requested")["number"] == 2


def test_requests_for_clips_are_not_counted() -> None:
    documents = {"/voice": "<Play>/a.wav</Play><Redirect>/one</Redirect>", "/one": MENU["/one"]}
    with caller_of(pages(documents, {"/a.wav": sound("a")})) as caller:
        caller.ring()
        numbers = [each["number"] for each in caller.events if each["kind"] == "Requested"]
        assert numbers == [1, None, 2]


def test_english_is_told_only_where_it_is_known_and_differs() -> None:
    known = {"Press 1.": "Press the key one.", "Goodbye.": "Goodbye."}
    with caller_of(pages(MENU), english=known.get) as caller:
        assert caller.ring().event("Heard")["english"] == "Press the key one."
        assert caller.do("listen").event("Heard")["english"] is None
        caller.ring().press("1")
        assert caller.event("Heard")["english"] is None


def test_a_password_in_the_address_of_the_line_is_in_no_answer() -> None:
    documents = {
        "/voice": '<Play>a.wav</Play><Gather action="/b"/><Redirect>/c</Redirect>',
        "/c": '<Record action="/d" playBeep="false"/>',
    }
    app = pages(documents, {"/a.wav": sound("")})
    url = "http://asha:secret-word@line.test/voice"
    line = RungLine(url=url, auth_token=TOKEN, transport=InProcess(app))
    with browser_phone(line) as page:
        caller = Caller(page).ring()
        played = caller.event("Played")
        assert played["url"] == "http://asha:***@line.test/a.wav"
        assert caller.get(f"/phone/{played['clip']}").data == sound("")
        told = str(caller.events) + str(caller.do("listen").events)
        assert "http://asha:***@line.test/b" in told
        assert "http://asha:***@line.test/c" in told
        assert "secret-word" not in told


class Connections(InProcess):
    """Counts how often they are closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("deed", ["listen", "hang_up"])
def test_connections_are_closed_when_the_call_has_ended(deed: str) -> None:
    connections = Connections(pages(MENU))
    line = RungLine(url="http://line.test/voice", auth_token=TOKEN, transport=connections)
    with browser_phone(line) as page:
        caller = Caller(page).ring()
        assert connections.closed == 0
        caller.do(deed)
        assert connections.closed == 1


def test_numbers_faults_and_outcomes_are_those_that_were_asked_for() -> None:
    forms: list[dict[str, str]] = []
    app = Flask("shop")

    @app.post("/voice")
    def voice() -> Response:
        forms.append(request.form.to_dict())
        dial = "<Response><Dial>+12025550111</Dial><Dial>+12025550112</Dial></Response>"
        return Response(dial, mimetype="text/xml")

    with caller_of(app) as caller:
        caller.ring(**{"from": "+911", "to": "+912", "dial": "busy, no-answer"})
        assert (forms[0]["From"], forms[0]["To"]) == ("+911", "+912")
        outcomes = [each["outcome"] for each in caller.events if each["kind"] == "Dialed"]
        assert outcomes == ["busy", "no-answer"]
        caller.ring(faults="status:500@1")
        assert caller.state["ended"] == "error"
        assert caller.event("Failed")["code"] == 11200
        assert caller.event("Requested")["faults"] == ["status:500@1"]
        assert len(forms) == 1, "the fault keeps the second call from the application"


def test_the_usual_setup_holds_where_nothing_else_is_said() -> None:
    usual = Setup(from_number="+913", dial_outcomes=("busy",))
    app = pages({"/voice": "<Dial>+12025550111</Dial>"})
    with caller_of(app, setup=lambda: usual) as caller:
        assert caller.get("/phone/about").get_json()["from"] == "+913"
        assert caller.ring().event("Dialed")["outcome"] == "busy"


def test_about_tells_of_the_line_without_its_password() -> None:
    about_it = About(name="Shop")
    line = RungLine(
        url="http://asha:secret@line.test/voice", auth_token=TOKEN, about=lambda: about_it
    )
    with browser_phone(line) as page:
        about = page.test_client().get("/phone/about", headers={"Host": "localhost"}).get_json()
    assert about["line"] == "http://asha:***@line.test/voice"
    assert (about["name"], about["has_english"], about["has_session"]) == ("Shop", False, False)


def test_a_session_that_cannot_be_had_is_told_and_the_call_goes_on() -> None:
    def broken(_: Party) -> Rows:
        raise RuntimeError("secret words")

    with caller_of(pages(MENU), session=broken) as caller:
        caller.ring()
        assert [name for name, _ in caller.session or []] == ["nothing is known"]
        assert "secret words" not in str(caller.session)
        caller.press("1")
        assert caller.event("Pressed")["digits"] == "1"
