"""Markdown of somebody who is not trusted, as HTML."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

# HTML in it stays text, links lead to http, https or mail, and no picture tells another site
# what was said here.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(1000)
def blocks(text: str) -> tuple[Markup, ...]:
    """Return the paragraphs, lists, tables of a text one by one: only the last still changes."""
    tree = SyntaxTreeNode(MARKDOWN.parse(text))
    return tuple(
        Markup(MARKDOWN.renderer.render(block.to_tokens(), MARKDOWN.options, {}))
        for block in tree.children
    )
