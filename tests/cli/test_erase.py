from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from click.testing import CliRunner, Result

from ivr.cli.erase import erase
from ivr.cli.main import main
from ivr.cli.state import made_up
from ivr.engine.limits import Limits
from ivr.engine.memory import Memory, caller_key
from ivr.engine.session import Session
from ivr.errors import SettingsError
from ivr.flow.terms import Pace
from ivr.store.embedded import embedded_redis
from ivr.store.keys import CallKey
from ivr.store.redis import RedisStore
from ivr.store.saving import Held, Learnt, Saving

if TYPE_CHECKING:
    from collections.abc import Iterator

IVR = Path(sys.executable).parent / "ivr"
SECRET = "secret-of-the-line-itself"
NUMBER = "+919876543210"
OTHER = "+919876543211"
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
MEMORY = Memory(
    at=int(NOW.timestamp()),
    language="bn",
    pace=Pace.SLOW,
    patience=2,
    simple=True,
    bookmark="register_lesson.register_6",
)
WRITTEN = [
    "+919876543210",
    "+91 98765 43210",
    "+91-98765-43210",
    "098765 43210",
    "9876543210",
    "00919876543210",
    "tel:+919876543210",
    "sip:+919876543210@carrier.example",
]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):  # noqa: TID251 - what is set outside must not be heard
        if name.startswith(("IVR_", "TWILIO_")) or name == "REDIS_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def line(redis_url: str, store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> RedisStore:
    """A line whose Redis and key are set."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("IVR_SECRET_KEY", SECRET)
    return store


def key(number: str, secret: str = SECRET) -> str:
    return caller_key(secret.encode(), number)


def learn(store: RedisStore, number: str = NUMBER, secret: str = SECRET) -> None:
    """Let a caller ring twice, and be known from the second call on."""
    for turn in (1, 2):
        call = CallKey(f"CA{turn}x{number[-2:]}", key(number, secret))
        visit = store.visit(call)
        visit.admit(Limits(), NOW)
        session = Session(place="main_menu", turn=turn, language="bn")
        learnt = Learnt(memory=MEMORY, seconds=3600)
        saving = Saving(session=session, learnt=learnt, used_seconds=90)
        assert visit.save(Held(None, b""), saving, NOW)


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner(mix_stderr=False).invoke(erase, arguments, input=given, catch_exceptions=False)


def names(redis_url: str) -> set[str]:
    client = redis.Redis.from_url(redis_url, decode_responses=True)
    try:
        return set(client.scan_iter())
    finally:
        client.close()


@pytest.mark.parametrize("written", WRITTEN)
def test_a_caller_is_forgotten_however_the_number_is_written(
    written: str, line: RedisStore, redis_url: str
) -> None:
    learn(line)
    learn(line, OTHER)
    result = run(written)
    assert (result.exit_code, result.stderr) == (0, "")
    assert not [name for name in names(redis_url) if key(NUMBER) in name]
    assert line.recall(key(OTHER)) == MEMORY


def test_what_was_forgotten_is_told_and_the_number_is_not(line: RedisStore) -> None:
    learn(line)
    assert run(NUMBER).stdout == (
        "Forgotten of the caller …10:\n"
        "  how to speak: language bn, pace slow, the simpler way, given more time 2 times\n"
        "  where the last call broke off: register_lesson.register_6\n"
        "  2 calls of the last hour\n"
        "  that 3 minutes of this day are used up\n"
    )


def test_a_number_in_several_words_is_one(line: RedisStore) -> None:
    learn(line)
    assert run("+91", "98765", "43210").stdout.startswith("Forgotten of the caller …10:")


def test_a_part_that_begins_with_a_dash_is_not_repeated(line: RedisStore) -> None:
    learn(line)
    result = run("98765", "-43210")
    assert result.stdout.startswith("Forgotten of the caller …10:")
    assert "4321" not in result.stdout + result.stderr


def test_the_number_may_come_from_stdin(line: RedisStore) -> None:
    learn(line)
    assert run("-", given="098765 43210\n").stdout.startswith("Forgotten of the caller …10:")


def test_of_several_numbers_none_is_forgotten_unnoticed(line: RedisStore) -> None:
    learn(line)
    result = run("-", given="09876543210\n\n09876543211\n")
    assert result.exit_code == 2
    assert "one caller at a time" in result.stderr
    assert line.recall(key(NUMBER)) == MEMORY


def test_at_a_terminal_the_number_is_asked_for_and_not_shown(line: RedisStore) -> None:
    learn(line)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [IVR, "erase", "-"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
    )
    try:
        os.close(theirs)
        shown = b""
        while b"Number: " not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, b"98765 43210\n")
        told, _ = process.communicate(timeout=30)
        with suppress(OSError):  # what Linux answers when nobody holds the other end any more
            shown += os.read(ours, 1000)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert told.startswith("Forgotten of the caller …10:")
    assert b"98765" not in shown


def test_nothing_kept_is_no_fault_and_says_why_that_may_be(line: RedisStore) -> None:
    learn(line, OTHER)
    result = run(NUMBER)
    assert result.exit_code == 0
    assert result.stdout == "Nothing was kept of the caller …10.\n"
    assert "another IVR_SECRET_KEY or REDIS_URL" in result.stderr
    assert line.recall(key(OTHER)) == MEMORY


def test_it_is_forgotten_once(line: RedisStore) -> None:
    learn(line)
    run(NUMBER)
    assert run(NUMBER).stdout == "Nothing was kept of the caller …10.\n"


def test_with_another_key_nobody_is_found(
    line: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(line)
    monkeypatch.setenv("IVR_SECRET_KEY", f"not-{SECRET}")
    assert "Nothing was kept" in run(NUMBER).stdout
    assert line.recall(key(NUMBER)) == MEMORY


@pytest.mark.usefixtures("line")
def test_a_memory_that_cannot_be_read_is_forgotten_too(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.set(f"ivr:caller:{key(NUMBER)}", b"of another version", ex=60)
    client.close()
    assert "which cannot be read here" in run(NUMBER).stdout
    assert names(redis_url) == set()


def test_who_rings_by_sip_is_found_by_the_address(line: RedisStore) -> None:
    learn(line, "sip:asha@carrier.example")
    assert run("sip:asha@carrier.example").stdout.startswith("Forgotten of the caller …:")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("anonymous", "withhold"),
        ("+266696687", "withhold"),
        ("12345", "too short"),
        ("", "too short"),
        ("asha", "no telephone number"),
        ("98765abc43210", "no telephone number"),
        ("+1234567890123456", "no telephone number"),
        ("+91 (0)98765 43210", "leave it out"),
        ("+91-0-98765-43210", "leave it out"),
    ],
)
@pytest.mark.parametrize("is_read", [False, True], ids=["argument", "stdin"])
@pytest.mark.usefixtures("line")
def test_what_is_nobodys_number_is_wrong_usage_and_is_not_repeated(
    given: str, why: str, *, is_read: bool
) -> None:
    result = run("-", given=f"{given}\n") if is_read else run(given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in " ".join(result.stderr.split())
    assert not given or given not in result.stderr


def test_a_redis_that_is_away_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setenv("IVR_SECRET_KEY", SECRET)
    monkeypatch.setattr("sys.argv", ["ivr", "erase", NUMBER])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr().err
    assert left.value.code == 1
    assert "run the same command again" in told
    assert "98765" not in told


# -- The line of `ivr dev` -------------------------------------------------------------------------


@pytest.fixture
def dev_redis(tmp_path: Path) -> Iterator[str]:
    with embedded_redis(tmp_path / ".ivr") as url:
        yield url


def test_without_settings_it_is_the_line_of_this_folder(dev_redis: str) -> None:
    store = RedisStore(dev_redis)
    learn(store, secret=made_up("secret_key"))
    store.close()
    assert run(NUMBER).stdout.startswith("Forgotten of the caller …10:")
    assert "Nothing was kept" in run(NUMBER).stdout


def test_where_there_is_no_line_nothing_is_made_and_all_that_is_missing_is_told(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError) as told:
        run(NUMBER)
    assert [problem.split()[0] for problem in told.value.problems] == [
        "IVR_SECRET_KEY",
        "REDIS_URL",
    ]
    assert list(tmp_path.iterdir()) == []
