"""Real servers of tests: Redis and PostgreSQL on free ports, in temporary folders, gone at the end.

The rule: a server is ready when it says so, and nothing of it is left when it is closed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.sql import SQL, Identifier

READY_WITHIN = 60.0
ENDS_WITHIN = 20.0
USER = "wirebird"
PASSWORD = "a-password-for-tests"


class ServerMissing(RuntimeError):
    """The server's program is not on this machine."""


class Server:
    """A program that serves on a port of this machine, and may be stopped and started again.

    Attributes:
        url: Where it is, with its password.
        port: Its port, the same after each start.
    """

    url: str

    def __init__(self, command: Sequence[str], port: int, ready: str, folder: Path) -> None:
        self.port = port
        self._command = command
        self._ready = re.compile(ready)
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._said: deque[str] = deque(maxlen=50)

    def start(self) -> None:
        """Start, and return when it is ready."""
        ready = threading.Event()
        self._process = process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

        def listen() -> None:
            assert process.stdout is not None
            with process.stdout as lines:
                for line in lines:
                    self._said.append(line)
                    if self._ready.search(line):
                        ready.set()
            ready.set()

        threading.Thread(target=listen, daemon=True).start()
        if not ready.wait(READY_WITHIN) or process.poll() is not None:
            raise RuntimeError(f"{self._command[0]} did not start:\n{''.join(self._said)}")

    def stop(self) -> None:
        """Stop as an administrator does, and return when it has ended."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it at once, as if its machine had lost power."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """Stop, and remove its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)  # one that is paused would not hear it
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(ENDS_WITHIN)


class RedisServer(Server):
    """A Redis that keeps nothing on disk."""

    def pause(self) -> None:
        """Let it answer nothing until `resume`, while connections are accepted by the system."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


class PostgresServer(Server):
    """A PostgreSQL whose one user may do anything."""

    _databases = 0

    def new_database(self) -> str:
        """Make an empty database, and return its URL."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.url.replace("/postgres", f"/{name}")

    def new_schema(self) -> str:
        """Make an empty schema, which is faster, and return a URL whose tables are in it."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return f"{self.url}?options=-csearch_path%3D{name}"

    def kill(self) -> None:
        """End it at once; its processes end by themselves, and the next start recovers."""
        self._end(signal.SIGQUIT)


def start_redis(*options: str, password: str = "") -> RedisServer:
    """Start a Redis: `start_redis("--maxmemory", "5mb")`.

    Raises:
        ServerMissing: There is none on this machine.
    """
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise ServerMissing("there is no redis-server: scripts/servers installs it")
    folder = Path(tempfile.mkdtemp(prefix="wirebird-redis-"))
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no"]
    command += ["--requirepass", password] if password else []
    server = RedisServer([*command, *options], port, "Ready to accept connections", folder)
    server.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{port}/0"
    server.start()
    return server


def start_postgres(*settings: str) -> PostgresServer:
    """Start a PostgreSQL: `start_postgres("max_connections=20")`.

    Raises:
        ServerMissing: There is none on this machine.
    """
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="wirebird-postgres-"))
    data, password = folder / "data", folder / "password"
    data.mkdir(mode=0o700)
    password.write_text(PASSWORD)
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        for path in (folder, data, password):
            shutil.chown(path, "postgres", "postgres")
    made = subprocess.run(
        [
            *as_user, str(programs / "initdb"), "-D", str(data), "-U", USER, "-E", "UTF8",
            "--locale=C", "-A", "scram-sha-256", f"--pwfile={password}", "--no-sync",
        ],
        capture_output=True, text=True, timeout=READY_WITHIN, check=False, cwd="/",
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    command = [*as_user, str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for setting in (
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "full_page_writes=off",
        "shared_buffers=16MB",
        "max_connections=60",
        *settings,
    ):
        command += ["-c", setting]
    server = PostgresServer(command, port, "ready to accept connections", folder)
    server.url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
    server.start()
    return server


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgres_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4])
    )
    on_path = shutil.which("postgres")
    if found or on_path:
        return found[-1].parent if found else Path(str(on_path)).resolve().parent
    raise ServerMissing("there is no PostgreSQL: scripts/servers installs it")
