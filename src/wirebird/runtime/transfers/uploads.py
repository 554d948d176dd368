"""`ViewUploads`: what a view's page says of its uploads, and the transfers that are under way.

The rule: an entry can be sent once the server has said so, with the token that it was given, over
the connection of its own view, once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from wirebird.live.around import call_within
from wirebird.live.errors import Redirect
from wirebird.live.view import Live, LiveView
from wirebird.runtime.line import Line
from wirebird.runtime.mailbox import ANSWERED, SHOWS, Outcome
from wirebird.runtime.transfers.channel_transfer import ChannelTransfer
from wirebird.runtime.transfers.external_transfer import ExternalTransfer
from wirebird.uploads.entry import MalformedUpload, UploadEntry, UploadError
from wirebird.uploads.external import ExternalUpload
from wirebird.uploads.upload import Upload
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")

TOKEN_AGE = 600.0
"""How long after its preflight an entry's transfer may begin, in seconds."""

END_PATIENCE = 10.0
"""How long an ending view waits for its writers, in seconds."""


class ViewUploads:
    """The uploads of one view and its components, as they are carried out.

    Args:
        channel: The view's channel.
    """

    __slots__ = ("_outliving", "_tasks", "_transfers", "channel")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._tasks: set[asyncio.Task[Any]] = set()
        self._outliving: set[asyncio.Task[Any]] = set()
        self._transfers: set[ChannelTransfer] = set()

    @property
    def connection(self) -> Line:
        """The line that the bytes come over."""
        return self.channel.connection

    @property
    def view(self) -> LiveView[Any]:
        """The view."""
        return self.channel.view

    # What the page says

    def choose(self, uploads: Any) -> None:
        """Take note of the files that a form's event comes with.

        Raises:
            MalformedUpload: No page of ours says such things.
        """
        if not isinstance(uploads, dict):
            raise MalformedUpload("uploads that are no object")
        for ref, chosen in cast("dict[str, Any]", uploads).items():
            found = self._find(ref)
            if found is not None:
                owner, upload = found
                upload.choose(chosen)
                self.channel.touch(owner)

    def _find(self, ref: object) -> tuple[Live[Any], Upload] | None:
        """Return an upload and whose it is; None if it is perhaps not allowed any more."""
        # A handler's thread may allow one meanwhile.
        for owner, uploads in tuple(self.channel.view.socket.all_uploads.items()):
            upload = uploads.by_ref(ref)
            if upload is not None:
                return owner, upload
        logger.info("%r: there is no upload with the ref %.40r", self.channel, ref)
        return None

    async def preflight(self, frame: Frame) -> dict[str, Any]:
        """Return which entries the client may send, and where to.

        Raises:
            MalformedUpload: No page of ours says such things.
        """
        payload = cast("dict[str, Any]", frame.payload)
        found = self._find(payload.get("ref"))
        if found is None:
            raise MalformedUpload("a preflight for no upload")
        owner, upload = found
        chosen = upload.choose(payload.get("entries"))
        self.channel.touch(owner)
        if upload.problems and not upload.auto_upload:
            return {"ref": upload.ref, "error": upload.problems}
        entries = upload.sendable(chosen)
        chunk_size, chunk_timeout = upload.chunks_of(
            entries, self.channel.endpoint.limits.chunk_room
        )
        for entry in entries:
            entry.chunk_size, entry.chunk_timeout = chunk_size, chunk_timeout
            entry.preflighted = True
        if upload.external is None:
            told = [self._token(upload, entry) for entry in entries]
        else:
            told = await asyncio.gather(*(self._start(upload.external, entry) for entry in entries))
        return {
            "ref": upload.ref,
            "config": {
                "chunk_size": chunk_size,
                "chunk_timeout": int(chunk_timeout * 1000),
                "max_entries": upload.max_entries,
                "max_file_size": upload.max_file_size,
            },
            "entries": {
                entry.ref: meta
                for entry, meta in zip(entries, told, strict=True)
                if entry.valid and not entry.cancelled
            },
            "errors": {
                e.ref: e.errors or upload.errors for e in chosen if not (e.valid and e.preflighted)
            },
        }

    def _token(self, upload: Upload, entry: UploadEntry) -> str:
        token = {"topic": self.channel.topic, "upload": upload.ref, "entry": entry.uuid}
        return self.channel.endpoint.signer.sign(token, "upload")

    async def _start(self, external: ExternalUpload, entry: UploadEntry) -> Mapping[str, Any]:
        try:
            meta = await call_within(self.channel.view, external.start, entry)
        except UploadError as error:
            logger.warning("%r: %r: %s", self.channel, entry, error)
            entry.put_error(str(error))
            return {}
        except Exception:
            logger.exception("%r: %r could not be started", self.channel, entry)
            entry.put_error("failed")
            return {}
        entry.transfer = ExternalTransfer(self, external, entry, meta)
        entry.transfer.stop()  # if it was cancelled meanwhile
        return meta

    async def progress(self, frame: Frame) -> Outcome:
        """Take note of how far the client says that an entry has come.

        Returns:
            What is to be shown; `ANSWERED` when the frame is answered later.

        Raises:
            MalformedUpload: No page of ours says such things.
        """
        payload = cast("dict[str, Any]", frame.payload)
        found = self._find(payload.get("ref"))
        if found is None:
            return Outcome(frame.ref)
        owner, upload = found
        entry = upload.entry(payload.get("entry_ref"))
        progress = payload.get("progress")
        if entry is None or entry.transfer is None or entry.done:
            return Outcome(frame.ref)
        self.channel.touch(owner)
        if isinstance(progress, dict):
            if entry.valid:
                entry.put_error("failed" if upload.external is None else "external_client_failure")
            entry.transfer.stop()
        elif not isinstance(progress, int | float):
            raise MalformedUpload(f"a progress of {progress!r:.40}")
        elif entry.valid and upload.external is None:
            # Of what has come, we know more than the client does.
            entry.progress = entry.transfer.received * 100 // entry.client_size
            entry.done = entry.transfer.is_complete
        elif entry.valid:
            entry.progress = int(max(entry.progress, min(100, progress)))
            if entry.progress == 100:
                transfer = cast(ExternalTransfer, entry.transfer)
                if transfer.is_finishing:
                    return Outcome(frame.ref)
                transfer.is_finishing = True
                self.soon(lambda: self._finish(frame.ref, upload, entry), outlives=True)
                return ANSWERED
        await self._tell(upload, entry)
        return Outcome(frame.ref)

    async def _finish(self, ref: str | None, upload: Upload, entry: UploadEntry) -> None:
        """Let an external upload see for itself that all has come."""
        problem = await cast(ExternalTransfer, entry.transfer).finish()
        self.channel.put(self._on_finished, (ref, upload, entry, problem))

    async def _on_finished(
        self, finished: tuple[str | None, Upload, UploadEntry, str | None]
    ) -> Outcome:
        ref, upload, entry, problem = finished
        if entry.cancelled:
            return Outcome(ref)
        if problem is None:
            entry.done = True
        else:
            entry.put_error(problem)
        await self._on_changed(upload)
        await self._tell(upload, entry)
        return Outcome(ref)

    async def _tell(self, upload: Upload, entry: UploadEntry) -> None:
        if upload.progress is not None:
            try:
                await call_within(self.channel.view, upload.progress, entry)
            except Redirect as redirect:
                self.channel.view.socket.go(redirect.navigation)

    # Transfers

    def admitted(self, token: Mapping[str, Any]) -> tuple[Upload, UploadEntry] | None:
        """Return the entry of a verified token, if it is still wanted."""
        if not self.channel.stage.is_shown:  # it is being joined anew, and will ask again
            return None
        found = self._find(token["upload"])
        if found is None:
            return None
        _, upload = found
        for entry in upload.entries:
            if entry.uuid == token["entry"] and entry.valid:
                return upload, entry
        return None

    def begin(self, upload: Upload, entry: UploadEntry, join: Frame) -> None:
        """Begin the transfer of an entry, and answer its join."""
        transfer = ChannelTransfer(self, upload, entry, join)
        entry.transfer = transfer
        self._transfers.add(transfer)
        self.connection.add_transfer(transfer)
        transfer.begin(join)

    def changed(self, upload: Upload) -> None:
        """Show anew what became of an upload's entry."""
        self.channel.put(self._on_changed, upload)

    async def _on_changed(self, upload: Upload) -> Outcome:
        for owner, uploads in self.channel.view.socket.all_uploads.items():
            if upload in uploads:
                self.channel.touch(owner)
        return SHOWS

    def forget(self, transfer: ChannelTransfer) -> None:
        """Take note that a transfer has ended."""
        self._transfers.discard(transfer)
        self.connection.forget_transfer(transfer)

    def cut(self) -> None:
        """Let go of files that have not come whole: the line that they came over is lost."""
        for uploads in self.channel.view.socket.all_uploads.values():
            for upload in uploads:
                for entry in tuple(upload.entries):
                    transfer = entry.transfer
                    is_external = isinstance(transfer, ExternalTransfer)
                    if entry.done or not entry.valid or (is_external and transfer.is_finishing):
                        continue
                    if is_external and transfer.is_resumed:
                        upload.entries.remove(entry)  # the page chooses it again by itself
                        continue
                    entry.put_error("disconnected")
                    if transfer is not None:
                        transfer.stop()

    # Work beside the view

    def soon(self, work: Callable[[], Coroutine[Any, Any, Any]], *, outlives: bool = False) -> None:
        """Do something beside the view; from any thread.

        Args:
            work: What to do.
            outlives: Whether it goes on when the view ends.
        """
        channel = self.channel
        if threading.get_ident() != channel.thread:
            channel.loop.call_soon_threadsafe(partial(self.soon, work, outlives=outlives))
        else:
            self.run(work, outlives=outlives)

    def run(
        self, work: Callable[[], Coroutine[Any, Any, Any]], *, outlives: bool = False
    ) -> asyncio.Task[Any]:
        """Do something beside the view; return its task, to wait for it."""
        task = self.channel.loop.create_task(work(), context=self.channel.context())
        tasks = self._outliving if outlives else self._tasks
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    def components_gone(self) -> None:
        """End the uploads of components that have left the page."""
        socket = self.channel.view.socket
        for owner in tuple(socket.all_uploads):
            if not self.channel.has(owner):
                socket.forget_uploads(owner)

    async def end(self) -> None:
        """End all transfers; nothing of what came is kept."""
        for transfer in tuple(self._transfers):
            self.soon(transfer.end)
        tasks = (*self._tasks, *self._outliving)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=END_PATIENCE)
            if late & self._tasks:
                logger.error("%r: writers of its uploads do not end", self.channel)
            for task in late & self._tasks:
                task.cancel()


async def on_allow_upload(channel: Channel, frame: Frame) -> Outcome:
    """Answer which of the entries that were chosen may be sent."""
    try:
        channel.respond(await channel.uploads.preflight(frame))
    except MalformedUpload as error:
        return await channel.refuse_frame(frame, str(error))
    except Redirect as redirect:
        channel.view.socket.go(redirect.navigation)
        channel.respond({"entries": {}, "errors": {}})
    return Outcome(frame.ref)


async def on_progress(channel: Channel, frame: Frame) -> Outcome:
    """Take note of how far an entry has come."""
    try:
        return await channel.uploads.progress(frame)
    except MalformedUpload as error:
        return await channel.refuse_frame(frame, str(error))
