"""An auction: bids by many, a clock on the server, and nothing lost when the process is.

The lots are in the house's file. What only this page knows, who bids here, is kept by `durable`.
"""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated

from pydantic import Field, StringConstraints

from examples.auction.house import LATE, House, Lot
from examples.shelf import file_of
from wirebird import LiveView, Resubscribed, Transient, event, info

TOPIC = "auction"
STAYS = 60.0  # seconds that one sees how it went
RAISES = (5, 10, 50)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Price = Annotated[int, Field(gt=0, le=1_000_000)]


@dataclass(frozen=True)
class Changed:
    """Somebody has bid, or the auction has begun anew."""


@dataclass(frozen=True)
class Tick:
    """A second is over."""


@dataclass
class Auction:
    me: str = ""
    name: str = "Somebody"
    news: str = ""
    now: Transient[float] = 0.0
    lots: Transient[dict[int, Lot]] = field(default_factory=dict[int, Lot])

    @property
    def over(self) -> bool:
        return all(lot.ends <= self.now for lot in self.lots.values())

    def who(self, lot: Lot) -> str:
        """The name of whoever has bid most for a lot."""
        return "you" if lot.bidder == self.me else lot.name or "nobody"

    raises = RAISES
    late = LATE


class AuctionView(LiveView[Auction]):
    """Its handlers that ask the database are plain `def`s: they run in threads, and may wait."""

    durable = True
    house = House(file_of("auction"))

    def mount(self) -> None:
        self.socket.page_title = "Auction"
        self.state.me = token_hex(8)
        self.socket.subscribe(TOPIC)
        self.house.begin(after=STAYS)
        self.read()
        self.socket.every(Tick(), 1)

    @event
    def bid(self, lot: int, price: Price) -> None:
        if self.house.bid(lot, price, self.state.me, self.state.name):
            self.socket.broadcast(TOPIC, Changed())
        else:
            self.state.news = "Somebody was faster."
            self.read()

    @event
    def again(self) -> None:
        self.house.begin()
        self.socket.broadcast(TOPIC, Changed())

    @event
    async def rename(self, name: Name) -> None:
        self.state.name = name

    @info
    def on_changed(self, _: Changed) -> None:
        before = self.state.lots
        self.read()
        for id, lot in self.state.lots.items():
            if lot.bidder != before[id].bidder and lot.bidder:
                self.state.news = f"{lot.title}: €{lot.price} by {self.state.who(lot)}."

    @info
    def on_resubscribed(self, _: Resubscribed) -> None:
        self.read()

    @info
    async def on_tick(self, _: Tick) -> None:
        before, self.state.now = self.state.now, self.house.now()
        for lot in self.state.lots.values():
            if before < lot.ends <= self.state.now:
                self.state.news = f"{lot.title}: it goes to {self.state.who(lot)}."

    def read(self) -> None:
        self.state.now, self.state.lots = self.house.now(), self.house.lots()
