"""`FormGroup`: the fields of one model in a form, be it the whole form, a part of it or a row.

The rule: a group has no state of its own. Everything is looked up in the form by its path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wirebird.forms.field import FormField
from wirebird.forms.params import mapping_of, rows_of, snapshot
from wirebird.forms.rows import as_sent, fresh_keys, moved, written_out
from wirebird.forms.schema import FieldPlan, FormDefinitionError, ModelPlan, Params

if TYPE_CHECKING:
    from wirebird.forms.form import Form


class OwnName(str):
    """A form's own name or id, so that it is not taken for a field of that name by mistake."""

    __slots__ = ()


class FormGroup:
    """The fields of one model: `group["street"]`, or `group.street` where it has no such attribute.

    Attributes:
        name: What the names of its inputs begin with: `order[lines][0]`.
        id: What their ids begin with: `order_lines_0`.
        key: What a row is known by, wherever it moves; empty for what is no row. For `:key`.
        index: A row's place, from 0; None for what is no row.
        params: What was sent, in the order of the rows.
        initial: The values that it began with.
    """

    name: str
    id: str
    key: str = ""
    index: int | None = None
    form_path: tuple[str, ...] = ()
    drop_name: str = ""
    sort_name: str = ""

    _plan: ModelPlan
    _params: Params
    _initial: Params

    @property
    def form_root(self) -> Form[Any]:
        """The whole form."""
        raise NotImplementedError

    @property
    def params(self) -> Params:
        """What was sent, nested, as text."""
        return self._params

    @property
    def initial(self) -> Params:
        """The values that it began with."""
        return self._initial

    @property
    def form_plan(self) -> ModelPlan:
        """What is known of the model."""
        return self._plan

    def __getitem__(self, name: str) -> FormField:
        """Return a field.

        Raises:
            FormDefinitionError: The model has no such field.
        """
        return FormField(self, self.form_plan.field(name))

    def __getattr__(self, name: str) -> FormField:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return FormField(self, self.form_plan.field(name))
        except FormDefinitionError as error:
            raise AttributeError(str(error)) from None

    def __iter__(self) -> Iterator[FormField]:
        """Go over the fields in the order of the model."""
        return iter([FormField(self, plan) for plan in self.form_plan.order])

    @property
    def errors(self) -> tuple[str, ...]:
        """What is wrong with all of it, rather than with one field, as far as it is to be shown."""
        root = self.form_root
        return root.said(self.form_path, root.submitted or self._is_used())

    def _is_used(self) -> bool:
        return any(field.used for field in self)

    def first_wrong(self) -> FormField | None:
        """Return the first field whose errors are shown, to put the focus there after a submit.

        Example:
            ```python
            if (wrong := form.first_wrong()) is not None:
                self.socket.push_js(js.focus(to=f"#{wrong.id}"))
            ```
        """
        return self._first_wrong(self.form_root.wrong_places())

    def _first_wrong(self, places: Collection[tuple[str, ...]]) -> FormField | None:
        for field in self:
            if (*self.form_path, field.plain_name) not in places:
                continue
            if not field.form_plan.is_nested:
                found = field if field.errors else None
            else:
                parts = self.inputs_for(field.plain_name)
                inner = (part._first_wrong(places) for part in parts if part.form_path in places)
                found = next(filter(None, inner), None)
            if found is not None:
                return found
        return None

    def inputs_for(self, name: str) -> list[FormPart]:
        """Return the parts of a nested field: one for a model, one for each row of a list.

        Args:
            name: The field's name.

        Raises:
            FormDefinitionError: The field has no models in it.

        Example:
            ```jinja
            {% for line in order.inputs_for("lines") %}
              <li :key="{{ line.key }}">{{ ui.input(line.price) }}</li>
            {% endfor %}
            ```
        """
        field = FormField(self, plan := self.form_plan.field(name))
        if not plan.is_nested:
            raise FormDefinitionError(
                f"{plan.owner}.{name} has no fields of its own: write form[{name!r}]"
            )
        if not plan.kind.multiple:
            params = mapping_of(self.params.get(name))
            initial = mapping_of(self.initial.get(name))
            return [FormPart(self, field, plan.pick(params, initial), params, initial)]
        rows = rows_of(plan, self.params, self.initial)
        return [
            FormPart(self, field, plan.pick(params, initial), params, initial, key, index)
            for index, (key, params, initial) in enumerate(rows)
        ]

    def add_row(self, name: str, values: Mapping[str, Any] | None = None) -> str:
        """Add a row at the end of a list; what else was typed stays.

        A page adds empty rows by itself, with a button named `sort_name`.

        Args:
            name: The list's name.
            values: Values of some of its fields.

        Returns:
            The row's key.

        Raises:
            FormDefinitionError: The field is no list of models.
        """
        plan, rows = self._rows(name)
        key = next(fresh_keys(len(self.initial.get(name) or ()), rows))
        given = snapshot(plan.pick(values or {}, {}), values)
        self.form_root.put_rows(
            (*self.form_path, name), {**rows, key: as_sent(plan.pick(given, {}), given)}
        )
        return key

    def move_row(self, name: str, key: str, by: int) -> None:
        """Move a row of a list up or down; it stays what it is.

        Args:
            name: The list's name.
            key: The row's key. Nothing happens if there is no such row any more.
            by: How many places: -1 for up, 1 for down; as far as it goes.

        Raises:
            FormDefinitionError: The field is no list of models.
        """
        _, rows = self._rows(name)
        if key in rows:
            self.form_root.put_rows((*self.form_path, name), moved(rows, key, by))

    def _rows(self, name: str) -> tuple[FieldPlan, dict[str, Any]]:
        plan = self.form_plan.field(name)
        if not plan.is_nested or not plan.kind.multiple:
            raise FormDefinitionError(f"{plan.owner}.{name} is no list of models")
        whole = written_out(self.form_plan, self.params, self.initial)
        return plan, whole[name]

    def add_error(self, field: str | None, message: str) -> None:
        """Say that something is wrong, as the server has found out.

        It is shown at once, and stays until the form is validated or submitted again.

        Args:
            field: The field; None for all of it.
            message: What is wrong.

        Raises:
            FormDefinitionError: There is no such field.
        """
        path = self.form_path
        if field is not None:
            path = (*path, self.form_plan.field(field).name)
        self.form_root.added(path, message)


class FormPart(FormGroup):
    """A nested model in a form: a part of it, or one row of a list.

    Attributes:
        drop_name: The name of a button that removes the row, with its `key` as value.
        sort_name: The name of the hidden input that keeps the row's place, with its `key`.
    """

    def __init__(
        self,
        outer: FormGroup,
        field: FormField,
        plan: ModelPlan,
        params: Params,
        initial: Params,
        key: str = "",
        index: int | None = None,
    ) -> None:
        self._root = outer.form_root
        self._plan = plan
        self._params = params
        self._initial = initial
        name, id, path = field.name, field.id, (*outer.form_path, field.plain_name)
        if index is not None:
            name, id, path = f"{name}[{key}]", f"{id}_{key}", (*path, key)
            self.drop_name, self.sort_name = field.drop_name, field.sort_name
        self.name = OwnName(name)
        self.id = OwnName(id)
        self.key = OwnName(key)
        self.index = index
        self.form_path = path

    def __repr__(self) -> str:
        return f"<FormPart {self.name}>"

    @property
    def form_root(self) -> Form[Any]:
        """The whole form."""
        return self._root
