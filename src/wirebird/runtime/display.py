"""`Display`: what a view shows, and what of it the client already has.

The rule: rendering has no effect but on the trees kept here. The first (HTTP) render and the
socket show the same, by the same steps.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from weakref import WeakValueDictionary

from wirebird.html.differ import Message
from wirebird.html.errors import ComponentError
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Tree, to_html
from wirebird.live import lifecycle
from wirebird.live.component import LiveComponent, current_placer
from wirebird.live.errors import Redirect
from wirebird.live.rendering import PageNames
from wirebird.live.temporary import drop
from wirebird.live.view import Live, LiveView
from wirebird.runtime.children import ChildNode
from wirebird.runtime.components import Components, OncePerPage, StoredParts
from wirebird.runtime.endpoint import Endpoint


class Display:
    """The trees of one view and its components.

    Args:
        endpoint: The application.
        view: The view.
        route: The route that it answers, which may name a layout; None for a nested view.
    """

    __slots__ = (
        "_children",
        "_flash",
        "_kept",
        "_key",
        "_layout",
        "_once",
        "_page",
        "_renderer",
        "changed",
        "check",
        "components",
        "endpoint",
        "first",
        "stored",
        "tree",
        "view",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, view: LiveView[Any], route: Any) -> None:
        self.endpoint = endpoint
        self.view = view
        self.tree: Tree | None = None
        self.components: Components | None = None
        # Whether the view itself, not only a component, may show something else.
        self.changed = True
        # Raises for a component's class whose state cannot be stored, where it must be.
        self.check: Callable[[type[Any]], object] | None = None
        # What is stored of components, in a view that was restored.
        self.stored: StoredParts | None = None
        # Renders a nested view of a first render that is kept, until its page takes it over.
        self.first: Callable[[ChildNode], Awaitable[None]] | None = None
        self._renderer = endpoint.renderer(type(view))
        self._layout = endpoint.layout(route, type(view))
        self._page = PageNames(view.socket)
        self._kept: KeptRows | None = None
        self._flash = view.socket.flash
        # Only as long as they stand in a tree: a page may show ever new ones.
        self._children: WeakValueDictionary[str, ChildNode] | None = None
        self._key = ""
        self._once = OncePerPage()

    def place(self, component: type[LiveComponent[Any]], id: str, props: Mapping[str, Any]) -> Any:
        """Return the node that stands for a component in what is being rendered."""
        if self.components is None:
            self.components = Components(self.view.socket, self.endpoint.renderer, self._once)
            self.components.is_first = self.first is not None
            self.components.stored = self.stored
            self.components.check = self.check
        return self.components.place(component, id, props)

    def place_view(
        self,
        view: type[LiveView[Any]],
        id: str,
        session: dict[str, Any],
        sticky: bool,
        container: tuple[str, Mapping[str, str]],
    ) -> ChildNode:
        """Return the node that stands for a nested view; the same one at every render."""
        if not self._once.take(id):
            raise ComponentError(
                f"{view.__name__} stands twice on the page with id={id!r}: give each its own"
            )
        if self._children is None:
            self._children = WeakValueDictionary()
            self._key = secrets.token_urlsafe(9)
        child = self._children.get(id)
        if child is None or child.view is not view or child.session != session:
            child = self._children[id] = ChildNode(view, id, session, sticky, container)
            is_first = self.first is not None or not self.view.socket.connected
            child.sign(self.endpoint.signer, self.view.socket, self._key, is_first)
        return child

    def admits(self, key: str) -> bool:
        """Tell whether a nested view's token was made for this page, not for one before it."""
        return bool(self._key) and key == self._key

    # What may have changed

    def target(self, payload: Mapping[str, Any]) -> Live[Any] | None:
        """Return the view or component that an event is for, which may show something new now."""
        if "cid" not in payload:
            self.changed = True
            return self.view
        component = None if self.components is None else self.components.find(payload["cid"])
        if component is not None:
            cast(Components, self.components).touch(component)
        return component

    def has(self, owner: Live[Any]) -> bool:
        """Tell whether the page still has that view or component."""
        if owner is self.view:
            return True
        return (
            isinstance(owner, LiveComponent)
            and self.components is not None
            and self.components.find(owner.myself.cid) is owner
        )

    def touch(self, owner: Live[Any]) -> bool:
        """Let a view or component render again; False if it is gone."""
        if not self.has(owner):
            return False
        if isinstance(owner, LiveComponent):
            cast(Components, self.components).touch(owner)
        else:
            self.changed = True
        return True

    def touch_all(self) -> None:
        """Let the view and all of its components render again."""
        self.changed = True
        for component in self.components or ():
            cast(Components, self.components).touch(component)

    # Rendering

    async def html(self) -> str:
        """Return the page's HTML; of streams and temporary fields, nothing is taken by that."""
        placer = current_placer.set(self)
        try:
            tree = await self._render(None)
            if self.components is not None:
                await self.components.settle()
            for child in list(self._children.values()) if self._children else ():
                await (self.first or self._render_child)(child)
            return to_html(tree)
        finally:
            # A server's timers keep the request's context, and all in it, long after the response.
            current_placer.reset(placer)

    async def _render_child(self, child: ChildNode) -> None:
        socket = self.view.socket
        view = child.make(socket)
        try:
            guard = None
            if child.sticky:
                guard = self.endpoint.router.match_url(socket.url, socket.root_path)
            went_on = await lifecycle.begin(view, None, guard)
            navigation = view.socket.take_navigation()
            if navigation is not None and not (went_on and navigation.kind == "patch"):
                socket.flash = {**socket.flash, **view.socket.flash}
                raise Redirect.of(navigation)
            child.inner = await Display(self.endpoint, view, None).html()
        finally:
            await lifecycle.terminate(view, "http")

    def take_over(self) -> None:
        """Belong to the page from now on that was rendered before it had a socket."""
        self.first = None
        self._children = None  # they are joined with other tokens now
        if self.components is not None:
            self.components.is_first = False
            self.components.check = self.check

    async def full(self, message: Message) -> dict[Any, Any]:
        """Render, and return everything, for a client that has nothing."""
        current_placer.set(self)
        self.tree = await self._update()
        payload = message.full_tree(self.tree)
        self.changed = False
        if self.components is not None:
            await self.components.settle()
            components = self.components.full()
            if components:
                payload["c"] = components
        return payload

    async def diff(self, message: Message) -> dict[Any, Any]:
        """Render what may have changed, and return what the client must be told."""
        payload: dict[Any, Any] = {}
        new = self.tree
        current_placer.set(self)
        if self.changed or self.view.socket.flash is not self._flash:
            new = await self._update()
        else:
            self._once.clear()
        if self.components is not None:
            await self.components.settle()
        if new is not self.tree:
            payload = message.diff_tree(self.tree, new) or payload  # type: ignore[arg-type]
            self.tree = new
            self.changed = False
        if self.components is not None:
            # A client that replaces the whole tree forgets the components in it.
            replaced = "s" in payload
            components = self.components.full() if replaced else self.components.diff()
            if components:
                payload["c"] = components
        return payload

    async def _update(self) -> Tree:
        if self._kept is None:
            self._kept = KeptRows()
        self._flash = self.view.socket.flash
        return await self._render(self._kept)

    async def _render(self, kept: KeptRows | None) -> Tree:
        self._once.clear()
        self._once.begin(None)
        rendered = self._renderer.render(self.view, self._page, kept)
        if type(rendered) is not tuple:
            rendered = await cast("Awaitable[Tree]", rendered)
        tree: Tree = rendered
        if self.view.temporary and kept is not None:
            drop(self.view.state, self.view.temporary)
        return tree if self._layout is None else self._layout(self.view.socket, tree)
