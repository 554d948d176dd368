"""`wirebird run` as a process of its own, as people start it.

The rule: nothing is waited for by the clock but by what the process says or answers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
KEY = "a key for tests, known to everyone who reads this"
PATIENCE = 30.0


def environment(**more: str) -> dict[str, str]:
    """Return what a command's environment is, without this one's own Wirebird settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WIREBIRD_")}
    return {**clean, "PYTHONPATH": str(SOURCES), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **more}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Running:
    """A `wirebird run` that is up."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.output = ""
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            async with self._news:
                self.output += line.decode()
                self._news.notify_all()

    async def says(self, text: str) -> None:
        """Wait until the process has said something."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: text in self.output)
        assert text in self.output, self.output

    async def answers(self) -> None:
        """Wait until something listens on the port."""
        async with asyncio.timeout(PATIENCE):
            while self.process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return
        raise AssertionError(f"the server ended:\n{self.output}")

    def interrupt(self) -> None:
        """Do what Ctrl+C does."""
        self.process.send_signal(signal.SIGINT)

    async def ended(self) -> int:
        """Wait for the end; return the exit status."""
        async with asyncio.timeout(PATIENCE):
            await self._reading
            return await self.process.wait()


@asynccontextmanager
async def running(
    folder: Path,
    *arguments: str,
    command: Sequence[str] = ("wirebird", "run"),
    port: int | None = None,
    env: dict[str, str] | None = None,
) -> AsyncIterator[Running]:
    """Run `wirebird run ARGUMENTS`, or another module, in a folder until the block ends."""
    port = port or free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command, *arguments, "--port", str(port)),
        cwd=folder,
        env=environment(XDG_STATE_HOME=str(folder / "state"), **(env or {})),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    server = Running(process, port)
    try:
        await server.answers()
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await server.ended()
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                raise


class Finished:
    """How a command ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.err = err


async def run_python(folder: Path, *arguments: str) -> Finished:
    """Run Python in a folder to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        cwd=folder,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return Finished(process.returncode or 0, out.decode(), err.decode())


async def wirebird(folder: Path, *arguments: str) -> Finished:
    """Run a `wirebird` command in a folder to its end."""
    return await run_python(folder, "-m", "wirebird", *arguments)
