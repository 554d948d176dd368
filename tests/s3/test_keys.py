"""What objects are called, and what they are said to be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.s3.files import entry_of
from wirebird.s3 import S3Upload, fingerprint, random_key
from wirebird.s3.keys import media_type


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("holiday.JPG", ".jpg"),
        ("archive.tar.gz", ".gz"),
        ("noextension", ""),
        (".profile", ".profile"),
        ("a.b c", ""),
        ("a.ünder", ""),
        ("../../etc/passwd", ""),
        ("a." + "x" * 40, ""),
    ],
)
def test_a_random_key_has_the_extension_if_it_is_a_plain_one(name: str, extension: str) -> None:
    key = random_key(entry_of(1, name))
    assert (len(key), key[32:]) == (32 + len(extension), extension)
    assert key != random_key(entry_of(1, name))


@given(st.text(max_size=300))
def test_a_random_key_is_harmless_whatever_the_name(name: str) -> None:
    entry = entry_of(1)
    entry.client_name = name
    assert random_key(entry).replace(".", "", 1).isalnum()


def test_a_fingerprint_is_the_files_and_not_the_entrys() -> None:
    assert fingerprint(entry_of(1)) == fingerprint(entry_of(1))
    assert len({fingerprint(each) for each in (entry_of(1), entry_of(2), entry_of(1, "b"))}) == 3


@pytest.mark.parametrize(
    "key", ["", "/a", "a/../b", "..", "a/./b", "a\nb", "a\x00", "ü" * 513, "\ud800"]
)
def test_a_key_that_cannot_be_is_an_error(client: Any, key: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        S3Upload(client, "bucket", key=lambda entry: key).start(entry_of(1))


@pytest.mark.parametrize(
    ("named", "type"),
    [
        ("image/svg+xml", "image/svg+xml"),
        ("Text/Plain; charset=utf-8", "text/plain"),
        ("", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        ("a/b\r\nx-amz-acl: public-read", "application/octet-stream"),
    ],
)
def test_a_media_type_is_one_or_unknown(named: str, type: str) -> None:
    entry = entry_of(1)
    entry.client_type = named
    assert media_type(entry) == type
