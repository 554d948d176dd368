"""The gallery: one application, one route per example, and an index that links them."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

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
from examples.streams.streams import PlaylistView
from examples.tabs import tabs
from examples.volume.volume import VolumeView
from wirebird import LiveView, Wirebird

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """One entry of the index."""

    path: str
    title: str
    text: str
    view: type[LiveView]

    @property
    def loads(self) -> bool:
        """Whether it is in a live session of its own, to which the browser loads a page."""
        return self.view is tabs.AlbumView


EXAMPLES = [
    Example("/counter", "Counter", "State, an event and a query string, in 20 lines.", CounterView),
    Example("/shared-counter", "Shared counter", "One number for all who look.", SharedCounterView),
    Example("/checkboxes", "Checkboxes", "A board that all fill in.", CheckboxesView),
    Example("/presence", "Presence", "Who is here, and where their pointers are.", PresenceView),
    Example(
        "/rooms/lobby", "Chat rooms", "Several rooms; who is here, who types.", chat_rooms.RoomView
    ),
    Example("/kanban", "Kanban", "Cards that many drag, or move by keys.", KanbanView),
    Example("/auction", "Auction", "Bids by many against the server's clock.", AuctionView),
    Example("/volume", "Volume", "Keys, transitions and ARIA: a slider to hear.", VolumeView),
    Example("/components", "Components", "Forms, windows, tables, toasts.", ReadingRoomView),
    Example("/playlist", "Playlist", "A stream: rows that only the page keeps.", PlaylistView),
    Example("/numbers", "Infinite scroll", "A list without an end, both ways.", InfiniteScrollView),
    Example("/slow-data", "Slow data", "Loading, failed and stale, one field each.", DashboardView),
    Example("/tabs", "Tabs", "Views in a view, and a player that plays on.", tabs.AlbumView),
    Example("/registration", "Registration", "A form that speaks when asked.", RegistrationView),
    Example("/plants", "Plants", "New, edit, find, delete: each with a URL.", plants.PlantsView),
    Example("/invoice", "Invoice", "Lines that come, go and move; 200 of them.", InvoiceView),
    Example("/photos", "Photos", "Previews, progress, refusals.", image_upload.PhotosView),
    Example(
        "/large-files",
        "Large files",
        "Into S3, in parts; they go on after a break.",
        s3_multipart.LargeFilesView,
    ),
    Example("/avatar", "Avatar", "A hook crops a picture and uploads the square.", AvatarView),
    Example("/chat", "Chat", "An answer streams in, token by token; stop it.", ChatView),
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
    EXAMPLES.insert(
        1, Example("/counter-tstring", "Counter in a t-string", text, CounterTStringView)
    )


@dataclass
class Gallery:
    examples: list[Example] = field(default_factory=lambda: EXAMPLES)


class GalleryView(LiveView[Gallery]):
    """Lists the examples."""

    async def mount(self) -> None:
        self.socket.page_title = "Examples"


app = Wirebird(
    title="Wirebird",
    title_suffix=" · Wirebird",
    templates=HERE,
    layout="gallery_layout.html",
    styles=[HERE / "gallery.css"],
    store=os.environ.get("WIREBIRD_STORE") or "memory:",
)
app.components(Rating)
app.live("/", GalleryView)
for example in EXAMPLES:
    if example.view not in MORE_PATHS:
        app.live(example.path, example.view)
chat_rooms.add_to(app)
image_upload.add_to(app)
plants.add_to(app)
s3_multipart.add_to(app)
tabs.add_to(app, layout="tabs/tabs_layout.html")
