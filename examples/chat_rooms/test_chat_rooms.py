"""The rooms, as two people talk in them."""

import pytest

from examples.chat_rooms import chat_rooms
from examples.chat_rooms.chat_rooms import RoomView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
chat_rooms.add_to(app)


async def test_people_talk_in_rooms_and_see_who_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RoomView, "history", {})
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/rooms/lobby"), await there.live("/rooms/lobby")
        await yours.change("#rename", {"name": "Ada"})
        await mine.until(lambda view: view.has(".people li", "Ada"))
        await yours.change("#say", {"text": "Is anybody here?"})
        await mine.until(lambda view: view.text("#typing") == "Ada is typing…")
        await yours.submit("#say")
        await mine.until(lambda view: view.has(".message", "Is anybody here?"))
        await mine.until(lambda view: view.text("#typing") == "")
        await mine.click("nav a", text="Garden")
        assert mine.text("h1") == "Garden"
        assert not mine.has(".message")
        await mine.submit("#say", {"text": "Only flowers"})
        await mine.until(lambda view: view.has(".message", "Only flowers"))
        await mine.click("nav a", text="Lobby")
        assert [each.text for each in mine.all(".message p")] == ["Is anybody here?"]
        assert not yours.has(".message", "Only flowers")
