"""What an object is called, and what it is said to be.

The rule: nothing that a browser says becomes part of a key or a header before it was checked.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable

from wirebird.uploads.entry import UploadEntry

MAX_KEY = 1024  # bytes, S3's limit
UNKNOWN_TYPE = "application/octet-stream"

_EXTENSION = re.compile(r"\.[a-z0-9]{1,16}\Z")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def fingerprint(entry: UploadEntry) -> str:
    """Return what tells one file of a visitor from another: their name, size and last change.

    The same file has the same fingerprint after a lost connection, a reload of the page or a
    restart of the server. It says nothing of who uploads it: put the visitor's id before it, or
    one visitor could finish what another began.

    Args:
        entry: The upload.

    Returns:
        64 hexadecimal digits.

    Example:
        ```python
        def key(self, entry: UploadEntry) -> str:
            return f"videos/{self.state.user.id}/{fingerprint(entry)}"
        ```
    """
    about = [entry.client_name, entry.client_size, entry.client_last_modified]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def random_key(entry: UploadEntry) -> str:
    """Return a key that nobody can guess, with the file's extension if it is a plain one.

    Args:
        entry: The upload.
    """
    extension = _EXTENSION.search(entry.client_name.lower())
    return uuid.uuid4().hex + (extension.group() if extension else "")


def key_for(entry: UploadEntry, key: Callable[[UploadEntry], str]) -> str:
    """Return the key that a function gives to an entry.

    Raises:
        ValueError: It cannot be one.
    """
    name = key(entry)
    parts = name.split("/")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= MAX_KEY or _CONTROL.search(name) or {".", ".."} & {*parts} or not parts[0]:
        raise ValueError(
            f"{name[:80]!r} cannot be the key of an upload: make keys of ids and"
            " fingerprint(entry), not of what the browser calls the file"
        )
    return name


def media_type(entry: UploadEntry) -> str:
    """Return the media type that an object gets: the browser's, if it has the form of one."""
    named = entry.client_type.partition(";")[0].strip().lower()
    return named if _MEDIA_TYPE.match(named) else UNKNOWN_TYPE
