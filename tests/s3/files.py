"""Files for tests of uploads, and the browser's part in sending them, told in Python."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import httpx

from wirebird.uploads.entry import UploadEntry

MIB = 1024**2


def entry_of(
    size: int,
    name: str = "film.mp4",
    *,
    type: str = "video/mp4",
    last_modified: int = 1_700_000_000_000,
) -> UploadEntry:
    """Return the entry of a file that was chosen."""
    chosen = {
        "ref": "0",
        "name": name,
        "size": size,
        "type": type,
        "relative_path": "",
        "last_modified": last_modified,
    }
    return UploadEntry("films", "phx-films", chosen)


def content(size: int) -> bytes:
    """Return bytes of which no two parts are alike."""
    return array("I", range(size // 4 + 1)).tobytes()[:size]


def part_url(meta: Mapping[str, Any], number: int) -> str:
    """Return the URL of a missing part."""
    values = ["", *meta["parts"][number].split(" ")]
    return "".join(
        value + piece for value, piece in zip(values, meta["url"], strict=len(meta["url"]) > 1)
    )


def put_parts(meta: Mapping[str, Any], data: bytes, *numbers: int) -> None:
    """Send parts; all that are missing, or those given."""
    size = meta["part_size"]
    for number in numbers or tuple(meta["parts"]):
        part = data[(number - 1) * size : number * size]
        httpx.put(part_url(meta, number), content=part).raise_for_status()


def put(meta: Mapping[str, Any], data: bytes, **headers: str) -> httpx.Response:
    """Send a file whole, as `S3Upload` with "put" wants it."""
    return httpx.put(meta["url"], content=data, headers={**meta["headers"], **headers})


def post(meta: Mapping[str, Any], data: bytes, **fields: str) -> httpx.Response:
    """Send a file whole, as `S3Upload` with "post" wants it."""
    form = {**meta["fields"], **fields}
    return httpx.post(meta["url"], data=form, files={"file": ("film.mp4", data)})


def keys(client: Any, bucket: str) -> list[str]:
    """Return the keys of the objects in a bucket."""
    return [found["Key"] for found in client.list_objects_v2(Bucket=bucket).get("Contents", ())]


def unfinished(client: Any, bucket: str) -> list[str]:
    """Return the keys of the multipart uploads in a bucket that have not ended."""
    listed = client.list_multipart_uploads(Bucket=bucket)
    return [upload["Key"] for upload in listed.get("Uploads", ())]


def read(client: Any, bucket: str, key: str) -> bytes:
    """Return the bytes of an object."""
    return client.get_object(Bucket=bucket, Key=key)["Body"].read()
