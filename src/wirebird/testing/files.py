"""`File`: a file on a visitor's disk, as a browser knows it."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from wirebird.testing.errors import ElementError


@dataclass(frozen=True, slots=True)
class File:
    """A file that a person chooses in a test.

    Attributes:
        name: Its name.
        content: Its bytes.
        type: Its media type; what its name suggests if None.
        relative_path: Its path within the folder that is chosen: "holidays/beach/1.jpg".
        last_modified: When it was last changed, in milliseconds since 1970.
        meta: What a script of the page adds with `file.meta`.
        size: How large the browser says it is, in bytes, to test limits without so many bytes; as
            large as its content if None.
    """

    name: str
    content: bytes = b""
    type: str | None = None
    relative_path: str = ""
    last_modified: int = 0
    meta: Any = None
    size: int | None = None

    @property
    def label(self) -> str:
        """What a test calls it: its path in the folder that was chosen, or its name."""
        return self.relative_path or self.name

    @property
    def media_type(self) -> str:
        """Its media type; "" if its name suggests none."""
        guessed = mimetypes.guess_type(self.name)[0] or ""
        return guessed if self.type is None else self.type

    @property
    def told_size(self) -> int:
        """How large the browser says it is, in bytes."""
        return len(self.content) if self.size is None else self.size


FileLike: TypeAlias = "File | Path | tuple[str, bytes] | tuple[str, bytes, str]"
"""A file: a `File`, `(name, content)`, `(name, content, media type)`, or one on the disk. A folder
on the disk means all files in it."""


def files_of(given: FileLike | Sequence[FileLike]) -> Iterator[File]:
    """Yield the files that are meant.

    Raises:
        ElementError: There is no such file on the disk.
    """
    one = isinstance(given, (File, Path, tuple))
    for each in [cast("FileLike", given)] if one else given:
        if isinstance(each, File):
            yield each
        elif isinstance(each, tuple):
            yield File(each[0], each[1], each[2] if len(each) == 3 else None)
        elif each.is_dir():
            yield from _folder(each)
        elif each.is_file():
            yield _on_disk(each, "")
        else:
            raise ElementError(f"there is no file {str(each)!r} to choose")


def _folder(folder: Path) -> Iterator[File]:
    folder = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield _on_disk(path, path.relative_to(folder.parent).as_posix())


def _on_disk(path: Path, relative_path: str) -> File:
    modified = path.stat().st_mtime_ns // 1_000_000
    return File(path.name, path.read_bytes(), relative_path=relative_path, last_modified=modified)
