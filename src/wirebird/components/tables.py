"""`table`: rows of anything, with columns that say how to show one.

The rule: a column is a function of the row; rows are known by their ids, so that one that moves is
not sent again, and a stream's rows are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.html.attributes import attributes as written
from wirebird.html.attributes import class_names
from wirebird.html.content import content, dynamic_of
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.slots import Slot
from wirebird.html.stream_rows import Operations
from wirebird.html.tree import Statics, Tree

_html = Markups("tables.html")
_CELL = Statics(("", ""), source="table cell")


def col(
    label: Content, show: Callable[[Any], Content] | str | None = None, **attributes: Any
) -> Slot:
    """A column of a `table`.

    Args:
        label: Its heading.
        show: Shows the cell of a row: a function or a macro of the row, or the name of the
            field to show.
        attributes: `class_` for its cells; `align="end"` for numbers.

    Example:
        ```jinja
        {% macro price(book) %}<b>{{ book.price }} €</b>{% endmacro %}
        {{ ui.table(books, id="books", col=[ui.col("Title", "title"), ui.col("Price", price)]) }}
        ```
    """
    if show is None:
        raise ComponentError(
            f"col({label!r}) does not say what to show: a field's name or a function"
        )
    function = _field_of(show) if isinstance(show, str) else show
    return Slot({"label": label, **attributes}, _cell_of(function))


def _cell_of(show: Callable[[Any], Content]) -> Callable[..., Tree]:
    def cell(row: Any) -> Tree:
        return (_CELL, dynamic_of(show(row)))

    return cell


def _field_of(name: str) -> Callable[[Any], Any]:
    def field(row: Any) -> Any:
        if isinstance(row, Mapping):
            return cast("Mapping[str, Any]", row)[name]
        return getattr(row, name)

    return field


def table(
    rows: Iterable[Any],
    *,
    id: str,
    col: Sequence[Slot],
    action: Sequence[Slot] | Callable[[Any], Content] = (),
    row_id: Callable[[Any], Any] | None = None,
    row_click: Callable[[Any], Any] | None = None,
    caption: Content = None,
    empty: Content = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A table of rows.

    Args:
        rows: The rows: a list of anything, or a `Stream`.
        id: The id of its body; rows of a list have the ids `{id}-{row's id}`.
        col: The columns, each made by `col`; in a t-string, slots: `<:col label="Title">`.
        action: What can be done with a row, in a last column: a function or a macro of the row,
            or slots.
        row_id: Gives the id of a row of a list; by default its `id`, or its place.
        row_click: Gives the commands for a click on a row. A mouse's convenience: the same must
            be in reach of the keyboard, as a link or an action.
        caption: What the table shows; also for screen readers.
        empty: Shown instead when there are no rows.
        class_: More classes.
        attributes: More attributes of the `<table>`.

    Raises:
        ComponentError: There are no columns.

    Example:
        ```jinja
        {{ ui.table(books, id="books", caption="Books", col=[ui.col("Title", "title")]) }}
        ```

        ```python
        def title(book: Book) -> str:
            return book.title

        t"<{table} rows={books} id='books'><:col label='Title'>{title}</:col></{table}>"
        ```
    """
    columns = list(col)
    if not columns:
        raise ComponentError(f'table(id={id!r}) has no columns: give col=[col("Title", "title")]')
    actions = [Slot({}, _cell_of(action))] if callable(action) else list(action)
    own = {"class": class_names("wb-table", class_)}
    heads = [(content(column["label"]), _classes(column)) for column in columns]
    cells = [(column, _classes(column)) for column in columns]
    said = content(caption)
    label = attributes.pop("aria_label", attributes.pop("aria-label", None))
    named = (
        {"aria-labelledby": f"{id}-caption"} if said is not None else {"aria-label": label or id}
    )
    common = (
        written(named),
        tag(table, own, attributes),
        id,
        said,
        heads,
        cells,
        [slot.render for slot in actions],
        row_click,
        content(empty),
    )
    if isinstance(rows, Operations):
        return _html.streamed(rows, *common)
    identify = row_id or _id_of
    listed = [
        (f"{id}-{place if (key := identify(row)) is None else key}", row)
        for place, row in enumerate(rows)
    ]
    return _html.listed(listed, *common)


def _classes(column: Slot) -> str:
    attributes = column.attributes
    align = attributes.get("align")
    names = attributes.get("class_", attributes.get("class"))
    return class_names(names, f"wb-align-{align}" if align else None)


def _id_of(row: Any) -> Any:
    if isinstance(row, Mapping):
        return cast("Mapping[str, Any]", row).get("id")
    return getattr(row, "id", None)
