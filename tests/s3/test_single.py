"""Files that are sent to S3 in one request each."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.s3.files import content, entry_of, keys, post, put, read
from tests.s3.store import Store
from wirebird.s3 import S3Upload
from wirebird.uploads.entry import UploadError

DATA = content(1000)


def test_a_file_is_put(client: Any, bucket: str) -> None:
    upload = S3Upload(client, bucket)
    entry = entry_of(1000)
    meta = upload.start(entry)
    assert meta["uploader"] == "S3"
    put(meta, DATA).raise_for_status()
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == DATA
    assert client.head_object(Bucket=bucket, Key=meta["key"])["ContentType"] == "video/mp4"


def test_a_file_is_posted_as_a_form(client: Any, bucket: str) -> None:
    upload = S3Upload(client, bucket, method="post", key=lambda entry: "films/one")
    entry = entry_of(1000)
    meta = upload.start(entry)
    post(meta, DATA).raise_for_status()
    upload.finish(entry, meta)
    assert read(client, bucket, "films/one") == DATA
    assert client.head_object(Bucket=bucket, Key="films/one")["ContentType"] == "video/mp4"


def test_more_or_less_than_was_announced_is_refused_by_the_store(client: Any, bucket: str) -> None:
    meta = S3Upload(client, bucket).start(entry_of(1000))
    form = S3Upload(client, bucket, method="post").start(entry_of(1000))
    for data in (DATA + b"!", DATA[:-1]):
        assert put(meta, data).status_code == 403
        assert post(form, data).status_code == 403
    assert keys(client, bucket) == []


def test_another_type_than_was_announced_is_refused_by_the_store(client: Any, bucket: str) -> None:
    meta = S3Upload(client, bucket).start(entry_of(1000))
    form = S3Upload(client, bucket, method="post").start(entry_of(1000))
    assert put(meta, DATA, **{"content-type": "text/html"}).status_code == 403
    assert post(form, DATA, **{"content-type": "text/html"}).status_code == 403


def test_another_key_is_refused_by_the_store(client: Any, bucket: str) -> None:
    upload = S3Upload(client, bucket, key=lambda entry: "mine")
    form = S3Upload(client, bucket, key=lambda entry: "mine", method="post").start(entry_of(1000))
    meta = upload.start(entry_of(1000))
    assert put({**meta, "url": meta["url"].replace("mine", "ours")}, DATA).status_code == 403
    assert post(form, DATA, key="ours").status_code == 403


@pytest.mark.parametrize("method", ["put", "post"])
def test_a_file_that_was_not_sent_is_incomplete(client: Any, bucket: str, method: Any) -> None:
    upload = S3Upload(client, bucket, method=method)
    entry = entry_of(1000)
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, upload.start(entry))


def test_an_object_of_another_size_is_refused_and_deleted(client: Any, bucket: str) -> None:
    upload = S3Upload(client, bucket)
    entry = entry_of(1000)
    meta = upload.start(entry)
    # As a store would let it in that leaves sizes unchecked.
    mark = {"wirebird-entry": entry.uuid}
    client.put_object(Bucket=bucket, Key=meta["key"], Body=b"short", Metadata=mark)
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, meta)
    assert keys(client, bucket) == []


def test_a_cancelled_file_is_deleted(client: Any, bucket: str) -> None:
    upload = S3Upload(client, bucket)
    entry = entry_of(1000)
    meta = upload.start(entry)
    put(meta, DATA).raise_for_status()
    upload.cancel(entry, meta)
    assert keys(client, bucket) == []
    upload.cancel(entry, meta)  # there is nothing to delete any more


def test_what_was_under_a_key_before_stays_when_nothing_was_sent(client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="avatars/7", Body=DATA)
    upload = S3Upload(client, bucket, key=lambda entry: "avatars/7")
    entry = entry_of(1000)
    meta = upload.start(entry)
    with pytest.raises(UploadError, match="incomplete"):
        upload.finish(entry, meta)
    upload.cancel(entry, meta)
    assert read(client, bucket, "avatars/7") == DATA


def test_requests_expire_when_the_program_says_so(client: Any, bucket: str) -> None:
    meta = S3Upload(client, bucket, expires=90).start(entry_of(1000))
    form = S3Upload(client, bucket, expires=90, method="post").start(entry_of(1000))
    assert "X-Amz-Expires=90&" in meta["url"]
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert 60 < left.total_seconds() <= 90


def test_a_file_that_is_too_large_for_one_request_is_refused(client: Any, bucket: str) -> None:
    with pytest.raises(UploadError, match="too_large"):
        S3Upload(client, bucket).start(entry_of(5 * 1024**3 + 1))


def test_a_client_that_leaves_sizes_open_is_an_error_that_says_what_to_do(
    store: Store, bucket: str
) -> None:
    upload = S3Upload(store.client(signature_version=None), bucket)
    with pytest.raises(ValueError, match='signature_version="s3v4"'):
        upload.start(entry_of(1000))


@pytest.mark.parametrize("wrong", [{"expires": 0}, {"expires": 700_000}, {"method": "PUT"}])
def test_settings_that_cannot_be_are_errors(client: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        S3Upload(client, "bucket", **wrong)
