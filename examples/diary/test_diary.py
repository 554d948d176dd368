"""The calendar, as somebody plans with it."""

from examples.diary.diary import DiaryView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests", store="memory:")
app.live("/calendar", DiaryView)


async def test_a_day_is_gone_to_and_planned() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/calendar?day=2024-01-31")
        assert view.text("h1") == "January 2024"
        await view.hook_event("go", {"months": 1})
        assert await view.assert_patch() == "/calendar?day=2024-02-29"
        assert view.text("h2") == "Thursday 29 February"
        await view.submit("form", {"plan[title]": "Leap", "plan[at]": "08:30"})
        assert view.text("li") == "08:30 Leap"
        assert view.has("#day-2024-02-29", "Leap")
        await view.click("a", text="Today")
        assert view.has("[aria-selected=true] [aria-current=date]")
        await view.click("a[aria-label='The month before']")
