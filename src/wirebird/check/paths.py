"""Literal paths to live views that no route answers.

The rule: a path that anything answers is right, also one of the application around this one; in a
host that cannot be looked into nothing is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from jinja2 import nodes
from starlette.applications import Starlette
from starlette.routing import Match

from wirebird.check.project import Project
from wirebird.check.sources import Source

_WAYS = ("patch", "navigate")
_PUSHES = ("push_patch", "push_navigate")


def check_call(project: Project, source: Source, node: nodes.Call, *, goes: bool) -> None:
    """Report a path in `link(navigate="...")`, in `ui.*` and in `js.navigate("...")`.

    Args:
        project: The application.
        source: The template.
        node: The call.
        goes: Whether it is of ours, so that its `navigate` and `patch` are paths.
    """
    callee = node.node
    given: list[Any] = []
    if goes:
        given = [arg.value for arg in node.kwargs if arg.key in _WAYS]
    if isinstance(callee, nodes.Getattr) and callee.attr in _WAYS and node.args:
        first = callee.node
        if isinstance(first, nodes.Name) and first.name == "js":
            given.append(node.args[0])
    for value in given:
        path = value.value if isinstance(value, nodes.Const) else None
        if isinstance(path, str) and not _answered(project, path):
            place = source.place_of_text(value.lineno, path)
            project.report("WB301", place, f"no route answers {path!r}")


def check_modules(project: Project) -> None:
    """Report paths in `push_patch("...")`, `push_navigate("...")`, `js.navigate("...")`, `link`."""
    for file, all_nodes in project.nodes.items():
        ours = _ours(all_nodes)
        for node in all_nodes:
            if isinstance(node, ast.Call):
                for given in _paths_of(node, ours):
                    place = (file, given.lineno, given.col_offset + 1)
                    check_path(project, getattr(given, "value", None), place)


def check_path(project: Project, path: Any, place: tuple[str, int, int]) -> None:
    """Report a path if it is a literal one and no route answers it."""
    if isinstance(path, str) and not _answered(project, path):
        project.report("WB301", place, f"no route answers {path!r}")


def _ours(all_nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that a module imports from Wirebird and uses for nothing else."""
    imported: set[str] = set()
    others: set[str] = set()
    for node in all_nodes:
        if isinstance(node, ast.ImportFrom):
            is_ours = not node.level and (node.module or "").partition(".")[0] == "wirebird"
            (imported if is_ours else others).update(e.asname or e.name for e in node.names)
        elif isinstance(node, ast.arg):
            others.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            others.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            others.add(node.name)
    return frozenset(imported - others)


def _paths_of(node: ast.Call, ours: frozenset[str]) -> list[ast.expr]:
    called = node.func
    if isinstance(called, ast.Name) and called.id in ours:
        return [each.value for each in node.keywords if each.arg in _WAYS]
    if not isinstance(called, ast.Attribute) or not node.args:
        return []
    first = called.value
    while isinstance(first, (ast.Attribute, ast.Call)):
        first = first.value if isinstance(first, ast.Attribute) else first.func
    is_js = isinstance(first, ast.Name) and first.id == "js" and "js" in ours
    goes = called.attr in _PUSHES or (is_js and called.attr in _WAYS)
    return [node.args[0]] if goes else []


def _answered(project: Project, url: str) -> bool:
    if not url.startswith("/") or url.startswith("//"):
        return True
    if not isinstance(project.host, Starlette):
        return True
    if project.app.live_router.match_url(url) is not None:
        return True
    path = url.partition("#")[0].partition("?")[0]
    scope: dict[str, Any] = {
        "type": "http",
        "path": path,
        "method": "GET",
        "root_path": "",
        "headers": [],
    }
    return any(
        route.matches(scope)[0] is not Match.NONE
        for app in (project.app, project.host)
        for route in app.routes
    )
