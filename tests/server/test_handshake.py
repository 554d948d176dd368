"""The handshake: what is an upgrade, and what is answered."""

from __future__ import annotations

import pytest

from tests.server.clients import ACCEPT, request
from wirebird.server.handshake import Refusal, Upgrade, accepted, read_upgrade, response


def read(head: bytes) -> Upgrade | Refusal:
    return read_upgrade(head.removesuffix(b"\r\n\r\n"))


def test_an_upgrade_is_read():
    upgrade = read(
        request("/a%20b?c=d", "Sec-WebSocket-Protocol: x, y", "Sec-WebSocket-Protocol: z")
    )
    assert isinstance(upgrade, Upgrade)
    assert upgrade.target == b"/a%20b?c=d"
    assert upgrade.subprotocols == ["x", "y", "z"]
    assert upgrade.accept == ACCEPT
    assert (b"host", b"test") in upgrade.headers


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (request().replace(b"GET", b"POST"), 400),
        (request().replace(b"GET /", b"GET http://x/"), 400),
        (b"GET /\r\n\r\n", 400),
        (request("/", "no colon"), 400),
        (request(version="12"), 426),
        (request(version=""), 426),
        (request(key="abc"), 400),
        (request(key="MDEyMzQ1Njc4OWFiY2RlZmc="), 400),
        (request(key="MDEyMzQ1Njc4OWFiY2Rl Zg=="), 400),
        (request("/", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="), 400),
    ],
)
def test_what_is_no_upgrade_is_refused(head: bytes, status: int):
    refusal = read(head)
    assert isinstance(refusal, Refusal)
    assert refusal.response.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nconnection: close\r\n" in refusal.response


def test_a_refusal_of_another_version_names_ours():
    refusal = read(request(version="8"))
    assert isinstance(refusal, Refusal)
    assert b"\r\nsec-websocket-version: 13\r\n" in refusal.response


def test_an_upgrade_is_accepted_with_a_subprotocol_and_headers():
    head = accepted(ACCEPT, "y", [(b"x-a", b"b")])
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    for line in (
        b"sec-websocket-accept: " + ACCEPT,
        b"sec-websocket-protocol: y",
        b"x-a: b",
    ):
        assert b"\r\n" + line + b"\r\n" in head
    assert head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("value", [b"a\r\nx-b: c", b"a\nb", b"a\0"])
def test_a_header_cannot_carry_another_one(value: bytes):
    with pytest.raises(ValueError, match="line break"):
        accepted(ACCEPT, None, [(b"x-a", value)])
    with pytest.raises(ValueError, match="line break"):
        response(403, [(b"x-a", value)], b"")


def test_an_answer_says_itself_how_long_it_is():
    assert response(418, [(b"Content-Length", b"99"), (b"x-a", b"b")], b"tea") == (
        b"HTTP/1.1 418 I'm a Teapot\r\nx-a: b\r\nconnection: close\r\ncontent-length: 3\r\n\r\ntea"
    )
    assert response(599, [], b"").startswith(b"HTTP/1.1 599 \r\n")
