"""The first page."""

from dataclasses import dataclass{{ ", field" if cookiecutter.database }}
{% if cookiecutter.database %}
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import select
{% else %}

{% endif %}
from wirebird import LiveView, event

{% if cookiecutter.database %}
from {{ cookiecutter.package }}.database import Database
from {{ cookiecutter.package }}.models import Greeting

MOST_SHOWN = 10

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]

{% endif %}

@dataclass
class Home:
    """What the page shows."""

    name: str = "world"
{% if cookiecutter.database %}
    greetings: list[Greeting] = field(default_factory=list[Greeting])
{% else %}
    greetings: int = 0
{% endif %}


class HomeView(LiveView[Home]):
    """Greets whoever is named in its form{{ ", and knows who was greeted before" if cookiecutter.database }}."""

{% if cookiecutter.database %}
    async def mount(self, database: Database) -> None:
        newest = select(Greeting).order_by(Greeting.id.desc()).limit(MOST_SHOWN)
        self.state = Home(greetings=list(await database.scalars(newest)))

    @event
    async def greet(self, name: Name, database: Database) -> None:
        greeting = Greeting(name=name)
        database.add(greeting)
        self.state.name = name
        self.state.greetings = [greeting, *self.state.greetings][:MOST_SHOWN]
{% else %}
    @event
    async def greet(self, name: str) -> None:
        self.state.name = name.strip() or "world"
        self.state.greetings += 1
{% endif %}
