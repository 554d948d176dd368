"""A music box: pages to look around in, and a player that none of them interrupts."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse

from examples.music_box.player import MusicPlayerView, NowPlaying, Play, WhatPlays, topic_of
from examples.music_box.tunes import BY_SLUG, TUNES, Tune, write
from wirebird import LiveView, NotFound, Wirebird, event, info

FOLDER = TemporaryDirectory()


@dataclass
class Box:
    listener: str
    opened: Tune | None = None
    playing: str = ""
    tunes: list[Tune] = field(default_factory=lambda: TUNES)


class BoxView(LiveView[Box]):
    """Shows the tunes, or one of them, and asks the player, which it does not know, to play."""

    async def mount(self, tune: str | None = None) -> None:
        if tune is not None and tune not in BY_SLUG:
            raise NotFound("there is no such tune")
        self.state = Box(str(self.socket.session["listener"]), BY_SLUG.get(tune or ""))
        self.socket.page_title = self.state.opened.title if self.state.opened else "Music box"
        await self.socket.subscribe(topic_of(self.state.listener))
        await self.tell(WhatPlays())

    async def tell(self, message: object) -> None:
        await self.socket.broadcast(topic_of(self.state.listener), message, include_self=False)

    @event
    async def play(self, tune: str) -> None:
        if tune in BY_SLUG:
            await self.tell(Play(tune))

    @info
    async def on_now(self, now: NowPlaying) -> None:
        self.state.playing = now.tune

    async def handle_info(self, message: object) -> None:
        """What is meant for the player passes by."""


@cache
def sound_of(tune: Tune) -> Path:
    """Return the file with a tune's sound, made when somebody first wants to hear it."""
    file = Path(FOLDER.name, f"{tune.slug}.wav")
    write(tune, file)
    return file


def sound(request: Request) -> FileResponse:
    """Send a tune, or the part of it that the browser asks for."""
    tune = BY_SLUG.get(request.path_params["tune"])
    if tune is None:
        raise HTTPException(404)
    return FileResponse(sound_of(tune), media_type="audio/wav")


def add_to(app: Wirebird, layout: str = "music_box/music_layout.html") -> None:
    """Serve the pages in a live session whose layout has the player."""

    def listener(request: Request) -> dict[str, str]:
        return {"listener": token_hex(8)}

    app.add_route("/music-box/{tune}.wav", sound)
    with app.live_session("music-box", layout=layout, session=listener, durable=True) as pages:
        pages.components(MusicPlayerView)
        pages.live("/music-box", BoxView)
        pages.live("/music-box/{tune}", BoxView)
