"""A folder of files of the application's own, served as they are.

The rule: a name that carries the content's hash may be kept for ever; the plain name is asked for
again each time. Nothing outside the folder is ever served.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from wirebird.html.paths import BrowserPath
from wirebird.web.assets import Asset, Assets


class StaticFolder:
    """Serves a folder below a URL path, as an ASGI application.

    Args:
        assets: Which knows the hashed names.
        url: The path, without a slash at its end.
        folder: The folder.
    """

    def __init__(self, assets: Assets, url: str, folder: Path) -> None:
        self._assets = assets
        self._url = url
        self._folder = folder.resolve()
        self._plain = StaticFiles(directory=folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = self._plain.get_path(scope)
        response: Response
        asset = self._assets.files.get(f"{self._url}/{path}") or self._unread(path)
        if asset is not None and request.method in ("GET", "HEAD"):
            response = self._assets.response(asset, request)
        else:
            response = await self._plain.get_response(path, scope)
            if isinstance(response, FileResponse):
                response.headers["cache-control"] = "no-cache"
        await response(scope, receive, send)

    def _unread(self, path: str) -> Asset | None:
        """Return the asset that another worker has named so."""
        stem, hyphen, rest = path.rpartition("-")
        digest, dot, suffix = rest.partition(".")
        if not hyphen or len(digest) != 12:
            return None
        file = (self._folder / f"{stem}{dot}{suffix}").resolve()
        if not file.is_relative_to(self._folder) or not file.is_file():
            return None
        asset = self._assets.files.asset(file)
        return asset if asset.path == f"{self._url}/{path}" else None


def static_path_of(assets: Assets) -> Callable[..., str]:
    """Return `static_path` for templates, which know where the application is mounted."""

    @pass_context
    def static_path(context: Context, name: str) -> str:
        socket: Any = context.get("socket")
        return BrowserPath(quote(getattr(socket, "root_path", "")) + assets.static_path(name))

    return static_path
