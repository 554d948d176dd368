"""What a check finds: a place, a code and a sentence; and how these are shown.

The rule: every code stands in `CODES` and has a chapter in `docs/check.md`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from wirebird.names import did_you_mean

CODES = {
    "WB101": "unknown name",
    "WB102": "unknown attribute",
    "WB103": "unknown template or macro",
    "WB104": "broken template",
    "WB201": "event without a handler",
    "WB202": "handler that nothing names",
    "WB203": "unknown binding",
    "WB204": "hook without an implementation",
    "WB205": "hook without an id",
    "WB301": "path without a route",
    "WB401": "component with wrong props",
    "WB501": "stream without phx-update",
    "WB502": "form without an id",
    "WB503": "id that is used twice",
    "WB504": "unbalanced tags",
    "WB505": "invalid nesting",
    "WB601": "blocking call",
    "WB701": "definition that cannot run",
    "WB702": "state that cannot be stored",
    "WB703": "module that cannot be imported",
}
"""What is found, by its code."""

HINTS = frozenset({"WB202"})
"""Codes that are worth a look and no failure."""

_IGNORED = re.compile(r"wirebird: ignore\[([\w ,]+)\]")


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One thing that is wrong.

    Attributes:
        file: Where it is.
        line: The line, from 1.
        column: The column, from 1.
        code: One of `CODES`.
        message: What is wrong, and what to do.
    """

    file: str
    line: int
    column: int
    code: str
    message: str

    @property
    def is_hint(self) -> bool:
        """Whether it is no failure."""
        return self.code in HINTS


def meant(name: str, known: Iterable[str]) -> str:
    """Return ": did you mean ...?" for a name that is like a known one, else nothing."""
    said = did_you_mean(name, known)
    return f": {said}" if said else ""


def kept(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return what is not ignored at its line, sorted, each once."""
    return sorted(each for each in set(found) if each.code not in ignored_in(each.file, each.line))


def ignored_in(file: str, line: int) -> list[str]:
    """Return the codes that a line says are to be ignored."""
    lines = _lines(file)
    found = _IGNORED.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return [code.strip() for code in found[1].split(",")] if found else []


@cache
def _read(file: str, changed: int) -> list[str]:
    return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()


def _lines(file: str) -> list[str]:
    try:
        return _read(file, os.stat(file).st_mtime_ns)
    except OSError:
        return []


def shown(found: Iterable[Diagnostic], style: str) -> str:
    """Return diagnostics as text.

    Args:
        found: The diagnostics.
        style: "text", "json" or "github".
    """
    found = list(found)
    if style == "json":
        return json.dumps(
            [{**asdict(each), "severity": _severity(each)} for each in found], indent=2
        )
    if style == "github":
        return "\n".join(map(_command, found))
    return "\n".join(
        f"{_near(each.file)}:{each.line}:{each.column}: {each.code}"
        f"{' (hint)' if each.is_hint else ''} {each.message}"
        for each in found
    )


def _severity(each: Diagnostic) -> str:
    return "hint" if each.is_hint else "error"


def _command(each: Diagnostic) -> str:
    kind = "notice" if each.is_hint else "error"
    message = each.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = _near(each.file).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    place = f"file={file},line={each.line},col={each.column},title={each.code}"
    return f"::{kind} {place}::{message}"


def _near(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
