"""The reading room, as a reader uses it."""

from examples.components.components import Rating, ReadingRoomView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.components(Rating)
app.live("/", ReadingRoomView)


def fields(**values: str) -> dict[str, str]:
    return {f"new_book[{name}]": value for name, value in values.items()}


async def test_a_book_is_shelved_and_found_fault_with() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#new_book", fields(title="Emma", author="J", year="1815"))
        assert view.has(".wb-error")
        await view.submit("#new_book", fields(author="Jane Austen", shelf="Fiction"))
        assert view.flash == {"success": "Emma is on the shelf."}
        assert view.has("#books tr", "Emma")


async def test_a_book_is_rated_and_looked_up() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for stars in (5, 2):
            await view.click(f"[aria-label='Rate Elements'] [aria-label='{stars} of 5']")
        assert view.has(".votes", "3.5 · 2 votes")
        await view.click("[aria-label='About Elements']")
        await view.until(lambda view: view.has(".blurb", "Nobody has written"), timeout=5)


async def test_the_shelves_are_emptied_and_filled_again() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#really button", text="Empty them")
        assert not view.has("#books tr", "Elements")
        await view.click("button", text="Bring them all back")
        assert view.has("#books tr", "Elements")
