"""The part of `self.socket` that is for uploads.

The rule: an upload belongs to the view or component that allowed it, and nothing of it is left
when its owner ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from wirebird.concurrency import call
from wirebird.uploads.accept import Accept
from wirebird.uploads.entry import Transfer, UploadEntry, UploadError
from wirebird.uploads.external import ExternalFunction, ExternalUpload
from wirebird.uploads.upload import Upload, Uploads
from wirebird.uploads.writer import TemporaryFileWriter, UploadWriter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """What is there of an entry whose bytes have all come.

    Attributes:
        entry: The entry.
        meta: What the writer says of what it has written: the temporary file's path, where an
            upload has no writer of its own. For external uploads, what `start` returned.
    """

    entry: UploadEntry
    meta: Any

    @property
    def path(self) -> Path:
        """The temporary file, which is removed when the function that was given it returns.

        Raises:
            UploadError: The upload has a writer of its own, which keeps no such file.
        """
        if not isinstance(self.meta, Path):
            raise UploadError(
                f"the upload {self.entry.upload_name!r} keeps no temporary file: what its writer"
                " says is in file.meta"
            )
        return self.meta

    def move_to(self, target: str | Path) -> Path:
        """Keep the temporary file elsewhere.

        Args:
            target: Where to. Make its name of `entry.uuid` or of what you know, not of what the
                client says. What is there is replaced.

        Returns:
            The target.
        """
        return Path(shutil.move(self.path, target))


@dataclass(frozen=True, slots=True)
class Postpone(Generic[T]):
    """Returned instead of a value by what consumes an entry: the entry stays, for a later time.

    Attributes:
        value: What to return for it now.
    """

    value: T


class Uploading:
    """What a socket offers for uploads."""

    __slots__ = ()

    if TYPE_CHECKING:
        _owner: Any
        _host: Any
        _uploads: dict[Any, Uploads] | None

    @property
    def uploads(self) -> Uploads:
        """The uploads of this view or component, by name."""
        found = (self._uploads or {}).get(self._owner)
        return Uploads(type(self._owner).__name__) if found is None else found

    @property
    def all_uploads(self) -> Mapping[Any, Uploads]:
        """The uploads of the view and its components, by who allowed them."""
        return self._uploads or {}

    def forget_uploads(self, owner: Any) -> None:
        """Take away all uploads of a view or component that ends."""
        for upload in (self._uploads or {}).pop(owner, ()):
            for entry in tuple(upload.entries):
                upload.drop(entry)

    def allow_upload(
        self,
        name: str,
        *,
        accept: str | Iterable[str],
        max_entries: int = 1,
        max_entries_mode: Literal["selected", "total"] = "selected",
        max_file_size: int = 8_000_000,
        chunk_size: int | None = None,
        chunk_timeout: float = 10.0,
        auto_upload: bool = False,
        progress: Callable[[UploadEntry], Any] | None = None,
        writer: Callable[[UploadEntry], UploadWriter] | None = None,
        external: ExternalUpload | Callable[[UploadEntry], Any] | None = None,
        check_content: Callable[[UploadEntry, bytes], Any] | None = None,
    ) -> Upload:
        """Allow files to be uploaded, in `mount` as a rule; a `live_file_input` lets choose them.

        Args:
            name: What to call it: `uploads.NAME` in the template.
            accept: Extensions (".jpg") and media types ("image/*"), or "any".
            max_entries: Most files at a time.
            max_entries_mode: What `max_entries` counts: the files that are "selected", or in
                "total" those too that were consumed already.
            max_file_size: Largest file, in bytes.
            chunk_size: How much the browser sends at a time, in bytes; less than the limit of a
                frame (1 MiB). None for 64,000, and up to 320,000 of files of many megabytes.
            chunk_timeout: How long the next chunk may take, in seconds; of larger chunks that
                you have not asked for, as much more as they are larger.
            auto_upload: Whether files are sent once they were chosen, not when the form is.
            progress: Called with the entry whenever more of it has come; look for `entry.done`.
            writer: Makes what takes an entry's bytes: an `UploadWriter` class. Without it, they
                go to a temporary file.
            external: Where the browser sends the bytes itself: an `ExternalUpload`, or a function
                of the entry which returns what the browser's uploader is told.
            check_content: Called with the entry and the first chunk's bytes, before anything is
                written; returns None, or what is wrong with them.

        Returns:
            The upload.

        Raises:
            ValueError: A limit is not positive, or `accept` is neither extension nor media type.
            UploadError: An upload of that name has entries, or no frame has room for its chunks.

        Example:
            ```python
            async def mount(self) -> None:
                self.socket.allow_upload("photos", accept=[".jpg", ".png"], max_entries=3)
            ```
        """
        if external is not None and not isinstance(external, ExternalUpload):
            external = ExternalFunction(external)
        upload = Upload(
            name=name,
            accept=Accept(accept),
            max_entries=max_entries,
            max_entries_mode=max_entries_mode,
            max_file_size=max_file_size,
            chunk_size=chunk_size,
            chunk_timeout=chunk_timeout,
            auto_upload=auto_upload,
            progress=progress,
            writer=writer or TemporaryFileWriter,
            external=external,
            check_content=check_content,
        )
        upload.check_chunks(self._host.chunk_room)
        if self._uploads is None:
            self._uploads = {}
        uploads = self._uploads.get(self._owner)
        if uploads is None:
            uploads = self._uploads[self._owner] = Uploads(type(self._owner).__name__)
        uploads.add(upload)
        return upload

    def disallow_upload(self, name: str) -> None:
        """Allow an upload no more.

        Raises:
            UploadError: There is none of that name, or it has entries.
        """
        self.uploads.remove(name)

    def cancel_upload(self, name: str, ref: str) -> None:
        """Take an entry away, whatever has come of it; nothing happens when it has gone already.

        Args:
            name: The upload's name.
            ref: The entry's ref, as in `phx-value-ref="{{ entry.ref }}"`.

        Raises:
            UploadError: There is no upload of that name.
        """
        upload = self.uploads[name]
        entry = upload.entry(ref)
        if entry is not None:
            upload.drop(entry)

    def uploaded_entries(self, name: str) -> tuple[list[UploadEntry], list[UploadEntry]]:
        """Return the entries that have come, and those that are still to come.

        Raises:
            UploadError: There is no upload of that name.
        """
        entries = [entry for entry in self.uploads[name].entries if not entry.errors]
        return (
            [entry for entry in entries if entry.done],
            [entry for entry in entries if not entry.done],
        )

    @overload
    async def consume_uploaded_entries(
        self, name: str, keep: Callable[[UploadedFile], Awaitable[T | Postpone[T]]]
    ) -> list[T]: ...
    @overload
    async def consume_uploaded_entries(
        self, name: str, keep: Callable[[UploadedFile], T | Postpone[T]]
    ) -> list[T]: ...
    async def consume_uploaded_entries(
        self, name: str, keep: Callable[[UploadedFile], Any]
    ) -> list[Any]:
        """Do something with all files that have come; then they are gone.

        Args:
            name: The upload's name.
            keep: Called with each `UploadedFile`; `def` (run in a thread) or `async def`. If it
                returns `Postpone(value)`, the entry stays.

        Returns:
            What `keep` returned for each.

        Raises:
            UploadError: There is no upload of that name, or files are still to come.

        Example:
            ```python
            @event
            async def save(self) -> None:
                self.state.photos += await self.socket.consume_uploaded_entries(
                    "photos", lambda file: file.move_to(PHOTOS / file.entry.uuid).name
                )
            ```
        """
        done, waiting = self.uploaded_entries(name)
        if waiting:
            raise UploadError(
                f"{type(self._owner).__name__}: {len(waiting)} files of the upload {name!r} have"
                " not come yet; consume_uploaded_entry takes one as soon as it is done"
            )
        return [await self._consume(entry, keep) for entry in done]

    @overload
    async def consume_uploaded_entry(
        self, entry: UploadEntry, keep: Callable[[UploadedFile], Awaitable[T | Postpone[T]]]
    ) -> T: ...
    @overload
    async def consume_uploaded_entry(
        self, entry: UploadEntry, keep: Callable[[UploadedFile], T | Postpone[T]]
    ) -> T: ...
    async def consume_uploaded_entry(
        self, entry: UploadEntry, keep: Callable[[UploadedFile], Any]
    ) -> Any:
        """Do something with one file that has come; then it is gone.

        Args:
            entry: The entry, as `progress` is given it.
            keep: As for `consume_uploaded_entries`.

        Returns:
            What `keep` returned.

        Raises:
            UploadError: The file has not come yet, or was consumed or cancelled.
        """
        if not entry.done or entry.errors:
            raise UploadError(
                f"{type(self._owner).__name__}: {entry.client_name!r} of the upload"
                f" {entry.upload_name!r} has not come yet; look for entry.done"
            )
        return await self._consume(entry, keep)

    async def _consume(self, entry: UploadEntry, keep: Callable[[UploadedFile], Any]) -> Any:
        upload = self.uploads[entry.upload_name]
        if upload.entry(entry.ref) is not entry:
            raise UploadError(f"{entry.client_name!r} was consumed or cancelled already")
        transfer = cast(Transfer, entry.transfer)
        result = await call(keep, UploadedFile(entry, transfer.meta()))
        if isinstance(result, Postpone):
            return cast("Postpone[Any]", result).value
        if entry in upload.entries:
            upload.consume(entry)
        await transfer.release()
        return result
