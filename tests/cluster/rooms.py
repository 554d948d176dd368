"""Processes in whose rooms somebody is: `python -c "from tests.cluster.rooms import stay; ..."`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import date

from wirebird import LiveView, Presence, PresenceTimes, Wirebird, event
from wirebird.testing import LiveClient

QUICK = PresenceTimes(heartbeat=0.2, timeout=1.0, patience=0.05, retry=0.2)
PATIENT = PresenceTimes(patience=2.0)


@dataclass(frozen=True)
class Person:
    name: str
    since: date = date(2026, 1, 1)
    places: tuple[int, ...] = (1, 2)


@dataclass
class Room:
    people: Presence[Person] = field(default_factory=Presence)


class RoomView(LiveView[Room]):
    html = """<p>{% for tabs in people.values() %}{{ tabs[0].name }} {% endfor %}</p>"""

    async def mount(self, name: str) -> None:
        self.state.people = await self.socket.track("room:1", name, Person(name))

    @event
    async def rename(self, name: str) -> None:
        self.state.people.update(Person(name))


def make_app(url: str, times: PresenceTimes = QUICK) -> Wirebird:
    """Return a process's worth of an application."""
    app = Wirebird(secret_key="a secret for tests, and long enough for them", broker=url)
    app.presence.times = times
    app.live("/{name}", RoomView)
    return app


def stay(url: str, name: str) -> None:
    """Be in the room until this process is ended; say when it is so."""

    async def main() -> None:
        async with LiveClient(make_app(url)) as client:
            await client.live(f"/{name}")
            sys.stdout.write("here\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

    asyncio.run(main())
