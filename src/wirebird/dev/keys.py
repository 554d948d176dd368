"""The secret key of development: the same after a restart, so that open pages stay good.

The rule: it lies in a file that only its owner can read, and is for development alone.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def key_file() -> Path:
    """Return where this user's key is kept: `wirebird/development.key` in their state folder."""
    state = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(state or Path.home() / ".local" / "state") / "wirebird" / "development.key"


def store_file() -> Path:
    """Return where this user's applications keep their views' states in development, sealed."""
    return key_file().with_name("development.db")


def development_key(application: str) -> str:
    """Return an application's secret key for development, the same each time.

    It is derived from a key that is made when it is first needed, and kept with mode 600. Where
    nothing can be kept, the key lasts as long as the process.

    Args:
        application: What tells the application from others: each has a key of its own.
    """
    try:
        kept = _kept(key_file())
    except (OSError, RuntimeError):  # no home, or none that can be written to
        kept = secrets.token_bytes(48)
    return hashlib.blake2b(application.encode(), key=kept, digest_size=32).hexdigest()


def _kept(path: Path) -> bytes:
    with suppress(FileNotFoundError):
        if _is_private(path) and len(key := path.read_bytes()) == 48:
            return key
        path.unlink()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(48))
    try:
        os.link(draft, path)  # of two that start at once the first one's counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def _is_private(path: Path) -> bool:
    return os.name != "posix" or not stat.S_IMODE(path.stat().st_mode) & 0o077
