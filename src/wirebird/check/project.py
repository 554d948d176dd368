"""What there is to look through: an application's views, components, templates and modules.

The rule: only the application's own files are looked at, never those of installed packages.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

from jinja2 import TemplateSyntaxError

import wirebird
from wirebird.check.diagnostics import Diagnostic
from wirebird.check.kinds import Members
from wirebird.check.sources import Source, Sources, class_in, module_tree
from wirebird.errors import WirebirdError
from wirebird.live.component import LiveComponent
from wirebird.live.view import Live, LiveView
from wirebird.web.app import Wirebird

_OURS = Path(wirebird.__file__).parent
_LIBRARY = Path(ast.__file__).resolve().parent
_WORD = re.compile(r"[\w:-]+")


@dataclass(frozen=True, eq=False)
class Subject:
    """A view or a component, and its template if it has one."""

    view: type[Live[Any]]
    source: Source | None

    @property
    def name(self) -> str:
        """The name of its class."""
        return self.view.__name__

    @property
    def is_component(self) -> bool:
        """Whether it is a component."""
        return issubclass(self.view, LiveComponent)


class Project:
    """An application, as far as it can be looked through.

    Args:
        app: The application.
        host: The whole application in which it is mounted, which may be itself.
    """

    def __init__(self, app: Wirebird, host: Any = None) -> None:
        self.app = app
        self.host: Any = app if host is None else host
        self.sources = Sources(app.templates)
        self.found: list[Diagnostic] = []
        self.subjects = list(self._subjects())
        self.layouts = [
            source
            for chosen in dict.fromkeys(self._layouts())
            if isinstance(chosen, str | Path) and (source := self.sources.named(str(chosen)))
        ]
        self.members = Members(self._assigned())

    def report(self, code: str, place: tuple[str, int, int], message: str) -> None:
        """Note something that is wrong."""
        self.found.append(Diagnostic(*place, code, message))

    def _subjects(self) -> Iterator[Subject]:
        routed = [route.view for route in self.app.live_router.routes]
        named = [each for each in self.app.templates.globals.values() if isinstance(each, type)]
        modules = {view.__module__ for view in routed}
        waiting: list[Any] = [*routed, *named, *_leaves(LiveView), *_leaves(LiveComponent)]
        seen: set[type[Any]] = set()
        for each in waiting:
            if each in seen or not issubclass(each, Live):
                continue
            view = cast("type[Live[Any]]", each)
            seen.add(view)
            is_beside = view.__module__ in modules and _is_of_module(view)
            if not (view in routed or view in named or is_beside) or not is_own(view):
                continue
            try:
                renderer = self.app.renderers(view)
            except WirebirdError:
                continue
            except TemplateSyntaxError as error:
                self._broken(view, error)
                yield Subject(view, None)
                continue
            except Exception:
                yield Subject(view, None)
                continue
            yield Subject(view, self.sources.of(view, renderer))

    def _broken(self, view: type[Any], error: TemplateSyntaxError) -> None:
        if error.filename is not None and Path(error.filename).is_file():
            self.sources.broken[error.filename] = error
        else:
            self.report("WB104", self.place_of(view), str(error.message))

    def _layouts(self) -> Iterator[Any]:
        yield self.app.layouts.live
        yield self.app.layouts.root
        for session in self.app.live_router.sessions.values():
            yield from (session.layout, session.root_layout)
        for route in self.app.live_router.routes:
            yield route.layout
            if route.view.layout is not ...:
                yield self.app.layouts.of_class(route.view)

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """The syntax trees of the application's modules by their files."""
        kinds = {each for subject in self.subjects for each in subject.view.__mro__}
        kinds |= {subject.view.definition.state_class for subject in self.subjects}
        found: dict[str, ast.Module] = {}
        for kind in kinds:
            module = sys.modules.get(getattr(kind, "__module__", ""))
            file = getattr(module, "__file__", None)
            if file and file not in found and is_own(kind) and (tree := module_tree(file)):
                found[file] = tree
        return found

    @cached_property
    def nodes(self) -> dict[str, list[ast.AST]]:
        """All nodes of these trees by their files."""
        return {file: _nodes_of(tree) for file, tree in self.modules.items()}

    def _assigned(self) -> frozenset[str]:
        return frozenset(
            node.attr
            for nodes in self.nodes.values()
            for node in nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        )

    @cached_property
    def python_strings(self) -> frozenset[str]:
        """All texts in the application's Python, and the names of attributes that it reads."""
        found: set[str] = set()
        for nodes in self.nodes.values():
            for node in nodes:
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
                    if "<" in node.value or "phx-" in node.value:  # markup
                        found.update(_WORD.findall(node.value))
                elif isinstance(node, ast.Attribute):
                    found.add(node.attr)
        return frozenset(found)

    def file_of(self, kind: type[Any]) -> str:
        """Return the file that a class is in."""
        return getattr(sys.modules.get(kind.__module__), "__file__", None) or kind.__module__

    def place_of(self, view: type[Any], name: str | None = None) -> tuple[str, int, int]:
        """Return the place of a class, or of one of its methods."""
        file = self.file_of(view)
        node: Any = class_in(module_tree(file), view)
        for each in node.body if node is not None and name is not None else ():
            if getattr(each, "name", None) == name:
                node = each
        return (file, node.lineno, node.col_offset + 1) if node is not None else (file, 1, 1)


def _nodes_of(tree: ast.Module) -> list[ast.AST]:
    """Return all nodes of a tree but contexts and operators, quicker than `ast.walk`."""
    found: list[ast.AST] = [tree]
    for each in found:  # it grows
        for value in vars(each).values():
            if isinstance(value, list):
                found += [one for one in cast("list[Any]", value) if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                found.append(value)
    return found


def is_own(kind: Any) -> bool:
    """Tell whether a class is of the application itself."""
    module = sys.modules.get(getattr(kind, "__module__", None) or "")
    file = getattr(module, "__file__", None)
    return file is not None and is_own_file(file)


@cache
def is_own_file(file: str) -> bool:
    """Tell whether a file is of the application itself."""
    path = Path(file).resolve()
    if path.is_relative_to(_LIBRARY) or file.startswith("<"):
        return False
    return "site-packages" not in path.parts and not path.is_relative_to(_OURS)


def _is_of_module(view: type[Any]) -> bool:
    module = sys.modules.get(view.__module__)
    return module is not None and getattr(module, view.__name__, None) is view


def _leaves(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        if each.__subclasses__():
            yield from _leaves(each)
        else:
            yield each
