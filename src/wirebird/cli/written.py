"""What a module's source says of its names, for modules that cannot be imported.

The rule: nothing of the module runs.
"""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

_Documented: TypeAlias = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def written(module: str, name: str) -> str:
    """Return a name's heading and docstring, and those of a class's methods.

    Args:
        module: The module that offers it, where it is written or from where else it comes.
        name: The name of a class or function.
    """
    there, found = _found(module, name)
    if found is None:
        return f"## `{there}.{name}`"
    parts = [_one(f"{module}.{name}", found, "##")]
    if isinstance(found, ast.ClassDef):
        parts += [
            _one(f"{name}.{member.name}", member, "###")
            for member in found.body
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
            and not member.name.startswith("_")
            and ast.get_docstring(member)
        ]
    return "\n\n".join(parts)


def _found(module: str, name: str) -> tuple[str, _Documented | None]:
    """Return where a name is written, and what is written there."""
    file = _file(module)
    for part in ast.parse(file.read_text(encoding="utf-8")).body if file else ():
        if isinstance(part, _Documented) and part.name == name:
            return module, part
        if isinstance(part, ast.ImportFrom) and name in {alias.name for alias in part.names}:
            return _found(part.module or "", name)
    return module, None


def _file(module: str) -> Path | None:
    """Return a module's file; none of the packages around it is imported but the outermost."""
    outermost, *inner = module.split(".")
    spec = find_spec(outermost)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*inner)
    files = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def _one(name: str, part: _Documented, level: str) -> str:
    signature = "" if isinstance(part, ast.ClassDef) else f"({ast.unparse(part.args)})"
    return f"{level} `{name}{signature}`\n\n{ast.get_docstring(part) or ''}".rstrip()
