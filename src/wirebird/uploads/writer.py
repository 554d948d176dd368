"""`UploadWriter`: where the bytes of an entry go; a temporary file unless an upload says otherwise.

The rule: the next chunk is asked for when the last one has been taken, so that a slow writer slows
its sender and fills no memory.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal, cast

from wirebird.concurrency import is_async, thread_share
from wirebird.uploads.entry import UploadEntry
from wirebird.uploads.folder import upload_folder

BUFFER_SIZE = 1024 * 1024
"""How much is gathered before it is written to the file, in bytes."""


class UploadWriter:
    """Takes the bytes of one entry, chunk by chunk. Write what you need of these.

    The methods may be `def`, and then run in a thread, or `async def`. What `init`, `write_chunk`
    and `close` raise ends the upload: an `UploadError` with its text as the entry's error, to tell
    the visitor why, anything else with "writer_failure", and is logged.

    Args:
        entry: The entry.

    Example:
        ```python
        class Hashing(UploadWriter):
            async def init(self) -> None:
                self.hash = hashlib.sha256()

            def write_chunk(self, data: bytes) -> None:
                self.hash.update(data)

            def meta(self) -> str:
                return self.hash.hexdigest()
        ```
    """

    def __init__(self, entry: UploadEntry) -> None:
        self.entry = entry

    def init(self) -> Any:
        """Begin, before the first chunk."""

    def write_chunk(self, data: bytes) -> Any:
        """Take the next bytes."""

    def close(self, reason: Literal["done", "cancel"] | Exception) -> Any:
        """End, once: all has come ("done"), no more will ("cancel"), or something went wrong.

        Args:
            reason: "done", "cancel", or the exception that `init` or `write_chunk` raised.
        """

    def meta(self) -> Any:
        """Return what is known as `file.meta` when the entry is consumed. Must not wait."""
        return None

    def release(self) -> Any:
        """Remove what is kept, last of all: the entry was consumed, or its upload has ended."""


class TemporaryFileWriter(UploadWriter):
    """Writes a temporary file, which is removed once the entry was consumed or has gone."""

    def __init__(self, entry: UploadEntry) -> None:
        super().__init__(entry)
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._file: IO[bytes] | None = None
        self._path: Path | None = None

    async def write_chunk(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size >= BUFFER_SIZE:
            await _in_thread(self._flush)

    async def close(self, reason: Literal["done", "cancel"] | Exception) -> None:
        await _in_thread(self._finish if reason == "done" else self._remove)

    def meta(self) -> Path:
        return cast(Path, self._path)

    async def release(self) -> None:
        if self._path is not None:
            await _in_thread(self._remove)

    def _flush(self) -> None:
        if self._file is None:
            # The entry's own random name; nothing that the client has said.
            self._path = upload_folder() / self.entry.uuid
            self._file = self._path.open("xb", buffering=0)
        for data in self._waiting:
            left = memoryview(data)
            while left:  # a disk that is nearly full takes less than it is given
                left = left[self._file.write(left) :]
        self._forget()

    def _finish(self) -> None:
        self._flush()
        self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _forget(self) -> None:
        self._waiting = []
        self._waiting_size = 0

    def _remove(self) -> None:
        self._forget()
        self._close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


async def call_writer(method: Callable[..., Any], *args: Any) -> None:
    """Call a method of a writer: await `async def`, run `def` in a thread, to its end."""
    result = method(*args) if is_async(method) else await _in_thread(method, *args)
    if inspect.isawaitable(result):
        await result


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Run a function in a thread; a cancel waits for it, because a thread cannot be stopped."""
    running = asyncio.ensure_future(thread_share.get().run(partial(function, *args)))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if not running.done():
            await asyncio.wait([running])
        if not running.cancelled():
            running.exception()
        raise
