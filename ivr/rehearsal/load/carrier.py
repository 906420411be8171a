"""What all calls of a load have in common: connections, the signature, known sounds, the tally."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import httpx
import soundfile

from ivr.errors import TwimlError
from ivr.rehearsal.load.connections import ANSWER_SECONDS, AskError, Connections
from ivr.rehearsal.load.jar import Jar
from ivr.rehearsal.load.letter import Letters, parts
from ivr.simulator.http.cache import Cache, Shelf
from ivr.simulator.http.clips import NOT_AUDIO, read_clip
from ivr.simulator.http.failures import bad_status, shown
from ivr.simulator.http.form import encode
from ivr.simulator.http.sending import AUDIO, OK
from ivr.simulator.http.urls import target, with_query
from ivr.simulator.http.wire import Answer
from ivr.twiml.rules import BAD_URL

if TYPE_CHECKING:
    import ssl

    from ivr.rehearsal.load.reply import Reply
    from ivr.rehearsal.load.tally import Tally
    from ivr.simulator.http.clips import Clip
    from ivr.simulator.http.wire import Ask
    from ivr.simulator.log import Log

MAX_CONNECTIONS: Final = 64
"""To one origin at the same time: some hundred turns a second, each of some milliseconds, need
fewer, and a carrier keeps its connections open as well."""
MAX_CLIPS: Final = 100_000
"""Sounds of which length and words are remembered."""
MAX_CLIPS_BYTES: Final = 64 * 1024 * 1024
_PORTS: Final = {"http": 80, "https": 443}


class Sending:
    """What the requests of one call share: its cookies, and how they are written."""

    def __init__(self, token: str, log: Log) -> None:
        self.jar = Jar(log)
        self.letters = Letters(token)


class Carrier:
    """Carries out the requests of all calls, on the loop that runs when it is first asked.

    Args:
        token: signs every request.
        tally: is told how long the answers took.
    """

    def __init__(self, token: str, tally: Tally) -> None:
        self.tally = tally
        self.documents = Cache(lambda: 0.0)
        """Of which only what was read out of documents is used."""
        self._token = token
        self._connections: dict[tuple[str, str], Connections] = {}
        self._clips: Shelf[str, Clip | TwimlError] = Shelf(MAX_CLIPS, MAX_CLIPS_BYTES)
        self._coming: dict[str, asyncio.Future[Clip | TwimlError]] = {}
        self._tls: ssl.SSLContext | None = None

    def sending(self, log: Log) -> Sending:
        """What the requests of a new call share."""
        return Sending(self._token, log)

    async def document(self, ask: Ask, due: float, from_call: Sending) -> Answer:
        """Asks for a document once it is due, and measures how long it took from then.

        Args:
            ask: what for.
            due: on the clock of the loop.
            from_call: which call asks.

        Raises:
            TwimlError: there is none; an AskError where it says in a word why.
        """
        loop = asyncio.get_running_loop()
        ahead = due - loop.time()
        if ahead > 0:
            await asyncio.sleep(ahead)
        late = max(loop.time() - due, 0.0)
        try:
            answer = await self._good(ask, due + late + ANSWER_SECONDS, from_call)
        except asyncio.CancelledError:
            raise
        except TwimlError:
            self.tally.asked(late, loop.time() - due)
            raise
        self.tally.asked(late, loop.time() - due)
        self.tally.turns += 1
        return answer

    async def tell(self, ask: Ask, from_call: Sending) -> None:
        """Tells the application of something at once; only a failure is counted."""
        until = asyncio.get_running_loop().time() + ANSWER_SECONDS
        try:
            await self._good(ask, until, from_call)
        except TwimlError as error:
            self.fail(error)

    async def clip(self, ask: Ask, from_call: Sending) -> Clip | TwimlError:
        """Gives what is known of a sound, and fetches it where nothing is; once for all calls."""
        found = self._clips.find(ask.url)
        if found is not None:
            return found
        coming = self._coming.get(ask.url)
        if coming is not None:
            return await asyncio.shield(coming)
        loop = asyncio.get_running_loop()
        coming = self._coming[ask.url] = loop.create_future()
        made: Clip | TwimlError = AskError("cut_short", BAD_URL, "the call was over")
        try:
            made = await self._fetched(ask, from_call)
        finally:
            del self._coming[ask.url]
            coming.set_result(made)
        if not isinstance(made, TwimlError):
            self._clips.put(ask.url, made, len(ask.url) + len(made.words.encode()))
        return made

    def fail(self, error: Exception) -> None:
        """Counts what has failed, by its kind."""
        match error:
            case AskError(kind=kind):
                pass
            case TwimlError(code=code):
                kind = f"twiml_{code}"
            case _:
                kind = "limit"
        self.tally.fail(kind, str(error))

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        for each in self._connections.values():
            each.close()

    async def _fetched(self, ask: Ask, from_call: Sending) -> Clip | TwimlError:
        until = asyncio.get_running_loop().time() + ANSWER_SECONDS
        self.tally.clips += 1
        try:
            answer = await self._good(ask, until, from_call)
        except TwimlError as error:
            return error
        if not answer.content_type.startswith(AUDIO):
            message = (
                f"{shown(ask.url)} has the content type {answer.content_type!r}, not a sound's"
            )
            return AskError("clip", NOT_AUDIO, message)
        try:
            return read_clip(answer.body, answer.content_type)
        except soundfile.SoundFileError:
            return AskError("clip", NOT_AUDIO, f"{shown(ask.url)} is not audio")

    async def _good(self, ask: Ask, until: float, from_call: Sending) -> Answer:
        """One request and its answer of 2xx; HTTP redirects are not followed."""
        place = target(ask.url)
        if ask.method == "GET":
            place = with_query(place, encode({**ask.form, **ask.added}))
        url = place.text
        data = from_call.letters.write(ask, url, from_call.jar.header(url))
        try:
            reply = await self._to(url).ask(data, until)
        except AskError as error:
            raise AskError(error.kind, error.code, f"{shown(url)} {error}") from error
        if ask.purpose == "document":
            from_call.jar.keep(url, reply)
        if reply.status not in OK:
            why = bad_status(ask.method, url, httpx.Response(reply.status))
            raise AskError(f"status_{reply.status}", why.code, str(why))
        return Answer(url=ask.url.partition("#")[0], content_type=_type(reply), body=reply.body)

    def _to(self, url: str) -> Connections:
        scheme, netloc, _ = parts(url)
        key = scheme, netloc
        if key not in self._connections:
            if scheme == "https" and self._tls is None:
                self._tls = httpx.create_ssl_context()
            tls = self._tls if scheme == "https" else None
            split = httpx.URL(url)
            port = split.port or _PORTS[scheme]
            self._connections[key] = Connections(split.host, port, tls, MAX_CONNECTIONS)
        return self._connections[key]


def _type(reply: Reply) -> str:
    kind, _, _ = reply.header(b"content-type").decode("latin-1").partition(";")
    return kind.strip().lower()
