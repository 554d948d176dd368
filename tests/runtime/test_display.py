import httpx

from wirebird import LiveView, Wirebird
from wirebird.live.component import current_placer


class PlainView(LiveView):
    html = "<p>here</p>"


async def test_the_context_of_a_request_does_not_keep_the_view_that_answered_it() -> None:
    app = Wirebird(secret_key="s" * 40)
    app.live("/", PlainView)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://testserver"
    ) as client:
        page = await client.get("/")
    assert "<p>here</p>" in page.text
    assert current_placer.get(None) is None
