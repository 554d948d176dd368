"""What an upload takes and how it is cut, without a browser."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from wirebird import Socket, UploadEntry, UploadError
from wirebird.uploads.accept import Accept
from wirebird.uploads.upload import Upload

ROOM = 1_000_000


def upload(**options: Any) -> Upload:
    defaults = {"accept": Accept("any"), "max_entries": 9, "max_file_size": 10**12}
    return Upload(name="films", **defaults | options)


def test_the_options_of_an_upload_are_those_that_a_socket_takes():
    options = inspect.signature(Upload).parameters
    taken = inspect.signature(Socket.allow_upload).parameters
    assert {*taken} - {*options} == {"self"}
    assert {*options} <= {*taken}
    defaults = {name: option.default for name, option in options.items() if name != "writer"}
    assert defaults == {name: taken[name].default for name in defaults}


def entry(size: int) -> UploadEntry:
    return UploadEntry("films", "phx-films", {"ref": "0", "name": "a", "size": size})


@pytest.mark.parametrize(
    ("accept", "name", "media_type", "admitted"),
    [
        ("any", "a.exe", "", True),
        ([".jpg", ".png"], "A.JPG", "", True),
        ([".jpg"], "a.jpg.exe", "image/jpeg", False),
        ([".jpg"], "jpg", "image/jpeg", False),
        ([".tar.gz"], "a.tar.gz", "", True),
        ("image/*", "a.png", "image/png", True),
        ("image/*", "a", "image/png", True),
        ("image/*", "a.png", "", False),
        ("image/*", "a.png", "text/html", False),
        ("image/*", "a.html", "image/png", False),
        (["image/png"], "a.png", "IMAGE/PNG", True),
        (["image/png"], "a.jpg", "image/jpeg", False),
        (["image/*", ".pdf"], "a.pdf", "", True),
    ],
)
def test_a_file_is_accepted_by_its_name_and_its_media_type(
    accept: Any, name: str, media_type: str, admitted: bool
):
    assert Accept(accept).admits(name, media_type) is admitted


@pytest.mark.parametrize("accept", ["jpg", "*.jpg", ".", [], [".jpg", "png"], "image/", "a b/c"])
def test_what_is_neither_an_extension_nor_a_media_type_is_refused(accept: Any):
    with pytest.raises(ValueError, match=r"neither|accepts something"):
        Accept(accept)


@pytest.mark.parametrize("option", ["max_entries", "max_file_size", "chunk_size", "chunk_timeout"])
def test_limits_are_positive(option: str):
    with pytest.raises(ValueError, match=f"{option} must be positive, got 0"):
        upload(**{option: 0})


def test_large_files_come_in_larger_chunks_which_may_take_longer():
    films = upload()
    assert films.chunks_of([], ROOM) == (64_000, 10.0)
    assert films.chunks_of([entry(1), entry(8_000_000)], ROOM) == (64_000, 10.0)
    assert films.chunks_of([entry(16_384_000)], ROOM) == (128_000, 20.0)
    assert films.chunks_of([entry(1), entry(10**12)], ROOM) == (320_000, 50.0)


def test_chunks_fit_into_a_frame():
    assert upload().chunks_of([entry(10**12)], 100_000) == (100_000, 15.625)
    assert upload().chunks_of([entry(1)], 20_000) == (20_000, 10.0)


def test_a_chunk_size_of_ones_own_counts_if_a_frame_has_room_for_it():
    assert upload(chunk_size=999).chunks_of([entry(10**12)], ROOM) == (999, 10.0)
    upload(chunk_size=ROOM).check_chunks(ROOM)
    with pytest.raises(UploadError, match=r"make it smaller, or Limits\.frame_size larger"):
        upload(chunk_size=ROOM + 1).check_chunks(ROOM)


def test_files_that_were_consumed_count_where_all_are_counted():
    for mode, left in (("selected", 2), ("total", 1)):
        found = upload(max_entries=2, max_entries_mode=mode)
        (first,) = found.choose([{"ref": "0", "name": "a", "size": 1}])
        found.consume(first)
        assert (found.room, found.errors) == (left, ())
        found.choose([{"ref": str(ref), "name": "a", "size": 1} for ref in (1, 2)])
        assert found.errors == (("too_many_files",) if left == 1 else ())
    with pytest.raises(ValueError, match="max_entries_mode is 'selected' or 'total'"):
        upload(max_entries_mode="all")
