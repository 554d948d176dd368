from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    html = """
    <h1>Count: {{ count }}</h1>
    <button phx-click="up">Up</button>
    <button phx-click="down" {{ "disabled" if count == 0 }}>Down</button>
    """

    async def mount(self, start: int = 0) -> None:
        self.state.count = max(0, start)

    @event
    async def up(self) -> None:
        self.state.count += 1

    @event
    async def down(self) -> None:
        self.state.count = max(0, self.state.count - 1)


app = Wirebird()
app.live("/", CounterView)
