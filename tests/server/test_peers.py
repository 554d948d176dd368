"""Clients that others have written, against our server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.server.clients import becomes, on_each_loop, served


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Echo; close when asked to."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": (scope["subprotocols"] or [None])[0]})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001, "reason": "as asked"})
        else:
            await send({**message, "type": "websocket.send"})


@on_each_loop
@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 1_000_000])
async def test_the_websockets_package_is_understood(size: int):
    async with served(echo) as server, connect(server.url, max_size=None) as client:
        await client.send("é" * size)
        assert await client.recv() == "é" * size
        await client.send([b"a", b"", b"b" * size])
        assert await client.recv() == b"a" + b"b" * size
        await (await client.ping())


@on_each_loop
async def test_the_websockets_package_and_we_close_in_order():
    async with served(echo) as server:
        async with connect(server.url, subprotocols=["x", "y"]) as client:  # type: ignore[list-item]
            assert client.subprotocol == "x"
            await client.close(4000, "bye")
            assert client.protocol.close_code == 4000
        async with connect(server.url) as client:
            await client.send("close")
            with pytest.raises(ConnectionClosed):
                await client.recv()
            assert (client.protocol.close_code, client.protocol.close_reason) == (4001, "as asked")
        await becomes(lambda: not server.lines)


@on_each_loop
async def test_compression_is_not_agreed_to():
    async with served(echo) as server, connect(server.url, compression="deflate") as client:
        assert client.protocol.extensions == []
        await client.send("a" * 1000)
        assert await client.recv() == "a" * 1000


@on_each_loop
async def test_many_clients_at_once_each_hear_their_own():
    async def talk(url: str, name: str) -> None:
        async with connect(url) as client:
            for number in range(20):
                await client.send(f"{name} {number}")
                assert await client.recv() == f"{name} {number}"

    async with served(echo) as server:
        await asyncio.gather(*(talk(server.url, f"client {number}") for number in range(30)))
        await becomes(lambda: not server.lines)


async def test_chromium_is_understood(page: Page):
    script = """
        url => new Promise((resolve, reject) => {
            const said = []
            const socket = new WebSocket(url, ["x", "y"])
            socket.binaryType = "arraybuffer"
            socket.onopen = () => {
                said.push(socket.protocol)
                socket.send("é".repeat(100000))
                socket.send(new Uint8Array([0, 1, 255]))
                socket.send("")
            }
            socket.onmessage = ({data}) => {
                said.push(typeof data == "string" ? data.length : [...new Uint8Array(data)])
                if (data === "") socket.send("close")
            }
            socket.onerror = reject
            socket.onclose = event => {
                said.push([event.code, event.reason, event.wasClean])
                resolve(said)
            }
        })
    """
    async with served(echo) as server:
        said = await page.evaluate(script, server.url)
        assert said == ["x", 100_000, [0, 1, 255], 0, [4001, "as asked", True]]
