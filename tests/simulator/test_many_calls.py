"""A thousand calls in one process leave nothing behind; and a whole call of our own line."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from ivr.simulator.events import Failed, Requested, Warned
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from tests.conftest import LINE, TOKEN
from tests.simulator.applications.whole_practice import register
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.flow.model import Spec

WARM_UP_CALLS = 200
CALLS = 1_000
MOST_GROWTH = 500
"""Less than one object for every two calls; one event that is kept would be a thousand."""

MENU = """<Gather numDigits="1" action="/dial"><Play>/menu.wav</Play><Say>Press 1.</Say></Gather>
  <Redirect/>"""
DIAL = '<Dial action="/record"><Number url="/screen">+15005550001</Number></Dial>'
CLIP = sound("A menu", 2)
DOCUMENTS = {
    "/voice": MENU,
    "/dial": DIAL,
    "/screen": "<Say>A call for you.</Say>",
    "/record": '<Record action="/end" maxLength="5"/>',
    "/end": "<Play>/none.wav</Play><Hangup/>",
}


@Request.application
def line(request: Request) -> Response:
    """A line with a menu, a clip, a Dial, a Record, a cookie and a clip that is not there."""
    if request.path == "/menu.wav":
        return Response(CLIP, mimetype="audio/wav")
    if request.path not in DOCUMENTS:
        return Response("", status=204 if request.path == "/ended" else 404)
    document = f"<Response>{DOCUMENTS[request.path]}</Response>"
    response = Response(document, mimetype="text/xml")
    response.set_cookie("call", request.form["CallSid"])
    return response


def place(phone: Phone, count: int) -> None:
    turns = parse("silence 1 record:3")
    for _ in range(count):
        call = phone.call(f"{LINE}/voice")
        assert follow(call, turns) == ()
        assert call.ended == "hangup"
        assert [failure.code for failure in call.failures] == [11200], "there is no /none.wav"


@pytest.fixture
def quiet_collector() -> Iterator[None]:
    """Objects of other tests are neither counted nor looked through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("quiet_collector", "unmeasured")
@pytest.mark.timeout(60)
def test_a_thousand_calls_in_one_process_leave_nothing_behind() -> None:
    setup = Setup(status_callback="/ended")
    with Phone(InProcess(line), TOKEN, setup) as phone:
        place(phone, WARM_UP_CALLS)
        objects, blocks = alive()
        place(phone, CALLS)
        objects_after, blocks_after = alive()
    assert objects_after - objects < MOST_GROWTH
    assert blocks_after - blocks < MOST_GROWTH


def alive() -> tuple[int, int]:
    """How many objects the collector knows, and how many blocks of memory all objects have."""
    gc.collect()
    return len(gc.get_objects()), sys.getallocatedblocks()


def test_the_whole_registration_is_practised_on_this_projects_own_line(
    app: Flask, spec: Spec
) -> None:
    with Phone(InProcess(app), TOKEN) as phone:
        call = phone.call(f"{LINE}/voice", setup=Setup(status_callback="/voice/status"))
        turns = register(call, spec)
    assert turns >= 30
    assert [event for event in call.events if isinstance(event, Failed | Warned)] == []
    prompts = spec.words["bn"].prompts
    assert prompts["practice_done"] in call.heard
    assert call.heard.count(prompts["practice_right"]) == 7
    assert call.ended == "caller"
    statuses = [event.status for event in call.events if isinstance(event, Requested)]
    assert set(statuses) <= {200, 204}
