"""Any order of callers, carriers' mistakes and Redis' failures: no call ends in silence."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import Struct

from ivr.simulator.verbs.leg import new_sid
from ivr.twiml.read import read
from ivr.twiml.verbs import Dial, Hangup, Redirect, Reject
from tests.conftest import TOKEN
from tests.faults.carried_calls import Call, Request, number_in
from tests.faults.line_servers import line_server
from tests.faults.readiness import HEALED_SECONDS, counts, is_well
from tests.faults.redis_servers import RedisServer, wait_until
from tests.faults.signed_requests import PUBLIC, Webhooks, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ivr.twiml.verbs import Verb

pytestmark = pytest.mark.alone
EXAMPLES: Final = 40
STEPS: Final = 40
SLOWEST_SECONDS: Final = 2.0
FALLBACK: Final = "/voice/fallback"
MAX_RETRIES: Final = 2
MAX_SILENT: Final = 2
MOST_OPEN: Final = 4
MOST_REDIRECTS: Final = 8
"""In a row; more would be a circle that no caller gets out of."""
MOST_SILENCES: Final = 120
"""Each call that is left alone has ended by then."""
CALLS_AN_HOUR: Final = 3
"""So few that the machine comes to it."""
MUST_HAPPEN: Final = (
    *("freeze", "kill", "read_only", "everything lost"),
    *(
        "let go by the fallback",
        "forged",
        "rejected",
        "replays refused",
        "answered the same",
        "counts compared",
    ),
)
"""Else the examples show less than they seem to."""
NUMBERS: Final = ("+919800000001", "+919800000002", "anonymous")
KEYS: Final = st.sampled_from(
    [*"1111", *"0123456789*#", "00", "1234", "0000012345", "12345678901234567890"]
)
OUTCOMES: Final = ("completed", "busy", "no-answer", "failed", "canceled")


class Rig(Struct, frozen=True):
    """A real server and its real Redis."""

    redis: RedisServer
    webhooks: Webhooks
    tally: Counter[str]
    """How often what happened, over all examples; `slowest_ms` of any answer."""


class Carrier(RuleBasedStateMachine):
    """A pretend carrier whose callers, network and Redis do anything."""

    rig: Rig

    @initialize(may_harm=st.booleans())
    def begin(self, *, may_harm: bool) -> None:
        """Every example begins with a Redis that is well and empty; in half of them it stays so."""
        self.may_harm = may_harm
        self.calls: list[Call] = []
        self.fault = ""
        self.is_sure = True
        self.rig.redis.empty()

    # -- What the callers do -------------------------------------------------------------------

    def going(self) -> list[Call]:
        return [call for call in self.calls if not call.is_over]

    @precondition(lambda self: len(self.going()) < MOST_OPEN)
    @rule(number=st.sampled_from(NUMBERS))
    def ring(self, number: str) -> None:
        call = Call(new_sid("CA"), number)
        self.calls.append(call)
        self.take(call, "/voice", call.form | {"CallStatus": "ringing"})

    @precondition(lambda self: self.going())
    @rule(data=st.data(), entries=st.lists(KEYS, min_size=1, max_size=5), again=st.booleans())
    def press(self, data: st.DataObject, entries: list[str], *, again: bool) -> None:
        call = data.draw(st.sampled_from(self.going()))
        for keys in entries:
            self.step(call, keys, data.draw(st.sampled_from(OUTCOMES)))
            if again:
                self.repeat(call)
            if call.is_over:
                return

    @precondition(lambda self: self.going())
    @rule(data=st.data())
    def be_silent(self, data: st.DataObject) -> None:
        self.step(data.draw(st.sampled_from(self.going())), "", "no-answer")

    @precondition(lambda self: self.going())
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self.going()))
        call.is_over = True
        self.tell_end(call)

    @precondition(lambda self: any(call.is_over for call in self.calls))
    @rule(data=st.data())
    def tell_end_of_any(self, data: st.DataObject) -> None:
        """The status callback comes late, or once more."""
        self.tell_end(data.draw(st.sampled_from([call for call in self.calls if call.is_over])))

    # -- What the network does -----------------------------------------------------------------

    @precondition(lambda self: any(call.made for call in self.going()))
    @rule(data=st.data())
    def send_latest_again(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from([call for call in self.going() if call.made]))
        self.repeat(call)

    @precondition(lambda self: any(call.made for call in self.calls))
    @rule(data=st.data())
    def send_old_again(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from([call for call in self.calls if call.made]))
        old = data.draw(st.sampled_from(call.made))
        again = self.send(old.path, old.form)
        # The fallback knows no call: it must answer when nothing else does, and steps nothing.
        if call.is_told and self.is_sure and old.path != FALLBACK:
            assert again.status_code == 403, "a request of a call that is over was replayed"
            self.rig.tally["replays refused"] += 1

    @precondition(lambda self: any(call.made for call in self.calls))
    @rule(data=st.data(), how=st.sampled_from(["token", "digits", "url", "caller"]))
    def forge(self, data: st.DataObject, how: str) -> None:
        call = data.draw(st.sampled_from([call for call in self.calls if call.made]))
        path, form = call.made[-1].path, call.made[-1].form
        signature = signed(path, form, "of somebody else" if how == "token" else TOKEN)
        changed = {"digits": {"Digits": "7777"}, "caller": {"From": "+919800000009"}}.get(how, {})
        if how == "url":
            path += ("&" if "?" in path else "?") + "retry=2"
        forged = self.rig.webhooks.send(path, {**form, **changed}, signature=signature)
        self.rig.tally["forged"] += 1
        assert forged.status_code == 403

    @precondition(lambda self: any(call.asked for call in self.going()))
    @rule(data=st.data(), times=st.integers(1, 6))
    def fall_back(self, data: st.DataObject, times: int) -> None:
        """The carrier has no answer, again and again, and asks the fallback."""
        call = data.draw(st.sampled_from([call for call in self.going() if call.asked]))
        for _ in range(times):
            retries = number_in(call.action, "retry")
            told = {"ErrorCode": "11200", "ErrorUrl": PUBLIC + call.action}
            self.take(call, FALLBACK, call.form | told)
            assert call.is_over == (retries >= MAX_SILENT + MAX_RETRIES), "then the goodbye"
            self.rig.tally["let go by the fallback"] += call.is_over
            if call.is_over:
                return

    # -- What Redis does -----------------------------------------------------------------------

    @precondition(lambda self: self.may_harm and not self.fault)
    @rule(fault=st.sampled_from(["freeze", "kill", "read_only"]))
    def harm_redis(self, fault: str) -> None:
        self.is_sure = False
        self.fault = fault
        self.rig.tally[fault] += 1
        getattr(self.rig.redis, fault)()

    @precondition(lambda self: self.fault)
    @rule()
    def mend_redis(self) -> None:
        mends = {"freeze": "thaw", "kill": "start", "read_only": "writable"}
        getattr(self.rig.redis, mends[self.fault])()
        self.fault = ""

    @precondition(lambda self: self.may_harm and not self.fault)
    @rule(how=st.sampled_from(["empty", "restart"]))
    def lose_everything(self, how: str) -> None:
        self.is_sure = False
        self.rig.tally["everything lost"] += 1
        getattr(self.rig.redis, how)()

    # -- What must hold ------------------------------------------------------------------------

    def send(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        """Sends it, and looks at what any answer must be."""
        answer = self.rig.webhooks.send(path, form)
        seconds = answer.elapsed.total_seconds()
        self.rig.tally["slowest_ms"] = max(self.rig.tally["slowest_ms"], round(seconds * 1000))
        self.rig.tally[f"answered {answer.status_code}"] += 1
        assert seconds < SLOWEST_SECONDS
        assert answer.status_code in {200, 204, 403}, answer.text
        if answer.status_code == 200:
            verbs = self.understood(answer)
            assert isinstance(verbs[-1], Redirect | Hangup | Reject | Dial), "a dead end"
        return answer

    @staticmethod
    def understood(answer: httpx.Response) -> tuple[Verb, ...]:
        assert answer.headers["Content-Type"].startswith("text/xml")
        document = read(answer.content)
        assert document.findings == ()
        return document.verbs

    def step(self, call: Call, keys: str, outcome: str) -> None:
        """One turn of a call: its number rises by one, or the call ends."""
        before = number_in(call.action, "turn")
        self.take(call, call.action, call.answer(keys, outcome))
        if not call.is_over:
            assert number_in(call.action, "turn") == before + 1

    def repeat(self, call: Call) -> None:
        """Sends the latest request once more; it is answered alike, and steps nothing."""
        latest = call.made[-1]
        again = self.send(latest.path, latest.form)
        assert again.status_code == 200
        if self.is_sure and latest.is_sure:
            self.rig.tally["answered the same"] += 1
            assert again.content == latest.body, "a turn that came twice was answered differently"

    def take(self, call: Call, path: str, form: Mapping[str, str]) -> None:
        """Sends it, and follows the answer to where it waits for the caller, or to the end."""
        for _ in range(MOST_REDIRECTS):
            answer = self.send(path, form)
            assert answer.status_code == 200, "the carrier's own request was refused"
            call.made.append(Request(path, form, answer.content, self.is_sure))
            call.verbs = self.understood(answer)
            call.is_over = isinstance(call.verbs[-1], Hangup | Reject)
            self.rig.tally["rejected"] += isinstance(call.verbs[-1], Reject)
            if call.is_over or call.asked:
                return
            (way,) = (verb for verb in call.verbs if isinstance(verb, Redirect))
            path, form = way.url.removeprefix(PUBLIC), call.form
        raise AssertionError("the call is led round and round")

    def tell_end(self, call: Call) -> None:
        status = "busy" if isinstance(call.verbs[-1], Reject) else "completed"
        answer = self.send("/voice/status", call.form | {"CallStatus": status})
        assert answer.status_code == 204
        call.is_told = True

    def teardown(self) -> None:
        """Each call comes to its end, whatever Redis does, and the line recovers by itself."""
        try:
            for call in self.going()[:1]:  # one is enough: there are many examples
                self.leave_alone(call)
            for call in self.calls:
                self.tell_end(call)
            self.check_counts()
        finally:
            if self.fault:
                self.mend_redis()
        if not self.is_sure:
            origin = self.rig.webhooks.origins[0]
            wait_until(lambda: is_well(origin), HEALED_SECONDS, "it did not recover by itself")

    def leave_alone(self, call: Call) -> None:
        for _ in range(MOST_SILENCES):
            self.step(call, "", "no-answer")
            if call.is_over:
                return
        raise AssertionError("a caller who does nothing is never let go")

    def check_counts(self) -> None:
        """Every call was counted once, as it began and as it ended."""
        if not self.is_sure:
            return
        self.rig.tally["counts compared"] += 1
        found = counts(self.rig.redis.url)
        refused = sum(isinstance(call.verbs[-1], Reject) for call in self.calls)
        assert found.get("calls", 0) == len(self.calls) - refused
        assert found.get("refused.calls", 0) == refused
        assert found.get("ended.completed", 0) == len(self.calls) - refused


@pytest.fixture
def rig(audio: Path, tmp_path: Path) -> Iterator[Rig]:
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer(tmp_path / "redis"))
        server = stack.enter_context(
            line_server(
                tmp_path,
                redis_url=redis.url,
                audio=audio,
                PUBLIC_URL=PUBLIC,
                IVR_CALLS_AN_HOUR=str(CALLS_AN_HOUR),
            )
        )
        server.wait_until_ready()
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=15))
        yield Rig(redis, Webhooks((server.origin,), client), Counter())


@pytest.mark.timeout(300)
def test_whatever_callers_networks_and_redis_do_each_call_is_answered_and_ends(rig: Rig) -> None:
    run_state_machine_as_test(
        type("Rigged", (Carrier,), {"rig": rig}),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a shorter example would take minutes to find
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(sorted(rig.tally.items())))  # noqa: T201 - the figures
    assert all(rig.tally[each] for each in MUST_HAPPEN)
