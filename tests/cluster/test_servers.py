"""The servers of our tests are what tests take them for."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import redis.asyncio

from tests.cluster.proxy import proxy_to
from tests.cluster.servers import RedisServer


async def test_a_redis_is_empty_and_answers(redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "behind")


async def test_a_database_is_empty_and_answers(postgres_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(postgres_url) as connection:
        found = await connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        )
        assert await found.fetchone() == (0,)
        await connection.execute("CREATE TABLE left_behind (id int)")


async def test_a_proxy_passes_on_holds_back_and_cuts(redis_server: RedisServer) -> None:
    async with proxy_to(redis_server.port) as proxy:
        url = f"redis://127.0.0.1:{proxy.port}/0"
        async with redis.asyncio.Redis.from_url(url, socket_timeout=5) as client:
            assert await client.ping()
            proxy.delay = 3600
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.ping(), 0.05)
            await proxy.cut()
            with pytest.raises(redis.ConnectionError):
                await client.ping()
            proxy.delay = 0
            await proxy.open()
            assert await client.ping()
