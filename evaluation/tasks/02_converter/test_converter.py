"""Each field follows the other, and what is no number says so."""

from app import app

from wirebird.testing import LiveClient


async def test_each_field_follows_the_other() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#converter", {"celsius": "100"})
        assert float(view.element("[name=fahrenheit]").value) == 212
        await view.change("#converter", {"fahrenheit": "32"})
        assert float(view.element("[name=celsius]").value) == 0
        assert not view.has(".error")


async def test_what_is_no_number_says_so() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#converter", {"celsius": "100"})
        await view.change("#converter", {"celsius": "warm"})
        assert view.text(".error") == "This is no number."
        assert float(view.element("[name=fahrenheit]").value) == 212
        await view.change("#converter", {"celsius": "0"})
        assert not view.has(".error")
