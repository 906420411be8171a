"""What stands under the captions of a live call: a real terminal, a real server, real time."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from tests.cli.pages import pages
from tests.cli.terminal import PATIENCE_SECONDS, Terminal
from tests.serving import serving
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/turn" timeout="60"><Play>/long.wav</Play></Gather>',
    "/turn": '<Gather action="/free" timeout="60"/><Hangup/>',
    "/free": "<Say>Thank you</Say><Hangup/>",
    "/talk": '<Pause length="60"/><Hangup/>',
    "/hold": "<Enqueue>help</Enqueue>",
    "/dial": "<Dial>+12025550123</Dial>",
    "/keys": '<Gather timeout="60" finishOnKey=""/><Hangup/>',
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving(pages(DOCUMENTS, {"/long.wav": sound("Press a key", 60)})) as url:
        yield url


def test_what_an_answer_takes_is_shown_and_keys_pressed_meanwhile_reach_nobody() -> None:
    answer = threading.Semaphore(0)
    line = pages(
        {
            "/": '<Gather numDigits="1" action="/record" timeout="60"/><Hangup/>',
            "/record": '<Record action="/last" playBeep="false"/>',
            "/last": '<Gather numDigits="2" timeout="60"/><Hangup/>',
        }
    )

    @Request.application
    def slow(request: Request) -> Response:
        assert answer.acquire(timeout=PATIENCE_SECONDS)
        return Response.from_app(line, request.environ)

    with serving(slow) as url, Terminal(f"{url}/") as terminal:
        terminal.wait_for("00:00  asks the application…   Ctrl-C hangs up")
        terminal.key_in("12")
        answer.release()
        terminal.wait_for("12: pressed while the application was asked; nobody heard it")
        terminal.wait_for("60 s · waits for 1 key")
        terminal.key_in("34")
        terminal.wait_for("caller  3")
        terminal.wait_for("asks the application…")
        answer.release()
        terminal.wait_for("4: pressed while the application was asked; nobody heard it")
        terminal.wait_for("records what you say; a key or hanging up ends it")
        terminal.key_in("5")
        terminal.wait_for(", ended by 5)")
        terminal.wait_for("asks the application…")
        terminal.key_in("h")
        answer.release()
        terminal.wait_for("The caller hung up")
        assert terminal.end() == 0


def test_an_application_that_hangs_can_be_hung_up_on() -> None:
    answered = threading.Event()

    @Request.application
    def stuck(_: Request) -> Response:
        answered.wait(PATIENCE_SECONDS)
        return Response("<Response/>", mimetype="text/xml")

    with serving(stuck) as url, Terminal(f"{url}/") as terminal:
        terminal.wait_for("asks the application…")
        terminal.process.send_signal(signal.SIGINT)
        terminal.wait_for("The caller hung up after 0.0 s.")
        answered.set()
        assert terminal.end() == 0
        assert terminal.is_as_before


def test_while_a_dial_rings_its_seconds_are_told(origin: str) -> None:
    with Terminal(f"{origin}/dial") as terminal:
        terminal.wait_for("4 s · it rings elsewhere, or you talk there")
        terminal.key_in("1")
        terminal.wait_for("1: the line does not listen to keys now")
        terminal.key_in("h")
        terminal.wait_for("(dials +12025550123: canceled)")
        assert terminal.end() == 0


def test_in_a_narrow_window_keys_and_words_and_seconds_come_first(origin: str) -> None:
    with Terminal(f"{origin}/keys", columns=40) as terminal:
        terminal.wait_for("s · waits for keys")
        terminal.key_in(f"s{'abcdefghij' * 5}")
        terminal.wait_for(f"say: fghij{'abcdefghij' * 2}█")
        terminal.key_in("\x1b123")
        terminal.wait_for("  123 · ")
        terminal.key_in("4567890" * 4)
        terminal.wait_for("…0456789045678904567890 · ")
        terminal.resize(80)
        terminal.wait_for(f"123{'4567890' * 4} · ")
        terminal.wait_for("s · waits for keys")
        terminal.key_in("h")
        assert terminal.end() == 0


@pytest.mark.parametrize("columns", [40, 60, 80, 100])
def test_nothing_is_wider_than_the_window(origin: str, columns: int) -> None:
    with Terminal(f"{origin}/talk", columns=columns) as terminal:
        terminal.wait_for("(pause of 60 s)")
        terminal.key_in("12?")
        terminal.wait_for("this help")
        terminal.key_in("h")
        terminal.wait_for("The caller hung up")
        rows = terminal.shown.splitlines()
        assert [row for row in rows if len(row.rstrip()) > columns] == []
        assert all(row.startswith(" " * 9) for row in rows if "keys now" in row or "help" in row)
        assert "keys now" in terminal.shown
        assert terminal.end() == 0


def test_a_terminal_that_cannot_go_back_has_lines_instead(origin: str) -> None:
    with Terminal(f"{origin}/voice", TERM="dumb") as terminal:
        terminal.wait_for("line    Press a key")
        terminal.key_in("1")
        terminal.wait_for("         key 1\n")
        terminal.wait_for("caller  1")
        terminal.wait_for("         waits 60 s for keys, up to #\n")
        terminal.key_in("4s")
        terminal.wait_for("         key 4\n")
        terminal.wait_for("         type the words; Enter says it · Esc does not\n")
        terminal.key_in("a 1\r#")
        terminal.wait_for("         a 1: not said")
        terminal.wait_for("         key #\n")
        terminal.wait_for("caller  4#")
        terminal.wait_for("(Say) Thank you\n")
        terminal.wait_for("The line hung up")
        assert terminal.end() == 0


def test_a_queue_is_told_in_the_status_line(origin: str) -> None:
    with Terminal(f"{origin}/hold") as terminal:
        terminal.wait_for("you wait in the queue 'help'")
        terminal.key_in("h")
        assert terminal.end() == 0
