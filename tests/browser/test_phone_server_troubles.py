"""The browser phone's server side when an application is away, breaks, or takes its time."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from ivr.browser.app import browser_phone
from ivr.browser.line import RungLine
from ivr.browser.telling import broken
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from tests.browser.phone_pages import MENU, TOKEN, Caller, caller_of
from tests.cli.pages import pages
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


@pytest.fixture
def caller() -> Iterator[Caller]:
    with caller_of(pages(MENU)) as made:
        yield made


@pytest.mark.parametrize(
    ("faults", "numbers"),
    [
        ("duplicate", [1, 1, 2, 2]),
        ("duplicate@1", [1, 1, 2]),
        ("duplicate@2", [1, 2, 2]),
        ("duplicate slow:1", [1, 1, 2, 2]),
        ("duplicate@1 drop@1", [1, 1, 2]),
        ("status:500@1", [1, 2]),
    ],
)
def test_requests_have_the_numbers_by_which_faults_name_them(
    faults: str, numbers: list[int]
) -> None:
    documents = {"/voice": "<Redirect>/one</Redirect>", "/one": "<Say>Thank you.</Say>"}
    setup = Setup(fallback_url="/one")
    with caller_of(pages(documents), setup=lambda: setup) as caller:
        caller.ring(faults=faults)
        assert [each["number"] for each in caller.events if each["kind"] == "Requested"] == numbers
        assert caller.heard == ["Thank you."]


def test_a_duplicate_that_nobody_answers_is_one_request() -> None:
    with serving(pages(MENU)) as origin:
        pass
    line = RungLine(url=f"{origin}/voice", auth_token=TOKEN, setup=lambda: Setup(fallback_url="/b"))
    with browser_phone(line) as page:
        caller = Caller(page).ring(faults="duplicate")
        assert [each["number"] for each in caller.events if each["kind"] == "Requested"][-1] == 4


def test_an_application_that_stops_in_mid_call_is_told_as_an_error() -> None:
    with ExitStack() as stack:
        application = stack.enter_context(ExitStack())
        origin = application.enter_context(serving(pages(MENU)))
        page = browser_phone(RungLine(url=f"{origin}/voice", auth_token=TOKEN))
        here = stack.enter_context(serving(stack.enter_context(page)))
        client = stack.enter_context(httpx.Client(base_url=here, headers={"Origin": here}))
        call = client.post("/phone/calls", json={"virtual": True}).json()
        application.close()
        press = {"do": "press", "keys": "1", "virtual": True}
        told = client.post(f"/phone/calls/{call['id']}", json=press).json()
        assert told["state"]["ended"] == "error"
        assert [each["code"] for each in told["events"] if each["kind"] == "Failed"] == [11205]
        again = client.post("/phone/calls", json={"virtual": True})
        assert again.status_code == 201, "the page goes on"
        assert again.json()["state"]["ended"] == "error"


def raising(path: str) -> WSGIApplication:
    """The menu, by an application that lets an exception out at a path."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == path:
            raise ZeroDivisionError("not for the page")
        return pages(MENU)(environ, start_response)

    return answer


def test_an_exception_of_the_application_ends_the_call_with_a_clear_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caller_of(raising("/one")) as caller:
        caller.ring().press("1")
        assert caller.kinds[-2:] == ["Failed", "Ended"]
        assert caller.event("Failed")["message"].startswith("the application raised ZeroDivision")
        assert "not for the page" not in str(caller.events)
        assert caller.state["ended"] == "error"
        assert caller.do("listen").events == [], "told once"
    assert "ZeroDivisionError: not for the page" in caplog.text


@pytest.mark.usefixtures("caplog")
def test_an_exception_at_the_first_document_is_told_too() -> None:
    with caller_of(raising("/voice")) as caller:
        caller.ring()
        assert caller.kinds == ["Requested", "Failed", "Ended"]


@pytest.mark.usefixtures("caplog")
def test_an_exception_behind_the_end_of_the_call_ends_it_once() -> None:
    setup = Setup(status_callback="/status")
    with caller_of(raising("/status"), setup=lambda: setup) as caller:
        caller.ring().do("hang_up")
        assert caller.kinds == ["Ended", "Requested", "Failed"]
        assert caller.state["ended"] == "caller"


def test_a_slow_answer_is_waited_for_in_real_time_and_may_be_left(caller: Caller) -> None:
    caller.ring(virtual=False, faults="slow:3")
    assert caller.event("Delayed")["seconds"] == 3
    assert (caller.state["seconds"], caller.state["next_seconds"]) == (0, 3)
    caller.do("press", keys="1", seconds=1.0)
    assert caller.event("KeyPressed")["is_heard"] is False
    caller.do("wait", seconds=2.0)
    assert caller.heard == ["Press 1."]
    caller.ring(virtual=False, faults="slow:3").do("hang_up", seconds=1.0)
    assert (caller.state["ended"], caller.event("Ended")["at"]) == ("caller", 1)


def test_a_slow_answer_takes_its_seconds_of_virtual_time(caller: Caller) -> None:
    caller.ring(faults="slow:3")
    assert caller.event("Heard")["at"] == 3
    assert caller.state["waiting"] == "gather"


def test_an_exception_that_cannot_be_the_applications_is_not_laid_to_its_charge() -> None:
    with Phone(InProcess(pages(MENU)), TOKEN) as phone:
        call = phone.call("http://line.test/voice")
        call.start()
        failed, ended = broken(call, ZeroDivisionError("secret"), is_in_process=False)
    assert "the pretend carrier itself raised ZeroDivisionError" in str(failed)
    assert "secret" not in str((failed, ended))
