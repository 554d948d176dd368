"""`socket.path`: paths of the application, and what changes in a query."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird.live.navigation import NavigationError
from wirebird.live.socket import Socket


def socket(url: str = "http://host/shop/items?q=a%20b&tag[]=x&tag[]=y&page=1#top") -> Socket:
    made = Socket("id", None, connected=True, url=url)  # type: ignore[arg-type]
    made.root_path = "/shop"
    return made


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({}, "/shop/items?q=a%20b&tag[]=x&tag[]=y&page=1"),
        ({"page": 2}, "/shop/items?q=a+b&tag[]=x&tag[]=y&page=2"),
        ({"page": None, "tag": None}, "/shop/items?q=a+b"),
        ({"page": None, "tag": ["z"], "q": None}, "/shop/items?tag[]=z"),
        ({"page": None, "tag": None, "q": None}, "/shop/items"),
        ({"to": "é&"}, "/shop/items?q=a+b&tag[]=x&tag[]=y&page=1&to=%C3%A9%26"),
    ],
)
def test_a_query_keeps_what_is_not_changed(query: dict[str, Any], path: str):
    assert socket().path(**query) == path


def test_another_path_begins_with_its_own_query():
    assert socket().path("/rooms") == "/shop/rooms"
    assert socket().path("/rooms?a=1#b", c=2) == "/shop/rooms?a=1&c=2#b"
    assert socket().path("/rooms?a=1", a=None) == "/shop/rooms"


@pytest.mark.parametrize("url", ["http://host", "http://host//evil", "http://host/?a=1"])
def test_the_pages_own_path_is_a_path(url: str):
    path = socket(url).path(page=2)

    assert path.startswith("/")
    assert not path.startswith("//")


def test_other_places_are_refused():
    with pytest.raises(NavigationError):
        socket().path("//evil")
