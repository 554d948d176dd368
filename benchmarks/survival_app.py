"""A counter of each visitor's own, as `benchmarks.survival` runs it in several processes."""

from __future__ import annotations

import os
from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class Count:
    name: str = ""
    count: int = 0


class CountView(LiveView[Count]):
    html = '<p>{{ name }}</p><p>{{ count }}</p><button phx-click="inc">+</button>'
    layout = None
    durable = "always" if os.environ.get("BENCH_DURABLE") == "always" else True

    async def mount(self, name: str) -> None:
        self.state.name = name

    @event
    async def inc(self) -> None:
        self.state.count += 1


app = Wirebird()
app.live("/count/{name}", CountView)
