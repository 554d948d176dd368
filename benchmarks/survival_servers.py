"""Where the pages of `benchmarks.survival` are served: processes, and what they share.

The rule: whatever is restarted or killed comes back at its old address, with what it had on disk.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

from benchmarks.__main__ import ROOT, server_environment
from tests.cluster.servers import Server, free_port, start_redis
from tests.deploy.nginx import nginx

RESTARTS = 10
"""How often the one process of a machine is restarted."""


class Process:
    """One of the application's processes, always at the same port."""

    def __init__(self, python: str, durable: str, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._python = python
        self._environment = {**server_environment(), **settings, "BENCH_DURABLE": durable}
        self.start()

    def start(self) -> None:
        command = [self._python, "-m", "wirebird", "run", "benchmarks.survival_app:app"]
        command += ["--port", str(self.port), "--log-level", "error"]
        self.process = subprocess.Popen(
            command, env=self._environment, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def lines(self) -> int:
        """Return how many connections it has."""
        return len(psutil.Process(self.process.pid).net_connections("tcp"))

    async def ready(self) -> None:
        while self.process.poll() is None:
            with suppress(OSError):
                await asyncio.to_thread(urlopen, f"{self.url}/_wirebird/ready", timeout=10)
                return
            await asyncio.sleep(0.05)
        raise SystemExit("a process of the application did not start")

    async def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        await asyncio.to_thread(self.process.wait)
        self.start()
        await self.ready()


@dataclass(frozen=True)
class Place:
    """Where pages are served.

    Attributes:
        name: What the table calls it.
        base: The URL of its pages.
        processes: The application's processes.
        restarts: How often they are restarted.
        broker: What carries their messages, if something of its own does.
        store: What keeps their states, if it is a server.
    """

    name: str
    base: str
    processes: list[Process]
    restarts: int = 1
    broker: Server | None = None
    store: Server | None = None


@contextmanager
def _folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wirebird-survival-"))
    folder.chmod(0o755)  # for nginx, whose workers are somebody else
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def two_with_redis(python: str, durable: str) -> Generator[Place]:
    """Two processes behind nginx, with a Redis as broker and one as store, which keeps its data."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        broker, store = start_redis(), start_redis("--appendonly", "yes")
        stack.callback(broker.close)
        stack.callback(store.close)
        settings = {"WIREBIRD_BROKER": broker.url, "WIREBIRD_STORE": store.url}
        processes = [Process(python, durable, settings) for _ in range(2)]
        for process in processes:
            stack.callback(process.kill)
        base = stack.enter_context(nginx(folder / "nginx", [each.url for each in processes]))
        yield Place("Redis", base, processes, broker=broker, store=store)


@contextmanager
def one_with_a_file(python: str, durable: str) -> Generator[Place]:
    """One process, which keeps its states in a file."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        process = Process(python, durable, {"WIREBIRD_STORE": f"sqlite:///{folder}/states.db"})
        stack.callback(process.kill)
        yield Place("SQLite", process.url, [process], RESTARTS)


PLACES: dict[str, Callable[[str, str], AbstractContextManager[Place]]] = {
    "Redis": two_with_redis,
    "SQLite": one_with_a_file,
}
