"""The shop, as a customer with two tabs and a server that goes away uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.shop import shop
from examples.shop.store import MOST, Store
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests", store="memory:")
shop.add_to(app)


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "shop.db")
    monkeypatch.setattr(shop, "STORE", store)
    yield store
    store.close()


async def test_a_basket_is_the_same_in_all_tabs_and_outlives_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with LiveClient(app) as client:
        view, other = await client.live("/shop"), await client.live("/shop")
        await view.click("[aria-label='Add Teapot']")
        await view.click("[aria-label='Add Kite']")
        await view.click("[aria-label='One Kite more']")
        await other.until(lambda view: view.text("#sum") == "€ 87.00")
        await other.click("[aria-label='One Teapot less']")
        await view.until(lambda view: view.text("#sum") == "€ 48.00")
        reopened = Store(tmp_path / "shop.db")
        monkeypatch.setattr(shop, "STORE", reopened)
        assert (await client.live("/shop")).text("#sum") == "€ 48.00"
        reopened.close()


async def test_an_order_is_made_once() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/shop")
        await view.click("[aria-label='Add Blanket']")
        first = await view.click("a", text="Check out")
        second = await client.live("/shop/checkout")
        await first.change("#order", {"order[name]": "Heron", "order[delivery]": "Pigeon"})
        assert first.text("#total") == "€ 101.50"
        await first.submit("#order")
        assert len(first.all(".wb-error")) == 3
        rest = {"order[street]": "Reed Lane 3", "order[town]": "Marsh", "order[terms]": True}
        await first.submit("#order", rest)
        assert first.text("h1") == "Thank you"
        await second.submit("#order", {"order[name]": "Heron", **rest})
        assert second.has("[role=alert]", "The basket is empty")


def test_there_is_room_for_so_many_of_a_thing(store: Store) -> None:
    for _ in range(MOST + 5):
        store.add("mine", "lamp", 1)
    store.add("mine", "kite", -1)
    ((line),) = store.lines("mine")
    assert (line.product.name, line.quantity) == ("Desk lamp", MOST)
    assert store.lines("yours") == []
