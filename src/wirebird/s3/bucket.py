"""The few things that uploads do with a bucket, through the program's own boto3 client.

The rule: every method blocks, so each is called in a thread; "it is not there" is an answer, any
other error is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")

LONGEST_EXPIRY = 7 * 24 * 3600  # seconds, S3's limit
ENTRY = "wirebird-entry"  # the metadata that tells whose bytes an object holds
ENTRY_HEADER = f"x-amz-meta-{ENTRY}"

_GONE = {"404", "NotFound", "NoSuchKey", "NoSuchUpload"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part that the bucket has: its size in bytes, and what to call it by."""

    size: int
    etag: str


class Bucket:
    """A bucket.

    Args:
        client: A boto3 S3 client, or what behaves like one.
        name: The bucket's name.
        expires: How long signed requests are good for, in seconds.
    """

    def __init__(self, client: Any, name: str, expires: int) -> None:
        if not 0 < expires <= LONGEST_EXPIRY:
            raise ValueError(f"expires={expires}: S3 takes 1 to {LONGEST_EXPIRY} seconds")
        self._client = client
        self._name = name
        self._expires = expires

    def signed_put(self, key: str, *, size: int, type: str, entry: str) -> str:
        """Return the URL for one whole object."""
        return self._signed(
            "put_object",
            Key=key,
            ContentLength=size,
            ContentType=type,
            Metadata={ENTRY: entry},
        )

    def signed_post(self, key: str, *, size: int, type: str, entry: str) -> tuple[str, Any]:
        """Return the URL and the form fields for one whole object."""
        fields = {"content-type": type, ENTRY_HEADER: entry}
        form = self._client.generate_presigned_post(
            self._name,
            key,
            Fields=fields,
            Conditions=[["content-length-range", size, size], *({k: v} for k, v in fields.items())],
            ExpiresIn=self._expires,
        )
        return form["url"], form["fields"]

    def signed_part(self, key: str, upload_id: str, number: int, size: int) -> str:
        """Return the URL for one part."""
        return self._signed(
            "upload_part", Key=key, UploadId=upload_id, PartNumber=number, ContentLength=size
        )

    def _signed(self, operation: str, **parameters: Any) -> str:
        url: str = self._client.generate_presigned_url(
            operation, Params={"Bucket": self._name, **parameters}, ExpiresIn=self._expires
        )
        signed = parse_qs(urlsplit(url).query).get("X-Amz-SignedHeaders", [""])[0]
        if "content-length" not in signed.split(";"):
            raise ValueError(
                "the S3 client signs in the old way, which leaves a file's size open: make it with"
                ' boto3.client("s3", config=botocore.config.Config(signature_version="s3v4"))'
            )
        return url

    def size(self, key: str, entry: str) -> int | None:
        """Return the size in bytes of an object that an entry wrote, None if it wrote none."""
        found = self._unless_gone(lambda: self._client.head_object(Bucket=self._name, Key=key))
        if found is None or found.get("Metadata", {}).get(ENTRY) != entry:
            return None
        return found["ContentLength"]

    def delete(self, key: str, entry: str) -> None:
        """Delete an object, if an entry wrote it: what was there before it stays."""
        if self.size(key, entry) is not None:
            self._client.delete_object(Bucket=self._name, Key=key)

    def create(self, key: str, *, type: str, entry: str) -> str:
        """Begin a multipart upload, and return its id."""
        created = self._client.create_multipart_upload(
            Bucket=self._name, Key=key, ContentType=type, Metadata={ENTRY: entry}
        )
        return created["UploadId"]

    def unfinished(self, key: str) -> str | None:
        """Return the id of the newest unfinished multipart upload of a key."""
        pages = self._client.get_paginator("list_multipart_uploads")
        uploads = [
            upload
            for page in pages.paginate(Bucket=self._name, Prefix=key)
            for upload in page.get("Uploads", ())
            if upload["Key"] == key
        ]
        return max(uploads, key=lambda upload: upload["Initiated"])["UploadId"] if uploads else None

    def parts(self, key: str, upload_id: str) -> Mapping[int, Part] | None:
        """Return the parts that are there by number; None if the upload is not there any more."""

        def read() -> dict[int, Part]:
            pages = self._client.get_paginator("list_parts")
            return {
                part["PartNumber"]: Part(part["Size"], part["ETag"])
                for page in pages.paginate(Bucket=self._name, Key=key, UploadId=upload_id)
                for part in page.get("Parts", ())
            }

        return self._unless_gone(read)

    def complete(self, key: str, upload_id: str, parts: Mapping[int, Part]) -> None:
        """Make one object of parts."""
        listed = [{"PartNumber": number, "ETag": parts[number].etag} for number in sorted(parts)]
        self._client.complete_multipart_upload(
            Bucket=self._name, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed}
        )

    def abort(self, key: str, upload_id: str) -> bool:
        """End a multipart upload without an object; return False if it had ended before."""
        return None is not self._unless_gone(
            lambda: self._client.abort_multipart_upload(
                Bucket=self._name, Key=key, UploadId=upload_id
            )
        )

    def _unless_gone(self, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
