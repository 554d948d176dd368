"""`Templating`: what templates of an application may name, and what is made of them.

The rule: it knows templates and files, and nothing of views' lives or of requests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup
from starlette.applications import Starlette

from wirebird.html.jinja.components import JinjaComponent, Macros, load_macros
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.live.component import LiveComponent
from wirebird.live.router import LiveSession, Router
from wirebird.live.view import LiveView
from wirebird.web.assets import Assets
from wirebird.web.layouts import found_layout
from wirebird.web.lookup import folder_of_caller, found_folder
from wirebird.web.static import StaticFolder


class Templating(Starlette):
    """An application's templates and files.

    Attributes:
        templates: The environment of its Jinja templates, with their `globals` and `filters`.
        assets: Its scripts, styles and static files.
        live_router: Its live routes, which have names.
    """

    templates: TemplateEnvironment
    assets: Assets
    live_router: Router

    def components(
        self, *components: Callable[..., Any], live_session: LiveSession | None = None
    ) -> None:
        """Let Jinja templates name live components, nested views, and functions for markup.

        A function returns a t-string, markup or a tree. `{{ card(title="x") }}` calls it; the
        body of `{% call card(title="x") %}` is its `children`. The `.js` and `.css` files beside
        a component or nested view are loaded with every page, so name those of t-strings here, too.

        Args:
            components: Classes and functions; each is known by its own name.
            live_session: Whose pages alone load their files; see `live_session`.

        Raises:
            ValueError: Something else has that name in templates already.

        Example:
            ```python
            app.components(Like, card)
            ```
        """
        names: dict[str, Any] = self.templates.globals
        for component in components:
            name = component.__name__
            known = names.get(name, component)
            if getattr(known, "component", known) is not component:
                raise ValueError(f"templates already know {name!r} as {names[name]!r:.80}")
            kind: object = component
            if isinstance(kind, type) and issubclass(kind, (LiveComponent, LiveView)):
                names[name] = component
            else:
                names[name] = JinjaComponent(component, name)
            self.assets.add_view(cast("type[Any]", component), live_session)

    def macros(self, name: str) -> Macros:
        """Return the macros of a Jinja file as functions, for t-strings and other Python code.

        Args:
            name: The file's name in the template folders, or its path.

        Raises:
            jinja2.TemplateNotFound: There is no such file.

        Example:
            ```python
            cards = app.macros("cards.html")
            t"<{cards.card} title='Hello'>World</{cards.card}>"
            ```
        """
        return load_macros(self.templates, name)

    def render(self, template: str | Path, /, **names: Any) -> Markup:
        """Return the HTML of a Jinja file, for a letter, a feed or the answer of a route.

        It sees `names` and the templates' globals (`ui`, `link`, your own), but none of a page:
        there is no `flash`, `socket` or `csrf_token`, and no place for live components.

        Args:
            template: The file's name, beside the module that calls this or in the template folders.
            names: What the template shows.

        Raises:
            jinja2.TemplateNotFound: There is no such file.
            jinja2.UndefinedError: The template has a name that is not given.

        Example:
            ```python
            html = app.render("letter.html", name="Ada")
            ```
        """
        file = found_layout(template, folder_of_caller(), self.templates)
        return Markup(self.templates.file(file).render(names))

    def path_for(self, name: str, /, **params: Any) -> str:
        """Return the path of a live route by its name, without the mount prefix.

        Args:
            name: The route's name.
            params: What its path takes, of the types of its converters; percent-encoded here.

        Raises:
            LookupError: No live route has that name and those parameters.
            ValueError: A value does not fit into the path, or would lead elsewhere.
        """
        path = self.live_router.path_for(name, params)
        if path is None:
            known = ", ".join(sorted(self.live_router.names())) or "none"
            raise LookupError(
                f"no live route {name!r} with {sorted(params)}; named routes: {known}"
            )
        return path

    def static(self, path: str, folder: str | Path, *, name: str | None = None) -> None:
        """Serve a folder of files.

        Args:
            path: Where: "/static".
            folder: The folder, from the module that calls this.
            name: The route's name.

        Raises:
            AssetNotFound: There is no such folder.

        Example:
            ```python
            app.static("/static", "static")
            ```
            ```jinja
            <img src="{{ static_path('/static/logo.svg') }}" alt="">
            ```
        """
        path = path.rstrip("/")
        place = found_folder(folder, folder_of_caller(), must_exist=True)
        self.assets.add_folder(path, place)
        self.mount(path, StaticFolder(self.assets, path, place), name)

    def static_path(self, name: str) -> str:
        """Return the path of a file of a static folder under a name that its content gives it.

        It may be kept for ever. In templates `static_path` also knows where the application is
        mounted; elsewhere `self.socket.path(...)` does.

        Args:
            name: Its path as it is served: "/static/logo.svg".

        Raises:
            AssetNotFound: No static folder has such a file.
        """
        return self.assets.static_path(name)
