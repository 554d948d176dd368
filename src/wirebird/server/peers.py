"""Who is at the other end of a connection, as far as a server can know.

The rule: an address that may stand for many people is nobody's. So are those of proxies that are
trusted to name their clients, and all that are not of the public Internet.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uvicorn.config import Config


class Peers:
    """How many lines each peer has.

    Args:
        trusted: The trusted proxies, as `trusted_proxies` returns them.
    """

    __slots__ = ("_counts", "_trusted")

    def __init__(self, trusted: tuple[str, ...] = ()) -> None:
        self._counts: dict[str, int] = {}
        self._trusted = trusted

    def name_of(self, client: tuple[str, int] | None) -> str | None:
        """Return the peer that a client is, or None when it is not known."""
        return None if client is None else known_peer(client[0], self._trusted)

    def count(self, peer: str | None) -> int:
        """Return how many lines a peer has; 0 for one that is not known."""
        return 0 if peer is None else self._counts.get(peer, 0)

    def enter(self, peer: str | None) -> None:
        """Count one more line of a peer."""
        if peer is not None:
            self._counts[peer] = self.count(peer) + 1

    def leave(self, peer: str | None) -> None:
        """Count one line less of a peer, and know it no more when that was the last."""
        if peer is not None:
            left = self._counts.pop(peer) - 1
            if left:
                self._counts[peer] = left


def trusted_proxies(config: Config) -> tuple[str, ...]:
    """Return the addresses and networks of a server's trusted proxies; "*" for all."""
    if not config.proxy_headers:
        return ()
    given = config.forwarded_allow_ips
    names = given.split(",") if isinstance(given, str) else given
    return tuple(name.strip() for name in names)


@lru_cache(maxsize=4096)
def known_peer(host: str, trusted: tuple[str, ...]) -> str | None:
    """Return what stands for the peer with an address, or None when it is not known.

    Args:
        host: Its address.
        trusted: The trusted proxies, as `trusted_proxies` returns them.

    Example:
        ```python
        known_peer("2a00:1450::5", ())  # "2a00:1450::/64": one customer has them all
        ```
    """
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global or "*" in trusted:
        return None
    for name in trusted:
        try:
            if address in ip_network(name, strict=False):
                return None
        except ValueError:
            continue  # a name that is no address, such as that of a Unix socket
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
