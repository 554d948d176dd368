from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from wirebird import LiveView, Wirebird, event


@dataclass
class Converter:
    celsius: str = ""
    fahrenheit: str = ""
    error: str = ""


class ConverterView(LiveView[Converter]):
    html = """
    <form id="converter" method="post" phx-change="convert">
      <label>Celsius <input name="celsius" value="{{ celsius }}" inputmode="decimal"></label>
      <label>
        Fahrenheit <input name="fahrenheit" value="{{ fahrenheit }}" inputmode="decimal">
      </label>
      {% if error %}<p class="error" role="alert">{{ error }}</p>{% endif %}
    </form>
    """

    @event
    async def convert(
        self,
        target: Annotated[list[str], Field(alias="_target")],
        celsius: str = "",
        fahrenheit: str = "",
        **rest: Any,
    ) -> None:
        state = self.state
        state.celsius, state.fahrenheit, state.error = celsius, fahrenheit, ""
        try:
            if target == ["celsius"]:
                state.fahrenheit = f"{float(celsius) * 9 / 5 + 32:.1f}"
            else:
                state.celsius = f"{(float(fahrenheit) - 32) * 5 / 9:.1f}"
        except ValueError:
            state.error = "This is no number."


app = Wirebird()
app.live("/", ConverterView)
