"""`LiveComponent`: a part of a page with state and events of its own.

The rule: a component belongs to one view and lives as long as its place on the page. It is known
by its class and its `id`; what it is given are props, what it keeps is state.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, Protocol, cast

from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.slots import EMPTY, Slot, call_block
from wirebird.html.tree import exact
from wirebird.live.generics import plain_class
from wirebird.live.socket import Socket
from wirebird.live.view import Live, State
from wirebird.names import did_you_mean


class Target:
    """A component as the target of events: `phx-target="{{ myself }}"`.

    Attributes:
        cid: The component's number in its view.
    """

    __slots__ = ("cid",)

    def __init__(self, cid: int) -> None:
        self.cid = cid

    def __str__(self) -> str:
        return str(self.cid)

    def __repr__(self) -> str:
        return f"<Target {self.cid}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and other.cid == self.cid

    def __hash__(self) -> int:
        return hash(self.cid)


class LiveComponent(Live[State]):
    """A part of a page with state and events of its own.

    Write what it needs of these:

    - `mount(self)`: once, before the first `update`.
    - `update(self, ...)`: takes the props, at first and whenever they change. Without it, props
      are put into the state's fields of the same names.
    - `update_many(updates)`: a classmethod that takes all updates of a render at once, as a list
      of `(component, props)`, to load what they need in one query.
    - `@event` methods and `handle_event(self, event, payload)`, for elements with
      `phx-target="{{ myself }}"`.
    - `render(self)`: a t-string, when there is no template file. Either has one root element.

    Attributes:
        myself: This component as a target.
        id: The `id` that it was given.
        slots: Content that was given to it, by name: what stood between its tags, or in its call
            block, is both `inner_block` and `children`.

    Example:
        ```python
        class Like(LiveComponent[Likes]):
            @event
            async def like(self) -> None:
                self.state.count += 1
        ```

        ```jinja
        {{ live_component(Like, id="post-1", label="Like this") }}
        ```
    """

    myself: Target
    id: str
    slots: dict[str, Any]

    _stages: ClassVar[Mapping[str, Any]] = {"mount": "mount"}
    _signature: ClassVar[inspect.Signature | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        update: Any = getattr(cls, "update", None)
        cls._signature = None if update is None else inspect.signature(update)

    def __init__(self, socket: Socket, id: str, myself: Target) -> None:
        super().__init__(socket)
        self.id = id
        self.myself = myself
        self.slots = {}

    @classmethod
    def __place__(cls, *, id: object = None, **props: Any) -> Any:
        """Put the component on the page from a t-string: `<{Like} id="post-1" label="Like" />`."""
        return live_component(cls, id=id, **props)

    @classmethod
    def check_props(cls, props: Mapping[str, Any]) -> None:
        """Refuse props that the component does not take.

        Raises:
            ComponentError: A prop is missing or unknown; names the component and what it takes.
        """
        names = {name for name, value in props.items() if not is_content(value)}
        if cls._signature is not None:
            try:
                cls._signature.bind(None, **{name: props[name] for name in names})
            except TypeError as error:
                unknown = names - cls._signature.parameters.keys()
                hint = "".join(_meant(name, cls._signature.parameters) for name in sorted(unknown))
                raise ComponentError(
                    f"{cls.__name__} cannot be given these props: {error}{hint}"
                ) from None
            return
        if hasattr(cls, "update_many"):
            return
        fields = field_names(cls.definition.state_class)
        unknown = sorted(names - fields) if fields is not None else []
        if unknown:
            raise ComponentError(
                f"{cls.__name__} has no field {unknown[0]!r} to put this prop into: add it to"
                f" {cls.definition.state_class.__name__}, or write update(self, {unknown[0]})"
                f"{_meant(unknown[0], fields or ())}"
            )

    @classmethod
    def complete_props(cls, props: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
        """Return props with those added, from the last ones, that `update` cannot do without."""
        takes = () if cls._signature is None else cls._signature.parameters.values()
        missing = {
            parameter.name: last[parameter.name]
            for parameter in takes
            if parameter.default is inspect.Parameter.empty and parameter.name in last
        }
        content = {name: value for name, value in last.items() if is_content(value)}
        return {**content, **missing, **props}

    def take_slots(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the content that is among the props; return the others."""
        own = {name: value for name, value in props.items() if not is_content(value)}
        slots = {name: value for name, value in props.items() if name not in own}
        content = slots.get("inner_block") or slots.get("children") or EMPTY
        self.slots = {**slots, "inner_block": content, "children": content}
        return own

    def take_props(self, props: Mapping[str, Any]) -> Any:
        """Hand the props to `update`, or put them into the state; may have to be awaited."""
        if self._signature is not None:
            return cast(Any, self).update(**props)
        state: Any = self.state
        if isinstance(state, dict):
            cast("dict[str, Any]", state).update(props)
        else:
            for name, value in props.items():
                setattr(state, name, value)
        return None


def is_content(value: object) -> bool:
    """Tell whether a prop is content that stood between tags, not data."""
    if isinstance(value, Slot):
        return True
    if not isinstance(value, list):
        return False
    items = cast("list[Any]", value)
    return bool(items) and isinstance(items[0], Slot)


def field_names(state: Any) -> frozenset[str] | None:
    """Return the names of a state's fields, or None when it takes any."""
    names: set[str] = set()
    plain = plain_class(state)
    for kind in getattr(plain, "__mro__", (plain,)):
        names.update(getattr(kind, "__annotations__", {}))
    return frozenset(names) or None


def _meant(name: str, known: Iterable[str]) -> str:
    meant = did_you_mean(name, known)
    return f"; {meant}" if meant else ""


class Placer(Protocol):
    """Puts components and nested views on the page of the view that renders."""

    def place(self, component: type[LiveComponent[Any]], id: str, props: Mapping[str, Any]) -> Any:
        """Return the node that stands for a component in the tree."""
        ...

    def place_view(
        self,
        view: type[Any],
        id: str,
        session: dict[str, Any],
        sticky: bool,
        container: tuple[str, Mapping[str, str]],
    ) -> Any:
        """Return the node that stands for a nested view in the tree."""
        ...


current_placer: ContextVar[Placer] = ContextVar("wirebird_placer")


def live_component(component: type[LiveComponent[Any]], *, id: object, **props: Any) -> Any:
    """Put a component on the page.

    Args:
        component: Its class.
        id: What tells it from others of its class; text or a number.
        props: What it is given. In Jinja, the body of `{% call live_component(...) %}` is its
            `inner_block`.

    Returns:
        Markup for the template.

    Raises:
        ComponentError: A prop is unknown or missing, the `id` is empty or stands twice on the
            page, or no view is being rendered.

    Example:
        ```jinja
        {{ live_component(Like, id="post-" ~ post.id, label="Like") }}
        ```
    """
    if not (isinstance(component, type) and issubclass(component, LiveComponent)):  # pyright: ignore
        raise ComponentError(f"live_component takes a LiveComponent's class, not {component!r:.80}")
    name = exact(id)
    if not name or id is None:
        raise ComponentError(f"{component.__name__} needs an id: live_component(..., id=...)")
    placer = current_placer.get(None)
    if placer is None:
        raise ComponentError(f"{component.__name__} can only stand in the template of a live view")
    caller: Callable[..., Any] | None = props.pop("caller", None)
    if caller is not None:
        props["inner_block"] = call_block(caller)
    component.check_props(props)
    return Fragment(placer.place(component, name, props))


def group_by_class(
    updates: Sequence[tuple[LiveComponent[Any], Mapping[str, Any]]],
) -> dict[type[LiveComponent[Any]], list[tuple[LiveComponent[Any], Mapping[str, Any]]]]:
    """Return updates by the class of their component, in the order in which classes appear."""
    groups: dict[type[LiveComponent[Any]], list[tuple[LiveComponent[Any], Mapping[str, Any]]]] = {}
    for component, props in updates:
        groups.setdefault(type(component), []).append((component, props))
    return groups
