"""The folder of a process for files that are being uploaded.

The rule: only this user can read it, it goes with the process, and what a process that was killed
has left is removed by the next one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where a folder in use cannot be removed anyway
    fcntl = None

PREFIX = "wirebird-uploads-"
_LOCK = ".lock"

_mutex = threading.Lock()
_mine: tuple[int, Path, IO[bytes]] | None = None


def upload_folder() -> Path:
    """Return the folder of this process, made when it is first asked for."""
    global _mine
    with _mutex:
        if _mine is None or _mine[0] != os.getpid() or not _mine[1].is_dir():
            if _mine is not None:
                _mine[2].close()
            _sweep(Path(tempfile.gettempdir()))
            folder, lock = _make()
            _mine = (os.getpid(), folder, lock)
            atexit.register(_remove, os.getpid(), folder)
        return _mine[1]


def _make() -> tuple[Path, IO[bytes]]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = (folder / _LOCK).open("wb")
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / _LOCK).exists():  # not swept away before it was locked
            return folder, lock
        lock.close()


def _remove(process: int, folder: Path) -> None:
    if process == os.getpid():  # not in a child, which inherits this
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the folders whose process has ended: their locks are free."""
    if fcntl is None:
        return
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # in use, or removed by someone else
