"""Large files: what the server says and hears of them; their bytes go from the browser to S3."""

# pyright: basic, reportMissingTypeStubs=false

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from examples.s3_multipart import s3_multipart
from examples.s3_multipart.store import open_store
from wirebird import Wirebird
from wirebird.testing import File, LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
s3_multipart.add_to(app)


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = {"ACCESS_KEY_ID": "example", "SECRET_ACCESS_KEY": "example", "REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WIREBIRD_EXAMPLE_BUCKET", "films")
    open_store.cache_clear()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="films")
        yield
    open_store.cache_clear()


async def test_a_file_that_has_arrived_in_the_bucket_can_be_fetched() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/large-files")
        chosen = await view.file_input("#send", "files", [("film.mp4", b"a film")])
        await chosen.render_upload("film.mp4", 50)
        assert view.text("output") == "50 %"
        # What the browser does now, with the URLs that it was given.
        store = boto3.client("s3")
        (begun,) = store.list_multipart_uploads(Bucket="films")["Uploads"]
        upload = {"Key": begun["Key"], "UploadId": begun["UploadId"]}
        store.upload_part(Bucket="films", PartNumber=1, Body=b"a film", **upload)
        await chosen.render_upload("film.mp4")
        await view.until(lambda view: view.has(".sent", "film.mp4"))
        assert "film.mp4" in view.element(".sent a").attributes["href"]


async def test_a_page_that_says_all_was_sent_is_not_believed() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/large-files")
        chosen = await view.file_input("#send", "files", [File("film.mp4", b"", size=10**9)])
        await chosen.render_upload("film.mp4")
        await view.until(lambda view: view.has("[role=alert]", "Not all of this file arrived."))
