"""`modal` and `dialog`: what lies over the page until it is dealt with.

The rule: the browser opens and closes them by itself; the one that has the focus is the one that
Escape closes, and the focus goes back to where it was.
"""

from __future__ import annotations

from typing import Any, Literal

from wirebird.components.buttons import button
from wirebird.components.library import ClassNames, Content, Markups, by_id, one_of, tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.js import JS, inner, js

_html = Markups("modals.html")
_TIME = 180  # milliseconds; components.css animates as long
_SIZES = ("small", "medium", "large")
_FOCUSED = ":focus, body:not(:has(:focus))"


def show_modal(id: str, commands: JS = js) -> JS:
    """Return the commands that open a modal or a dialog.

    Args:
        id: Its id.
        commands: Commands that come before.

    Example:
        ```jinja
        {{ ui.button("Rename", phx_click=ui.show_modal("rename")) }}
        ```
    """
    return commands.push_focus().exec("data-show", to=by_id(id))


def hide_modal(id: str, commands: JS = js) -> JS:
    """Return the commands that close a modal or a dialog, if it is open.

    Args:
        id: Its id.
        commands: Commands that come before.
    """
    return commands.exec("data-hide", to=f"{by_id(id)}.wb-open")


def modal(
    children: Content = None,
    *,
    id: str,
    title: Content = None,
    footer: Content = None,
    show: bool = False,
    on_cancel: JS | None = None,
    size: Literal["small", "medium", "large"] = "medium",
    role: Literal["dialog", "alertdialog"] = "dialog",
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A window over the page. Escape, a click beside it and its close button close it.

    Either leave it on the page and open it with `show_modal(id)`, which needs no server; or render
    it only while it is wanted, with `show=True` and an `on_cancel` that tells the server.

    Args:
        children: What it holds.
        id: Its id, unique on the page.
        title: Its heading, by which it is known to screen readers; without one, give an
            `aria_label`.
        footer: What stands at its bottom, such as buttons.
        show: Whether it opens as soon as it is rendered.
        on_cancel: Commands for when the visitor closes it: `js.patch("/rooms")`.
        size: "small", "medium" or "large".
        role: "alertdialog" when it asks for an answer; see `dialog`.
        class_: More classes of the window.
        attributes: More attributes of the window.

    Raises:
        ComponentError: It has neither a title nor an `aria_label`, or the size is not known.

    Example:
        ```jinja
        {% call ui.modal(id="rename", title="Rename this room") %}
          <form id="rename-form" phx-submit="rename">...</form>
        {% endcall %}
        ```
    """
    one_of("modal", "size", size, _SIZES)
    heading = content(title)
    if heading is None and not {"aria_label", "aria-label"} & attributes.keys():
        raise ComponentError(
            f"modal(id={id!r}) lacks a name: give a title, or an aria_label when none is shown"
        )
    selector = by_id(id)
    # Of several that are open, the one with the focus; when none has it, each that is open.
    escaped = (
        f"{selector}.wb-open:focus-within:not(:has(.wb-modal:focus-within)),"
        f" body:not(:has(.wb-modal:focus-within)) {selector}.wb-open"
    )
    cancel = js.exec("data-hide", to=f"{selector}.wb-open")
    opened = js.show(transition="wb-entering", time=_TIME, display="grid")
    closed = js.hide(transition="wb-leaving", time=_TIME).remove_class("wb-open").pop_focus()
    around = {
        "id": id,
        "class": f"wb-modal wb-modal-{size}",
        "data-show": opened.add_class("wb-open").focus_first(to=inner(".wb-modal-window")),
        "data-hide": closed,
        "data-cancel": cancel if on_cancel is None else cancel.concat(on_cancel),
        "phx-mounted": js.push_focus(to=_FOCUSED).exec("data-show") if show else None,
        "phx-remove": cancel,
    }
    window = {
        "id": f"{id}-window",
        "class": class_names("wb-modal-window", class_),
        "role": role,
        "aria-modal": "true",
        "aria-labelledby": None if heading is None else f"{id}-title",
        "tabindex": "-1",
        "phx-hook": "Phoenix.FocusWrap",
        "phx-window-keydown": js.exec("data-cancel", to=escaped),
        "phx-key": "Escape",
    }
    return _html.modal(
        tag(modal, around, {}),
        tag(modal, window, attributes),
        id,
        js.exec("data-cancel", to=selector),
        heading,
        content(children),
        content(footer),
        close(id),
    )


def close(id: str) -> Fragment:
    """Return the button that closes a modal."""
    return _html.close(js.exec("data-cancel", to=by_id(id)))


def dialog(
    children: Content = None,
    *,
    id: str,
    title: Content,
    on_confirm: JS | str,
    confirm: str = "OK",
    cancel: str = "Cancel",
    danger: bool = False,
    show: bool = False,
    on_cancel: JS | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A question over the page, with a button for each answer.

    Args:
        children: What there is to know before answering.
        id: Its id, unique on the page; `show_modal(id)` opens it.
        title: The question.
        on_confirm: The event, or the commands, for the answer yes. The dialog closes itself.
        confirm: The text of that button: what will be done, such as "Delete".
        cancel: The text of the other one, which is focused first.
        danger: Whether the answer yes destroys something.
        show: Whether it opens as soon as it is rendered.
        on_cancel: Commands for the answer no.
        class_: More classes of the window.
        attributes: More attributes of the window.

    Example:
        ```jinja
        {{ ui.button("Delete", variant="danger", phx_click=ui.show_modal("delete")) }}
        {{ ui.dialog("Its messages go with it.", id="delete", title="Delete this room?",
                     confirm="Delete", danger=true, on_confirm=js.push("delete")) }}
        ```
    """
    commands = on_confirm if isinstance(on_confirm, JS) else js.push(on_confirm)
    answers = _html.answers(
        button(cancel, phx_click=js.exec("data-cancel", to=by_id(id))),
        button(
            confirm,
            variant="danger" if danger else "primary",
            phx_click=hide_modal(id).concat(commands),
        ),
    )
    text = content(children)
    named = {"aria_describedby": f"{id}-text"} if text is not None else {}
    return modal(
        None if text is None else _html.text(id, text),
        id=id,
        title=title,
        footer=answers,
        show=show,
        on_cancel=on_cancel,
        size="small",
        role="alertdialog",
        class_=class_,
        **named,
        **attributes,
    )
