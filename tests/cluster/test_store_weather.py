"""Stores that are away, slow, full, restarted, or let nobody in."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.proxy import Proxy, proxy_to
from tests.cluster.servers import free_port, start_postgres, start_redis
from wirebird.cluster.postgres_store import PostgresStore
from wirebird.cluster.redis_store import RedisStore
from wirebird.cluster.sqlite_store import SQLiteStore
from wirebird.cluster.stores import StoreError, open_store, store_of
from wirebird.live.store import StateStore, StoreUnavailable, Write

HOUR = 3600.0
FOREVER = 3600.0
BOTH = [
    pytest.param(("redis", RedisStore), marks=pytest.mark.redis, id="redis"),
    pytest.param(("postgres", PostgresStore), marks=pytest.mark.postgres, id="postgres"),
]

Remote = tuple[str, Callable[..., StateStore]]


@asynccontextmanager
async def behind_proxy(
    remote: Remote, request: pytest.FixtureRequest, patience: float
) -> AsyncIterator[tuple[StateStore, Proxy]]:
    """A started store, and the proxy before its server."""
    kind, make = remote
    server = request.getfixturevalue(f"{kind}_server")
    url: str = request.getfixturevalue("redis_url") if kind == "redis" else server.new_schema()
    async with proxy_to(server.port) as proxy:
        store = make(url.replace(f":{server.port}", f":{proxy.port}"), patience=patience)
        await store.start()
        try:
            yield store, proxy
        finally:
            await store.stop()


async def again(store: StateStore, key: str) -> Any:
    """Claim as soon as the store lets us."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await store.claim(key, HOUR)
            except StoreUnavailable:
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("remote", BOTH)
async def test_a_store_that_is_slow_is_waited_for(
    remote: Remote, request: pytest.FixtureRequest
) -> None:
    async with behind_proxy(remote, request, patience=30) as (store, proxy):
        proxy.delay = 0.05
        claim = await store.claim("a", HOUR)
        assert list(await store.save([Write("a", claim.epoch, b"x", HOUR)])) == [True]


@pytest.mark.parametrize("remote", BOTH)
async def test_a_store_that_does_not_answer_is_given_up_and_used_again_when_it_does(
    remote: Remote, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    async with behind_proxy(remote, request, patience=0.5) as (store, proxy):
        claim = await store.claim("a", HOUR)
        proxy.delay = FOREVER
        async with asyncio.timeout(10):
            for _ in range(3):
                with pytest.raises(StoreUnavailable, match="has not answered"):
                    await store.save([Write("a", claim.epoch, b"x", HOUR)])
        assert not store.status.ok
        assert store.status.since is not None
        proxy.delay = 0
        await again(store, "b")
        assert store.status.ok
        assert [record.getMessage().partition(" can")[2][:7] for record in caplog.records] == [
            "not be ",
            " be use",
        ]


@pytest.mark.parametrize("remote", BOTH)
async def test_a_store_whose_line_was_cut_is_connected_to_again(
    remote: Remote, request: pytest.FixtureRequest
) -> None:
    async with behind_proxy(remote, request, patience=5) as (store, proxy):
        first = await store.claim("a", HOUR)
        await store.save([Write("a", first.epoch, b"x", HOUR)])
        await proxy.cut()
        await proxy.open()
        # No error: that a connection was closed meanwhile is found out, and another one made.
        assert await store.load(["a"]) == [b"x"]
        await proxy.cut()
        with pytest.raises(StoreUnavailable):
            await store.claim("a", HOUR)
        await proxy.open()
        assert (await store.claim("a", HOUR)).data == b"x"
        assert store.status.ok


@pytest.mark.parametrize("remote", BOTH)
async def test_who_is_cancelled_while_it_waits_spoils_nothing(
    remote: Remote, request: pytest.FixtureRequest
) -> None:
    async with behind_proxy(remote, request, patience=5) as (store, proxy):
        claim = await store.claim("a", HOUR)
        proxy.delay = 0.05
        waiting = [asyncio.ensure_future(store.load([f"{number}"])) for number in range(8)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        proxy.delay = 0
        await store.save([Write("a", claim.epoch, b"x", HOUR)])
        assert await store.load(["b", "a"]) == [None, b"x"]


@pytest.mark.parametrize("remote", BOTH)
async def test_a_save_that_was_given_up_and_arrives_late_undoes_no_later_one(
    remote: Remote, request: pytest.FixtureRequest
) -> None:
    async with behind_proxy(remote, request, patience=0.3) as (store, proxy):
        claim = await store.claim("a", HOUR)
        await store.save([Write("a", claim.epoch, b"first", HOUR)])
        proxy.delay = 0.8
        with pytest.raises(StoreUnavailable):
            await store.save([Write("a", claim.epoch, b"given up", HOUR)])
        proxy.delay = 0
        while True:
            with suppress(StoreUnavailable):
                assert list(await store.save([Write("a", claim.epoch, b"later", HOUR)])) == [True]
                break
        while proxy.held:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        for _ in range(3):
            assert await store.load(["a"]) == [b"later"]


@pytest.mark.parametrize("kind", ["redis", "postgresql"])
async def test_a_store_that_is_not_there_says_so(kind: str) -> None:
    store = open_store(f"{kind}://somebody:hush@127.0.0.1:{free_port()}/0")
    with pytest.raises(StoreUnavailable, match=rf"the store {kind}://127.0.0.1.* cannot be used"):
        await store.start()
    assert not store.status.ok
    assert "hush" not in f"{store!r} {store.status}"
    await store.stop()


@pytest.mark.redis
async def test_a_wrong_password_of_redis_is_said_and_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = start_redis(password="right")
    try:
        store = RedisStore(server.url.replace("right", "mistaken"))
        with pytest.raises(StoreUnavailable, match="refuses the password") as found:
            await store.start()
        await store.stop()
    finally:
        server.close()
    assert "mistaken" not in f"{found.value} {caplog.text} {store.status}"


@pytest.mark.postgres
async def test_a_wrong_password_of_postgresql_is_said_and_not_shown(
    postgres_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = PostgresStore(postgres_server.url.replace("a-password-for-tests", "mistaken"))
    with pytest.raises(StoreUnavailable, match="password authentication failed") as found:
        await store.start()
    await store.stop()
    assert "mistaken" not in f"{found.value} {caplog.text} {store.status}"


@pytest.mark.redis
async def test_a_redis_that_is_restarted_and_has_lost_all_is_filled_again_by_the_owners() -> None:
    server = start_redis()
    try:
        store = RedisStore(server.url)
        claim = await store.claim("a", HOUR)
        await store.save([Write("a", claim.epoch, b"x", HOUR)])
        server.kill()
        with pytest.raises(StoreUnavailable):
            await store.load(["a"])
        server.start()
        assert list(await store.save([Write("a", claim.epoch, b"y", HOUR)])) == [True]
        # Epochs go on, though the one that was is forgotten.
        assert (await store.claim("a", HOUR)).epoch > claim.epoch
        assert (await store.claim("b", HOUR)).epoch > claim.epoch
        await store.stop()
    finally:
        server.close()


@pytest.mark.postgres
async def test_a_postgresql_that_is_killed_keeps_what_was_saved() -> None:
    server = start_postgres()
    try:
        store = PostgresStore(server.url)
        await store.start()
        claim = await store.claim("a", HOUR)
        await store.save([Write("a", claim.epoch, b"x", HOUR)])
        server.kill()
        with pytest.raises(StoreUnavailable):
            await store.load(["a"])
        server.start()
        found = await again(store, "a")
        assert found.data == b"x"
        assert found.epoch > claim.epoch
        await store.stop()
    finally:
        server.close()


@pytest.mark.redis
async def test_a_redis_that_is_full_says_so_and_keeps_what_it_has() -> None:
    server = start_redis("--maxmemory", "4mb", "--maxmemory-policy", "noeviction")
    try:
        store = RedisStore(server.url)
        claim = await store.claim("a", HOUR)
        await store.save([Write("a", claim.epoch, b"x", HOUR)])
        large = [Write(f"{number}", 1, b"x" * 1_000_000, HOUR) for number in range(10)]
        with pytest.raises(StoreUnavailable, match="is full"):
            await asyncio.gather(*(store.save([write]) for write in large))
        assert not store.status.ok
        assert await store.load(["a"]) == [b"x"]
        await store.stop()
    finally:
        server.close()


# SQLite


async def test_a_full_disk_is_said_and_what_was_saved_stays(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "states.db")
    await store.start()
    claim = await store.claim("a", HOUR)
    await store.save([Write("a", claim.epoch, b"x", HOUR)])
    await store._ask(lambda connection: connection.execute("PRAGMA max_page_count = 20"))  # pyright: ignore
    with pytest.raises(StoreUnavailable, match="full"):
        await store.save([Write("b", 1, b"x" * 200_000, HOUR)])
    assert not store.status.ok
    assert await store.load(["a", "b"]) == [b"x", None]
    assert store.status.ok
    await store.stop()


async def test_a_folder_that_is_missing_is_an_error_that_names_it(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "nowhere" / "states.db")
    with pytest.raises(StoreUnavailable, match=r"the folder .*nowhere does not exist"):
        await store.start()
    (tmp_path / "nowhere").mkdir()
    await store.start()  # it is tried again
    assert store.status.ok
    await store.stop()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")
async def test_a_folder_that_is_read_only_is_an_error_that_names_it(tmp_path: Path) -> None:
    os.chmod(tmp_path, stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(StoreUnavailable, match="nothing can be written into the folder"):
            await SQLiteStore(tmp_path / "states.db").start()
    finally:
        os.chmod(tmp_path, stat.S_IRWXU)


async def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    path.write_text("something else, which is longer than a header of a database would be" * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await SQLiteStore(path).start()
    assert path.read_text().startswith("something else")


async def test_another_process_that_keeps_the_file_is_not_waited_for_forever(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path / "states.db", patience=0.2)
    await store.start()
    other = sqlite3.connect(tmp_path / "states.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(10):
        with pytest.raises(StoreUnavailable):
            await store.claim("a", HOUR)
    other.execute("COMMIT")
    other.close()
    await again(store, "a")
    await store.stop()


KILLED = """
import asyncio, sys
from wirebird.cluster.sqlite_store import SQLiteStore
from wirebird.live.store import Write

async def main():
    store = SQLiteStore(sys.argv[1])
    claims = [await store.claim(f"{n}", 3600) for n in range(20)]
    count = 0
    while True:
        count += 1
        data = b"%d" % count
        await store.save([Write(f"{n}", claim.epoch, data, 3600) for n, claim in enumerate(claims)])
        print(count, flush=True)

asyncio.run(main())
"""


async def test_a_process_that_is_killed_has_lost_nothing_that_it_was_told_is_saved(
    tmp_path: Path,
) -> None:
    path = tmp_path / "states.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = 0
    async with asyncio.timeout(60):
        while told < 20:
            told = int(await process.stdout.readline())
        process.kill()
        rest = (await process.stdout.read()).split()
        await process.wait()
    told = int(rest[-1]) if rest and rest[-1].isdigit() else told
    store = SQLiteStore(path)
    found = {int(each or b"0") for each in await store.load([f"{n}" for n in range(20)])}
    assert len(found) == 1  # a batch is kept as a whole
    assert found.pop() >= told - 1
    assert (await store.claim("0", HOUR)).epoch > 20
    await store.stop()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_records_whose_time_is_over_are_deleted_in_the_background(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        path = tmp_path / "states.db"
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_server").new_schema()
    store = open_store(url)
    await store.start()
    await store.save([Write(f"{number}", 1, b"x", keep=0.01) for number in range(1500)])
    await store.save([Write("kept", 1, b"x", HOUR)])
    while await store.load(["1499"]) != [None]:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.005)
    await store.stop()
    store = open_store(url)  # it sweeps when it begins
    await store.start()
    async with asyncio.timeout(30):
        while await rows(url) != 1:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    assert await store.load(["kept"]) == [b"x"]
    await store.stop()


async def rows(url: str) -> int:
    """Count the rows of a store's table."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        with connection:
            (count,) = connection.execute("SELECT count(*) FROM wirebird_states").fetchone()
        connection.close()
        return count
    import psycopg

    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await (await connection.execute("SELECT count(*) FROM wirebird_states")).fetchone()
    assert found is not None
    return found[0]


# URLs


def test_a_store_is_chosen_by_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(open_store("sqlite:///a%20b.db")) == "<SQLiteStore a b.db>"
    assert repr(open_store("sqlite:////var/lib/a.db")) == "<SQLiteStore /var/lib/a.db>"
    assert "valkey://cache:6380" in repr(open_store("valkey://:hush@cache:6380/1"))
    assert "rediss://cache" in repr(open_store("rediss://cache"))
    assert "db/shop" in repr(open_store("postgresql://user:hush@db/shop"))
    assert store_of(None) is None
    monkeypatch.setenv("WIREBIRD_STORE", "sqlite:///states.db")
    assert repr(store_of(None)) == "<SQLiteStore states.db>"


@pytest.mark.parametrize(
    "url", ["", "mysql://user:hush@host/db", "sqlite:", "sqlite://states.db", "sqlite:///", "hush",
            "redis://user:hush@host:port", "postgresql://user:hush@[host/db", "user:hush@host"],
)  # fmt: skip
def test_a_url_of_no_store_is_an_error_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as found:
        open_store(url)
    assert "hush" not in str(found.value) or url == "hush"


@pytest.mark.parametrize(
    ("module", "url", "extra"),
    [
        ("redis", "redis://user:hush@host", "redis"),
        ("psycopg", "postgresql://user:hush@host/db", "postgres"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, url: str, extra: str
) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == module or name == f"wirebird.cluster.{extra}_store":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(StoreError, match=rf'pip install "wirebird\[{extra}\]"') as found:
        open_store(url)
    assert "hush" not in str(found.value)
