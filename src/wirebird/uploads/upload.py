"""`Upload`: what may be uploaded under a name, and the entries that were chosen for it.

The rule: the limits hold for what the client says here, and for what it sends in the transfer. An
entry that breaks one stays, with its error, until it is cancelled.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from wirebird.uploads.accept import Accept
from wirebird.uploads.entry import MalformedUpload, UploadEntry, UploadError, UploadProblem
from wirebird.uploads.external import ExternalUpload
from wirebird.uploads.writer import TemporaryFileWriter, UploadWriter

KEPT_BEYOND = 50
"""How many entries beyond the most that are allowed are kept, to be shown with their error."""

LEAST_CHUNK = 64_000
"""How much of small files is sent at a time, in bytes; Phoenix's own figure."""

MOST_CHUNK = 320_000
"""How much of large files is sent at a time, in bytes."""


def _new_ref() -> str:
    return "phx-" + secrets.token_urlsafe(9)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Upload:
    """What may be uploaded under a name. `allow_upload` makes it, and says what its options mean.

    Attributes:
        name: Its name.
        ref: What the page knows it by; for `phx-drop-target`.
        entries: The files that were chosen, in the order in which they were.
        consumed: The uuids of those that were consumed, where they count.
        errors: What is wrong with all of them together: "too_many_files".
    """

    name: str
    accept: Accept
    max_entries: int = 1
    max_entries_mode: Literal["selected", "total"] = "selected"
    max_file_size: int = 8_000_000
    chunk_size: int | None = None
    chunk_timeout: float = 10.0
    auto_upload: bool = False
    progress: Callable[[UploadEntry], Any] | None = None
    writer: Callable[[UploadEntry], UploadWriter] = TemporaryFileWriter
    external: ExternalUpload | None = None
    check_content: Callable[[UploadEntry, bytes], Any] | None = None

    ref: str = field(default_factory=_new_ref, init=False)
    entries: list[UploadEntry] = field(default_factory=list[UploadEntry], init=False)
    consumed: set[str] = field(default_factory=set[str], init=False)

    def __post_init__(self) -> None:
        for limit in ("max_entries", "max_file_size", "chunk_size", "chunk_timeout"):
            value = getattr(self, limit)
            if value is not None and value <= 0:
                raise ValueError(
                    f"allow_upload({self.name!r}): {limit} must be positive, got {value!r}"
                )
        if self.max_entries_mode not in ("selected", "total"):
            raise ValueError(
                f"allow_upload({self.name!r}): max_entries_mode is 'selected' or 'total', got"
                f" {self.max_entries_mode!r}"
            )
        if self.external is not None and self.check_content is not None:
            raise ValueError(
                f"allow_upload({self.name!r}): the content of external uploads does not pass by"
                " here, so check_content cannot see it"
            )

    def __repr__(self) -> str:
        return f"<Upload {self.name} {len(self.entries)} entries>"

    @property
    def room(self) -> int:
        """How many files there may be now."""
        return self.max_entries - len(self.consumed)

    def consume(self, entry: UploadEntry) -> None:
        """Take note that an entry was consumed."""
        self.entries.remove(entry)
        if self.max_entries_mode == "total":
            self.consumed.add(entry.uuid)

    def sendable(self, chosen: Iterable[UploadEntry]) -> list[UploadEntry]:
        """Return those of some entries that may be sent now: the first, as many as are allowed."""
        within = self.entries[: max(self.room, 0)]
        return [e for e in chosen if e.valid and not e.preflighted and e in within]

    @property
    def errors(self) -> tuple[UploadProblem, ...]:
        """What is wrong with all of them together: "too_many_files", or nothing."""
        if len(self.entries) > self.room:
            return (UploadProblem("too_many_files"),)
        return ()

    @property
    def problems(self) -> list[tuple[str, UploadProblem]]:
        """Everything that is wrong, each with the ref of what it is wrong with."""
        own = [(entry.ref, problem) for entry in self.entries for problem in entry.errors]
        return own + [(self.ref, problem) for problem in self.errors]

    def entry(self, ref: object) -> UploadEntry | None:
        """Return the entry of a ref, or None."""
        return next((entry for entry in self.entries if entry.ref == ref), None)

    def choose(self, chosen: object) -> list[UploadEntry]:
        """Take note of files that the visitor has chosen; of those known already, nothing changes.

        Where one file is allowed, a new one takes the place of the last.

        Returns:
            Their entries. More than can be shown are left out.

        Raises:
            MalformedUpload: No file input says such things. Nothing has changed.
        """
        if not isinstance(chosen, list):
            raise MalformedUpload("entries that are no list")
        entries = {entry.ref: entry for entry in self.entries}
        new: dict[str, UploadEntry] = {}
        refs: list[str] = []
        for item in cast("list[Any]", chosen)[: self.max_entries + KEPT_BEYOND]:
            if not isinstance(item, dict):
                raise MalformedUpload("an entry that is no object")
            entry = UploadEntry(self.name, self.ref, cast("dict[str, Any]", item))
            refs.append(entry.ref)
            if entry.ref not in entries and entry.ref not in new:
                self._check(entry)
                new[entry.ref] = entry
        if new and self.max_entries == 1:
            for entry in tuple(self.entries):
                self.drop(entry)
        room = self.max_entries + KEPT_BEYOND - len(self.entries)
        self.entries.extend(list(new.values())[:room])
        return [entry for ref in dict.fromkeys(refs) if (entry := self.entry(ref)) is not None]

    def chunks_of(self, entries: Iterable[UploadEntry], most: int) -> tuple[int, float]:
        """Return how much of these entries is sent at a time, in bytes, and how long that may take.

        What a chunk costs beside its bytes is much where there are many. With a larger chunk goes
        more time, so that a slow line is not cut off.

        Args:
            entries: The entries.
            most: What a frame has room for, in bytes.
        """
        if self.chunk_size is not None:
            return self.chunk_size, self.chunk_timeout
        largest = max((entry.client_size for entry in entries), default=0)
        size = min(max(LEAST_CHUNK, largest // 128), MOST_CHUNK, most)
        return size, self.chunk_timeout * max(1.0, size / LEAST_CHUNK)

    def check_chunks(self, most: int) -> None:
        """Refuse chunks that no frame has room for.

        Args:
            most: What a frame has room for, in bytes.

        Raises:
            UploadError: The upload's chunks are larger.
        """
        if self.chunk_size is not None and self.external is None and self.chunk_size > most:
            raise UploadError(
                f"allow_upload({self.name!r}): chunk_size is {self.chunk_size} bytes, and a frame"
                f" has room for {most}: make it smaller, or Limits.frame_size larger"
            )

    def _check(self, entry: UploadEntry) -> None:
        if entry.client_size > self.max_file_size:
            entry.put_error("too_large")
        if entry.client_size == 0:
            entry.put_error("empty")
        if not self.accept.admits(entry.client_name, entry.client_type):
            entry.put_error("not_accepted")

    def drop(self, entry: UploadEntry) -> None:
        """Take an entry away, and end its transfer."""
        self.entries.remove(entry)
        entry.cancelled = True
        if entry.transfer is not None:
            entry.transfer.stop()


class Uploads:
    """The uploads of one view or component, by name: `uploads.photos` in its template."""

    __slots__ = ("_owner", "_uploads")

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._uploads: dict[str, Upload] = {}

    def __getitem__(self, name: str) -> Upload:
        upload = self._uploads.get(name)
        if upload is None:
            known = ", ".join(self._uploads) or "none"
            raise UploadError(
                f"{self._owner} has no upload {name!r} (its uploads: {known}):"
                f' self.socket.allow_upload("{name}", ...) in mount'
            )
        return upload

    def __getattr__(self, name: str) -> Upload:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, upload: object) -> bool:
        return upload in self._uploads or upload in self._uploads.values()

    def __iter__(self) -> Iterator[Upload]:
        return iter(tuple(self._uploads.values()))

    def __len__(self) -> int:
        return len(self._uploads)

    def by_ref(self, ref: object) -> Upload | None:
        """Return the upload of a ref that the page has sent, or None."""
        return next((upload for upload in self if upload.ref == ref), None)

    def add(self, upload: Upload) -> None:
        """Allow an upload.

        Raises:
            UploadError: One of that name has entries.
        """
        earlier = self._uploads.get(upload.name)
        if earlier is not None and earlier.entries:
            raise UploadError(
                f"{self._owner}: the upload {upload.name!r} has entries; consume or cancel them"
                " before it is allowed anew"
            )
        self._uploads[upload.name] = upload

    def remove(self, name: str) -> None:
        """Allow an upload no more.

        Raises:
            UploadError: There is none of that name, or it has entries.
        """
        if self[name].entries:
            raise UploadError(
                f"{self._owner}: the upload {name!r} has entries; consume or cancel them before it"
                " is disallowed"
            )
        del self._uploads[name]
