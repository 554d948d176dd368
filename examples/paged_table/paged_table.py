"""A table of thousands of rows: search, order and page are in the URL, which one can share."""

import unicodedata
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from wirebird import LiveView, Transient, event

PER_PAGE = 15

KINDS = {"L": "letter", "N": "number", "P": "punctuation", "S": "symbol"}

Column = Literal["code", "name", "kind"]


@dataclass(frozen=True)
class Character:
    code: int
    sign: str
    name: str
    kind: str


def characters() -> list[Character]:
    """Return the signs that Python knows by name, up to U+2C00."""
    signs = [chr(code) for code in range(0x21, 0x2C00)]
    return [
        Character(ord(sign), sign, name.lower(), kind)
        for sign in signs
        if (name := unicodedata.name(sign, ""))
        and (kind := KINDS.get(unicodedata.category(sign)[0]))
    ]


CHARACTERS = characters()


def find(q: str, sort: Column, down: bool) -> list[Character]:
    """Return the characters that have all words in their name: a database's work, elsewhere."""
    words = q.lower().split()
    found = [row for row in CHARACTERS if all(word in row.name for word in words)]
    return sorted(found, key=lambda row: getattr(row, sort), reverse=down)


@dataclass
class Table:
    rows: Transient[list[Character]] = field(default_factory=list[Character])
    q: str = ""
    sort: Column = "code"
    down: bool = False
    page: int = 1
    found: int = 0

    @property
    def last(self) -> int:
        return max(1, -(-self.found // PER_PAGE))


class CharactersView(LiveView[Table]):
    """Keeps one page of rows; what it shows, the URL says."""

    async def mount(self) -> None:
        self.socket.page_title = "Characters"

    async def handle_params(
        self,
        q: str = "",
        sort: Column = "code",
        down: bool = False,
        page: Annotated[int, Field(ge=1)] = 1,
    ) -> None:
        found = find(q, sort, down)
        table = self.state = Table(q=q, sort=sort, down=down, found=len(found))
        table.page = min(page, table.last)
        table.rows = found[(table.page - 1) * PER_PAGE : table.page * PER_PAGE]

    @event
    async def search(self, q: str) -> None:
        self.socket.push_patch(self.socket.path(q=q or None, page=None), replace=True)
