from dataclasses import dataclass, field

from wirebird import LiveView, NotFound, Wirebird, event

PLANTS = {1: "Fern", 2: "Ivy", 3: "Moss"}


@dataclass
class Plants:
    plants: dict[int, str] = field(default_factory=dict[int, str])
    id: int | None = None


class PlantsView(LiveView[Plants]):
    html = """
    <ul id="plants">
      {% for id, name in plants.items() %}
      <li :key="{{ id }}">{{ name }} {{ link("Rename", patch="/plants/%d/rename" % id) }}</li>
      {% endfor %}
    </ul>
    {% if id %}
    {% call ui.modal(id="rename", title="Rename", show=true, on_cancel=js.patch("/")) %}
    <form id="name-form" method="post" phx-submit="rename">
      <input name="name" aria-label="Name" value="{{ plants[id] }}" required><button>Save</button>
    </form>
    {% endcall %}
    {% endif %}
    """

    async def handle_params(self, id: int | None = None) -> None:
        if id is not None and id not in PLANTS:
            raise NotFound(f"there is no plant {id}")
        self.state.id, self.state.plants = id, dict(PLANTS)

    @event
    async def rename(self, name: str) -> None:
        if self.state.id is not None and name.strip():
            PLANTS[self.state.id] = name.strip()
            self.socket.put_flash("info", "Renamed.")
            self.socket.push_patch("/")


app = Wirebird()
app.live("/", PlantsView)
app.live("/plants/{id:int}/rename", PlantsView)
