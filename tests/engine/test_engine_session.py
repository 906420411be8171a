from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from ivr.engine.session import VERSION, Session, dump, parse
from ivr.flow.places import split
from ivr.flow.terms import Pace

FULL = Session(
    place="practice_confirm_mpin",
    turn=120,
    language="bn",
    pace=Pace.SLOW,
    silences=1,
    wrongs=1,
    brief=True,
    lead=("practice_warning", "practice_too_many"),
    back=("register_lesson.register_15",),
    again=True,
    settles=True,
    patience=2,
    confusion=9,
    offered=1,
    told={61_000: 12, 7: 1},
    simple=True,
    together=True,
    has_helper=True,
    is_kept=True,
    bookmark="practice_confirm_mpin",
    step=14,
    after_silence=True,
    began=1_795_420_000,
    until=1_795_427_200,
    heard=4_294_967_295,
    resaid=3,
)


def test_a_session_is_what_it_was_after_saving_and_loading() -> None:
    assert parse(dump(FULL)) == FULL


def test_a_session_is_small() -> None:
    assert len(dump(FULL)) < 250
    assert len(dump(Session(place="main_menu", turn=2, language="bn"))) < 50


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00garbage", id="garbage"),
        pytest.param(dump(FULL)[:-4], id="cut short"),
        pytest.param(
            msgspec.msgpack.encode([VERSION - 1, "main_menu", 1, "bn"]), id="another version"
        ),
        pytest.param(msgspec.msgpack.encode({"place": "main_menu"}), id="another shape"),
    ],
)
def test_a_session_that_cannot_be_read_counts_as_none(stored: bytes) -> None:
    assert parse(stored) is None


def test_an_older_process_reads_a_session_with_a_later_field() -> None:
    later = [*msgspec.msgpack.decode(dump(FULL)), "a field of a later release"]
    assert parse(msgspec.msgpack.encode(later)) == FULL


def test_a_session_of_an_older_process_lacks_the_latest_field() -> None:
    older = msgspec.msgpack.decode(dump(FULL))[:-1]
    assert parse(msgspec.msgpack.encode(older)) == replace(FULL, told={})


def test_a_place_splits_into_node_and_step() -> None:
    assert split("main_menu") == ("main_menu", None)
    assert split("register_lesson.register_6") == ("register_lesson", "register_6")
