"""Which scripts and styles a page loads: our client and style, the application's, and its views'.

The rule: a page loads what the views of its live session may need, since those are what it can show
without being loaded again. Every URL carries a hash of its content, so browsers may keep it.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from wirebird.components import STYLE
from wirebird.live.rendering import template_names
from wirebird.live.router import LiveSession
from wirebird.live.scoping import scope_of
from wirebird.names import snake_case
from wirebird.web.compression import best_encoding
from wirebird.web.files import Asset, AssetFiles, is_ours
from wirebird.web.lookup import AssetNotFound, File, find, folder_of, key_of, one_spelling

PREFIX = "/_wirebird"
_HERE = Path(__file__).resolve().parent
_OUR_STYLES = (_HERE / "style" / "wirebird.css", STYLE)
_FOR_EVER = "public, max-age=31536000, immutable"


class Group:
    """The scripts and styles of the application, or of one live session, in their order."""

    __slots__ = ("is_alone", "scripts", "styles")

    def __init__(self) -> None:
        self.is_alone = False  # whether its pages load nothing else
        self.scripts: dict[str, File | str] = {}
        self.styles: dict[str, File | str] = {}

    def add(
        self,
        scripts: Iterable[str | Path],
        styles: Iterable[str | Path],
        folder: File | None,
    ) -> None:
        """Add files and URLs that a module in `folder` names.

        Raises:
            AssetNotFound: A file is not there.
        """
        for names, known in ((scripts, self.scripts), (styles, self.styles)):
            for name in [names] if isinstance(names, str | Path) else names:
                source = str(name) if is_url(name) else find(name, folder)
                known.setdefault(source if isinstance(source, str) else key_of(source), source)


_EMPTY = Group()


class Assets:
    """The assets of an application.

    Args:
        scripts: JavaScript modules of the application, loaded before the socket opens.
        styles: Its style sheets.
        folder: The folder of the module that names them.
        builtin_style: Whether our own style sheet is among them.
        auto_reload: Whether files that have changed are read anew.

    Raises:
        AssetNotFound: A file is not there.
    """

    def __init__(
        self,
        scripts: Iterable[str | Path] = (),
        styles: Iterable[str | Path] = (),
        folder: File | None = None,
        *,
        builtin_style: bool = True,
        auto_reload: bool = False,
    ) -> None:
        self.auto_reload = auto_reload
        self.files = AssetFiles(self._place, auto_reload=auto_reload)
        self.everywhere = Group()
        self._folders: dict[str, Path] = {}
        self._sessions: dict[LiveSession, Group] = {}
        self._client = _HERE / "assets" / "wirebird.js"
        self._development = _HERE / "assets" / "development.js"
        self._wire_pane = _HERE / "assets" / "wire_pane.js"
        self._tracked: frozenset[str] | None = None
        self._known: dict[tuple[str, LiveSession | None], tuple[int, list[str]]] = {}
        self._tags: dict[LiveSession, tuple[int, dict[str, str]]] = {}
        if builtin_style:
            self.everywhere.add((), _OUR_STYLES, folder)
        self.everywhere.add(scripts, styles, folder)

    # What there is

    def add_folder(self, url: str, folder: Path) -> None:
        """Serve the files of a folder below a URL path, each also by a name of its content."""
        self._folders[url] = folder.resolve()

    def session(self, live_session: LiveSession) -> Group:
        """Return what the pages of a live session load besides what all pages do."""
        return self._sessions.setdefault(live_session, Group())

    def isolate(self, live_session: LiveSession) -> None:
        """Let the pages of a live session load nothing of the application's, only our style."""
        group = self.session(live_session)
        group.is_alone = True
        group.add((), _OUR_STYLES, None)

    def add_view(self, view: type[Any], live_session: LiveSession | None = None) -> None:
        """Add what a view or component names, and the `.js` and `.css` files beside it.

        Args:
            view: The class, or a function component.
            live_session: Whose pages can show it; without it, all pages can.

        Raises:
            AssetNotFound: A file that it names is not there.
            AssetEncodingError: A file is not in UTF-8.
        """
        self._tracked = None
        group = self.everywhere if live_session is None else self.session(live_session)
        own = Group()
        is_class = isinstance(view, type)  # pyright: ignore[reportUnnecessaryIsInstance]
        for base in view.__mro__ if is_class else ():
            named = vars(base)
            if "scripts" in named or "styles" in named:
                own.add(named.get("scripts", ()), named.get("styles", ()), folder_of_class(base))
        folder = folder_of_class(view)
        names = template_names(view) if is_class else [f"{snake_case(view.__name__)}."]
        for name in names:
            if folder is None:
                break
            stem = posixpath.splitext(name)[0]
            for suffix, known in ((".js", own.scripts), (".css", own.styles)):
                file = folder / f"{stem}{suffix}"
                if file.is_file():
                    known.setdefault(key_of(file), one_spelling(file))
        if getattr(view, "scoped", False):
            for file in own.styles.values():
                if not isinstance(file, str):
                    self.files.scope(file, scope_of(view))
        for source in (*own.scripts.values(), *own.styles.values()):
            if not isinstance(source, str):
                self.files.check(source)
        for key, source in own.scripts.items():
            group.scripts.setdefault(key, source)
        for key, source in own.styles.items():
            group.styles.setdefault(key, source)

    def _place(self, file: File) -> str:
        if isinstance(file, Path):
            if is_ours(file):
                return f"{PREFIX}/"
            for url, folder in self._folders.items():
                if file.is_relative_to(folder):
                    inside = file.parent.relative_to(folder).as_posix()
                    return f"{url}/" if inside == "." else f"{url}/{inside}/"
        return f"{PREFIX}/app/"

    # What pages load

    @property
    def client(self) -> Asset:
        """Our own JavaScript.

        Raises:
            FileNotFoundError: It has not been built (an editable install without its client).
        """
        return self.files.asset(self._client)

    @property
    def development(self) -> Asset:
        """What our JavaScript does besides in development."""
        return self.files.asset(self._development)

    @property
    def wire_pane(self) -> Asset:
        """The part of our JavaScript that shows what goes over a page's wire."""
        return self.files.asset(self._wire_pane)

    def scripts(self, live_session: LiveSession | None = None) -> list[str]:
        """Return the URLs of the JavaScript modules of a live session's pages."""
        return self._urls("scripts", live_session)

    def styles(self, live_session: LiveSession | None = None) -> list[str]:
        """Return the URLs of their style sheets, in the order in which they apply."""
        return self._urls("styles", live_session)

    def _urls(self, kind: str, live_session: LiveSession | None) -> list[str]:
        groups = self._groups(live_session)
        sources = {key: source for group in groups for key, source in getattr(group, kind).items()}
        known = self._known.get((kind, live_session))
        if known is not None and known[0] == len(sources) and not self.auto_reload:
            return known[1]
        urls = [
            source if isinstance(source, str) else quote(self.files.asset(source).path)
            for source in sources.values()
        ]
        self._known[kind, live_session] = (len(sources), urls)
        return urls

    def _groups(self, live_session: LiveSession | None) -> tuple[Group, ...]:
        own = _EMPTY if live_session is None else self._sessions.get(live_session, _EMPTY)
        return (own,) if own.is_alone else (self.everywhere, own)

    def kept_tags(self, live_session: LiveSession) -> dict[str, str]:
        """Return the tags that were made for a live session's pages, by the application's prefix.

        They are forgotten when there is more to load.
        """
        groups = self._groups(live_session)
        count = sum([len(group.scripts) + len(group.styles) for group in groups])
        known = self._tags.get(live_session)
        if known is None or known[0] != count:
            known = self._tags[live_session] = (count, {})
        return known[1]

    @property
    def tracked(self) -> frozenset[str]:
        """The URLs of all assets that pages track."""
        if self._tracked is None or self.auto_reload:
            styles = [url for session in (None, *self._sessions) for url in self.styles(session)]
            self._tracked = frozenset((self.client.path, *styles))
        return self._tracked  # one for all connections

    @property
    def all_scripts(self) -> list[File | str]:
        """Every script that some page loads: a file, or a URL."""
        groups = (self.everywhere, *self._sessions.values())
        return [source for group in groups for source in group.scripts.values()]

    @property
    def all_files(self) -> list[File]:
        """Every file that some page loads."""
        groups = (self.everywhere, *self._sessions.values())
        styles = [source for group in groups for source in group.styles.values()]
        sources = (*self.all_scripts, *styles)
        return [source for source in sources if not isinstance(source, str)]

    def static_path(self, name: str) -> str:
        """Return the path of a file of a static folder, named after its content.

        Args:
            name: Its path as it is served: "/static/logo.svg".

        Raises:
            AssetNotFound: No static folder has such a file.
        """
        for url, folder in self._folders.items():
            file = (folder / name.removeprefix(f"{url}/")).resolve()
            if name.startswith(f"{url}/") and file.is_relative_to(folder) and file.is_file():
                return quote(self.files.asset(file).path)
        known = ", ".join(self._folders) or "none"
        raise AssetNotFound(f"no static folder has {name!r}; there are: {known}")

    # Serving

    async def serve(self, request: Request) -> Response:
        """Answer a request for an asset."""
        asset = self.find(f"{PREFIX}/{request.path_params['path']}")
        if asset is None:
            return Response("Not Found", 404, media_type="text/plain")
        if not asset.is_compressed:
            await run_sync(lambda: asset.encodings)
        return self.response(asset, request)

    def find(self, path: str) -> Asset | None:
        """Return the asset of a URL path, or None."""
        asset = self.files.get(path)
        if asset is None:
            # A worker that has rendered no page yet has read no file yet.
            for file in (self._client, self._development, self._wire_pane, *self.all_files):
                self.files.asset(file)
            asset = self.files.get(path)
        return asset

    def response(self, asset: Asset, request: Request) -> Response:
        """Return an asset as an answer, in an encoding that the client takes."""
        headers = {
            # A page that is open asks for its style sheet by the name it had when it was loaded.
            "cache-control": "no-cache" if self.auto_reload else _FOR_EVER,
            "x-content-type-options": "nosniff",
        }
        content = asset.content
        if asset.encodings:
            headers["vary"] = "Accept-Encoding"
            accepted = request.headers.get("accept-encoding", "")
            encoding = best_encoding(accepted, tuple(asset.encodings))
            if encoding is not None:
                headers["content-encoding"] = encoding
                content = asset.encodings[encoding]
        return Response(content, media_type=asset.media_type, headers=headers)


def folder_of_class(view: type[Any]) -> File | None:
    """Return the folder of the module that a class, or a function, was written in."""
    return folder_of(sys.modules.get(view.__module__))


def is_url(name: str | Path) -> bool:
    """Tell whether a script or style is named by a whole URL."""
    return isinstance(name, str) and name.startswith(("https://", "http://", "//"))


__all__ = ["PREFIX", "Asset", "AssetNotFound", "Assets", "Group", "is_url"]
