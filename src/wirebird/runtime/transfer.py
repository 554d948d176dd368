"""`Transfer`: one entry's bytes on their way from the browser to the upload's writer.

The rule: nothing of what the client announced is taken for granted. The bytes are counted as they
come, one chunk at a time; the next is asked for when the writer has taken the last. However a
transfer ends, its writer hears of it, once.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from wirebird.live.depends import call, call_in_thread, is_async
from wirebird.live.upload import Upload
from wirebird.live.upload_entry import UploadEntry
from wirebird.live.upload_writer import UploadWriter
from wirebird.runtime.scheduler import start
from wirebird.runtime.transport import TransportClosed
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.uploads import ViewUploads

logger = logging.getLogger("wirebird.runtime")


class Refused(Exception):
    """What the client sent cannot be taken.

    Args:
        problem: What the entry's error is.
        response: What the client is told.
    """

    def __init__(self, problem: str, **response: Any) -> None:
        super().__init__(problem, response)
        self.problem = problem
        self.response = response


class Transfer:
    """One entry on its way.

    Owned by the uploads of its view, which end it; its connection passes frames on.

    Args:
        uploads: Those of the view.
        upload: The upload.
        entry: The entry.
        join: The frame that asked for it.
    """

    __slots__ = (
        "_busy", "_ended", "_last_ref", "_timer", "_uploads", "_waits_since", "_work", "_writer",
        "_writes_async", "entry", "is_complete", "join_ref", "received", "topic", "upload",
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
        self._writes_async = False
        self._waits_since = 0.0
        self._last_ref = -1
        self._busy = False
        self._ended = False

    def __repr__(self) -> str:
        return f"<Transfer {self.topic} {self.entry!r} {self.received} bytes>"

    # What comes in

    def begin(self, join: Frame) -> None:
        """Make the writer, and answer the join."""
        self._do(self._begin(), join)

    def receive(self, frame: Frame) -> None:
        """Take a frame from the client."""
        if frame.event == "chunk":
            self._do(self._take(frame), frame)
        elif frame.event == "phx_leave":
            start(self._leave(frame), contextvars.copy_context())
        else:
            logger.warning("%r: the client sent an unknown %.40r", self, frame.event)

    def _do(self, work: Coroutine[Any, Any, None], frame: Frame) -> None:
        """Do something for the client, which does not send more before it is answered."""
        if self._busy:
            work.close()
            work = _refuse(reason="too_many_chunks")
        else:
            self._busy = True
            work = self._work_alone(work)
        start(self._answer(work, frame), contextvars.copy_context())

    async def _work_alone(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.current_task()
        try:
            await work
        finally:
            self._work = None
            self._busy = False

    async def _answer(self, work: Coroutine[Any, Any, None], frame: Frame) -> None:
        try:
            await work
            await self._reply(frame, "ok", {})
        except TransportClosed:
            pass
        except Refused as refused:
            logger.warning("%r: refused: %s", self, refused.response)
            await self._fail(frame, refused.problem, refused.response)
        except Exception as error:
            logger.exception("%r: its writer failed", self)
            await self._fail(frame, "writer_failure", {"reason": "writer_error"}, error)

    async def _begin(self) -> None:
        self._writer = self.upload.writer(self.entry)
        self._writes_async = is_async(self._writer.write_chunk)
        await call(self._writer.init)
        self._wait()

    async def _take(self, frame: Frame) -> None:
        data = self._checked(frame)
        self._wait()
        check = self.upload.check_content
        if check is not None and not self.received:
            problem = await call(check, self.entry, data)
            if problem is not None:
                # For any other reason the client would forget the other files of the input.
                raise Refused(str(problem), reason="writer_error")
        writer = cast(UploadWriter, self._writer)
        if self._writes_async:
            await writer.write_chunk(data)
        else:
            await call_in_thread(writer.write_chunk, data)
        self.received += len(data)
        if self.received == self.entry.client_size:
            self._stop_waiting()
            await call(writer.close, "done")
            self.is_complete = True

    def _checked(self, frame: Frame) -> bytes:
        data = frame.payload
        ref = int(frame.ref) if frame.ref is not None and frame.ref.isdecimal() else -1
        if self._ended or self.is_complete or self._writer is None:
            raise Refused("failed", reason="closed")
        if not isinstance(data, bytes) or not data:
            raise Refused("failed", reason="empty_chunk")
        if ref <= self._last_ref:
            raise Refused("failed", reason="out_of_order")
        self._last_ref = ref
        if self.received + len(data) > self.entry.client_size:
            limit = self.entry.client_size
            raise Refused("too_large", reason="file_size_limit_exceeded", limit=limit)
        if len(data) > self.entry.chunk_size:
            raise Refused("failed", reason="chunk_too_large", limit=self.entry.chunk_size)
        return data

    async def _leave(self, frame: Frame) -> None:
        """Take note that the client sends no more; it has given up, unless all has come."""
        with suppress(TransportClosed):
            await self._reply(frame, "ok", {})
        if not self.is_complete and await self._close("cancel"):
            self.entry.put_error("failed")
            await self.release()
            self._uploads.changed(self.upload)

    # How it ends

    def stop(self) -> None:
        """End it soon, and remove what it has kept; from any thread."""
        self._uploads.soon(self.end)

    async def end(self) -> None:
        """End it, wherever it is, and remove what it has kept."""
        first = await self._close("cancel")
        await self.release()
        if first:
            await self._tell_client("phx_close", {})

    async def release(self) -> None:
        """Remove what it has kept: it was consumed, or is not wanted any more."""
        consumed = not self._ended
        self._ended = True
        self._uploads.forget(self)
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                await call(writer.release)
            except Exception:
                logger.exception("%r: its writer's release failed", self)
        if consumed:
            await self._tell_client("phx_close", {})

    def meta(self) -> Any:
        """Return what the writer tells of what it has written."""
        return None if self._writer is None else self._writer.meta()

    async def _fail(
        self,
        frame: Frame | None,
        problem: str,
        response: dict[str, Any],
        error: Exception | None = None,
    ) -> None:
        """End it with an error that the visitor is shown."""
        first = await self._close(error or "cancel")
        if first:
            self.entry.put_error(problem)
            await self.release()
        if frame is None:
            await self._tell_client("phx_error", response)
        else:
            with suppress(TransportClosed):
                await self._reply(frame, "error", response)
            await self._tell_client("phx_close", {})
        if first:
            self._uploads.changed(self.upload)

    async def _close(self, reason: Literal["cancel"] | Exception) -> bool:
        """Let the writer know that no more will come; False when it knows already."""
        if self._ended:
            return False
        self._ended = True
        self._stop_waiting()
        work = self._work
        if work is not None and work is not asyncio.current_task():
            work.cancel()
            await asyncio.wait([work])
        if self._writer is not None and not self.is_complete:
            try:
                await call(self._writer.close, reason)
            except Exception:
                logger.exception("%r: its writer's close failed", self)
        return True

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
        loop = self._uploads.channel.loop
        self._waits_since = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self.entry.chunk_timeout, self._on_timer)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timer(self) -> None:
        # Set anew when it rings, not with every chunk.
        loop = self._uploads.channel.loop
        left = self._waits_since + self.entry.chunk_timeout - loop.time()
        if self._busy:  # it is the writer that takes so long
            left = self.entry.chunk_timeout
        if left > 0:
            self._timer = loop.call_later(left, self._on_timer)
            return
        logger.warning("%r: nothing came for %s seconds", self, self.entry.chunk_timeout)
        self._uploads.soon(partial(self._fail, None, "timeout", {"reason": "timeout"}))


async def _refuse(**response: Any) -> None:
    raise Refused("failed", **response)
