"""`portal`: markup that is written here and shown elsewhere in the document."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.html.content import content
from wirebird.html.fragment import Fragment

_html = Markups("portals.html")


def portal(
    children: Content = None,
    *,
    id: str,
    target: str = "body",
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """Shows its content at another place, from where its events still reach this view.

    For what must not be cut off by the element that it stands in, or that is no part of the view:
    a tooltip in a table that scrolls, a bar of tools in the layout. The browser moves it once the
    view is connected; the first (HTTP) render shows nothing of it.

    Args:
        children: What is shown there.
        id: Its id.
        target: The CSS selector of the element that gets the content as its last child.
        class_: Classes of the element around the content.
        attributes: More attributes of that element.

    Example:
        ```jinja
        {% call ui.portal(id="tip", target="body") %}<p role="tooltip">{{ tip }}</p>{% endcall %}
        ```
    """
    source = {"id": id, "data-phx-portal": target}
    around = {"id": f"_lv_portal_wrap_{id}", "class": class_}
    return _html.portal(tag(portal, source, {}), tag(portal, around, attributes), content(children))
