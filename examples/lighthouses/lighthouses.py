"""A map whose markers and list choose each other: Leaflet draws it, the server knows what is on it.

The land is drawn by the page from a file of its own, so no tiles come from anywhere.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import StringConstraints

from wirebird import LiveView, event

Words = Annotated[str, StringConstraints(max_length=40)]


@dataclass(frozen=True)
class Lighthouse:
    id: str
    name: str
    country: str
    lit: int
    lat: float
    lng: float

    def is_about(self, words: str) -> bool:
        return words.lower().strip() in f"{self.name} {self.country} {self.lit}".lower()


LIGHTHOUSES = {
    place.id: place
    for place in [
        Lighthouse("agulhas", "Cape Agulhas", "South Africa", 1849, -34.83, 20.01),
        Lighthouse("bell-rock", "Bell Rock", "Scotland", 1811, 56.43, -2.39),
        Lighthouse("byron", "Cape Byron", "Australia", 1901, -28.64, 153.64),
        Lighthouse("castle-point", "Castle Point", "New Zealand", 1913, -40.9, 176.23),
        Lighthouse("cordouan", "Cordouan", "France", 1611, 45.59, -1.17),
        Lighthouse("eclaireurs", "Les Éclaireurs", "Argentina", 1920, -54.87, -68.08),
        Lighthouse("eddystone", "Eddystone", "England", 1882, 50.18, -4.27),
        Lighthouse("hatteras", "Cape Hatteras", "United States", 1870, 35.25, -75.53),
        Lighthouse("inubosaki", "Inubōsaki", "Japan", 1874, 35.71, 140.87),
        Lighthouse("jument", "La Jument", "France", 1911, 48.42, -5.13),
        Lighthouse("kopu", "Kõpu", "Estonia", 1531, 58.92, 22.2),
        Lighthouse("leeuwin", "Cape Leeuwin", "Australia", 1895, -34.37, 115.14),
        Lighthouse("peggys-point", "Peggy's Point", "Canada", 1915, 44.49, -63.92),
        Lighthouse("pigeon-point", "Pigeon Point", "United States", 1872, 37.18, -122.39),
    ]
}


@dataclass
class Chart:
    q: str = ""
    chosen: Lighthouse | None = None
    places: list[Lighthouse] = field(default_factory=list[Lighthouse])


class LighthousesView(LiveView[Chart]):
    """What is chosen and what is searched stand in the URL; list and map follow them."""

    styles = ["lighthouses.css", "../node_modules/leaflet/dist/leaflet.css"]

    async def handle_params(self, place: str = "", q: Words = "") -> None:
        self.state.q = q
        self.state.chosen = LIGHTHOUSES.get(place)
        self.state.places = [each for each in LIGHTHOUSES.values() if each.is_about(q)]
        self.socket.page_title = self.state.chosen.name if self.state.chosen else "Map"

    @event
    async def choose(self, id: str) -> None:
        self.socket.push_patch(self.socket.path(place=id))

    @event
    async def search(self, q: Words = "") -> None:
        self.socket.push_patch(self.socket.path(q=q or None, place=None), replace=True)
