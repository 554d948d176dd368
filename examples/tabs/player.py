"""The player: a sticky view in the layout, which goes on while the page above it changes."""

from dataclasses import dataclass
from typing import ClassVar

from examples.tabs.music import RECORDS, NowPlaying, Play, Track, WhoPlays
from wirebird import LiveView, event, info


@dataclass(frozen=True)
class Second:
    """One more second has passed."""


@dataclass
class Playing:
    listener: str
    track: Track
    elapsed: int = 0
    playing: bool = False


def topic_of(listener: str) -> str:
    """Return the topic on which one page's views talk."""
    return f"listener:{listener}"


class PlayerView(LiveView[Playing]):
    second: ClassVar[float] = 1.0

    async def mount(self, listener: str) -> None:
        self.state = Playing(listener, RECORDS["seasons"].tracks[0])
        self.socket.every(Second(), self.second)
        await self.socket.subscribe(topic_of(listener))

    async def tell(self) -> None:
        state = self.state
        now = NowPlaying(state.track.id, state.playing)
        await self.socket.broadcast(topic_of(state.listener), now, include_self=False)

    @event
    async def toggle(self) -> None:
        self.state.playing = not self.state.playing
        await self.tell()

    @event
    async def skip(self, by: int) -> None:
        tracks = [track for record in RECORDS.values() for track in record.tracks]
        place = tracks.index(self.state.track) + by
        self.start(tracks[place % len(tracks)])
        await self.tell()

    @info
    async def on_play(self, message: Play) -> None:
        if message.track == self.state.track:
            self.state.playing = not self.state.playing
        else:
            self.start(message.track)
            self.state.playing = True
        await self.tell()

    @info
    async def on_question(self, _: WhoPlays) -> None:
        await self.tell()

    @info
    async def on_second(self, _: Second) -> None:
        if self.state.playing:
            self.state.elapsed += 1
            if self.state.elapsed >= self.state.track.seconds:
                await self.skip(1)

    async def handle_info(self, message: object) -> None:
        """What is meant for others passes by."""

    def start(self, track: Track) -> None:
        self.state.track = track
        self.state.elapsed = 0
