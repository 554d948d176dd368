"""`live_render`: a view inside another view's page, with a life of its own.

The rule: a nested view shares the page and the connection, and nothing else: it has its own
state and mailbox, and neither crashes with the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.tree import exact
from wirebird.live.component import current_placer
from wirebird.live.view import LiveView


def live_render(
    view: type[LiveView[Any]],
    *,
    id: object,
    session: Mapping[str, Any] | None = None,
    sticky: bool = False,
    container: tuple[str, Mapping[str, str]] = ("div", {}),
) -> Fragment:
    """Put a view inside the page of another one.

    Args:
        view: Its class.
        id: Its id in the page, unique in it.
        session: What it is given, as JSON: more session for it, and arguments for its `mount`.
            It travels through the browser, signed but readable.
        sticky: Whether it goes on when the page navigates to another view of the live session;
            for views in a live layout.
        container: The tag and attributes of the element around it.

    Returns:
        Markup for the template.

    Raises:
        ComponentError: The `id` is empty or stands twice, or no view is being rendered.

    Example:
        ```jinja
        {{ live_render(PlayerView, id="player", session={"track": 3}, sticky=true) }}
        ```
    """
    if not (isinstance(view, type) and issubclass(view, LiveView)):  # pyright: ignore
        raise ComponentError(f"live_render takes a LiveView's class, not {view!r:.80}")
    if id is None or not str(id):
        raise ComponentError(f"{view.__name__} needs an id: live_render(..., id=...)")
    placer = current_placer.get(None)
    if placer is None:
        raise ComponentError(f"{view.__name__} can only be rendered in the template of a live view")
    return Fragment(placer.place_view(view, exact(id), dict(session or {}), sticky, container))
