"""`Example`: one entry of the gallery, and what the frame around its pages says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from wirebird import LiveView, Wirebird

GUIDES = "https://github.com/wirebird/wirebird/blob/main/docs/guides"


@dataclass(frozen=True)
class Example:
    """One example.

    Attributes:
        path: Where it is; the first part is its own.
        title: Its name.
        text: What there is to see, in a line.
        view: Its view.
        guide: The guide that teaches it, a name in docs/guides/.
        keywords: By what one may search for it, besides the words above.
        wide: Whether it needs the whole width, so that its source stands below it.
        add_to: Adds what one route does not say (more routes, live sessions, files to send,
            applications to mount), all of it below `path` and each route in a live session of the
            example's own. Without it, the view answers `path`.
        runs: What runs for it as long as the application does.
        subject: What it has in common with examples that do the same in another way.
        way: The way of this one: "in Jinja".
        kilobytes: What its own scripts may weigh, compressed, besides what every page loads.
        press: What the tests press in its page, a selector: something that shows most of its states
            at little cost. Without it, the first button.
        group: Of which kind it is: the name of the module that lists it.
    """

    path: str
    title: str
    text: str
    view: type[LiveView[Any]]
    guide: str
    keywords: tuple[str, ...]
    wide: bool = False
    add_to: Callable[[Wirebird], None] | None = None
    runs: Callable[[], AbstractAsyncContextManager[Any]] | None = None
    subject: str = ""
    way: str = ""
    kilobytes: int = 0
    press: str = "main button"
    group: str = ""

    @property
    def slug(self) -> str:
        """The first part of its path."""
        return self.path.split("/")[1]

    @property
    def guide_url(self) -> str:
        """Where its guide is."""
        return f"{GUIDES}/{self.guide}.md"

    @property
    def thumbnail(self) -> Markup:
        """Its picture: the one in its folder, or that of its group."""
        own = Path(sys.modules[self.view.__module__].__file__ or "").with_name("thumbnail.svg")
        return _picture(own if own.is_file() else Path(__file__).with_name(f"{self.group}.svg"))

    def is_about(self, words: str) -> bool:
        """Tell whether all of some words are said of it."""
        said = " ".join((self.title, self.text, self.group, self.guide, *self.keywords)).lower()
        return all(word in said for word in words.lower().split())

    def serve(self, app: Wirebird) -> None:
        """Add it to an application, in a live session of its own.

        So its pages load its own scripts and styles and none of another example's, and a rule of
        its style sheet styles no other page.
        """
        if self.add_to is not None:
            self.add_to(app)
        else:
            with app.live_session(self.slug) as pages:
                pages.live(self.path, self.view)


@cache
def _picture(file: Path) -> Markup:
    drawn = file.read_text(encoding="utf-8").strip()
    return Markup(drawn.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))
