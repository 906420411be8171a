"""What REDIS_URL may say, and what is told of one that cannot be read."""

from __future__ import annotations

import re

import pytest

from ivr.errors import StoreError
from ivr.redis_url import FORMS, Host, Kind, RedisUrl, parse, problem_of
from ivr.store.redis import RedisStore
from tests.conftest import ROOT


def one(name: str = "h", port: int = 6379, **rest: object) -> RedisUrl:
    fields = {"kind": Kind.SERVER, "hosts": (Host(name, port),), **rest}
    return RedisUrl(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        pytest.param("redis://h", one(), id="host alone"),
        pytest.param("redis://h:7000/5", one(port=7000, db=5), id="port and database"),
        pytest.param("redis://h/5?db=6", one(db=6), id="the option wins"),
        pytest.param("redis://h/", one(), id="slash at the end"),
        pytest.param("redis://[::1]:7000", one("::1", 7000), id="IPv6"),
        pytest.param("redis://:p%2Fw@h", one(password="p/w"), id="password"),
        pytest.param("redis://u:p@h", one(user="u", password="p"), id="user and password"),
        pytest.param("redis://:a@b@h", one(password="a@b"), id="an @ in the password"),
        pytest.param("rediss://h:7000", one(port=7000, is_tls=True), id="TLS"),
        pytest.param(
            "unix:///run/redis.sock?db=1",
            RedisUrl(kind=Kind.SOCKET, path="/run/redis.sock", db=1),
            id="socket",
        ),
        pytest.param(
            "unix://:p@/run/a%20b",
            RedisUrl(kind=Kind.SOCKET, path="/run/a b", password="p"),
            id="socket with a password",
        ),
        pytest.param(
            "redis+sentinel://a,b:7000/line/2",
            RedisUrl(
                kind=Kind.SENTINEL,
                hosts=(Host("a", 26379), Host("b", 7000)),
                service="line",
                db=2,
            ),
            id="Sentinels",
        ),
        pytest.param(
            "redis+sentinel://u:p@a/line",
            RedisUrl(
                kind=Kind.SENTINEL,
                hosts=(Host("a", 26379),),
                service="line",
                user="u",
                password="p",
            ),
            id="Sentinel with user and password",
        ),
        pytest.param(
            "redis+cluster://:p@a,b:7000/0",
            RedisUrl(kind=Kind.CLUSTER, hosts=(Host("a", 6379), Host("b", 7000)), password="p"),
            id="Cluster",
        ),
    ],
)
def test_each_form_is_read(url: str, parsed: RedisUrl) -> None:
    assert parse(url) == parsed
    assert problem_of(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "its scheme is none of a Redis"),
        ("localhost:6379", "its scheme is none of a Redis"),
        ("http://h", "its scheme is none of a Redis"),
        ("redis+sentinels://h/line", "its scheme is none of a Redis"),
        ("redis://[h", "it is no URL"),
        ("redis://", "a host or its port is missing"),
        ("redis:///0", "a host or its port is missing"),
        ("redis://h:port", "a host or its port is missing"),
        ("redis://h h", "a host or its port is missing"),
        ("redis://h:0", "a port is not from 1 to 65535"),
        ("redis://h:65536", "a port is not from 1 to 65535"),
        ("redis://a,b", "it names more than one host"),
        ("redis://h/line", "the number of the database"),
        ("redis://h/1/2", "the number of the database"),
        ("redis://h?socket_timeout=9", "only db=NUMBER is taken"),
        ("redis://h?db=1&db=2", "only db=NUMBER is taken"),
        ("redis://h?db=x", "only db=NUMBER is taken"),
        ("redis://h#0", "only db=NUMBER is taken"),
        ("unix://", "the path of the socket is missing"),
        ("unix:///", "the path of the socket is missing"),
        ("unix://run/redis.sock", "the path of the socket is missing"),
        ("redis+sentinel://a,b", "the name that the Sentinels give the master"),
        ("redis+sentinel://a,b/", "the name that the Sentinels give the master"),
        ("redis+sentinel://a,/line", "a host or its port is missing"),
        ("redis+sentinel://a/line/x", "the number of the database"),
        ("redis+cluster://a,b/3", "a Cluster has only the database 0"),
        ("redis+cluster://", "a host or its port is missing"),
    ],
)
def test_what_is_none_is_told_with_the_forms_that_are(url: str, why: str) -> None:
    problem = problem_of(url)
    assert problem is not None
    assert why in problem
    assert problem.endswith(FORMS)
    with pytest.raises(StoreError, match="REDIS_URL cannot be read"):
        RedisStore(url)


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:hunter2@h:port",
        "redis://:hunter2/word@h",
        "redis+sentinel://:hunter2@h",
        "hunter2://h",
        "redis://h?password=hunter2",
        "redis://:hunter2@[h",
    ],
)
def test_a_password_is_never_told(url: str) -> None:
    assert "hunter2" not in str(problem_of(url))


def test_a_url_that_was_read_shows_no_password() -> None:
    assert repr(parse("redis://u:hunter2@h")) == "RedisUrl(server, …)"


def test_every_form_in_the_documentation_is_read() -> None:
    told = (ROOT / "docs" / "redis.md").read_text()
    urls = re.findall(r"`((?:rediss?|unix|redis\+\w+)://[^`]+)`", told)
    assert {parse(url).kind for url in urls} == set(Kind)


def test_every_form_that_a_mistake_names_is_in_the_documentation() -> None:
    told = (ROOT / "docs" / "redis.md").read_text()
    schemes = re.findall(r"[a-z+]+://", FORMS)
    assert len(schemes) == 5
    assert all(f"`{scheme}" in told for scheme in schemes)
