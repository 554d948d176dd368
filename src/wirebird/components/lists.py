"""`description_list`: names and what there is to say of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from wirebird.components.library import ClassNames, Content, Markups, tag
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.fragment import Fragment
from wirebird.html.slots import Slot

_html = Markups("lists.html")


def description_list(
    items: Mapping[Any, Content] | Iterable[tuple[Any, Content]] = (),
    *,
    item: Sequence[Slot] = (),
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A list of names with their descriptions.

    Args:
        items: A dict of names to descriptions, or pairs of them.
        item: The same as slots, in a t-string: `<:item title="Author">{book.author}</:item>`.
        class_: More classes.
        attributes: More attributes of the `<dl>`.

    Example:
        ```jinja
        {{ ui.description_list({"Author": book.author, "Pages": book.pages}) }}
        ```
    """
    pairs: list[tuple[Any, Any]] = list(
        cast("Mapping[Any, Any]", items).items() if isinstance(items, Mapping) else items
    )
    pairs += [(slot["title"], slot) for slot in item]
    own = {"class": class_names("wb-list", class_)}
    shown = [(content(name), content(description)) for name, description in pairs]
    return _html.description_list(tag(description_list, own, attributes), shown)
