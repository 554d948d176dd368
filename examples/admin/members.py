"""The members that are looked after, and the log of it: an application has its database here."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

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


@dataclass
class Office:
    members: dict[int, KeptMember] = field(default_factory=dict[int, KeptMember])
    log: deque[Entry] = field(default_factory=lambda: deque[Entry](maxlen=KEPT))
    noted: int = 0

    def __post_init__(self) -> None:
        for id, (name, role) in enumerate(NAMES, 1):
            member = Member(name=name, email=f"{name.lower()}@example.org", role=role)
            self.members[id] = KeptMember(id=id, **member.model_dump())

    def note(self, who: str, what: str) -> Entry:
        """Add a line to the log."""
        self.noted += 1
        entry = Entry(self.noted, datetime.now(UTC), who, what)
        self.log.append(entry)
        return entry


NAMES: list[tuple[str, Literal["reader", "writer", "editor"]]] = [
    ("Bittern", "editor"),
    ("Dunlin", "writer"),
    ("Fieldfare", "reader"),
    ("Goldcrest", "reader"),
    ("Lapwing", "writer"),
]
