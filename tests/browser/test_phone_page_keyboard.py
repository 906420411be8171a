"""The keys of the keyboard, of every kind of keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.rung_lines import answering, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.handset import Handset


def test_a_key_that_is_held_down_is_pressed_once(at: Callable[..., Handset]) -> None:
    with served(answering("<Gather numDigits='9' timeout='60'/>")) as origin:
        handset = at(origin).ring(virtual=True)
        handset.until_it_listens(1)
        keyboard = handset.page.keyboard
        for held in ("7", "Enter", "Space"):
            handset.key("5").focus()
            for _ in range(4):
                keyboard.down(held)  # the second and further ones are a keyboard's repetitions
            keyboard.up(held)
        expect(handset.page.locator("#entry")).to_have_text("755")


def test_keys_with_a_modifier_are_the_browsers(at: Callable[..., Handset]) -> None:
    with served(answering("<Gather numDigits='9' timeout='60'/>")) as origin:
        handset = at(origin).ring(virtual=True)
        handset.until_it_listens(1)
        for command in ("Control+1", "Alt+2", "Meta+3", "Control+h", "Shift+4"):
            handset.page.keyboard.press(command)
        expect(handset.page.locator("#entry")).to_have_text("4")


def test_every_keyboard_has_the_keys(at: Callable[..., Handset]) -> None:
    """Bengali figures, also of a number pad; a # by AltGr on Windows, and by Option on a Mac."""
    typed: list[dict[str, object]] = [
        {"key": "২", "code": "Digit2"},
        {"key": "৩", "code": "Numpad3"},
        {"key": "#", "code": "Digit3", "ctrlKey": True, "altKey": True},
        {"key": "*", "code": "Digit8", "altKey": True},
    ]
    with served(answering("<Gather numDigits='9' timeout='60' finishOnKey=''/>")) as origin:
        handset = at(origin).ring(virtual=True)
        handset.until_it_listens(1)
        for each in typed:
            handset.page.locator("body").dispatch_event("keydown", {"bubbles": True, **each})
        expect(handset.page.locator("#entry")).to_have_text("23#*")


def test_a_keyboard_of_another_script_calls_and_hangs_up(handset: Handset) -> None:
    handset.page.locator("input[value=virtual]").check()
    body = handset.page.locator("body")
    body.dispatch_event("keydown", {"bubbles": True, "key": "চ", "code": "KeyC"})
    handset.until_it_listens(1)
    body.dispatch_event("keydown", {"bubbles": True, "key": "হ", "code": "KeyH"})
    expect(handset.state).to_have_text("The caller hung up")


def test_an_entry_that_interrupts_the_prompt_is_shown_whole(at: Callable[..., Handset]) -> None:
    prompt = f"<Gather numDigits='9' timeout='60'><Say>{'word ' * 100}</Say></Gather>"
    with served(answering(prompt)) as origin:
        handset = at(origin).ring()
        expect(handset.marks("request 1")).to_have_count(1)
        for key in "126":
            handset.page.keyboard.press(key)
        expect(handset.page.locator("#entry")).to_have_text("126")
