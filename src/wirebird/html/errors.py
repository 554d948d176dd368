"""What is wrong with a template, said where it is wrong and with the way to put it right.

The rule: an error shows the line as its author wrote it, and names what to write instead.
"""

from __future__ import annotations

from wirebird.errors import WirebirdError


class MarkupError(WirebirdError, ValueError):
    """The markup of a template does not fit together.

    Args:
        problem: What is wrong and what to write instead.
        line: The line within the template, counted from 1.
        source: That line as it was written.
        template: The template's name, when it has one.
    """

    def __init__(self, problem: str, *, line: int, source: str, template: str = "") -> None:
        where = f"{template}, line {line}" if template else f"line {line} of the template"
        super().__init__(f"{problem}\n  {where}: {source.strip()}")
        self.problem = problem
        self.line = line
        self.source = source
        self.template = template


class ComponentError(WirebirdError, TypeError):
    """A component was called with attributes, children or slots that it does not take."""
