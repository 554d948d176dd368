"""`check`: goes through an application and returns what is wrong in it.

The rule: the application is only looked at; nothing of it is run but what importing it has run.
"""

from __future__ import annotations

import re
from typing import Any, get_origin

from wirebird.check import blocking, paths, props, storing, tstrings
from wirebird.check.diagnostics import Diagnostic, kept
from wirebird.check.elements import Elements, unmarked
from wirebird.check.events import Events
from wirebird.check.hooks import Hooks
from wirebird.check.kinds import UNKNOWN, plain
from wirebird.check.markup import Markup, markups
from wirebird.check.names import Macro, Walker
from wirebird.check.project import Project, Subject
from wirebird.check.sources import Source
from wirebird.html.jinja.components import JinjaComponent
from wirebird.html.link import link
from wirebird.live.rendering import PageNames
from wirebird.live.stream import Stream
from wirebird.web.app import Wirebird
from wirebird.web.layouts import Page

_PAGE = PageNames._names  # pyright: ignore[reportPrivateUsage]
_OF_COMPONENTS = ("id", "myself", "inner_block", "children", "slots")
_SLOT = re.compile(r"<:(\w+)")


def check(app: Wirebird, host: Any = None) -> list[Diagnostic]:
    """Return what is wrong in an application.

    Args:
        app: The application.
        host: The application in which it is mounted, if it is in one.
    """
    project = Project(app, host)
    return Checking(project).run()


class Checking:
    """One run through an application."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.macros: dict[int, Macro] = {}
        self.owners: dict[Source, list[Subject]] = {}
        self.imported: set[Source] = set()
        self.walkers: list[tuple[Subject | None, Walker]] = []

    def run(self) -> list[Diagnostic]:
        """Return what is found."""
        project = self.project
        self._names()
        read = markups(lambda name, parent: project.sources.named(name, parent.name))
        events = Events(project)
        elements = Elements(project)
        hooks = Hooks(project)
        views = [subject for subject in project.subjects if not subject.is_component]
        for source, owners in self.owners.items():
            markup = read(source)
            shared = source in self.imported
            elements.check(markup, whole=self._is_whole(source))
            for element in markup.elements:
                in_macro = element.in_macro and shared
                events.check(element, source, owners or views[:1], anybody=in_macro or not owners)
                hooks.check(element, source)
        for subject, walker in self.walkers:
            for call in walker.calls:
                source, node = call.source, call.node
                value = getattr(call.kind, "value", None)
                props.check(project, call)
                known = isinstance(value, JinjaComponent) and value.__name__.startswith("ui.")
                owners = [subject] if subject is not None else views[:1]
                paths.check_call(project, source, node, goes=known or value is link)
                if known or value is link:
                    hooks.check_call(node, source)
                if source not in self.imported:
                    events.check_call(
                        node, source, owners, is_component=known and subject is not None
                    )
        for source in self.owners:
            self._streams(read(source), elements)
        tstrings.check(project, events, elements, hooks)
        blocking.check(project)
        paths.check_modules(project)
        storing.check(project, self.walkers)
        self._broken()
        self._unnamed(events)
        return kept(project.found)

    def _streams(self, markup: Markup, elements: Elements) -> None:
        for node, around in unmarked(markup):
            kinds = [walker.loops.get(id(node)) for _, walker in self.walkers]
            if any((get_origin(plain(kind)) or kind) is Stream for kind in kinds):
                elements.stream(markup, around)

    def _is_whole(self, source: Source) -> bool:
        own = [subject for subject in self.owners[source] if subject.source is source]
        return len(own) == len(self.owners[source]) and bool(own)

    def _names(self) -> None:
        project = self.project
        slots = self._slots()
        for subject in project.subjects:
            if subject.source is None:
                continue
            page = (*_PAGE, *_OF_COMPONENTS, *slots) if subject.is_component else _PAGE
            state = subject.view.definition.state_class
            names = dict.fromkeys(page, UNKNOWN)
            walker = Walker(project, subject.name, state, names, self.macros)
            walker.walk(subject.source)
            self.walkers.append((subject, walker))
            for source, imported in walker.used.items():
                self.owners.setdefault(source, []).append(subject)
                if imported:
                    self.imported.add(source)
        names = dict.fromkeys((*_PAGE, "inner_content", "request"), UNKNOWN) | {"page": Page}
        for source in project.layouts:
            walker = Walker(project, "a layout", None, names, self.macros)
            walker.walk(source)
            self.walkers.append((None, walker))
            for each in walker.used:
                self.owners.setdefault(each, [])
        for macro in list(self.macros.values()):
            kinds = macro.kinds()
            if kinds:
                macro.walker.walk_macro(macro, kinds)

    def _slots(self) -> set[str]:
        """Return what content may be called that components are given."""
        names: set[str] = set()
        for text in self.project.python_strings:
            names.update(_SLOT.findall(text))
        return names

    def _broken(self) -> None:
        for file, error in self.project.sources.broken.items():
            self.project.report("WB104", (file, error.lineno, 1), str(error.message))

    def _unnamed(self, events: Events) -> None:
        texts: set[str] = set()
        for source in self.project.sources.all():
            texts |= source.strings
            texts.update(re.findall(r"[\w:-]+", source.text))
        scripts: list[str] = []
        for file in self.project.app.assets.all_files:
            if str(file).endswith((".js", ".mjs")):
                scripts.append(file.read_text(encoding="utf-8", errors="replace"))
        events.unnamed(frozenset(texts), "\n".join(scripts))
