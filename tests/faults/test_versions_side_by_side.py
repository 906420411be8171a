"""Two versions of the flow over one Redis, each request to either: as while a release rolls out."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from ivr.engine.carried import MAX_HOPS
from ivr.engine.step import MAX_RESAID
from ivr.flow.model import Menu
from ivr.simulator.events import Gathering, Requested
from tests.conftest import TOKEN
from tests.faults.balancer import balancer
from tests.faults.habits import Habit
from tests.faults.line_servers import ROOT, line_server
from tests.faults.pretend_callers import Caller, Crowd
from tests.faults.two_versions import changed_version, renamed_version, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.simulator.events import Event
    from tests.faults.stories import Report

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("store"),
]  # nobody is known from the tests before
CALLERS: Final = 80
MENU: Final = "main_menu"
BEFORE: Final = frozenset({"", MENU, "warm_up", "first_key"})
"""From where everybody is led to the menu."""
KEYS: Final[Mapping[str, Sequence[str]]] = {
    "first_key": ("1",),
    "ready": ("1",),
    "and_now": ("2",),
}
GOALS: Final[Mapping[str, frozenset[str]]] = {
    "choose_lesson": frozenset({"register_lesson"}),
    "choose_practice": frozenset({"practice_number"}),
    "choose_services": frozenset({"services_lesson", "ready"}),
    "choose_more": frozenset({"more"}),
}
"""What callers choose in the menu, and where each version may lead them."""


class Listener(Caller):
    """One who presses in the menu what was heard last for what they want."""

    keys: Mapping[str, Sequence[tuple[str, str]]]
    """What they may want: how it is offered, and the key that is told with it."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.misled: list[str] = []
        """Where a key led that was pressed for something else."""
        self.sent_back: list[tuple[int, int]] = []
        """Each time that the call was back at the menu: how often it had been handed over in a row,
        and how often the place before had been said again."""
        self.told = 0
        """How often the menu was said again where another version had said it."""
        self.hops = 0
        self._hop = 0
        self._resaid = 0
        self._has_chosen = False

    def _keys(self) -> str:
        self._has_chosen = self._node == MENU
        if not self._has_chosen:
            return super()._keys()
        heard = " ".join(self._heard)
        offered = (key for text, key in self.keys[self._habit.name] if text in heard)
        return next(offered, "*")

    def _listen(self, event: Event) -> None:
        before = self._node
        super()._listen(event)
        match event:
            case Requested(url=url, purpose="document"):
                self._hop = int(parse_qs(urlsplit(url).query).get("hop", ["0"])[0])
                self.hops += self._hop > 0
            case Gathering():
                self._arrive(before)
            case _:
                pass

    def _arrive(self, before: str) -> None:
        if self._node == MENU and before not in BEFORE:
            self.sent_back.append((self._hop, self._resaid))
        self._resaid = self._resaid + bool(self._hop) if self._node == before else 0
        self.told += self._has_chosen and self._node == MENU
        if self._has_chosen and self._node not in {MENU, *GOALS[self._habit.name]}:
            self.misled.append(self._node)
        self._has_chosen = False


class Listeners(Crowd):
    """Many of them."""

    def __init__(self, url: str, versions: Sequence[Spec]) -> None:
        nodes = {name: node for spec in versions for name, node in spec.flow.nodes.items()}
        spec = replace(versions[0], flow=replace(versions[0].flow, nodes=nodes))
        habits = [Habit(name=goal, keys=KEYS) for goal in GOALS]
        super().__init__(url, TOKEN, spec, callers=CALLERS, seed=8, habits=habits)
        self.callers: list[Listener] = []
        self._offered = {goal: list(_offers(versions, goal)) for goal in GOALS}

    def _caller(self, *given: Any) -> Listener:
        phone, number = given
        habit = self._habits[number % len(self._habits)]
        caller = Listener(phone, self._ways, habit, number, self._chance(f"caller {number}"))
        caller.keys = self._offered
        self.callers.append(caller)
        return caller


def _offers(versions: Sequence[Spec], prompt: str) -> Iterator[tuple[str, str]]:
    for spec in versions:
        menu = spec.flow.nodes[MENU]
        assert isinstance(menu, Menu)
        for option in menu.options:
            if option.prompt == prompt:
                yield spec.words["bn"].prompts[prompt], option.key


@pytest.fixture
def own_audio(audio: Path, tmp_path: Path) -> Path:
    """Every clip, as links to the shared files; the second version's are rendered beside them."""
    (tmp_path / "own/clips").mkdir(parents=True)
    for file in (audio / "clips").iterdir():
        os.link(file, tmp_path / "own/clips" / file.name)
    return tmp_path / "own"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("change", ["renamed", "renamed-unsaid", "changed"])
def test_no_call_is_lost_between_two_versions(
    tmp_path: Path, redis_url: str, own_audio: Path, spec: Spec, change: str
) -> None:
    if change == "changed":
        config = changed_version(tmp_path)
    else:
        config = renamed_version(tmp_path, is_explained=change == "renamed")
    with balancer(seed=8) as front, ExitStack() as stack:

        def begin(config: Path) -> None:
            made = line_server(
                tmp_path,
                redis_url=redis_url,
                audio=own_audio,
                PUBLIC_URL=front.origin,
                IVR_CONFIG=str(config),
            )
            front.origins = [*front.origins, stack.enter_context(made).origin]
            front.wait_for(*front.origins)

        begin(ROOT / "config")
        second_spec = rendered(config, own_audio)  # while the first version answers
        begin(config)
        crowd = Listeners(f"{front.origin}/voice", [spec, second_spec])
        report = crowd.ring()
        tell(change, report, crowd.callers)
        assert report.troubled == []
        assert report.failed == []
        assert [
            each.misled for each in crowd.callers if each.misled and each.told < MAX_RESAID
        ] == []
        # Who meets the version that has not the place, over and over, begins at the menu.
        sent_back = [each for caller in crowd.callers for each in caller.sent_back]
        assert all(hop == MAX_HOPS or resaid >= MAX_RESAID for hop, resaid in sent_back)
        assert all(front.answered[origin] for origin in front.origins)


def tell(change: str, report: Report, callers: Sequence[Listener]) -> None:
    handed = sum(each.hops for each in callers)
    back = sum(len(each.sent_back) for each in callers)
    print(  # noqa: T201 - the figures
        f"\n{change}: {report}, handed over {handed} times, back at the menu {back} times, "
        f"the menu said again {sum(each.told for each in callers)} times, "
        f"keys taken for another meaning {sum(len(each.misled) for each in callers)}"
    )
