"""`focus_wrap`: keeps the Tab key within an element, as dialogs and menus need."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.html.content import content
from wirebird.html.fragment import Fragment

_html = Markups("focus.html")


def focus_wrap(
    children: Content = None, *, id: str, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """An element that the Tab key does not leave.

    It takes the focus when it appears. Use it for what lies over the page, such as a menu; `modal`
    and `dialog` have one already.

    Args:
        children: What it holds; something in it should be able to take the focus.
        id: Its id, unique on the page.
        class_: Classes.
        attributes: More attributes.

    Example:
        ```jinja
        {% call ui.focus_wrap(id="menu") %}<a href="/">Home</a>{% endcall %}
        ```
    """
    own = {"id": id, "class": class_, "phx-hook": "Phoenix.FocusWrap"}
    return _html.focus_wrap(tag(focus_wrap, own, attributes), id, content(children))
