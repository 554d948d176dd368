"""A playlist: songs that are added, moved and removed, and that only the page keeps."""

import random
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import StringConstraints

from wirebird import LiveView, Stream, event, js


@dataclass(frozen=True)
class Song:
    id: int
    title: str
    artist: str
    loved: bool = False


@dataclass(frozen=True)
class Play:
    id: int
    title: str


CLASSICS = [
    Song(1, "Gymnopédie No. 1", "Erik Satie"),
    Song(2, "The Lark Ascending", "Ralph Vaughan Williams"),
    Song(3, "Clair de lune", "Claude Debussy"),
    Song(4, "Maple Leaf Rag", "Scott Joplin"),
    Song(5, "The Firebird", "Igor Stravinsky"),
]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


@dataclass
class Library:
    """The songs of one visitor in their order, where an application would have its database."""

    songs: dict[int, Song] = field(default_factory=lambda: {song.id: song for song in CLASSICS})
    order: list[int] = field(default_factory=lambda: [song.id for song in CLASSICS])
    plays: int = 0


@dataclass
class Playlist:
    library: Library = field(default_factory=Library)
    songs: Stream[Song] = field(default_factory=Stream)
    played: Stream[Play] = field(default_factory=lambda: Stream(limit=3))
    status: str = ""
    title: str = ""
    artist: str = ""

    @property
    def count(self) -> int:
        return len(self.library.order)


class PlaylistView(LiveView[Playlist]):
    """Each handler tells the page the one thing that changed, and then forgets it."""

    async def mount(self) -> None:
        self.socket.page_title = "Playlist"
        self.show_all()

    @event
    async def draft(self, title: str, artist: str) -> None:
        self.state.title, self.state.artist = title, artist

    @event
    async def add(self, title: Text, artist: Text, at: int = -1) -> None:
        library = self.state.library
        song = Song(max(library.songs) + 1, title, artist)
        library.songs[song.id] = song
        library.order.insert(0 if at == 0 else len(library.order), song.id)
        self.state.songs.insert(song, at=at)
        self.state.status = f"Added {song.title}."
        self.state.title = self.state.artist = ""
        self.socket.push_js(js.focus(to="#title"))

    @event
    async def remove(self, id: int) -> None:
        library = self.state.library
        if id in library.order:
            place = library.order.index(id)
            library.order.remove(id)
            song = library.songs[id]
            self.state.songs.delete(song)
            self.state.status = f"Removed {song.title}."
            # The focus goes to the row that comes into its place.
            rest = library.order[place:] or library.order[-1:]
            place_of = f"#remove-{rest[0]}" if rest else "#songs-heading"
            self.socket.push_js(js.focus(to=place_of))

    @event
    async def move(self, id: int, by: int) -> None:
        library = self.state.library
        if id not in library.order:
            return
        place = library.order.index(id)
        new = min(max(place + by, 0), len(library.order) - 1)
        library.order.insert(new, library.order.pop(place))
        song = library.songs[id]
        self.state.songs.delete(song)
        self.state.songs.insert(song, at=new)
        self.state.status = f"{song.title} is now number {new + 1}."
        up = by < 0 if 0 < new < len(library.order) - 1 else new > 0
        button = "up" if up else "down"
        self.socket.push_js(js.focus(to=f"#{button}-{id}"))

    @event
    async def love(self, id: int) -> None:
        song = self.state.library.songs.get(id)
        if song is not None:
            song = self.state.library.songs[id] = replace(song, loved=not song.loved)
            self.state.songs.insert(song, update_only=True)

    @event
    async def play(self, id: int) -> None:
        library = self.state.library
        song = library.songs.get(id)
        if song is not None:
            library.plays += 1
            self.state.played.insert(Play(library.plays, song.title), at=0)
            self.state.status = f"Played {song.title}."

    @event
    async def shuffle(self) -> None:
        random.shuffle(self.state.library.order)
        self.show_all()
        self.state.status = "Shuffled."

    @event
    async def clear(self) -> None:
        self.state.library.order.clear()
        self.show_all()
        self.state.status = "The playlist is empty."

    @event
    async def restore(self) -> None:
        self.state.library = Library()
        self.show_all()
        self.state.status = "The classics are back."

    def show_all(self) -> None:
        """Let the page have exactly the songs of the library, in their order."""
        library = self.state.library
        self.state.songs.reset(library.songs[id] for id in library.order)
