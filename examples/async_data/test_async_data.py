"""Slow data, from a service that answers when the test lets it."""

import asyncio

import pytest

from examples.async_data import async_data
from examples.async_data.async_data import DashboardView
from examples.async_data.service import Report, Unavailable
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", DashboardView)


async def test_each_part_is_shown_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: asyncio.Queue[Report | None] = asyncio.Queue()

    async def fetch_report(fail: bool = False) -> Report:
        report = await answers.get()
        if report is None:
            raise Unavailable("the service does not answer")
        return report

    async def fetch_city() -> dict[str, str | int]:
        return {"weather": "sunny", "visitors": 250}

    monkeypatch.setattr(async_data, "fetch_report", fetch_report)
    monkeypatch.setattr(async_data, "fetch_city", fetch_city)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.until(lambda view: view.has("#city", "It is sunny, and 250 visitors came."))
        assert view.text(".state") == "Loading…"
        answers.put_nowait(Report(90, 3600, 2))
        await view.until(lambda view: view.text(".state") == "Up to date.")
        await view.click("#reload")
        assert view.text(".state") == "Loading newer figures…"
        assert view.has("dd", "€ 3600")
        answers.put_nowait(None)
        await view.until(lambda view: view.has("[role=alert]", "That failed"))
        assert view.has("dd", "€ 3600")
        await view.click("#reset")
        assert not view.has("dd")
        await view.click("#cancel")
        await view.until(lambda view: view.has("[role=alert]", "You cancelled it."))
