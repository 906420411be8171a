"""How long and how often one fetch may still try, by its connection overrides."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import httpx
from msgspec import Struct

if TYPE_CHECKING:
    from ivr.simulator.http.overrides import Overrides, Trouble

T = TypeVar("T")
Awaited: TypeAlias = Generator[float, None, T]
"""What somebody waits for: yields each stretch of seconds that is to pass on the call's clock, and
goes on when it has passed."""


class Patience(Struct, kw_only=True):
    """What one fetch has left, over all its attempts and HTTP redirects.

    It has two clocks, neither of which counts what passes on the other: the real one, for what an
    application really takes, and that of the call, for what is late on purpose. So where an answer
    is too late on purpose, it is so on every machine.
    """

    overrides: Overrides
    deadline_seconds: float
    """On the monotonic clock."""
    retries_left: int
    late_seconds: float = 0.0
    """How long the caller has waited, on the clock of the call."""

    @classmethod
    def begin(cls, overrides: Overrides) -> Patience:
        """Gives the whole of what the overrides allow, from now on."""
        return cls(
            overrides=overrides,
            deadline_seconds=time.monotonic() + overrides.total_seconds,
            retries_left=overrides.retries,
        )

    def is_over(self) -> bool:
        """Says whether the time for everything together is used up."""
        is_late = self.late_seconds >= self.overrides.total_seconds
        return is_late or time.monotonic() >= self.deadline_seconds

    def most_late_seconds(self) -> float:
        """Gives how late an answer may be on purpose."""
        left = self.overrides.total_seconds - self.late_seconds
        return min(self.overrides.read_seconds, left)

    def wait(self, seconds: float) -> Awaited[None]:
        """Lets seconds pass on the clock of the call; what they really take is nobody's fault."""
        begun = time.monotonic()
        yield seconds
        self.deadline_seconds += time.monotonic() - begun
        self.late_seconds += seconds

    def takes_retry(self, trouble: Trouble | None) -> bool:
        """Says whether to try again after this trouble, and counts the retry."""
        is_covered = trouble in self.overrides.retry_on and self.retries_left > 0
        if not is_covered or self.is_over():
            return False
        self.retries_left -= 1
        return True

    def extensions(self) -> dict[str, object]:
        """Gives the limits as a request of `ivr.simulator.http.network` carries them."""
        read, connect = self.overrides.read_seconds, self.overrides.connect_seconds
        timeout = httpx.Timeout(read, connect=connect).as_dict()
        return {"timeout": timeout, "deadline": self.deadline_seconds}

    def check_in_process(self, response: httpx.Response, begun_seconds: float) -> None:
        """Refuses what an application in this process answered later than it may.

        It cannot be interrupted. Over a network the reading itself keeps the time; such an answer
        names the stream that it comes from.

        Raises:
            httpx.ReadTimeout: it took longer than the read timeout since `begun_seconds`.
        """
        is_in_process = "network_stream" not in response.extensions
        if is_in_process and time.monotonic() - begun_seconds > self.overrides.read_seconds:
            raise httpx.ReadTimeout("the application answered too late")


def trouble_of_error(error: httpx.RequestError) -> Trouble | None:
    """Gives what Twilio's retry policy calls an error; None for what it never tries again."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "ct"
        case httpx.ReadTimeout():
            return "rt"
        case _:
            return None


def trouble_of_status(status: int) -> Trouble | None:
    """Gives what Twilio's retry policy calls a status; None for one that is no failure."""
    if httpx.codes.is_client_error(status):
        return "4xx"
    return "5xx" if httpx.codes.is_server_error(status) else None
