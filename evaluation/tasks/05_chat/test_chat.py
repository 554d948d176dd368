"""What is said in a room is heard in that room, at once, and nowhere else."""

from app import app

from wirebird.testing import LiveClient


async def test_what_is_said_is_heard_in_the_room_and_nowhere_else() -> None:
    async with LiveClient(app) as one, LiveClient(app) as two:
        here, there = await one.live("/rooms/tea"), await two.live("/rooms/tea")
        elsewhere = await two.live("/rooms/coffee")
        for text in ("<b>Hello</b>", "again"):
            await here.submit("#say", {"text": text})
        for view in (here, there):
            await view.until(lambda view: len(view.all("#messages li")) == 2)
            assert "<b>Hello</b>" in view.all("#messages li")[0].text
        await elsewhere.render()
        assert not elsewhere.has("#messages li")
