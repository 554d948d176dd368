"""Real servers, one of each for the whole run; each test finds them empty.

The rule: a test that harms a server starts one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.cluster.servers import (
    PostgresServer,
    RedisServer,
    ServerMissing,
    start_postgres,
    start_redis,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        names = getattr(item, "fixturenames", ())
        for kind in ("redis", "postgres"):
            if f"{kind}_server" in names:
                item.add_marker(kind)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis that keeps nothing on disk."""
    try:
        server = start_redis()
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield server
    server.close()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty Redis."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL whose one user may do anything."""
    try:
        server = start_postgres()
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of an empty database of the test's own."""
    return postgres_server.new_database()
