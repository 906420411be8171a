"""How many calls with human timing the server of the Procfile carries, by `ivr rehearse --load`."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Final

from tests.benchmarks.ours import ROOT
from tests.benchmarks.pretend_caller import ACCOUNT, START, TOKEN
from tests.benchmarks.running import IVR, free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.ours import Stage

CALLS: Final = 10_000
SECONDS: Final = 150
LATE_SECONDS: Final = 120
"""So long may the command take beyond what it was told, to ramp up and to end."""


def load_figures(stage: Stage, tell: Callable[[int, int], None]) -> dict[str, float]:
    """Concurrent calls, errors and times, while 10,000 callers ring the line.

    Raises:
        ValueError: the command did not tell what it found.
    """
    port = free_port()
    origin = f"http://127.0.0.1:{port}"  # the load signs what it asks
    with running(stage, str(IVR), "serve", port=port, PUBLIC_URL=origin) as server:
        server.wait_for("/readyz", (200,))
        tell(0, 1)
        told = _rehearsed(f"{origin}{START}")
        tell(1, 1)
    return {
        "concurrent_calls": told["concurrent_calls"],
        "load_errors": told["errors"],
        "load_turns_a_second": told["turns_per_second"],
        **{f"load_p{each}_ms": told[f"p{each}_ms"] for each in (50, 95, 99)},
        "load_late_p99_ms": told["late_p99_ms"],
    }


def _rehearsed(url: str) -> dict[str, float]:
    amount = ("--calls", str(CALLS), "--seconds", str(SECONDS))
    done = subprocess.run(  # noqa: S603 - our own command
        [str(IVR), "rehearse", "--load", url, *amount, "--json"],
        cwd=ROOT,
        env={**os.environ, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_ACCOUNT_SID": ACCOUNT},  # noqa: TID251 - a child needs PATH
        stdout=subprocess.PIPE,
        timeout=SECONDS + LATE_SECONDS,
        check=False,  # 1 tells of errors, which are a figure here
    )
    try:
        told: dict[str, float] = json.loads(done.stdout)
    except ValueError as error:
        raise ValueError(f"`ivr rehearse --load` ended with {done.returncode}") from error
    return told
