"""`ivr phone URL`: a telephone in the browser, for anybody's application."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec.structs import replace

from ivr.cli.given import Caller, caller_options, outcome_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.simulator.setup import Setup

PORT: Final = 8765

_EPILOG = """\b
Examples:
  ivr phone http://127.0.0.1:5000/voice
  ivr phone https://example.org/voice --token T --open
  ivr phone http://127.0.0.1:5000/ --method GET --param CallerName=Asha --port 9000
"""


@click.command(epilog=_EPILOG)
@click.argument("url")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    default=PORT,
    show_default=True,
    help="The port of the page, on 127.0.0.1.",
)
@click.option("--open", "is_opened", is_flag=True, help="Open the page. [default: no]")
@caller_options
@outcome_options
def phone(url: str, port: int, *, is_opened: bool, **given: Any) -> None:
    """Serve a telephone in the browser that rings the application at URL, as Twilio would.

    The page answers on this machine only: call and hang-up keys, a keypad, the clips, captions, and
    a log of every request and document. It stops on Ctrl-C.
    """
    from ivr.browser.app import ROOT, browser_phone
    from ivr.browser.line import RungLine
    from ivr.cli.call.line import digits_of, line_at
    from ivr.cli.port import reserved
    from ivr.cli.serving import HOST, origin, serve, stopped_by_signal
    from ivr.logs import configure

    options = Options(**given)
    options.check_caller(url, fallback=options.fallback)
    usual = options.setup()
    configure(is_json=False, level="warning")
    line = line_at(url, options.token)
    rung = RungLine(url=line.url, auth_token=line.token, setup=usual, digits=digits_of(line, None))
    with ExitStack() as stack:
        stack.enter_context(stopped_by_signal())
        taken = reserved(HOST, port, what="The page", remedy="give another one with --port")
        listener = stack.enter_context(taken)
        page = stack.enter_context(browser_phone(rung))
        address = f"{origin(listener)}{ROOT}"
        ready = f"Ready. Open {address} in a browser, and ring the line there.\nStop with Ctrl-C."
        serve(listener, page, ready, partial(_open, address) if is_opened else lambda: None)


class Options(Caller, frozen=True, kw_only=True):
    """Who calls, and how, as click gives it."""

    dial: str
    fallback: str | None

    def setup(self) -> Callable[[], Setup]:
        """What makes the setup of a call that begins now.

        Raises:
            click.BadParameter: --param or --dial is not in the form that it has.
        """
        from ivr.cli.clock import now
        from ivr.cli.given import outcomes

        usual = replace(
            self.caller_setup(now()),
            fallback_url=self.fallback,
            dial_outcomes=outcomes(self.dial),
        )
        return lambda: replace(usual, started_at=now())


def _open(address: str) -> None:
    """Opens the page beside: a browser in a terminal would keep the server from answering."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
