"""Connections that thousands of calls share, against real servers on loopback."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.rehearsal.load import connections as module
from ivr.rehearsal.load.connections import AskError, Connections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

ASK = b"GET / HTTP/1.1\r\nHost: line.test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request on a connection by a function, and counts connections."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.accepted = 0
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            while not writer.is_closing():
                await reader.readuntil(b"\r\n\r\n")
                await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[Server]:
    server = Server(answer)
    async with await asyncio.start_server(server.talk, "127.0.0.1", 0) as running:
        server.port = running.sockets[0].getsockname()[1]
        yield server


def to(server: Server, most: int = 4) -> Connections:
    return Connections("127.0.0.1", server.port, None, most)


def soon(seconds: float = 10.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()  # until the other side has had enough


def test_one_connection_serves_one_request_after_another() -> None:
    async def run() -> int:
        async with answering(at_once) as server:
            line = to(server)
            for _ in range(20):
                assert (await line.ask(ASK, soon())).body == b"ok"
            line.close()
            return server.accepted

    assert asyncio.run(run()) == 1


def test_no_more_connections_are_opened_than_allowed() -> None:
    async def run() -> int:
        async with answering(at_once) as server:
            line = to(server, most=3)
            replies = await asyncio.gather(*(line.ask(ASK, soon()) for _ in range(50)))
            assert {reply.body for reply in replies} == {b"ok"}
            line.close()
            return server.accepted

    assert 1 <= asyncio.run(run()) <= 3


def test_a_connection_that_its_server_gave_up_is_not_used_again() -> None:
    async def once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        writer.close()

    async def run() -> int:
        async with answering(once) as server:
            line = to(server)
            for _ in range(3):
                await line.ask(ASK, soon())
                await asyncio.sleep(0.05)  # its end is noticed while nobody asks
            line.close()
            return server.accepted

    assert asyncio.run(run()) == 3


def test_an_answer_that_only_the_end_of_the_connection_ends_is_whole() -> None:
    async def closing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nok")
        writer.close()

    async def run() -> bytes:
        async with answering(closing) as server:
            return (await to(server).ask(ASK, soon())).body

    assert asyncio.run(run()) == b"ok"


async def _closes(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _breaks_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK[:-1])
    await writer.drain()
    writer.close()


async def _mumbles(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"mumble\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (_closes, "broken_off", "closed the connection before it answered"),
        (_breaks_off, "broken_off", "closed the connection in the middle of its answer"),
        (_mumbles, "no_http", "does not speak HTTP as it should: it begins with b'mumble'"),
    ],
)
def test_a_bad_answer_is_told_by_its_kind(answer: Answer, kind: str, message: str) -> None:
    async def run() -> AskError:
        async with answering(answer) as server:
            with pytest.raises(AskError, match=message) as caught:
                await to(server).ask(ASK, soon())
            return caught.value

    assert asyncio.run(run()).kind == kind


def test_nobody_waits_longer_than_twilio_does() -> None:
    async def run() -> list[str]:
        async with answering(never) as server:
            line = to(server, most=1)  # the second one never even gets a connection
            asked = [line.ask(ASK, soon(0.1)) for _ in range(2)]
            found = await asyncio.gather(*asked, return_exceptions=True)
            line.close()
            return [each.kind for each in found if isinstance(each, AskError)]

    assert asyncio.run(run()) == ["timeout", "timeout"]


def test_who_gives_up_in_the_queue_leaves_its_place_to_the_next() -> None:
    async def run() -> bytes:
        async with answering(at_once) as server:
            line = to(server, most=1)
            tasks = [asyncio.create_task(line.ask(ASK, soon())) for _ in range(5)]
            await asyncio.sleep(0)
            for task in tasks[1:4]:
                task.cancel()
            await asyncio.wait(tasks)
            reply = await line.ask(ASK, soon())
            line.close()
            return tasks[4].result().body + reply.body

    assert asyncio.run(run()) == b"okok"


def test_who_is_cancelled_with_a_place_just_given_gives_it_on() -> None:
    async def run() -> bytes:
        async with answering(at_once) as server:
            line = to(server, most=1)
            await line._enter()
            waiting = asyncio.create_task(line._enter())
            await asyncio.sleep(0)
            line._leave()
            waiting.cancel()  # before it could take the place that is its own by now
            await asyncio.wait([waiting])
            assert waiting.cancelled()
            reply = await line.ask(ASK, soon(2))
            line.close()
            return reply.body

    assert asyncio.run(run()) == b"ok"


def test_a_closed_port_is_told_as_no_connection() -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]

    async def run() -> None:
        await Connections("127.0.0.1", port, None, 1).ask(ASK, soon())

    with pytest.raises(AskError, match="takes no connection") as caught:
        asyncio.run(run())
    assert caught.value.kind == "no_connection"


def test_a_server_that_lets_nobody_in_is_told_as_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)

    async def run() -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            host, port = full.getsockname()
            with socket.socket() as first, socket.socket() as second:
                for each in (first, second):  # they fill the queue of who is let in
                    each.settimeout(0)
                    each.connect_ex((host, port))
                await asyncio.sleep(0.05)
                await Connections(host, port, None, 1).ask(ASK, soon())

    with pytest.raises(AskError, match=r"takes no connection within 0.2 s"):
        asyncio.run(run())


def test_what_comes_unasked_closes_the_connection() -> None:
    async def twice(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(OK)

    async def run() -> int:
        async with answering(twice) as server:
            line = to(server)
            await line.ask(ASK, soon())
            await asyncio.sleep(0.2)
            await line.ask(ASK, soon())
            line.close()
            return server.accepted

    assert asyncio.run(run()) == 2
