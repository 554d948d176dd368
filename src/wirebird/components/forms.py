"""`form`: fields, what happens when they change or are sent, and the buttons below them."""

from __future__ import annotations

from typing import Any

from wirebird.components.form_parts import errors
from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.forms.form import Form
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.paths import as_url, browser_path, outside_path, prefix

_html = Markups("forms.html")
_TAKES = ("accept-charset", "autocomplete", "enctype", "name", "novalidate", "rel", "target")


def form(
    children: Content = None,
    *,
    for_: Form[Any] | None = None,
    id: str | None = None,
    on_submit: Any = None,
    on_change: Any = None,
    actions: Content = None,
    action: str | None = None,
    outside: str | None = None,
    method: str = "post",
    csrf_token: str | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A form.

    Args:
        children: Its fields.
        for_: The `Form` whose fields these are (`for=form`): it gives the id, and what is wrong
            with the whole form is shown above the buttons.
        id: Its id, by which the browser fills it in again after a lost connection.
        on_submit: The event, the `@event` method or the commands for when it is sent.
        on_change: The same for when a field changes.
        actions: Its buttons, in a row at the end.
        action: Where it is sent without JavaScript, or with `phx_trigger_action`: a path of the
            application, or any other URL.
        outside: The same, of the application in which this one is mounted.
        method: "post" or "get", which puts the fields into the URL; others are sent as a post with
            a `_method`. A form that is sent before the page's script is there comes to the page
            itself, which then shows what was in it.
        csrf_token: The token that goes with a post.
        class_: More classes.
        attributes: More attributes, such as `phx_target`, `phx_trigger_action`.

    Raises:
        ComponentError: There is neither an id nor a `Form`.

    Example:
        ```jinja
        {% call ui.form(for=form, on_change="check", on_submit="save",
                        actions=ui.button("Sign up", variant="primary")) %}
          {{ ui.input(form.email, label="Email") }}
        {% endcall %}
        ```
    """
    id = str(for_.id) if id is None and for_ is not None else id
    if not id:
        raise ComponentError("form() lacks an id: give one, or for=... a Form of the state")
    if action is not None and outside is not None:
        raise ComponentError("form() takes one of action= and outside=")
    leads_to = outside_path("form", outside)
    if action is not None:
        leads_to = browser_path(as_url(action), prefix())
    plain = method.lower() in ("get", "post")
    own = {
        "id": id,
        "class": class_names("wb-form", class_),
        "action": leads_to,
        "method": method if plain else "post",
        "phx-submit": on_submit,
        "phx-change": on_change,
    }
    return _html.form(
        tag(form, own, attributes, _TAKES),
        None if plain else method,
        csrf_token,
        content(children),
        None if for_ is None else content(errors(for_)),
        content(actions),
    )
