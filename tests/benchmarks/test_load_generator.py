from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, request

from tests.benchmarks.load_generator import Generator
from tests.benchmarks.pretend_caller import PLAIN_TURN, TOKEN, PlainWalk, keyed
from tests.benchmarks.under_server import percentile
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


def answering(status: int, seconds: float = 0.0) -> Flask:
    """Answers every turn in the same way, after a while."""
    app = Flask("answering")

    @app.post(PLAIN_TURN)
    def turn() -> Response:
        threading.Event().wait(seconds)
        return Response(request.form["CallSid"], status)

    return app


@contextmanager
def generator(port: int, connections: int = 2) -> Iterator[Generator]:
    made = Generator(port, [PlainWalk(number) for number in range(connections)])
    try:
        yield made
    finally:
        made.close()


@contextmanager
def hanging_up() -> Iterator[int]:
    """A server that reads a request, and ends the connection without a word; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                with sock:
                    sock.recv(65_536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_callers_ask_again_as_soon_as_they_are_answered() -> None:
    with serving(answering(200)) as url, generator(int(url.rpartition(":")[2])) as load:
        heard = load.closed(0.3)
    assert heard.turns > 4
    assert heard.turns == len(heard.milliseconds)
    assert heard.errors == 0


def test_a_steady_rate_is_held_whatever_the_server_does() -> None:
    with serving(answering(200)) as url, generator(int(url.rpartition(":")[2]), 8) as load:
        heard = load.steady(0.5, 40)
    assert heard.turns == 20
    assert heard.errors == 0


def test_a_turn_is_measured_from_when_it_was_due() -> None:
    with serving(answering(200, 0.1)) as url, generator(int(url.rpartition(":")[2]), 1) as load:
        heard = load.steady(0.3, 20)
    assert heard.turns == 6
    # The sixth was due after 0.25 s, and five of 0.1 s each stand before it.
    assert max(heard.milliseconds) > 300


def test_an_error_is_counted_and_is_no_turn() -> None:
    with serving(answering(500)) as url, generator(int(url.rpartition(":")[2])) as load:
        heard = load.closed(0.1)
    assert heard.refusals == heard.errors > 0
    assert heard.turns == 0


def test_a_request_without_an_answer_is_counted() -> None:
    with hanging_up() as port, generator(port) as load:
        heard = load.steady(0.2, 20)
    assert heard.unanswered == 4
    assert heard.turns == 0


def test_a_request_that_nobody_takes_is_counted_apart() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with generator(closed.getsockname()[1]) as load:
            heard = load.steady(0.2, 20)
    assert (heard.unreached, heard.unanswered) == (4, 0)


def test_what_is_signed_fits_by_the_library_of_twilio() -> None:
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - it is slow to import

    asked = PlainWalk(7).request()
    url = f"http://line.example{asked.path}"
    assert RequestValidator(TOKEN).validate(url, keyed(7, "1"), asked.signature)


@pytest.mark.parametrize(("percent", "value"), [(50, 50.5), (99, 99.01)])
def test_percentiles_are_those_of_all_values(percent: int, value: float) -> None:
    assert percentile([float(each) for each in range(1, 101)], percent) == pytest.approx(value)


def test_without_answers_a_percentile_has_no_end() -> None:
    assert percentile([], 99) == float("inf")
