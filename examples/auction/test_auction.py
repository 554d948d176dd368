"""The auction, as two people bid, with a clock that the test sets."""

from pathlib import Path

import pytest

from examples.auction.auction import AuctionView, Tick
from examples.auction.house import House
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests", store="memory:")
app.live("/", AuctionView)


async def test_the_highest_bid_in_time_wins_and_outlives_its_house(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = 1000.0

    def open_house() -> House:
        house = House(tmp_path / "house.db", now=lambda: at)
        monkeypatch.setattr(AuctionView, "house", house)
        return house

    house = open_house()
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        await yours.change("#rename", {"name": "Ada"})
        await yours.click("#lot-1 button", text="Bid €45")
        await mine.until(lambda view: view.has("#lot-1", "€45 by Ada"))
        await mine.click("#lot-1 button", text="Bid €55")
        await yours.until(lambda view: view.has("#lot-1", "€55 by Somebody"))
        house.close()
        house = open_house()
        at += 115
        await yours.click("#lot-1 button", text="Bid €60")
        await mine.until(lambda view: view.text("#lot-1 [role=timer]") == "0:15")
        at += 15
        await app.local_broadcast("auction", Tick())
        await yours.until(lambda view: view.has("#lot-1", "€60 sold to you"))
        await mine.until(lambda view: view.text("#news") == "Brass telescope: it goes to Ada.")
        at += 60
        await app.local_broadcast("auction", Tick())
        await mine.until(lambda view: view.has("#lot-3", "not sold"))
        await mine.click("#again")
        await yours.until(lambda view: view.has("#lot-1", "€40 to begin with"))
    house.close()
