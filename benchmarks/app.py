"""The views that are measured, written as anybody would write them.

    WIREBIRD_SECRET_KEY=... uvicorn benchmarks.app:app --loop uvloop --ws wirebird.server:WebSocket

`benchmarks/pyview_app.py` serves the same at the same paths.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wirebird import Limits, LiveView, Stream, Wirebird, event, info

TABLE = """
<div>
  <h1>{{ title }}</h1>
  <button phx-click="tick_all">all</button><button phx-click="reverse">rev</button>
  <table><tbody>
  {% for row in rows %}
    <tr :key="{{ row.id }}" id="row-{{ row.id }}"><td>{{ row.id }}</td><td>{{ row.name }}</td>
      <td>{{ row.value }}</td><td>{% if row.active %}yes{% else %}no{% endif %}</td></tr>
  {% endfor %}
  </tbody></table>
</div>
"""


@dataclass
class Count:
    count: int = 0


class CounterView(LiveView[Count]):
    html = """
    <div>
      <h1>Count is {{ count }}</h1>
      <button phx-click="dec">-</button><button phx-click="inc">+</button>
    </div>
    """

    @event
    async def inc(self) -> None:
        self.state.count += 1

    @event
    async def dec(self) -> None:
        self.state.count -= 1


@dataclass
class Row:
    id: int
    name: str
    value: int
    active: bool


@dataclass
class Table:
    title: str = "Table"
    renames: int = 0
    rows: list[Row] = field(
        default_factory=lambda: [Row(i, f"Item {i}", i, i % 2 == 0) for i in range(1000)]
    )
    by_id: dict[int, Row] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {row.id: row for row in self.rows}


class TableView(LiveView[Table]):
    html = TABLE

    @event
    async def tick(self, i: int) -> None:
        self.state.by_id[i].value += 1

    @event
    async def tick_all(self) -> None:
        for row in self.state.rows:
            row.value += 1

    @event
    async def reverse(self) -> None:
        self.state.rows.reverse()

    @event
    async def rename(self) -> None:
        self.state.renames += 1
        self.state.title = f"Table renamed {self.state.renames}"


@dataclass(frozen=True)
class FrozenRow:
    id: int
    name: str
    value: int
    active: bool


@dataclass
class FrozenTable:
    title: str = "Table"
    renames: int = 0
    rows: list[FrozenRow] = field(
        default_factory=lambda: [FrozenRow(i, f"Item {i}", i, i % 2 == 0) for i in range(1000)]
    )
    reversed: bool = False


class FrozenView(LiveView[FrozenTable]):
    """The same table of rows that are replaced, never changed."""

    html = TABLE

    @event
    async def tick(self, i: int) -> None:
        rows = self.state.rows
        at = len(rows) - 1 - i if self.state.reversed else i
        rows[at] = replace(rows[at], value=rows[at].value + 1)

    @event
    async def tick_all(self) -> None:
        self.state.rows = [replace(row, value=row.value + 1) for row in self.state.rows]

    @event
    async def reverse(self) -> None:
        self.state.rows.reverse()
        self.state.reversed = not self.state.reversed

    @event
    async def rename(self) -> None:
        self.state.renames += 1
        self.state.title = f"Table renamed {self.state.renames}"


@dataclass(frozen=True)
class Said:
    n: int


@dataclass
class Heard:
    n: int = 0


class BroadcastView(LiveView[Heard]):
    html = '<div><p>{{ n }}</p><button phx-click="go" phx-value-n="1">go</button></div>'

    async def mount(self) -> None:
        if self.socket.connected:
            await self.socket.subscribe("bench")

    @event
    async def go(self, n: int) -> None:
        await self.socket.broadcast("bench", Said(n))

    @info
    async def on_said(self, said: Said) -> None:
        self.state.n = said.n


@dataclass
class Item:
    id: int
    text: str


@dataclass
class Items:
    items: Stream[Item] = field(
        default_factory=lambda: Stream(Item(i, f"item {i}") for i in range(10))
    )
    next: int = 10


class StreamView(LiveView[Items]):
    html = """
    <div>
      <button phx-click="push">push</button>
      <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
      </ul>
    </div>
    """

    @event
    async def push(self) -> None:
        number = self.state.next
        self.state.next += 1
        self.state.items.insert(Item(number, f"item {number}"), limit=-100)


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


# Its clients are faster than people: nobody is to be slowed down.
app = Wirebird(routes=[Route("/health", health)], limits=Limits(events_per_second=0))
app.live("/bench/counter", CounterView)
app.live("/bench/table", TableView)
app.live("/bench/frozen", FrozenView)
app.live("/bench/broadcast", BroadcastView)
app.live("/bench/stream", StreamView)
