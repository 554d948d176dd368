"""The HTML of templates: tags that fit together, ids, and what forms, hooks and streams need."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from jinja2 import nodes

from wirebird.check.markup import Element, Markup
from wirebird.check.project import Project


def unmarked(markup: Markup) -> Iterator[tuple[nodes.For, Element]]:
    """Yield the loops in an element that says nothing of how its rows are kept, and the element."""
    for loop, around in markup.loops:
        if around is not None and not around.is_open and "phx-update" not in around.attributes:
            yield loop, around


class Elements:
    """Looks at the elements of templates.

    Args:
        project: What the templates belong to.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def check(self, markup: Markup, *, whole: bool) -> None:
        """Report what is wrong with the elements of a template.

        Args:
            markup: The template's HTML.
            whole: Whether nothing stands before or after it that may open or close its tags.
        """
        source = markup.source
        for code, place, message in markup.problems:
            if code != "WB504" or whole or not message.startswith("</"):
                self._project.report(code, source.place(*place), message)
        for element in markup.left if whole else ():
            self._at("WB504", markup, element, left_open(element))
        by_id: dict[str, list[Element]] = {}
        for element in markup.elements:
            id = element.attributes.get("id")
            if id is not None and id.literal:
                by_id.setdefault(id.literal, []).append(element)
            if element.is_open or (id is not None and id.literal != ""):
                continue
            if element.name == "form" and "phx-change" in element.attributes:
                self._at(
                    "WB502",
                    markup,
                    element,
                    "a form with phx-change needs an id, so that what was typed into it is there"
                    " again when the page reconnects",
                )
            hook = element.attributes.get("phx-hook")
            if hook is not None and hook.literal != "":
                message = "an element with phx-hook needs an id that no other has"
                self._at("WB205", markup, element, message)
        for id, elements in by_id.items():
            for first, second in combinations(elements, 2):
                if not first.excludes(second):
                    message = f"the id {id!r} is that of <{first.name}> in line {first.line}, too"
                    self._at("WB503", markup, second, message)
                    break

    def stream(self, markup: Markup, around: Element) -> None:
        """Report an element around the rows of a stream that does not say so."""
        message = 'rows of a stream need phx-update="stream" and an id on the element around them'
        self._at("WB501", markup, around, f"{message}: <{around.name}>")

    def _at(self, code: str, markup: Markup, element: Element, message: str) -> None:
        self._project.report(code, markup.source.place(element.line, element.column), message)


def left_open(element: Element) -> str:
    """Return what is said of an element that is never closed."""
    return f"<{element.name}> is never closed"
