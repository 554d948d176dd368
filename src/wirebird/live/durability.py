"""`durable`: which views are stored, and what of them.

The rule: the nearest word counts, a view's before its live session's, that before the
application's; and what cannot be stored is found where the view is routed, not at its first event.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from wirebird.errors import DefinitionError
from wirebird.html.errors import ComponentError
from wirebird.live.stored import OpenFields, StoredFields
from wirebird.live.view import Durable, Live

_fields: WeakKeyDictionary[type[Live[Any]], StoredFields | OpenFields] = WeakKeyDictionary()


class NoStore(DefinitionError):
    """A view is durable, and the application has no store."""

    def __init__(self, view: type[Live[Any]]) -> None:
        super().__init__(
            f"{view.__name__} is durable, and there is no store to keep its state in. Give the"
            ' application one: Wirebird(store="sqlite:///state.db") is a file for one machine,'
            ' "redis://..." and "postgresql://..." are shared by several, "memory:" lasts as long'
            " as the process. Or set WIREBIRD_STORE to such an address."
        )


class CannotPause(DefinitionError):
    """`pause_after` where nothing is durable: what is paused is stored."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(
            f"{name} has pause_after, and is not durable: a page that is paused goes on from what"
            f" is stored of it. Set durable = True on {where}, or leave pause_after out."
        )


def stored_fields(view: type[Live[Any]]) -> StoredFields | OpenFields:
    """Return what is stored of the state of a view's, or component's, class.

    Raises:
        DefinitionError: A field cannot be stored; names the view, the field and what to do.
    """
    fields = _fields.get(view)
    if fields is None:
        fields = _fields[view] = StoredFields.of(view.definition.state_class, view.__name__)
    return fields


def refuse_durable(view: type[Live[Any]], component: type[Live[Any]]) -> None:
    """Refuse a component that says it is durable, in a view that is not.

    Raises:
        ComponentError: It does; says what to do.
    """
    if component.durable:
        raise ComponentError(
            f"{component.__name__} is durable, and stands in {view.__name__}, which is not: a"
            " component is stored with its view. Set durable = True on the view, on its live"
            " session or on the application, or take it from the component."
        )


def nearest(*said: Durable | None) -> Durable | None:
    """Return the first of several words that says something; None if none does."""
    for word in said:
        if word is not None:
            return word
    return None
