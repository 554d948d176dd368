"""How a file is cut into parts, and how the parts' signed URLs are told in few bytes.

The rule: nothing here speaks to anybody; the same file and settings always give the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MIB = 1024**2
SMALLEST_PART = 5 * MIB  # bytes, S3's limit for all parts but the last
LARGEST_PART = 5 * 1024 * MIB  # bytes, S3's limit
MOST_PARTS = 1000  # S3 takes 10,000, but a page of its lists holds 1,000

_SEPARATOR = re.compile("([?&=])")


def part_size_for(size: int, wanted: int) -> int:
    """Return the size of a file's parts in bytes.

    Args:
        size: The file's, in bytes.
        wanted: The size to take if that makes at most 1,000 parts; else it is the next whole MiB
            that does.
    """
    needed = -(-size // MOST_PARTS)
    return wanted if needed <= wanted else -(-needed // MIB) * MIB


def part_sizes(size: int, part_size: int) -> dict[int, int]:
    """Return the size in bytes of each part of a file, by its number; the first is 1."""
    count = max(1, -(-size // part_size))
    sizes = dict.fromkeys(range(1, count), part_size)
    sizes[count] = size - part_size * (count - 1)
    return sizes


def told_apart(urls: Mapping[int, str]) -> tuple[Sequence[str], Mapping[int, str]]:
    """Split URLs into what they share and what each has to itself.

    Args:
        urls: Some URLs of one form, by number.

    Returns:
        The pieces that are the same in all, and for each number the values that belong between
        the pieces, with a space between two values.
    """
    split = [_SEPARATOR.split(url) for url in urls.values()]
    pieces = [""]
    own: list[tuple[str, ...]] = []
    for tokens in zip(*split, strict=True):
        if len({*tokens}) == 1:
            pieces[-1] += tokens[0]
        else:
            own.append(tokens)
            pieces.append("")
    values = [" ".join(tokens) for tokens in zip(*own, strict=True)] or [""] * len(urls)
    return pieces, dict(zip(urls, values, strict=True))
