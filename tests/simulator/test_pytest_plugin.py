"""The fixture `phone` in a project that is not this one, run by a pytest of its own."""

from __future__ import annotations

from importlib.metadata import entry_points
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ivr.simulator import pytest_plugin
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

pytest_plugins = "pytester"
pytestmark = pytest.mark.timeout(60)

MENU = """<Response>
  <Gather numDigits="1" action="/hours"><Say>Press 1 for our opening hours.</Say></Gather>
  <Say>Goodbye.</Say>
</Response>"""
APPLICATION = f'''
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

TOKEN = "token of the project"
MENU = """{MENU}"""

@Request.application
def app(request):
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(TOKEN).validate(request.url, request.form, signature):
        return Response("no", status=403)
    if request.path == "/hours":
        hours = "We open at nine." if request.form["Digits"] == "1" else "There is no such key."
        return Response(f"<Response><Say>{{hours}}</Say><Hangup/></Response>", mimetype="text/xml")
    return Response(MENU, mimetype="text/xml")
'''
IMPORTS = """
import pytest
from application import app
"""
CONFIGURATION = """[pytest]
phone_auth_token = token of the project
filterwarnings = error
addopts = -p no:cacheprovider --strict-markers
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with an application and a configuration, and no tests yet."""
    pytester.makepyfile(application=APPLICATION)
    pytester.makeini(CONFIGURATION)
    return pytester


def run(project: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    project.makepyfile(test_line=tests)
    return project.runpytest_subprocess(*arguments)


def test_the_plugin_is_found_by_its_entry_point() -> None:
    (found,) = entry_points(group="pytest11", name="ghore_boshe_phone")
    assert found.load() is pytest_plugin


def test_a_foreign_application_is_rung_in_process(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        from application import app

        def test_one_leads_to_the_opening_hours(phone):
            call = phone.ring(app, path="/voice")
            assert call.words == "Press 1 for our opening hours."
            assert call.waiting == "gather"
            assert call.ended is None
            call.press("1")
            assert "We open at nine" in call.words
            assert call.heard == ["Press 1 for our opening hours.", "We open at nine."]
            assert call.ended == "hangup"
            assert 2 < call.seconds < 10
            assert not call.failures and not call.warnings

        def test_silence_ends_the_call(phone):
            call = phone.ring(app, "silence", path="/voice")
            assert call.heard[-1] == "Goodbye."
            assert call.ended == "document"
        """,
    )
    result.assert_outcomes(passed=2)


def test_keys_are_a_whole_script_after_which_the_caller_hangs_up(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        import pytest
        from ivr.errors import CallError
        from application import app

        @pytest.mark.parametrize("keys, ended, words", [
            ("1", "hangup", "We open at nine."),
            ("2", "hangup", "There is no such key."),
            ("", "caller", "Press 1 for our opening hours."),
            ("hangup", "caller", "Press 1 for our opening hours."),
        ])
        def test_keys(phone, keys, ended, words):
            call = phone.ring(app, keys=keys)
            assert (call.ended, call.heard[-1]) == (ended, words)

        def test_wrong_keys(phone):
            with pytest.raises(CallError, match="'one' is not a turn"):
                phone.ring(app, keys="one")
            with pytest.raises(CallError, match="not both"):
                phone.ring(app, keys="1", listen_seconds=1)
            assert phone.calls == []
        """,
    )
    result.assert_outcomes(passed=5)


def test_a_running_application_is_rung_over_http(project: pytest.Pytester) -> None:
    def answer(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [MENU.encode()]

    with serving(answer) as url:
        result = run(
            project,
            f"""
            def test_a_running_line(phone):
                call = phone.ring("{url}/voice", "silence", from_number="+919876543210")
                assert call.heard == ["Press 1 for our opening hours.", "Goodbye."]
                assert call.party.from_number == "+919876543210"
                assert not call.failures
            """,
        )
    result.assert_outcomes(passed=1)


def test_one_test_may_place_several_calls_at_once(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        from application import app

        def test_two(phone):
            one, other = phone.ring(app), phone.ring(app, listen_seconds=1)
            assert phone.calls == [one, other]
            assert one.party.call_sid != other.party.call_sid
            other.press("2")
            assert (one.ended, other.ended) == (None, "hangup")
            one.press("1")
            assert one.heard[-1] == "We open at nine."
            assert other.heard[-1] == "There is no such key."

        def test_the_next_has_a_new_phone(phone):
            assert phone.calls == []
        """,
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("configuration", "arguments", "token", "ended"),
    [
        pytest.param(CONFIGURATION, (), "None", "hangup", id="the configuration"),
        pytest.param("[pytest]", (), "None", "error", id="none"),
        pytest.param("[pytest]", (), "'token of the project'", "hangup", id="the call"),
        pytest.param(CONFIGURATION, (), "'another'", "error", id="the call before the others"),
        pytest.param(
            "[pytest]",
            ("-o", "phone_auth_token=token of the project"),
            "None",
            "hangup",
            id="the command line",
        ),
    ],
)
def test_the_auth_token_comes_from(
    project: pytest.Pytester,
    configuration: str,
    arguments: tuple[str, ...],
    token: str,
    ended: str,
) -> None:
    project.makeini(configuration)
    result = run(
        project,
        f"""
        from application import app

        def test_token(phone):
            call = phone.ring(app, "1", token={token})
            assert call.ended == {ended!r}
            assert [each.code for each in call.failures] == {[11200] if ended == "error" else []}
        """,
        *arguments,
    )
    result.assert_outcomes(passed=1)


def test_the_report_of_a_failed_test_tells_its_calls(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        from application import app

        def test_that_fails(phone):
            phone.ring(app, "1")
            phone.ring(app, "silence", token="another")
            assert False

        def test_that_passes(phone):
            phone.ring(app, "2")
        """,
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Call 1 of the phone*",
            "   0.0s  line    (Say) Press 1 for our opening hours.",
            "   2.6s  caller  1",
            "   2.6s  line    (Say) We open at nine.",
            "It was ended by: hangup.",
            "*Call 2 of the phone*",
            "   0.0s  error   11200: POST http://line.test/ answered 403 Forbidden; *",
            "It was ended by: error.",
        ]
    )
    result.stdout.no_fnmatch_line("*no such key*")


def test_the_report_tells_of_a_call_that_goes_on(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        from application import app

        def test_that_fails(phone):
            phone.ring(app)
            assert False
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["   0.0s  line    (Say) Press 1 for our opening hours.", "It goes on."]
    )


RUNG_ELSEWHERE = {
    "a fixture that fails": (
        """
        @pytest.fixture
        def caller(phone):
            call = phone.ring(app, "2")
            assert call.ended == "caller"

        def test_that_is_not_reached(caller):
            pass
        """,
        {"errors": 1},
    ),
    "a fixture of the test": (
        """
        @pytest.fixture
        def caller(phone):
            return phone.ring(app, "2")

        def test_that_fails(caller):
            assert caller.ended == "caller"
        """,
        {"failed": 1},
    ),
    "the request": (
        """
        def test_that_fails(request):
            call = request.getfixturevalue("phone").ring(app, "2")
            assert call.ended == "caller"
        """,
        {"failed": 1},
    ),
}


@pytest.mark.parametrize(("tests", "outcome"), RUNG_ELSEWHERE.values(), ids=RUNG_ELSEWHERE)
def test_the_report_tells_the_calls_wherever_they_were_rung(
    project: pytest.Pytester, tests: str, outcome: dict[str, int]
) -> None:
    result = run(project, f"{IMPORTS}{dedent(tests)}")
    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(
        ["*Call 1 of the phone*", "*There is no such key.", "It was ended by: hangup."]
    )


def test_a_test_that_fails_before_it_rings_has_no_calls_to_tell(
    project: pytest.Pytester,
) -> None:
    result = run(
        project,
        """
        def test_that_fails(phone):
            assert False
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*of the phone*")


OWN_PHONES = {
    "words": "'0123456789'",
    "a mock": "Mock()",
    "an object with transcripts": "SimpleNamespace(transcripts=['a'], calls=['b'])",
    "nothing": "None",
}


@pytest.mark.parametrize("own", OWN_PHONES.values(), ids=OWN_PHONES)
def test_a_project_with_a_fixture_of_that_name_is_not_disturbed(
    project: pytest.Pytester, own: str
) -> None:
    result = run(
        project,
        f"""
        import pytest
        from types import SimpleNamespace
        from unittest.mock import Mock

        @pytest.fixture
        def phone():
            return {own}

        def test_that_passes(phone):
            assert True

        def test_that_fails(phone):
            assert False
        """,
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*of the phone*")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_what_is_imported_into_a_test_file_is_not_taken_for_tests(
    project: pytest.Pytester,
) -> None:
    result = run(
        project,
        """
        from ivr.simulator.testing import TestPhone
        from application import TOKEN, app

        def test_without_the_fixture():
            with TestPhone(TOKEN) as phone:
                assert phone.ring(app, "1").ended == "hangup"
        """,
    )
    result.assert_outcomes(passed=1)


def test_nothing_of_the_simulator_is_imported_where_nobody_rings(
    project: pytest.Pytester,
) -> None:
    result = run(
        project,
        """
        import sys

        HEAVY = {"ivr.simulator.call", "ivr.simulator.testing", "httpx", "numpy", "twilio"}

        def test_imports():
            assert not HEAVY & set(sys.modules)
        """,
    )
    result.assert_outcomes(passed=1)


def test_the_fixture_and_the_option_are_in_the_help(project: pytest.Pytester) -> None:
    project.makepyfile(test_line="def test(phone): pass")
    result = project.runpytest_subprocess("--fixtures", "-q")
    result.stdout.fnmatch_lines(["phone -- *pytest_plugin.py:*", "*rings TwiML applications*"])
    result = project.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(["*phone_auth_token (string):*"])


def test_the_plugin_can_be_turned_off(project: pytest.Pytester) -> None:
    project.makeini("[pytest]")
    result = run(project, "def test(phone): pass", "-p", "no:ghore_boshe_phone")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'phone' not found*"])


def test_a_fault_befalls_the_call_of_a_test(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        import pytest
        from ivr.errors import CallError
        from application import app

        def test_a_slow_answer(phone):
            call = phone.ring(app, "1", fault="slow:3@2")
            assert call.heard[-1] == "We open at nine."
            assert call.seconds > 3
            assert not call.unused_faults

        def test_several(phone):
            call = phone.ring(app, "1", fault=["duplicate@1", "status:500@2"])
            assert call.heard == ["Press 1 for our opening hours."]
            assert [each.code for each in call.failures] == [11200]
            assert not call.warnings

        def test_what_is_no_fault(phone):
            with pytest.raises(CallError, match="'crash' is no fault; write slow:SECONDS"):
                phone.ring(app, fault="crash")
            assert phone.calls == []

        def test_that_fails(phone):
            phone.ring(app, "1", fault="drop@9")
            assert False
        """,
    )
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "It was ended by: hangup.",
            "The fault drop@9 befell nothing: the call had too few requests for documents.",
        ]
    )
