"""What cannot be is refused when it is given, in words that say what can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from ivr.errors import CallError
from ivr.simulator.setup import Setup
from ivr.simulator.testing import TestPhone
from tests.simulator.conformance import ORIGIN, TOKEN, Application

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no documents": ({"max_documents": 0}, "max_documents: a call has 1 at least, not 0"),
    "fewer than none": ({"max_documents": -5}, "max_documents: .* not -5"),
    "a method in small letters": ({"method": "get"}, "method: 'get' is none; give GET or POST"),
    "another method": ({"method": "PUT"}, "method: 'PUT' is none"),
    "a misspelt outcome": (
        {"dial_outcomes": ("busy", "bsy")},
        "dial_outcomes: 'bsy' is none; give some of completed, .*busy",
    ),
    "a fault that is not read yet": (
        {"faults": ("slow:3",)},
        r"faults: \('slow:3',\) is not a tuple of Fault; give .*parse_faults",
    ),
    "faults that are one word": ({"faults": "drop"}, "faults: 'drop' is not a tuple of Fault"),
    "outcomes that are one word": ({"dial_outcomes": "busy"}, "dial_outcomes: 'b' is none"),
}


@pytest.mark.parametrize(("fields", "message"), WRONG.values(), ids=WRONG)
def test_a_setup_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(CallError, match=f"^{message}"):
        Setup(**fields)
    with pytest.raises(CallError, match=f"^{message}"):
        replace(Setup(), **fields)


@pytest.fixture
def phone() -> Iterator[TestPhone]:
    with TestPhone(TOKEN) as made:
        yield made


@pytest.mark.parametrize("fields", [fields for fields, _ in WRONG.values()], ids=WRONG)
def test_a_call_with_such_a_setup_is_not_placed(phone: TestPhone, fields: dict[str, Any]) -> None:
    application = Application({})
    with pytest.raises(CallError):
        phone.ring(application, **fields)
    assert phone.calls == []
    assert application.asked == []


def test_a_path_beside_a_url_is_refused(phone: TestPhone) -> None:
    with pytest.raises(CallError, match=f"path '/voice' has no place .* part of '{ORIGIN}'"):
        phone.ring(ORIGIN, path="/voice")
    assert phone.calls == []


async def function(scope: object, receive: object, send: object) -> None:
    """An ASGI application, as Starlette's and Quart's documentation write it."""


class Framework:
    """An ASGI application as FastAPI makes it: an object that is called."""

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """Answers a request."""


@pytest.mark.parametrize("target", [function, Framework()], ids=["a function", "an object"])
def test_an_asgi_application_is_refused(phone: TestPhone, target: Any) -> None:
    with pytest.raises(CallError, match="is an ASGI application; run it on a server"):
        phone.ring(target, "1")
    assert phone.calls == []
