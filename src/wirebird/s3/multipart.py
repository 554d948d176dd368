"""A file in parts: the browser sends several at a time, and can go on after a break.

The rule: what is there is what the bucket lists, never what the browser reports; the bucket is also
the only memory of an unfinished upload, so any server can go on with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from wirebird.s3.bucket import Bucket, Part
from wirebird.s3.keys import fingerprint, key_for, media_type, random_key
from wirebird.s3.parts import (
    LARGEST_PART,
    MIB,
    MOST_PARTS,
    SMALLEST_PART,
    part_size_for,
    part_sizes,
    told_apart,
)
from wirebird.uploads.entry import UploadEntry, UploadError
from wirebird.uploads.external import ExternalUpload

logger = logging.getLogger("wirebird.s3")

LARGEST = MOST_PARTS * LARGEST_PART


class S3MultipartUpload(ExternalUpload):
    """Uploads from the browser to S3 in parts, several at a time.

    A part that fails is sent again, later and later. A file of which parts are there already is
    **resumed** when its key has `fingerprint(entry)` in it, which tells that they are parts of the
    same file: only the missing ones are sent. After a lost connection the page chooses the file
    again by itself; after a reload the visitor does. With any other key each upload begins anew.

    `finish` refuses what is not all there as `"incomplete"`; `start` refuses files of more than
    5,000 GiB as `"too_large"`.

    Args:
        client: A boto3 S3 client that signs with version 4:
            `boto3.client("s3", config=Config(signature_version="s3v4"))`.
        bucket: The bucket's name.
        key: Takes the entry and returns the object's key. By default keys are random, with the
            file's extension. Have the visitor's id in keys that can be resumed.
        part_size: The size of a part in bytes, 5 MiB or more. A file that would have more than
            1,000 of them has larger ones.
        expires: How long the browser may begin to send parts, in seconds. What is missing then can
            be resumed.
        concurrency: How many parts the browser sends at a time.

    Raises:
        ValueError: `part_size`, `expires` or `concurrency` cannot be.

    Example:
        ```python
        class VideosView(LiveView[Videos]):
            def mount(self, user: Annotated[User, Depends(current_user)]) -> None:
                self.socket.allow_upload(
                    "video",
                    accept=["video/*"],
                    max_file_size=50_000_000_000,
                    external=S3MultipartUpload(
                        client, "videos", key=lambda entry: f"{user.id}/{fingerprint(entry)}"
                    ),
                )
        ```
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        *,
        key: Callable[[UploadEntry], str] = random_key,
        part_size: int = 8 * MIB,
        expires: int = 24 * 3600,
        concurrency: int = 4,
    ) -> None:
        if not SMALLEST_PART <= part_size <= LARGEST_PART:
            raise ValueError(f"part_size={part_size}: S3 takes {SMALLEST_PART} to {LARGEST_PART}")
        if concurrency < 1:
            raise ValueError(f"concurrency={concurrency}: it is 1 or more")
        self._bucket = Bucket(client, bucket, expires)
        self._key = key
        self._part_size = part_size
        self._concurrency = concurrency

    def start(self, entry: UploadEntry) -> Mapping[str, Any]:
        """Begin an upload, or find the one to go on with, and sign what is missing.

        Args:
            entry: The file.

        Returns:
            `uploader`, `key`, `upload_id`, `part_size`, `concurrency`, `resumable`; and the
            missing parts, of which `url` has what their URLs share, and `parts`, by number, what
            they do not.

        Raises:
            UploadError: The file is too large.
            ValueError: `key` returned what cannot be a key, or the client signs in the old way.
        """
        if entry.client_size > LARGEST:
            raise UploadError("too_large")
        key = key_for(entry, self._key)
        part_size = part_size_for(entry.client_size, self._part_size)
        sizes = part_sizes(entry.client_size, part_size)
        # Signed once before anything is begun: a client that cannot sign leaves nothing behind.
        self._bucket.signed_part(key, "none", 1, sizes[1])
        upload_id, there = self._unfinished(entry, key)
        if upload_id is None:
            upload_id = self._bucket.create(key, type=media_type(entry), entry=entry.uuid)
        missing = {
            number: self._bucket.signed_part(key, upload_id, number, size)
            for number, size in sizes.items()
            if number not in there or there[number].size != size
        }
        url, parts = told_apart(missing)
        return {
            "uploader": "S3Multipart",
            "key": key,
            "upload_id": upload_id,
            "part_size": part_size,
            "concurrency": self._concurrency,
            "resumable": _names_the_file(entry, key),
            "url": url,
            "parts": parts,
        }

    def _unfinished(self, entry: UploadEntry, key: str) -> tuple[str | None, Mapping[int, Part]]:
        upload_id = self._bucket.unfinished(key) if _names_the_file(entry, key) else None
        there = self._bucket.parts(key, upload_id) if upload_id else None
        return (upload_id, there) if there is not None else (None, {})

    def finish(self, entry: UploadEntry, meta: Mapping[str, Any]) -> None:
        """Check the parts that the bucket has, and make one object of them.

        Args:
            entry: The file.
            meta: What `start` returned.

        Raises:
            UploadError: Parts are missing, or have other sizes than announced. Nothing is left.
        """
        key, upload_id = meta["key"], meta["upload_id"]
        there = self._bucket.parts(key, upload_id) or {}
        sizes = part_sizes(entry.client_size, meta["part_size"])
        parts = {n: there[n] for n, size in sizes.items() if n in there and there[n].size == size}
        if len(parts) < len(sizes):
            logger.warning("upload %s: %s of %s parts are there", key, len(parts), len(sizes))
            self._bucket.abort(key, upload_id)
            raise UploadError("incomplete")
        self._bucket.complete(key, upload_id, parts)

    def cancel(self, entry: UploadEntry, meta: Mapping[str, Any]) -> None:
        """Throw away the parts.

        A finished object is deleted too, but not if its key has the file's fingerprint: the same
        file may have been uploaded, and kept, before.

        Args:
            entry: The file.
            meta: What `start` returned.
        """
        key = meta["key"]
        if not self._bucket.abort(key, meta["upload_id"]) and not _names_the_file(entry, key):
            self._bucket.delete(key, entry.uuid)


def _names_the_file(entry: UploadEntry, key: str) -> bool:
    return fingerprint(entry) in key
