"""Birds that one may see in Europe, read from a file: a database's work, elsewhere."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bird:
    name: str
    latin: str

    @property
    def id(self) -> str:
        return self.latin.lower().replace(" ", "-")


with Path(__file__).with_name("birds.csv").open(encoding="utf-8", newline="") as file:
    BIRDS = [Bird(name, latin) for name, latin in csv.reader(file)]
BY_ID = {bird.id: bird for bird in BIRDS}


def find_birds(text: str, most: int) -> list[Bird]:
    """Return birds with a text in their name: first those whose name begins with it."""
    wanted = text.strip().lower()
    found = [bird for bird in BIRDS if wanted in f"{bird.name} {bird.latin}".lower()]
    found.sort(key=lambda bird: not bird.name.lower().startswith(wanted))
    return found[:most] if wanted else []
