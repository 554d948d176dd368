"""One file, one request: the browser sends a file to S3 whole.

The rule: what is signed is this one object, with the announced size and type, and nothing else; an
object counts as uploaded when the bucket says that it has these bytes from this entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal

from wirebird.s3.bucket import ENTRY_HEADER, Bucket
from wirebird.s3.keys import key_for, media_type, random_key
from wirebird.uploads.entry import UploadEntry, UploadError
from wirebird.uploads.external import ExternalUpload

logger = logging.getLogger("wirebird.s3")

LARGEST = 5 * 1024**3  # bytes, S3's limit for one request


class S3Upload(ExternalUpload):
    """Uploads from the browser to S3, each file in one request.

    For files of up to some 100 MB. Larger ones are better off with `S3MultipartUpload`, which
    loses less to a lost connection.

    `finish` refuses what is not there, or has another size than the browser announced, as
    `"incomplete"`; `start` refuses files of more than 5 GiB as `"too_large"`.

    Args:
        client: A boto3 S3 client that signs with version 4:
            `boto3.client("s3", config=Config(signature_version="s3v4"))`.
        bucket: The bucket's name.
        key: Takes the entry and returns the object's key. By default keys are random, with the
            file's extension.
        expires: How long the browser may begin to send, in seconds. It may send the same number
            of bytes again in that time.
        method: `"put"`, or `"post"` for stores that want a form.

    Raises:
        ValueError: `expires` or `method` cannot be.

    Example:
        ```python
        bucket = S3Upload(client, "photos", key=lambda entry: f"inbox/{random_key(entry)}")


        class PhotosView(LiveView[Photos]):
            def mount(self) -> None:
                self.socket.allow_upload("photos", accept=[".jpg"], external=bucket)
        ```
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        *,
        key: Callable[[UploadEntry], str] = random_key,
        expires: int = 3600,
        method: Literal["put", "post"] = "put",
    ) -> None:
        if method not in ("put", "post"):
            raise ValueError(f'method={method!r}: it is "put" or "post"')
        self._bucket = Bucket(client, bucket, expires)
        self._key = key
        self._method = method

    def start(self, entry: UploadEntry) -> Mapping[str, Any]:
        """Sign the request.

        Args:
            entry: The file.

        Returns:
            `uploader`, `key`, `url`, and `headers` for PUT or `fields` for POST.

        Raises:
            UploadError: The file is too large for one request.
            ValueError: `key` returned what cannot be a key, or the client signs in the old way.
        """
        if entry.client_size > LARGEST:
            raise UploadError("too_large")
        key, type = key_for(entry, self._key), media_type(entry)
        meta: dict[str, Any] = {"uploader": "S3", "key": key}
        if self._method == "post":
            meta["url"], meta["fields"] = self._bucket.signed_post(
                key, size=entry.client_size, type=type, entry=entry.uuid
            )
        else:
            meta["url"] = self._bucket.signed_put(
                key, size=entry.client_size, type=type, entry=entry.uuid
            )
            meta["headers"] = {"content-type": type, ENTRY_HEADER: entry.uuid}
        return meta

    def finish(self, entry: UploadEntry, meta: Mapping[str, Any]) -> None:
        """Ask the bucket whether the object is there, with the announced size.

        Args:
            entry: The file.
            meta: What `start` returned.

        Raises:
            UploadError: It is not. What was uploaded is deleted.
        """
        size = self._bucket.size(meta["key"], entry.uuid)
        if size == entry.client_size:
            return
        logger.warning(
            "upload %s: %s bytes were announced, %s are in the bucket",
            meta["key"],
            entry.client_size,
            "none" if size is None else size,
        )
        self.cancel(entry, meta)
        raise UploadError("incomplete")

    def cancel(self, entry: UploadEntry, meta: Mapping[str, Any]) -> None:
        """Delete the object if this entry wrote it.

        Args:
            entry: The file.
            meta: What `start` returned.
        """
        self._bucket.delete(meta["key"], entry.uuid)
