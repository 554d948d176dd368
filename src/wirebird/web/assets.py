"""The files that a page loads: our client and style, the application's, and views' own.

The rule: every URL carries a hash of its content, so browsers may keep it for ever and a page
can tell when a newer one is served.
"""

from __future__ import annotations

import hashlib
import mimetypes
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wirebird.components import STYLE
from wirebird.live.rendering import template_names

PREFIX = "/_wirebird"
_HERE = Path(__file__).parent
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served.

    Attributes:
        path: Its URL path below the application's root.
        file: Where it lies.
        content: What it holds.
        media_type: What it is.
    """

    path: str
    file: Path
    content: bytes
    media_type: str

    @classmethod
    def read(cls, file: Path, folder: str = "") -> Asset:
        """Read a file and name it after its content."""
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if file.suffix in (".js", ".mjs"):
            kind = "text/javascript"
        name = f"{file.stem}-{digest}{file.suffix}"
        return cls(f"{PREFIX}/{folder}{name}", file, content, kind)


class Assets:
    """The assets of an application.

    Args:
        scripts: JavaScript modules of the application, loaded before the socket opens.
        styles: Its style sheets.
        builtin_style: Whether our own style sheet is among them.
        auto_reload: Whether files that have changed are read anew.
    """

    def __init__(
        self,
        scripts: Iterable[str | Path] = (),
        styles: Iterable[str | Path] = (),
        *,
        builtin_style: bool = True,
        auto_reload: bool = False,
    ) -> None:
        self.auto_reload = auto_reload
        self._by_file: dict[Path, tuple[int, Asset]] = {}
        self._by_path: dict[str, Asset] = {}
        self._modules: dict[Path, str] = {Path(file): "app/" for file in scripts}
        own = [_HERE / "style" / "wirebird.css", STYLE] if builtin_style else []
        self._styles: dict[Path, str] = {
            **dict.fromkeys(own, ""),
            **{Path(file): "app/" for file in styles},
        }
        self._client = _HERE / "assets" / "wirebird.js"
        self._tracked: frozenset[str] | None = None

    def add_view(self, view: type[Any]) -> None:
        """Add the `.js` and `.css` files that lie beside a view under its template's name."""
        module_file = getattr(sys.modules.get(view.__module__), "__file__", None)
        if module_file is None:
            return
        for name in template_names(view):
            for suffix, known in ((".js", self._modules), (".css", self._styles)):
                file = (Path(module_file).parent / name).with_suffix(suffix)
                if file.is_file() and file not in known:
                    known[file] = "view/"
                    self._tracked = None

    @property
    def client(self) -> Asset:
        """Our own JavaScript.

        Raises:
            FileNotFoundError: It has not been built (an editable install without its client).
        """
        return self._asset(self._client, "")

    @property
    def modules(self) -> list[Asset]:
        """The JavaScript modules of the application and of its views."""
        return [self._asset(file, folder) for file, folder in self._modules.items()]

    @property
    def styles(self) -> list[Asset]:
        """The style sheets in the order in which they apply."""
        return [self._asset(file, folder) for file, folder in self._styles.items()]

    @property
    def tracked(self) -> frozenset[str]:
        """The paths of all assets that pages track."""
        if self._tracked is None or self.auto_reload:
            self._tracked = frozenset(asset.path for asset in (self.client, *self.styles))
        return self._tracked  # one for all connections

    def _asset(self, file: Path, folder: str) -> Asset:
        known = self._by_file.get(file)
        if known is not None and not self.auto_reload:
            return known[1]
        changed = file.stat().st_mtime_ns
        if known is None or known[0] != changed:
            asset = Asset.read(file, folder)
            self._by_file[file] = (changed, asset)
            self._by_path[asset.path] = asset
            return asset
        return known[1]

    async def serve(self, request: Request) -> Response:
        """Answer a request for an asset."""
        asset = self._by_path.get(f"{PREFIX}/{request.path_params['path']}")
        if asset is None:
            # A worker that has rendered no page yet has read no file yet.
            _ = (self.client, self.modules, self.styles)
            asset = self._by_path.get(f"{PREFIX}/{request.path_params['path']}")
        if asset is None:
            return Response("Not Found", 404, media_type="text/plain")
        content, caching = asset.content, _FOR_EVER
        if self.auto_reload:
            # A page that is open asks for its style sheet by the name it had when it was loaded.
            content, caching = asset.file.read_bytes(), "no-cache"
        headers = {"cache-control": caching, "x-content-type-options": "nosniff"}
        return Response(content, media_type=asset.media_type, headers=headers)
