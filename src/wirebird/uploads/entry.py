"""`UploadEntry`: one file that a visitor has chosen, and what is wrong with it.

The rule: what the client says of a file is cut to size and checked here, and is never a path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from wirebird.errors import WirebirdError

MAX_NAME_LENGTH = 255
"""Longest name of a file, in characters."""

MAX_PATH_LENGTH = 4096
"""Longest path of a file within a folder that was chosen, in characters."""

MAX_META_SIZE = 8 * 1024
"""Most that a page's script may tell of a file, in bytes of JSON."""

_REF = re.compile(r"[0-9]{1,18}")
_BAD_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\]|^\.{1,2}$|^$")
_BAD_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\]|^/|(^|/)\.\.(/|$)")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(;.{0,100})?")

MESSAGES = {
    "too_large": "This file is too large.",
    "too_many_files": "These are too many files.",
    "not_accepted": "This kind of file is not accepted.",
    "empty": "This file is empty.",
    "invalid_name": "This file needs another name.",
    "timeout": "The upload stopped: nothing came any more.",
    "failed": "The upload failed.",
    "disconnected": "The upload stopped: the connection was lost.",
    "writer_failure": "This file could not be stored.",
    "external_client_failure": "The upload failed.",
    "incomplete": "Not all of this file arrived.",
}
"""What to tell a visitor, by problem."""


class UploadError(WirebirdError):
    """An upload that cannot be, or not yet; the text says why."""


class MalformedUpload(WirebirdError, ValueError):
    """What no file input of ours sends."""


class UploadProblem(str):
    """What is wrong with an upload or one of its entries: `"too_large"`, and a text for people."""

    __slots__ = ()

    @property
    def message(self) -> str:
        """What to tell the visitor: one of `MESSAGES`, or what a check of your own has said."""
        return MESSAGES.get(self, str(self))


class Transfer(Protocol):
    """How an entry's bytes come to where they are kept, as the entry knows it."""

    @property
    def received(self) -> int:
        """How many bytes have come and are kept."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether all of them have."""
        ...

    def meta(self) -> Any:
        """Return what is known of what was kept."""
        ...

    def stop(self) -> None:
        """End it soon, and remove what it has kept."""
        ...

    async def release(self) -> None:
        """Take note that what it has kept is not needed any more."""
        ...


class UploadEntry:
    """One file that a visitor has chosen.

    Everything that begins with `client_` is what the browser says. Show it, escape it, and never
    make a path of it.

    Attributes:
        ref: The entry's number in the page.
        uuid: A random name of its own, good for paths and keys.
        upload_name: The name of the upload that it belongs to.
        client_name: The file's name, at most 255 characters.
        client_size: Its size, in bytes; no more than that is taken.
        client_type: Its media type, or "".
        client_relative_path: Its path within the folder that was chosen, or "".
        client_last_modified: When it was last changed, in milliseconds since 1970, or None.
        client_meta: What a script of the page added with `file.meta`, or None.
        progress: How much of it has come, from 0 to 100.
        preflighted: Whether it may be sent.
        done: Whether all of it is there, and can be consumed.
        cancelled: Whether it has gone without being consumed.
        errors: What is wrong with it.
        chunk_size: How much of it the browser sends at a time, in bytes, once it may be sent.
        chunk_timeout: How long the next chunk may take, in seconds.
    """

    __slots__ = (
        "cancelled",
        "chunk_size",
        "chunk_timeout",
        "client_last_modified",
        "client_meta",
        "client_name",
        "client_relative_path",
        "client_size",
        "client_type",
        "done",
        "errors",
        "preflighted",
        "progress",
        "ref",
        "transfer",
        "upload_name",
        "upload_ref",
        "uuid",
    )

    def __init__(self, upload_name: str, upload_ref: str, chosen: Mapping[str, Any]) -> None:
        self.upload_name = upload_name
        self.upload_ref = upload_ref
        self.uuid = uuid4().hex
        self.ref = _text(chosen, "ref")
        name = _text(chosen, "name")
        path = _text(chosen, "relative_path")
        size = chosen.get("size")
        modified = chosen.get("last_modified")
        media_type = _text(chosen, "type")
        if _REF.fullmatch(self.ref) is None:
            raise MalformedUpload(f"an entry with the ref {self.ref!r:.40}")
        if type(size) is not int or size < 0:
            raise MalformedUpload(f"an entry with the size {size!r:.40}")
        self.errors: tuple[UploadProblem, ...] = ()
        if (
            _BAD_IN_NAME.search(name)
            or len(name) > MAX_NAME_LENGTH
            or _BAD_IN_PATH.search(path)
            or len(path) > MAX_PATH_LENGTH
        ):
            self.put_error("invalid_name")
            name = _BAD_IN_NAME.sub("", re.split(r"[/\\]", name)[-1])[:MAX_NAME_LENGTH]
            path = ""
        self.client_name = name
        self.client_size = size
        self.client_type = media_type if _MEDIA_TYPE.fullmatch(media_type) else ""
        self.client_relative_path = path
        self.client_last_modified = modified if type(modified) is int else None
        self.client_meta: Any = _small(chosen.get("meta"))
        self.chunk_size = 0
        self.chunk_timeout = 0.0
        self.progress = 0
        self.preflighted = False
        self.done = False
        self.cancelled = False
        self.transfer: Transfer | None = None

    def __repr__(self) -> str:
        return f"<UploadEntry {self.upload_name} {self.ref} {self.client_name!r} {self.progress}%>"

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.errors

    def put_error(self, problem: str) -> None:
        """Note what is wrong with it."""
        if problem not in self.errors:
            self.errors = (*self.errors, UploadProblem(problem))


def _text(chosen: Mapping[str, Any], key: str) -> str:
    value = chosen.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedUpload(f"an entry whose {key} is {value!r:.40}")
    return value


def _small(meta: Any) -> Any:
    if meta is not None and len(msgspec.json.encode(meta)) > MAX_META_SIZE:
        raise MalformedUpload(f"an entry with a meta of more than {MAX_META_SIZE} bytes")
    return meta
