"""`button`: does something, or goes somewhere."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from wirebird.components.library import ClassNames, Content, checked, one_of, tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.fragment import Fragment
from wirebird.html.link import link
from wirebird.html.tree import Statics

Variant: TypeAlias = Literal["primary", "secondary", "quiet", "danger"]
Size: TypeAlias = Literal["small", "medium", "large"]

# By hand, as pages have many of them: this is three times as fast as a macro.
_BUTTON = Statics(("<button", ">", "</button>"), True, "button")
_VARIANTS = ("primary", "secondary", "quiet", "danger")
_SIZES = ("small", "medium", "large")
_TAKES = ("disabled", "form", "formaction", "formmethod", "formnovalidate", "name", "value")
_LINK_TAKES = ("download", "hreflang", "rel", "target")


def button(
    children: Content = None,
    *,
    variant: Variant = "secondary",
    size: Size = "medium",
    loading: str | None = None,
    navigate: str | None = None,
    patch: str | None = None,
    href: str | None = None,
    outside: str | None = None,
    replace: bool = False,
    method: str | None = None,
    csrf_token: str | None = None,
    type: Literal["button", "submit", "reset"] | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A button, or a link that looks like one.

    Args:
        children: What it shows. A button of an icon alone needs an `aria_label`.
        variant: "primary" for the one thing to do here, "secondary", "quiet" without a border,
            "danger" for what cannot be undone.
        size: "small", "medium" or "large".
        loading: Text shown while the server works (`phx-disable-with`); for buttons that show
            text alone.
        navigate: Makes it a link to another view, over the open socket.
        patch: Makes it a link within the view.
        href: Makes it a link to a path of the application, or any other URL.
        outside: Makes it a link to a path of the application in which this one is mounted.
        replace: Whether the link takes the place of the history's current entry.
        method: "post", "put", "patch" or "delete", for loaded pages only.
        csrf_token: The token that goes with such a method.
        type: By default "button" when it has a `phx_click`, else "submit".
        class_: More classes.
        attributes: More attributes, such as `phx_click`, `disabled`, `name`, `aria_label`.

    Returns:
        Markup for the template.

    Raises:
        ComponentError: The variant or the size is not known, or an attribute is not a button's.
        ValueError: More than one of navigate, patch, href and outside is given, or the URL is a
            script.

    Example:
        ```jinja
        {{ ui.button("Save", variant="primary", loading="Saving…") }}
        {{ ui.button("New room", navigate="/rooms/new") }}
        {% call ui.button(phx_click="like", aria_label="Like") %}{{ ui.icon("heart") }}{% endcall %}
        ```
    """
    one_of("button", "variant", variant, _VARIANTS)
    one_of("button", "size", size, _SIZES)
    look = f"wb-button wb-button-{variant}" + ("" if size == "medium" else f" wb-button-{size}")
    names = class_names(look, class_)
    inner = content(children)
    if any(place is not None for place in (navigate, patch, href, outside)):
        passed = checked(button, attributes, _LINK_TAKES)
        extra = class_names(names, passed.pop("class", None))
        return link(
            inner if inner is not None else "",
            navigate=navigate,
            patch=patch,
            href=href,
            outside=outside,
            replace=replace,
            method=method,
            csrf_token=csrf_token,
            **{"class": extra, **passed},
        )
    if type is None and any(name in attributes for name in ("phx_click", "phx-click")):
        type = "button"
    own = {"type": type, "class": names, "phx-disable-with": loading}
    given = str(tag(button, own, attributes, _TAKES))
    return Fragment((_BUTTON, (given,), "" if inner is None else inner.__tree__))
