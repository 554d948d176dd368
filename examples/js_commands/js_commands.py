"""What needs no server does not wait for one: commands that the browser carries out by itself."""

from dataclasses import dataclass, field

from wirebird import LiveView, event


@dataclass(frozen=True)
class Note:
    id: int
    text: str


NOTES = [
    Note(1, "Water the ferns"),
    Note(2, "Books are due on Friday"),
    Note(3, "Bulb for the hall"),
    Note(4, "Call Ada"),
]


@dataclass
class Board:
    notes: list[Note] = field(default_factory=lambda: list(NOTES))


class NotesView(LiveView[Board]):
    """Is told what was taken down; how it goes away is the template's business."""

    async def mount(self) -> None:
        self.socket.page_title = "JS commands"

    @event
    async def take_down(self, id: int) -> None:
        self.state.notes = [note for note in self.state.notes if note.id != id]

    @event
    async def put_back(self) -> None:
        self.state.notes = list(NOTES)
