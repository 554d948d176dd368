"""The files that an example is made of, highlighted, for the frame around it."""
# pyright: basic
# (Pygments says too little of its types.)

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

NAMES = {".py": "python", ".html": "html+jinja", ".js": "javascript", ".css": "css"}
PLAIN = re.compile(r'<span class="(?:n|p|w|o|nx|err)">([^<]*)</span>')
"""What has no colour of its own needs no element either."""


@dataclass(frozen=True)
class Source:
    """A file: its name, how many lines it has, and what is in it."""

    name: str
    lines: int
    html: Markup


@cache
def sources_of(view: type[Any]) -> list[Source]:
    """Return the files of a view's folder: its module first, then by kind, and its tests last."""
    module = Path(sys.modules[view.__module__].__file__ or "")
    order = list(NAMES)
    files = [file for file in module.parent.iterdir() if file.suffix in NAMES]
    files.sort(
        key=lambda file: (
            file.name.startswith("test_"),
            file != module,
            order.index(file.suffix),
            file.name,
        )
    )
    return [source(file) for file in files if file.name != "__init__.py"]


def source(file: Path) -> Source:
    """Return a file as it is shown."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    text = file.read_text(encoding="utf-8")
    lexer = get_lexer_by_name(NAMES[file.suffix])
    html = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return Source(file.name, text.count("\n"), Markup(PLAIN.sub(r"\1", html)))
