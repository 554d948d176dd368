"""Components and macros that are given what they do not take, or lack what they need.

The rule: what is refused is what the component refuses whenever it is called, in its own words; of
values only literals are judged.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin

from jinja2 import nodes
from jinja2.compiler import find_undeclared

from wirebird.check.diagnostics import meant
from wirebird.check.kinds import UNKNOWN, Known, arms_of, hints_of, plain
from wirebird.check.project import Project
from wirebird.check.scopes import Call, Macro, set_names
from wirebird.components.library import check_names
from wirebird.components.pieces import dynamic_tag
from wirebird.html.calls import signature_of
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.components import JinjaComponent
from wirebird.html.slots import EMPTY
from wirebird.live.component import LiveComponent, live_component
from wirebird.live.generics import plain_class

_TAKEN: dict[Any, tuple[type[Any], ...]] = {
    str: (str, int, float),
    int: (int, float),
    float: (int, float),
    bool: (int, float),
    bytes: (bytes,),
    list: (list,),
    dict: (dict,),
    NoneType: (NoneType,),
}


def check(project: Project, call: Call) -> None:
    """Report what is wrong with the arguments of a call of a component or a macro."""
    node, kind = call.node, call.kind
    value = kind.value if isinstance(kind, Known) else None
    named = {arg.key: arg.value for arg in node.kwargs}
    hints: Mapping[str, Any] = {}
    wrong = ""
    if isinstance(kind, Macro):
        wrong = "" if _is_open(node) else _of_macro(kind, call)
    elif isinstance(value, JinjaComponent):
        hints = hints_of_component(value.component)
        wrong = "" if _is_open(node) else _of_function(value, call, named)
    elif value is live_component:
        component = component_of(project, node)
        if component is None:
            return
        named.pop("id", None)
        hints = hints_of_component(component)
        wrong = "" if _is_open(node) else _of_component(component, call)
    if wrong:
        name = named_in(wrong, named)
        _report(project, call, (named[name] if name else node).lineno, name, wrong)
    for name, given in named.items():
        hint = hints.get(name, hints.get(f"{name}_", UNKNOWN))
        if (shown := mistaken(literal_of(given), hint)) is not None:
            message = f"{_name_of(node)}({name}={shown[0]}): {name} is {shown[1]}"
            _report(project, call, given.lineno, name, message)


def named_in(message: str, names: Iterable[str]) -> str:
    """Return which of the names a message is about, or ""."""
    words = re.findall(r"[\w-]+", re.split("did you mean|it takes", message)[0])
    return next((name for name in names if name in words), "")


def _report(project: Project, call: Call, line: int, name: str, message: str) -> None:
    project.report("WB401", place_of_call(call, line, name), message)


def place_of_call(call: Call, line: int = 0, name: str = "") -> tuple[str, int, int]:
    """Return the place of a call, or of one of its arguments that is in a line."""
    source, line = call.source, line or call.node.lineno
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    word = rf"\b{name}\s*=" if name else rf"(?<!macro )\b{_name_of(call.node)}\b(?=[(,])"
    found = re.search(word, text)
    return source.place(line, found.start() + 1 if found else 1)


def _is_open(node: nodes.Call) -> bool:
    return node.dyn_args is not None or node.dyn_kwargs is not None


def _name_of(node: nodes.Call) -> str:
    callee = node.node
    if isinstance(callee, nodes.Name) and callee.name == "live_component" and node.args:
        callee = node.args[0]
    return getattr(callee, "attr", getattr(callee, "name", ""))


def _of_function(value: JinjaComponent, call: Call, named: Mapping[str, Any]) -> str:
    try:
        body = EMPTY if call.has_body else None
        value.arguments(tuple(call.node.args), named, body)
        if value.component.__module__.startswith("wirebird.components."):
            own = signature_of(value.component).names
            others = [name for name in named if not {name, f"{name}_"} & own]
            if value.component is not dynamic_tag:
                check_names(value.component, others)
    except ComponentError as error:
        return str(error)
    return ""


def hints_of_component(component: Any) -> Mapping[str, Any]:
    """Return the annotations of what a component is given."""
    live = live_class(component)
    if live is None:
        return hints_of(component.__init__ if inspect.isclass(component) else component)
    update = getattr(live, "update", None)
    if update is not None:
        return hints_of(update)
    if hasattr(live, "update_many"):
        return {}
    return hints_of(plain_class(live.definition.state_class))


def live_class(component: Any) -> type[LiveComponent[Any]] | None:
    """Return a component if it is a live one's class, else None."""
    is_live = isinstance(component, type) and issubclass(component, LiveComponent)
    return cast("type[LiveComponent[Any]]", component) if is_live else None


def component_of(project: Project, node: nodes.Call) -> type[LiveComponent[Any]] | None:
    """Return the class of the component that a call of `live_component` puts on the page."""
    first = node.args[0] if node.args else None
    return live_class(project.app.templates.globals.get(getattr(first, "name", "")))


def _of_component(component: type[LiveComponent[Any]], call: Call) -> str:
    if "id" not in call.named:
        return f"{component.__name__} needs an id: live_component({component.__name__}, id=...)"
    # What may be content that the component was given itself is none of its props.
    props: dict[str, Any] = {}
    for name, kind in call.named.items():
        if name == "id":
            continue
        if plain(kind) is UNKNOWN and name not in hints_of_component(component):
            return ""
        props[name] = ...
    try:
        component.check_props(props)
    except ComponentError as error:
        return str(error)
    return ""


def _of_macro(macro: Macro, call: Call) -> str:
    node = macro.node
    names = [name.name for name in node.args]
    given, named = call.node.args, [arg.key for arg in call.node.kwargs]
    takes = find_undeclared(node.body, ("caller", "kwargs", "varargs"))
    for name in named if "kwargs" not in takes else ():
        if name in names[: len(given)]:
            return f"{node.name}() got {name} twice"
        if name not in names and (name != "caller" or name not in takes):
            remedy = meant(name, names) or f": it takes {', '.join(names) or 'none'}"
            return f"{node.name}() does not take {name}{remedy}"
    if len(given) > len(names) and "varargs" not in takes:
        return f"{node.name}() takes {len(names)} arguments, not {len(given)}"
    if call.has_body and not {"caller", "kwargs"} & {*takes, *names}:
        return f"{node.name}() shows no caller(): write {{{{ {node.name}(...) }}}} instead"
    needed = names[len(given) : len(names) - len(node.defaults)]
    shown = set(_surely_shown(node.body)) - {each for one in node.body for each in set_names(one)}
    for name in needed:
        if name not in named and name in shown and name != "caller":
            return f"{node.name}() lacks {name}: write {node.name}({name}=...)"
    return ""


def _surely_shown(body: Iterable[nodes.Node]) -> Iterator[str]:
    """Yield names without which a body cannot be shown."""
    for node in body:
        shown: Sequence[nodes.Node] = ()
        if isinstance(node, nodes.Output):
            shown = node.nodes
        elif isinstance(node, nodes.If):
            shown = (node.test,)
        elif isinstance(node, nodes.For):
            shown = (node.iter,)
        for each in shown:
            while isinstance(each, (nodes.Getattr, nodes.Getitem)):
                each = each.node
            if isinstance(each, nodes.Name):
                yield each.name


class _NoLiteral:
    pass


NO_LITERAL: Any = _NoLiteral()


def literal_of(node: nodes.Node) -> Any:
    """Return the value of a literal in a template, of collections an empty one."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.List):
        return []
    return {} if isinstance(node, nodes.Dict) else NO_LITERAL


def mistaken(value: Any, hint: Any) -> tuple[str, str] | None:
    """Return how a literal and the annotation that it surely does not fit are shown, or None."""
    hint = plain(hint)
    if value is NO_LITERAL or value is None or hint is UNKNOWN:
        return None
    choices = _choices(hint)
    if choices is None:
        return None
    names: list[str] = []
    for choice in choices:
        if choice in _TAKEN:
            if isinstance(value, _TAKEN[choice]):
                return None
            names.append("None" if choice is NoneType else choice.__name__)
        elif get_origin(choice) is Literal:
            if value in get_args(choice):
                return None
            names += map(repr, get_args(choice))
        else:
            return None
    hints = meant(value, [name.strip("'") for name in names]) if isinstance(value, str) else ""
    return repr(value), f"{' or '.join(names)}{hints}"


def _choices(hint: Any) -> list[Any] | None:
    if get_origin(hint) is Literal or hint is NoneType:
        return [hint]
    if arms_of(hint) is None:
        return [get_origin(hint) or hint]
    parts: list[Any] = []
    for arm in get_args(hint):
        inner = _choices(plain(arm))
        if inner is None:
            return None
        parts += inner
    return parts
