"""What comes by the API is in the pages that are open."""

from app import app

from wirebird.testing import LiveClient


async def test_pages_that_are_open_follow_the_api() -> None:
    async with LiveClient(app) as program, LiveClient(app) as visitor:
        view = await visitor.live("/stock")
        assert not view.has("#stock li")
        for item, count in (("tea", 3), ("coffee", 1)):
            answer = await program.post("/api/stock", json={"item": item, "count": count})
            assert answer.status == 200
            assert f'"count":{count}' in answer.text.replace(" ", "")
        await view.until(lambda view: len(view.all("#stock li")) == 2)
        assert [item.text for item in view.all("#stock li")] == ["coffee: 1", "tea: 3"]
        assert (await program.post("/api/stock", json={"item": "tea", "count": -1})).status == 422
        assert "tea: 3" in (await visitor.live("/stock")).dead_html
