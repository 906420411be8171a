"""A call that was keyed on the page, kept from there and placed again, does not differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from ivr.cli.digits import digit_words
from ivr.simulator.digits import Digits
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.replay.form import read
from tests.browser.phone_pages import differences
from tests.conftest import TOKEN

if TYPE_CHECKING:
    from flask import Flask

    from ivr.flow.model import Spec
    from tests.browser.handset import Handset


def kept_text(handset: Handset) -> str:
    with handset.page.expect_download() as downloading:
        handset.page.get_by_role("link", name="Keep this call").click()
    assert downloading.value.suggested_filename == "call.yaml"
    return Path(downloading.value.path()).read_text(encoding="utf-8")


def test_a_practice_as_fast_as_possible_is_kept(
    handset: Handset, app: Flask, spec: Spec, digits: dict[str, str]
) -> None:
    # Of a known number the line would take the call up when it is placed again.
    handset.page.locator("#more > summary").click()
    handset.page.locator("#from").fill("anonymous")
    handset.ring(virtual=True).until_it_listens(1)
    turn = 1
    for keys in ("1", "2", None):
        for key in keys or handset.code(digits):
            handset.page.keyboard.press(key)
        turn += 1
        handset.until_it_listens(turn)
    expect(handset.page.locator("#kept")).to_be_hidden()
    handset.page.keyboard.press("Escape")
    text = kept_text(handset)
    assert read(text, "call.yaml").keys == "1 2 heard hangup"
    assert differences(text, InProcess(app), TOKEN, Digits(digit_words(spec))) == ()
    handset.page.keyboard.press("c")
    expect(handset.page.locator("#kept")).to_be_hidden()


def test_a_call_in_real_time_is_kept_with_its_key_in_mid_prompt(
    handset: Handset, app: Flask, spec: Spec
) -> None:
    handset.ring().until_it_sounds()
    handset.key("1").click()
    expect(handset.captions).to_contain_text(spec.words["bn"].prompts["warm_up_done"])
    handset.page.locator("#hang-up").click()
    text = kept_text(handset)
    assert "hangup@" in read(text, "call.yaml").keys
    assert differences(text, InProcess(app), TOKEN, Digits(digit_words(spec))) == ()


def test_a_call_that_never_began_is_not_kept(handset: Handset) -> None:
    handset.page.route("**/phone/calls", lambda route: route.abort())
    handset.page.keyboard.press("Enter")
    expect(handset.page.locator("#call")).to_have_attribute("aria-disabled", "false")
    expect(handset.page.locator("#kept")).to_be_hidden()
    handset.troubles.clear()
