from dataclasses import dataclass, field
from itertools import count

from wirebird import LiveView, Stream, Wirebird, event, info

ids = count()


@dataclass(frozen=True)
class Said:
    id: int
    text: str


@dataclass
class Room:
    messages: Stream[Said] = field(default_factory=Stream[Said])


class RoomView(LiveView[Room]):
    html = """
    <ul id="messages" phx-update="stream">
      {% for dom_id, said in messages %}<li id="{{ dom_id }}">{{ said.text }}</li>{% endfor %}
    </ul>
    <form id="say" method="post" phx-submit="say">
      <input name="text" aria-label="Text"> <button>Say</button>
    </form>
    """

    async def mount(self, room: str) -> None:
        self.topic = f"room:{room}"
        await self.socket.subscribe(self.topic)

    @event
    async def say(self, text: str) -> None:
        await self.socket.broadcast(self.topic, Said(next(ids), text))

    @info
    async def on_said(self, said: Said) -> None:
        self.state.messages.insert(said)


app = Wirebird()
app.live("/rooms/{room}", RoomView)
