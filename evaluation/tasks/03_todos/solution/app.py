from dataclasses import dataclass, field
from typing import Literal

from wirebird import LiveView, Wirebird, event

Show = Literal["all", "open", "finished"]


@dataclass
class Todo:
    id: int
    text: str
    done: bool = False


@dataclass
class Todos:
    items: list[Todo] = field(default_factory=list[Todo])
    show: Show = "all"

    @property
    def shown(self) -> list[Todo]:
        return [
            item
            for item in self.items
            if self.show == "all" or item.done == (self.show == "finished")
        ]


class TodosView(LiveView[Todos]):
    html = """
    <form id="new" method="post" phx-submit="add">
      <input name="text" aria-label="Text"> <button>Add</button>
    </form>
    <nav>
      {{ link("All", patch="/") }} {{ link("Open", patch="/?show=open") }}
      {{ link("Finished", patch="/?show=finished") }}
    </nav>
    <ul id="todos">
      {% for item in shown %}
      <li :key="{{ item.id }}">
        {{ item.text }}
        <button phx-click="toggle" phx-value-id="{{ item.id }}">
          {{ "Again" if item.done else "Done" }}
        </button>
      </li>
      {% endfor %}
    </ul>
    """

    async def handle_params(self, show: Show = "all") -> None:
        self.state.show = show

    @event
    async def add(self, text: str) -> None:
        if text.strip():
            self.state.items.append(Todo(len(self.state.items) + 1, text.strip()))

    @event
    async def toggle(self, id: int) -> None:
        for item in self.state.items:
            if item.id == id:
                item.done = not item.done


app = Wirebird()
app.live("/", TodosView)
