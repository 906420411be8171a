"""A call of the page kept as a file, and placed again from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ivr.browser.app import browser_phone
from ivr.browser.line import RungLine
from ivr.cli.digits import digit_words
from ivr.cli.local import LocalLine, caller_keys
from ivr.cli.own_phone import own_rung_line
from ivr.cli.project import Project
from ivr.settings import Settings
from ivr.simulator.digits import Digits
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.replay.form import read
from tests.browser.phone_pages import TOKEN, Caller, caller_of, differences
from tests.cli.pages import pages
from tests.conftest import LINE, SECRET
from tests.conftest import TOKEN as OWN_TOKEN
from tests.sounds import sound

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore

SHOP = pages(
    {
        "/voice": '<Gather numDigits="1" action="/one" timeout="4"><Play>/a.wav</Play></Gather>',
        "/one": '<Gather numDigits="3" action="/two"><Say>Your code is 3 4 5.</Say></Gather>',
        "/two": '<Gather input="speech" action="/three" timeout="4"><Say>Say it.</Say></Gather>',
        "/three": '<Record action="/four" timeout="3"/>',
        "/four": "<Dial>+12025550111</Dial><Say>Thank you.</Say><Enqueue>shop</Enqueue>",
    },
    {"/a.wav": sound("Press 1.", 2.0)},
)
FAST: tuple[dict[str, Any], ...] = (
    {"do": "press", "keys": "1", "virtual": True},
    *({"do": "press", "keys": key, "virtual": True} for key in "345"),
    {"do": "say", "text": "two words", "virtual": True},
    {"do": "record", "seconds": 4},
    {"do": "hang_up", "virtual": True},
)
SLOW: tuple[dict[str, Any], ...] = (
    {"do": "wait", "seconds": 0.7},
    {"do": "press", "keys": "1", "seconds": 0.35},
    {"do": "wait", "seconds": 3.0},
    *({"do": "press", "keys": key, "seconds": 0.21} for key in "345"),
    {"do": "wait", "seconds": 2.0},
    {"do": "say", "text": "two words", "seconds": 0.25},
    {"do": "wait", "seconds": 3.0},
    {"do": "press", "keys": "#", "seconds": 2.345},
    {"do": "wait", "seconds": 30.0},
    {"do": "press", "keys": "7", "seconds": 0.5},
    {"do": "hang_up", "seconds": 1.0},
)

MENU = {
    "/voice": '<Gather numDigits="4" timeout="3" action="/next"><Say>Your code is 3 4 5.</Say>'
    "</Gather><Redirect>/voice</Redirect>",
    "/next": '<Gather input="speech" timeout="3" action="/record"/><Redirect>/voice</Redirect>',
    "/record": '<Record action="/queue" timeout="3"/>',
    "/queue": "<Say>Wait.</Say><Enqueue>shop</Enqueue>",
}


def deed(name: str, **more: object) -> dict[str, Any]:
    """Of somebody in virtual time."""
    return {"do": name, **more}


def pressing(keys: str) -> dict[str, Any]:
    return deed("press", keys=keys, virtual=True)


HANG_UP = deed("hang_up", virtual=True)


def kept_text(caller: Caller) -> str:
    response = caller.get(f"/phone/calls/{caller.id}/kept")
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"] == 'attachment; filename="call.yaml"'
    assert response.mimetype == "application/yaml"
    return response.text


@pytest.mark.parametrize("faults", ["", "slow:2@2", "duplicate status:500@6"])
@pytest.mark.parametrize(
    ("is_virtual", "deeds"), [(True, FAST), (False, SLOW)], ids=["fast", "real time"]
)
def test_a_kept_call_that_is_placed_again_does_not_differ(
    faults: str, deeds: tuple[dict[str, Any], ...], *, is_virtual: bool
) -> None:
    with caller_of(SHOP) as caller:
        caller.ring(virtual=is_virtual, faults=faults)
        for deed in deeds:
            caller.do(deed["do"], **{name: deed[name] for name in deed if name != "do"})
        text = kept_text(caller)
    kept = read(text, "call.yaml")
    assert {"gather", "play", "pressed", "ended"} <= {each.event for each in kept.moments}
    assert kept.url == f"{LINE}/voice"
    assert "heard" in kept.keys, "the code is another one the next time"
    assert TOKEN not in text
    assert differences(text, InProcess(SHOP), TOKEN) == ()


def test_a_kept_call_shows_what_has_changed_since() -> None:
    with caller_of(SHOP) as caller:
        caller.ring().do("hang_up")
        text = kept_text(caller)
    changed = pages({"/voice": '<Gather numDigits="1"><Say>Press 2.</Say></Gather>'})
    assert [each.kind for each in differences(text, InProcess(changed), TOKEN)] != []


def test_a_call_that_goes_on_is_not_kept_yet() -> None:
    with caller_of(SHOP) as caller:
        caller.ring()
        response = caller.get(f"/phone/calls/{caller.id}/kept")
        assert response.status_code == 409
        assert "still goes on" in response.get_json()["error"]


def test_a_call_that_is_not_here_is_not_kept() -> None:
    with caller_of(SHOP) as caller:
        assert caller.get("/phone/calls/none/kept").status_code == 404


def test_a_password_is_not_in_a_kept_call() -> None:
    url = "http://asha:secret-word@line.test/voice"
    line = RungLine(url=url, auth_token=TOKEN, transport=InProcess(SHOP))
    with browser_phone(line) as page:
        caller = Caller(page).ring().do("hang_up")
        text = kept_text(caller)
    assert "secret-word" not in text
    assert read(text, "call.yaml").url == "http://asha:***@line.test/voice"


def test_a_practice_of_the_own_line_is_kept_without_its_address_and_codes(
    app: Flask, store: RedisStore, spec: Spec
) -> None:
    project = Project(Settings.from_env({}), spec)
    rung = own_rung_line(project, LocalLine(app, store, caller_keys(SECRET)), LINE, OWN_TOKEN)
    digits = Digits(digit_words(spec))
    with browser_phone(rung) as page:
        # Of a known number the line would take the call up when it is placed again.
        caller = Caller(page).ring(**{"from": "anonymous"}).press("1").press("2")
        while not (code := digits.read_out(caller.heard)):
            caller.press("1")
        for key in code:
            caller.press(key)
        caller.do("hang_up", virtual=True)
        text = kept_text(caller)
    assert read(text, "call.yaml").url is None
    assert read(text, "call.yaml").keys == "1 2 heard hangup"
    assert differences(text, InProcess(app), OWN_TOKEN, digits) == ()


@pytest.mark.parametrize(
    ("deeds", "keys"),
    [
        ([HANG_UP], "hangup"),
        ([deed("listen"), deed("listen"), HANG_UP], "silence silence hangup"),
        ([pressing("1"), pressing("2"), deed("listen"), HANG_UP], "12 hangup"),
        ([pressing("1"), pressing("2"), HANG_UP], "12 hangup@0"),
        ([*map(pressing, "345"), deed("listen"), HANG_UP], "heard hangup"),
        ([*map(pressing, "345#"), HANG_UP], "heard '#@0' hangup"),
        (
            [pressing("1#"), deed("say", text="a b", virtual=True), deed("record", seconds=2)],
            "'1#' 'say:a b' record:2 hangup",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_call_in_virtual_time_becomes_a_script_without_times(
    deeds: list[dict[str, Any]], keys: str
) -> None:
    app = pages(MENU)
    text = kept_after(deeds, app)
    assert read(text, "call.yaml").keys == keys
    assert differences(text, InProcess(app), TOKEN) == ()


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([deed("hang_up", seconds=0.3)], id="in real time"),
        pytest.param(
            [pressing("1#"), deed("say", text="a b", virtual=True), pressing("#"), deed("listen")],
            id="in a queue",
        ),
        pytest.param(
            [pressing("1#"), deed("say", text="a", virtual=True), pressing("#"), pressing("5")],
            id="a key in a queue",
        ),
        pytest.param(
            [deed("say", text="unheard", virtual=True), pressing("1")], id="after unheard words"
        ),
        pytest.param([pressing("1"), deed("wait", seconds=1.5), pressing("2")], id="both"),
    ],
)
def test_a_call_in_which_something_has_a_time_of_its_own_becomes_a_script_with_times(
    deeds: list[dict[str, Any]],
) -> None:
    app = pages(MENU)
    text = kept_after(deeds, app)
    assert "@" in read(text, "call.yaml").keys
    assert differences(text, InProcess(app), TOKEN) == ()


def kept_after(deeds: list[dict[str, Any]], app: WSGIApplication) -> str:
    """The file of a call that the caller then ends."""
    with caller_of(app) as caller:
        caller.ring(virtual=deeds[0].get("seconds") is None)
        for each in [*deeds, HANG_UP]:
            caller.do(each["do"], **{name: each[name] for name in each if name != "do"})
        return kept_text(caller)
