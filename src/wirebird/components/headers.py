"""`header`: the heading of a page or of a part of it, with what can be done there."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.components.pieces import dynamic_tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment

_html = Markups("headers.html")


def header(
    children: Content = None,
    *,
    subtitle: Content = None,
    actions: Content = None,
    level: int = 1,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A heading, with a line below it and buttons beside it.

    Args:
        children: The heading.
        subtitle: The line below it.
        actions: What stands beside it.
        level: 1 for `<h1>`, to 6.
        class_: More classes.
        attributes: More attributes of the `<header>`.

    Raises:
        ComponentError: The level is not from 1 to 6.

    Example:
        ```jinja
        {{ ui.header("Rooms", subtitle="To talk in", actions=ui.button("New", navigate="/new")) }}
        ```
    """
    if level not in range(1, 7):
        raise ComponentError(f"header(level={level!r}): headings are of level 1 to 6")
    own = {"class": class_names("wb-header", class_)}
    return _html.header(
        tag(header, own, attributes),
        dynamic_tag(f"h{level}", children),
        content(subtitle),
        content(actions),
    )
