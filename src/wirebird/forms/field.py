"""`FormField`: one field of a form, with all that an input needs to show it.

The rule: it is a look at the form as it is now, made when it is asked for, and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from wirebird.forms.kept import zone_of
from wirebird.forms.params import is_used, texts_of
from wirebird.forms.schema import MISSING, FieldPlan
from wirebird.forms.values import input_text, is_secret, is_true, local_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from wirebird.forms.form import Form
    from wirebird.forms.group import FormGroup


_NAIVE = len("2026-01-02T09:30")


class FormField:
    """One field of a form: `form["email"]`, or `form.email` in a template.

    Attributes:
        name: The input's name: `signup[email]`; of several values `signup[topics][]`.
        id: The input's id: `signup_email`.
        label: What it is called: pydantic's `title`, or the name as people write it.
        type: The type of `<input>` that fits best, or "select"; empty for nested models.
        options: What can be chosen, as `(value, label)`.
        multiple: Whether there may be several values.
        nullable: Whether there may be none.
        attributes: The model's constraints as HTML attributes: `required`, `min`, `max`, `step`,
            `minlength`, `maxlength`, `pattern`.

    Example:
        ```jinja
        <input name="{{ form.email.name }}" id="{{ form.email.id }}" value="{{ form.email.value }}">
        {% for error in form.email.errors %}<p>{{ error }}</p>{% endfor %}
        ```
    """

    __slots__ = ("_group", "_plan")

    def __init__(self, group: FormGroup, plan: FieldPlan) -> None:
        self._group = group
        self._plan = plan

    def __repr__(self) -> str:
        return f"<FormField {self.name}>"

    @property
    def name(self) -> str:
        """The input's name."""
        own = self._own_name("")
        return f"{own}[]" if self._plan.kind.multiple and not self._plan.is_nested else own

    @property
    def id(self) -> str:
        """The input's id."""
        return f"{self._group.id}_{self._plan.name}"

    @property
    def plain_name(self) -> str:
        """The field's name in the model."""
        return self._plan.name

    @property
    def sort_name(self) -> str:
        """The name of inputs with the keys of rows in their order; "new" adds a row."""
        return f"{self._own_name('_sort')}[]"

    @property
    def drop_name(self) -> str:
        """The name of inputs with the keys of rows to leave out."""
        return f"{self._own_name('_drop')}[]"

    def _own_name(self, suffix: str) -> str:
        outer, name = self._group.name, f"{self._plan.name}{suffix}"
        return f"{outer}[{name}]" if outer else name

    @property
    def label(self) -> str:
        """What it is called."""
        return self._plan.label

    @property
    def type(self) -> str:
        """The type of `<input>` that fits best."""
        return self._plan.kind.type

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen."""
        return self._plan.kind.options

    @property
    def multiple(self) -> bool:
        """Whether there may be several values."""
        return self._plan.kind.multiple

    @property
    def nullable(self) -> bool:
        """Whether there may be no value."""
        return self._plan.kind.nullable

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The model's constraints as HTML attributes."""
        found = self._plan.attributes
        if self._plan.kind.secret and self.is_kept_secret:
            return {name: value for name, value in found.items() if name != "required"}
        return found

    @property
    def first_text(self) -> str:
        """What the form began with as text; empty where it has none."""
        if self._plan.kind.multiple or self._plan.kind.secret or self._plan.kind.problem:
            return ""
        return self._plan.text(self.initial)

    @property
    def is_kept_secret(self) -> bool:
        """Whether the form began with a secret, which stays when nothing is entered."""
        before: Any = self._group.initial.get(self._plan.name)
        before = before.get_secret_value() if is_secret(before) else before
        return self._plan.kind.secret and before not in (None, "", b"")

    @property
    def is_typed(self) -> bool:
        """Whether its value is what was sent, rather than what the form began with."""
        return self._plan.name in self._group.params

    @property
    def value(self) -> str | bool | tuple[str, ...]:
        """What the input shows: what was typed, or what the form began with.

        Text as browsers want it; of a checkbox whether it is ticked; of a field of several values
        all of them.

        Raises:
            FormDefinitionError: The form began with a value that no input can show.
        """
        plan, params = self._plan, self._group.params
        raw: Any = params.get(plan.name, MISSING)
        is_first = raw is MISSING
        if is_first:
            raw = None if plan.kind.secret else self.initial
        if plan.kind.multiple:
            return () if plan.is_nested else tuple(text for text in texts_of(raw) if text)
        if plan.kind.type == "checkbox":
            return is_true(raw)
        if self._group.form_plan.is_open and isinstance(raw, Mapping | list | tuple):
            return tuple(texts_of(raw))
        if plan.kind.type in ("datetime-local", "time"):
            return self._moment_text(raw)
        if is_first:
            return plan.text(raw)
        return "" if isinstance(raw, Mapping | list | tuple) else input_text(raw)

    def _moment_text(self, raw: Any) -> str:
        if isinstance(raw, str) and len(raw) > _NAIVE:
            with suppress(ValueError):
                raw = datetime.fromisoformat(raw)
        if not isinstance(raw, datetime | time):
            return input_text(raw) if raw is None or isinstance(raw, str | date) else ""
        return local_text(raw, self.form_root.form_zone)

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which its value is shown and read; None for times without one."""
        return zone_of(self.initial, self.form_root.form_zone)

    @property
    def initial(self) -> Any:
        """The value that the form began with, or the model's default; None without either."""
        value: Any = self._group.initial.get(self._plan.name, MISSING)
        if value is MISSING:
            value = self._plan.made_default()
        return None if value is MISSING else value

    @property
    def used(self) -> bool:
        """Whether the person has used it, or has sent the form."""
        group = self._group
        return group.form_root.submitted or is_used(group.params, self._plan.name)

    @property
    def form_root(self) -> Form[Any]:
        """The form that it belongs to."""
        return self._group.form_root

    @property
    def form_plan(self) -> FieldPlan:
        """What is known of it."""
        return self._plan

    @property
    def errors(self) -> tuple[str, ...]:
        """What is wrong with it, as far as that is to be shown now.

        What the model says waits until the field has been used; what `add_error` said does not.
        """
        path = (*self._group.form_path, self._plan.name)
        return self._group.form_root.said(path, self.used)

    @property
    def all_errors(self) -> tuple[str, ...]:
        """What is wrong with it, whether it was used or not."""
        return self._group.form_root.said((*self._group.form_path, self._plan.name), True)
