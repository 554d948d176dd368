"""The guide's writer, which sends an entry on to a bucket in parts."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.docs.conftest import example as example
from tests.s3.files import MIB, content, keys, read, unfinished
from wirebird.testing import LiveClient, UploadRefused


@pytest.fixture
def archive(
    example: Callable[..., ModuleType],
    client: Any,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> ModuleType:
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    archive = example("docs/guides/s3.md", "archive")
    monkeypatch.setattr(archive, "BUCKET", bucket)
    return archive


async def test_what_passes_by_the_server_is_stored_in_parts(
    archive: ModuleType, client: Any, bucket: str
):
    data = content(9 * MIB)
    async with LiveClient(archive.app) as visitor:
        view = await visitor.live("/")
        await view.file_input("#archive", "files", ("notes.txt", data))
        await view.submit("#archive")
        (key,) = view.reply["keys"]
    assert read(client, bucket, key) == data
    assert unfinished(client, bucket) == []


async def test_what_is_refused_or_broken_off_leaves_nothing(
    archive: ModuleType, client: Any, bucket: str
):
    async with LiveClient(archive.app) as visitor:
        view = await visitor.live("/")
        files = await view.file_input("#archive", "files", ("tool.txt", b"MZ" + content(99)))
        with pytest.raises(UploadRefused, match="Programs are not kept here"):
            await files.render_upload()
        view = await visitor.live("/")
        files = await view.file_input("#archive", "files", ("a.txt", content(20 * MIB)))
        await files.render_upload("a.txt", 60)
        assert len(unfinished(client, bucket)) == 1
    assert (keys(client, bucket), unfinished(client, bucket)) == ([], [])
