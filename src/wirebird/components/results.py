"""`async_result`: shows a value that is loaded in the background, or why it is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wirebird.components.library import Content
from wirebird.html.content import content, dynamic_of, is_slots
from wirebird.html.fragment import Fragment
from wirebird.html.slots import Slot


def async_result(
    result: Any,
    children: Content | Callable[[Any], Content] = None,
    *,
    loading: Content = None,
    failed: Content | Callable[[Any], Content] = None,
) -> Fragment:
    """The value once it is there, and stale while it is loaded anew.

    Args:
        result: The `AsyncResult`.
        children: Shows the value: a function or a macro of it, or content. In Jinja, the body of
            `{% call(org) ui.async_result(...) %}`.
        loading: Shown while there is no value yet.
        failed: Shown when the first attempt failed; a function takes the reason.

    Example:
        ```jinja
        {% call(org) ui.async_result(org, loading="Loading…", failed="Not there.") %}
          {{ org.name }}
        {% endcall %}
        ```
    """
    if result.ok:
        return _shown(children if children is not None else result.result, result.result)
    if result.failed is not None and not result.loading:
        return _shown(failed, result.failed)
    return _shown(loading)


def _shown(value: Any, *args: Any) -> Fragment:
    if is_slots(value):
        return Fragment(dynamic_of([slot.render(*args) for slot in value]))
    if isinstance(value, Slot):
        return Fragment(value.render(*args))
    if callable(value) and not hasattr(value, "__tree__"):
        value = value(*args)
    inner = content(value)
    return Fragment("") if inner is None else Fragment(dynamic_of(inner))
