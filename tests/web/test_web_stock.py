"""What this process plays: bad files are left out, and new clips are heard at the next turn."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from ivr.engine.session import Session
from ivr.engine.turn import Count, Pause, Play
from ivr.errors import StoreError
from ivr.flow.terms import Pace
from ivr.speech.files import replace_file
from ivr.speech.library import Library
from ivr.speech.manifest import manifest_bytes, read_manifest
from ivr.speech.utterance import utterances
from ivr.twiml.verbs import Play as PlayUrl
from ivr.web.app import create_app
from ivr.web.sound import Sound
from ivr.web.stock import Fault, Stock
from tests.conftest import LINE
from tests.web.conftest import MENU, Caller, damage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.flow.model import Spec
    from ivr.speech.utterance import Place
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts
    from tests.web.conftest import Answer, Own

USUAL: Place = ("bn", "main_menu", Pace.NORMAL)
SLOW: Place = ("bn", "main_menu", Pace.SLOW)


@pytest.fixture
def stock(own: Own, spec: Spec) -> Stock:
    words = {language: words.prompts for language, words in spec.words.items()}
    return Stock(utterances(words), Library.open(own.audio))


@pytest.fixture
def client(own_parts: Parts) -> httpx.Client:
    return httpx.Client(transport=httpx.WSGITransport(app=create_app(own_parts)))


def at_menu(client: httpx.Client) -> Answer:
    """The main menu, without a lead; every clip of the answer is fetched and read."""
    caller = Caller(client)
    answer = caller.key("CA1", caller.ring("CA1").action or "", "1")
    return caller.key("CA1", answer.action or "", "0")


# -- Bad files -------------------------------------------------------------------------------------


def cut_short(file: Path) -> None:
    replace_file(file, file.read_bytes()[:-1])


def lead_outside(file: Path) -> None:
    away = file.parent.parent / file.name
    file.rename(away)
    file.symlink_to(away)


def lead_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def become_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


HARMS = [
    pytest.param(lambda file: file.unlink(), Fault.MISSING, "is not there", id="gone"),
    pytest.param(damage, Fault.DAMAGED, "is damaged", id="one sample changed"),
    pytest.param(cut_short, Fault.DAMAGED, "is damaged", id="cut short"),
    pytest.param(lead_outside, Fault.DAMAGED, "leads out of the folder", id="a link outside"),
    pytest.param(lead_to_itself, Fault.DAMAGED, "is not there", id="a link to itself"),
    pytest.param(become_a_folder, Fault.DAMAGED, "is not there", id="a folder"),
]


@pytest.mark.parametrize(("harm", "fault", "told"), HARMS)
@pytest.mark.parametrize("served", [False, True], ids=["before the start", "while it runs"])
def test_a_bad_file_is_spoken_in_the_midst_of_its_menu(  # noqa: PLR0917 - columns
    own: Own,
    own_parts: Parts,
    spec: Spec,
    store: RedisStore,
    harm: Callable[[Path], None],
    fault: Fault,
    told: str,
    caplog: pytest.LogCaptureFixture,
    *,
    served: bool,
) -> None:
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(own_parts)))
    said = spec.words["bn"].prompts
    if served:
        assert at_menu(client).spoken == ()
    harm(own.file("choose_services"))
    answer = at_menu(client)
    assert [type(part).__name__ for part in answer.gather.nested] == ["Play", "Say", "Play"]
    assert answer.words == tuple(said[prompt] for prompt in MENU if prompt != "choose_services")
    assert [say.text for say in answer.spoken] == [said["choose_services"]]
    assert store.counts("2026-03-02")["said.bn.choose_services"] >= 1
    assert told in caplog.text
    told_of = "'clip': 'bn/normal/choose_services'"
    assert caplog.text.count(told_of) == 1, "once a file"
    clips = client.get(f"{LINE}/readyz").json()["clips"]
    assert clips == {
        "missing": 1,
        "first_missing": ["bn/normal/choose_services"],
        "damaged": int(fault is Fault.DAMAGED),
    }


def test_a_bad_slow_clip_is_heard_as_the_usual_one(own: Own, stock: Stock) -> None:
    usual = stock.find([USUAL])
    assert stock.find([SLOW]) != usual
    damage(own.file("main_menu", Pace.SLOW))
    assert stock.find([SLOW]) == usual
    assert stock.faults() == [("bn/slow/main_menu", Fault.DAMAGED)]


def test_a_file_that_is_whole_again_is_played_again_and_told_anew_when_it_goes(
    own: Own, stock: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    file = own.file("main_menu")
    (before,) = stock.find([USUAL])
    content = file.read_bytes()
    for times in (1, 2):
        damage(file)
        assert stock.find([USUAL, USUAL]) == [None, None]
        assert caplog.text.count("clip_not_played") == times
        replace_file(file, content)
        assert stock.find([USUAL]) == [before]


def test_looking_at_everything_is_told_by_its_number_only(
    own: Own, stock: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    for file in own.audio.glob("clips/*.wav"):
        file.unlink()
    assert len(stock.faults()) > 500
    assert caplog.text == ""


# -- New clips -------------------------------------------------------------------------------------


def take_turns(own: Own) -> tuple[str, str]:
    """Let the menu be said by the clip of another prompt; gives the clip before and after."""
    clips = read_manifest(own.manifest)
    before, other = clips[USUAL], clips["bn", "goodbye", Pace.NORMAL]
    now = replace(before, sha256=other.sha256, seconds=other.seconds, size=other.size)
    replace_file(own.manifest, manifest_bytes({**clips, USUAL: now}))
    return before.sha256, now.sha256


def test_new_clips_are_heard_at_the_next_turn(own: Own, client: httpx.Client) -> None:
    def first() -> str:
        menu = at_menu(client).gather.nested[0]
        assert isinstance(menu, PlayUrl)
        return menu.url.split("-")[1]

    old = first()
    before, now = take_turns(own)
    assert (old, first()) == (before[:16], now[:16])


def test_on_a_busy_line_files_are_looked_at_only_now_and_then(own: Own, own_parts: Parts) -> None:
    """A turn that was heard is heard so for a while; one that was not is looked at."""
    session = Session(place="main_menu", turn=1, language="bn")
    said = (Play("main_menu"),)
    held, looking = (Sound(own_parts.spec, own_parts.library, each) for each in (600, 0))
    before = held.turn(session, said)
    assert looking.turn(session, said) == before
    own.file("main_menu").unlink()
    assert held.turn(session, said) is before
    assert looking.turn(session, said).said == (Count("said.bn.main_menu"),)
    assert held.turn(session, (*said, Pause())).said == (Count("said.bn.main_menu"),)


def test_clips_that_come_after_the_start_make_the_service_ready(
    own: Own, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    files = [own.manifest, own.file("main_menu"), own.file("main_menu", Pace.SLOW)]
    contents = [file.read_bytes() for file in files]
    own.forget("main_menu")
    assert client.get(f"{LINE}/readyz").json()["clips"]["missing"] == 2
    assert len(at_menu(client).spoken) == 1
    for file, content in zip(reversed(files), reversed(contents), strict=True):
        replace_file(file, content)
    with caplog.at_level(logging.INFO):
        assert client.get(f"{LINE}/readyz").status_code == 200
    assert "clips_read_anew" in caplog.text
    assert at_menu(client).spoken == ()


def test_a_service_that_began_without_clips_finds_them(
    own: Own, own_parts: Parts, tmp_path: Path
) -> None:
    bare = replace(own_parts, library=Library.open(tmp_path / "later"))
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(bare)))
    assert len(at_menu(client).spoken) == len(MENU)
    own.audio.rename(tmp_path / "later")
    assert at_menu(client).spoken == ()


def test_a_manifest_that_is_made_anew_in_parts_takes_no_clip_away(
    own: Own, client: httpx.Client
) -> None:
    """Its repair is to delete it and render, which saves it every half second."""
    assert at_menu(client).spoken == ()
    clips = read_manifest(own.manifest)
    replace_file(own.manifest, manifest_bytes(dict([*clips.items()][:13])))
    assert at_menu(client).spoken == ()
    assert client.get(f"{LINE}/readyz").json()["degraded"] == []
    _, prompt, pace = next(iter(read_manifest(own.manifest)))
    own.file(prompt, pace).unlink()
    degraded = client.get(f"{LINE}/readyz").json()["degraded"]
    assert degraded == ["clips"], "as long as its file is there"


def test_clips_of_other_words_leave_those_that_this_process_says(
    own: Own, client: httpx.Client
) -> None:
    """Words are read at the start; what is rendered of new ones is for the next."""
    clips = read_manifest(own.manifest)
    other = replace(
        clips[USUAL], text_sha256="0" * 64, sha256=clips["bn", "goodbye", Pace.NORMAL].sha256
    )
    before = at_menu(client).words
    replace_file(own.manifest, manifest_bytes({**clips, USUAL: other}))
    assert at_menu(client).words == before
    assert client.get(f"{LINE}/readyz").status_code == 200


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param(lambda file: replace_file(file, b"{"), "is damaged", id="no JSON"),
        pytest.param(
            lambda file: replace_file(file, b'{"manifest": 99, "clips": []}'),
            "written by a newer version",
            id="of a newer version",
        ),
        pytest.param(lambda file: file.unlink(), "manifest_gone", id="gone"),
    ],
)
def test_a_manifest_that_cannot_be_read_changes_nothing_and_is_told_once(
    own: Own,
    stock: Stock,
    harm: Callable[[Path], None],
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    found, content = stock.find([USUAL, SLOW]), own.manifest.read_bytes()
    harm(own.manifest)
    for _ in range(3):
        assert stock.find([USUAL, SLOW]) == found
        assert stock.faults() == []
    assert caplog.text.count(told) == 1
    replace_file(own.manifest, content)
    take_turns(own)
    assert stock.find([USUAL]) != found[:1], "a good one is taken again"


def test_while_one_reads_anew_the_others_go_on_with_the_clips_before(own: Own, spec: Spec) -> None:
    """The reader is held up in the middle; who asks meanwhile is answered at once."""
    begun, go_on = threading.Event(), threading.Event()

    class Held(Library):
        def reopened(self) -> Library:  # type: ignore[override]
            begun.set()
            assert go_on.wait(10)
            return Library.open(own.audio)

    held = Held(own.audio / "clips", read_manifest(own.manifest), Library.open(own.audio).stamp)
    words = {language: words.prompts for language, words in spec.words.items()}
    stock = Stock(utterances(words), held)
    before, now = take_turns(own)
    answers: list[str] = []

    def ask() -> None:
        answers.extend(clip.sha256 for clip in stock.find([USUAL]) if clip is not None)

    reader = threading.Thread(target=ask)
    reader.start()
    assert begun.wait(10)
    ask()
    own.forget("greeting")  # and changed once more meanwhile
    ask()
    assert answers == [before, before]
    go_on.set()
    reader.join(10)
    assert answers == [before, before, now]
    assert stock.find([("bn", "greeting", Pace.NORMAL)]) == [None], "nothing is overlooked"


def test_many_threads_hear_old_or_new_clips_and_nothing_between(own: Own, stock: Stock) -> None:
    places: list[Place] = [("bn", prompt, Pace.NORMAL) for prompt in MENU]
    old = manifest_bytes(clips := read_manifest(own.manifest))
    swapped = dict(zip(places, [clips[place] for place in reversed(places)], strict=True))
    new = {place: replace(clips[place], sha256=clip.sha256) for place, clip in swapped.items()}
    allowed = [[source[place].sha256 for place in places] for source in (clips, new)]
    heard: list[list[str | None]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            heard.append([clip.sha256 if clip else None for clip in stock.find(places)])

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for turn in range(20):
        replace_file(own.manifest, old if turn % 2 else manifest_bytes({**clips, **new}))
        stock.find(places)
    done.set()
    for asker in askers:
        asker.join(10)
    assert all(found in allowed for found in heard)
    assert [found.sha256 for found in stock.find(places) if found] == allowed[0]


def test_redis_and_clips_are_told_together(own: Own, own_parts: Parts, tmp_path: Path) -> None:
    away = replace(own_parts, store=type(own_parts.store)(f"unix://{tmp_path}/none.sock"))
    with pytest.raises(StoreError):
        away.store.ping()
    damage(own.file("main_menu"))
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(away)))
    told = client.get(f"{LINE}/readyz")
    assert told.status_code == 503
    assert told.json()["redis"] != "ok"
    assert told.json()["what_to_do"] == "run: ivr audio render"
