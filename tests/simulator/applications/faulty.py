"""A small line on which every fault is planted that a crawl must name."""

from __future__ import annotations

from flask import Flask, Response, request

CODE = "4721"
TRIES = 3


def twiml(content: str) -> Response:
    return Response(f"<Response>{content}</Response>", mimetype="text/xml")


def menu(words: str, action: str) -> str:
    return f'<Gather numDigits="1" action="{action}"><Say>{words}</Say></Gather>'


STAY = menu("Press any key to hear about our shop.", "/go-round") + "<Redirect>/stay</Redirect>"
GO_ROUND = menu("We have sold bread and cake since long ago.", "/stay") + "<Redirect/>"
DOCUMENTS = {
    "/stay": STAY,
    "/go-round": GO_ROUND,
    "/dead-end": "<Say>That is all that we know.</Say>",
    "/spin": "<Redirect>/spun</Redirect>",
    "/spun": "<Redirect>/spin</Redirect>",
    "/no-clip": "<Play>/none.wav</Play><Hangup/>",
    "/left-over": "<Hangup/><Redirect>/forgotten</Redirect>",
    "/secret": "<Say>You have found the secret.</Say><Hangup/>",
    "/operator": "<Say>We put you through to somebody.</Say><Hangup/>",
}
LEADS = {
    "1": "/crash",
    "2": "/broken",
    "3": "/no-clip",
    "4": "/dead-end",
    "5": "/stay",
    "6": "/spin",
    "7": "/left-over",
    "8": "/code",
}


def make_app() -> Flask:
    app = Flask("faulty")
    wrong: dict[str, int] = {}

    @app.post("/voice")
    def voice() -> Response:
        return twiml(
            menu("Welcome to the shop. Press a key from one to eight.", "/choose")
            + "<Say>Goodbye.</Say><Hangup/>"
        )

    @app.post("/choose")
    def choose() -> Response:
        digits = request.form["Digits"]
        if digits in LEADS:
            return twiml(f"<Redirect>{LEADS[digits]}</Redirect>")
        sid = request.form["CallSid"]
        wrong[sid] = wrong.get(sid, 0) + 1
        return twiml(f"<Redirect>{'/operator' if wrong[sid] == TRIES else '/voice'}</Redirect>")

    @app.post("/crash")
    def crash() -> Response:
        return Response("no such table", status=500)

    @app.post("/broken")
    def broken() -> Response:
        return Response("<Response><Say>Hello</Response>", mimetype="text/xml")

    @app.post("/code")
    def code() -> Response:
        return twiml(
            f'<Gather numDigits="4" action="/checked"><Say>Key in {" ".join(CODE)}.</Say></Gather>'
            "<Hangup/>"
        )

    @app.post("/checked")
    def checked() -> Response:
        is_right = request.form["Digits"] == CODE
        return twiml(f"<Redirect>{'/secret' if is_right else '/code'}</Redirect>")

    @app.post("/<path:name>")
    def other(name: str) -> Response:
        return twiml(DOCUMENTS[f"/{name}"])

    return app
