"""A letter that outlives the view that it is written to: forms are recovered by themselves."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from wirebird import Form, LiveView, event, js


class Letter(BaseModel):
    to: Literal["Ada", "Grace", "Alan", "Mary"] = "Ada"
    subject: Annotated[str, Field(max_length=80)]
    text: Annotated[str, Field(min_length=2, max_length=2000)]
    by_air: Annotated[bool, Field(title="By air mail")] = False


@dataclass
class Desk:
    form: Form[Letter]
    name: str = field(default_factory=lambda: token_hex(2))

    @property
    def words(self) -> int:
        return len(str(self.form["text"].value).split())


class LetterView(LiveView[Desk]):
    """Knows nothing of recovery: a form with an id and a change event is all it takes."""

    # It ends with its line, and nothing of it is stored: what comes back comes from the page.
    linger = 0
    durable = False

    async def mount(self) -> None:
        self.socket.page_title = "A letter"

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def send(self, payload: dict[str, Any]) -> None:
        form = self.state.form
        letter = form.submit(payload)
        if letter is not None:
            self.socket.put_flash("success", f"Your letter is on its way to {letter.to}.")
            form.reset()
        elif (wrong := form.first_wrong()) is not None:
            self.socket.push_js(js.focus(to=f"#{wrong.id}"))
