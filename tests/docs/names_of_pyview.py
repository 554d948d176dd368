"""Writes down the public names of the PyView that is installed, by what they belong to.

`.venv-bench-3.14/bin/python tests/docs/names_of_pyview.py > tests/docs/names_of_pyview.txt`, with
the environment that `make bench` makes; tests read the text, so that they need no PyView.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any


def public(owner: Any) -> list[str]:
    """Return the names that a class or module offers, fields of dataclasses and models included."""
    own: set[str] = set()
    for base in inspect.getmro(owner):
        if base.__module__.startswith("pyview"):
            own |= {*vars(base), *vars(base).get("__annotations__", ())}
            if "__annotate_func__" in vars(base):
                own |= set(inspect.get_annotations(base, format=3))  # type: ignore[call-arg]
    return sorted(name for name in own if not name.startswith(("_", "model_")))


def main() -> None:
    """Print a line for each: what it belongs to, and its names."""
    print(f"# PyView {version('pyview-web')}")
    print("pyview:", *sorted(import_module("pyview").__all__))
    print("pyview.events:", *sorted(import_module("pyview.events").__all__))
    print("pyview.auth:", *sorted(import_module("pyview.auth").__all__))
    for module, name in (
        ("pyview.live_socket", "ConnectedLiveViewSocket"),
        ("pyview.live_view", "LiveView"),
        ("pyview.components", "LiveComponent"),
        ("pyview.components", "ComponentSocket"),
        ("pyview.stream", "Stream"),
        ("pyview.uploads", "UploadConstraints"),
        ("pyview.uploads", "UploadEntry"),
        ("pyview.uploads", "UploadConfig"),
        ("pyview.changesets.changesets", "ChangeSet"),
        ("pyview.playground.builder", "PlaygroundBuilder"),
        ("pyview.js", "JsCommands"),
    ):
        print(f"{name}:", *public(getattr(import_module(module), name)))
    root = import_module("pyview.template.root_template").defaultRootTemplate
    print("defaultRootTemplate:", *inspect.signature(root).parameters)
    ibis = Path(str(import_module("pyview.vendor.ibis").__file__)).parent
    filters = import_module("pyview.vendor.ibis.filters").filtermap
    print("filters:", *sorted(name for name in filters if "." not in name))
    tags = re.findall(r'^@register\("(\w+)"', (ibis / "nodes.py").read_text(), re.MULTILINE)
    print("tags:", *sorted(tags))


if __name__ == "__main__":
    main()
