"""What the tests of faults share: a menu that takes a key, and how long it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.simulator.events import Requested
from ivr.simulator.faults import parse_faults
from tests.simulator.conformance import ONE_SECOND, ORIGIN, THANKS, Reply, setup

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.phone import Phone
    from ivr.simulator.setup import Setup
    from tests.simulator.conformance import Page

MENU = f"""<Response>
    <Gather numDigits='1' action='/turn' timeout='2'><Say>{ONE_SECOND}</Say></Gather>
    <Redirect>/voice</Redirect>
</Response>"""
"""Says something for a second, and takes a key, or begins again 2 s later."""
SORRY = "<Response><Say>Sorry</Say></Response>"
LINE: dict[str, Page] = {"/voice": MENU, "/turn": THANKS, "/fallback": SORRY}
MOVED = Reply("", 302, headers={"Location": "/moved"})
SCREENED = (
    "<Response><Dial action='/turn'><Number url='/screen'>+12025550123</Number></Dial></Response>"
)
THANKED = [ONE_SECOND, "Thanks"]
KEYED = 1.5
"""When the key has been pressed: a caller takes half a second for it."""
ENDED = KEYED + 6 / 14
"""When `Thanks` has been said."""


def with_faults(*texts: str, **fields: Any) -> Setup:
    """Gives the setup of a call that faults befall."""
    return setup(faults=parse_faults(texts), **fields)


def ring(phone: Phone, *faults: str, url: str = f"{ORIGIN}/voice") -> Call:
    """Places a call that faults befall, and listens until the line waits or all is over."""
    call = phone.call(url, setup=with_faults(*faults))
    call.start()
    return call


def requests(call: Call) -> list[tuple[int | None, tuple[str, ...]]]:
    """Gives the status of each request, and what befell it."""
    found = (event for event in call.events if isinstance(event, Requested))
    return [(event.status, event.faults) for event in found]
