"""Files that are sent to S3 in parts."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.s3.files import MIB, content, entry_of, keys, part_url, put_parts, read, unfinished
from tests.s3.store import Store
from wirebird.s3 import S3MultipartUpload, fingerprint
from wirebird.uploads.entry import UploadEntry, UploadError

SIZE = 12 * MIB
DATA = content(SIZE)
SMALLEST = 5 * MIB


def resumable(client: Any, bucket: str, visitor: str = "7") -> S3MultipartUpload:
    def key(entry: UploadEntry) -> str:
        return f"{visitor}/{fingerprint(entry)}"

    return S3MultipartUpload(client, bucket, key=key, part_size=SMALLEST)


def test_a_file_is_sent_in_parts(client: Any, bucket: str) -> None:
    upload = S3MultipartUpload(client, bucket, part_size=SMALLEST, concurrency=3)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    assert (meta["uploader"], meta["part_size"], meta["concurrency"]) == (
        "S3Multipart",
        SMALLEST,
        3,
    )
    assert [*meta["parts"]] == [1, 2, 3]
    put_parts(meta, DATA, 3, 1, 2)
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == DATA
    assert client.head_object(Bucket=bucket, Key=meta["key"])["ContentType"] == "video/mp4"
    assert unfinished(client, bucket) == []


def test_a_small_file_is_one_part(client: Any, bucket: str) -> None:
    upload = S3MultipartUpload(client, bucket)
    entry = entry_of(10)
    meta = upload.start(entry)
    put_parts(meta, content(10))
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == content(10)


def test_a_part_of_another_size_is_refused_by_the_store(client: Any, bucket: str) -> None:
    meta = S3MultipartUpload(client, bucket, part_size=SMALLEST).start(entry_of(SIZE))
    for number, size in ((1, SMALLEST + 1), (1, 100), (3, SMALLEST)):
        assert httpx.put(part_url(meta, number), content=bytes(size)).status_code == 403


def test_a_missing_part_is_incomplete_and_nothing_is_left(client: Any, bucket: str) -> None:
    upload = resumable(client, bucket)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    put_parts(meta, DATA, 1, 3)
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, meta)
    assert (keys(client, bucket), unfinished(client, bucket)) == ([], [])


def test_a_part_with_too_few_bytes_is_incomplete_and_nothing_is_left(
    client: Any, bucket: str
) -> None:
    upload = S3MultipartUpload(client, bucket, part_size=SMALLEST)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    put_parts(meta, DATA, 1, 2)
    # As a store would let it in that leaves sizes unchecked.
    client.upload_part(
        Bucket=bucket, Key=meta["key"], UploadId=meta["upload_id"], PartNumber=3, Body=b"short"
    )
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, meta)
    assert (keys(client, bucket), unfinished(client, bucket)) == ([], [])


def test_cancelling_leaves_nothing(client: Any, bucket: str) -> None:
    upload = resumable(client, bucket)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    put_parts(meta, DATA, 1)
    upload.cancel(entry, meta)
    assert unfinished(client, bucket) == []
    upload.cancel(entry, meta)  # there is nothing to end any more
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, meta)


def test_cancelling_a_finished_file_deletes_it(client: Any, bucket: str) -> None:
    upload = S3MultipartUpload(client, bucket)
    entry = entry_of(10)
    meta = upload.start(entry)
    put_parts(meta, content(10))
    upload.finish(entry, meta)
    upload.cancel(entry, meta)
    assert keys(client, bucket) == []


def test_cancelling_a_finished_file_keeps_what_another_upload_may_have_kept(
    client: Any, bucket: str
) -> None:
    upload = resumable(client, bucket)
    entry = entry_of(10)
    meta = upload.start(entry)
    put_parts(meta, content(10))
    upload.finish(entry, meta)
    upload.cancel(entry, meta)
    assert keys(client, bucket) == [meta["key"]]


def test_only_missing_parts_are_sent_when_a_file_is_resumed(client: Any, bucket: str) -> None:
    lost = resumable(client, bucket).start(entry_of(SIZE))
    put_parts(lost, DATA, 1, 3)
    upload = resumable(client, bucket)  # another server, or this one after a restart
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    assert (meta["upload_id"], [*meta["parts"]]) == (lost["upload_id"], [2])
    put_parts(meta, DATA)
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == DATA


def test_a_file_of_which_all_parts_are_there_has_none_to_send(client: Any, bucket: str) -> None:
    put_parts(resumable(client, bucket).start(entry_of(SIZE)), DATA)
    upload = resumable(client, bucket)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    assert meta["parts"] == {}
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == DATA


def test_parts_of_another_size_are_sent_again(client: Any, bucket: str) -> None:
    def key(entry: UploadEntry) -> str:
        return fingerprint(entry)

    lost = S3MultipartUpload(client, bucket, key=key, part_size=6 * MIB).start(entry_of(SIZE))
    put_parts(lost, DATA)
    upload = S3MultipartUpload(client, bucket, key=key, part_size=SMALLEST)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    assert [*meta["parts"]] == [1, 2, 3]
    put_parts(meta, DATA)
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == DATA


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"name": "other.mp4"}, id="name"),
        pytest.param({"last_modified": 1}, id="change"),
        pytest.param({"size": SIZE + 1}, id="size"),
    ],
)
def test_another_file_is_not_resumed(client: Any, bucket: str, other: dict[str, Any]) -> None:
    upload = resumable(client, bucket)
    lost = upload.start(entry_of(SIZE))
    put_parts(lost, DATA, 1)
    meta = upload.start(entry_of(**{"size": SIZE, **other}))
    assert (meta["upload_id"] != lost["upload_id"], 1 in meta["parts"]) == (True, True)


def test_another_visitors_file_is_not_resumed(client: Any, bucket: str) -> None:
    lost = resumable(client, bucket).start(entry_of(SIZE))
    put_parts(lost, DATA, 1)
    assert [*resumable(client, bucket, "8").start(entry_of(SIZE))["parts"]] == [1, 2, 3]
    # A key that begins like another is not that other.
    assert [*resumable(client, bucket, "7/7").start(entry_of(SIZE))["parts"]] == [1, 2, 3]


def test_files_under_a_key_that_does_not_tell_them_apart_never_share_parts(
    client: Any, bucket: str
) -> None:
    upload = S3MultipartUpload(client, bucket, key=lambda entry: "avatar", part_size=SMALLEST)
    lost = upload.start(entry_of(SIZE))
    put_parts(lost, DATA, 1)
    meta = upload.start(entry_of(SIZE, "other.mp4"))
    assert meta["upload_id"] != lost["upload_id"]
    assert [*meta["parts"]] == [1, 2, 3]


def test_an_upload_that_ended_meanwhile_is_begun_anew(client: Any, bucket: str) -> None:
    upload = resumable(client, bucket)
    lost = upload.start(entry_of(SIZE))
    put_parts(lost, DATA, 1)
    client.abort_multipart_upload(Bucket=bucket, Key=lost["key"], UploadId=lost["upload_id"])
    assert [*upload.start(entry_of(SIZE))["parts"]] == [1, 2, 3]


def test_a_thousand_parts_are_told_in_less_than_100_kb(client: Any, bucket: str) -> None:
    meta = S3MultipartUpload(client, bucket).start(entry_of(8000 * MIB))
    assert len(meta["parts"]) == 1000
    assert len(json.dumps(meta, separators=(",", ":"))) < 100_000
    url = httpx.URL(part_url(meta, 1000))
    assert url.params["partNumber"] == "1000"
    assert url.params["uploadId"] == meta["upload_id"]


def test_the_parts_of_a_large_file_grow_with_it(client: Any, bucket: str) -> None:
    meta = S3MultipartUpload(client, bucket).start(entry_of(50_000 * MIB + 1))
    assert (meta["part_size"], len(meta["parts"])) == (51 * MIB, 981)


def test_a_file_that_is_too_large_is_refused(client: Any, bucket: str) -> None:
    with pytest.raises(UploadError, match="too_large"):
        S3MultipartUpload(client, bucket).start(entry_of(5000 * 1024**3 + 1))


def test_a_client_that_leaves_sizes_open_is_an_error_and_begins_nothing(
    client: Any, store: Store, bucket: str
) -> None:
    upload = S3MultipartUpload(store.client(signature_version=None), bucket)
    with pytest.raises(ValueError, match='signature_version="s3v4"'):
        upload.start(entry_of(SIZE))
    assert unfinished(client, bucket) == []


@pytest.mark.parametrize("wrong", [{"part_size": SMALLEST - 1}, {"expires": 0}, {"concurrency": 0}])
def test_settings_that_cannot_be_are_errors(client: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        S3MultipartUpload(client, "bucket", **wrong)


def test_a_lack_of_rights_is_an_error_and_not_a_missing_upload(client: Any, bucket: str) -> None:
    with pytest.raises(client.exceptions.NoSuchBucket):
        S3MultipartUpload(client, "nobodys-bucket").start(entry_of(SIZE))
