"""A calendar: the day that is shown stands in the URL, and what is planned outlives the server."""

from calendar import Calendar, day_abbr, monthrange
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import count
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from wirebird import Form, LiveView, event, js

FIRST, LAST = date(1970, 1, 1), date(2099, 12, 31)
MOST = 200

Day = Annotated[date, Field(ge=FIRST, le=LAST)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Step = Annotated[int, Field(ge=-12, le=12)]


class Plan(BaseModel):
    """What one fills in."""

    title: Annotated[Title, Field(title="What")]
    at: Annotated[time | None, Field(title="When, if not all day")] = None


@dataclass(frozen=True)
class Entry:
    id: int
    day: date
    title: str
    at: time | None = None


def first_entries() -> list[Entry]:
    """Return something to see, around today."""
    today = date.today()
    plans = [
        (-3, "Sow the peas", None),
        (0, "Call the plumber", time(9, 30)),
        (0, "Choir", time(19)),
        (4, "Market", time(8)),
        (9, "Grandmother's birthday", None),
    ]
    return [
        Entry(id, today + timedelta(days), title, at)
        for id, (days, title, at) in enumerate(plans, 1)
    ]


@dataclass
class Diary:
    form: Form[Plan]
    day: date = field(default_factory=date.today)
    today: date = field(default_factory=date.today)
    entries: list[Entry] = field(default_factory=first_entries)

    headings = day_abbr

    @property
    def weeks(self) -> list[list[date]]:
        """The weeks that the month lies in."""
        return Calendar().monthdatescalendar(self.day.year, self.day.month)

    def on(self, day: date) -> list[Entry]:
        """Return what is planned for a day, what lasts all day first."""
        entries = [entry for entry in self.entries if entry.day == day]
        return sorted(entries, key=lambda entry: entry.at or time.min)

    def later(self, days: int = 0, months: int = 0) -> date:
        """Return a day so much after the one that is shown, or before it."""
        year, month = divmod(self.day.year * 12 + self.day.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        day = date(year, month + 1, min(self.day.day, last)) + timedelta(days)
        return min(max(day, FIRST), LAST)


class DiaryView(LiveView[Diary]):
    """Each day has a URL; the arrow keys go there, and so do links."""

    durable = True

    async def handle_params(self, day: Day | None = None) -> None:
        self.state.day = day or self.state.today
        self.socket.page_title = f"{self.state.day:%B %Y}"

    @event
    async def go(self, days: Step = 0, months: Step = 0) -> None:
        day = self.state.later(days, months)
        self.socket.push_patch(self.socket.path(day=day), replace=True)

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def add(self, payload: dict[str, Any]) -> None:
        state = self.state
        plan = state.form.submit(payload)
        if plan and len(state.entries) >= MOST:
            state.form.add_error(None, "The calendar is full: delete something first.")
        elif plan:
            id = next(id for id in count(1) if all(entry.id != id for entry in state.entries))
            state.entries.append(Entry(id, state.day, plan.title, plan.at))
            state.form.reset()
            self.focus(state.form["title"].id)

    @event
    async def delete(self, id: int) -> None:
        self.state.entries = [entry for entry in self.state.entries if entry.id != id]
        # The focus goes to what is planned besides, or to the form.
        rest = self.state.on(self.state.day)
        self.focus(f"delete-{rest[0].id}" if rest else self.state.form["title"].id)

    def focus(self, id: str) -> None:
        self.socket.push_js(js.focus(to=f"#{id}"))
