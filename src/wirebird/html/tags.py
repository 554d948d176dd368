"""What HTML says of its elements, by their names."""

from __future__ import annotations

VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input",
        "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip

RAW = frozenset({"script", "style", "textarea", "title"})

# The space around and between these is never shown.
BLOCK = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "col", "colgroup", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "optgroup", "option", "p",
        "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
