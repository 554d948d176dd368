from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from wirebird import LiveView, Wirebird

PER_PAGE = 10


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    age: int


PEOPLE = [Person(number, f"Person {number}", 20 + number) for number in range(1, 26)]


@dataclass
class People:
    page: int = 1
    rows: list[Person] = field(default_factory=list[Person])

    @property
    def is_last(self) -> bool:
        return self.page * PER_PAGE >= len(PEOPLE)


class PeopleView(LiveView[People]):
    html = """
    <table id="people">
      <thead>
        <tr><th>Name</th><th>{{ link("Age", patch=socket.path(sort="-age", page=none)) }}</th></tr>
      </thead>
      <tbody>
        {% for person in rows %}
        <tr :key="{{ person.id }}"><td>{{ person.name }}</td><td>{{ person.age }}</td></tr>
        {% endfor %}
      </tbody>
    </table>
    {% if page > 1 %}{{ link("Previous", patch=socket.path(page=page - 1)) }}{% endif %}
    {% if not is_last %}{{ link("Next", patch=socket.path(page=page + 1)) }}{% endif %}
    """

    async def handle_params(
        self, page: Annotated[int, Field(ge=1)] = 1, sort: Literal["id", "-age"] = "id"
    ) -> None:
        people = PEOPLE if sort == "id" else sorted(PEOPLE, key=lambda person: -person.age)
        self.state.page = page
        self.state.rows = people[(page - 1) * PER_PAGE : page * PER_PAGE]


app = Wirebird()
app.live("/", PeopleView)
