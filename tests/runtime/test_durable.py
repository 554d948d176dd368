"""Durable views: what a page has seen is in the store, and goes on on any machine."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.runtime.line import PATIENCE, Closed
from tests.runtime.machines import KEY, Moving, WatchedStore, saved
from wirebird import DefinitionError, Limits, LiveComponent, LiveView, Wirebird, event, info
from wirebird.live.store import StoreUnavailable, Write
from wirebird.runtime import saved as saved_views
from wirebird.runtime import saving, snapshots
from wirebird.runtime.saved import LEFT_SECONDS


@dataclass
class Count:
    count: int = 0
    names: list[str] = field(default_factory=list[str])


class Counter(LiveView[Count]):
    html = "<p>{{ count }} {{ names|join(',') }}</p>"
    durable = True

    @event
    async def add(self, by: int = 1) -> None:
        self.state.count += by

    @event
    async def name(self, name: str) -> None:
        self.state.names.append(name)

    @event
    async def fail(self) -> None:
        raise RuntimeError("no")


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


def machine(store: WatchedStore, view: type[LiveView[Any]] = Counter, **options: Any) -> Wirebird:
    """Return one of the machines that serve an application."""
    app = Wirebird(secret_key=KEY, store=store, **options)
    app.live("/", view)
    return app


async def test_a_page_goes_on_on_another_machine_where_it_was(store: WatchedStore) -> None:
    async with Moving(machine(store)) as page:
        await page.event("add", {"by": 3})
        await page.event("name", {"name": "Ada"})
        await page.move(machine(store))
        assert page.shown == "3 Ada"
        await page.event("add")
        assert page.shown == "4 Ada"


async def test_what_nobody_changed_is_there_too(store: WatchedStore) -> None:
    """What `mount` made may be made otherwise the next time."""

    class Dice(Counter):
        thrown = 0

        async def mount(self) -> None:
            type(self).thrown += 1
            self.state.count = type(self).thrown

    async with Moving(machine(store, Dice)) as page:
        before = page.shown
        await page.move(machine(store, Dice))
        assert page.shown == before


async def test_a_view_that_says_nothing_is_not_stored(store: WatchedStore) -> None:
    class Plain(Counter):
        durable = None

    async with Moving(machine(store, Plain)) as page:
        await page.event("add")
        await page.move(machine(store, Plain))
        assert page.shown == "0"
    assert len(store) == 0


@pytest.mark.parametrize("own", [None, False, True])
async def test_the_nearest_word_counts(store: WatchedStore, own: bool | None) -> None:
    class Plain(Counter):
        durable = own

    def make(application: bool, session: bool | None) -> Wirebird:
        app = Wirebird(secret_key=KEY, store=store, durable=application)
        app.live_session("counting", durable=session).live("/", Plain)
        return app

    for application, session in [(True, None), (True, False), (False, True), (False, None)]:
        expected = own if own is not None else session if session is not None else application
        async with Moving(make(application, session)) as page:
            await page.event("add")
            await page.move(make(application, session))
            assert page.shown == ("1" if expected else "0"), (application, session)


@pytest.mark.parametrize("way", ["attribute", "session", "application"])
def test_a_durable_view_without_a_store_is_an_error_that_says_what_to_do(way: str) -> None:
    class Plain(Counter):
        durable = True if way == "attribute" else None

    app = Wirebird(secret_key=KEY, durable=way == "application")
    app.live_session("counting", durable=True if way == "session" else None).live("/", Plain)
    with pytest.raises(DefinitionError, match=r"Plain is durable.*sqlite:///.*WIREBIRD_STORE"):
        _ = app.endpoint


async def test_a_page_that_leaves_leaves_nothing_behind(store: WatchedStore) -> None:
    app = machine(store)
    async with Moving(app) as page:
        await page.event("add")
        await page.line.leave(page.page)
        await app.endpoint.drain()
        await page.move(machine(store))
        assert page.shown == "0"


async def test_after_a_crash_the_page_goes_on_from_what_it_saw_but_not_again_and_again(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash() -> None:
        page.line.begin_event(page.page, "fail")
        while (await page.line.receive())[3] != "phx_error":
            pass
        await page.move()

    app = machine(store)
    async with Moving(app) as page:
        await page.event("add")
        assert app.endpoint.saving is not None
        await app.endpoint.saving.settled()
        await crash()
        assert page.shown == "1"
        await page.event("add")
        assert page.shown == "2"
        await crash()
        assert page.shown == "0"
        await crash()
        assert page.shown == "0"
    assert "the view crashed" in caplog.text


async def test_another_visitor_gets_nothing_of_it(store: WatchedStore) -> None:
    app = machine(store)
    async with Moving(app) as page, Moving(app, load=page.load) as other:
        await page.event("add")
        await page.line.close()
        mine = page.page
        other.page = replace(other.page, id=mine.id, session=mine.session, static=mine.static)
        answer = await other.move(app)
        assert answer["status"] == "error"


async def test_a_copy_of_a_page_has_a_state_of_its_own(store: WatchedStore) -> None:
    """Such as a tab that was duplicated, which the browser fills from its cache."""
    app = machine(store)
    async with Moving(app) as page:
        await page.event("add")
        copy = Moving(app, load="load-2")
        copy.visitor, copy.page, copy.url = page.visitor, page.page, page.url
        await copy.open()
        await copy.event("add", {"by": 10})
        assert (page.shown, copy.shown) == ("1", "10")
        await page.move(machine(store))
        await copy.move(machine(store))
        assert (page.shown, copy.shown) == ("1", "10")
        await copy.line.close()


# What is wrong with a snapshot


async def stored_counter(store: WatchedStore, **options: Any) -> Moving:
    """Return a page whose counter stands at 1 in the store, and whose line is lost."""
    page = Moving(machine(store, **options))
    await page.__aenter__()
    await page.event("add")
    await page.line.close()
    return page


def tampered(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def half(data: bytes) -> bytes:
    return data[:20]


def nothing(data: bytes) -> bytes:
    return b""


def others(data: bytes) -> bytes:
    return b"\x01" * 400


@pytest.mark.parametrize("spoil", [tampered, half, nothing, others])
async def test_what_was_tampered_with_is_not_restored(
    store: WatchedStore, caplog: pytest.LogCaptureFixture, spoil: Callable[[bytes], bytes]
) -> None:
    page = await stored_counter(store)
    for key, record in store.records().items():
        store.records()[key] = record._replace(data=spoil(record.data))
    await page.open(machine(store))
    assert page.shown == "0"
    (line,) = [each for each in caplog.messages if "not restored" in each]
    assert "sealed" in line
    await page.event("add")
    await page.move(machine(store))
    assert page.shown == "1"
    await page.line.close()


async def test_what_is_stored_for_one_page_is_not_restored_in_another(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = await stored_counter(store), await stored_counter(store)
    (one, a), (two, b) = store.records().items()
    store.records().update({one: a._replace(data=b.data), two: b._replace(data=a.data)})
    for page in (first, second):
        await page.open(machine(store))
        assert page.shown == "0"
        await page.line.close()
    assert caplog.text.count("not restored") == 2


@pytest.mark.parametrize(("hours", "why"), [(25, "too old"), (-1, "from the future")])
async def test_clocks_that_differ_cost_the_state_and_nothing_else(
    store: WatchedStore,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
    why: str,
) -> None:
    page = await stored_counter(store)
    now = time.time() + hours * 3600
    monkeypatch.setattr(snapshots, "time", lambda: now)
    await page.open(machine(store))
    assert page.shown == "0"
    assert why in caplog.text
    await page.line.close()


async def test_what_another_version_of_the_library_has_stored_is_not_restored(
    store: WatchedStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "_FORMAT", b"0")
        page = await stored_counter(store)
    await page.open(machine(store))
    assert page.shown == "0"
    assert "another version of Wirebird" in caplog.text
    await page.event("add")
    await page.line.close()


async def test_a_secret_key_that_was_changed_still_opens_what_it_sealed(
    store: WatchedStore,
) -> None:
    page = await stored_counter(store)
    app = Wirebird(secret_key=KEY[::-1], previous_secret_keys=[KEY], store=store)
    app.live("/", Counter)
    await page.open(app)
    assert page.shown == "1"
    await page.line.close()


async def test_an_older_state_than_the_class_has_by_now_begins_anew(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    page = await stored_counter(store)
    view = new_counter(keeps=False)
    await page.open(machine(store, view))
    assert page.shown == "0 7"
    assert "keep_fitting_state" in caplog.text
    await page.line.close()


async def test_fields_that_still_fit_are_kept_if_the_view_says_so(store: WatchedStore) -> None:
    page = await stored_counter(store)
    await page.open(machine(store, new_counter(keeps=True)))
    assert page.shown == "1 7"
    await page.line.close()


def new_counter(keeps: bool) -> type[LiveView[Any]]:
    """Return the counter's next version, whose state has a field more and one of another type."""

    @dataclass
    class Grown:
        count: int = 0
        names: int = 7

    class Next(LiveView[Grown]):
        html = "<p>{{ count }} {{ names }}</p>"
        durable = True
        keep_fitting_state = keeps

    Next.definition.name = Counter.definition.name
    return Next


async def test_a_restored_view_that_crashes_in_its_join_begins_anew(store: WatchedStore) -> None:
    class Fragile(Counter):
        html = "<p>{{ 10 // (1 - count) }}</p>"

    app = machine(store, Fragile)
    page = Moving(app)
    await page.__aenter__()
    assert page.shown == "10"
    page.line.begin_event(page.page, "add")  # saved before it is shown, were it "always"
    while (await page.line.receive())[3] != "phx_error":
        pass
    await page.line.close()
    await page.open(machine(store, Fragile))
    assert page.shown == "10"
    await page.line.close()


async def test_one_that_always_crashes_when_restored_is_restored_once(store: WatchedStore) -> None:
    page = await stored_counter(store)

    class Broken(Counter):
        html = "<p>{{ 10 // (1 - count) }}</p>"

    Broken.definition.name = Counter.definition.name
    app = machine(store, Broken)
    assert (await page.open(app))["status"] == "error"
    await page.move(app)
    assert page.shown == "10"
    await page.line.close()


async def test_a_state_that_is_too_large_is_not_stored_and_says_which_field(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    app = machine(store, limits=Limits(snapshot_size=2000))
    async with Moving(app) as page:
        for number in range(3):
            async with store.saving() if number == 0 else nullcontext():
                await page.event("name", {"name": "x" * 1500})
        assert page.shown == f"0 {','.join(['x' * 1500] * 3)}"
        await page.line.close()
    (line,) = [each for each in caplog.messages if "durable no more" in each]
    assert "Counter.names" in line
    assert all(record.data is None for record in store.records().values())


@pytest.mark.parametrize("durable", [True, "always"])
async def test_a_state_of_ten_megabytes_costs_that_it_is_stored_and_nothing_else(
    store: WatchedStore, caplog: pytest.LogCaptureFixture, durable: Any
) -> None:
    view = type("Large", (Counter,), {"durable": durable, "html": "<p>{{ count }}</p>"})
    app = machine(store, view)
    async with Moving(app) as page:
        await page.event("name", {"name": "x" * 500_000})
        (channel,) = next(iter(app.endpoint.connections)).channels.values()
        state: Any = cast(Any, channel).view.state
        state.names *= 20
        await page.event("add")
        await saved(app)
        await page.event("add")
        assert page.shown == "2"
    (line,) = [each for each in caplog.messages if "durable no more" in each]
    assert "Large.names" in line
    assert all(record.data is None for record in store.records().values())


@pytest.mark.parametrize("durable", [True, "always"])
async def test_a_store_that_is_full_is_tried_until_there_is_room(
    monkeypatch: pytest.MonkeyPatch, durable: Any
) -> None:
    class Full(WatchedStore):
        full = False

        async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
            if self.full:
                self.refused.set()
                raise StoreUnavailable("the store is full")
            return await super().save(writes)

    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.01)
    store = Full()
    view = type("Kept", (Counter,), {"durable": durable})
    async with Moving(machine(store, view)) as page:
        store.full = True
        ref = page.line.begin_event(page.page, "add")
        await asyncio.wait_for(store.refused.wait(), PATIENCE)
        store.full = False
        assert (await page.line.reply(ref))["status"] == "ok"
        await page.move(machine(store, view))
        assert page.shown == "1"


# One owner


async def test_two_machines_never_both_run_a_view(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    first, second = machine(store), machine(store)
    async with Moving(first) as page:
        async with store.saving():
            await page.event("add")
        left = page.line  # half open: the first machine does not know that its page has gone
        await page.open(second)
        assert page.shown == "1"
        await page.event("add")
        left.push(page.page.topic, "event", {"type": "click", "event": "add", "value": {}})
        while (await left.receive())[3] != "phx_close":
            pass
        await page.move(machine(store))
        assert page.shown == "2"
        assert "gone on elsewhere" in caplog.text
        assert "the view crashed" not in caplog.text
        await left.close()


# With parking


def parkable(app: Wirebird) -> Moving:
    page = Moving(app)
    page.mark = ""
    return page


async def test_a_parked_view_goes_on_if_nothing_newer_is_stored(store: WatchedStore) -> None:
    app = machine(store)
    async with parkable(app) as page:
        await page.event("add")
        mark = page.mark
        await page.move()
        assert page.shown == "1"
        assert page.mark is not None
        assert mark is not None
        assert page.mark.split(".")[1] == mark.split(".")[1]


async def test_a_parked_copy_that_is_older_than_the_store_is_not_shown(
    store: WatchedStore,
) -> None:
    first, second = machine(store), machine(store)
    async with parkable(first) as page:
        await page.event("add")
        mark = page.mark
        await page.move(second)
        await page.event("add")
        await page.line.close()
        await saved(second)
        page.mark = mark
        await page.open(first)
        assert page.shown == "2"
        await page.event("add")
        await page.move(second)
        assert page.shown == "3"


async def test_what_a_parked_view_hears_is_stored(store: WatchedStore) -> None:
    class Hearing(Counter):
        async def mount(self) -> None:
            await self.socket.subscribe("more")

        @info
        async def more(self, message: int) -> None:
            self.state.count += message

    app = machine(store, Hearing)
    async with parkable(app) as page:
        await page.event("add")
        await page.line.close()
        await saved(app)
        async with store.saving():
            await app.broadcast("more", 5)
        await page.open(machine(store, Hearing))
        assert page.shown == "6"


async def test_a_restored_view_hears_that_it_goes_on(store: WatchedStore) -> None:
    class Returning(Counter):
        async def handle_return(self) -> None:
            self.state.names.append(str(self.state.count))

    async with Moving(machine(store, Returning)) as page:
        await page.event("add")
        await page.move(machine(store, Returning))
        assert page.shown == "1 1"


async def test_a_page_that_was_closed_is_kept_for_a_little_while(store: WatchedStore) -> None:
    now = 0.0
    store.clock = lambda: now
    async with Moving(machine(store)) as page:
        await page.event("add")
        await page.line.close(1001)
        now = LEFT_SECONDS - 1
        await page.open(machine(store))
        assert page.shown == "1"
        await page.line.close(1001)
        now += LEFT_SECONDS + 1
        await page.open(machine(store))
        assert page.shown == "0"


# Log-out


async def test_a_token_that_is_replayed_after_log_out_restores_nothing(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    def make() -> Wirebird:
        return machine(store, routes=[Route("/login", login)])

    page = Moving(make())
    await page.visitor.get("/login")
    await page.__aenter__()
    await page.event("add")
    await page.move(make())
    assert page.shown == "1"
    await page.line.close()
    await make().disconnect("user:1")
    await page.open(make())  # with the cookie that it had
    assert page.shown == "0"
    assert "logged out since" in caplog.text
    await page.line.close()


async def login(request: Request) -> Response:
    request.session["live_socket_id"] = "user:1"
    return PlainTextResponse("")


async def test_what_was_not_stored_yet_at_log_out_never_is(store: WatchedStore) -> None:
    app = machine(store, routes=[Route("/login", login)])
    page = Moving(app)
    await page.visitor.get("/login")
    async with page:
        await page.event("add")
        await app.disconnect("user:1")
        await page.line.until_closed()
        await page.line.close()
        await page.open()  # with the cookie that it had
        assert page.shown == "0"


# While developing


@dataclass
class Locked:
    lock: Lock
    count: int = 0


class LockedView(LiveView[Locked]):
    html = "<p>{{ count }}</p>"

    async def mount(self) -> None:
        self.state = Locked(Lock())

    @event
    async def add(self) -> None:
        self.state.count += 1


def reloaded(store: WatchedStore, view: type[LiveView[Any]]) -> Wirebird:
    app = machine(store, view)
    app.keeps_state_on_reload = True
    return app


async def test_while_developing_views_of_which_nobody_says_it_go_on_too(
    store: WatchedStore,
) -> None:
    class Plain(Counter):
        durable = None

    async with Moving(reloaded(store, Plain)) as page:
        await page.event("add")
        await page.move(reloaded(store, Plain))
        assert page.shown == "1"


async def test_while_developing_what_cannot_be_stored_begins_anew_and_nobody_is_told(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with Moving(reloaded(store, LockedView)) as page:
        await page.event("add")
        await page.move(reloaded(store, LockedView))
        assert page.shown == "0"
    assert not [each for each in caplog.records if each.levelname in {"WARNING", "ERROR"}]


@pytest.mark.parametrize("way", ["view", "component"])
async def test_what_cannot_be_stored_is_an_error_that_says_how_to_mend_it(
    store: WatchedStore, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    class Part(LiveComponent[Locked]):
        html = "<b></b>"

        async def mount(self) -> None:
            self.state = Locked(Lock())

    class Whole(LiveView[Count]):
        html = "<p>{{ live_component(Part, id='part') }}</p>"

    # What `Lock` is called depends on the version of Python.
    message = r"lock: a (allocate_)?lock cannot be stored.*lock: Transient\[...\]"
    if way == "view":
        with pytest.raises(DefinitionError, match=r"LockedView: Locked\." + message):
            machine(store, LockedView, durable=True)
        return
    app = machine(store, Whole, durable=True)
    app.components(Part)
    page = Moving(app)
    page.page = await page.visitor.page("/")
    page.url = page.page.url
    assert (await page.open())["status"] == "error"
    assert re.search(r"Part: Locked\." + message, caplog.text)
    await page.line.close()


async def test_a_store_of_two_applications_ends_with_the_last_of_them() -> None:
    class Ending(WatchedStore):
        stops = 0

        async def stop(self) -> None:
            self.stops += 1

    store = Ending()
    first, second = machine(store), machine(store)
    for app in (first, second):
        async with Moving(app) as page:
            await page.event("add")
    await first.endpoint.drain()
    assert store.stops == 0
    await second.endpoint.drain()
    assert store.stops == 1


async def test_a_page_for_which_the_store_is_late_comes_again_and_loses_nothing(
    store: WatchedStore,
) -> None:
    async with Moving(machine(store)) as page:
        await page.event("add", {"by": 3})
        await saved(page.app)
        await page.line.close()
        store.away = True
        page.app = machine(store)
        for page.attempts in range(saved_views.TRIES - 1):
            with pytest.raises(Closed):
                await page.open()
            await page.line.close()
        store.away = False
        await page.open()
        assert page.shown == "3"


async def test_a_page_for_which_the_store_is_away_for_long_is_mounted_anew(
    store: WatchedStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with Moving(machine(store)) as page:
        await page.event("add", {"by": 3})
        await saved(page.app)
        await page.line.close()
        store.away = True
        page.attempts = saved_views.TRIES - 1
        await page.open(machine(store))
        assert page.shown == "0"
        assert "mounted anew" in caplog.text


async def test_a_page_that_comes_back_while_its_view_is_being_saved_keeps_it(
    store: WatchedStore,
) -> None:
    async with Moving(machine(store)) as page:
        page.mark = ""
        await page.move()
        store.held = asyncio.Event()
        await page.event("add")
        saving = page.app.endpoint.saving
        assert saving is not None
        saving.hurry()
        assert await page.line.alive()  # the save is under way by now
        await page.line.close()
        opening = asyncio.create_task(page.open())
        # It must not own the record anew before the save has come to the store.
        await asyncio.wait([opening], timeout=0.1)
        store.held.set()
        await opening
        await page.event("add")
        await saved(page.app)
        assert page.shown == "2"
        assert await page.line.alive()
        await page.event("add")
