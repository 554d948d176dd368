"""Which file a script means that imports an npm package by its name: `import "@codemirror/view"`.

The rule: as Node looks it up for browsers, in the `node_modules` of the script's own folder and of
those around it. What is not there, or is no ES module, is nobody's, and stays as written.
"""

from __future__ import annotations

import json
import posixpath
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

_CONDITIONS = ("browser", "import", "module", "default")


def package_file(specifier: str, script: Path) -> Path | None:
    """Return the file that a script gets when it imports a package, or a part of one.

    Args:
        specifier: "sortablejs", "@codemirror/view", "d3/src/array.js".
        script: The file that imports it.
    """
    parts = specifier.split("/")
    length = 2 if specifier.startswith("@") else 1
    name, inside = "/".join(parts[:length]), "/".join(parts[length:])
    if len(parts) < length or ".." in parts:
        return None
    for folder in script.parents:
        package = folder / "node_modules" / name
        manifest = package / "package.json"
        if manifest.is_file():
            path = _entry(_parsed(manifest.read_text(encoding="utf-8")), inside)
            file = package / posixpath.normpath(path) if path else None
            return file if file is not None and file.is_file() else None
    return None


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _entry(manifest: dict[str, Any], inside: str) -> str | None:
    """Return the path within a package of what it gives out under a name; "" is the package."""
    exports = manifest.get("exports")
    if exports is not None:
        return _within(_exported(exports, f"./{inside}" if inside else "."))
    if inside:
        return _within(f"./{inside}")
    main = manifest.get("main", "index.js") if manifest.get("type") == "module" else None
    return _within(manifest.get("module") or main)


def _within(path: Any) -> str | None:
    if not isinstance(path, str):
        return None
    path = posixpath.normpath(path)
    return None if path.startswith(("..", "/")) else path


def _exported(exports: Any, name: str) -> Any:
    if not _has_names(exports):
        return _chosen(exports) if name == "." else None
    if name in exports:
        return _chosen(exports[name])
    for pattern, target in exports.items():
        before, star, after = pattern.partition("*")
        if star and name.startswith(before) and name.endswith(after) and name != before + after:
            found = _chosen(target)
            matched = name[len(before) : len(name) - len(after)]
            return found.replace("*", matched) if isinstance(found, str) else None
    return None


def _has_names(exports: Any) -> bool:
    return isinstance(exports, dict) and all(
        name.startswith(".") for name in cast("dict[str, Any]", exports)
    )


def _chosen(target: Any) -> Any:
    """Return the path that browsers are meant to take."""
    if isinstance(target, list):
        each = (_chosen(one) for one in cast("list[Any]", target))
        return next((path for path in each if path is not None), None)
    if isinstance(target, dict):
        for condition, meant in cast("dict[str, Any]", target).items():
            if condition in _CONDITIONS and (found := _chosen(meant)) is not None:
                return found
        return None
    return target
