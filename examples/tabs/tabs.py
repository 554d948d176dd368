"""A record in three tabs: each is a view of its own inside the page."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated, Literal, get_args

from pydantic import Field
from starlette.requests import Request

from examples.tabs.music import RECORDS, NowPlaying, Play, Record, WhoPlays, clock
from examples.tabs.player import PlayerView, topic_of
from wirebird import LiveView, NotFound, Wirebird, event, info, js

Tab = Literal["tracks", "story", "notes"]
TABS: tuple[Tab, ...] = get_args(Tab)


@dataclass
class Shelf:
    record: Record
    listener: str
    tab: Tab = "tracks"
    tabs: tuple[Tab, ...] = TABS
    records: list[Record] = field(default_factory=lambda: list(RECORDS.values()))


class AlbumView(LiveView[Shelf]):
    """Knows which tab is open, and nothing of what is in it."""

    template = "tabs.html"

    async def mount(self, record: str = "seasons") -> None:
        if record not in RECORDS:
            raise NotFound("no such record")
        self.state = Shelf(RECORDS[record], str(self.socket.session["listener"]))
        self.socket.page_title = self.state.record.title

    async def handle_params(self, tab: Tab = "tracks") -> None:
        self.state.tab = tab

    @event
    async def select(self, tab: Tab) -> None:
        self.socket.push_patch(f"?tab={tab}")

    @event
    async def move(self, key: str) -> None:
        """Arrow keys, Home and End select a tab and move the focus to it."""
        place = TABS.index(self.state.tab)
        match key:
            case "ArrowRight":
                place += 1
            case "ArrowLeft":
                place -= 1
            case "Home":
                place = 0
            case "End":
                place = -1
            case _:
                return
        tab = TABS[place % len(TABS)]
        self.socket.push_patch(f"?tab={tab}", replace=True)
        self.socket.push_js(js.focus(to=f"#tab-{tab}"))


SILENCE = NowPlaying("", playing=False)


@dataclass
class Tracks:
    record: Record
    listener: str
    now: NowPlaying = SILENCE


class TracksView(LiveView[Tracks]):
    """Asks the player, which it does not know, to play."""

    template = "tracks.html"

    async def mount(self, record: str, listener: str) -> None:
        self.state = Tracks(RECORDS[record], listener)
        await self.socket.subscribe(topic_of(listener))
        await self.tell(WhoPlays())

    async def tell(self, message: object) -> None:
        await self.socket.broadcast(topic_of(self.state.listener), message, include_self=False)

    @event
    async def play(self, id: str) -> None:
        for track in self.state.record.tracks:
            if track.id == id:
                await self.tell(Play(track))

    @info
    async def on_now(self, now: NowPlaying) -> None:
        self.state.now = now

    async def handle_info(self, message: object) -> None:
        """What is meant for the player passes by."""


@dataclass
class Story:
    record: Record


class StoryView(LiveView[Story]):
    html = """
    <p class="story">{{ record.story }}</p>
    <p class="muted">{{ record.artist }}, {{ record.tracks|length }} movements here.</p>
    """

    async def mount(self, record: str) -> None:
        self.state = Story(RECORDS[record])


@dataclass
class Notes:
    notes: list[str] = field(default_factory=list[str])


class NotesView(LiveView[Notes]):
    """What is written here stays while other tabs are open: the view goes on behind them."""

    template = "notes.html"

    @event
    async def add(self, text: Annotated[str, Field(min_length=1, max_length=140)]) -> None:
        self.state.notes.append(text)


def add_to(app: Wirebird, layout: str = "tabs/tabs_layout.html") -> None:
    """Serve the records under /tabs, in a live session whose layout has the player."""
    app.templates.globals["duration"] = clock
    app.templates.globals["tab_views"] = {
        "tracks": TracksView, "story": StoryView, "notes": NotesView,
    }  # fmt: skip

    def listener(request: Request) -> dict[str, str]:
        return {"listener": token_hex(8)}

    with app.live_session("records", layout=layout, session=listener) as records:
        records.components(PlayerView)
        records.live("/tabs", AlbumView)
        records.live("/tabs/{record}", AlbumView)
