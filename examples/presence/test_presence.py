"""Presence, as two visitors see each other."""

from examples.presence.presence import PresenceView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", PresenceView)


async def test_visitors_see_each_other_come_point_and_go() -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        await mine.until(lambda view: view.text("#here") == "2 here")
        await yours.change("#rename", {"name": "Ada"})
        await mine.until(lambda view: view.has(".people li", "Ada"))
        await yours.hook_event("point", {"x": 25, "y": 50})
        await mine.until(lambda view: view.has(".pointer", "Ada"))
        assert "--x: 25.0; --y: 50.0" in mine.element(".pointer", text="Ada").attributes["style"]
        await yours.hook_event("leave")
        await mine.until(lambda view: not view.has(".pointer"))
        await yours.close()
        await mine.until(lambda view: view.text("#here") == "1 here")
        assert mine.text("[role=status]") == "Ada has left."
