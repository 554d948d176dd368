"""What saves into Redis go over: a line of our own, against a real Redis and a scripted one."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cluster.proxy import Proxy, proxy_to
from tests.cluster.servers import RedisServer, start_redis
from wirebird.cluster.redis_line import Address, RedisLine
from wirebird.cluster.redis_store import RedisStore
from wirebird.live.store import StoreUnavailable, Write

HOUR = 3600.0
ECHO = "return KEYS[1] .. ARGV[1]"

Command = list[bytes]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://", Address()),
        ("redis://cache:6380/3", Address("cache", 6380, db=3)),
        ("redis://cache?db=3", Address("cache", db=3)),
        ("redis://ada:a%40b@cache", Address("cache", username="ada", password="a@b")),
        ("redis://:hush@cache/", Address("cache", password="hush")),
        ("rediss://cache", Address("cache", tls=True)),
        ("unix:///run/redis.sock?db=2", Address(path="/run/redis.sock", db=2)),
        ("redis://cache?client_name=shop", None),
        ("redis://cache?socket_timeout=2", None),
        ("rediss://cache?ssl_cert_reqs=none", None),
    ],
)
def test_a_url_is_understood_or_left_to_redis_py(url: str, address: Address | None) -> None:
    assert Address.of(url) == address


# A real Redis


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[RedisLine]:
    address = Address.of(url)
    assert address is not None
    line = RedisLine(address, ECHO)
    yield line
    line.close()


@pytest.mark.redis
async def test_each_who_asks_at_once_has_its_own_answer(redis_url: str) -> None:
    async with line_to(redis_url) as line:
        keys = [b"%d-" % number * (1 + number * 40) for number in range(50)]
        answers = await asyncio.gather(*(line.run([key], [b"\r\n"]) for key in keys))
        assert answers == [key + b"\r\n" for key in keys]


@pytest.mark.redis
async def test_a_redis_that_has_forgotten_the_script_is_told_it_again(redis_url: str) -> None:
    async with line_to(redis_url) as line:
        assert await line.run([b"a"], [b"1"]) == b"a1"
        with redis.Redis.from_url(redis_url) as client:
            client.script_flush()
            assert await line.run([b"a"], [b"2"]) == b"a2"
            assert client.script_exists(_sha(ECHO)) == [True]


def _sha(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.redis
async def test_who_gives_up_takes_nobody_s_answer_and_keeps_nobody_from_theirs(
    redis_server: RedisServer, redis_url: str
) -> None:
    async with proxy_to(redis_server.port) as proxy, line_to(_behind(redis_server, proxy)) as line:
        await line.run([b"a"], [b"0"])
        proxy.delay = 0.05
        asked = [asyncio.ensure_future(line.run([b"a"], [b"%d" % n])) for n in range(5)]
        while not proxy.held:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        asked[1].cancel()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(found.pop(1), asyncio.CancelledError)
        assert found == [b"a0", b"a2", b"a3", b"a4"]
        assert await line.run([b"a"], [b"5"]) == b"a5"
        assert proxy.accepted == 2


@pytest.mark.redis
async def test_a_save_after_the_line_was_cut_goes_over_a_new_one(
    redis_server: RedisServer, redis_url: str
) -> None:
    async with proxy_to(redis_server.port) as proxy:
        store = RedisStore(_behind(redis_server, proxy))
        claim = await store.claim("a", HOUR)
        assert list(await store.save([Write("a", claim.epoch, b"x", HOUR)])) == [True]
        await proxy.cut()
        with pytest.raises(StoreUnavailable):
            await store.save([Write("a", claim.epoch, b"y", HOUR)])
        await proxy.open()
        assert list(await store.save([Write("a", claim.epoch, b"z", HOUR)])) == [True]
        assert await store.load(["a"]) == [b"z"]
        await store.stop()


@pytest.mark.redis
async def test_a_store_that_was_stopped_can_be_started_again(redis_url: str) -> None:
    store = RedisStore(redis_url)
    for data in (b"x", b"y"):
        await store.start()
        assert list(await store.save([Write("a", 7, data, HOUR)])) == [True]
        assert await store.load(["a"]) == [data]
        await store.stop()
    with redis.Redis.from_url(redis_url) as client:
        async with asyncio.timeout(10):
            while len(client.client_list()) > 1:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)


@pytest.mark.redis
async def test_options_of_redis_py_are_redis_py_s(redis_url: str) -> None:
    store = RedisStore(f"{redis_url}?client_name=shop")
    claim = await store.claim("a", HOUR)
    await store.claim("a", HOUR)
    writes = [Write("a", claim.epoch, b"old", HOUR), Write("b", 7, b"new", HOUR)]
    assert list(await store.save(writes)) == [False, True]
    assert await store.load(["a", "b"]) == [None, b"new"]
    await store.delete("b", 7)
    assert await store.load(["b"]) == [None]
    with redis.Redis.from_url(redis_url) as client:
        names = {each["name"] for each in client.client_list()}
    assert names == {"", "shop"}
    await store.stop()


@pytest.mark.redis
async def test_a_user_a_database_and_a_socket_are_as_the_url_says(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    server = start_redis(
        "--unixsocket",
        str(path),
        *["--user", "ada", "on", ">p@ss", "~wirebird:*", "+@all"],
        password="hush",
    )
    try:
        for where in (f"127.0.0.1:{server.port}/3", f"{path}?db=3"):
            scheme = "unix" if where.startswith("/") else "redis"
            store = RedisStore(f"{scheme}://ada:p%40ss@{where}")
            assert list(await store.save([Write("a", 7, b"x", HOUR)])) == [True]
            await store.stop()
            with redis.Redis.from_url(f"redis://:hush@127.0.0.1:{server.port}/3") as client:
                assert client.delete("wirebird:state:a") == 1
        store = RedisStore(f"redis://ada:mistaken@127.0.0.1:{server.port}")
        with pytest.raises(StoreUnavailable, match="refuses the password") as found:
            await store.save([Write("a", 7, b"x", HOUR)])
        assert "mistaken" not in str(found.value)
        await store.stop()
        store = RedisStore(f"redis://ada:p%40ss@127.0.0.1:{server.port}", prefix="not-hers")
        with pytest.raises(StoreUnavailable, match="permissions to access one of the keys"):
            await store.save([Write("a", 7, b"x", HOUR)])
        await store.stop()
    finally:
        server.close()


def _behind(server: RedisServer, proxy: Proxy) -> str:
    return server.url.replace(f":{server.port}", f":{proxy.port}")


# A scripted one


@asynccontextmanager
async def scripted(
    answer: Callable[[int, Command], bytes | None], tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[Command]]]:
    """Something that speaks like Redis, and sends its answers byte by byte.

    Args:
        answer: Says what to answer, by the number of the connection and what was asked; None closes
            the connection.
        tls: What it is encrypted with.
    """
    asked: list[Command] = []
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        number, count = count, count + 1
        try:
            while head := await reader.readline():
                command: Command = []
                for _ in range(int(head[1:])):
                    size = int((await reader.readline())[1:])
                    command.append((await reader.readexactly(size + 2))[:-2])
                asked.append(command)
                text = answer(number, command)
                if text is None:
                    break
                for at in range(len(text)):
                    writer.write(text[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(0)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "localhost", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


async def save(port: int, url: str = "redis://localhost:{}") -> list[bool]:
    store = RedisStore(url.format(port))
    try:
        return list(await store.save([Write(key, 7, b"x", HOUR) for key in "abc"]))
    finally:
        await store.stop()


async def test_an_answer_may_come_in_pieces() -> None:
    async with scripted(lambda number, command: b"$3\r\n101\r\n") as (port, _):
        assert await save(port) == [True, False, True]


async def test_a_redis_before_6_is_given_the_password_alone() -> None:
    def answer(number: int, command: Command) -> bytes:
        if command[0] == b"EVALSHA":
            return b"$3\r\n111\r\n"
        wrong = b"-ERR wrong number of arguments for 'auth' command\r\n"
        return wrong if len(command) == 3 else b"+OK\r\n"

    async with scripted(answer) as (port, asked):
        assert await save(port, "redis://ada:hush@localhost:{}/2") == [True] * 3
    assert asked[:3] == [[b"AUTH", b"ada", b"hush"], [b"AUTH", b"hush"], [b"SELECT", b"2"]]


async def test_what_is_cut_off_is_asked_once_more_and_no_more() -> None:
    async with scripted(lambda number, command: None if number < 1 else b"$3\r\n111\r\n") as (
        port, asked,
    ):  # fmt: skip
        assert await save(port) == [True] * 3
        assert len(asked) == 2
        assert asked[0] == asked[1]
    async with scripted(lambda number, command: None) as (port, asked):
        with pytest.raises(StoreUnavailable, match="the connection was closed"):
            await save(port)
        assert len(asked) == 2


async def test_after_a_replica_the_name_is_asked_anew_where_redis_is() -> None:
    def answer(number: int, command: Command) -> bytes:
        return b"$1\r\n1\r\n" if number else b"-READONLY a read only replica\r\n"

    async with scripted(answer) as (port, _):
        store = RedisStore(f"redis://localhost:{port}")
        with pytest.raises(StoreUnavailable, match="read only"):
            await store.save([Write("a", 7, b"x", HOUR)])
        assert await store.save([Write("a", 7, b"x", HOUR)]) == [True]
        await store.stop()


async def test_what_is_no_redis_is_left_alone() -> None:
    async with scripted(lambda number, command: b"HTTP/1.1 400 Bad Request\r\n") as (port, asked):
        with pytest.raises(StoreUnavailable, match="the connection was closed"):
            await save(port)
        assert len(asked) == 2


async def test_an_encrypted_line_is_to_whom_the_url_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certified("localhost", tmp_path / "cert.pem")
    async with scripted(lambda number, command: b"$3\r\n111\r\n", tls=context) as (port, asked):
        with pytest.raises(StoreUnavailable, match=r"(?i)certificate verify failed"):
            await save(port, "rediss://localhost:{}")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        with pytest.raises(StoreUnavailable, match=r"(?i)mismatch|not valid for"):
            await save(port, "rediss://127.0.0.1:{}")
        assert not asked
        assert await save(port, "rediss://localhost:{}") == [True] * 3


def certified(name: str, path: Path) -> ssl.SSLContext:
    """Make a certificate for a name, and return what serves with it."""
    key: Any = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = path.with_suffix(".key")
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context
