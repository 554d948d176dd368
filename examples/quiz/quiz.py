"""A quiz: the host's screen asks, and players answer on their phones. Two views, one topic."""

from dataclasses import dataclass
from secrets import token_hex
from time import time
from typing import Annotated
from urllib.parse import urljoin

import segno
from markupsafe import Markup
from pydantic import Field, StringConstraints

from examples.quiz.game import Game, Games
from wirebird import LiveView, Socket, Transient, Wirebird, event, info

GAMES = Games()
SHAPES = "▲◆●■"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


@dataclass(frozen=True)
class Changed:
    """Somebody has joined or answered, or the host went on."""


@dataclass(frozen=True)
class Tick:
    """A second is over."""


@dataclass
class Screen:
    game: Transient[Game | None] = None
    now: float = 0.0
    join_url: str = ""

    shapes = SHAPES

    @property
    def left(self) -> int:
        return round(self.game.left(self.now)) if self.game else 0

    @property
    def next_step(self) -> str:
        """What the host's button does."""
        if not self.game or self.game.round < 0:
            return "Begin"
        return "Show the answer" if self.left else "Go on"

    @property
    def code_to_scan(self) -> Markup:
        return Markup(segno.make(self.join_url, micro=False).svg_inline(omitsize=True, border=2))


@dataclass
class Phone(Screen):
    me: str = ""


async def tell(socket: Socket, game: Game) -> None:
    """Keep a game as it is now, and show it to all who play."""
    GAMES.save()
    await socket.broadcast(game.topic, Changed())


class QuizView(LiveView[Screen]):
    """The host's screen. Its URL has a key that no player sees."""

    async def mount(self) -> None:
        self.socket.page_title = "Quiz"
        self.socket.every(Tick(), 1)

    async def handle_params(self, key: str = "") -> None:
        state = self.state
        state.game, state.now = GAMES.of_host(key), time()
        if state.game:
            await self.socket.subscribe(state.game.topic)
            path = self.socket.path(f"/quiz/play/{state.game.code}")
            state.join_url = urljoin(self.socket.url, path)

    @event
    async def host(self) -> None:
        self.socket.push_patch(f"/quiz/host/{GAMES.begin().key}")

    @event
    async def go_on(self) -> None:
        if self.state.game:
            self.state.game.go_on(time())
            await tell(self.socket, self.state.game)

    @info
    async def on_change(self, _: Changed | Tick) -> None:
        self.state.now = time()


class PlayerView(LiveView[Phone]):
    """A player's phone. Who one is stands in the URL, so that a reload changes nothing."""

    template = "player.html"
    layout = None

    async def mount(self, code: str) -> None:
        self.state.game = game = GAMES.by_code.get(code.upper())
        if game:
            self.socket.page_title = f"Quiz {game.code}"
            await self.socket.subscribe(game.topic)
            self.socket.every(Tick(), 1)

    async def handle_params(self, me: str = "") -> None:
        self.state.me, self.state.now = me, time()

    @event
    async def join(self, name: Name) -> None:
        me = token_hex(8)
        if (game := self.state.game) and game.join(me, name):
            self.socket.push_patch(self.socket.path(me=me), replace=True)
            await tell(self.socket, game)

    @event
    async def answer(self, answer: Annotated[int, Field(ge=0, le=3)]) -> None:
        if game := self.state.game:
            game.answer(self.state.me, answer, time())
            await tell(self.socket, game)

    @info
    async def on_change(self, _: Changed | Tick) -> None:
        self.state.now = time()


def add_to(app: Wirebird) -> None:
    """Serve the host's screen and the players' phones."""
    with app.live_session("quiz") as pages:
        pages.live("/quiz", QuizView)
        pages.live("/quiz/host/{key}", QuizView)
        pages.live("/quiz/play/{code}", PlayerView)
