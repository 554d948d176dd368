"""`live_title`: the document's title, which a view changes by its `page_title`."""

from __future__ import annotations

from markupsafe import Markup, escape


def live_title(
    title: str | None, *, default: str = "", prefix: str = "", suffix: str = ""
) -> Markup:
    """The `<title>` of a root layout of your own.

    The client puts the same prefix and suffix around each new `page_title`. `page.title` in a
    root layout is this element, with what the application was told.

    Args:
        title: The view's title, or None.
        default: Shown when there is none.
        prefix: Stands before it.
        suffix: Stands behind it.

    Example:
        ```jinja
        <head>{{ ui.live_title(socket.page_title, default="Shop", suffix=" · Shop") }}</head>
        ```
    """
    inner = title or default
    shown = f"{prefix}{inner}{suffix}" if inner else ""  # as the client does it
    attributes = "".join(
        f' data-{name}="{escape(value)}"'
        for name, value in (("default", default), ("prefix", prefix), ("suffix", suffix))
        if value
    )
    return Markup(f"<title{attributes}>{escape(shown)}</title>")
