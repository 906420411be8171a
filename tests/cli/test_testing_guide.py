"""docs/testing.md is followed: its files written, its commands run, in order, in a folder."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
CHECKOUT = "path/to/ghore-boshe"
SERVERS = ("-m flask ", "ivr phone ")
"""What runs until it is stopped."""
PATIENCE_SECONDS = 60
EXITS = re.compile(r"\s+# exits with (\d)$")


class Block(Struct, frozen=True):
    """One of the page: a file, a command, or what the command before it prints."""

    kind: str
    text: str


class Reader(Struct, frozen=True):
    """Somebody who follows the page in a folder, on ports that are free there."""

    folder: Path
    ports: dict[str, str]
    servers: ExitStack

    def follow(self, blocks: list[Block]) -> list[str]:
        """Does what the blocks say, and gives the commands that were run to their end."""
        done, printed = [], ""
        for block in blocks:
            match block.kind:
                case "python":
                    name = block.text.splitlines()[0].removeprefix("# ")
                    (self.folder / name).write_text(block.text, encoding="utf-8")
                case "ini":
                    (self.folder / "pytest.ini").write_text(block.text, encoding="utf-8")
                case "sh":
                    for line in block.text.replace("\\\n", " ").splitlines():
                        printed = self.run(line)
                        done.append(line)
                case "text":
                    assert printed.splitlines() == block.text.splitlines()
                case other:
                    raise AssertionError(other)
        return done

    def run(self, line: str) -> str:
        """Runs a command, or starts a server; gives what is printed, with the ports of the page."""
        exits = EXITS.search(line)
        command = self.here(EXITS.sub("", line))
        if any(server in line for server in SERVERS):
            self.servers.enter_context(self.serving(command))
            return ""
        ended = subprocess.run(  # noqa: S603 - our own page
            shlex.split(command),
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert ended.returncode == (int(exits[1]) if exits else 0), f"{line}\n{ended.stdout}"
        return self.there(ended.stdout)

    def here(self, command: str) -> str:
        """With the ports and the checkout of this machine."""
        for port, free in self.ports.items():
            command = command.replace(port, free)
        return command.replace(CHECKOUT, str(ROOT))

    def there(self, printed: str) -> str:
        """With the ports of the page."""
        for port, free in self.ports.items():
            printed = printed.replace(f":{free}", f":{port}")
        return printed

    @contextmanager
    def serving(self, command: str) -> Iterator[None]:
        port = next(free for free in self.ports.values() if free in command)
        with (self.folder / f"{port}.log").open("w") as log:
            server = subprocess.Popen(  # noqa: S603 - our own page
                shlex.split(command),
                cwd=self.folder,
                env=environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            await_port(server, int(port))
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(PATIENCE_SECONDS)


def await_port(server: subprocess.Popen[bytes], port: int) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS).close()
        except ConnectionRefusedError:
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(0.05)
        else:
            return
    raise AssertionError(f"the server on port {port} ended with {server.returncode}")


def environment() -> dict[str, str]:
    """One in which pip takes what is installed here already, and needs no network.

    The project itself is really built, and installed as anybody would.
    """
    installed = Path(pytest.__file__).parents[1]
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(installed),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # the name is misleading: 0 is «no isolation»
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "2",
    }


def free_ports(count: int) -> list[str]:
    with ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [str(each.getsockname()[1]) for each in found]


def test_the_page_can_be_followed_to_its_end(tmp_path: Path) -> None:
    blocks = [
        Block(kind, text)
        for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    ]
    ports = sorted(set(re.findall(r"\b(\d{4})\b(?=/|$)", PAGE, re.MULTILINE)))
    with ExitStack() as servers:
        reader = Reader(tmp_path, dict(zip(ports, free_ports(len(ports)), strict=True)), servers)
        done = reader.follow(blocks)
    told = " ".join(done)
    for command in ("ivr call", "ivr phone", "ivr crawl", "--replay", "--fault", "pytest"):
        assert command in told
