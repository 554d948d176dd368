"""How a view's class becomes a render tree: its own `render`, or its template.

The rule: where the markup comes from is decided once per class, and a view without any says so
when it is given to the application.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from wirebird.html.escaping import keep
from wirebird.html.jinja.environment import TemplateEnvironment, TreeTemplate, existing
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Statics, Tree
from wirebird.live.around import within
from wirebird.live.component import LiveComponent
from wirebird.live.errors import ViewDefinitionError
from wirebird.live.render_errors import note_place, remember_source
from wirebird.live.scoping import RootMark
from wirebird.live.socket import Socket
from wirebird.live.view import Live, markup_source
from wirebird.names import snake_case

_WHOLE = Statics(("", ""), source="<render>")


_OF_COMPONENTS = ("id", "myself")


class PageNames(Mapping[str, Any]):
    """The names of a page that every template sees beside its state.

    Args:
        socket: The view's socket.
        component: The component, in a component's template.
    """

    __slots__ = ("_component", "_socket")

    _names = ("csrf_token", "flash", "live_action", "socket", "uploads", "url")

    def __init__(self, socket: Socket, component: LiveComponent[Any] | None = None) -> None:
        self._socket = socket
        self._component = component

    def __contains__(self, name: object) -> bool:
        if name in self._names:
            return True
        component = self._component
        return component is not None and (name in _OF_COMPONENTS or name in component.slots)

    def __getitem__(self, name: str) -> Any:
        if name == "socket":
            return self._socket
        if name in self._names:
            return getattr(self._socket, name)
        component = self._component
        if component is None:
            raise KeyError(name)
        return getattr(component, name) if name in _OF_COMPONENTS else component.slots[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._names
        if self._component is not None:
            yield from _OF_COMPONENTS
            yield from self._component.slots

    def __len__(self) -> int:
        return len(tuple(iter(self)))


class Renderer:
    """Renders the views, or components, of one class.

    Args:
        view: The class.
        environment: Where templates are found.

    Raises:
        ViewDefinitionError: The class has neither a template nor a `render`.
    """

    def __init__(self, view: type[Live[Any]], environment: TemplateEnvironment) -> None:
        self.view = view
        self.environment = environment
        self.file: Path | None = None
        self._template: TreeTemplate | None = None
        self._mark = RootMark(view) if view.scoped else None
        source = markup_source(view)
        self._renders = source == "render"
        if self._renders:
            return
        if source == "html":
            assert view.html is not None
            name = f"{view.__module__}.{view.__name__}.html"
            self._template = environment.inline(view.html, name)
            remember_source(name, view)
        else:
            self.file = self._find(view.template if source == "template" else None)
            self._template = environment.file(self.file)

    def _find(self, template: str | None) -> Path:
        view = self.view
        folder = Path(getattr(sys.modules.get(view.__module__), "__file__", None) or "").parent
        names = [template] if template else template_names(view)
        for name in names:
            if existing(folder / name):
                return (folder / name).resolve()
            found = self.environment.templates.find(name)
            if found is not None:
                return found.resolve()
        raise ViewDefinitionError(
            f"{view.__name__} has no template: there is no {' or '.join(names)} in {folder} or in"
            " the application's template folders; write one, set `template` or `html`,"
            " or write a render method that returns a t-string"
        )

    def template(self) -> TreeTemplate:
        """Return the template, read anew if its file has changed and that is asked for."""
        if self.file is not None and self.environment.auto_reload:
            return self.environment.file(self.file)
        return cast(TreeTemplate, self._template)

    def render(
        self, view: Live[Any], page: Mapping[str, Any], kept: KeptRows | None
    ) -> Tree | Awaitable[Tree]:
        """Return the tree of a view as it is now; to be awaited if its `render` is `async def`."""
        streams = view.definition.streams
        if streams is None:
            return self._tree(view, page, kept)
        streams.prepare(view)
        return streams.checked(view, self._tree(view, page, kept))

    def _tree(
        self, view: Live[Any], page: Mapping[str, Any], kept: KeptRows | None
    ) -> Tree | Awaitable[Tree]:
        try:
            if self._renders:
                result: Any = cast(Any, view).render()
                if inspect.isawaitable(result):
                    return _later(result, view, self._mark)
                return self._marked(as_tree(result, view))
            template = self._template
            if template is None or self.environment.auto_reload:
                template = self.template()
            return self._marked(template.tree(view.state, page, kept))
        except Exception as error:
            note_place(error, view)
            raise

    def _marked(self, tree: Tree) -> Tree:
        return tree if self._mark is None else self._mark(tree)


class _RendererWithin(Renderer):
    """A renderer with what the application wants around each render."""

    def render(
        self, view: Live[Any], page: Mapping[str, Any], kept: KeptRows | None
    ) -> Awaitable[Tree]:
        return within(view, "render", self._render, view, page, kept)

    async def _render(
        self, view: Live[Any], page: Mapping[str, Any], kept: KeptRows | None
    ) -> Tree:
        tree = super().render(view, page, kept)
        return tree if isinstance(tree, tuple) else await tree


class Renderers:
    """What renders the views and components of an application, by their class.

    Args:
        environment: Where templates are found.
        within: Whether the application wants something around each render.
    """

    def __init__(self, environment: TemplateEnvironment, within: bool = False) -> None:
        self.environment = environment
        self._kind = _RendererWithin if within else Renderer
        self._renderers: dict[type[Live[Any]], Renderer] = {}

    def __call__(self, view: type[Live[Any]]) -> Renderer:
        """Return what renders the views, or components, of a class.

        Raises:
            ViewDefinitionError: The class has neither a template nor a `render`.
        """
        renderer = self._renderers.get(view)
        if renderer is None:
            renderer = self._renderers[view] = self._kind(view, self.environment)
        return renderer


async def _later(result: Awaitable[Any], view: object, mark: RootMark | None) -> Tree:
    try:
        tree = as_tree(await result, view)
        return tree if mark is None else mark(tree)
    except Exception as error:
        note_place(error, view)
        raise


def as_tree(result: Any, view: object) -> Tree:
    """Return what a `render` returned as a tree.

    Raises:
        TypeError: It is neither a t-string nor markup.
    """
    kind = type(result).__name__
    if kind == "Template" and hasattr(result, "interpolations"):
        return _render_tstring()(result)
    markup = hasattr(result, "__html__") or hasattr(result, "__tree__")
    if markup or isinstance(result, tuple):
        kept = keep(result)
        if isinstance(kept, tuple):
            return kept if isinstance(kept[0], Statics) else (_WHOLE, kept)
    raise TypeError(
        f"{type(view).__name__}.render returned {kind}: return a t-string"
        ' (t"<p>...</p>"), or remove render and write a template file'
    )


def _render_tstring() -> Callable[[Any], Tree]:
    from wirebird.html.tstring.template import render_template

    return render_template


def template_names(view: type[Any]) -> list[str]:
    """Return the file names that a view's template may have, the closest first."""
    words = snake_case(view.__name__)
    short = re.sub(r"(_live_view|_view|_live|_component)$", "", words)
    module = view.__module__.rpartition(".")[2]
    if module == "__main__":
        module = Path(getattr(sys.modules["__main__"], "__file__", None) or "main").stem
    return list(dict.fromkeys(f"{name}.html" for name in (short, words, module)))
