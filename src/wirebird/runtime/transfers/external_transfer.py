"""`ExternalTransfer`: one entry's bytes on their way from the browser to somewhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wirebird.live.around import call_within
from wirebird.runtime.mailbox import is_cancelled
from wirebird.uploads.entry import UploadEntry, UploadError
from wirebird.uploads.external import ExternalUpload

if TYPE_CHECKING:
    from wirebird.runtime.transfers.uploads import ViewUploads

logger = logging.getLogger("wirebird.runtime")


class ExternalTransfer:
    """An entry that the browser sends elsewhere. It outlives the view: see `ExternalUpload.cancel`.

    Args:
        uploads: Those of the view.
        external: What knows where the bytes go.
        entry: The entry.
        meta: What `start` has returned.
    """

    __slots__ = ("_entry", "_external", "_meta", "_uploads", "is_finishing")

    received = 0
    is_complete = False

    def __init__(
        self,
        uploads: ViewUploads,
        external: ExternalUpload,
        entry: UploadEntry,
        meta: Mapping[str, Any],
    ) -> None:
        self._uploads = uploads
        self._external = external
        self._entry = entry
        self._meta = meta
        self.is_finishing = False

    @property
    def is_resumed(self) -> bool:
        """Whether the page goes on with it by itself when the line was lost."""
        return bool(self._meta.get("resumable"))

    def meta(self) -> Any:
        """Return what `start` has returned."""
        return self._meta

    async def finish(self) -> str | None:
        """Complete it; return what is wrong, if anything is."""
        try:
            await call_within(self._uploads.view, self._external.finish, self._entry, self._meta)
        except UploadError as error:
            logger.warning("%r: %s", self._entry, error)
            return str(error)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            logger.error("%r: could not be finished", self._entry, exc_info=error)
            return "failed"
        if self._entry.cancelled:
            await self._cancel()
        return None

    def stop(self) -> None:
        """Remove what was sent, if the entry was cancelled; from any thread."""
        if self._entry.cancelled:
            self._uploads.soon(self._cancel)

    async def _cancel(self) -> None:
        try:
            await call_within(self._uploads.view, self._external.cancel, self._entry, self._meta)
        except (Exception, SystemExit):
            logger.exception("%r: could not be cancelled", self._entry)

    async def release(self) -> None:
        """Nothing is kept here."""
