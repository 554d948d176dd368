"""`intersperse` and `dynamic_tag`: small pieces that templates alone cannot write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from wirebird.components.library import ClassNames, Content
from wirebird.html.attributes import attributes as written
from wirebird.html.content import content, dynamic_of, items
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.tags import VOID
from wirebird.html.tree import Statics

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9-]*)?")
_CODE = frozenset({"script", "style", "iframe", "object", "embed", "plaintext", "xmp", "noscript"})
_ELEMENT = Statics(("<", "", ">", "</", ">"), source="dynamic_tag")
_EMPTY_ELEMENT = Statics(("<", "", ">"), source="dynamic_tag")


def intersperse(
    values: Iterable[Any],
    show: Callable[[Any], Content] | None = None,
    *,
    separator: Content = ", ",
) -> Fragment:
    """Values with something between each two of them.

    Args:
        values: The values.
        show: Shows one of them; without it they are shown as they are.
        separator: What stands between.

    Example:
        ```jinja
        {{ ui.intersperse(tags, separator=" · ") }}
        ```
    """
    shown: list[Any] = []
    for value in values:
        if shown:
            shown.append(separator)
        shown.append(value if show is None else show(value))
    return Fragment(items(shown))


def dynamic_tag(
    name: str, children: Content = None, *, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """An element whose tag's name is a value.

    Args:
        name: The tag's name, in lower case.
        children: What it holds.
        class_: Classes.
        attributes: Its attributes.

    Raises:
        ComponentError: It is no tag's name, its content would be run as code, or it cannot have
            any.

    Example:
        ```jinja
        {% call ui.dynamic_tag("ol" if ordered else "ul", class="steps") %}<li>...</li>{% endcall %}
        ```
    """
    if _NAME.fullmatch(name) is None or name in _CODE:
        raise ComponentError(f"dynamic_tag({name!r}): this is no tag whose content is markup")
    passed = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    given = written({"class": class_}, passed)
    inner = content(children)
    if name in VOID:
        if inner is not None:
            raise ComponentError(f"dynamic_tag({name!r}): <{name}> cannot have content")
        return Fragment((_EMPTY_ELEMENT, (name,), (str(given),)))
    shown = "" if inner is None else dynamic_of(inner)
    return Fragment((_ELEMENT, (name,), (str(given),), shown, (name,)))
