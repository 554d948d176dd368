"""A reading room, built of the component library: forms, windows, tables, toasts and slots."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from examples.components.library import BLURBS, BOOKS, Book, NewBook, find_blurb
from wirebird import AsyncResult, Form, LiveComponent, LiveView, Stream, Wirebird, event, js
from wirebird.components import ui


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


@dataclass
class ReadingRoom:
    form: Form[NewBook]
    books: Stream[Book] = field(default_factory=Stream)
    catalogue: dict[int, Book] = field(default_factory=dict[int, Book])
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
        self.state.form.validate(payload)

    @event
    async def add(self, payload: dict[str, Any]) -> None:
        new = self.state.form.submit(payload)
        if new is None:
            if (wrong := self.state.form.first_wrong()) is not None:
                self.socket.push_js(js.focus(to=f"#{wrong.id}"))
            return
        id = max([*self.state.catalogue, *BLURBS, len(BOOKS)]) + 1
        book = Book(id, new.title, new.author, new.year, new.shelf)
        self.state.catalogue[id] = book
        self.state.books.insert(book, at=0)
        self.state.form = Form(NewBook, id=f"book-{id}")
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


def add_to(app: Wirebird) -> None:
    """Serve the page under /components."""
    with app.live_session("components") as pages:
        pages.components(Rating)
        pages.live("/components", ReadingRoomView)
