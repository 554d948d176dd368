"""`socket.path`: paths of the application, and what changes in a query."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird.live.errors import Redirect
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


def going(view_socket: Socket) -> tuple[str, str]:
    navigation = view_socket.take_navigation()
    assert navigation is not None
    return navigation.kind, navigation.to


def test_what_a_view_writes_leads_inside_its_mount():
    here = socket()
    here.push_patch("/items?page=2")
    assert going(here) == ("patch", "/shop/items?page=2")
    here.push_patch("?page=2")
    assert going(here) == ("patch", "/shop/items?page=2")
    here.push_navigate("/rooms")
    assert going(here) == ("navigate", "/shop/rooms")
    here.redirect("/shop")
    assert going(here) == ("redirect", "/shop/shop")
    here.go(Redirect("/login").navigation)
    assert going(here) == ("redirect", "/shop/login")


def test_a_path_of_the_browser_gets_no_second_prefix():
    here = socket()
    here.push_patch(here.path(page=2, q=None, tag=None))
    assert going(here) == ("patch", "/shop/items?page=2")
    here.push_navigate(here.path("/rooms"))
    assert going(here) == ("navigate", "/shop/rooms")
    here.redirect(here.path("/rooms", page=1))
    assert going(here) == ("redirect", "/shop/rooms?page=1")


def test_a_redirect_leads_outside_where_it_is_said():
    here = socket()
    here.redirect(outside="/login")
    assert going(here) == ("redirect", "/login")
    here.go(Redirect(outside="/login").navigation)
    assert going(here) == ("redirect", "/login")
    here.redirect(external="https://elsewhere.test/")
    assert going(here) == ("redirect", "https://elsewhere.test/")


@pytest.mark.parametrize("outside", ["login", "//evil.test", "https://elsewhere.test/"])
def test_what_is_outside_is_on_this_host(outside: str):
    with pytest.raises(NavigationError, match="no path on this host"):
        socket().redirect(outside=outside)
    with pytest.raises(NavigationError, match="no path on this host"):
        Redirect(outside=outside)


@pytest.mark.parametrize(
    "places", [{}, {"to": "/a", "outside": "/b"}, {"external": "https://a.test", "outside": "/b"}]
)
def test_a_redirect_leads_to_one_place(places: dict[str, Any]):
    with pytest.raises(NavigationError, match="takes one of a path"):
        socket().redirect(**places)
    with pytest.raises(NavigationError, match="takes one of a path"):
        Redirect(**places)
