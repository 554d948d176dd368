import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from wirebird import AsyncOutcome, LiveView, Wirebird, event


async def tokens(question: str) -> AsyncIterator[str]:
    for word in f"You asked: {question}".split():
        await asyncio.sleep(0.01)
        yield f"{word} "


@dataclass
class Chat:
    pieces: list[str] = field(default_factory=list[str])
    answering: bool = False


class ChatView(LiveView[Chat]):
    html = """
    <form id="ask" method="post" phx-submit="ask">
      <input name="question" aria-label="Question"> <button>Ask</button>
    </form>
    <p id="answer">{% for piece in pieces %}{{ piece }}{% endfor %}</p>
    {% if answering %}<button phx-click="stop">Stop</button>{% endif %}
    """

    @event
    async def ask(self, question: str) -> None:
        self.state.pieces, self.state.answering = [], True
        self.socket.start_stream("answer", tokens, question, each=self.on_token, then=self.on_end)

    async def on_token(self, token: str) -> None:
        self.state.pieces.append(token)

    async def on_end(self, outcome: AsyncOutcome[None]) -> None:
        self.state.answering = False

    @event
    async def stop(self) -> None:
        self.socket.cancel_async("answer")


app = Wirebird()
app.live("/", ChatView)
