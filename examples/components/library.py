"""The books that there are, and what is known of them."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field


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
    """What there is to say of a book that comes."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    author: Annotated[str, Field(min_length=3, max_length=80)]
    year: Annotated[int, Field(ge=-3000, le=2100)]
    shelf: Literal["Fiction", "Science", "History"]
    cover: Literal["Hardcover", "Paperback"] = "Paperback"
    lend: Annotated[bool, Field(title="It may be lent")] = False
    notes: Annotated[str, Field(max_length=200)] = ""


async def find_blurb(id: int) -> str:
    await asyncio.sleep(0.6)  # a slow library service
    if id not in BLURBS:
        raise LookupError("nobody has written about this book")
    return BLURBS[id]
