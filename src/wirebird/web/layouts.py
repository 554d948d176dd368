"""The document around a page, and what stands around each view.

The rule: the root layout is sent once, with the first render; a live layout is part of the view's
own tree and changes with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from wirebird.components.titles import live_title
from wirebird.html.fragment import Fragment
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import Comprehension, Statics, Tree, to_html
from wirebird.live.rendering import PageNames, as_tree
from wirebird.live.router import LiveRoute, LiveSession
from wirebird.live.socket import Socket
from wirebird.live.view import LiveView
from wirebird.runtime.endpoint import Layout
from wirebird.web.lookup import File, beside, folder_of, one_spelling

_AROUND = Statics(("", "", ""), source="flash layout")
_FLASHES = Statics(('<div class="wirebird-flashes">', "</div>"), True, "flash layout")
_FLASH = Statics(
    (
        '<p id="flash-',
        '" class="wirebird-flash wirebird-flash-',
        '" role="alert" phx-click="lv:clear-flash" phx-value-key="',
        '">',
        "</p>",
    ),
    True,
    "flash layout",
)


def flash_layout(socket: Socket, inner: Tree) -> Tree:
    """The live layout of applications that name none: the flash above the view."""
    flash = socket.flash
    if not flash:
        return (_AROUND, "", inner)
    rows = [(kind, kind, kind, text) for kind, text in flash.items()]
    return (_AROUND, (_FLASHES, Comprehension(_FLASH, rows, 0)), inner)


def live_layout(chosen: Any, environment: TemplateEnvironment) -> Layout | None:
    """Return the layout that somebody named.

    Args:
        chosen: None for none; the name of a Jinja file that shows `{{ inner_content }}`; or a
            function of the socket and the inner content that returns a t-string.
        environment: Where the file is found.
    """
    if chosen is None:
        return None
    if chosen is flash_layout:
        return flash_layout
    if callable(chosen):
        function: Callable[..., Any] = chosen

        def from_function(socket: Socket, inner: Tree) -> Tree:
            return as_tree(function(socket, Fragment(inner)), function)

        return from_function

    name = str(chosen)
    environment.file(name)

    def from_file(socket: Socket, inner: Tree) -> Tree:
        names = {"inner_content": Fragment(inner)}
        return environment.file(name).tree(names, PageNames(socket))

    return from_file


THEME_COOKIE = "wirebird_theme"
"""The cookie in which the browser keeps whether its visitor wants light or dark."""

_THEMES = {
    f"{THEME_COOKIE}={theme}".encode(): Markup(f' data-theme="{theme}"')
    for theme in ("light", "dark")
}
_NO_THEME = Markup("")


class Page:
    """What a root layout is given.

    Attributes:
        content: The view in its container.
        title: The `<title>` element, which the client keeps up to date.
        head: The tags that a live page needs in its `<head>`: CSRF token, script, styles.
        csrf_token: The token alone, for forms that post.
        socket: The view's socket.
        request: The request.
        nonce: What scripts and styles of the layout's own carry when the policy asks for one.
    """

    __slots__ = ("content", "csrf_token", "head", "nonce", "request", "socket", "title")

    def __init__(
        self,
        content: Markup,
        title: Markup,
        head: Markup,
        csrf_token: str,
        socket: Socket,
        request: Any,
        nonce: str = "",
    ) -> None:
        self.content = content
        self.title = title
        self.head = head
        self.csrf_token = csrf_token
        self.socket = socket
        self.request = request
        self.nonce = nonce

    @property
    def theme(self) -> Markup:
        """The attribute of `<html>` that says light or dark, where the visitor has chosen."""
        for name, value in self.request.scope["headers"]:
            if name == b"cookie":
                for chosen, attribute in _THEMES.items():
                    if chosen in value:
                        return attribute
        return _NO_THEME


def found_layout(chosen: Any, folder: File | None, environment: TemplateEnvironment) -> Any:
    """Return a layout that somebody named, its file found now.

    Args:
        chosen: What `root_layout` or `live_layout` takes.
        folder: The folder of the module that names it.
        environment: In whose folders the file may be, too.

    Raises:
        jinja2.TemplateNotFound: There is no such file.
    """
    if not isinstance(chosen, str | Path):
        return chosen
    if folder is not None and (file := beside(folder / "_", str(chosen))).is_file():
        chosen = one_spelling(file)
    environment.file(chosen)
    return chosen


RootLayout = Callable[[Page], str]


@lru_cache(maxsize=256, typed=True)  # markup is not the text that it is equal to
def title_tag(title: str | None, default: str, prefix: str, suffix: str) -> Markup:
    """Return the `<title>` element with what the client needs to change it."""
    return live_title(title, default=default, prefix=prefix, suffix=suffix)


def builtin_root_layout(page: Page) -> str:
    """The document of applications that name no root layout."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"{page.theme}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'{page.title}\n<link rel="icon" href="data:,">\n{page.head}\n</head>\n'
        f"<body>\n{page.content}\n</body>\n</html>\n"
    )


def root_layout(chosen: Any, environment: TemplateEnvironment) -> RootLayout:
    """Return the root layout that somebody named.

    Args:
        chosen: None for the built-in one; the name of a Jinja file, which sees `page`, the
            page's names and `inner_content`; or a function of a `Page` that returns a t-string.
        environment: Where the file is found.
    """
    if chosen is None:
        return builtin_root_layout
    if callable(chosen):
        function: Callable[..., Any] = chosen
        return lambda page: (
            "<!DOCTYPE html>\n" + _without_doctype(to_html(as_tree(function(page), function)))
        )
    name = str(chosen)
    environment.file(name)

    def from_file(page: Page) -> str:
        names: Mapping[str, Any] = {
            "page": page,
            "inner_content": page.content,
            "csrf_token": page.csrf_token,
            "request": page.request,
        }
        return to_html(environment.file(name).tree(dict(names), PageNames(page.socket)))

    return from_file


def _without_doctype(html: str) -> str:
    stripped = html.lstrip()
    if stripped[:9].lower() == "<!doctype":
        return stripped[stripped.index(">") + 1 :].lstrip()
    return stripped


class Layouts:
    """The layouts of an application, each made when it is first needed.

    Args:
        root: What was chosen for the documents around its pages.
        live: What was chosen for what stands around its views.
        environment: Where files are found.
    """

    def __init__(self, root: Any, live: Any, environment: TemplateEnvironment) -> None:
        self.root = root
        self.live = live
        self._environment = environment
        self._of_pages: dict[LiveSession, RootLayout] = {}
        self._of_views: dict[Any, Layout | None] = {}
        self._of_classes: dict[type[LiveView[Any]], Any] = {}

    def of_view(self, route: LiveRoute | None, view: type[LiveView[Any]]) -> Layout | None:
        """Return the live layout of a view: the route's, the view's, the session's, or ours."""
        chosen = None if route is None else self.live
        for place in (route, view, route and route.live_session):
            layout = ... if place is None else place.layout
            if layout is not ...:
                chosen = self.of_class(view) if place is view else layout
                break
        if chosen not in self._of_views:
            self._of_views[chosen] = live_layout(chosen, self._environment)
        return self._of_views[chosen]

    def of_class(self, view: type[LiveView[Any]]) -> Any:
        """Return the layout that a view's class names, found beside the class that names it."""
        if view not in self._of_classes:
            named = next(base for base in view.__mro__ if "layout" in vars(base))
            folder = folder_of(sys.modules.get(named.__module__))
            self._of_classes[view] = found_layout(view.layout, folder, self._environment)
        return self._of_classes[view]

    def of_page(self, live_session: LiveSession) -> RootLayout:
        """Return the document around the pages of a live session."""
        layout = self._of_pages.get(live_session)
        if layout is None:
            chosen = self.root_of(live_session)
            layout = self._of_pages[live_session] = root_layout(chosen, self._environment)
        return layout

    def root_of(self, live_session: LiveSession) -> Any:
        """Return what was chosen for these documents: the session's own, or the application's."""
        chosen = live_session.root_layout
        return self.root if chosen is ... else chosen
