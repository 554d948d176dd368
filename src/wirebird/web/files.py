"""Files as they are served: named after what they hold, with what they refer to, and compressed.

The rule: a name changes when the file does, or anything that it refers to. A reference leads to the
same name that everybody else uses, so that a browser loads each file once.
"""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote

from wirebird.components import STYLE
from wirebird.errors import WirebirdError
from wirebird.live.scoping import scoped_sheet
from wirebird.web.compression import compressed, is_compressible
from wirebird.web.lookup import File, beside, key_of, one_spelling
from wirebird.web.packages import package_file
from wirebird.web.references import is_package, references, refers, rewritten

_DIGITS = 12
OURS = (Path(__file__).resolve().parent, STYLE.resolve().parent)
"""The folders of what this package serves itself."""

_BUILT = {"br": ".br", "gzip": ".gz"}


class AssetEncodingError(WirebirdError, ValueError):
    """A script or a style is not in UTF-8."""


@dataclass(frozen=True)
class Asset:
    """A file as it is served.

    Attributes:
        path: Its URL path below the application's root.
        file: Where it lies.
        content: What it holds, with the names of what it refers to.
        media_type: What it is.
        built: Encodings that were made when the package was.
    """

    path: str
    file: File
    content: bytes
    media_type: str
    built: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @cached_property
    def encodings(self) -> dict[str, bytes]:
        """Its compressed forms by their names, the smallest first."""
        if not is_compressible(self.media_type):
            return {}
        found = {**compressed(self.content), **self.built}
        return dict(sorted(found.items(), key=lambda pair: len(pair[1])))

    @property
    def is_compressed(self) -> bool:
        """Whether its compressed forms are made: those of a large script take a second."""
        return "encodings" in self.__dict__


class AssetFiles:
    """Files under the names that their contents give them.

    Args:
        place: Returns the URL path of the folder in which a file is shown, with a slash at its end.
        auto_reload: Whether files that have changed are read anew.
    """

    def __init__(self, place: Callable[[File], str], *, auto_reload: bool = False) -> None:
        self.auto_reload = auto_reload
        self._place = place
        self._assets: dict[str, Asset] = {}
        self._contents: dict[str, tuple[int, bytes]] = {}
        self._references: dict[str, tuple[bytes, list[str]]] = {}
        self._by_path: dict[str, File] = {}
        self._scopes: dict[str, str] = {}

    def scope(self, file: File, scope: str) -> None:
        """Let a style sheet reach no further than a scope."""
        self._scopes.setdefault(key_of(file), scope)

    def get(self, path: str) -> Asset | None:
        """Return the asset that was once named so; in development, as it is now."""
        file = self._by_path.get(path)
        return self.asset(file) if file is not None and file.is_file() else None

    def asset(self, file: File) -> Asset:
        """Return a file as it is served, and everything that it refers to with it."""
        known = self._assets.get(str(file))
        if known is not None and not self.auto_reload:
            return known
        file = one_spelling(file)
        whole = self._reached(file)
        path = self._path(file)
        if known is None or known.path != path:
            known = Asset(path, file, self._served(file), media_type(file.name), _built(file))
            self._assets[str(file)] = known
            self._by_path[path] = file
        for other in whole[1:]:
            self._by_path.setdefault(self._path(other), other)
        return known

    def _read(self, file: File) -> bytes:
        changed = file.stat().st_mtime_ns if self.auto_reload and isinstance(file, Path) else 0
        known = self._contents.get(str(file))
        if known is None or known[0] != changed:
            content = file.read_bytes()
            if refers(suffix_of(file)):
                content = _utf8(file, content)
            known = self._contents[str(file)] = (changed, content)
        return known[1]

    def check(self, file: File) -> None:
        """See that a script or a style can be served.

        Raises:
            AssetEncodingError: It is not in UTF-8.
        """
        self._read(file)

    def _reached(self, file: File) -> list[File]:
        """Return a file and, in the order in which they are found, all that it leads to."""
        found = {key_of(file): file}
        waiting = [file]
        while waiting:
            for other in self._referred(waiting.pop()):
                if key_of(other) not in found:
                    found[key_of(other)] = other
                    waiting.append(other)
        return list(found.values())

    def _referred(self, file: File) -> Iterator[File]:
        suffix = suffix_of(file)
        if refers(suffix) and not is_ours(file):
            content = self._read(file)
            known = self._references.get(str(file))
            if known is None or known[0] is not content:
                known = (content, list(references(content.decode(), suffix)))
                self._references[str(file)] = known
            for reference in known[1]:
                if (other := _meant(file, reference, suffix)) is not None:
                    yield other

    def _path(self, file: File) -> str:
        digest = hashlib.sha256()
        for other in self._reached(file):
            content = self._read(other)
            digest.update(b"%d:" % len(content) + content)
        digest.update(self._scopes.get(key_of(file), "").encode())
        suffix = suffix_of(file)
        stem = file.name.removesuffix(suffix)
        return f"{self._place(file)}{stem}-{digest.hexdigest()[:_DIGITS]}{suffix}"

    def _served(self, file: File) -> bytes:
        content = self._read(file)
        suffix = suffix_of(file)
        if not refers(suffix) or is_ours(file):
            return content
        here = self._place(file)

        def name(reference: str) -> str | None:
            other = _meant(file, reference, suffix)
            if other is None:
                return None
            path = quote(posixpath.relpath(self._path(other), here))
            return path if path.startswith(".") else f"./{path}"

        text = content.decode()
        new = rewritten(text, suffix, name)
        if (scope := self._scopes.get(key_of(file))) is not None:
            new = scoped_sheet(new, scope)
        return content if new == text else new.encode()


def _meant(file: File, reference: str, suffix: str) -> File | None:
    """Return the file that a reference within a file leads to, if it is there."""
    if is_package(reference, suffix):
        other = package_file(reference, file) if isinstance(file, Path) else None
    else:
        other = beside(file, unquote(reference))
    return one_spelling(other) if other is not None and other.is_file() else None


def _utf8(file: File, content: bytes) -> bytes:
    """Return a text's content without a byte order mark, which may come to stand within it."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise AssetEncodingError(
            f"{file}, line {line}, is not UTF-8: save the file in that encoding"
        ) from None
    return content.removeprefix(BOM_UTF8)


def is_ours(file: File) -> bool:
    """Tell whether a file belongs to this package."""
    return isinstance(file, Path) and any(file.is_relative_to(folder) for folder in OURS)


def media_type(name: str) -> str:
    """Return what a file of this name holds."""
    if name.endswith((".js", ".mjs")):
        return "text/javascript"
    if name.endswith(".woff2"):
        return "font/woff2"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def suffix_of(file: File) -> str:
    """Return the end of a file's name, with its dot."""
    return posixpath.splitext(file.name)[1]


def _built(file: File) -> dict[str, bytes]:
    """Return what our own build has compressed; files beside others' are not trusted."""
    if not isinstance(file, Path) or file.parent != OURS[0] / "assets":
        return {}
    beside_it = {name: file.with_name(file.name + end) for name, end in _BUILT.items()}
    return {name: other.read_bytes() for name, other in beside_it.items() if other.is_file()}
