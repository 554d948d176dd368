"""The drawing board, as two visitors draw on it."""

from examples.drawing_board.drawing_board import DrawingBoardView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", DrawingBoardView)


async def test_what_one_draws_all_see_and_its_author_undoes() -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        await mine.change("#tools", {"ink": "4", "width": "8"})
        for points in ([[10, 10], [20, 30]], [[20, 30], [40, 50]]):
            await mine.hook_event("draw", {"stroke": 1, "points": points})
        await yours.until(lambda view: len(view.all("#pieces polyline")) == 2)
        piece = yours.all("#pieces polyline")[1].attributes
        assert (piece["points"], piece["stroke-width"]) == ("20,30 40,50", "8")
        late = await there.live("/")
        assert len(late.all("#pieces polyline")) == 2
        await yours.click("button", text="Undo")
        assert yours.text(".news") == "You have no stroke here."
        assert len(yours.all("#pieces polyline")) == 2
        await mine.click("button", text="Undo")
        await yours.until(lambda view: not view.has("#pieces polyline"))
