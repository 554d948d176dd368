"""Components across the two languages: functions in Jinja, and Jinja's macros as functions.

The rule: a component is called with keyword arguments, its body comes as `children`, and it
returns a tree; what does not fit its signature is an error that names it, before it runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateNotFound, nodes
from jinja2.runtime import Undefined

from wirebird.html.calls import signature_of
from wirebird.html.content import content, dynamic_of, is_slots
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.slots import EMPTY, Slot, call_block
from wirebird.html.tree import Comprehension, Statics
from wirebird.names import did_you_mean

if TYPE_CHECKING:
    from wirebird.html.jinja.environment import TemplateEnvironment

_NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_SLOTS = Statics(("", ""), source="slots")


class JinjaComponent:
    """A function component, as Jinja calls it.

    `{{ card(title="x") }}` calls the function; the body of `{% call card(title="x") %}` becomes
    its `children`, a `Slot`. Names that the function lacks reach its `**attributes` with hyphens
    (`phx_click="save"` as `phx-click`), as a t-string's tag would hand them over.

    Args:
        component: A function, or a class whose instances are called without arguments. It
            returns a t-string, markup, a tree, a list of these or text.
        name: What messages call it.
    """

    def __init__(self, component: Callable[..., Any], name: str) -> None:
        self.component = component
        self.__name__ = name
        parameters = inspect.signature(component).parameters.values()
        self._takes = signature_of(component)
        self._positional = [p.name for p in parameters if p.kind in _NAMED]

    def __repr__(self) -> str:
        return f"<component {self.__name__}>"

    def __call__(self, *args: Any, caller: Any = None, **props: Any) -> Fragment:
        for value in (*args, *props.values()):
            if isinstance(value, Undefined):
                str(value)  # raises, with the name
        body = None if caller is None else call_block(caller)
        arguments = self.arguments(args, props, body)
        result = self.component(**arguments)
        if isinstance(self.component, type) and callable(result):
            result = result()
        if result is None:
            raise ComponentError(
                f'{self.__name__}() returned None: end it with return, and with return "" where'
                " it shows nothing"
            )
        return result if type(result) is Fragment else Fragment(dynamic_of(result))

    def arguments(
        self, args: tuple[Any, ...], props: Mapping[str, Any], body: Slot | None = None
    ) -> dict[str, Any]:
        """Return what the function is called with.

        Raises:
            ComponentError: It does not take that.
        """
        arguments = self._by_position(args)
        takes = self._takes
        for name, value in props.items():
            argument = f"{name}_" if iskeyword(name) else name
            if argument not in takes.names:
                if not takes.any_name:
                    raise ComponentError(self._unknown(name))
                argument = name.rstrip("_").replace("_", "-")
            if argument in arguments:
                raise ComponentError(f"{self.__name__}() got {argument} twice")
            arguments[argument] = value
        if body is not None:
            if "children" not in takes.names:
                raise ComponentError(
                    f"{self.__name__}() takes no children: write {{{{ {self.__name__}(...) }}}}"
                    " instead of a call block, or add children to its parameters"
                )
            if "children" in arguments:
                raise ComponentError(
                    f"{self.__name__}() got children twice: as an argument and as the body of its"
                    " call block"
                )
            arguments["children"] = body
        elif "children" in takes.required and "children" not in arguments:
            arguments["children"] = EMPTY
        missing = sorted(takes.required - arguments.keys())
        if missing:
            example = ", ".join(f"{name}=..." for name in missing)
            raise ComponentError(
                f"{self.__name__}() lacks {', '.join(missing)}: write {self.__name__}({example})"
            )
        return arguments

    def _by_position(self, args: tuple[Any, ...]) -> dict[str, Any]:
        if len(args) > len(self._positional):
            raise ComponentError(
                f"{self.__name__}() takes {len(self._positional)} arguments without a name"
                f" ({', '.join(self._positional) or 'none'}), not {len(args)}"
            )
        return dict(zip(self._positional, args, strict=False))

    def _unknown(self, name: str) -> str:
        known = sorted(self._takes.names)
        remedy = did_you_mean(name, known, f"it takes {', '.join(known) or 'none'}")
        return f"{self.__name__}() does not take {name}: {remedy}"


class MacroFunction:
    """A macro of a Jinja file as a function: `macros.card(title="x")`, `<{macros.card} ...>`.

    The macro's `caller()` shows its `children`; a named slot is an argument that it shows by its
    name.

    Args:
        macro: The compiled macro.
        node: Where it is defined.
        source: The file's name, for messages.
    """

    def __init__(self, macro: Callable[..., Any], node: nodes.Macro, source: str) -> None:
        self._macro = macro
        self.__name__ = node.name
        self._source = source
        self._calls_back = bool(getattr(macro, "caller", False))
        names = [name.name for name in node.args]
        first_default = len(names) - len(node.defaults)
        parameters = [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if place < first_default else None,
            )
            for place, name in enumerate(names)
        ]
        if self._calls_back and "children" not in names:
            only = inspect.Parameter.KEYWORD_ONLY
            parameters.append(inspect.Parameter("children", only, default=None))
        if getattr(macro, "catch_kwargs", False):
            rest = inspect.Parameter.VAR_KEYWORD
            parameters.append(inspect.Parameter("kwargs", rest))
        self.__signature__ = inspect.Signature(parameters)
        self._names = names

    def __repr__(self) -> str:
        return f"<macro {self.__name__} of {self._source}>"

    def __call__(self, *args: Any, **props: Any) -> Fragment:
        try:
            bound = self.__signature__.bind(*args, **props)
        except TypeError as error:
            takes = ", ".join(self.__signature__.parameters) or "no arguments"
            raise ComponentError(
                f"{self.__name__}() of {self._source}: {error}; it takes {takes}"
            ) from None
        arguments: dict[str, Any] = {**bound.arguments, **bound.arguments.get("kwargs", {})}
        arguments.pop("kwargs", None)
        given = {name: _as_macros_see_it(value) for name, value in arguments.items()}
        if self._calls_back:
            children = given.pop("children", None) if "children" not in self._names else None
            given["caller"] = _caller(children)
        return self._macro(**given)


def _as_macros_see_it(value: Any) -> Any:
    if is_slots(value):
        return Slots(value)
    if type(value).__name__ == "Template" and hasattr(value, "interpolations"):
        return Fragment(dynamic_of(value))
    return value


def _caller(children: Any) -> Callable[..., Fragment]:
    if isinstance(children, Slot):
        slot = children
        return lambda *args: Fragment(slot.render(*args))
    given = content(children)
    shown = Fragment("") if given is None else given
    return lambda *args: shown


class Slots(list[Slot]):
    """A named slot's entries, as a macro sees them: to go over, or to show all at once."""

    @property
    def __tree__(self) -> Comprehension:
        return Comprehension(_SLOTS, [(slot.render(),) for slot in self])


class Macros:
    """The macros of a Jinja file, as functions; see `load_macros`."""

    def __init__(self, environment: TemplateEnvironment, name: str) -> None:
        self._environment = environment
        self._name = name
        self._loaded: Any = None
        self._functions: dict[str, MacroFunction] = {}
        self._load()

    def _load(self) -> dict[str, MacroFunction]:
        template = self._environment.file(self._name)
        if template is self._loaded:
            return self._functions
        loader = self._environment.loader
        if loader is None:
            raise TemplateNotFound(self._name)
        source = loader.get_source(self._environment, template.name or self._name)[0]
        parsed = self._environment.parse(source, template.name, template.filename)
        module = template.module
        self._functions = {
            node.name: MacroFunction(getattr(module, node.name), node, self._name)
            for node in parsed.find_all(nodes.Macro)
            if hasattr(module, node.name)
        }
        self._loaded = template
        return self._functions

    def __getattr__(self, name: str) -> MacroFunction:
        if name.startswith("__"):
            raise AttributeError(name)
        functions = self._load()
        if name in functions:
            return functions[name]
        meant = did_you_mean(name, functions, f"it has {', '.join(functions) or 'none'}")
        raise AttributeError(f"{self._name} has no macro {name!r}: {meant}")

    def __dir__(self) -> list[str]:
        return sorted(self._load())

    def __repr__(self) -> str:
        return f"<macros of {self._name}>"


def load_macros(environment: TemplateEnvironment, name: str) -> Macros:
    """Return the macros of a Jinja file as functions, for t-strings and other Python code.

    Args:
        environment: Where the file is found, and whose globals its macros see.
        name: The file's name or path.

    Raises:
        jinja2.TemplateNotFound: There is no such file.
        jinja2.TemplateSyntaxError: It is broken.

    Example:
        ```python
        macros = load_macros(environment, "components.html")
        t"<{macros.card} title='Hello'>World</{macros.card}>"
        ```
    """
    return Macros(environment, name)


__all__ = ["JinjaComponent", "MacroFunction", "Macros", "Slots", "load_macros"]
