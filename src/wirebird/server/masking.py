"""Unmasking what clients send: in C where the websockets package has it, or as one big integer."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast


def mask_in_python(data: bytes, mask: bytes) -> bytes:
    """Return `data` with each byte XORed with the one of the four bytes of `mask` at its place."""
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


try:
    from websockets import speedups
except ImportError:
    apply_mask = mask_in_python
else:
    apply_mask = cast("Callable[[bytes, bytes], bytes]", speedups.apply_mask)
