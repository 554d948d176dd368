"""Function components on their own.

The rule: what they return is rendered as in a view, escaping included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wirebird.html.tree import to_html
from wirebird.live.rendering import as_tree


def render_component(component: Callable[..., Any], /, *args: Any, **props: Any) -> str:
    """Return the HTML of a function component.

    Args:
        component: A function that returns a t-string, markup, or something with `__html__`.
        args: Its positional arguments.
        props: Its keyword arguments.

    Raises:
        TypeError: It returned something else.

    Example:
        ```python
        assert render_component(badge, label="new") == '<b class="badge">new</b>'
        ```
    """
    return to_html(as_tree(component(*args, **props), component))
