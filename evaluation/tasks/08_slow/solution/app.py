import asyncio
from dataclasses import dataclass, field

from wirebird import AsyncResult, LiveView, Wirebird, event


async def look_up(word: str) -> str:
    await asyncio.sleep(0.05)
    if word == "lost":
        raise LookupError(word)
    return word[::-1]


@dataclass
class Search:
    answer: AsyncResult[str] = field(default_factory=lambda: AsyncResult.ok(""))


class SearchView(LiveView[Search]):
    html = """
    <form id="search" method="post" phx-submit="search">
      <input name="word" aria-label="Word"> <button>Go</button>
    </form>
    <p id="result" role="status">
      {% if answer.loading %}Loading
      {% elif answer.failed %}Nothing found.
      {% else %}{{ answer.result }}{% endif %}
    </p>
    """

    @event
    async def search(self, word: str) -> None:
        self.socket.assign_async("answer", look_up, word, reset=True)


app = Wirebird()
app.live("/", SearchView)
