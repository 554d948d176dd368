"""A text that many write at once: CodeMirror in the page, and the server has the last word."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from zlib import crc32

from pydantic import Field, NonNegativeInt

from examples.editor.document import MOST, Change, Document, Unfit
from examples.shelf import file_of
from wirebird import LiveView, Presence, Resubscribed, event, info

TOPIC = "editor"
NAMES = ["Austen", "Borges", "Calvino", "Dickens", "Eliot", "Fontane", "Gogol", "Hesse", "Ibsen"]
BEGINNING = "# A letter that we all write\n\nDear reader,\n\n"


@dataclass(frozen=True)
class Writer:
    name: str
    hue: int
    at: int = 0

    @classmethod
    def of(cls, id: str) -> "Writer":
        chosen = crc32(id.encode())
        return cls(NAMES[chosen % len(NAMES)], chosen % 360)


@dataclass(frozen=True)
class Changed:
    """Somebody has written something."""


@dataclass
class Page:
    id: str
    me: Writer
    writers: Presence[Writer] = field(default_factory=Presence)
    version: int = 0
    text: str = ""

    most = MOST

    @property
    def others(self) -> list[Writer]:
        return [entries[-1] for id, entries in self.writers.items() if id != self.id]


class EditorView(LiveView[Page]):
    """The text is rendered once; from then on only changes go to and fro.

    What waits for the database is a plain `def`, which runs in a thread.
    """

    document = Document(file_of("editor"), BEGINNING)

    def mount(self) -> None:
        self.socket.page_title = "Editor"
        self.socket.subscribe(TOPIC)
        id, me = self.socket.id, Writer.of(self.socket.id)
        self.state = Page(id, me, self.socket.track(TOPIC, id, me))
        self.state.version, self.state.text = self.document.read()

    @event
    def sync(
        self, version: NonNegativeInt, changes: Annotated[list[Change], Field(max_length=500)]
    ) -> dict[str, Any]:
        """Take changes, if they are to the newest version; return what is new since theirs."""
        try:
            taken = self.document.take(version, changes)
            news = self.document.since(version)
        except Unfit as error:
            return {"error": str(error)}
        if taken and changes:
            self.socket.broadcast(TOPIC, Changed(), include_self=False)
        return {"changes": news}

    @event
    async def point(self, at: NonNegativeInt) -> None:
        self.state.me = replace(self.state.me, at=at)
        self.state.writers.update(self.state.me)

    @info
    async def on_changed(self, _: Changed | Resubscribed) -> None:
        self.socket.push_event("changed", {})

    async def handle_return(self) -> None:
        self.socket.push_event("changed", {})
