"""Compiled templates, kept from one run of `wirebird check` to the next, which shows none of them.

The rule: what is taken was made of the same text, in the same way; where nothing can be read or
written, everything is compiled as ever.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

import jinja2.compiler

if TYPE_CHECKING:
    from wirebird.html.jinja.environment import TemplateEnvironment

_SETTINGS = (
    "block_start_string", "block_end_string", "variable_start_string", "variable_end_string",
    "comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix",
    "trim_blocks", "lstrip_blocks", "keep_trailing_newline",
)  # fmt: skip
_MONTH = 30 * 24 * 3600
_DIGEST = hashlib.sha256().digest_size


class KeptCode:
    """The code of templates by what it was made of, in one file.

    Args:
        file: Where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = _read(file)
        self._now: dict[str, CodeType] = {}

    def code(self, key: str, compiled: Callable[[], CodeType]) -> CodeType:
        """Return the code that is kept under a key, or what is compiled now."""
        code = self._now[key] = self._before.get(key) or compiled()
        return code

    def save(self) -> None:
        """Write what was used, and nothing else, where Python may keep its own code, too.

        What was written a month ago is forgotten: its folder may be gone.
        """
        if self._now.keys() == self._before.keys() or sys.dont_write_bytecode:
            return
        data = marshal.dumps(self._now)
        beside = self._file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.write_bytes(hashlib.sha256(data).digest() + data)
            beside.replace(self._file)
            for file in self._file.parent.iterdir():
                if file.stat().st_mtime < time.time() - _MONTH:
                    file.unlink()


def _read(file: Path) -> dict[str, CodeType]:
    with suppress(OSError):
        data = file.read_bytes()
        if hashlib.sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
            return marshal.loads(data[_DIGEST:])
    return {}


_kept: ContextVar[KeptCode | None] = ContextVar("_kept", default=None)


@contextmanager
def keeping_code() -> Generator[None]:
    """Take the code of templates from the last run in this folder, and keep it for the next."""
    try:
        caches = _caches()
    except RuntimeError:  # without a home
        yield
        return
    folder = hashlib.sha256(os.fsencode(Path.cwd())).hexdigest()[:16]
    kept = KeptCode(caches / "wirebird" / "check" / f"{folder}-{sys.implementation.cache_tag}")
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        kept.save()


def kept_code(
    environment: TemplateEnvironment,
    source: str,
    name: str | None,
    filename: str | None,
    compiled: Callable[[], CodeType],
) -> CodeType:
    """Return the code of a template: compiled, or kept where that is asked for."""
    kept = _kept.get()
    if kept is None:
        return compiled()
    settings = [repr(getattr(environment, each)) for each in _SETTINGS]
    known = [
        *settings,
        *sorted(environment.filters),
        *sorted(environment.tests),
        *environment.extensions,
    ]
    made_of = "\0".join((_maker(), repr(name), repr(filename), *known, source))
    return kept.code(hashlib.sha256(made_of.encode(errors="surrogatepass")).hexdigest(), compiled)


@cache
def _maker() -> str:
    """Return what tells this Python, Jinja and ours from others."""
    ours = Path(__file__).parent.parent.rglob("*.py")
    files = [*ours, Path(jinja2.compiler.__file__), Path(jinja2.compiler.__file__).parent]
    try:
        return f"{sys.version} {max(file.stat().st_mtime_ns for file in files)}"
    except OSError:  # in an archive
        return os.urandom(8).hex()


def _caches() -> Path:
    """Return the folder in which programs keep what they can make again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
