"""The nursery, as two gardeners keep it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from examples.plants import plants
from examples.plants.nursery import Nursery, Plant
from examples.shelf import SHELF
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
plants.add_to(app)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Nursery:
    kept = Nursery(most=4)
    for name, price in (("Fern", "7.50"), ("Peony", "18.50"), ("Sage", "3.80")):
        kept.add(Plant.model_validate({"name": name, "price": price, "stock": 3}))
    monkeypatch.setattr(plants, "NURSERY", kept)
    return kept


@pytest_asyncio.fixture
async def client() -> AsyncIterator[LiveClient]:
    async with LiveClient(app) as client:
        yield client


def names(view: View) -> list[str]:
    return [plant.text for plant in view.all("#plants strong")]


async def test_a_plant_is_added_in_a_window_with_a_url(client: LiveClient) -> None:
    view, other = await client.live("/plants"), await client.live("/plants")
    await view.click("a", text="New plant")
    assert view.patched == ["/plants/new"]
    await view.change("#plant", {"plant[name]": "Lavender", "plant[price]": "0"})
    assert view.text(".wb-error") == "This must be greater than 0."
    await view.submit("#plant", {"plant[price]": "5.20"})
    assert view.flash == {"success": "Lavender is new here."}
    assert not view.has("#plant-modal")
    await other.until(lambda view: names(view) == ["Fern", "Lavender", "Peony", "Sage"])
    assert SHELF.get("plants", Nursery(most=0)).get(4) is not None
    await view.click("a", text="New plant")
    await view.submit("#plant", {"plant[name]": "Rose", "plant[price]": "9"})
    assert view.text(".wb-error") == "The nursery is full: delete a plant first."


async def test_a_plant_is_found_and_edited_and_the_url_tells(client: LiveClient) -> None:
    view = await client.live("/plants")
    await view.change("#plant-search", {"q": "EO"})
    await view.assert_patch("/plants?q=EO")
    assert names(view) == ["Peony"]
    await view.click("[aria-label='Edit Peony']")
    assert view.patched[-1] == "/plants/2/edit?q=EO"
    assert view.element("#plant_price").value == "18.50"
    await view.submit("#plant", {"plant[stock]": "12"})
    await view.assert_patch("/plants?q=EO")
    assert view.has("#plants td", "12")
    assert (await client.get("/plants/77/edit")).status == 404


async def test_a_plant_is_deleted_after_a_question(client: LiveClient, kept: Nursery) -> None:
    view = await client.live("/plants")
    await view.click("#delete-1")
    assert view.has("[role=alertdialog]", "Delete Fern?")
    await view.click("[role=alertdialog] button", text="Delete")
    assert (await view.pushed("js"))["cmd"] == [["focus", {"to": "#delete-2"}]]
    await view.until(lambda view: names(view) == ["Peony", "Sage"])
    assert kept.get(1) is None
    assert SHELF.get("plants", Nursery(most=0)) == kept


async def test_a_plant_that_is_gone_meanwhile_is_not_saved(
    client: LiveClient, kept: Nursery
) -> None:
    view = await client.live("/plants/3/edit")
    kept.remove(3)
    await view.submit("#plant")
    assert view.text(".wb-error") == "Somebody has deleted this plant meanwhile."


async def test_a_form_cannot_choose_which_plant_it_is(client: LiveClient, kept: Nursery) -> None:
    view = await client.live("/plants/1/edit")
    await view.hook_event("save", {"plant": {"id": "3", "name": "Fern", "price": "1"}})
    assert [plant.id for plant in kept.find("")] == [1, 2, 3]
