"""Commands that the browser carries out by itself, chained into one attribute value.

The rule: a command is checked and encoded the moment it is added, so a chain is an immutable value
(comparable, hashable) that holds exactly what the JavaScript client reads: `[[kind, args], ...]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, Protocol, TypeAlias, cast, final

import msgspec
from markupsafe import Markup, escape

from wirebird.html.attributes import checked_value
from wirebird.html.escaping import stays_here
from wirebird.html.paths import as_url, leads_inside, prefix
from wirebird.jsonable import jsonable

__all__ = ["JS", "Scope", "Selector", "Transition", "closest", "inner", "js"]


@dataclass(frozen=True, slots=True)
class Scope:
    """A selector that starts at the element itself; made by `inner` and `closest`."""

    relation: Literal["inner", "closest"]
    selector: str


class Targetable(Protocol):
    """What `push(target=...)` takes beside a selector: anything with a component's `cid`."""

    @property
    def cid(self) -> int: ...


Selector: TypeAlias = str | Scope
Transition: TypeAlias = str | tuple[str, str, str]
Handler: TypeAlias = Callable[..., Any]


def inner(selector: str) -> Scope:
    """Return a target: what matches `selector` inside the element that has the command."""
    return Scope("inner", _text("inner", "selector", selector))


def closest(selector: str) -> Scope:
    """Return a target: the nearest ancestor (or the element itself) that matches `selector`."""
    return Scope("closest", _text("closest", "selector", selector))


@final
class JS:
    """An immutable chain of client commands.

    Start from `js`, the empty chain, and add commands; every method returns a new chain.

        <button phx-click="{{ js.push('save').hide(to='#modal', transition='fade-out') }}">

    Selectors (`to`) default to the element that has the command. They are CSS selectors for the
    whole page, or `inner(".x")` and `closest(".y")` (also `js.inner`, `js.closest`), which start
    at the element.

    Transitions are class names (`"fade-in"`) or three strings: the classes during the
    transition, at its start, and at its end (`("ease-out duration-300", "opacity-0",
    "opacity-100")`). `time` is their duration in milliseconds (the client's default: 200), and
    `blocking=False` lets updates of the page through meanwhile.

    Raises:
        TypeError: An argument of any command has the wrong type.
        ValueError: It has the right type, but says nothing or something impossible.
    """

    __slots__ = ("_commands",)

    _commands: tuple[str, ...]

    inner = staticmethod(inner)
    closest = staticmethod(closest)

    def __init__(self) -> None:
        object.__setattr__(self, "_commands", ())

    def push(
        self,
        event: str | Handler,
        *,
        value: Mapping[str, Any] | None = None,
        target: str | int | Targetable | None = None,
        loading: str | None = None,
        page_loading: bool = False,
    ) -> JS:
        """Send an event to the server.

        Args:
            event: The event's name, or the `@event` method itself (`self.save`).
            value: Merged into the event's payload.
            target: A component (its `cid`), or a selector of the element whose view or
                component receives the event.
            loading: A selector of more elements that get the loading classes meanwhile.
            page_loading: Whether `phx:page-loading-start` and `-stop` are dispatched.
        """
        return self._add(
            "push",
            event=_event_name(event),
            value=None if value is None else _mapping("push", "value", value),
            target=None if target is None else _target(target),
            loading=None if loading is None else _text("push", "loading", loading),
            page_loading=_flag("push", "page_loading", page_loading) or None,
        )

    def show(
        self,
        to: Selector | None = None,
        *,
        transition: Transition | None = None,
        time: int | None = None,
        display: str | None = None,
        blocking: bool = True,
    ) -> JS:
        """Show elements; `display` is the CSS display they get (default: `block`)."""
        return self._animate("show", to, time, blocking, transition=transition, display=display)

    def hide(
        self,
        to: Selector | None = None,
        *,
        transition: Transition | None = None,
        time: int | None = None,
        blocking: bool = True,
    ) -> JS:
        """Hide elements."""
        return self._animate("hide", to, time, blocking, transition=transition)

    def toggle(
        self,
        to: Selector | None = None,
        *,
        in_: Transition | None = None,
        out: Transition | None = None,
        time: int | None = None,
        display: str | None = None,
        blocking: bool = True,
    ) -> JS:
        """Show hidden elements (with the transition `in_`) and hide visible ones (`out`)."""
        return self._animate("toggle", to, time, blocking, in_=in_, out=out, display=display)

    def add_class(
        self,
        names: str | Sequence[str],
        *,
        to: Selector | None = None,
        transition: Transition | None = None,
        time: int | None = None,
        blocking: bool = True,
    ) -> JS:
        """Add classes: a list, or separated by spaces."""
        return self._animate("add_class", to, time, blocking, names=names, transition=transition)

    def remove_class(
        self,
        names: str | Sequence[str],
        *,
        to: Selector | None = None,
        transition: Transition | None = None,
        time: int | None = None,
        blocking: bool = True,
    ) -> JS:
        """Remove classes: a list, or separated by spaces."""
        return self._animate("remove_class", to, time, blocking, names=names, transition=transition)

    def toggle_class(
        self,
        names: str | Sequence[str],
        *,
        to: Selector | None = None,
        transition: Transition | None = None,
        time: int | None = None,
        blocking: bool = True,
    ) -> JS:
        """Add those of the classes that are missing, and remove those that are there."""
        return self._animate("toggle_class", to, time, blocking, names=names, transition=transition)

    def transition(
        self,
        transition: Transition,
        *,
        to: Selector | None = None,
        time: int | None = None,
        blocking: bool = True,
    ) -> JS:
        """Put classes on elements for a while, to animate them."""
        if transition is None:  # pyright: ignore[reportUnnecessaryComparison]
            _wrong_type("transition", "transition", transition, "class names or three strings")
        return self._animate("transition", to, time, blocking, transition=transition)

    def set_attribute(self, name: str, value: str, *, to: Selector | None = None) -> JS:
        """Set an attribute, to a value that is checked as in a template.

        Raises:
            UnsafeMarkup: The attribute holds code (`onclick`, `srcdoc`) and the value is no markup.
        """
        kind = "set_attribute"
        attr = [name, _attribute_value(kind, "value", name, value)]
        return self._add("set_attr", attr=attr, to=_to(kind, to))

    def remove_attribute(self, name: str, *, to: Selector | None = None) -> JS:
        """Remove an attribute."""
        kind = "remove_attribute"
        return self._add("remove_attr", attr=_text(kind, "name", name), to=_to(kind, to))

    def toggle_attribute(
        self, name: str, value: str, other: str | None = None, *, to: Selector | None = None
    ) -> JS:
        """Set an attribute to `value` or remove it; with `other`, switch between the two values.

        Example:
            `js.toggle_attribute("aria-expanded", "true", "false")`
        """
        kind = "toggle_attribute"
        attr = [name, _attribute_value(kind, "value", name, value)]
        if other is not None:
            attr.append(_attribute_value(kind, "other", name, other))
        return self._add("toggle_attr", attr=attr, to=_to(kind, to))

    def ignore_attributes(self, names: str | Sequence[str], *, to: Selector | None = None) -> JS:
        """Leave attributes to the browser: updates from the server no longer touch them.

        Args:
            names: One name or several; `*` stands for any characters (`"data-*"`).
            to: The elements; by default the one that has the command (see `phx-mounted`).
        """
        kind = "ignore_attributes"
        listed: Sequence[str] = [names] if isinstance(names, str) else names
        if not isinstance(listed, list | tuple):
            _wrong_type(kind, "names", names, "a name or a list of names")
        if not listed:
            raise ValueError("js.ignore_attributes() needs at least one name")
        attrs = [_text(kind, "names", name) for name in listed]
        return self._add("ignore_attrs", attrs=attrs, to=_to(kind, to))

    def dispatch(
        self,
        event: str,
        to: Selector | None = None,
        *,
        detail: Mapping[str, Any] | None = None,
        bubbles: bool = True,
        blocking: bool = False,
    ) -> JS:
        """Dispatch a DOM event.

        Args:
            event: The event's name.
            to: The elements that receive it.
            detail: What listeners find in `event.detail`, beside `dispatcher`.
            bubbles: Whether it bubbles.
            blocking: Whether updates of the page wait until a listener has called
                `event.detail.done()`.
        """
        _text("dispatch", "event", event)
        encoded = None if detail is None else _mapping("dispatch", "detail", detail)
        if detail is not None:
            if event == "click":
                raise ValueError(
                    "js.dispatch('click') cannot carry a detail: browsers replace it by a number. "
                    "Dispatch an event of your own, and click in its listener."
                )
            if blocking and "done" in detail:
                raise ValueError(
                    "js.dispatch(blocking=True) puts a function named 'done' into the detail; "
                    "rename your own 'done'"
                )
        return self._add(
            "dispatch",
            event=event,
            to=_to("dispatch", to),
            detail=encoded,
            bubbles=None if _flag("dispatch", "bubbles", bubbles) else False,
            blocking=_flag("dispatch", "blocking", blocking) or None,
        )

    def focus(self, to: Selector | None = None) -> JS:
        """Focus an element."""
        return self._add("focus", to=_to("focus", to))

    def focus_first(self, to: Selector | None = None) -> JS:
        """Focus the first element inside that can have the focus."""
        return self._add("focus_first", to=_to("focus_first", to))

    def push_focus(self, to: Selector | None = None) -> JS:
        """Remember an element, to be focused by the next `pop_focus`."""
        return self._add("push_focus", to=_to("push_focus", to))

    def pop_focus(self) -> JS:
        """Focus the element remembered last."""
        return self._add("pop_focus")

    def navigate(self, href: str, *, replace: bool = False) -> JS:
        """Go to another live view without loading the page anew.

        Args:
            href: A path of the application, or a URL of this site.
            replace: Whether it takes the place of the current entry in the browser's history.
        """
        return self._go("navigate", href, replace)

    def patch(self, href: str, *, replace: bool = False) -> JS:
        """Change the URL of the current live view, which receives `handle_params`.

        Args:
            href: A path of the application, or a URL of this site.
            replace: Whether it takes the place of the current entry in the browser's history.
        """
        return self._go("patch", href, replace)

    def exec(self, attribute: str, *, to: Selector | None = None) -> JS:
        """Carry out the commands in an attribute (`js.exec("data-cancel", to="#modal")`)."""
        return self._add("exec", attr=_text("exec", "attribute", attribute), to=_to("exec", to))

    def concat(self, other: JS) -> JS:
        """Return a chain of these commands followed by those of `other`."""
        if not isinstance(other, JS):  # pyright: ignore[reportUnnecessaryIsInstance]
            _wrong_type("concat", "other", other, "a JS chain")
        return _chain(self._commands + other._commands)

    def to_encodable(self) -> list[list[Any]]:
        """Return the commands as plain lists and dicts, as the client reads them."""
        return msgspec.json.decode(str(self))

    def _animate(
        self,
        kind: str,
        to: Selector | None,
        time: int | None,
        blocking: bool,
        *,
        names: str | Sequence[str] | None = None,
        transition: Transition | None = None,
        in_: Transition | None = None,
        out: Transition | None = None,
        display: str | None = None,
    ) -> JS:
        return self._add(
            kind,
            to=_to(kind, to),
            names=None if kind[-6:] != "_class" else _classes(kind, "names", names),
            display=None if display is None else _text(kind, "display", display),
            transition=_transition(kind, "transition", transition),
            ins=_transition(kind, "in_", in_),
            outs=_transition(kind, "out", out),
            time=None if time is None else _milliseconds(kind, time),
            blocking=None if _flag(kind, "blocking", blocking) else False,
        )

    def _go(self, kind: str, href: str, replace: bool) -> JS:
        href = as_url(href)
        chain = self._add(kind, href=_href(kind, href), replace=_flag(kind, "replace", replace))
        if not leads_inside(href):
            return chain
        return _chain((*self._commands, _Inside(chain._commands[-1])))

    def _add(self, kind: str, **args: Any) -> JS:
        given = {name: value for name, value in args.items() if value is not None}
        return _chain((*self._commands, _encode([kind, given]).decode()))

    def __str__(self) -> str:
        # Only here: a chain may be older than the page, and know no application yet.
        before = prefix()
        commands: Iterable[str] = self._commands
        if before:
            commands = (
                command.under(before) if isinstance(command, _Inside) else command
                for command in commands
            )
        return f"[{','.join(commands)}]"

    def __html__(self) -> Markup:
        return escape(str(self))

    def __repr__(self) -> str:
        return f"<JS [{','.join(self._commands)}]>"

    def __eq__(self, other: object) -> bool:
        if type(other) is not JS:
            return NotImplemented
        return self._commands == other._commands

    def __hash__(self) -> int:
        return hash(self._commands)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a JS chain does not change; js.{name}(...) would return a new one")

    def __reduce__(self) -> tuple[Any, ...]:
        return _chain, (self._commands,)


class _Inside(str):
    """A command that leads to a path of the application, which may be mounted somewhere."""

    __slots__ = ()

    def under(self, before: str) -> str:
        start, mark, rest = self.partition('"href":"')
        return start + mark + before + rest


def _chain(commands: tuple[str, ...]) -> JS:
    chain = object.__new__(JS)
    object.__setattr__(chain, "_commands", commands)
    return chain


js = JS()
"""The empty chain, from which templates and views start."""


_encode = msgspec.json.Encoder(enc_hook=jsonable).encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def _mapping(command: str, argument: str, value: Mapping[str, Any]) -> msgspec.Raw:
    if not isinstance(value, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        _wrong_type(command, argument, value, "a dict")
    # Sorted, so that equal values are equal text and the differ sees no change.
    return msgspec.Raw(_encode_sorted(msgspec.json.decode(_encode(dict(value)))))


def _event_name(event: str | Handler) -> str:
    if isinstance(event, str):
        return _text("push", "event", event)
    name = getattr(event, "__wirebird_event__", None)
    if isinstance(name, str):
        return name
    if callable(event):
        shown = getattr(event, "__qualname__", repr(event))
        raise TypeError(
            f"js.push() was given {shown}, which the browser may not call: "
            "mark it with @event, or give an event's name"
        )
    _wrong_type("push", "event", event, "an event's name or an @event method")


def _target(target: str | int | Targetable) -> str | int:
    if isinstance(target, str):
        return _text("push", "target", target)
    cid = target if isinstance(target, int) else getattr(target, "cid", None)
    if not isinstance(cid, int) or isinstance(cid, bool):
        _wrong_type("push", "target", target, "a selector or a component")
    return int(cid)


def _to(command: str, to: Selector | None) -> str | dict[str, str] | None:
    if to is None:
        return None
    if isinstance(to, Scope):
        return {to.relation: to.selector}
    return _text(command, "to", to, 'a selector, inner("...") or closest("...")')


def _classes(command: str, argument: str, names: Any) -> list[str]:
    if isinstance(names, list | tuple):
        names = " ".join(_text(command, argument, name) for name in cast("list[Any]", names))
    listed = _string(command, argument, names).split()
    if not listed:
        raise ValueError(f"js.{command}() needs at least one class in {argument}, got {names!r}")
    return listed


def _transition(command: str, argument: str, value: Any) -> list[list[str]] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return [_classes(command, argument, value), [], []]
    parts = cast("list[Any]", value)
    if not isinstance(value, tuple | list) or len(parts) != 3:
        _wrong_type(command, argument, parts, "class names, or three strings: during, start, end")
    during, start, end = parts
    return [
        _classes(command, argument, during),
        _string(command, argument, start).split(),
        _string(command, argument, end).split(),
    ]


def _milliseconds(command: str, time: int) -> int:
    if not isinstance(time, int) or isinstance(time, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        _wrong_type(command, "time", time, "a whole number of milliseconds")
    if time < 0:
        raise ValueError(f"js.{command}(time={time}) is negative: give milliseconds from 0")
    return time


def _href(command: str, href: str) -> str:
    if not stays_here(_text(command, "href", href, "a path")):
        raise ValueError(
            f"js.{command}({href!r}) leaves this site: give a path such as '/rooms/1', "
            "and use a plain link for other sites"
        )
    return str.__str__(href)


def _attribute_value(command: str, argument: str, name: str, value: str) -> str:
    _text(command, "name", name)
    _string(command, argument, value)
    return checked_value(name, value)


def _flag(command: str, argument: str, value: bool) -> bool:
    if not isinstance(value, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        _wrong_type(command, argument, value, "True or False")
    return value


def _string(command: str, argument: str, value: Any, expected: str = "a string") -> str:
    if not isinstance(value, str):
        _wrong_type(command, argument, value, expected)
    return str.__str__(value)


def _text(command: str, argument: str, value: Any, expected: str = "a string") -> str:
    text = _string(command, argument, value, expected)
    if not text.strip():
        raise ValueError(f"js.{command}() was given an empty {argument}: give {expected}")
    return text


def _wrong_type(command: str, argument: str, value: object, expected: str) -> NoReturn:
    raise TypeError(
        f"js.{command}() expects {expected} as {argument}, got {value!r} "
        f"of type {type(value).__name__}"
    )
