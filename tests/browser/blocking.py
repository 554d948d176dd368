"""A proxy as there are some: it lets no WebSocket through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Literal

from tests.cluster.proxy import Proxy


class BlockingProxy(Proxy):
    """A proxy before one or several servers, whose connections it gives to each in turn.

    Attributes:
        how: What becomes of those who ask for a WebSocket: "refuse", "swallow" them, or "pass" them
            on after all.
        asked: How many asked.
    """

    def __init__(self, *targets: int) -> None:
        super().__init__(targets[0])
        self.how: Literal["refuse", "swallow", "pass"] = "refuse"
        self.asked = 0
        self._targets = cycle(targets)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = next(self._targets)
        await super()._serve(reader, writer)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dead: asyncio.Event,
        *,
        delayed: bool,
    ) -> None:
        if delayed:  # from the browser
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return  # it opened a connection in case it needs one
            if b"upgrade: websocket" in head.lower():
                self.asked += 1
                if self.how == "swallow":
                    await reader.read()
                if self.how != "pass":
                    raise ConnectionResetError
            writer.write(head)
        await super()._pass_on(reader, writer, dead, delayed=delayed)


@asynccontextmanager
async def before(*targets: int) -> AsyncIterator[BlockingProxy]:
    """Stand before ports of this machine: `async with before(8000) as proxy`."""
    proxy = BlockingProxy(*targets)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.cut()
