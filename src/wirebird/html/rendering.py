"""`render`: markup as text, for whoever needs HTML and has no page.

The rule: it is the HTML that a page would show, escaping included.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from wirebird.html.content import dynamic_of
from wirebird.html.tree import to_html


def render(content: Any, /) -> Markup:
    """Return the HTML of a t-string, or of what a component returned.

    For a letter, a feed, the answer of a route: wherever there is no page. A Jinja file is rendered
    by `app.render("letter.html", name="Ada")`.

    Args:
        content: A t-string, markup, what a function component returned, or a list of these. Live
            components and nested views need a page.

    Raises:
        TypeError: It is plain text, or has no text.

    Example:
        ```python
        return HTMLResponse(render(ui.button("Save")))
        ```
    """
    if isinstance(content, str) and not hasattr(content, "__html__"):
        raise TypeError(
            f"render({content[:40]!r}) was given plain text: give it a t-string or a component's"
            " result, and the name of a template to app.render"
        )
    return Markup(to_html(dynamic_of(content)))
