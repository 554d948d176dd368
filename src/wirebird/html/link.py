"""`link`: anchors that patch, navigate or load, in both template languages.

The rule: an anchor always has a real href, so that it works without JavaScript and in a new tab;
and what begins with a slash leads inside the application, unless it is said to lead outside.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from wirebird.html.attributes import attributes as attribute_text
from wirebird.html.escaping import keep, safe_url, stays_here
from wirebird.html.fragment import Fragment
from wirebird.html.paths import as_url, browser_path, outside_path, prefix
from wirebird.html.tree import Statics, exact

_LINK = Statics(("<a", ">", "</a>"), True, "link")


def link(
    text: Any = None,
    *,
    patch: str | None = None,
    navigate: str | None = None,
    href: str | None = None,
    outside: str | None = None,
    replace: bool = False,
    method: str | None = None,
    csrf_token: str | None = None,
    caller: Any = None,
    children: Any = None,
    **attributes: Any,
) -> Fragment:
    """Return an anchor.

    Args:
        text: What it shows; or the body of `{% call link(...) %}`, or a component's children.
        patch: A path of the same view: `handle_params` is called, nothing is mounted anew.
        navigate: A path of another view: mounted over the open socket.
        href: A path of the application, or any other URL: the page is loaded.
        outside: A path of the application in which this one is mounted: the page is loaded.
        replace: Replace the history's entry instead of adding one.
        method: "post", "put", "patch" or "delete" instead of "get"; for loaded pages only.
        csrf_token: The CSRF token to send with such a method; without it, to routes of the same
            site, the page's own.
        attributes: More attributes of the anchor; underscores in names become hyphens.

    Raises:
        ValueError: Not exactly one of patch, navigate, href and outside is given, the URL is a
            script, or one to patch or navigate to is of another site.

    Example:
        ```jinja
        {{ link("Next", patch="?page=2") }}
        {% call link(navigate="/rooms/1", class="card") %}<b>Room 1</b>{% endcall %}
        ```
    """
    given: list[tuple[str | None, Any]] = [
        (kind, as_url(to))
        for kind, to in (
            ("patch", patch),
            ("redirect", navigate),
            (None, href),
            (None, outside_path("link", outside)),
        )
        if to is not None
    ]
    if len(given) != 1:
        raise ValueError("link takes exactly one of patch=, navigate=, href= and outside=")
    ((kind, to),) = given
    if not safe_url(str(to)):
        raise ValueError(f"link to {to!r:.80}: this URL would run code")
    if kind is not None and not (str(to).strip() and stays_here(str(to))):
        raise ValueError(
            f"link({'patch' if patch is not None else 'navigate'}={to!r:.80}) leaves this site:"
            " give a path such as '/rooms/1', and href= for other sites"
        )
    leads_to = exact(browser_path(to, prefix()) if isinstance(to, str) else to)
    names: dict[str, Any] = {"href": leads_to}
    if kind is not None:
        names["data-phx-link"] = kind
        names["data-phx-link-state"] = "replace" if replace else "push"
    if method is not None and method.lower() != "get":
        names |= {"data-method": method.lower(), "data-to": leads_to}
        if csrf_token is not None:
            names["data-csrf"] = csrf_token
    names |= {
        name.rstrip("_").replace("_", "-"): value
        for name, value in attributes.items()
        if value is not None and value is not False
    }
    inner = text if text is not None else caller() if caller is not None else children
    markup = str(Markup(attribute_text(names)))
    if not markup.startswith(" "):
        markup = f" {markup}"
    return Fragment((_LINK, (markup,), "" if inner is None else keep(inner)))
