"""What tests share: a real Redis, real clips by the offline voice, and the line."""

from __future__ import annotations

import fcntl
import shutil
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from ivr.cli.project import read_spec
from ivr.logs import route
from ivr.speech.library import Library
from ivr.store.embedded import embedded_redis
from ivr.store.redis import RedisStore
from ivr.twiml.read import read
from ivr.web.app import create_app
from ivr.web.parts import Parts
from tests.logging_taken_back import logging_as_before
from tests.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.flow.model import Spec
    from ivr.twiml.verbs import Verb

ROOT = Path(__file__).parent.parent
TOKEN = "token-of-the-tests"
SECRET = "secret-of-the-tests"
DAY = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
"""Noon in Kolkata."""
LINE = "http://line.test"


def clean(document: bytes) -> tuple[Verb, ...]:
    """The verbs of a document in which Twilio would find nothing to warn of."""
    found = read(document)
    assert found.findings == ()
    return found.verbs


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--needs-chromium",
        action="store_true",
        help="fail where there is no Chromium, instead of skipping what is tried in a browser",
    )
    parser.addoption(
        "--needs-node",
        action="store_true",
        help="fail where there is no node with npm, instead of skipping what is walked with it",
    )


def pytest_configure() -> None:
    """Let what is logged go where pytest looks for it."""
    route()


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """A command that a test runs in this process sets up the logging of the process."""
    with logging_as_before():
        yield


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """For a test that does the same again and again, which others cover.

    Coverage makes it three times as long. What pytest-cov has for this, `no_cover`, stops only one
    of the measurements that a process of xdist has.
    """
    tracing, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    if in_threads is not None:
        threading.settrace(in_threads)
    sys.settrace(tracing)


@pytest.fixture(scope="session")
def spec() -> Spec:
    return read_spec(ROOT / "config")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def store(redis_url: str) -> Iterator[RedisStore]:
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    client.close()
    # What is tried with it is no failure of Redis: on a busy machine it may take its time.
    made = RedisStore(redis_url, timeout_seconds=10)
    yield made
    made.close()


@pytest.fixture(scope="session")
def audio(
    spec: Spec, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """A folder with every clip of the shipped words, by the offline voice.

    The first process of a run that wants them renders them; each has a copy.
    """
    of_run = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        of_run = of_run.parent
    clips, folder = of_run / "clips", tmp_path_factory.mktemp("audio")
    with (of_run / "clips.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        render(spec.words, ROOT / "config", clips)
    shutil.copytree(clips, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def library(audio: Path) -> Library:
    return Library.open(audio)


@pytest.fixture
def parts(spec: Spec, store: RedisStore, library: Library) -> Parts:
    return Parts(
        spec=spec,
        store=store,
        library=library,
        auth_tokens=(TOKEN,),
        secret_key=SECRET,
        clock=lambda: DAY,
        clips_held_seconds=0,
    )


@pytest.fixture
def app(parts: Parts) -> Flask:
    return create_app(parts)
