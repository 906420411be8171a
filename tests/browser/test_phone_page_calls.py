"""Whole calls on the page: by mouse, by keyboard, by finger; barge-in, hanging up, sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.rung_lines import answering, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from ivr.flow.model import Spec
    from tests.browser.conftest import HungUp
    from tests.browser.handset import Handset

MAX_TURNS = 20
MAX_TABS = 30
SMALL = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def practise(
    handset: Handset, spec: Spec, digits: dict[str, str], press: Callable[[str], object]
) -> int:
    """Goes from the greeting to the end of the practice; gives how many codes were keyed in."""
    done, codes, turn = spec.words["bn"].prompts["practice_done"], 0, 3
    handset.until_it_listens(1)
    press("1")
    handset.until_it_listens(2)
    press("2")
    handset.until_it_listens(3)
    while done not in handset.fresh_words:
        assert turn < MAX_TURNS
        code = handset.code(digits)
        codes += bool(code)
        for key in code or "1":
            press(key)
        turn += 1
        handset.until_it_listens(turn)
    return codes


def tab_to(handset: Handset, selector: str) -> None:
    """Goes there with the Tab key alone."""
    for _ in range(MAX_TABS):
        handset.page.keyboard.press("Tab")
        if handset.page.evaluate("each => document.activeElement.matches(each)", selector):
            return
    pytest.fail(f"Tab never leads to {selector}")


def test_a_whole_practice_by_mouse(handset: Handset, spec: Spec, digits: dict[str, str]) -> None:
    handset.ring(virtual=True)
    assert practise(handset, spec, digits, lambda key: handset.key(key).click()) == 7
    expect(handset.page.locator("#session")).to_contain_text("what_next")
    handset.page.locator("#hang-up").click()
    expect(handset.state).to_have_text("The caller hung up")
    expect(handset.page.locator(".row.error, .row.warning")).to_have_count(0)


def test_a_whole_practice_by_keyboard(handset: Handset, spec: Spec, digits: dict[str, str]) -> None:
    keyboard = handset.page.keyboard
    tab_to(handset, "[name=time]")
    keyboard.press("ArrowDown")
    keyboard.press("c")
    assert practise(handset, spec, digits, keyboard.press) == 7
    keyboard.press("Escape")
    expect(handset.state).to_have_text("The caller hung up")


def test_the_keys_of_the_page_are_reached_and_pressed_by_tab(handset: Handset) -> None:
    handset.page.locator("input[value=virtual]").check()
    tab_to(handset, "#call")
    handset.page.keyboard.press("Enter")
    handset.until_it_listens(1)
    tab_to(handset, "[data-key='1']")
    handset.page.keyboard.press("Space")
    handset.until_it_listens(2)
    expect(handset.page.locator("#lines .caller")).to_have_text(["1"])


def test_a_tap_is_one_key(at: Callable[..., Handset], origin: str) -> None:
    handset = at(origin, **SMALL)
    handset.page.locator("input[value=virtual]").check()
    handset.page.locator("#call").tap()
    handset.until_it_listens(1)
    handset.key("1").tap()
    handset.until_it_listens(2)
    handset.key("2").tap()
    handset.until_it_listens(3)
    handset.key("4").tap()
    handset.key("4").tap()
    expect(handset.page.locator("#entry")).to_have_text("44")
    expect(handset.page.locator("#lines .caller")).to_have_text(["1", "2"])


def test_the_meter_moves_only_with_the_sound_of_the_line(handset: Handset) -> None:
    assert handset.level == 0
    handset.key("5").click()
    handset.ring().until_it_sounds()
    handset.page.locator("#mute").click()  # the line sounds on, the page does not
    handset.until_it_sounds()
    handset.page.locator("#hang-up").click()
    handset.until_it_is_still()


def test_a_key_stops_the_clip_before_the_line_knows_of_it(handset: Handset, spec: Spec) -> None:
    held: list[Route] = []

    def hold_keys(route: Route) -> None:
        if '"press"' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    handset.page.route("**/calls/*", hold_keys)
    handset.ring().until_it_sounds()
    handset.key("1").click()
    handset.until_it_is_still()
    (route,) = held
    route.continue_()
    handset.page.unroute("**/calls/*")
    expect(handset.captions).to_contain_text(spec.words["bn"].prompts["warm_up_done"])
    expect(handset.captions).not_to_contain_text(spec.words["bn"].prompts["warm_up_key"])
    handset.until_it_sounds()


def test_hanging_up_in_mid_clip_stops_it_and_ends_the_call(
    handset: Handset, own_line: HungUp
) -> None:
    handset.ring().until_it_sounds()
    handset.page.keyboard.press("h")
    handset.until_it_is_still()
    expect(handset.state).to_have_text("The caller hung up")
    assert own_line.ended.acquire(timeout=10)


def test_a_second_call_begins_anew(handset: Handset) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    handset.page.keyboard.press("Escape")
    expect(handset.state).to_have_text("The caller hung up")
    handset.page.keyboard.press("Enter")
    handset.until_it_listens(1)
    expect(handset.marks("ended")).to_have_count(0)


def test_virtual_time_is_silent_and_passes_by_staying_silent(handset: Handset, spec: Spec) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    handset.page.get_by_role("button", name="Stay silent").click()
    handset.until_it_listens(2)
    assert spec.words["bn"].prompts["warm_up_no_input"] in "\n".join(handset.fresh_words)
    assert handset.level == 0
    assert not any("/clips/" in url for url in handset.requests)


def test_english_stands_under_the_words_when_it_is_wanted(handset: Handset, spec: Spec) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    english = handset.captions.get_by_text(spec.words["en"].prompts["warm_up_key"], exact=True)
    expect(english).to_be_hidden()
    handset.page.get_by_role("switch", name="English").check()
    expect(english).to_be_visible()
    handset.page.get_by_role("switch", name="English").uncheck()
    expect(english).to_be_hidden()


def test_a_screen_reader_hears_each_caption_once_in_its_language(handset: Handset) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    live = handset.page.locator("[aria-live=polite]")
    expect(live).to_have_count(1)
    expect(live).to_have_text(handset.fresh_words[-1])
    expect(live).to_have_attribute("lang", "bn")


def test_the_log_shows_requests_documents_and_places(handset: Handset) -> None:
    handset.ring(virtual=True).until_it_listens(1)
    handset.page.keyboard.press("1")
    handset.until_it_listens(2)
    rows = handset.page.locator("#log .row")
    expect(handset.marks("request 2")).to_have_count(1)
    expect(rows.filter(has=handset.marks("request 2"))).to_contain_text(
        "/voice/turn/warm_up?turn=1"
    )
    assert "<Gather" in handset.page.locator("#log details[open] pre").inner_text()
    expect(rows.filter(has=handset.marks("place")).last).to_contain_text("main_menu")
    handset.page.get_by_role("button", name="Diagnoses").click()
    expect(rows.first).to_be_hidden()
    handset.page.get_by_role("button", name="All", exact=True).click()
    expect(rows.first).to_be_attached()


def test_typing_in_a_field_presses_no_keys(handset: Handset) -> None:
    handset.page.locator("#more > summary").click()
    handset.page.locator("#faults").press_sequentially("c123h")
    expect(handset.page.locator("#faults")).to_have_value("c123h")
    expect(handset.state).to_contain_text("green key")


def test_two_tabs_are_two_calls(at: Callable[..., Handset], origin: str) -> None:
    one, other = at(origin), at(origin)
    for each in (one, other):
        each.ring(virtual=True).until_it_listens(1)
    one.page.keyboard.press("1")
    one.until_it_listens(2)
    expect(other.marks("gather")).to_have_count(1)
    one.page.keyboard.press("Escape")
    expect(one.state).to_have_text("The caller hung up")
    other.page.keyboard.press("1")
    other.until_it_listens(2)


@pytest.mark.parametrize("leave", ["reload", "close"])
def test_a_page_that_goes_away_hangs_up(handset: Handset, own_line: HungUp, leave: str) -> None:
    handset.ring().until_it_sounds()
    if leave == "reload":
        handset.page.reload()
        expect(handset.state).to_contain_text("green key")
    else:
        handset.page.close(run_before_unload=True)
    assert own_line.ended.acquire(timeout=10)


def test_a_page_that_the_browser_brings_back_tells_that_its_call_is_over(
    handset: Handset, own_line: HungUp
) -> None:
    """Some browsers keep a page that was left, and show it again as it was."""
    handset.ring().until_it_sounds()
    handset.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert own_line.ended.acquire(timeout=10)
    expect(handset.state).to_have_text("The page was left; the call was hung up.")
    handset.ring(virtual=True).until_it_listens(1)


def test_a_machine_that_slept_does_not_take_the_call_along(handset: Handset) -> None:
    handset.page.clock.install()
    handset.ring()
    expect(handset.page.locator("#clock")).to_have_text("0:01")
    handset.page.clock.fast_forward("30:00")
    expect(handset.page.locator("#clock")).to_have_text("0:04")
    expect(handset.captions.locator("li")).to_have_count(1)


def test_the_watch_stands_where_the_call_ended(at: Callable[..., Handset]) -> None:
    with served(answering("<Pause length='2'/>")) as origin:
        handset = at(origin).ring()
        expect(handset.page.locator("#clock")).to_have_text("0:01")
        expect(handset.state).to_contain_text("nothing more to say")
        expect(handset.page.locator("#clock")).to_have_text("0:02")


def test_a_call_out_of_sight_still_says_that_somebody_is_there(at: Callable[..., Handset]) -> None:
    """Such a page is let run once a minute; the server hangs up what nobody attends to."""
    waits = '"do":"wait"'
    with served(answering("<Pause length='600'/>")) as origin:
        handset = at(origin)
        handset.page.clock.install()
        handset.ring()
        expect(handset.state).to_have_text("The line speaks")
        with handset.page.expect_request(lambda each: waits in (each.post_data or "")):
            handset.page.clock.fast_forward("01:00")
        expect(handset.page.locator("#clock")).to_have_text("0:02")
