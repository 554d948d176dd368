"""Hooks that templates name and no script exports.

The rule: nothing is said as soon as there may be a hook that cannot be read: in a script of another
host, in one that a layout loads, or under a name that is made at run time.
"""

from __future__ import annotations

import re
from functools import cached_property

from jinja2 import nodes

from wirebird.check.diagnostics import meant
from wirebird.check.markup import Element
from wirebird.check.project import Project
from wirebird.check.scripts import Unreadable, exported
from wirebird.check.sources import Source

_PLAIN = re.compile(
    r"^[ \t]*export\s+(?:const|let|var|class|(?:async\s+)?function)\s+([\w$]+)", re.MULTILINE
)


class Hooks:
    """The hooks of one application.

    Args:
        project: The application.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def check(self, element: Element, source: Source) -> None:
        """Report the hook of an element if no script has it."""
        attribute = element.attributes.get("phx-hook")
        if attribute is not None and attribute.literal:
            place = source.place(attribute.line, attribute.column)
            self._hook(attribute.literal, place)

    def check_call(self, node: nodes.Call, source: Source) -> None:
        """Report the hook that one of our components is given."""
        for argument in node.kwargs:
            value = argument.value.value if isinstance(argument.value, nodes.Const) else None
            if argument.key == "phx_hook" and isinstance(value, str) and value:
                self._hook(value, source.place_of_text(argument.lineno, value))

    def _hook(self, name: str, place: tuple[str, int, int]) -> None:
        if name.startswith("Phoenix.") or name in self._plain:
            return
        if self._names is None or name in self._names:
            return
        hint = meant(name, self._names)
        for file, text in self._scripts.items():
            if not hint and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text):
                hint = f": {file} has it, without export"
        hint = hint or f": write export const {name} = {{...}} in a script beside the view"
        self._project.report("WB204", place, f"no script exports a hook {name!r}{hint}")

    @cached_property
    def _scripts(self) -> dict[str, str]:
        files = [each for each in self._project.app.assets.all_scripts if not isinstance(each, str)]
        return {each.name: each.read_text(encoding="utf-8", errors="replace") for each in files}

    @cached_property
    def _plain(self) -> frozenset[str]:
        """What is exported as most write it, which is quick to see."""
        return frozenset(name for text in self._scripts.values() for name in _PLAIN.findall(text))

    @cached_property
    def _names(self) -> frozenset[str] | None:
        """All hooks, or None if there may be others."""
        if self._are_elsewhere():
            return None
        try:
            return self._plain.union(*map(exported, self._scripts.values()))
        except Unreadable:
            return None

    def _are_elsewhere(self) -> bool:
        project = self._project
        sessions = project.app.live_router.sessions.values()
        roots = [project.app.layouts.root, *(each.root_layout for each in sessions)]
        return (
            any(isinstance(each, str) for each in project.app.assets.all_scripts)
            or any(callable(each) for each in roots)
            or any("<script" in source.text for source in project.layouts)
            or any(
                "<script" in source.text and "hook" in source.text.lower()
                for source in project.sources.all()
            )
        )
