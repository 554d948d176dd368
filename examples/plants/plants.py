"""An inventory: what is shown, edited and searched for has a URL of its own."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from examples.plants.nursery import NURSERY, Full, KeptPlant, Plant
from examples.shelf import SHELF
from wirebird import Form, LiveView, NotFound, Wirebird, event, info, js


@dataclass(frozen=True)
class NurseryChanged:
    """To all who look at the list."""


@dataclass
class Inventory:
    form: Form[Plant]
    plants: list[KeptPlant] = field(default_factory=list[KeptPlant])
    q: str = ""
    id: int | None = None
    doomed: KeptPlant | None = None

    @property
    def search(self) -> str:
        """What URLs end with, so that the search stays while a plant is edited."""
        return "?" + urlencode({"q": self.q}) if self.q else ""


class PlantsView(LiveView[Inventory]):
    """Lists plants; over the list is the form, at /plants/new and /plants/3/edit."""

    template = "plants.html"

    async def mount(self) -> None:
        await self.socket.subscribe("nursery")

    async def handle_params(self, id: int | None = None, q: str = "") -> None:
        state = self.state
        state.q, state.id = q, id
        self.list_plants()
        self.socket.page_title = "Plants"
        if self.socket.live_action == "new":
            state.form = Form(Plant)
        elif self.socket.live_action == "edit":
            plant = NURSERY.get(id or 0)
            if plant is None:
                raise NotFound(f"there is no plant {id}")
            state.form = Form(Plant, plant)

    @info
    async def on_change(self, _: NurseryChanged) -> None:
        self.list_plants()

    def list_plants(self) -> None:
        self.state.plants = NURSERY.find(self.state.q)

    @event
    async def find(self, q: str) -> None:
        self.state.q = q[:40]
        self.socket.push_patch(f"/plants{self.state.search}", replace=True)

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        form, id = self.state.form, self.state.id
        plant = form.submit(payload)
        if plant is None:
            if (wrong := form.first_wrong()) is not None:
                self.socket.push_js(js.focus(to=f"#{wrong.id}"))
            return
        try:
            kept = NURSERY.add(plant) if id is None else NURSERY.put(id, plant)
        except Full:
            form.add_error(None, "The nursery is full: delete a plant first.")
            return
        if kept is None:
            form.add_error(None, "Somebody has deleted this plant meanwhile.")
            return
        self.socket.put_flash("success", f"{kept.name} is {'new here' if id is None else 'saved'}.")
        self.socket.push_patch(f"/plants{self.state.search}")
        await self.tell()

    @event
    async def ask(self, id: int) -> None:
        """Ask before a plant is deleted."""
        self.state.doomed = NURSERY.get(id)

    @event
    async def keep(self) -> None:
        self.state.doomed = None

    @event
    async def delete(self) -> None:
        doomed, self.state.doomed = self.state.doomed, None
        if doomed is None:
            return
        # The focus goes to the plant that comes into its place.
        before = [plant.id for plant in self.state.plants if plant.name < doomed.name]
        after = [plant.id for plant in self.state.plants if plant.name > doomed.name]
        to = [f"#delete-{id}" for id in (*after[:1], *before[-1:])]
        self.socket.push_js(js.focus(to=(*to, "#plant-search input")[0]))
        if NURSERY.remove(doomed.id) is not None:
            self.socket.put_flash("info", f"{doomed.name} is deleted.")
            await self.tell()

    async def tell(self) -> None:
        """Keep the change, and let all know who look at the list."""
        SHELF.put("plants", NURSERY)
        await self.socket.broadcast("nursery", NurseryChanged())


def add_to(app: Wirebird) -> None:
    """Serve the list under /plants, and the form below it."""
    with app.live_session("plants") as pages:
        pages.live("/plants", PlantsView, action="list")
        pages.live("/plants/new", PlantsView, action="new")
        pages.live("/plants/{id:int}/edit", PlantsView, action="edit")
