"""`form`: fields, what happens when they change or are sent, and the buttons below them."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.fragment import Fragment

_html = Markups("forms.html")
_TAKES = ("accept-charset", "autocomplete", "enctype", "name", "novalidate", "rel", "target")


def form(
    children: Content = None,
    *,
    id: str,
    on_submit: Any = None,
    on_change: Any = None,
    actions: Content = None,
    action: str | None = None,
    method: str | None = None,
    csrf_token: str | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A form.

    Args:
        children: Its fields.
        id: Its id, by which the browser fills it in again after a lost connection.
        on_submit: The event, the `@event` method or the commands for when it is sent.
        on_change: The same for when a field changes.
        actions: Its buttons, in a row at the end.
        action: Where it is sent without JavaScript, or with `phx_trigger_action`.
        method: "post" or "get"; others are sent as a post with a `_method`.
        csrf_token: The token that goes with a post.
        class_: More classes.
        attributes: More attributes, such as `phx_target`, `phx_trigger_action`.

    Example:
        ```jinja
        {% call ui.form(id="signup", on_change="check", on_submit="save",
                        actions=ui.button("Sign up", variant="primary")) %}
          {{ ui.input("email", type="email", label="Email", value=email) }}
        {% endcall %}
        ```
    """
    plain = method is None or method.lower() in ("get", "post")
    own = {
        "id": id,
        "class": class_names("wb-form", class_),
        "action": action,
        "method": method if plain else "post",
        "phx-submit": on_submit,
        "phx-change": on_change,
    }
    return _html.form(
        tag(form, own, attributes, _TAKES),
        None if plain else method,
        csrf_token,
        content(children),
        content(actions),
    )
