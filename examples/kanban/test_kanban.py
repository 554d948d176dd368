"""The board, as two people move its cards; the browser's dragging is played by the test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from examples.kanban.board import Board
from examples.kanban.kanban import KanbanView
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", KanbanView)


@pytest_asyncio.fixture
async def views(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[View, View]]:
    monkeypatch.setattr(KanbanView, "board", Board())
    async with LiveClient(app) as here, LiveClient(app) as there:
        yield await here.live("/"), await there.live("/")


def titles(view: View, column: str) -> list[str]:
    return [card.text for card in view.all(f"[data-column='{column}'] span")]


async def test_a_card_that_one_moves_moves_for_all(views: tuple[View, View]) -> None:
    mine, yours = views
    oil, paint = mine.element("li", text="Oil the hinges"), mine.element("li", text="Paint")
    dropped = {"id": oil.attributes["data-card"], "before": paint.attributes["data-card"]}
    await mine.hook_event("drop", {"column": "doing", **dropped})
    assert mine.text("#news") == "Oil the hinges: 2 of 3 in doing."
    planned = ["Prune the roses", "Oil the hinges", "Paint the shed"]
    await yours.until(lambda view: titles(view, "doing") == planned)
    step = {"id": oil.attributes["data-card"], "across": 1, "along": -1}
    await yours.hook_event("step", step)
    await mine.until(lambda view: titles(view, "done") == ["Oil the hinges", "Sweep the path"])


async def test_what_is_new_and_what_is_gone_is_so_for_all(views: tuple[View, View]) -> None:
    mine, yours = views
    await yours.submit("#add", {"title": "Water the beans"})
    await mine.until(lambda view: "Water the beans" in titles(view, "to do"))
    await mine.click("[aria-label='Delete Sow the peas']")
    assert (await mine.pushed("js"))["cmd"][0][0] == "focus"
    left = ["Oil the hinges", "Mend the fence", "Water the beans"]
    await yours.until(lambda view: titles(view, "to do") == left)
