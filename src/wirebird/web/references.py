"""What a script or a style refers to: `import "./util.js"`, `import "sortablejs"`, `url(dot.svg)`.

The rule: only references to files that are there are touched; everything else stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# In a script a path that is meant from its own place begins with a dot; what is imported and does
# not is a package.
_IN_SCRIPTS = re.compile(
    r"""(?P<before>(?:\bfrom|\bimport|\bimport\s*\(|(?P<url>\bnew\s+URL\s*\())\s*["'])"""
    r"""(?P<path>\.{1,2}/[^"'?#\s]+|(?(url)(?!)|@?\w[^"'?#\s:]*))(?P<after>[?#][^"'\s]*)?(?=["'])"""
)
_IN_STYLES = re.compile(
    r"""(?P<before>url\(\s*["']?|@import\s+["'])"""
    r"""(?P<path>(?![a-zA-Z][a-zA-Z0-9+.\-]*:|[/#])[^"'()?#\s]+)(?P<after>[?#][^"'()\s]*)?"""
    r"""(?=["']?\s*\)|["'])"""
)
_PATTERNS = {".js": _IN_SCRIPTS, ".mjs": _IN_SCRIPTS, ".css": _IN_STYLES}


def references(text: str, suffix: str) -> Iterator[str]:
    """Return the relative paths in a script or a style, and the packages."""
    for found in _PATTERNS[suffix].finditer(text):
        yield found["path"]


def rewritten(text: str, suffix: str, place: Callable[[str], str | None]) -> str:
    """Return a script or a style with other paths for what it refers to.

    Args:
        text: What it holds.
        suffix: Of its name: one that `refers` knows.
        place: Returns the new path; None lets a reference be.
    """

    def replace(found: re.Match[str]) -> str:
        new = place(found["path"])
        if new is None:
            return found.group()
        return f"{found['before']}{new}{found['after'] or ''}"

    return _PATTERNS[suffix].sub(replace, text)


def is_package(reference: str, suffix: str) -> bool:
    """Tell whether a reference is the name of an npm package, and no path."""
    return _PATTERNS[suffix] is _IN_SCRIPTS and not reference.startswith(".")


def refers(suffix: str) -> bool:
    """Tell whether files of this kind refer to others in a way that is known here."""
    return suffix in _PATTERNS
