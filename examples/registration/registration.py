"""A registration: what fits is the model's business, what is taken is the server's."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, EmailStr, Field, SecretStr, ValidationInfo, field_validator

from wirebird import Form, LiveView, event, js

TAKEN = {"admin", "heron", "robin", "wren"}
LEAST_AGE = 16


class Registration(BaseModel):
    """What we ask of a new member. The page has its constraints, the server has the last word."""

    username: Annotated[str, Field(min_length=3, max_length=20, pattern=r"^[a-z][a-z0-9_]*$")]
    email: EmailStr
    birthday: Annotated[date, Field(title="Date of birth", ge=date(1900, 1, 1))]
    password: Annotated[SecretStr, Field(min_length=8, max_length=100)]
    password_again: SecretStr
    plan: Literal["Nest", "Tree", "Forest"] = "Nest"
    newsletter: Annotated[bool, Field(title="Write to me once a month")] = False
    terms: Annotated[Literal[True], Field(title="I accept the terms")]

    @field_validator("birthday")
    @classmethod
    def old_enough(cls, birthday: date) -> date:
        today = date.today()
        if birthday > today:
            raise ValueError("This is in the future.")
        if (today.year - LEAST_AGE, today.month, today.day) < (
            birthday.year, birthday.month, birthday.day,
        ):  # fmt: skip
            raise ValueError(f"Members are {LEAST_AGE} or older.")
        return birthday

    @field_validator("password_again")
    @classmethod
    def same_again(cls, again: SecretStr, others: ValidationInfo) -> SecretStr:
        if again != others.data.get("password", again):
            raise ValueError("The passwords differ.")
        return again


@dataclass
class Membership:
    form: Form[Registration]
    member: Registration | None = None


class RegistrationView(LiveView[Membership]):
    """Says what is wrong with a field once it was used, and with all of them once it was sent."""

    async def mount(self) -> None:
        self.socket.page_title = "Registration"

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def register(self, payload: dict[str, Any]) -> None:
        form = self.state.form
        member = form.submit(payload)
        if member is not None and member.username in TAKEN:
            form.add_error("username", f"{member.username} is taken already.")
        if form.valid:
            self.state.member = member
            form.reset()
            self.focus("again")
        elif (wrong := form.first_wrong()) is not None:
            self.focus(wrong.id)

    @event
    async def again(self) -> None:
        self.state.member = None
        self.focus(self.state.form["username"].id)

    def focus(self, id: str) -> None:
        self.socket.push_js(js.focus(to=f"#{id}"))
