"""What tests of uploads to S3 share: a store, a bucket in it, and entries to upload."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.s3.store import Store, running_store

_numbers = itertools.count()


@pytest.fixture(scope="session")
def running() -> Iterator[Store]:
    with running_store() as store:
        yield store


@pytest.fixture
def store(running: Store) -> Store:
    """The store, which has noted no requests yet."""
    running.requests.clear()
    return running


@pytest.fixture
def client(store: Store) -> Any:
    return store.client()


@pytest.fixture
def bucket(client: Any) -> str:
    """The name of an empty bucket that browsers may send to, by the rules in our guide."""
    name = f"bucket-{next(_numbers)}"
    client.create_bucket(Bucket=name)
    client.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["PUT", "POST"],
                    "AllowedHeaders": ["content-type", "x-amz-meta-wirebird-entry"],
                }
            ]
        },
    )
    return name
