"""`flash_group`: the flash as toasts, and word of a lost connection.

The rule: what the browser knows by itself (that the server is gone) it shows by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wirebird.components.icons import icon
from wirebird.components.library import ClassNames, Content, Markups, by_id, tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.fragment import Fragment
from wirebird.html.js import JS, js

_html = Markups("flashes.html")
_ICONS = {"error": "alert", "warning": "alert", "success": "check"}
_TIME = 180


def flash(
    children: Content = None,
    *,
    kind: str = "info",
    title: Content = None,
    id: str | None = None,
    on_close: JS | str | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """One toast.

    Args:
        children: What it says.
        kind: "info", "success", "warning", "error", or a kind of your own.
        title: What it is about, in bold above.
        id: Its id; "flash-" and the kind by default.
        on_close: What its close button does; without it there is no such button.
        class_: More classes.
        attributes: More attributes.

    Example:
        ```jinja
        {{ ui.flash("Back at nine.", kind="warning", title="Maintenance tonight") }}
        ```
    """
    urgent = kind == "error"
    own = {
        "id": id or f"flash-{kind}",
        "class": class_names(f"wb-flash wb-flash-{kind}", class_),
        "role": "alert" if urgent else "status",
        "phx-remove": js.hide(transition="wb-leaving", time=_TIME),
    }
    return _html.flash(
        tag(flash, own, attributes),
        icon(_ICONS.get(kind, "info")),
        content(title),
        content(children),
        None if on_close is None else _html.close(on_close),
    )


def flash_group(
    flash: Mapping[str, Any],
    *,
    id: str = "flash-group",
    disconnected: str = "Connection lost",
    disconnected_text: str = "Trying to reach the server again…",
    crashed: str = "Something went wrong",
    crashed_text: str = "Trying to bring the page back…",
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """All toasts of a page: one for each kind of flash, and two for a connection that is lost.

    It belongs in the live layout, which then needs no other flash.

    Args:
        flash: The view's flash.
        id: Its id.
        disconnected: What is said, in bold, when the server cannot be reached.
        disconnected_text: The rest of it.
        crashed: What is said when the view cannot be joined.
        crashed_text: The rest of it.
        class_: More classes.
        attributes: More attributes.

    Example:
        ```jinja
        {{ ui.flash_group(flash) }}
        <main>{{ inner_content }}</main>
        ```
    """
    own = {"id": id, "class": class_names("wb-flash-group", class_), "aria-live": "polite"}
    toasts = [
        _toast(kind, text, js.push("lv:clear-flash", value={"key": kind}))
        for kind, text in flash.items()
    ]
    lost = [
        _lost(f"{id}-client-error", ".phx-client-error", disconnected, disconnected_text),
        _lost(f"{id}-server-error", ".phx-server-error", crashed, crashed_text),
    ]
    return _html.group(tag(flash_group, own, attributes), content([*toasts, *lost]))


_toast_of = flash


def _toast(kind: str, text: Any, on_close: JS) -> Fragment:
    return _toast_of(str(text), kind=kind, on_close=on_close)


def _lost(id: str, when: str, title: str, text: str) -> Fragment:
    itself = by_id(id)
    shown = js.show(to=f"{when} {itself}", transition="wb-entering", time=_TIME, display="flex")
    own = {
        "id": id,
        "class": "wb-flash wb-flash-error wb-flash-lost",
        "role": "alert",
        "phx-disconnected": shown,
        "phx-connected": js.hide(to=itself, transition="wb-leaving", time=_TIME),
    }
    return _html.lost(tag(flash_group, own, {}), icon("offline"), title, text)
