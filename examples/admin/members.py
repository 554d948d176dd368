"""The members that are looked after, and the log of it: on a shelf, which outlives the server.

An application has its database here.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from examples.shelf import SHELF

KEPT = 50


class Member(BaseModel):
    """What can be edited of a member: the fields of the form, and no others."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    email: Annotated[str, Field(max_length=80, pattern=r"^\S+@\S+\.\S+$", title="E-mail")]
    role: Literal["reader", "writer", "editor"] = "reader"


class KeptMember(Member):
    id: int
    suspended: bool = False


@dataclass(frozen=True)
class Entry:
    """A line of the log, which is only ever added to."""

    id: int
    at: datetime
    who: str
    what: str


NAMES: list[tuple[str, Literal["reader", "writer", "editor"]]] = [
    ("Bittern", "editor"),
    ("Dunlin", "writer"),
    ("Fieldfare", "reader"),
    ("Goldcrest", "reader"),
    ("Lapwing", "writer"),
]


def first_members() -> dict[int, KeptMember]:
    """Return some to look after."""
    return {
        id: KeptMember(id=id, name=name, email=f"{name.lower()}@example.org", role=role)
        for id, (name, role) in enumerate(NAMES, 1)
    }


@dataclass
class Office:
    members: dict[int, KeptMember] = field(default_factory=first_members)
    log: list[Entry] = field(default_factory=list[Entry])
    noted: int = 0

    def note(self, who: str, what: str) -> Entry:
        """Add a line to the log, and keep what was done."""
        self.noted += 1
        entry = Entry(self.noted, datetime.now(UTC), who, what)
        self.log = [*self.log, entry][-KEPT:]
        SHELF.put("admin", self)
        return entry


OFFICE = SHELF.get("admin", Office())
