"""Calls that keep the event loop, and so everybody, waiting.

The rule: only functions that surely wait are named, and only where they are called directly in an
`async def`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wirebird.check.project import Project

_INSTEAD = {
    "time.sleep": "await asyncio.sleep(...)",
    "os.system": "await asyncio.create_subprocess_shell(...)",
    "urllib.request.urlopen": "an async client, or await asyncio.to_thread(...)",
    "subprocess.run": "await asyncio.create_subprocess_exec(...)",
    "subprocess.call": "await asyncio.create_subprocess_exec(...)",
    "subprocess.check_call": "await asyncio.create_subprocess_exec(...)",
    "subprocess.check_output": "await asyncio.create_subprocess_exec(...)",
} | {
    f"{client}.{method}": "an async client such as httpx.AsyncClient"
    for client in ("requests", "httpx")
    for method in ("get", "post", "put", "patch", "delete", "head", "options", "request")
}
_MODULES = frozenset(name.partition(".")[0] for name in _INSTEAD)


def check(project: Project) -> None:
    """Report blocking calls in the coroutines of an application's modules."""
    for file, nodes in project.nodes.items():
        imported = _imported(nodes)
        for function in nodes if imported else ():
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            own = {
                node.id
                for node in ast.walk(function)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            } | {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
            for call in _calls(function.body):
                parts = _parts(call.func)
                if not parts or parts[0] in own or parts[0] not in imported:
                    continue
                name = ".".join((imported[parts[0]], *parts[1:]))
                if name in _INSTEAD:
                    message = f"{name} in an async def makes everybody wait: use {_INSTEAD[name]}"
                    project.report("WB601", (file, call.lineno, call.col_offset + 1), message)


def _imported(nodes: list[ast.AST]) -> dict[str, str]:
    """Return what a module imports of the modules that have blocking functions."""
    names: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return {name: each for name, each in names.items() if each.partition(".")[0] in _MODULES}


def _calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting += ast.iter_child_nodes(node)


def _parts(node: ast.expr) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return (node.id, *names) if isinstance(node, ast.Name) else ()
