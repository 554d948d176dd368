"""Paths of named routes: what was put in comes out, and no other host."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirebird import LiveView
from wirebird.live.navigation import local_path
from wirebird.live.router import LiveRoute, LiveSession, Router


class SomeView(LiveView):
    html = "<p>here</p>"


PATHS = {
    "user": "/users/{name}",
    "two": "/a/{x}/{y}",
    "any": "/{path:path}",
    "under": "/files/{path:path}",
    "number": "/n/{id:int}",
}

router = Router()
for name, path in PATHS.items():
    router.add(LiveRoute(path, SomeView, LiveSession("default"), name=name))


def path_for(name: str, params: dict[str, Any]) -> str:
    path = router.path_for(name, params)
    assert path is not None
    return path


@given(
    st.sampled_from(["user", "two", "any", "under"]),
    st.text() | st.text("/.\\\\%?#{}xy: "),
    st.text("/.ab", min_size=1),
)
def test_a_path_leads_back_to_what_it_was_made_of(name: str, first: str, second: str) -> None:
    names = {"user": ["name"], "two": ["x", "y"], "any": ["path"], "under": ["path"]}[name]
    params: dict[str, Any] = dict(zip(names, (first, second), strict=False))
    try:
        path = path_for(name, params)
    except ValueError:
        return
    assert local_path(path) == path
    match = router.match_url(f"http://test{path}")
    assert match is not None
    assert {key: match.params[key] for key in names if match.route.name == name} == (
        params if match.route.name == name else {}
    )


@pytest.mark.parametrize(
    ("name", "params", "path"),
    [
        ("user", {"name": "ann"}, "/users/ann"),
        ("user", {"name": "c#"}, "/users/c%23"),
        ("user", {"name": "who?admin=1"}, "/users/who%3Fadmin%3D1"),
        ("user", {"name": "50%25"}, "/users/50%2525"),
        ("user", {"name": "a b\xe9"}, "/users/a%20b%C3%A9"),
        ("two", {"x": "{y}", "y": "1"}, "/a/%7By%7D/1"),
        ("any", {"path": "/evil.test"}, "/%2Fevil.test"),
        ("any", {"path": "a/b"}, "/a/b"),
        ("number", {"id": 7}, "/n/7"),
    ],
)
def test_values_are_quoted(name: str, params: dict[str, Any], path: str) -> None:
    assert path_for(name, params) == path


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("user", {"name": "a/b"}),
        ("user", {"name": ""}),
        ("user", {"name": ".."}),
        ("user", {"name": "."}),
        ("any", {"path": "../x"}),
        ("under", {"path": "a/../../x"}),
        ("number", {"id": -1}),
        ("number", {"id": "seven"}),
    ],
)
def test_what_does_not_fit_or_leads_elsewhere_is_refused(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"does not fit|would not lead"):
        path_for(name, params)
