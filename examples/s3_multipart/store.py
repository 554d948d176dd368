"""Where the example's files go: your bucket, or a store in this process that forgets them.

    WIREBIRD_EXAMPLE_BUCKET=films AWS_PROFILE=... python -m examples

Everything else about your bucket is read from where boto3 always looks, such as AWS_ENDPOINT_URL_S3
for a store that is not Amazon's. The page's address needs a place in the bucket's CORS rules.
"""

import logging
import os
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Store:
    client: Any
    bucket: str
    is_yours: bool

    def url(self, key: str, name: str) -> str:
        """Return where a file can be fetched for an hour, under its own name."""
        named = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return self.client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": named},
            ExpiresIn=3600,
        )


@cache
def open_store() -> Store | None:
    """Return the store, or None where nothing is installed that could be one."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        return None
    config = Config(signature_version="s3v4")
    bucket = os.environ.get("WIREBIRD_EXAMPLE_BUCKET")
    if bucket:
        return Store(boto3.client("s3", config=config), bucket, is_yours=True)
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        return None
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        config=config,
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="example",
        aws_secret_access_key="example",
    )
    client.create_bucket(Bucket="files")
    return Store(client, "files", is_yours=False)
