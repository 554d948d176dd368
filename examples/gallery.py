"""The gallery: an index of the examples of `examples.catalogue`, and a frame around each one."""

import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from examples.break_it import BreakIt
from examples.catalogue import BY_SLUG, EXAMPLES, TITLES, Example, neighbour, other_ways
from examples.source_view import SourceView
from wirebird import Limits, LiveView, Transient, Wirebird, event

HERE = Path(__file__).parent


def example_of(url: str) -> Example | None:
    """Return the example that a page shows."""
    return BY_SLUG.get(urlsplit(url).path.split("/")[1])


def url_of(q: str, group: str) -> str:
    """Return the URL of the index that shows what is searched."""
    given = {name: value for name, value in (("q", q), ("group", group)) if value}
    return f"/?{urlencode(given)}" if given else "/"


@dataclass
class Gallery:
    q: str = ""
    group: str = ""
    titles: Transient[dict[str, str]] = field(default_factory=lambda: TITLES)
    found: Transient[dict[str, list[Example]]] = field(default_factory=dict[str, list[Example]])

    @property
    def count(self) -> int:
        return sum(map(len, self.found.values()))


class GalleryView(LiveView[Gallery]):
    """Lists the examples; what is searched stands in the URL."""

    async def mount(self) -> None:
        self.socket.page_title = "Examples"

    async def handle_params(self, q: str = "", group: str = "") -> None:
        self.state.q, self.state.group = q, group
        shown = [each for each in EXAMPLES if group in ("", each.group) and each.is_about(q)]
        self.state.found = {
            name: [*those] for name, those in groupby(shown, key=lambda each: each.group)
        }

    @event
    async def search(self, q: str = "", group: str = "") -> None:
        self.socket.push_patch(url_of(q, group), replace=True)


@asynccontextmanager
async def running(app: Any) -> AsyncGenerator[None]:
    """Have what some examples run in the background."""
    async with AsyncExitStack() as stack:
        for example in EXAMPLES:
            if example.runs is not None:
                await stack.enter_async_context(example.runs())
        yield


app = Wirebird(
    title="Wirebird",
    title_suffix=" · Wirebird",
    templates=HERE,
    layout="gallery_layout.html",
    styles=[HERE / "gallery.css"],
    wire_pane=True,
    limits=Limits(events_per_second=100, events_at_once=300),
    durable="always",
    store=os.environ.get("WIREBIRD_STORE") or "memory:",
    lifespan=running,
)
app.components(BreakIt)
SourceView.views = {slug: example.view for slug, example in BY_SLUG.items()}
app.templates.globals |= {
    "SourceView": SourceView,
    "example_of": example_of,
    "neighbour": neighbour,
    "other_ways": other_ways,
    "url_of": url_of,
}
app.live("/", GalleryView)
for example in EXAMPLES:
    example.serve(app)
