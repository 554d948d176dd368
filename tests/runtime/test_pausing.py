"""A page that nobody sees asks to be paused: it is stored, and takes nothing of the server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.runtime.machines import KEY, Moving, WatchedStore
from tests.runtime.test_durable import Count, Counter
from wirebird import CannotPause, LiveView, Wirebird, event
from wirebird.live.store import Claim
from wirebird.runtime import pausing


class Pausable(Counter):
    pause_after = 60.0


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


def machine(store: WatchedStore, view: type[LiveView[Any]] = Pausable, **options: Any) -> Wirebird:
    app = Wirebird(secret_key=KEY, store=store, **options)
    app.live("/", view)
    return app


async def pause(page: Moving, **payload: Any) -> Any:
    ref = str(next(page.line.refs))
    page.line.send([None, ref, "wirebird", "pause", payload])
    return await page.line.reply(ref)


async def test_a_page_is_told_when_it_may_ask(store: WatchedStore) -> None:
    async with Moving(machine(store)) as page:
        assert page.answer["response"]["rendered"]["e"] == [["wirebird:pause", {"after": 60.0}]]
    async with Moving(machine(store, Counter)) as page:
        assert "e" not in page.answer["response"]["rendered"]
    async with Moving(machine(store, Counter, pause_after=5.0)) as page:
        assert page.answer["response"]["rendered"]["e"] == [["wirebird:pause", {"after": 5.0}]]


async def test_a_view_may_never_be_paused(store: WatchedStore) -> None:
    class Watchful(Counter):
        pause_after = 0

    async with Moving(machine(store, Watchful, pause_after=5.0)) as page:
        assert "e" not in page.answer["response"]["rendered"]
        assert (await pause(page))["status"] == "error"


async def test_a_paused_page_is_ended_and_goes_on_anywhere(store: WatchedStore) -> None:
    reasons: list[str] = []

    class Watched(Pausable):
        async def terminate(self, reason: str) -> None:
            reasons.append(reason)

    app = machine(store, Watched)
    async with Moving(app) as page:
        await page.event("add")
        reasons.clear()
        assert (await pause(page))["status"] == "ok"
        assert reasons == ["paused"]
        (connection,) = app.endpoint.connections
        assert not connection.channels
        await page.move(machine(store, Watched))
        assert page.shown == "1"


async def test_a_page_is_paused_as_a_whole_or_not_at_all(store: WatchedStore) -> None:
    class Busy(LiveView[Count]):
        html = "<p>{{ count }}</p>"
        durable = True
        pause_after = 60.0
        gate = asyncio.Event()

        @event
        async def work(self) -> None:
            self.socket.start_async("work", self.gate.wait)

    async with Moving(machine(store, Busy)) as page:
        await page.event("work")
        answer = await pause(page)
        assert answer == {"status": "error", "response": {"reason": "Busy is at work"}}
        await page.event("work")


async def test_a_page_in_sight_is_paused_if_nothing_comes_to_it_by_itself(
    store: WatchedStore,
) -> None:
    class Listening(Pausable):
        async def mount(self) -> None:
            await self.socket.subscribe("news")

    class Ticking(Pausable):
        async def mount(self) -> None:
            self.socket.send_after("tick", 60)

    for view in (Listening, Ticking):
        async with Moving(machine(store, view)) as page:
            answer = await pause(page, visible=True)
            reason = f"{view.__name__} listens, and somebody may look"
            assert answer == {"status": "error", "response": {"reason": reason}}
            assert (await pause(page, visible=False))["status"] == "ok"
    async with Moving(machine(store)) as page:
        assert (await pause(page, visible=True))["status"] == "ok"


async def test_what_is_paused_must_be_durable(store: WatchedStore) -> None:
    plain = type("Plain", (Pausable,), {"durable": None})
    with pytest.raises(CannotPause, match="Plain has pause_after, and is not durable"):
        machine(store, plain)
    machine(store, plain, durable=True)
    app = Wirebird(secret_key=KEY, store=store)
    with app.live_session("kept", durable=True) as session:
        session.live("/", plain)
    unpaused = type("Unpaused", (Counter,), {"durable": None})
    with pytest.raises(CannotPause, match=r"give Wirebird\(durable=True\)"):
        machine(store, unpaused, pause_after=60.0).endpoint  # noqa: B018


@pytest.mark.parametrize("view", [Counter, type("Plain", (Counter,), {"durable": False})])
async def test_a_page_that_may_not_be_paused_goes_on(
    store: WatchedStore, view: type[LiveView[Any]]
) -> None:
    async with Moving(machine(store, view)) as page:
        assert (await pause(page))["status"] == "error"
        await page.event("add")
        assert page.shown == "1"


async def test_without_the_store_a_page_is_not_paused(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "PAUSE_PATIENCE", 0.05)
    async with Moving(machine(store, end_patience=0.05)) as page:
        store.away = True
        assert (await pause(page))["response"] == {"reason": "the store does not answer"}
        await page.event("add")
        assert page.shown == "1"


async def test_a_page_that_is_paused_while_its_first_save_begins_owns_its_record_once(
    store: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two claims at once the earlier one may be answered last, and then it would own nothing."""
    claims = 0
    claimed, answered = asyncio.Event(), asyncio.Event()
    claim = store.claim

    async def slowly(key: str, keep: float) -> Claim:
        nonlocal claims
        claims += 1
        found = await claim(key, keep)
        claimed.set()
        await answered.wait()
        return found

    monkeypatch.setattr(store, "claim", slowly)
    async with Moving(machine(store)) as page:
        await page.event("add")
        await claimed.wait()
        pausing = asyncio.create_task(pause(page))
        await asyncio.wait([pausing], timeout=0.05)
        answered.set()
        assert (await pausing)["status"] == "ok"
        assert claims == 1
