"""`inputs_for`: the nested parts of a form; `errors`: what is wrong with a whole form or part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wirebird.components.icons import icon
from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.forms.field import FormField
from wirebird.forms.group import FormGroup, FormPart
from wirebird.html.attributes import class_names
from wirebird.html.content import content, dynamic_of, is_slots
from wirebird.html.fragment import Fragment
from wirebird.html.slots import Slot
from wirebird.html.tree import Comprehension, Dynamic, Statics

_html = Markups("inputs.html")
_ROW = Statics(('<input type="hidden" name="', '" value="', '">', ""), source="inputs_for")
_ROWS = Statics(('<input type="hidden" name="', '">', ""), source="inputs_for")
_KEY = 1


def inputs_for(
    form: FormGroup,
    name: str,
    children: Content | Callable[[FormPart], Content] = None,
) -> Fragment:
    """The fields of a nested model, or of each row of a list of them.

    Of a list it also has the hidden inputs that say which rows there are, and in which order:
    rows stay what they are when others come, go or move.

    Args:
        form: The form, or a part of one.
        name: The field with the nested model or the list.
        children: Shows a part: a function or a macro of it. In Jinja, the body of
            `{% call(line) ui.inputs_for(...) %}`.

    Raises:
        FormDefinitionError: The form has no such field, or it has no fields of its own.

    Example:
        ```jinja
        {% call(line) ui.inputs_for(order, "lines") %}
          {{ ui.input(line.product) }}
          {{ ui.button("Remove", name=line.drop_name, value=line.key,
                       phx_click=js.dispatch("change")) }}
        {% endcall %}
        {{ ui.button("Add", name=order.lines.sort_name, value="new",
                     phx_click=js.dispatch("change")) }}
        ```
    """
    field = form[name]
    parts = form.inputs_for(name)
    if not field.multiple:
        return Fragment(_shown(children, parts[0]))
    rows = [(str(part.sort_name), str(part.key), _shown(children, part)) for part in parts]
    return Fragment((_ROWS, field.drop_name, Comprehension(_ROW, rows, _KEY) if rows else ""))


def _shown(show: Any, part: FormPart) -> Dynamic:
    if isinstance(show, Slot):
        return show.render(part)
    if is_slots(show):
        return dynamic_of([slot.render(part) for slot in show])
    return dynamic_of(show(part) if callable(show) and not hasattr(show, "__tree__") else show)


def errors(
    field: FormGroup | FormField | Sequence[str], *, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """What is wrong with a whole form, with a part of it, or with a list; nothing if nothing is.

    `input` shows what is wrong with its own field, and `form` with its own form.

    Args:
        field: The form, a part of it, one of its fields, or messages.
        class_: More classes.
        attributes: More attributes.

    Example:
        ```jinja
        {{ ui.errors(order.lines) }}
        ```
    """
    wrong = field.errors if isinstance(field, FormGroup | FormField) else tuple(field)
    if not wrong:
        return Fragment("")
    own = {"class": class_names("wb-errors", class_), "role": "alert"}
    given = tag(errors, own, attributes)
    return Fragment(dynamic_of(content(_html.messages(given, icon("alert"), list(wrong)))))
