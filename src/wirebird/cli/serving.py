"""Serving an application with uvicorn, the way that was measured to be best.

The rule: everything that a server process must know travels in the environment, so that workers
and reloaded processes start exactly as the first one did. See docs/design/0003-server.md.
"""

from __future__ import annotations

import errno
import gc
import importlib.util
import ipaddress
import logging
import os
import secrets
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from wirebird.cli import reloading
from wirebird.cli.errors import CommandError
from wirebird.cli.leaving import Leaving
from wirebird.cli.reloading import LOOK_AGAIN_AFTER
from wirebird.cli.target import AppTarget, wirebird_apps
from wirebird.cluster.stores import STORE_VARIABLE
from wirebird.dev.broken import BrokenApp
from wirebird.dev.keys import development_key, key_file, store_file
from wirebird.server.settings import PER_PEER, REQUEST_WITHIN
from wirebird.web.app import DEBUG_VARIABLE, SECRET_VARIABLE, Wirebird
from wirebird.web.compression import Compression

logger = logging.getLogger("wirebird.cli")

TARGET_VARIABLE = "WIREBIRD_TARGET"
RELOAD_VARIABLE = "WIREBIRD_RELOAD"

OWN_WEBSOCKETS = "wirebird.server:WebSocket"
BOUNDED_HTTPTOOLS = "wirebird.server.bounded_httptools:BoundedHttpTools"
BOUNDED_H11 = "wirebird.server.bounded_h11:BoundedH11"
COMPRESSED_WEBSOCKETS = "wirebird.server.compressed:CompressedWebSocket"

GRACE_SECONDS = 5
"""How long requests may go on once the server is told to stop."""

WORKER_PATIENCE = 30
"""How long a worker may say nothing, in seconds; on a busy machine it only loads so long."""

RELOAD_GRACE_SECONDS = 1
"""The same, and how long views may take to end, where somebody waits for their change."""

OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""How many new objects there are before garbage is looked for, instead of Python's 2,000 or 700."""

HOW_TO_MAKE_A_KEY = (
    f"    export {SECRET_VARIABLE}=$(wirebird secret)\n\n"
    "Keep it: with another key, every session and every open page is void."
)


@dataclass(frozen=True)
class Options:
    """How to serve; the options of `wirebird run`."""

    host: str = "127.0.0.1"
    port: int = 8000
    uds: Path | None = None
    reload: bool = False
    workers: int = 1
    compress: bool = False
    ws: str | None = None
    request_within: float | None = None
    connections_per_peer: int | None = None
    proxy_headers: bool = True
    forwarded_allow_ips: str | None = None
    log_level: str = "info"
    access_log: bool | None = None
    root_path: str = ""

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.uds is not None or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_development(self) -> bool:
        """Whether a key that nobody gave will do."""
        return self.reload or (self.is_local and self.workers == 1)

    @property
    def websockets(self) -> str:
        """What serves WebSockets, as uvicorn names it: ours, unless they are to be compressed."""
        return self.ws or (COMPRESSED_WEBSOCKETS if self.compress else OWN_WEBSOCKETS)

    @property
    def url(self) -> str:
        """Where the application answers, for people."""
        if self.uds is not None:
            return f"unix socket {self.uds}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def prepare(target: AppTarget, options: Options) -> list[str]:
    """Set the environment of server processes; return what to tell the person about it.

    Raises:
        CommandError: The options contradict each other, or the address cannot be used.
    """
    if options.reload and options.workers > 1:
        raise CommandError("--reload serves with one process: leave --workers out")
    if options.compress and options.websockets == OWN_WEBSOCKETS:
        raise CommandError("--compress is for --ws websockets-sansio: leave one of them out")
    notes: list[str] = []
    given = os.environ.get(SECRET_VARIABLE)
    if not given and options.reload:
        os.environ[SECRET_VARIABLE] = development_key(str(target.folder.resolve() / target.module))
        notes.append(
            f"Development: sessions are signed with a key that is kept in {key_file()}"
            f" ({SECRET_VARIABLE} is not set)."
        )
    elif not given and options.is_development:
        os.environ[SECRET_VARIABLE] = secrets.token_urlsafe(48)
        notes.append(
            f"Development: sessions are signed with a key that lasts for this run"
            f" ({SECRET_VARIABLE} is not set)."
        )
    if options.reload:
        os.environ.setdefault(DEBUG_VARIABLE, "1")
        os.environ[RELOAD_VARIABLE] = "1"
        notes.append("Reloading: Python restarts the server; templates and styles change in place.")
        if not options.is_local:
            notes.append(
                "Warning: whoever reaches this host sees tracebacks; --reload is for development."
            )
    else:
        os.environ.pop(RELOAD_VARIABLE, None)
    if options.is_development and not os.environ.get(STORE_VARIABLE):
        _keep_states()
    if options.request_within is not None:
        os.environ[REQUEST_WITHIN] = str(options.request_within)
    if options.connections_per_peer is not None:
        os.environ[PER_PEER] = str(options.connections_per_peer)
    os.environ[TARGET_VARIABLE] = target.text
    target.check()
    check_address(options)
    return notes


def _keep_states() -> None:
    """Let views' states be kept in a file beside the development key, where there is a place."""
    with suppress(OSError, RuntimeError):  # no home, or none that can be written to
        file = store_file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[STORE_VARIABLE] = f"sqlite:///{file}"


def run(target: AppTarget, options: Options, app: Any) -> None:
    """Serve until somebody stops it.

    Args:
        target: The application, for processes that load it themselves.
        options: How.
        app: The application itself, unless it is served by other processes.
    """
    several = options.reload or options.workers > 1
    folders = {Path.cwd().resolve(), target.folder.resolve()}
    chosen: dict[str, Any] = {
        "app": f"{__name__}:application" if several else served(app),
        "factory": several,
        "interface": "asgi3",
        "host": options.host,
        "port": options.port,
        "uds": None if options.uds is None else str(options.uds),
        "reload": options.reload,
        "reload_dirs": [str(folder) for folder in folders] if options.reload else None,
        "reload_delay": LOOK_AGAIN_AFTER,
        "workers": options.workers,
        "timeout_worker_healthcheck": WORKER_PATIENCE,
        "loop": "uvloop" if importlib.util.find_spec("uvloop") else "asyncio",
        "http": BOUNDED_HTTPTOOLS if importlib.util.find_spec("httptools") else BOUNDED_H11,
        "ws": options.websockets,
        "ws_max_size": largest_frame(app),
        "ws_per_message_deflate": options.compress,
        "proxy_headers": options.proxy_headers,
        "forwarded_allow_ips": options.forwarded_allow_ips,
        "root_path": options.root_path,
        "access_log": options.reload if options.access_log is None else options.access_log,
        "log_config": log_config(options.log_level),
        # A page that is being reloaded waits for this; a request in production must be finished.
        "timeout_graceful_shutdown": RELOAD_GRACE_SECONDS if options.reload else GRACE_SECONDS,
    }
    if options.reload:
        reloading.serve(uvicorn.Config(**chosen))
    else:
        uvicorn.run(**chosen)


def largest_frame(app: Any) -> int:
    """Return the largest message that a socket needs to take, in bytes."""
    inner = [] if app is None else [wirebird.limits for _, wirebird in wirebird_apps(app)]
    # With --reload, the application is loaded by other processes, and looks after itself.
    return max((limits.frame_size for limits in inner), default=16 * 1024 * 1024)


def application() -> Any:
    """Load the application that the environment names; each server process calls this."""
    reloads = os.environ.get(RELOAD_VARIABLE) == "1"
    target = AppTarget.parse(os.environ[TARGET_VARIABLE])
    try:
        app = target.load()
    except CommandError as error:
        if not reloads:
            raise
        logger.error("%s\n\nWaiting for a change.", error)
        return BrokenApp(str(error))
    for _, inner in wirebird_apps(app) if reloads else ():
        inner.end_patience = min(inner.end_patience, RELOAD_GRACE_SECONDS)
        inner.keeps_state_on_reload = True
    return served(app)


def served(app: Any) -> Leaving:
    """Return an application as a server process serves it, when all of it has been loaded.

    That stays as long as the process: a garbage collection that went through it again and again
    would hold up all views meanwhile. Pages, handshakes and events leave no garbage that only a
    collection finds, so that looking for it more seldom costs no memory.
    """
    gc.collect()
    gc.freeze()
    threshold, *others = gc.get_threshold()
    if 0 < threshold < OBJECTS_BETWEEN_COLLECTIONS:
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *others)
    return Leaving(Compression(app))


def check_keys(apps: Iterable[Wirebird]) -> None:
    """See that every application has a key of its own or of the environment.

    Raises:
        CommandError: One has none.
    """
    for app in apps:
        if app._secret_key is None:  # pyright: ignore[reportPrivateUsage]
            raise CommandError(
                "there is no secret key to sign sessions and pages with, and other machines or"
                f" several workers must agree on one. Make one:\n\n{HOW_TO_MAKE_A_KEY}"
            )


def deaf_workers(apps: Iterable[Wirebird], workers: int) -> str | None:
    """Return a warning when workers cannot hear each other's broadcasts."""
    for app in apps:
        pubsub = app.pubsub
        if workers > 1 and not getattr(pubsub, "shared_between_workers", False):
            name = type(pubsub).__name__
            return (
                f"WARNING: {workers} workers do not hear each other. {name} carries"
                " broadcasts within one process only, so a message reaches only the pages that"
                " happen to be served by the worker that sent it. Pages that poll, as no"
                " WebSocket gets through to them, begin anew whenever another worker answers.\n"
                "Give it a broker that they share, such as WIREBIRD_BROKER=redis://localhost or"
                " Wirebird(broker=...), or run it with one worker."
            )
    return None


def free_port(host: str) -> int:
    """Return a port of an address that nobody listens on.

    Raises:
        CommandError: The address cannot be used.
    """
    with _bound(Options(host=host, port=0)) as probe:
        return probe.getsockname()[1]


def check_address(options: Options) -> None:
    """See that the address is free.

    Raises:
        CommandError: It is taken, or cannot be used by us.
    """
    if options.uds is not None:
        return _check_unix_socket(options.uds)
    _bound(options).close()


def _bound(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        probe.close()
        raise CommandError(_address_problem(error, options)) from error
    return probe


def _address_problem(error: OSError | OverflowError, options: Options) -> str:
    port = options.port
    if isinstance(error, OverflowError):
        return f"there is no port {port}: they end at 65535"
    if isinstance(error, socket.gaierror):
        return f"there is no host {options.host!r}: {error.strerror}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {options.host} is in use: stop what uses it, or take another one with"
            f" --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is for the system administrator: take one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{options.host} is no address of this machine"
    return f"{options.host}:{port} cannot be used: {error.strerror}"


def _check_unix_socket(path: Path) -> None:
    if not path.exists():
        if not path.parent.is_dir():
            raise CommandError(f"there is no folder {path.parent} for the socket")
        return
    if not path.is_socket():
        raise CommandError(f"{path} is there already, and it is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()  # what a server left that was killed
        else:
            raise CommandError(f"{path} is in use: stop what uses it, or take another one")


class UnlessHandled(logging.Filter):
    """Keeps our lines off the terminal when the application handles all logging itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not logging.getLogger().handlers


def log_config(level: str) -> dict[str, Any]:
    """Return the logging configuration of server processes.

    uvicorn's own account of sockets that open and close is for those who debug the server.

    Args:
        level: "debug", "info", "warning", "error" or "critical".
    """
    server = "WARNING" if level == "info" else level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "uvicorn.logging.DefaultFormatter",
                "fmt": "%(levelprefix)s %(message)s",
            },
            "access": {
                "()": "uvicorn.logging.AccessFormatter",
                "fmt": '%(levelprefix)s %(client_addr)s "%(request_line)s" %(status_code)s',
            },
        },
        "filters": {"unless_handled": {"()": f"{__name__}.UnlessHandled"}},
        "handlers": {
            "server": {"class": "logging.StreamHandler", "formatter": "plain"},
            "ours": {
                "class": "logging.StreamHandler",
                "formatter": "plain",
                "filters": ["unless_handled"],
            },
            "access": {
                "class": "logging.StreamHandler",
                "formatter": "access",
                "stream": "ext://sys.stdout",
            },
        },
        "loggers": {
            "uvicorn": {"handlers": ["server"], "level": server, "propagate": False},
            "uvicorn.error": {"level": server},
            "uvicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
            "wirebird": {"handlers": ["ours"], "level": level.upper()},
        },
    }
