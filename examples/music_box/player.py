"""The player: a sticky view in the layout, which plays on while the page above it changes."""

from dataclasses import dataclass

from examples.music_box.tunes import BY_SLUG, TUNES, Tune
from wirebird import LiveView, event, info


@dataclass(frozen=True)
class Play:
    """To the player: play this."""

    tune: str


@dataclass(frozen=True)
class WhatPlays:
    """To the player: tell what plays."""


@dataclass(frozen=True)
class NowPlaying:
    """From the player, to the page above it."""

    tune: str


def topic_of(listener: str) -> str:
    """Return the topic on which one visitor's page and player talk."""
    return f"music-box:{listener}"


@dataclass
class Playing:
    listener: str
    slug: str = ""
    plays: bool = False

    @property
    def tune(self) -> Tune | None:
        return BY_SLUG.get(self.slug)


class MusicPlayerView(LiveView[Playing]):
    """Knows which tune; the browser plays it, and says when it begins, rests and is over."""

    template = "player.html"

    async def mount(self, listener: str) -> None:
        self.state = Playing(listener)
        await self.socket.subscribe(topic_of(listener))

    @event
    async def heard(self, playing: bool) -> None:
        self.state.plays = playing
        await self.tell()

    @event
    async def over(self) -> None:
        """Go on to the next tune."""
        slugs = [tune.slug for tune in TUNES]
        self.state.slug = slugs[(slugs.index(self.state.slug) + 1) % len(slugs)]

    @info
    async def on_play(self, message: Play) -> None:
        if message.tune != self.state.slug:
            self.state.slug = message.tune
        else:
            self.socket.push_event("music-box:toggle")

    @info
    async def on_question(self, _: WhatPlays) -> None:
        await self.tell()

    async def tell(self) -> None:
        now = NowPlaying(self.state.slug if self.state.plays else "")
        await self.socket.broadcast(topic_of(self.state.listener), now, include_self=False)

    async def handle_info(self, message: object) -> None:
        """What is meant for the page passes by."""
