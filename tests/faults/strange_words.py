"""Words that stand in no honest request, for whatever part of one."""

# ruff: noqa: SIM905 - a word a line would be three pages

from __future__ import annotations

from typing import Final

WORDS: Final = (
    "",
    " ",
    "\x00",
    "\x1b[31m",
    "\r\nSet-Cookie: a=b",
    "\u202e",
    "\ufeff",
    "একটা কথা",
    "<script>alert(1)</script>",
    "'; DROP TABLE calls; --",
    "a" * 400,
    "1" * 5000,
    "CA" + "f" * 32,
    *"0 1 9 * # -1 1e9 007 999999999999999999999 None true ১২৩৪ é 👵🏽 %00 %s%n {{7*7}}".split(),
    *"anonymous sip:x@y.example client:ধর + ++1 +91987654321098765432 Restricted".split(),
    *"../../etc/passwd completed in-progress https://evil.example/".split(),
)
"""What a value might be that is none."""
STATUSES: Final = "queued ringing in-progress completed busy failed no-answer canceled".split()
ARGUMENTS: Final = {
    "turn": ("1", "2", "7", "299", "300", "999999"),
    "retry": ("1", "2", "9"),
    "hop": ("1", "3", "9"),
    "waited": ("1", "0"),
}
"""What stands in the address of a turn beside its `call`, and some that cannot be."""
TOLD: Final = (
    *("language:bn", "language:en", "language:xx", "pace:slow", "pace:normal", "simple"),
    *("together", "patience:1", "patience:999", "silences:1", "silences:2", "silences:999"),
    *("wrongs:1", "wrongs:3", "back:main_menu", "back:main_menu~more", "back:nowhere"),
    *("forgotten", "simple:1", "", ":", "language"),
)
"""What its `call` tells behind when the call began, likewise."""
STRANGE_PATHS: Final = (
    *"/ // /voice/ /voice//turn /voice/turn/ /voice/turn/a/b /voice/../livez * /% /%ff%fe".split(),
    *"/phone /phone/static/phone.js /static/a.css /.env /.git/config /livez /readyz /%00".split(),
    *"/clips/ /clips/a.wav /clips/../manifest.json /clips/%2e%2e%2fmanifest.json".split(),
    *"/clips/.wav http://evil.example/voice http:///voice /voice#a /voice/turn/%0d%0a".split(),
    "/clips/" + "a" * 64 + ".wav",
    "/clips/" + "a-" * 400 + ".wav",
    "/voice?" + "a" * 3000,
    "/\tvoice",
)
METHODS: Final = "GET HEAD POST PUT DELETE PATCH OPTIONS TRACE CONNECT ক".split()
HEADERS: Final = (
    *"Host X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port Forwarded".split(),
    *"X-Forwarded-Prefix X-Original-URL X-Rewrite-URL X-HTTP-Method-Override Expect".split(),
    *"Content-Encoding Content-Type Content-Length Transfer-Encoding Upgrade Cookie".split(),
    *"Authorization Range If-Range If-None-Match If-Match If-Modified-Since Accept".split(),
    *"Accept-Encoding Origin Referer User-Agent X-Twilio-Signature".split(),
)
HEADER_WORDS: Final = (
    "",
    "http, https",
    "text/html; charset=\xff",
    "\xff\xfe",
    "a" * 3000,
    "Mon, 99 Foo 2026 99:99:99 GMT",
    *"0 -1 1 99999999999999999999 chunked gzip evil.example a:b:c [::1 websocket %00".split(),
    *'bytes=0- bytes=-5 bytes=9-1 bytes=a-b bytes=0-1,2-3 * " W/"a" https'.split(),
    *"multipart/form-data multipart/form-data;boundary= application/json".split(),
)
