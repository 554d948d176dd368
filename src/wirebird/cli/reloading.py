"""`Reload`: serves an application anew whenever its Python changes.

The rule: whoever saves a file waits for their own code alone. What every server needs is imported
once, in a process that does nothing else, from which servers are forked; the application never is.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn
from uvicorn.supervisors.watchfilesreload import WatchFilesReload

import wirebird

PRELOADED = (
    "wirebird.cli.main",
    "wirebird.dev.structure",
    "wirebird.dev.reload",
    "wirebird.server",
    "wirebird.server.bounded_h11",
    "wirebird.server.bounded_httptools",
    "wirebird.server.compressed",
    "uvicorn.lifespan.on",
    "uvicorn.loops.asyncio",
    "uvicorn.loops.uvloop",
)
"""What servers would import one after the other; what is not installed is left out."""

LOOK_AGAIN_AFTER = 0.05
"""How long nothing more is looked for after a change, in seconds."""

_OURS = Path(wirebird.__file__).parent


def serve(config: uvicorn.Config) -> None:
    """Serve until somebody stops it, anew after each change.

    Args:
        config: How; its application is the name of a factory.
    """
    server = uvicorn.Server(config)
    try:
        with suppress(KeyboardInterrupt):
            Reload(config, target=server.run, sockets=[config.bind_socket()]).run()
    finally:
        if config.uds and os.path.exists(config.uds):
            os.remove(config.uds)


class Reload(WatchFilesReload):
    """Watches the files, and has one server run."""

    process: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.forks = "forkserver" in multiprocessing.get_all_start_methods()
        if self.forks:
            multiprocessing.set_forkserver_preload(list(PRELOADED))

    def should_restart(self) -> list[Path] | None:
        """Return the Python files that have changed."""
        changes = super().should_restart()
        if any(path.is_relative_to(_OURS) for path in changes or ()):
            self.forks = False  # what was imported is no longer what is there
        return changes

    def startup(self) -> None:
        """Begin, with a first server."""
        if not self.forks:
            return super().startup()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.signal_handler)
        self.process = self._forked()

    def restart(self) -> None:
        """End the server, and have another one run."""
        if not self.forks:
            return super().restart()
        self.process.terminate()
        self.process.join()
        self.process = self._forked()

    def _forked(self) -> Any:
        try:
            stdin = sys.stdin.fileno()
        except (AttributeError, OSError):
            stdin = None
        process = multiprocessing.get_context("forkserver").Process(
            target=run, args=(self.config, self.target, self.sockets, stdin)
        )
        process.start()
        return process


def run(
    config: uvicorn.Config, target: Callable[..., None], sockets: list[socket], stdin: int | None
) -> None:
    """Serve, in a process of its own."""
    if stdin is not None:
        sys.stdin = os.fdopen(stdin)  # for a debugger
    config.configure_logging()
    with suppress(KeyboardInterrupt):
        target(sockets=sockets)
