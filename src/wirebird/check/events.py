"""Events and bindings in templates: which name a handler, which are unknown, which nothing names.

The rule: an event is reported where its target is known and neither a handler, nor `handle_event`,
nor a hook can take it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from jinja2 import nodes

from wirebird.check.diagnostics import meant
from wirebird.check.markup import Attribute, Element
from wirebird.check.project import Project, Subject, is_own
from wirebird.check.sources import Source

EVENTS = frozenset(
    f"phx-{name}"
    for name in (
        "click", "click-away", "change", "submit", "blur", "focus", "window-blur", "window-focus",
        "keydown", "keyup", "window-keydown", "window-keyup", "viewport-top", "viewport-bottom",
        "auto-recover",
    )
)  # fmt: skip
BINDINGS = EVENTS | frozenset(
    f"phx-{name}"
    for name in (
        "update", "hook", "target", "key", "mounted", "remove", "connected", "disconnected",
        "debounce", "throttle", "disable-with", "trigger-action", "drop-target", "progress",
        "track-static", "no-feedback", "no-format", "patch-focused", "no-unused-field",
        "feedback-for", "feedback-group", "viewport-overrun-target", "page-loading",
        "capture-click", "portal", "preview-entry", "link", "link-state", "session", "static",
        "main", "sticky",
        "component", "no-usage-tracking", "upload-ref", "custom-events-allowed", "runtime-hook",
    )
)  # fmt: skip
_OPEN = ("phx-value-", "phx-private-")
_ARGUMENTS = frozenset(name.replace("-", "_") for name in EVENTS) | {
    "on_change", "on_submit", "on_confirm", "on_cancel", "on_close"
}  # fmt: skip
_FORM_WORDS = frozenset({"ignore"})


class Events:
    """The events of one application.

    Args:
        project: The application.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def _hooked(self) -> frozenset[str]:
        """What hooks on `handle_event` may take: every text of the modules that attach one."""
        found: set[str] = set()
        for all_nodes in self._project.nodes.values():
            calls = [node for node in all_nodes if isinstance(node, ast.Call)]
            if any(_name_of(call.func) == "attach_hook" for call in calls):
                found.update(_texts(all_nodes))
        return frozenset(found)

    def check(
        self, element: Element, source: Source, owners: Iterable[Subject], *, anybody: bool
    ) -> None:
        """Report a tag's bindings that are unknown, and its events that nothing takes.

        Args:
            element: The tag.
            source: The template that it is in.
            owners: The views and components that show the template.
            anybody: Whether it may be shown by others, too.
        """
        for name, attribute in element.attributes.items():
            if not name.startswith("phx-"):
                continue
            if name not in BINDINGS and not name.startswith(_OPEN) and not attribute.is_open:
                place = source.place(attribute.line, attribute.column)
                self._project.report(
                    "WB203", place, f"there is no binding {name!r}{meant(name, BINDINGS)}"
                )
            event = attribute.literal
            if name in EVENTS and event and event[0] not in "[{" and event not in _FORM_WORDS:
                place = source.place(attribute.line, attribute.column)
                target = element.attributes.get("phx-target")
                if target is None and element.is_open:
                    continue
                self._event(event, place, _target(target), owners, anybody=anybody)

    def check_call(
        self, node: nodes.Call, source: Source, owners: Iterable[Subject], *, is_component: bool
    ) -> None:
        """Report events in `js.push("...")` and in the arguments of components."""
        named = {arg.key: arg.value for arg in node.kwargs}
        if isinstance(node.node, nodes.Getattr) and node.node.attr == "push" and _is_js(node.node):
            event = node.args[0] if node.args else named.get("event")
            target = named.get("target")
            self._in_call(event, target, source, owners, anybody=True)
        elif is_component and node.dyn_kwargs is None:
            for name in _ARGUMENTS & named.keys():
                self._in_call(named[name], named.get("phx_target"), source, owners, anybody=False)

    def _in_call(
        self,
        event: nodes.Expr | None,
        target: nodes.Expr | None,
        source: Source,
        owners: Iterable[Subject],
        *,
        anybody: bool,
    ) -> None:
        if not isinstance(event, nodes.Const) or not isinstance(event.value, str):
            return
        if not event.value or event.value[0] in "[{":
            return
        place = source.place_of_text(event.lineno, event.value)
        kind = "view" if target is None else "component" if _is_myself(target) else "else"
        # Commands are often handed to a component, whose target is its own.
        self._event(event.value, place, kind, owners, anybody=anybody and target is None)

    def _event(
        self,
        event: str,
        place: tuple[str, int, int],
        target: str,
        owners: Iterable[Subject],
        *,
        anybody: bool,
    ) -> None:
        if event.startswith("lv:") or event in self._hooked:
            return
        subjects = self._project.subjects
        views = [each for each in subjects if not each.is_component]
        takers: list[Subject] = []
        for owner in owners:
            if target == "else" or anybody:
                takers = subjects
            elif target == "component":
                takers = [owner] if owner.is_component else subjects
            else:
                takers = views if owner.is_component else [owner]
            if any(_takes(each, event) for each in takers):
                continue
            known = sorted({name for each in takers for name in _events(each)})
            shown = takers[0].name if len(takers) == 1 else "no view or component"
            verb = "has no" if len(takers) == 1 else "has an"
            way = f"@event on a method named {event}"
            if not event.isidentifier():
                way = f"@event({event!r}) on a method"
            hint = meant(event, known) or f"; write {way}"
            self._project.report("WB201", place, f"{shown} {verb} @event {event!r}{hint}")

    def unnamed(self, texts: frozenset[str], scripts: str) -> None:
        """Report handlers whose events stand nowhere: neither in templates nor in other code.

        Args:
            texts: All texts in templates.
            scripts: All scripts.
        """
        named = texts | self._project.python_strings
        for subject in self._project.subjects:
            for name, handler in subject.view.definition.handlers.events.items():
                owner = next(
                    kind for kind in subject.view.__mro__ if handler.attribute in vars(kind)
                )
                if owner is not subject.view or not is_own(owner) or len(handler.names) > 1:
                    continue
                if name in named or re.search(rf"\b{re.escape(name)}\b", scripts):
                    continue
                place = self._project.place_of(owner, handler.attribute)
                self._project.report(
                    "WB202", place, f"no template names the event {name!r} of {subject.name}"
                )


def _target(attribute: Attribute | None) -> str:
    if attribute is None:
        return "view"
    values = attribute.values
    return "component" if len(values) == 1 and _is_myself(values[0]) else "else"


def _is_myself(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "myself"


def _is_js(node: nodes.Node) -> bool:
    while isinstance(node, (nodes.Getattr, nodes.Call)):
        node = node.node
    return isinstance(node, nodes.Name) and node.name == "js"


def _events(subject: Subject) -> Iterable[str]:
    return subject.view.definition.handlers.events


def _takes(subject: Subject, event: str) -> bool:
    definition = subject.view.definition
    return definition.handle_event is not None or event in definition.handlers.events


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(nodes: Iterable[ast.AST]) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
