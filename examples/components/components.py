"""A reading room, built of the component library: forms, windows, tables, toasts and slots."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from wirebird import AsyncResult, LiveComponent, LiveView, Stream, Wirebird, event, js
from wirebird.components import ui


@dataclass(frozen=True)
class Book:
    id: int
    title: str
    author: str
    year: int
    shelf: str = "Fiction"


BOOKS = [
    Book(1, "Middlemarch", "George Eliot", 1871),
    Book(2, "The Origin of Species", "Charles Darwin", 1859, "Science"),
    Book(3, "The Tale of Genji", "Murasaki Shikibu", 1008),
    Book(4, "Elements", "Euclid", -300, "Science"),
]

BLURBS = {
    1: "A provincial town, its marriages, and what becomes of great plans.",
    2: "A long argument that species have not always been what they are.",
    3: "A shining prince, the court around him, and the passing of all things.",
}


class NewBook(BaseModel):
    """What the form must hold."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    author: Annotated[str, Field(min_length=3, max_length=80)]
    year: Annotated[int, Field(ge=-3000, le=2100)]
    shelf: Literal["Fiction", "Science", "History"]
    cover: Literal["Hardcover", "Paperback"] = "Paperback"
    lend: bool = False
    notes: Annotated[str, Field(max_length=200)] = ""


@dataclass
class Entry:
    """One field of the form, as `ui.input` takes it."""

    name: str
    value: Any = ""
    errors: Sequence[str] = ()
    used: bool = False

    @property
    def id(self) -> str:
        return f"book-{self.name}"


@dataclass
class Rated:
    about: str = ""
    stars: int = 0
    votes: int = 0

    @property
    def average(self) -> float:
        return self.stars / self.votes if self.votes else 0.0


class Rating(LiveComponent[Rated]):
    """Five stars to choose from: each on the page has a state of its own."""

    @event
    async def rate(self, stars: Annotated[int, Field(ge=1, le=5)]) -> None:
        self.state.stars += stars
        self.state.votes += 1


def empty_form() -> dict[str, Entry]:
    fields = NewBook.model_fields.items()
    return {name: Entry(name, "" if it.is_required() else it.default) for name, it in fields}


@dataclass
class ReadingRoom:
    books: Stream[Book] = field(default_factory=Stream)
    catalogue: dict[int, Book] = field(default_factory=dict[int, Book])
    form: dict[str, Entry] = field(default_factory=empty_form)
    turn: int = 0
    reading: Book | None = None
    opened: Book | None = None
    blurb: AsyncResult[str] = field(default_factory=AsyncResult.loading)


class ReadingRoomView(LiveView[ReadingRoom]):
    """Shows most of the components, on one page that does something."""

    template = "components.html"

    async def mount(self) -> None:
        self.socket.page_title = "Components"
        self.fill()

    def fill(self) -> None:
        self.state.catalogue = {book.id: book for book in BOOKS}
        self.state.books.reset(BOOKS)

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        """Say what is wrong with the form, field by field, once a field has been used."""
        values = {name: payload.get(name, "") for name in self.state.form}
        errors = problems_of(values)
        for name, entry in self.state.form.items():
            entry.value = values[name]
            entry.errors = errors.get(name, ())
            entry.used = f"_unused_{name}" not in payload

    @event
    async def add(self, payload: dict[str, Any]) -> None:
        await self.check(payload)
        values = {name: entry.value for name, entry in self.state.form.items()}
        if problems_of(values):
            for entry in self.state.form.values():
                entry.used = True
            return
        new = NewBook(**values)
        id = max([*self.state.catalogue, *BLURBS, len(BOOKS)]) + 1
        book = Book(id, new.title, new.author, new.year, new.shelf)
        self.state.catalogue[id] = book
        self.state.books.insert(book, at=0)
        self.state.form = empty_form()
        self.state.turn += 1
        self.socket.put_flash("success", f"{book.title} is on the shelf.")
        self.socket.push_js(ui.hide_modal("new-book"))

    @event
    async def read(self, id: int) -> None:
        self.state.reading = self.state.catalogue.get(id)

    @event
    async def stop(self) -> None:
        book, self.state.reading = self.state.reading, None
        if book is not None:
            self.socket.push_js(js.focus(to=f"#read-{book.id}"))

    @event
    async def open(self, id: int) -> None:
        book = self.state.catalogue.get(id)
        if book is not None:
            self.state.opened = book
            self.socket.assign_async("blurb", find_blurb, id, reset=True)

    @event
    async def close(self) -> None:
        self.state.opened = None

    @event
    async def clear(self) -> None:
        self.state.catalogue.clear()
        self.state.books.reset()
        self.state.reading = None
        self.socket.put_flash("info", "The shelves are empty.")

    @event
    async def restore(self) -> None:
        self.fill()
        self.socket.put_flash("success", "All books are back.")

    @event
    async def fail(self) -> None:
        self.socket.put_flash("error", "The lift is out of order.")


async def find_blurb(id: int) -> str:
    await asyncio.sleep(0.6)  # a slow library service
    if id not in BLURBS:
        raise LookupError("nobody has written about this book")
    return BLURBS[id]


def problems_of(values: dict[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with a form's values, by the fields' names."""
    try:
        NewBook(**values)
    except ValidationError as error:
        found: dict[str, list[str]] = {}
        for problem in error.errors():
            found.setdefault(str(problem["loc"][0]), []).append(problem["msg"])
        return found
    return {}


def add_to(app: Wirebird) -> None:
    """Serve the page under /components."""
    with app.live_session("components") as pages:
        pages.components(Rating)
        pages.live("/components", ReadingRoomView)
