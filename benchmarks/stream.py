"""The stream that is measured: each push puts one row at the end and keeps the last hundred."""

from __future__ import annotations

from dataclasses import dataclass, field

from wirebird import LiveView, Stream, event


@dataclass(frozen=True)
class Item:
    id: int
    text: str


@dataclass
class Items:
    next: int = 1
    items: Stream[Item] = field(default_factory=lambda: Stream(limit=-100))


class StreamView(LiveView[Items]):
    html = """
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
    </ul>
    """

    @event
    async def push(self) -> None:
        n = self.state.next
        self.state.next += 1
        self.state.items.insert(Item(n, f"Item {n}"))
