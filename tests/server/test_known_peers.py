"""Whom an address stands for."""

from __future__ import annotations

import pytest
import uvicorn

from wirebird.server.peers import known_peer, trusted_proxies


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001::5", "2a00:1450:4001::/64"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("::1", None),
        ("fe80::1", None),
        ("unix:/run/proxy", None),
        ("", None),
    ],
)
def test_a_peer_is_known_by_a_public_address(host: str, peer: str | None):
    assert known_peer(host, ()) == peer


@pytest.mark.parametrize("trusted", [("*",), ("8.8.8.8",), ("a name", "8.8.0.0/16")])
def test_behind_a_trusted_proxy_are_many(trusted: tuple[str, ...]):
    assert known_peer("8.8.8.8", trusted) is None
    assert known_peer("1.1.1.1", ("8.8.8.8", "8.0.0.0/8")) == "1.1.1.1"


@pytest.mark.parametrize(
    ("given", "proxy_headers", "trusted"),
    [
        ("8.8.8.8, 10.0.0.0/8", True, ("8.8.8.8", "10.0.0.0/8")),
        (["8.8.8.8"], True, ("8.8.8.8",)),
        ("8.8.8.8", False, ()),
    ],
)
def test_the_servers_own_proxies_are_trusted(
    given: str | list[str], proxy_headers: bool, trusted: tuple[str, ...]
):
    config = uvicorn.Config(
        "x:y", forwarded_allow_ips=given, proxy_headers=proxy_headers, log_config=None
    )
    assert trusted_proxies(config) == trusted
