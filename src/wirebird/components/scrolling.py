"""`infinite_scroll`: asks for more rows when its ends come into view."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Content, checked, without_needed
from wirebird.components.pieces import dynamic_tag
from wirebird.html.attributes import class_names
from wirebird.html.fragment import Fragment


def infinite_scroll(
    children: Content = None,
    *,
    id: str,
    on_bottom: Any = None,
    on_top: Any = None,
    stream: bool = True,
    tag: str = "div",
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A list that grows as it is scrolled.

    Args:
        children: Its rows: a loop over a stream.
        id: Its id.
        on_bottom: The event for when its last row comes into view; None when there is no more.
        on_top: The same for its first row.
        stream: Whether the rows are a stream's.
        tag: The element: "div", "ul", "tbody".
        class_: More classes. They have the room above and below in which to scroll, where pages
            are taken away: `wb-room-above`, `wb-room-below`.
        attributes: More attributes.

    Example:
        ```jinja
        {% call ui.infinite_scroll(id="posts", on_bottom="more" if more else none) %}
          {% for dom_id, post in posts %}<p id="{{ dom_id }}">{{ post.text }}</p>{% endfor %}
        {% endcall %}
        ```
    """
    own = {
        "id": id,
        "phx-update": "stream" if stream else None,
        "phx-viewport-top": on_top,
        "phx-viewport-bottom": on_bottom,
    }
    passed = without_needed(infinite_scroll, own, checked(infinite_scroll, attributes))
    names = class_names("wb-scroll", class_)
    return dynamic_tag(tag, children, class_=names, **{**own, **passed})
