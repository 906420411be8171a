"""A crawl that is stopped, as a process: by a limit, by Ctrl-C, by who no longer reads it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import IVR, UNMEASURED
from tests.serving import serving
from tests.simulator.applications import faulty
from tests.simulator.raw_server import OK, endless, hanging
from tests.simulator.sockets import listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.sockets import Connection

PATIENCE_SECONDS = 60
MENU = b'<Response><Gather numDigits="1"><Say>Press a key.</Say></Gather><Redirect/></Response>'
PAGE = OK + b"Content-Length: %d\r\n\r\n%b" % (len(MENU), MENU)


def start(*arguments: str, is_measured: bool = True) -> subprocess.Popen[str]:
    variables = {} if is_measured else UNMEASURED
    return subprocess.Popen(  # noqa: S603 - our own command
        [IVR, "crawl", "--token", "T", *arguments],
        env={**os.environ, **variables},  # noqa: TID251 - a child needs PATH
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answering_until(
    documents: int, serve: Callable[[Connection], None]
) -> tuple[Callable[[Connection], None], threading.Event]:
    """Gives some documents, and then does something else; the event says so."""
    left, is_other = iter(range(documents)), threading.Event()

    def answer(connection: Connection) -> None:
        if next(left, None) is not None:
            connection.send(PAGE)
        else:
            is_other.set()
            serve(connection)

    return answer, is_other


SLOW = {
    "hangs": hanging(),
    "breaks off": hanging(OK + b"Content-Length: 500\r\n\r\n<Resp"),
    "drips": endless(OK + b"\r\n", b" ", every_seconds=0.05),
}


@pytest.mark.parametrize("how", SLOW)
def test_the_timeout_ends_a_crawl_in_the_middle_of_an_answer(how: str) -> None:
    """One answer could take 15 s."""
    serve, _ = answering_until(3, SLOW[how])
    with listening(serve) as url:
        process = start(f"{url}/voice", "--timeout", "2")
        out, err = process.communicate(timeout=12)
    assert (process.returncode, err) == (1, "")
    assert "  1  /voice  waits for 1 key\n" in out
    assert "Errors" not in out, "to be cut off is no fault of the line's"
    asked = f"; POST {url}/voice had taken "
    assert f"stopped at --timeout 2: 12 inputs were not tried{asked}" in out


def test_ctrl_c_tells_what_was_found_until_then() -> None:
    serve, is_hanging = answering_until(5, hanging())
    with listening(serve) as url:
        process = start(f"{url}/voice", is_measured=False)
        assert is_hanging.wait(PATIENCE_SECONDS)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (1, "")
    assert "  1  /voice  waits for 1 key\n" in out
    assert "stopped at Ctrl-C: " in out


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_who_reads_no_further_ends_it_quietly(form: tuple[str, ...]) -> None:
    with serving(faulty.make_app()) as url:
        process = start(f"{url}/voice", *form)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        with process.stderr as stderr:
            assert stderr.read() == ""
        assert process.wait(PATIENCE_SECONDS) == 1


def test_a_full_disk_is_told() -> None:
    with serving(faulty.make_app()) as url, open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(  # noqa: S603 - our own command
            [IVR, "crawl", "--token", "T", f"{url}/voice"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
