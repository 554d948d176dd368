"""A TCP proxy of tests, which makes the network between a process and a server bad.

The rule: it changes nothing of what goes through; it only delays it, holds it back or cuts it off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """What stands before a server.

    Attributes:
        port: Where it listens, on this machine.
        delay: For how many seconds whatever goes to the server is held back.
        accepted: How many connections there have been.
        held: How much is held back now, in pieces.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self.delay = 0.0
        self.accepted = 0
        self.held = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self._is_dead: dict[asyncio.Task[None], asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Accept connections, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Cut all connections, and refuse new ones until `open`."""
        if self._server is not None:
            self._server.close()
            self._server = None
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def silence(self) -> None:
        """Let nothing more through what is open, and tell neither side of it."""
        for dead in self._is_dead.values():
            dead.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._is_dead[task] = dead = asyncio.Event()
        try:
            there, out = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass_on(reader, out, dead, delayed=True))
                    group.create_task(self._pass_on(there, writer, dead, delayed=False))
            finally:
                out.close()
        except* OSError:
            pass
        finally:
            self._tasks.discard(task)
            del self._is_dead[task]
            writer.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dead: asyncio.Event,
        *,
        delayed: bool,
    ) -> None:
        while data := await reader.read(65536):
            self.held += 1
            if delayed and self.delay:
                await asyncio.sleep(self.delay)
            if dead.is_set():
                continue
            writer.write(data)
            await writer.drain()
            self.held -= 1
        with suppress(OSError):
            writer.write_eof()


@asynccontextmanager
async def proxy_to(target: int) -> AsyncIterator[Proxy]:
    """Stand before a port of this machine: `async with proxy_to(redis.port) as proxy`."""
    proxy = Proxy(target)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.cut()
