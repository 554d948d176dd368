"""What a nursery sells: on a shelf, which outlives the server. An application has its database."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from examples.shelf import SHELF


class Plant(BaseModel):
    """What there is to say of a plant: the fields of its form."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    latin: Annotated[str, Field(max_length=40, title="Latin name")] = ""
    light: Literal["Sun", "Half shade", "Shade"] = "Half shade"
    price: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
    stock: Annotated[int, Field(ge=0, le=10_000, title="In stock")] = 0


class KeptPlant(Plant):
    id: int


class Full(Exception):
    """There is no room for one more plant."""


@dataclass
class Nursery:
    """Keeps plants by number.

    Args:
        most: How many there is room for.
        plants: Those that are there.
        last: The number that was given last.
    """

    most: int
    plants: dict[int, KeptPlant] = field(default_factory=dict[int, KeptPlant])
    last: int = 0

    def find(self, text: str) -> list[KeptPlant]:
        """Return the plants with a text in one of their names, by name."""
        wanted = text.strip().lower()
        found = [
            plant
            for plant in self.plants.values()
            if wanted in plant.name.lower() or wanted in plant.latin.lower()
        ]
        return sorted(found, key=lambda plant: plant.name.lower())

    def get(self, id: int) -> KeptPlant | None:
        return self.plants.get(id)

    def add(self, plant: Plant) -> KeptPlant:
        if len(self.plants) >= self.most:
            raise Full
        self.last += 1
        return self._keep(self.last, plant)

    def put(self, id: int, plant: Plant) -> KeptPlant | None:
        """Keep a plant as it is now, or return None if it is gone."""
        return self._keep(id, plant) if id in self.plants else None

    def _keep(self, id: int, plant: Plant) -> KeptPlant:
        kept = self.plants[id] = KeptPlant(id=id, **plant.model_dump(exclude={"id"}))
        return kept

    def remove(self, id: int) -> KeptPlant | None:
        return self.plants.pop(id, None)


PLANTS = [
    ("Hart's tongue", "Asplenium scolopendrium", "Shade", "7.50", 24),
    ("Lady's mantle", "Alchemilla mollis", "Half shade", "4.90", 60),
    ("Lavender", "Lavandula angustifolia", "Sun", "5.20", 112),
    ("Male fern", "Dryopteris filix-mas", "Shade", "8.00", 3),
    ("Peony", "Paeonia lactiflora", "Sun", "18.50", 9),
    ("Sage", "Salvia officinalis", "Sun", "3.80", 75),
    ("Snowdrop", "Galanthus nivalis", "Half shade", "2.40", 0),
    ("Wood anemone", "Anemone nemorosa", "Shade", "4.20", 31),
]


def first_plants() -> Nursery:
    """Return something to sell."""
    nursery = Nursery(most=100)
    for row in PLANTS:
        nursery.add(Plant.model_validate(dict(zip(Plant.model_fields, row, strict=True))))
    return nursery


NURSERY = SHELF.get("plants", first_plants())
