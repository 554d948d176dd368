"""The components of one view: which there are, what they show, and what of it was sent.

The rule: a component's number (cid) is never used again. It is given its props while the view
renders, updated and rendered after it, and removed when the client says that it left the page and
the trees as they are now agree.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

from wirebird.html.bounded import BoundedCache
from wirebird.html.differ import SharedMessage
from wirebird.html.errors import ComponentError
from wirebird.html.kept_rows import KeptRows
from wirebird.html.markup import MarkupMismatch
from wirebird.html.scanner import Scanner
from wirebird.html.tree import Comprehension, Encoder, Statics, Tree, write_html
from wirebird.live import lifecycle
from wirebird.live.around import call_within, current_around, within
from wirebird.live.component import LiveComponent, Target, group_by_class
from wirebird.live.errors import Redirect
from wirebird.live.rendering import PageNames, Renderer
from wirebird.live.socket import Socket
from wirebird.live.temporary import drop
from wirebird.runtime.children import ChildNode
from wirebird.runtime.props import same, snapshot

logger = logging.getLogger("wirebird.runtime")

_OPENING = re.compile(r"(?:\s|<!--.*?-->)*<[^\s/>!]+", re.DOTALL)

MAX_DEPTH = 64
"""Deepest nesting of components in components."""

_MOST_QUESTIONS = 64
"""How many of a client's questions about one component are remembered."""


class OncePerPage:
    """Who put what on the page since it was last settled.

    A page's parts render one by one, some of them twice: what a part put there may be put there by
    that part again, at its next render, and by nobody else. So each render has a number: a key that
    was taken under the same number stands there twice, under an older one of the same part it is
    the same again.
    """

    __slots__ = ("_placed", "_renders", "placer")

    def __init__(self) -> None:
        self._placed: dict[object, tuple[object, int]] = {}
        self.placer: object = None
        self._renders = 0

    def begin(self, placer: object) -> None:
        """Take note that the view (None) or one of its components is about to render."""
        self.placer = placer
        self._renders += 1

    def take(self, key: object) -> bool:
        """Put something on the page; False if it is there already."""
        placer, render = self._placed.get(key, (self.placer, -1))
        if placer is not self.placer or render == self._renders:
            return False
        self._placed[key] = (placer, self._renders)
        return True

    def clear(self) -> None:
        """Begin anew: the page is settled."""
        self._placed.clear()
        self.placer = None


class ComponentNode:
    """What stands for a component in a tree; the same object at every render."""

    __slots__ = ("cid", "entry")

    def __init__(self, cid: int, entry: _ComponentEntry) -> None:
        self.cid = cid
        self.entry = entry

    def write_html(self, write: Callable[[str], object]) -> None:
        """Write the component's HTML, marked with its number."""
        parts: list[str] = []
        write_html(cast(Tree, self.entry.tree), parts.append)
        html = "".join(parts)
        opening = cast("re.Match[str]", _OPENING.match(html)).end()
        write(f'{html[:opening]} data-phx-component="{self.cid}"{html[opening:]}')

    def full(self, message: Encoder) -> int:
        """It is sent as the component's number."""
        return self.cid

    def diff(self, old: Any, message: Encoder) -> int | None:
        """It changes when another component stands here."""
        return None if old is self else self.cid


class _ComponentEntry:
    """A component, and what is known of it.

    Attributes:
        props: What the template gave it last; None when that may not have reached it.
        given: Those props as they were then.
        placer: The component in whose render it was placed last; None for the view.
        placed: How many questions the client had asked by then.
        questions: Which of the client's questions, by number, were whether it may remove this.
    """

    __slots__ = (
        "component", "given", "kept", "mounted", "names", "node", "placed", "placer", "props",
        "questions", "sent", "tree",
    )  # fmt: skip

    def __init__(self, component: LiveComponent[Any], cid: int) -> None:
        self.component = component
        self.node = ComponentNode(cid, self)
        self.names = PageNames(component.socket, component)
        self.props: Mapping[str, Any] | None = None
        self.given: dict[str, Any] | None = None
        self.placer: _ComponentEntry | None = None
        self.placed = 0
        self.questions: list[int] = []
        self.tree: Tree | None = None
        self.sent: Tree | None = None
        self.kept: KeptRows | None = None
        self.mounted = False


class StoredParts(Protocol):
    """What is stored of the components of a view that was restored; see `StoredComponents`."""

    def take(self, component: LiveComponent[Any], given: Mapping[str, Any] | None) -> Any: ...
    def fill(self, component: LiveComponent[Any], stored: Any) -> None: ...


class Components:
    """The components of one view.

    Args:
        socket: The view's socket, which its components share.
        renderer: Returns what renders the components of a class.
        once: Who put what on the page.

    Attributes:
        check: Raises for a class whose state cannot be stored, in a view that is.
        is_first: Whether the page is rendered before it has a socket.
        stored: What is stored of components that the page had before, in a view that was restored.
    """

    __slots__ = (
        "_by_cid", "_by_key", "_changed", "_next", "_once", "_questions", "_renderer", "_socket",
        "_touched", "_waiting", "check", "is_first", "stored",
    )  # fmt: skip

    def __init__(
        self, socket: Socket, renderer: Callable[[type[Any]], Renderer], once: OncePerPage
    ) -> None:
        self._socket = socket
        self._renderer = renderer
        self._once = once
        self._next = 1
        self._questions = 0
        self._by_cid: dict[int, _ComponentEntry] = {}
        self._by_key: dict[tuple[type[Any], str], _ComponentEntry] = {}
        self._touched: dict[_ComponentEntry, None] = {}
        self._waiting: dict[_ComponentEntry, list[Mapping[str, Any]]] = {}
        self._changed: dict[_ComponentEntry, None] = {}
        self.check: Callable[[type[Any]], object] | None = None
        self.is_first = not socket.connected
        self.stored: StoredParts | None = None

    def __len__(self) -> int:
        return len(self._by_cid)

    def __iter__(self) -> Iterator[LiveComponent[Any]]:
        return iter([entry.component for entry in self._by_cid.values()])

    def placed(self) -> list[tuple[LiveComponent[Any], Mapping[str, Any] | None]]:
        """Return all mounted components with what they were given; see `props.snapshot`."""
        entries = self._by_cid.values()
        return [(entry.component, entry.given) for entry in entries if entry.mounted]

    def find(self, cid: object) -> LiveComponent[Any] | None:
        """Return the component of a number that a client sent, or None."""
        entry = self._by_cid.get(cid) if type(cid) is int else None
        return None if entry is None else entry.component

    # While the view renders

    def place(self, component: type[LiveComponent[Any]], id: str, props: Mapping[str, Any]) -> Any:
        """Return the node for a component, made if there is none yet; its props wait.

        Raises:
            ComponentError: It stands twice in what is being rendered.
        """
        key = (component, id)
        if not self._once.take(key):
            raise ComponentError(
                f"{component.__name__} stands twice on the page with id={id!r}: give each its own"
            )
        entry = self._by_key.get(key)
        if entry is None:
            if self.check is not None and component.durable is not False:
                self.check(component)
            cid = self._next
            self._next += 1
            entry = _ComponentEntry(component(self._socket, id, Target(cid)), cid)
            self._by_key[key] = self._by_cid[cid] = entry
        entry.placer = cast("_ComponentEntry | None", self._once.placer)
        entry.placed = self._questions
        given = snapshot(props)
        if entry.props is not None and same(entry.given, given):
            return entry.node
        entry.props, entry.given = props, given
        self._waiting.setdefault(entry, []).append(props)
        return entry.node

    def update(
        self, component: type[LiveComponent[Any]], id: str, props: Mapping[str, Any]
    ) -> bool:
        """Let props wait for a component that is on the page; False if it is not.

        What the template gives it is not changed by that: only when the template gives it
        something else is it updated with that again.

        Raises:
            ComponentError: A prop is unknown.
        """
        entry = self._by_key.get((component, id))
        if entry is None:
            return False
        props = entry.component.complete_props(props, entry.props or {})
        component.check_props(props)
        self._waiting.setdefault(entry, []).append(props)
        return True

    def touch(self, component: LiveComponent[Any]) -> None:
        """Let a component render again."""
        self._touched[self._by_cid[component.myself.cid]] = None

    async def settle(self) -> None:
        """Update and render what waits, and whatever that places, until nothing waits.

        Raises:
            ComponentError: A component has not exactly one root element, or they nest for ever.
            Redirect: A component sent the visitor elsewhere.
        """
        waiting: dict[_ComponentEntry, list[Mapping[str, Any]]] = {}
        try:
            for _ in range(MAX_DEPTH):
                waiting, self._waiting = self._waiting, {}
                touched, self._touched = self._touched, {}
                if not waiting and not touched:
                    return
                await self._update(waiting)
                for entry in {**touched, **dict.fromkeys(waiting)}:
                    await self._render(entry)
        except BaseException:
            for entry in waiting:
                entry.props = None  # what it was given may not have reached it
            raise
        raise ComponentError(f"components are nested more than {MAX_DEPTH} levels deep")

    async def _update(self, waiting: dict[_ComponentEntry, list[Mapping[str, Any]]]) -> None:
        updates: list[tuple[LiveComponent[Any], Mapping[str, Any]]] = []
        restored: list[tuple[LiveComponent[Any], Any]] = []
        for entry, given in waiting.items():
            component = entry.component
            if not entry.mounted:
                await lifecycle.mount_component(component)
                entry.mounted = True
                if self.stored is not None:
                    restored.append((component, self.stored.take(component, entry.given)))
            updates += [(component, component.take_slots(props)) for props in given]
        for kind, group in group_by_class(updates).items():
            update_many: Any = getattr(kind, "update_many", None)
            if update_many is not None:
                await call_within(group[0][0], update_many, group)
                continue
            for component, props in group:
                if current_around.get() is not None:
                    await within(component, "update", _take_props, component, props)
                    continue
                result = component.take_props(props)
                if inspect.isawaitable(result):
                    await result
        for component, stored in restored:
            if stored is not None:
                cast(StoredParts, self.stored).fill(component, stored)
        navigation = self._socket.take_navigation()
        if navigation is not None:
            if navigation.kind == "patch":
                names = ", ".join(sorted({type(component).__name__ for component, _ in updates}))
                raise ComponentError(
                    f"{names}: mount and update cannot push_patch, for the page is being rendered:"
                    " do it in an event, or send the view a message that does it"
                )
            raise Redirect.of(navigation)

    async def _render(self, entry: _ComponentEntry) -> None:
        if entry.kept is None:
            entry.kept = KeptRows()
        component = entry.component
        self._once.begin(entry)
        rendered = self._renderer(type(component)).render(component, entry.names, entry.kept)
        tree = rendered if type(rendered) is tuple else await cast("Awaitable[Tree]", rendered)
        tree = _innermost(tree)
        statics: Any = tree[0]
        if type(statics) is not Statics or not statics.root:
            raise ComponentError(
                f"{type(component).__name__} must have exactly one root element:"
                " put one element around all of its HTML"
            )
        entry.tree = tree
        if component.temporary and not self.is_first:
            drop(component.state, component.temporary)
        self._changed[entry] = None

    # To the client

    def full(self) -> dict[int, Any]:
        """Return all components for a client that has none of them."""
        for entry in self._by_cid.values():
            entry.sent = None
            if entry.tree is not None:
                self._changed[entry] = None
        return self.diff()

    def diff(self) -> dict[int, Any]:
        """Return what the client must be told of components, by their numbers; perhaps nothing."""
        changed, self._changed = self._changed, {}
        payload: dict[int, Any] = {}
        known = (
            {
                entry.sent[0]: entry
                for entry in self._by_cid.values()
                # Where a transition holds the message up, the client removes others before it.
                if entry.sent is not None and not entry.questions
            }
            if any(entry.sent is None for entry in changed)
            else {}
        )
        fresh: dict[Statics, _ComponentEntry] = {}
        for entry in changed:
            if entry.sent is None:
                payload[entry.node.cid] = self._new(entry, fresh, known)
        for entry in changed:
            if entry.sent is not None and entry.tree is not entry.sent:
                part = SharedMessage().diff_tree(entry.sent, cast(Tree, entry.tree))
                if part is not None:
                    payload[entry.node.cid] = part
            entry.sent = entry.tree
        return payload

    @staticmethod
    def _new(
        entry: _ComponentEntry,
        fresh: dict[Statics, _ComponentEntry],
        known: dict[Any, _ComponentEntry],
    ) -> Any:
        """Return a component in full, with the statics of another of its kind if there is one."""
        tree = cast(Tree, entry.tree)
        statics: Statics = tree[0]
        message = SharedMessage()
        if statics in fresh:
            like = fresh[statics]
            return {**message.full_like(tree, cast(Tree, like.tree)), "s": like.node.cid}
        fresh[statics] = entry
        if statics in known:
            # Less than zero: the client copies from what it showed before this message, where the
            # number itself would be looked for among the components that this message brings.
            like = known[statics]
            return {**message.full_like(tree, cast(Tree, like.sent)), "s": -like.node.cid}
        return message.full_tree(tree)

    # Leaving the page
    #
    # The client first asks whether it may remove what it no longer shows, and once it has the
    # answer, tells what of that it still does not show. Meanwhile more may have come and gone, and
    # what it tells may follow from an earlier question than the last. So what counts is what the
    # trees hold now: the client will have seen them when it reads the answer. They do not hold
    # rows of streams and what a temporary field showed: there the client knows best, if what it
    # tells follows from a question that it asked since these were placed.

    def will_leave(self, cids: Iterable[object]) -> None:
        """Take note that the client is about to remove components."""
        self._questions += 1
        for cid in cids:
            entry = self._by_cid.get(cid) if type(cid) is int else None
            if entry is not None and len(entry.questions) < _MOST_QUESTIONS:
                entry.questions.append(self._questions)

    def left(self, cids: Iterable[object], tree: Tree | None) -> list[int]:
        """Remove the components that left the page, and those in them; return their numbers.

        Args:
            cids: What the client no longer shows.
            tree: What the view shows now.
        """
        told: dict[_ComponentEntry, bool] = {}
        for cid in cids:
            entry = self._by_cid.get(cid) if type(cid) is int else None
            if entry is not None and entry not in told:
                # It may follow from a later question; then the component is kept too long.
                question = entry.questions.pop(0) if entry.questions else 0
                told[entry] = question > max(part.placed for part in _lineage(entry))
        if not told:
            return []
        shown = self._shown([(None, tree)], told)
        # What is hidden and stays for now may be shown again, with what its tree holds.
        kept = [entry for entry in self._by_cid.values() if told.keys().isdisjoint(_lineage(entry))]
        shown |= self._shown([(entry, entry.tree) for entry in kept], told)
        gone = {entry for entry in told if entry not in shown}
        gone |= {
            entry
            for entry in self._by_cid.values()
            if entry not in shown and not gone.isdisjoint(_lineage(entry))
        }
        for entry in gone:
            del self._by_cid[entry.node.cid]
            del self._by_key[type(entry.component), entry.component.id]
            for marks in (self._waiting, self._touched, self._changed):
                marks.pop(entry, None)
        return sorted(entry.node.cid for entry in gone)

    def _shown(
        self,
        waiting: list[tuple[_ComponentEntry | None, Tree | None]],
        told: Mapping[_ComponentEntry, bool],
    ) -> set[_ComponentEntry]:
        """Return what the trees hold, and what the client may show where they do not tell."""
        shown: set[_ComponentEntry] = set()
        untold: dict[_ComponentEntry | None, list[_ComponentEntry]] | None = None
        while waiting:
            placer, tree = waiting.pop()
            found, forgets = _components_of(tree)
            if forgets:
                if untold is None:
                    untold = {}
                    for entry in self._by_cid.values():
                        if not told.get(entry):
                            untold.setdefault(entry.placer, []).append(entry)
                found += untold.get(placer, ())
            for entry in found:
                if entry not in shown:
                    shown.add(entry)
                    waiting.append((entry, entry.tree))
        return shown


def _lineage(entry: _ComponentEntry) -> list[_ComponentEntry]:
    """Return a component and those in which it was placed, outwards."""
    lineage: list[_ComponentEntry] = []
    placer: _ComponentEntry | None = entry
    while placer is not None and len(lineage) <= MAX_DEPTH:
        lineage.append(placer)
        placer = placer.placer
    return lineage


def _components_of(tree: Tree | None) -> tuple[list[_ComponentEntry], bool]:
    """Return the components in a tree, and whether the page may show more than it holds."""
    found: list[_ComponentEntry] = []
    forgets = False
    nodes: list[Any] = [tree or ("",)]
    while nodes:
        node = nodes.pop()
        kind = cast(Any, type(node))
        if kind is str or kind is int or kind is ChildNode:
            continue
        if kind is tuple:
            if type(node[0]) is Statics:
                nodes += node[1 : node[0].width + 1]
        elif kind is Comprehension:
            width = node.statics.width
            for row in node.rows:
                nodes += row[:width]
        elif kind is ComponentNode:
            found.append(node.entry)
        else:
            forgets = True
    return found, forgets


async def _take_props(component: LiveComponent[Any], props: Mapping[str, Any]) -> None:
    result = component.take_props(props)
    if inspect.isawaitable(result):
        await result


def _innermost(tree: Tree) -> Tree:
    """Return the tree with the element, where all else around it is space: that of an `if`."""
    while True:
        statics, *dynamics = tree
        if (
            type(statics) is not Statics
            or statics.root
            or len(dynamics) != 1
            or type(dynamics[0]) is not tuple
            or "".join(statics.strings).strip()
        ):
            return tree
        tree = cast(Tree, dynamics[0])
        if type(tree[0]) is str:
            return (_constant(tree[0]),)


_constants = BoundedCache[str, Statics](4 * 1024 * 1024)


def _constant(html: str) -> Statics:
    known = _constants.get(html)
    return known or _constants.keep(html, _read(html), 100 + len(html))


def _read(html: str) -> Statics:
    scanner = Scanner()
    try:
        scanner.feed(html)
    except MarkupMismatch:
        return Statics((html,))
    return Statics((html,), root=scanner.is_root)
