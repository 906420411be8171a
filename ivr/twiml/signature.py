"""Twilio's signature of a request, byte for byte that of Twilio's own library.

The rule, https://www.twilio.com/docs/usage/security#validating-requests: base64 of HMAC-SHA1, keyed
with the auth token, over the exact URL as sent (with its query, without its fragment) and, for a
form, every name followed by its value, sorted by name.

It is made here: the library's takes several times as long (an exception or two for each field), and
each turn of a call makes it twice, once on either side. What does not fit at first sight, the
library judges.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"

Form: TypeAlias = Mapping[str, str] | Mapping[str, Sequence[str]]
"""A form's fields: one value a name, or several."""


def sign(auth_token: str, url: str, form: Form) -> str:
    """Gives the value of `X-Twilio-Signature`.

    Args:
        auth_token: of the account; the key of the signature.
        url: exactly as it goes over the wire; a fragment is left out.
        form: the fields of the body; empty for a GET, whose parameters are in the URL.
    """
    return _signature(auth_token, _signed(_without_fragment(url), form))


def is_signed(auth_token: str, url: str, form: Form, signature: str | None) -> bool:
    """Says whether `signature` was made with `auth_token` over this URL and form.

    Never raises over what a stranger sent: no signature, an empty or garbled one, letters that
    are not ASCII and a URL that cannot be parsed are all just not signed. Nor is anything signed
    with an empty token, which everybody knows. As Twilio does, it takes a URL that names the
    port of its scheme as the same as one that does not.
    """
    if not auth_token or not signature or not signature.isascii():
        return False
    try:
        # The exact URL first: RequestValidator rebuilds it, and loses an empty query's "?".
        if hmac.compare_digest(sign(auth_token, url, form), signature):
            return True
        validator = RequestValidator(auth_token)
        return bool(validator.validate(_without_fragment(url), _fields(form), signature))
    except ValueError:
        return False


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _signed(url: str, form: Form) -> str:
    """What the signature is made over."""
    signed = [url]
    for name in sorted(form):
        value = form[name]
        if isinstance(value, str):
            signed += name, value
        else:
            # A value that comes twice under one name is signed once, as the library does it.
            for each in sorted({*value}):
                signed += name, each
    return "".join(signed)


def _signature(auth_token: str, signed: str) -> str:
    digest = hmac.digest(auth_token.encode(), signed.encode(), "sha1")
    return b2a_base64(digest, newline=False).decode("ascii")


class _Fields(dict[str, list[str]]):
    """Several values a name, in the shape that RequestValidator asks."""

    def getlist(self, key: str) -> list[str]:
        return self[key]


def _fields(form: Form) -> _Fields:
    return _Fields(
        {name: [given] if isinstance(given, str) else [*given] for name, given in form.items()}
    )
