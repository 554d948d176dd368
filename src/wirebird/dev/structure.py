"""`problems`: tags of a page that do not fit together, as its developer is told in the page.

The rule: what a template's own text shows has that template's line; the rest, which only the HTML
shows that was made of several, or of t-strings, has the tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def problems(app: Wirebird, view: type[Any]) -> list[dict[str, str]]:
    """Return warnings of the templates of a view.

    Args:
        app: The application.
        view: The view.
    """
    sources = Sources(app.templates)
    return _of_template(sources, sources.of(view, app.renderers(view)))


def page_problems(app: Wirebird, route: LiveRoute, html: str) -> dict[str, list[dict[str, str]]]:
    """Return warnings of a page: of the templates of its view and root layout, and of its HTML.

    Args:
        app: The application.
        route: The page's route.
        html: The page.

    Returns:
        The warnings by what they are of: "layout", "html", or the name of the view.
    """
    own = problems(app, route.view)
    sources = Sources(app.templates)
    layout = _of_template(sources, _layout(app, sources, route))
    rest = html_problems(route.view, html, [*own, *layout])
    return {kind_of(route.view): own, "layout": layout, "html": rest}


def kind_of(view: type[Any]) -> str:
    """Return what the warnings of a view's templates are known by in its page."""
    return f"view {view.__module__}.{view.__qualname__}"


def html_problems(
    view: type[Any], html: str, known: Iterable[dict[str, str]] = ()
) -> list[dict[str, str]]:
    """Return warnings of what a view shows.

    Args:
        view: The view.
        html: What it shows.
        known: The warnings of its templates, which are not told twice.
    """
    told = {_NUMBER.sub("", each["message"]) for each in known}
    where = source_of(view.render) if hasattr(view, "render") else place_of(view)
    markup = Markup(_made(html), lambda name: None)
    found: list[dict[str, str]] = []
    for code, (line, column), message in _of(markup):
        if _NUMBER.sub("", message) not in told:
            tag = markup.source.lines[line - 1][column - 1 :][:_LONGEST].strip()
            message = re.sub(r" of line \d+", "", message)
            found.append(warning(code, f"{message}: {tag}", where))
    return found


def _of_template(sources: Sources, source: Source | None) -> list[dict[str, str]]:
    if source is None:
        return []
    markup = markups(lambda name, parent: sources.named(name, parent.name))(source)
    whole = source.text.lstrip()[:1] == "<" and not markup.is_child
    found: list[dict[str, str]] = []
    for code, (line, column), message in _of(markup) if whole else markup.problems:
        path, line, _ = source.place(line, column)
        found.append(warning(code, message, f"{path}:{line}"))
    return found


def _layout(app: Wirebird, sources: Sources, route: LiveRoute) -> Source | None:
    chosen = app.layouts.root_of(route.live_session)
    return sources.named(str(chosen)) if chosen and not callable(chosen) else None


def _of(markup: Markup) -> list[tuple[str, tuple[int, int], str]]:
    left = [("WB504", (each.line, each.column), left_open(each)) for each in markup.left]
    return [*markup.problems, *left]


def _made(html: str) -> Source:
    text = nodes.TemplateData(html, lineno=1)
    tree = nodes.Template([nodes.Output([text], lineno=1)], lineno=1)
    return Source("page", "page", html, tree)
