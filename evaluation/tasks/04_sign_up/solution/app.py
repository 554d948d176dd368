from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, SecretStr

from wirebird import Form, LiveView, Wirebird, event


class SignUp(BaseModel):
    name: str = Field(min_length=3, max_length=20)
    password: SecretStr = Field(min_length=8)
    age: int = Field(ge=18)


@dataclass
class Page:
    form: Form[SignUp]
    welcome: str = ""


class SignUpView(LiveView[Page]):
    html = """
    {% if welcome %}
    <h1>Welcome, {{ welcome }}</h1>
    {% else %}
    {% call ui.form(for=form, on_change="check", on_submit="save", actions=ui.button("Sign up")) %}
      {{ ui.input(form["name"]) }} {{ ui.input(form.password) }} {{ ui.input(form.age) }}
    {% endcall %}
    {% endif %}
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        values = self.state.form.submit(payload)
        if values is None:
            return
        if values.name == "ada":
            self.state.form.add_error("name", "This name is taken.")
        else:
            self.state.welcome = values.name


app = Wirebird()
app.live("/", SignUpView)
