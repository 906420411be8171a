"""Signatures are Twilio's, and nothing that a stranger sends raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.twiml.signature import is_signed, sign

# The worked example of https://www.twilio.com/docs/usage/security#validating-requests
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+12349013030",
    "Digits": "1234",
    "From": "+12349013030",
    "To": "+18005551212",
}
SIGNATURE = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_twilios_documented_example_has_the_documented_signature() -> None:
    assert sign(TOKEN, URL, FORM) == SIGNATURE
    assert is_signed(TOKEN, URL, FORM, SIGNATURE)


@pytest.mark.parametrize(
    ("token", "url", "form"),
    [
        pytest.param("12346", URL, FORM, id="another token"),
        pytest.param(TOKEN, URL + "3", FORM, id="another URL"),
        pytest.param(TOKEN, URL.replace("https", "http"), FORM, id="another scheme"),
        pytest.param(TOKEN, URL, FORM | {"Digits": "1235"}, id="another value"),
        pytest.param(TOKEN, URL, FORM | {"Extra": ""}, id="one name more"),
        pytest.param(TOKEN, URL, {}, id="no form"),
    ],
)
def test_anything_else_has_another_signature(token: str, url: str, form: dict[str, str]) -> None:
    assert not is_signed(token, url, form, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [None, "", " ", "\u0998", SIGNATURE[:-1], SIGNATURE + "=", SIGNATURE.lower(), "\ud800", "\x00"],
    ids=ascii,
)
def test_no_signature_or_a_garbled_one_is_refused(signature: str | None) -> None:
    assert not is_signed(TOKEN, URL, FORM, signature)


def test_an_empty_token_signs_nothing() -> None:
    assert not is_signed("", URL, FORM, sign("", URL, FORM))


@pytest.mark.parametrize(
    "url", ["http://[::1/voice", "http://h:port/voice", "", "\ud800", "/voice"], ids=ascii
)
def test_a_url_that_cannot_be_parsed_is_refused(url: str) -> None:
    assert not is_signed(TOKEN, url, FORM, SIGNATURE)


def test_a_form_that_cannot_be_encoded_is_refused() -> None:
    assert not is_signed(TOKEN, URL, {"Digits": "\ud800"}, SIGNATURE)


# "Sorted by name, each followed by its value": a name that comes twice has both values.
def test_every_value_of_a_name_is_signed() -> None:
    form = {"b": ["2", "1"], "a": ["0"]}
    signature = sign(TOKEN, URL, form)
    assert is_signed(TOKEN, URL, form, signature)
    assert signature == sign(TOKEN, URL + "a0b1b2", {})


def test_a_fragment_is_not_signed() -> None:
    assert sign(TOKEN, URL + "#rt=3000", FORM) == SIGNATURE
    assert is_signed(TOKEN, URL + "#rt=3000", FORM, SIGNATURE)


# "Signature generation on Twilio's side is inconsistent" about ports, says its library.
@pytest.mark.parametrize(
    "url",
    ["https://mycompany.com:443/myapp.php?foo=1&bar=2", URL],
    ids=["with its port", "without"],
)
def test_the_port_of_the_scheme_may_be_named_or_not(url: str) -> None:
    assert is_signed(TOKEN, URL, FORM, sign(TOKEN, url, FORM))


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=9), st.text(max_size=9)))
def test_what_is_signed_is_recognised(url: str, form: dict[str, str]) -> None:
    assert is_signed(TOKEN, url, form, sign(TOKEN, url, form))


@given(
    st.text(max_size=9),
    st.text(max_size=40).filter(lambda url: "#" not in url),
    st.dictionaries(st.text(max_size=9), st.lists(st.text(max_size=9), max_size=4)),
)
def test_every_signature_is_the_one_of_twilios_library(
    token: str, url: str, form: dict[str, list[str]]
) -> None:
    fields = MultiDict((name, value) for name in form for value in form[name])
    signature = RequestValidator(token).compute_signature(url, fields)
    assert sign(token, url, form) == signature
    # A form of one value a name, as the pretend carrier has it.
    single = {name: values[0] for name, values in form.items() if values}
    assert sign(token, url, single) == RequestValidator(token).compute_signature(url, single)


@given(st.text(), st.text(), st.text())
def test_a_stranger_never_raises(url: str, value: str, signature: str) -> None:
    assert not is_signed(TOKEN, url, {"Digits": value}, signature)
