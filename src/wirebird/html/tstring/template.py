"""Renders t-strings (Python 3.14 and later) to the render tree, by tdom's conventions.

The rule: a template is parsed once for each place in the code that writes one, into statics and a
list of steps; a render only takes the steps. Statics never depend on values.
"""

from __future__ import annotations

from collections.abc import Sequence
from string.templatelib import Interpolation, Template
from typing import Any

from wirebird.html.bounded import BoundedCache
from wirebird.html.content import dynamic_of, mixed_items, templates
from wirebird.html.tree import Comprehension, Row, Tree
from wirebird.html.tstring.parser import parse
from wirebird.html.tstring.plans import Plan, compile_plan, fill

__all__ = ["render_template"]

# What a program writes is less; only templates that are made at run time come to more.
_plans = BoundedCache[tuple[str, ...], Plan](16 * 1024 * 1024)


def render_template(template: Template) -> Tree:
    """Return the render tree of a t-string.

    Args:
        template: What `t"..."` made.

    Raises:
        MarkupError: The markup does not fit together; found when the template is first rendered.
        ComponentError: A component does not take what its tag holds.
        UnsafeMarkup: A value stands where it would be run as code.

    Example:
        >>> to_html(render_template(t"<a href={url}>{name}</a>"))
        '<a href="/">Home</a>'
    """
    plan = _plans.get(template.strings) or _new_plan(template)
    return fill(plan, template.interpolations, [plan.statics])


class _TStrings:
    """t-strings as values between tags."""

    def render(self, template: Template, /) -> Tree:
        return render_template(template)

    def rows(self, templates: Sequence[Any], /) -> Comprehension:
        first: Template = templates[0]
        strings = first.strings
        plan = _plans.get(strings) or _new_plan(first)
        statics, key = plan.statics, plan.key
        rows: list[Row] = []
        for value in templates:
            if type(value) is not Template or (
                value.strings is not strings and value.strings != strings
            ):
                # What is rendered stays so: a component in it must not be called again.
                width = statics.width
                return mixed_items(
                    templates, [((statics, *row[:width]), *row[width:]) for row in rows]
                )
            holes = value.interpolations
            row = fill(plan, holes, [])
            rows.append(row if key is None else (*row, key(holes)))
        return Comprehension(statics, rows, None if key is None else statics.width)

    def key(self, template: Template, /) -> tuple[Any] | None:
        plan = _plans.get(template.strings) or _new_plan(template)
        return None if plan.key is None else (plan.key(template.interpolations),)


def _new_plan(template: Template) -> Plan:
    strings = template.strings
    holes = template.interpolations
    expressions = [_written(hole) for hole in holes]
    start = "{...}".join(strings).strip()[:60]
    plan = compile_plan(parse(strings, expressions), f"t-string {start!r}", dynamic_of)
    return _plans.keep(strings, plan, 100 + sum(map(len, strings)))


def _written(hole: Interpolation[Any]) -> str:
    conversion = f"!{hole.conversion}" if hole.conversion else ""
    spec = f":{hole.format_spec}" if hole.format_spec else ""
    return f"{hole.expression}{conversion}{spec}"


templates[Template] = _TStrings()
