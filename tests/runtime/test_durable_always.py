"""`durable = "always"`: a page sees nothing that is not in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.runtime.line import Closed
from tests.runtime.machines import KEY, Moving, WatchedStore
from tests.runtime.test_durable import Count, Counter
from wirebird import LiveView, Wirebird, event
from wirebird.live.store import Write
from wirebird.runtime import saved, saving
from wirebird.runtime.transport import RESTART


class Sure(Counter):
    durable = "always"


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


def machine(store: WatchedStore, view: type[LiveView[Any]] = Sure, **options: Any) -> Wirebird:
    app = Wirebird(secret_key=KEY, store=store, **options)
    app.live("/", view)
    return app


async def kill(page: Moving) -> None:
    """Forget a machine as it stands: nothing of it ends, and nothing more is saved."""
    of_machine = page.app.endpoint.saving
    assert of_machine is not None
    of_machine.store = WatchedStore()


async def test_what_the_page_has_seen_outlives_the_machine(store: WatchedStore) -> None:
    async with Moving(machine(store)) as page:
        for count in range(1, 6):
            await page.event("add")
            assert page.shown == str(count)
            await kill(page)
            await page.open(machine(store))
            assert page.shown == str(count)


async def test_an_answer_waits_for_the_store(store: WatchedStore) -> None:
    async with Moving(machine(store)) as page:
        store.held = asyncio.Event()
        ref = page.line.begin_event(page.page, "add")
        assert await page.line.alive()  # what came after the event is answered before it
        store.held.set()
        assert (await page.line.reply(ref))["status"] == "ok"


async def test_what_changed_nothing_is_answered_at_once(store: WatchedStore) -> None:
    async with Moving(machine(store)) as page:
        store.held = asyncio.Event()
        assert await page.event("add", {"by": 0}) == {}
        store.held.set()


async def test_what_came_while_the_store_wrote_goes_in_one_more_write(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    save = store.save

    async def counted(writes: list[Write]) -> Any:
        batches.append(len(writes))
        return await save(writes)

    monkeypatch.setattr(store, "save", counted)
    app = machine(store)
    pages = [Moving(app) for _ in range(8)]
    for page in pages:
        await page.__aenter__()
    batches.clear()
    store.held = asyncio.Event()
    refs: list[str] = []
    for page in pages:
        refs.append(page.line.begin_event(page.page, "add"))
        assert await page.line.alive()
    store.held.set()
    for page, ref in zip(pages, refs, strict=True):
        await page.line.reply(ref)
    assert batches == [1, 7]
    for page in pages:
        await page.line.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "STORE_PATIENCE", 0.05)
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.01)


@pytest.mark.usefixtures("hurried")
async def test_where_the_store_is_away_nothing_is_shown_and_the_page_comes_again(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with Moving(machine(store, end_patience=0.1)) as page:
        await page.event("add")
        store.away = True
        page.line.begin_event(page.page, "add")
        closed = await page.line.until_closed()
        assert closed.code == RESTART
        await page.line.close()
        with pytest.raises(Closed):  # a page that was refused would load anew
            await page.open()
        await page.line.close()
        store.away = False
        await page.open()
        assert page.shown in {"1", "2"}
    # As many pages as there may be, one line.
    ours = [each for each in caplog.records if each.name.startswith("wirebird")]
    (line,) = [each.getMessage() for each in ours if each.levelname == "ERROR"]
    assert "the store is away" in line


@pytest.mark.usefixtures("hurried")
async def test_a_store_that_fails_in_a_way_of_its_own_holds_up_nobody(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def save(writes: Sequence[Write]) -> Sequence[bool]:
        raise ZeroDivisionError("the store's own fault")

    async with Moving(machine(store, end_patience=0.1)) as page:
        await page.event("add")
        with monkeypatch.context() as patch:
            patch.setattr(store, "save", save)
            page.line.begin_event(page.page, "add")
            assert (await page.line.until_closed()).code == RESTART
            await page.line.close()
        await page.open()
        assert page.shown in {"1", "2"}


async def test_a_store_that_is_back_in_time_is_not_noticed(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.01)
    async with Moving(machine(store)) as page:
        store.away = True
        ref = page.line.begin_event(page.page, "add")
        assert await page.line.alive()
        store.away = False
        assert (await page.line.reply(ref))["status"] == "ok"


async def test_a_view_that_is_only_durable_goes_on_without_the_store(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.01)
    async with Moving(machine(store, Counter)) as page:
        store.away = True
        for count in range(1, 4):
            await page.event("add")
            assert page.shown == str(count)
        async with store.saving():
            await store.refused.wait()
            store.away = False
        assert "the store is back" in caplog.text
        assert caplog.text.count("the store is away") == 1
        await kill(page)
        await page.open(machine(store, Counter))
        assert page.shown == "3"


async def test_a_push_waits_for_the_store_too(store: WatchedStore) -> None:
    class Later(LiveView[Count]):
        html = "<p>{{ count }}</p>"
        durable = "always"

        @event
        async def add_later(self) -> None:
            self.socket.start_async("later", self.later, then=self.done)

        async def later(self) -> int:
            return 7

        async def done(self, outcome: Any) -> None:
            self.state.count = outcome.value

    async with Moving(machine(store, Later)) as page:
        await page.event("add_later")
        while (frame := await page.line.receive())[3] != "diff":
            pass
        assert frame[4] != {}
        await kill(page)
        await page.open(machine(store, Later))
        assert page.shown == "7"
