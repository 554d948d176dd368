"""The gallery: one application, one route per example, and an index that links them."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from examples.async_data.async_data import DashboardView
from examples.auction.auction import AuctionView
from examples.avatar_cropper.avatar_cropper import AvatarView
from examples.chat.chat import ChatView
from examples.chat_rooms import chat_rooms
from examples.checkboxes.checkboxes import CheckboxesView
from examples.components.components import Rating, ReadingRoomView
from examples.counter.counter import CounterView
from examples.image_upload import image_upload
from examples.infinite_scroll.infinite_scroll import InfiniteScrollView
from examples.invoice.invoice import InvoiceView
from examples.kanban.kanban import KanbanView
from examples.plants import plants
from examples.presence.presence import PresenceView
from examples.registration.registration import RegistrationView
from examples.s3_multipart import s3_multipart
from examples.shared_counter.shared_counter import SharedCounterView
from examples.source_view import SourceView
from examples.streams.streams import PlaylistView
from examples.tabs import tabs
from examples.volume.volume import VolumeView
from wirebird import LiveView, Wirebird, event

HERE = Path(__file__).parent


TWINS = {"counter": "counter-tstring", "counter-tstring": "counter"}
GUIDES = "https://github.com/wirebird/wirebird/blob/main/docs/guides"


@dataclass(frozen=True)
class Example:
    """One entry of the index, and what the frame around it says."""

    path: str
    title: str
    text: str
    view: type[LiveView]
    group: str
    guide: str
    keywords: tuple[str, ...]
    wide: bool = False

    @property
    def slug(self) -> str:
        """The first part of its path, which is its own."""
        return self.path.split("/")[1]

    @property
    def loads(self) -> bool:
        """Whether it is in a live session of its own, to which the browser loads a page."""
        return self.view is tabs.AlbumView

    @property
    def guide_url(self) -> str:
        """Where its guide is."""
        return f"{GUIDES}/{self.guide}.md"

    @property
    def previous(self) -> "Example":
        """The one before it; before the first one, the last."""
        return EXAMPLES[EXAMPLES.index(self) - 1]

    @property
    def next(self) -> "Example":
        """The one after it; after the last one, the first."""
        return EXAMPLES[(EXAMPLES.index(self) + 1) % len(EXAMPLES)]

    @property
    def twin(self) -> "Example | None":
        """The same one in the other template language, if there is one."""
        return BY_SLUG.get(TWINS.get(self.slug, ""))

    def is_about(self, words: str) -> bool:
        """Tell whether all of some words are said of it."""
        said = " ".join((self.title, self.text, self.group, self.guide, *self.keywords)).lower()
        return all(word in said for word in words.lower().split())


EXAMPLES = [
    Example(
        "/counter",
        "Counter",
        "State, an event and a query string, in 20 lines.",
        CounterView,
        "begin",
        "views",
        ("event", "state", "patch"),
    ),
    Example(
        "/volume",
        "Volume",
        "Keys, transitions and ARIA: a slider to hear.",
        VolumeView,
        "begin",
        "events",
        ("keyboard", "js", "transition"),
    ),
    Example(
        "/components",
        "Components",
        "Forms, windows, tables, toasts.",
        ReadingRoomView,
        "begin",
        "components",
        ("modal", "table", "flash"),
        wide=True,
    ),
    Example(
        "/shared-counter",
        "Shared counter",
        "One number for all who look.",
        SharedCounterView,
        "together",
        "messages",
        ("broadcast", "pubsub"),
    ),
    Example(
        "/checkboxes",
        "Checkboxes",
        "A board that all fill in.",
        CheckboxesView,
        "together",
        "messages",
        ("broadcast", "hook"),
        wide=True,
    ),
    Example(
        "/presence",
        "Presence",
        "Who is here, and where their pointers are.",
        PresenceView,
        "together",
        "presence",
        ("cursor", "hook"),
    ),
    Example(
        "/rooms/lobby",
        "Chat rooms",
        "Several rooms; who is here, who types.",
        chat_rooms.RoomView,
        "together",
        "presence",
        ("chat", "stream", "broadcast"),
        wide=True,
    ),
    Example(
        "/kanban",
        "Kanban",
        "Cards that many drag, or move by keys.",
        KanbanView,
        "together",
        "messages",
        ("drag", "keyboard", "npm"),
        wide=True,
    ),
    Example(
        "/auction",
        "Auction",
        "Bids by many against the server's clock.",
        AuctionView,
        "together",
        "surviving",
        ("timer", "durable"),
        wide=True,
    ),
    Example(
        "/playlist",
        "Playlist",
        "A stream: rows that only the page keeps.",
        PlaylistView,
        "lists",
        "streams",
        ("stream", "form"),
        wide=True,
    ),
    Example(
        "/numbers",
        "Infinite scroll",
        "A list without an end, both ways.",
        InfiniteScrollView,
        "lists",
        "streams",
        ("viewport", "scroll"),
    ),
    Example(
        "/registration",
        "Registration",
        "A form that speaks when asked.",
        RegistrationView,
        "forms",
        "forms",
        ("validation", "error"),
    ),
    Example(
        "/plants",
        "Plants",
        "New, edit, find, delete: each with a URL.",
        plants.PlantsView,
        "forms",
        "navigation",
        ("crud", "modal", "search"),
        wide=True,
    ),
    Example(
        "/invoice",
        "Invoice",
        "Lines that come, go and move; 200 of them.",
        InvoiceView,
        "forms",
        "forms",
        ("rows", "nested", "sum"),
        wide=True,
    ),
    Example(
        "/photos",
        "Photos",
        "Previews, progress, refusals.",
        image_upload.PhotosView,
        "files",
        "uploads",
        ("upload", "drop", "preview"),
    ),
    Example(
        "/large-files",
        "Large files",
        "Into S3, in parts; they go on after a break.",
        s3_multipart.LargeFilesView,
        "files",
        "s3",
        ("upload", "multipart", "resume"),
    ),
    Example(
        "/avatar",
        "Avatar",
        "A hook crops a picture and uploads the square.",
        AvatarView,
        "files",
        "uploads",
        ("upload", "hook", "canvas"),
    ),
    Example(
        "/slow-data",
        "Slow data",
        "Loading, failed and stale, one field each.",
        DashboardView,
        "time",
        "async",
        ("async", "loading", "retry"),
    ),
    Example(
        "/tabs",
        "Tabs",
        "Views in a view, and a player that plays on.",
        tabs.AlbumView,
        "time",
        "nested-views",
        ("nested", "sticky", "audio"),
    ),
    Example(
        "/chat",
        "Chat",
        "An answer streams in, token by token; stop it.",
        ChatView,
        "time",
        "async",
        ("async", "stream", "cancel"),
    ),
]

MORE_PATHS = {
    chat_rooms.RoomView,
    image_upload.PhotosView,
    plants.PlantsView,
    s3_multipart.LargeFilesView,
    tabs.AlbumView,
}

if sys.version_info >= (3, 14):
    from examples.counter_tstring.counter_tstring import CounterTStringView

    text = "The same counter, its HTML written in Python."
    counter = Example(
        "/counter-tstring",
        "Counter in a t-string",
        text,
        CounterTStringView,
        "begin",
        "templates",
        ("tstring", "event", "patch"),
    )
    EXAMPLES.insert(1, counter)

BY_SLUG = {example.slug: example for example in EXAMPLES}
GROUPS = ["", *dict.fromkeys(example.group for example in EXAMPLES)]
SourceView.views = {slug: example.view for slug, example in BY_SLUG.items()}


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
    groups: list[str] = field(default_factory=lambda: GROUPS)
    examples: list[Example] = field(default_factory=list)


class GalleryView(LiveView[Gallery]):
    """Lists the examples; what is searched stands in the URL."""

    async def mount(self) -> None:
        self.socket.page_title = "Examples"

    async def handle_params(self, q: str = "", group: str = "") -> None:
        self.state.q, self.state.group = q, group
        self.state.examples = [
            example for example in EXAMPLES if group in ("", example.group) and example.is_about(q)
        ]

    @event
    async def search(self, q: str = "", group: str = "") -> None:
        self.socket.push_patch(url_of(q, group), replace=True)


app = Wirebird(
    title="Wirebird",
    title_suffix=" · Wirebird",
    templates=HERE,
    layout="gallery_layout.html",
    styles=[HERE / "gallery.css"],
    wire_pane=True,
    store=os.environ.get("WIREBIRD_STORE") or "memory:",
)
app.components(Rating)
app.templates.globals |= {"SourceView": SourceView, "example_of": example_of, "url_of": url_of}
app.live("/", GalleryView)
for example in EXAMPLES:
    if example.view not in MORE_PATHS:
        app.live(example.path, example.view)
chat_rooms.add_to(app)
image_upload.add_to(app)
plants.add_to(app)
s3_multipart.add_to(app)
tabs.add_to(app, layout="tabs/tabs_layout.html")
