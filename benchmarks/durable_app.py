"""Views that differ in nothing but whether they are durable, each at paths of its own.

The rule: what costs of durable states are compared with is the same view, in the same process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wirebird import Form, Limits, LiveView, Wirebird, event
from wirebird.live.view import Durable

WORDS: dict[str, Durable] = {"plain": False, "durable": True, "always": "always"}
"""What a view says of itself, by the first part of its path."""


@dataclass
class Count:
    name: str = ""
    count: int = 0


class CountView(LiveView[Count]):
    """A counter of each visitor's own."""

    html = '<p>{{ name }}</p><p>{{ count }}</p><button phx-click="inc">+</button>'
    layout = None

    async def mount(self, name: str) -> None:
        self.state.name = name

    @event
    async def inc(self) -> None:
        self.state.count += 1


@dataclass(frozen=True)
class Item:
    id: int
    name: str
    price: float
    amount: int = 1


class Address(BaseModel):
    name: str = Field(min_length=3)
    email: str
    street: str
    note: str = ""


@dataclass
class Order:
    title: str = ""
    clicks: int = 0
    items: list[Item] = field(default_factory=list[Item])
    address: Form[Address] = field(
        default_factory=lambda: Form(Address, {"name": "Ada Lovelace", "email": "ada@example.com"})
    )


class OrderView(LiveView[Order]):
    """A page as many are: a list of twenty things, and a form that somebody fills in."""

    html = """
    <h1>{{ title }}, {{ clicks }}</h1><button phx-click="inc">+</button>
    <ul>{% for item in items %}<li :key="{{ item.id }}">{{ item.name }} {{ item.price }}</li>
    {% endfor %}</ul>
    <form phx-change="fill">{{ ui.input(address["name"]) }}{{ ui.input(address.email) }}
    {{ ui.input(address.street) }}{{ ui.input(address.note) }}</form>
    """
    layout = None

    async def mount(self, name: str) -> None:
        self.state.title = f"The order of {name}"
        self.state.items = [Item(n, f"A thing with the number {n}", n * 1.25) for n in range(20)]

    @event
    async def inc(self) -> None:
        self.state.clicks += 1

    @event
    async def fill(self, payload: dict[str, Any]) -> None:
        self.state.address.validate(payload)


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


app = Wirebird(
    limits=Limits(events_per_second=0),  # one client sends as fast as it can
    pause_after=60.0,
    routes=[Route("/health", health)],
)
for word, durable in WORDS.items():
    for path, view in (("count", CountView), ("order", OrderView)):
        session = app.live_session(f"{word}-{path}", durable=durable)
        session.live(f"/{word}/{path}/{{name}}", view)
