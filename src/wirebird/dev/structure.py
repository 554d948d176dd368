"""`problems`: tags of a page that do not fit together, as its developer is told in the page.

The rule: what a template's own text shows has that template's line; the rest, which only the HTML
shows that was made of several, or of t-strings, has the tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from wirebird.binding.signature import source_of
from wirebird.check.elements import left_open
from wirebird.check.markup import Markup, markups
from wirebird.check.sources import Source, Sources
from wirebird.live.router import LiveRoute
from wirebird.runtime.warnings import place_of, warning
from wirebird.web.app import Wirebird

_NUMBER = re.compile(r"\d+")
_LONGEST = 120


def problems(
    app: Wirebird, view: type[Any], route: LiveRoute | None = None, html: str | None = None
) -> list[dict[str, str]]:
    """Return warnings of the templates of a view, and of its page.

    Args:
        app: The application.
        view: The view.
        route: Its route, whose root layout is looked at, too.
        html: Its page.
    """
    found: list[dict[str, str]] = []
    told: set[str] = set()
    sources = Sources(app.templates)
    read = markups(lambda name, parent: sources.named(name, parent.name))
    for source in _templates(app, sources, view, route):
        markup = read(source)
        whole = source.text.lstrip()[:1] == "<" and not markup.is_child
        for code, (line, column), message in _of(markup) if whole else markup.problems:
            path, line, _ = source.place(line, column)
            found.append(warning(code, message, f"{path}:{line}"))
            told.add(_NUMBER.sub("", message))
    if html is not None:
        where = source_of(view.render) if hasattr(view, "render") else place_of(view)
        markup = Markup(_made(html), lambda name: None)
        for code, (line, column), message in _of(markup):
            if _NUMBER.sub("", message) not in told:
                tag = markup.source.lines[line - 1][column - 1 :][:_LONGEST].strip()
                message = re.sub(r" of line \d+", "", message)
                found.append(warning(code, f"{message}: {tag}", where))
    return found


def _templates(
    app: Wirebird, sources: Sources, view: type[Any], route: LiveRoute | None
) -> Iterator[Source]:
    source = sources.of(view, app.renderers(view))
    if source is not None:
        yield source
    if route is not None:
        chosen = route.live_session.root_layout
        chosen = app.layouts.root if chosen is ... else chosen
        layout = sources.named(str(chosen)) if chosen and not callable(chosen) else None
        if layout is not None:
            yield layout


def _of(markup: Markup) -> list[tuple[str, tuple[int, int], str]]:
    left = [("WB504", (each.line, each.column), left_open(each)) for each in markup.left]
    return [*markup.problems, *left]


def _made(html: str) -> Source:
    text = nodes.TemplateData(html, lineno=1)
    tree = nodes.Template([nodes.Output([text], lineno=1)], lineno=1)
    return Source("page", "page", html, tree)
