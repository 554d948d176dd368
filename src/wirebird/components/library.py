"""What the components share: the Jinja files beside them, and the attributes that they pass on.

The rule: a component takes what it names and what every HTML element takes; any other name is a
mistake, and an error that names the component.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from markupsafe import Markup

from wirebird.html.attributes import attributes as written
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.names import did_you_mean

STYLE = Path(__file__).with_name("components.css")
"""The style sheet of the components, for applications that leave out the built-in ones."""

Content: TypeAlias = Any
"""What may stand between tags: text, markup, a t-string, a slot, a list of these, or None."""

ClassNames: TypeAlias = str | Mapping[str, Any] | Iterable[Any] | None
"""What a `class` attribute takes: names, a dict of names to conditions, a list of these."""

_GLOBAL = frozenset(
    {
        "accesskey", "aria", "autocapitalize", "autofocus", "class", "contenteditable", "data",
        "dir", "draggable", "enterkeyhint", "hidden", "id", "inert", "inputmode", "itemid",
        "itemprop", "itemref", "itemscope", "itemtype", "lang", "nonce", "part", "popover", "role",
        "slot", "spellcheck", "style", "tabindex", "title", "translate",
    }
)  # fmt: skip
# Of a component's own attributes, those that it does not work without.
_NEEDED = frozenset(
    {"accept", "action", "id", "method", "multiple", "name", "type", "webkitdirectory"}
)
_ITS_LOOK = frozenset({"phx-disable-with", "phx-remove"})
_PREFIXES = ("aria-", "data-", "phx-", "x-", "hx-", "v-", "@", ":")
_PLAIN_ID = re.compile(r"[A-Za-z_][\w-]*")

_environment = TemplateEnvironment([Path(__file__).parent])


class Markups:
    """The macros of one of the library's Jinja files, compiled when the first one is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        macro = getattr(_environment.file(self._name).module, name)
        setattr(self, name, macro)
        return macro


def tag(
    component: Callable[..., Any],
    own: Mapping[str, Any],
    passed: Mapping[str, Any],
    takes: Iterable[str] = (),
) -> Markup:
    """Return the attributes of a component's element as they stand in its tag.

    Args:
        component: The component, for messages.
        own: What the component itself says; None and False leave an attribute out.
        passed: What its caller gave in addition. `class` and `style` are merged.
        takes: Names besides the global ones that may be passed.

    Raises:
        ComponentError: An attribute is neither the component's nor one of every element's, or it
            would take the place of one that the component cannot do without.
    """
    return written(own, without_needed(component, own, checked(component, passed, takes)))


def without_needed(
    component: Callable[..., Any], own: Mapping[str, Any], passed: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what a component was given, if it overrides nothing that the component needs.

    Raises:
        ComponentError: It does.
    """
    for name in passed:
        if own.get(name) not in (None, False) and _is_needed(name):
            told = name.replace("-", "_")
            parameters = inspect.signature(component).parameters
            way = f"say {told}=..." if told in parameters else "it cannot do without its own"
            raise ComponentError(f"{component.__name__}() says {name} itself: {way}")
    return passed


def _is_needed(name: str) -> bool:
    if name in _ITS_LOOK:
        return False
    return name in _NEEDED or name.startswith(("phx-", "data-phx-"))


def checked(
    component: Callable[..., Any], passed: Mapping[str, Any], takes: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the attributes that a component was given by the names that they have in HTML.

    Raises:
        ComponentError: One is neither the component's nor one of every element's.
    """
    found: dict[str, Any] = {}
    for name, value in passed.items():
        name = name.rstrip("_").replace("_", "-")
        if name not in _GLOBAL and not name.startswith(_PREFIXES) and name not in takes:
            raise ComponentError(_unknown(component, name, takes))
        found[name] = value
    return found


def check_names(component: Callable[..., Any], names: Iterable[str]) -> None:
    """Refuse names of attributes that a component of the library refuses whenever it runs.

    What one takes besides what every element takes stands in its module, in a constant whose name
    ends with `TAKES`.

    Raises:
        ComponentError: One is such a name.
    """
    inside: dict[str, Any] = getattr(component, "__globals__", {})
    takes = {name for key, value in inside.items() if key.endswith("TAKES") for name in value}
    checked(component, dict.fromkeys(names), takes)


def _unknown(component: Callable[..., Any], name: str, takes: Iterable[str]) -> str:
    parameters = inspect.signature(component).parameters.values()
    own = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    others = f"it takes {', '.join(own)}, and the attributes of every element"
    remedy = did_you_mean(name.replace("-", "_"), [*own, *takes, *_GLOBAL], others)
    return f"{component.__name__}() does not take {name}: {remedy}"


def one_of(component: str, name: str, value: str, known: Iterable[str]) -> None:
    """Refuse a value that is not one of those known.

    Raises:
        ComponentError: It is another one; names the component and what it takes.
    """
    known = list(known)
    if value not in known:
        meant = did_you_mean(str(value), known, f"it takes {', '.join(known)}")
        raise ComponentError(f"{component}({name}={value!r}): {meant}")


def by_id(id: str) -> str:
    """Return the CSS selector of an element's id."""
    if _PLAIN_ID.fullmatch(id):
        return f"#{id}"
    quoted = id.replace("\\", "\\\\").replace('"', '\\"')
    return f'[id="{quoted}"]'
