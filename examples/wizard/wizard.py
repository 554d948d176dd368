"""A form in steps: each step has a form and a URL of its own, and back loses nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, EmailStr, Field, model_validator

from wirebird import Form, LiveView, event, field_error, js

PRICES = {"City bike": Decimal(14), "Cargo bike": Decimal(32), "Racing bike": Decimal(26)}

Step = Literal["trip", "bike", "rider", "review"]


class Trip(BaseModel):
    begin: Annotated[date, Field(title="From")]
    end: Annotated[date, Field(title="Until, that day included")]

    @model_validator(mode="after")
    def begins_first(self) -> Self:
        if self.end < self.begin:
            raise field_error("end", "This is before the first day.")
        return self

    @property
    def days(self) -> int:
        return (self.end - self.begin).days + 1


class Bike(BaseModel):
    kind: Annotated[Literal["City bike", "Cargo bike", "Racing bike"], Field(title="Bicycle")]
    helmet: Annotated[bool, Field(title="With a helmet")] = False


class Rider(BaseModel):
    name: Annotated[str, Field(min_length=2, max_length=60)]
    email: EmailStr


@dataclass
class Rental:
    trip: Form[Trip]
    bike: Form[Bike]
    rider: Form[Rider]
    step: Step = "trip"
    booked: tuple[Trip, Bike, Rider] | None = None

    @property
    def steps(self) -> dict[Step, Form[Any]]:
        return {"trip": self.trip, "bike": self.bike, "rider": self.rider}

    @property
    def missing(self) -> list[Step]:
        return [step for step, form in self.steps.items() if not form.valid]

    @property
    def wanted(self) -> tuple[Trip, Bike, Rider] | None:
        trip, bike, rider = self.trip.data, self.bike.data, self.rider.data
        return (trip, bike, rider) if trip and bike and rider else None

    @property
    def price(self) -> Decimal | None:
        trip, bike = self.trip.data, self.bike.data
        return trip.days * PRICES[bike.kind] if trip and bike else None


class RentalView(LiveView[Rental]):
    """Has the forms of all steps in the page, so that each is there again after a lost line."""

    async def mount(self) -> None:
        self.socket.page_title = "Rent a bicycle"

    async def handle_params(self, step: Step = "trip") -> None:
        if step != self.state.step:
            self.socket.push_js(js.focus(to=f"#step-{step} h2"))
        self.state.step = step

    @event
    async def check(self, step: Step, payload: dict[str, Any]) -> None:
        self.state.steps[step].validate(payload)

    @event
    async def go_on(self, step: Step, payload: dict[str, Any]) -> None:
        """Go to the next step, if this one is right."""
        form = self.state.steps[step]
        if form.submit(payload) is not None:
            following = {"trip": "bike", "bike": "rider", "rider": "review"}
            self.socket.push_patch(self.socket.path(step=following[step]))
        elif (wrong := form.first_wrong()) is not None:
            self.socket.push_js(js.focus(to=f"#{wrong.id}"))

    @event
    async def book(self) -> None:
        self.state.booked = self.state.wanted or self.state.booked
        self.socket.push_js(js.focus(to="#step-review h2"))

    @event
    async def again(self) -> None:
        for form in self.state.steps.values():
            form.reset()
        self.state.booked = None
        self.socket.push_patch(self.socket.path(step=None))
