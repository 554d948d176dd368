"""`ChannelTransfer`: one entry's bytes on their way from the browser to the upload's writer.

The rule: nothing of what the client announced is taken for granted. The bytes are counted as they
come, one chunk at a time; the next is asked for when the writer has taken the last. However a
transfer ends, its writer hears of it, once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from wirebird.errors import WirebirdError
from wirebird.live.around import call_within, name_of, within
from wirebird.runtime.mailbox import is_cancelled
from wirebird.runtime.scheduler import start
from wirebird.runtime.transport import TransportClosed
from wirebird.uploads.entry import UploadEntry, UploadError
from wirebird.uploads.upload import Upload
from wirebird.uploads.writer import UploadWriter, call_writer
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.transfers.uploads import ViewUploads

logger = logging.getLogger("wirebird.runtime")


class TransferRefused(WirebirdError):
    """What the client sent cannot be taken.

    Args:
        error: What the entry's error is.
        response: What the client is told.
    """

    def __init__(self, error: str, **response: Any) -> None:
        super().__init__(error, response)
        self.error = error
        self.response = response


class ChannelTransfer:
    """One entry on its way.

    Owned by the uploads of its view, which end it; its connection passes frames on.

    Args:
        uploads: Those of the view.
        upload: The upload.
        entry: The entry.
        join: The frame that asked for it.
    """

    __slots__ = (
        "_answered", "_busy", "_closed", "_ended", "_given_up", "_gone", "_last_ref", "_timer",
        "_uploads", "_work", "_writer", "entry", "is_complete", "join_ref", "received", "topic",
        "upload",
    )  # fmt: skip

    def __init__(
        self, uploads: ViewUploads, upload: Upload, entry: UploadEntry, join: Frame
    ) -> None:
        self.upload = upload
        self.entry = entry
        self.topic = join.topic
        self.join_ref = join.join_ref
        self.received = 0
        self.is_complete = False
        self._uploads = uploads
        self._writer: UploadWriter | None = None
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last_ref = -1
        self._busy = False
        self._answered = asyncio.Event()
        self._given_up = False
        self._closed = False
        self._ended = False
        self._gone = asyncio.Event()

    def __repr__(self) -> str:
        return f"<ChannelTransfer {self.topic} {self.entry!r} {self.received} bytes>"

    # What comes in

    def begin(self, join: Frame) -> None:
        """Make the writer, and answer the join."""
        self._do(self._begin(), join)

    async def receive(self, frame: Frame) -> None:
        """Take a frame from the client.

        One chunk is written beside. Whatever else is sent meanwhile is answered before more is
        read, so that nothing piles up here when the client does not read.
        """
        if frame.event == "chunk" and self._ended:
            await self._reply(frame, "error", {"reason": "closed"})
        elif frame.event == "chunk" and self._busy:
            logger.warning("%r: refused: a chunk before the last one was answered", self)
            self.entry.put_error("failed")
            await self._reply(frame, "error", {"reason": "too_many_chunks"})
            self._give_up()
        elif frame.event == "chunk":
            await self._answered.wait()
            self._do(self._take(frame), frame)
        elif frame.event == "phx_leave":
            await self._reply(frame, "ok", {})
            if not self.is_complete:
                self._give_up()
        else:
            logger.warning("%r: the client sent an unknown %.40r", self, frame.event)

    def _do(self, work: Coroutine[Any, Any, None], frame: Frame) -> None:
        """Do something for the client, which does not send more before it is answered."""
        self._busy = True
        self._answered.clear()
        self._stop_waiting()
        start(self._answer(self._work_alone(work), frame), self._uploads.channel.context())

    async def _work_alone(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.current_task()
        try:
            await work
        finally:
            self._work = None
            self._busy = False

    async def _answer(self, work: Coroutine[Any, Any, None], frame: Frame) -> None:
        try:
            try:
                await work
                await self._reply(frame, "ok", {})
            finally:
                self._answered.set()
        except TransportClosed:
            pass
        except TransferRefused as refused:
            logger.warning("%r: refused: %s", self, refused.response)
            await self._uploads.run(partial(self._fail, frame, refused.error, refused.response))
        except UploadError as error:
            logger.warning("%r: refused by its writer: %s", self, error)
            response = {"reason": "writer_error", "problem": str(error)}
            await self._uploads.run(partial(self._fail, frame, str(error), response, error))
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            logger.error("%r: its writer failed", self, exc_info=error)
            reason = error if isinstance(error, Exception) else UploadError(repr(error))
            response = {"reason": "writer_error"}
            await self._uploads.run(partial(self._fail, frame, "writer_failure", response, reason))

    async def _call(self, method: Callable[..., Any], *args: Any) -> None:
        await within(self._uploads.view, name_of(method), call_writer, method, *args)

    async def _begin(self) -> None:
        if self._ended:
            raise TransferRefused("failed", reason="closed")
        self._writer = self.upload.writer(self.entry)
        await self._call(self._writer.init)
        self._wait()

    async def _take(self, frame: Frame) -> None:
        data = self._checked(frame)
        check = self.upload.check_content
        if check is not None and not self.received:
            problem = await call_within(self._uploads.view, check, self.entry, data)
            if problem is not None:
                # For any other reason the client would forget the other files of the input.
                raise TransferRefused(str(problem), reason="writer_error", problem=str(problem))
        writer = cast(UploadWriter, self._writer)
        await self._call(writer.write_chunk, data)
        self.received += len(data)
        if self.received < self.entry.client_size:
            self._wait()
        else:
            self._closed = True
            await self._call(writer.close, "done")
            self.is_complete = True

    def _checked(self, frame: Frame) -> bytes:
        data = frame.payload
        ref = int(frame.ref) if frame.ref is not None and frame.ref.isdecimal() else -1
        if self._ended or self.is_complete or self._writer is None:
            raise TransferRefused("failed", reason="closed")
        if not isinstance(data, bytes) or not data:
            raise TransferRefused("failed", reason="empty_chunk")
        if ref <= self._last_ref:
            raise TransferRefused("failed", reason="out_of_order")
        self._last_ref = ref
        if self.received + len(data) > self.entry.client_size:
            limit = self.entry.client_size
            raise TransferRefused("too_large", reason="file_size_limit_exceeded", limit=limit)
        if len(data) > self.entry.chunk_size:
            raise TransferRefused("failed", reason="chunk_too_large", limit=self.entry.chunk_size)
        return data

    def _give_up(self) -> None:
        """End it soon because of what the client did."""
        if not self._given_up:
            self._given_up = True
            self._uploads.soon(partial(self._fail, None, "failed", None))

    # How it ends

    def stop(self) -> None:
        """End it soon, and remove what it has kept; from any thread."""
        self._uploads.soon(self.end)

    async def end(self) -> None:
        """End it, wherever it is, and remove what it has kept."""
        if await self._finish("cancel"):
            await self._tell_client("phx_close", {})
        else:
            await self._gone.wait()

    async def release(self) -> None:
        """Remove what it has kept: it was consumed, or is not wanted any more."""
        consumed = not self._ended
        self._ended = True
        self._uploads.forget(self)
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                await self._tell_writer(writer.release)
        finally:
            self._gone.set()
        if consumed:
            await self._tell_client("phx_close", {})

    def meta(self) -> Any:
        """Return what the writer tells of what it has written."""
        return None if self._writer is None else self._writer.meta()

    async def _fail(
        self,
        frame: Frame | None,
        problem: str,
        response: dict[str, Any] | None,
        error: Exception | None = None,
    ) -> None:
        """End it with an error that the visitor is shown; the client is told `response`."""
        first = await self._finish(error or "cancel")
        if first:
            self.entry.put_error(problem)
        if frame is not None:
            with suppress(TransportClosed):
                await self._reply(frame, "error", response or {})
        if frame is None and response is not None:
            await self._tell_client("phx_error", response)
        else:
            await self._tell_client("phx_close", {})
        if first:
            self._uploads.changed(self.upload)

    async def _finish(self, reason: Literal["cancel"] | Exception) -> bool:
        """Let the writer know that no more will come; False when it has ended or is about to."""
        if self._ended:
            return False
        self._ended = True
        self._stop_waiting()
        try:
            work = self._work
            if work is not None:
                work.cancel()
                await asyncio.wait([work])
            if self._writer is not None and not self._closed:
                self._closed = True
                await self._tell_writer(self._writer.close, reason)
        finally:
            await self.release()
        return True

    async def _tell_writer(self, method: Callable[..., Any], *reason: Any) -> None:
        """Call what a writer does at the end; what it raises is only logged."""
        try:
            await self._call(method, *reason)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            logger.error("%r: its writer failed at the end", self, exc_info=error)

    async def _tell_client(self, event: str, payload: dict[str, Any]) -> None:
        with suppress(TransportClosed):
            await self._send(
                frames.push(self.join_ref, self.topic, event, payload, ref=self.join_ref)
            )

    async def _reply(self, frame: Frame, status: Any, response: dict[str, Any]) -> None:
        await self._send(frames.reply(frame.join_ref, frame.ref, self.topic, status, response))

    async def _send(self, text: str) -> None:
        await self._uploads.connection.send(text)

    # How long it waits

    def _wait(self) -> None:
        if self._ended:
            return
        loop = self._uploads.channel.loop
        self._timer = loop.call_later(self.entry.chunk_timeout, self._on_timeout)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timeout(self) -> None:
        logger.warning("%r: nothing came for %s seconds", self, self.entry.chunk_timeout)
        self._uploads.soon(partial(self._fail, None, "timeout", {"reason": "timeout"}))
