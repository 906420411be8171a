"""The page for everybody: on a small screen, without a mouse, read out, in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.handset import Handset

SMALL: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
}
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "small": SMALL,
    "small and dark": {**SMALL, "color_scheme": "dark"},
    "zoomed to 200 %": {"viewport": {"width": 640, "height": 400}},
}
LOW: dict[str, dict[str, Any]] = {
    "small": SMALL,
    "on its side": {**SMALL, "viewport": {"width": 640, "height": 360}},
    "larger, on its side": {**SMALL, "viewport": {"width": 844, "height": 390}},
    "zoomed to 200 %": {"viewport": {"width": 640, "height": 400}},
    "a low window": {"viewport": {"width": 1024, "height": 560}},
}
KEYS = "#keypad button, #call, #hang-up, #english, #mute"


def is_wider_than_its_screen(handset: Handset) -> bool:
    found = handset.page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return bool(found)


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_wrong(at: Callable[..., Handset], origin: str, screen: str) -> None:
    handset = at(origin, **SCREENS[screen])
    assert handset.violations() == ""
    handset.page.locator("#english").check()
    handset.ring(virtual=True, faults="status:404@3").until_it_listens(1)
    handset.key("1").click()
    handset.until_it_listens(2)
    handset.key("2").click(click_count=2)
    expect(handset.page.locator(".row.error").first).to_be_attached()
    handset.page.locator("#log summary").first.click()
    assert handset.violations() == ""
    assert not is_wider_than_its_screen(handset)


@pytest.mark.parametrize("screen", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_refusal(
    at: Callable[..., Handset], origin: str, screen: str
) -> None:
    handset = at(origin, **SCREENS[screen]).ring(faults="none")
    expect(handset.page.locator("#setup-error")).to_be_visible()
    assert handset.violations() == ""
    handset.troubles.clear()  # the console tells of the answer 400


@pytest.mark.parametrize("screen", LOW)
def test_a_small_screen_has_every_key_in_view_during_a_call(
    at: Callable[..., Handset], origin: str, screen: str
) -> None:
    handset = at(origin, **LOW[screen])
    handset.page.locator("#call").click()
    handset.until_it_sounds()
    handset.page.locator("#english").check()
    assert not is_wider_than_its_screen(handset)
    assert handset.page.evaluate("() => scrollY") == 0
    for key in handset.page.locator(KEYS).all():
        expect(key).to_be_in_viewport(ratio=1)
    expect(handset.captions.locator(".now")).to_be_in_viewport()
    expect(handset.state).to_be_in_viewport(ratio=1)


def test_a_small_screen_leads_to_the_log(at: Callable[..., Handset], origin: str) -> None:
    handset = at(origin, **SMALL)
    expect(handset.page.locator("#log-title")).not_to_be_in_viewport()
    handset.page.get_by_role("link", name="Log").tap()
    expect(handset.page.locator("#log-title")).to_be_in_viewport()


def test_every_control_has_a_name(handset: Handset) -> None:
    names = handset.page.locator("button, input").evaluate_all(
        "all => all.map(each => (each.ariaLabel ?? each.labels?.[0]?.textContent ?? '')"
        " || each.textContent).map(each => each.trim())"
    )
    assert len(names) > 20
    assert all(names)


def test_less_motion_moves_nothing_by_itself(at: Callable[..., Handset], origin: str) -> None:
    handset = at(origin, reduced_motion="reduce")
    durations = handset.page.locator("*").evaluate_all(
        "all => all.map(each => getComputedStyle(each).transitionDuration)"
    )
    assert set(durations) == {"0s"}
