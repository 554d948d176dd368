"""Literal paths to live views that no route answers.

The rule: a path that anything answers is right, also one of the application around this one; in a
host that cannot be looked into nothing is said.
"""

from __future__ import annotations

import ast
from typing import Any

from jinja2 import nodes
from starlette.applications import Starlette
from starlette.routing import Match

from wirebird.check.project import Project
from wirebird.check.sources import Source

_WAYS = ("patch", "navigate")


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
    """Report paths in `push_patch("...")` and `push_navigate("...")`."""
    for file, all_nodes in project.nodes.items():
        for node in all_nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in ("push_patch", "push_navigate") or not node.args:
                continue
            first = node.args[0]
            path = first.value if isinstance(first, ast.Constant) else None
            if isinstance(path, str) and not _answered(project, path):
                place = (file, first.lineno, first.col_offset + 1)
                project.report("WB301", place, f"no route answers {path!r}")


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
