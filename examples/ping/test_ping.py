"""The ping, with a page that answers when the test lets it."""

import pytest

from examples.ping import ping
from examples.ping.ping import PingView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", PingView)


async def test_each_answer_adds_a_bar_as_high_as_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    at = 100.0
    monkeypatch.setattr(ping, "EVERY", 0.001)
    monkeypatch.setattr(ping, "perf_counter", lambda: at)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert [each.text for each in view.all("dd")] == ["–", "–", "–"]
        for milliseconds in (20, 40, 600):
            await view.pushed("ping")
            at += milliseconds / 1000
            await view.hook_event("pong")
        assert [each.text for each in view.all("dd")] == ["600.0", "40.0", "600.0"]
        assert [bar.attributes["height"] for bar in view.all("rect")] == [
            "20.00",
            "40.00",
            "600.00",
        ]
        assert view.text("figcaption") == "The last minute; as high as 1000 ms."
