"""What goes wrong on the page, each with a clear word: nothing hangs."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response
from playwright.sync_api import expect

from ivr.browser.app import browser_phone
from ivr.browser.calls import MAX_CALLS
from ivr.browser.line import RungLine
from tests.browser.rung_lines import answering, gsm_wav, served
from tests.conftest import TOKEN
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from ivr.flow.model import Spec
    from tests.browser.conftest import HungUp
    from tests.browser.handset import Handset

GONE = "The page’s own server does not answer; is `ivr dev` (or `ivr phone`) still running?"
REFUSED = "Failed to load resource: the server responded with a status of"
"""What Chromium itself writes to the console of an answer that is an error."""


@pytest.mark.parametrize("is_virtual", [False, True])
def test_the_server_of_the_page_stops_in_mid_call(
    at: Callable[..., Handset], *, is_virtual: bool
) -> None:
    with ExitStack() as stack:
        origin = stack.enter_context(served(answering("<Gather><Pause length='60'/></Gather>")))
        handset = at(origin)
        handset.ring(virtual=is_virtual)
        expect(handset.marks("TwiML")).to_have_count(1)
        stack.close()
        handset.page.keyboard.press("1")
        expect(handset.state).to_contain_text(GONE)
    expect(handset.marks("error")).to_have_count(1)
    expect(handset.page.locator("#call")).to_have_attribute("aria-disabled", "false")
    handset.page.keyboard.press("c")  # and to ring again says it again
    expect(handset.state).to_contain_text(GONE)
    assert {each.rpartition(": ")[2] for each in handset.troubles} <= {
        "net::ERR_CONNECTION_REFUSED"
    }
    handset.troubles.clear()


def test_the_application_stops_in_mid_call(at: Callable[..., Handset]) -> None:
    with ExitStack() as of_line, ExitStack() as of_page:
        app = answering("<Gather numDigits='1'><Say>Press a key.</Say></Gather>")
        line = RungLine(url=f"{of_line.enter_context(serving(app))}/voice", auth_token=TOKEN)
        origin = of_page.enter_context(serving(of_page.enter_context(browser_phone(line))))
        handset = at(origin)
        handset.ring(virtual=True).until_it_listens(1)
        of_line.close()
        handset.page.keyboard.press("1")
        expect(handset.page.locator(".row.error")).to_contain_text("11205")
        expect(handset.page.locator("#errors")).to_have_text("1 error")
        expect(handset.page.locator("#warnings")).to_have_text("1 warning")
        expect(handset.state).to_have_text("The call failed")
        handset.page.get_by_role("button", name="Diagnoses").click()
        expect(handset.page.locator(".row:visible")).to_have_count(2)


def test_a_call_that_was_left_alone_too_long(handset: Handset) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    gone = "The call was left alone for too long; the line has hung up."
    handset.page.route("**/calls/*", lambda route: route.fulfill(status=410, json={"error": gone}))
    handset.page.keyboard.press("1")
    expect(handset.state).to_have_text(gone)
    assert [each.startswith(REFUSED) for each in handset.troubles] == [True]
    handset.troubles.clear()


def test_one_call_too_many(at: Callable[..., Handset], origin: str) -> None:
    handset = at(origin)
    for _ in range(MAX_CALLS):
        begun = handset.page.request.post(
            f"{origin}/phone/calls", data={"virtual": True}, headers={"Origin": origin}
        )
        assert begun.status == 201
    handset.ring()
    expect(handset.captions).to_contain_text("calls")
    expect(handset.page.locator("#call")).to_have_attribute("aria-disabled", "false")
    assert [each.startswith(REFUSED) for each in handset.troubles] == [True]
    handset.troubles.clear()


def test_a_clip_that_no_browser_plays_is_heard_in_another_form(at: Callable[..., Handset]) -> None:
    clip = Response(gsm_wav(), mimetype="audio/wav")
    with served(answering("<Play>clip</Play>", clip=clip)) as origin:
        handset = at(origin).ring()
        handset.until_it_sounds()
        assert any(url.endswith("?form=wav") for url in handset.requests)
        expect(handset.page.locator("#note")).to_be_hidden()


def test_a_clip_that_cannot_be_played_at_all_is_told(handset: Handset) -> None:
    handset.page.route("**/clips/**", lambda route: route.fulfill(body=b"no sound at all"))
    handset.ring()
    expect(handset.page.locator("#note")).to_contain_text("cannot play a clip of the line")
    handset.key("1").click()
    expect(handset.marks("request 2")).to_have_count(1)
    assert handset.level == 0


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("delete globalThis.AudioContext", id="there is no sound"),
        pytest.param(
            "AudioContext.prototype.resume = () => new Promise(() => {});"
            "Object.defineProperty(AudioContext.prototype, 'state', {get: () => 'suspended'})",
            id="it may not begin",
        ),
    ],
)
def test_a_browser_without_sound_shows_the_captions(handset: Handset, script: str) -> None:
    handset.page.add_init_script(script)
    handset.open().ring()
    expect(handset.page.locator("#note")).to_contain_text("read the captions")
    expect(handset.marks("request 1")).to_have_count(1)
    handset.key("1").click()
    expect(handset.marks("request 2")).to_have_count(1)


def test_a_language_without_a_voice_is_told_once(at: Callable[..., Handset]) -> None:
    says = "<Say language='bn-IN'>One.</Say><Say language='bn-IN'>Two.</Say><Pause/>"
    with served(answering(says)) as origin:
        handset = at(origin).ring()
        expect(handset.captions).to_contain_text("Two.")
        expect(handset.marks("page")).to_have_count(1)
        expect(handset.page.locator(".row.page")).to_contain_text("no voice for the language bn-IN")


@pytest.mark.parametrize(
    ("faults", "told"),
    [("status:500@2", "11200"), ("drop@2", "drop@2"), ("duplicate@2", "duplicate@2")],
)
def test_a_fault_on_purpose_is_marked_in_the_log(handset: Handset, faults: str, told: str) -> None:
    handset.ring(virtual=True, faults=faults).until_it_listens(1)
    expect(handset.page.locator("#chosen")).to_contain_text(f"faults {faults}")
    handset.page.keyboard.press("1")
    expect(handset.page.locator("#log")).to_contain_text(told)
    expect(handset.page.locator(".planted").first).to_have_text(faults)


def test_a_fault_that_is_none_is_told_beside_its_field(handset: Handset) -> None:
    handset.ring(faults="slow:none")
    expect(handset.page.locator("#setup-error")).to_contain_text("'slow:none' is no fault")
    expect(handset.page.locator("#welcome")).to_be_visible()
    expect(handset.page.locator("#faults")).to_have_attribute("aria-invalid", "true")
    expect(handset.page.locator("#from")).to_have_attribute("aria-invalid", "false")
    handset.ring(virtual=True).until_it_listens(1)
    expect(handset.page.locator("#setup-error")).to_be_hidden()
    assert [each.startswith(REFUSED) for each in handset.troubles] == [True]
    handset.troubles.clear()


def test_a_slow_application_is_waited_for_and_keys_meanwhile_are_unheard(
    handset: Handset, spec: Spec
) -> None:
    handset.ring(faults="slow:2@2").until_it_sounds()
    handset.key("1").click()
    expect(handset.state).to_contain_text("slow on purpose")
    handset.until_it_is_still()
    handset.key("7").click()
    expect(handset.captions).not_to_contain_text(spec.words["bn"].prompts["warm_up_done"])
    expect(handset.captions).to_contain_text(spec.words["bn"].prompts["warm_up_done"])
    expect(handset.page.locator("#note")).to_contain_text("the line does not listen for the key 7")
    expect(handset.page.locator("#lines .caller")).to_have_text(["1"])


def test_an_application_that_does_not_answer_is_waited_for_and_can_be_left(
    at: Callable[..., Handset],
) -> None:
    answer = threading.Event()
    app = Flask(__name__)

    @app.post("/voice")
    def voice() -> Response:
        answer.wait(20)
        return Response("<Response/>", mimetype="text/xml")

    with served(app) as origin:
        handset = at(origin)
        handset.page.clock.install()
        handset.ring()
        expect(handset.state).to_contain_text("Asking the application … 1 s")
        handset.page.locator("#hang-up").click()
        handset.page.clock.fast_forward("00:03")
        expect(handset.state).to_have_text(
            "You hung up while the application was still being asked."
        )
        answer.set()


def test_keys_that_are_pressed_while_the_application_is_asked_are_told_as_unheard(
    at: Callable[..., Handset],
) -> None:
    answer = threading.Event()
    app = answering("<Gather numDigits='1' action='/slow'><Pause length='60'/></Gather>")

    @app.post("/slow")
    def slow() -> Response:
        answer.wait(20)
        return Response("<Response><Gather/></Response>", mimetype="text/xml")

    with served(app) as origin:
        handset = at(origin).ring()
        expect(handset.state).to_contain_text("a key interrupts it")
        handset.page.keyboard.press("1")
        expect(handset.state).to_contain_text("Asking the application")
        handset.page.keyboard.type("78")
        answer.set()
        expect(handset.page.locator("#note")).to_contain_text(
            "78: pressed while the application was asked; nobody heard it."
        )
        expect(handset.page.locator("#lines .caller")).to_have_text(["1"])


def test_a_line_without_a_name_is_known_by_its_address(at: Callable[..., Handset]) -> None:
    with served(answering("<Hangup/>")) as origin:
        handset = at(origin)
        expect(handset.page).to_have_title("Browser phone")
        expect(handset.page.locator("#welcome-name")).to_contain_text("/voice")
        expect(handset.page.locator("#english-part")).to_be_hidden()
        handset.ring()
        expect(handset.state).to_have_text("The line hung up")
        expect(handset.page.locator("#session-part")).to_be_hidden()


def test_words_are_said_where_the_line_listens_to_them(at: Callable[..., Handset]) -> None:
    heard = Response("<Response><Say>Thank you.</Say></Response>", mimetype="text/xml")
    asks = "<Gather input='speech' action='/heard'/>"
    with served(answering(asks, heard=heard)) as origin:
        handset = at(origin).ring(virtual=True)
        handset.page.get_by_label("Words to say").fill("two 2 words")
        handset.page.keyboard.press("Enter")
        expect(handset.page.locator("#lines .caller")).to_have_text("says: two 2 words")
        expect(handset.captions).to_contain_text("Thank you.")
        expect(handset.page.locator("#words")).to_be_hidden()


@pytest.mark.parametrize("is_virtual", [False, True])
def test_a_recording_is_shown_and_ends_by_a_key(
    at: Callable[..., Handset], *, is_virtual: bool
) -> None:
    kept = Response("<Response><Say>Kept.</Say></Response>", mimetype="text/xml")
    with served(answering("<Record action='/kept'/>", kept=kept)) as origin:
        handset = at(origin).ring(virtual=is_virtual)
        expect(handset.page.locator("#recording")).to_be_visible()
        if is_virtual:
            handset.page.get_by_role("button", name="Speak for 4 s").click()
        else:
            handset.key("#").click()
        expect(handset.captions).to_contain_text("Kept.")
        expect(handset.page.locator("#recording")).to_be_hidden()


def test_what_an_application_sends_is_never_markup(at: Callable[..., Handset]) -> None:
    planted = '<Say>&lt;img src=x onerror=alert(1)&gt; a="b"</Say><!-- <b>no</b> -->'
    with served(answering(planted)) as origin:
        handset = at(origin).ring(virtual=True)
        expect(handset.captions).to_contain_text("<img src=x onerror=alert(1)>")
        expect(handset.page.locator("#log pre")).to_contain_text(
            "&lt;img src=x onerror=alert(1)&gt;"
        )
        expect(handset.page.locator("main img, main b:not(.digit b)")).to_have_count(0)


def test_a_page_that_is_left_before_the_line_answers_hangs_up_too(
    handset: Handset, own_line: HungUp
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    handset.page.route("**/phone/calls", hold)
    handset.page.clock.install()
    handset.ring()
    expect(handset.state).to_contain_text("Asking the application")
    handset.page.locator("#hang-up").click()
    handset.page.clock.fast_forward("00:03")
    expect(handset.state).to_contain_text("You hung up")
    (route,) = held
    route.continue_()
    assert own_line.ended.acquire(timeout=10)


def test_the_page_asks_nobody_but_its_own_server(handset: Handset) -> None:
    """What each test checks at its end, said by name."""
    handset.ring().until_it_sounds()
    assert len(handset.requests) > 20
    assert all(url.startswith(f"{handset.origin}/phone/") for url in handset.requests)
