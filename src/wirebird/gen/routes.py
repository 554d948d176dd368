"""Imports, components and routes, added to the module that makes the application.

The rule: what is there stays as it is written, and a module that reads otherwise than expected is
left alone.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Additions:
    """What the application's module needs.

    Attributes:
        imports: Its imports: the module, and what is imported from it.
        components: Statements that must come before routes, whose templates need them.
        routes: Statements that come after all others of their kind.
    """

    imports: tuple[tuple[str, tuple[str, ...]], ...] = ()
    components: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as lines, for a person to add."""
        return (*map(_import_line, self.imports), *self.components, *self.routes)


def added(source: str, additions: Additions, package: str) -> str | None:
    """Return the module with what it needs, or None when that cannot be done safely.

    Args:
        source: The module's text.
        additions: What is added; what is there already is not added again.
        package: The name of the project's package, whose imports stand in one block.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    apps = [node for node in body if _makes_app(node)]
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    if len(apps) != 1 or not imports:
        return None
    app = apps[0]
    components = [node for node in body if _calls(node, "components")]
    routes = [node for node in body if _calls(node, "live") or isinstance(node, ast.With)]
    present = set(source.splitlines())
    lines: dict[int, list[str]] = {}

    def put(after: int, text: str) -> None:
        if text.splitlines()[0] not in present:
            lines.setdefault(after, []).extend(text.splitlines())

    for each in sorted(additions.imports):
        place, is_new_block = _place_of_import(imports, each[0], package)
        line = _import_line(each)
        if is_new_block and place not in lines and line not in present:
            lines[place] = [""]
        put(place, line)
    for text in additions.components:
        put(_end(components[-1] if components else app), text)
    for text in additions.routes:
        last = (routes or components or [app])[-1]
        put(max(_end(last), _end(app)), text)
    result: list[str] = list(lines.get(0, []))
    for number, line in enumerate(source.splitlines(), 1):
        result += [line, *lines.get(number, [])]
    text = "\n".join(result) + "\n"
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text if lines else source


def _place_of_import(
    imports: list[ast.Import | ast.ImportFrom], module: str, package: str
) -> tuple[int, bool]:
    """Return the line after which an import stands, and whether it begins a block of its own."""
    ours = [
        node
        for node in imports
        if isinstance(node, ast.ImportFrom)
        and (node.module == package or (node.module or "").startswith(f"{package}."))
    ]
    before = [node for node in ours if (node.module or "") < module]
    if before:
        return _end(before[-1]), False
    if ours:
        return ours[0].lineno - 1, False
    return _end(imports[-1]), True


def _import_line(each: tuple[str, tuple[str, ...]]) -> str:
    module, names = each
    return f"from {module} import {', '.join(names)}"


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _makes_app(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "Wirebird"
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "app"
    )


def _calls(node: ast.stmt, method: str) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == method
        and isinstance(node.value.func.value, ast.Name)
        and node.value.func.value.id == "app"
    )
