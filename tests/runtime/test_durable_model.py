"""Any order of events, restores and moves: the page shows what one shows whose view lived on."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.line import Closed, Line
from tests.runtime.machines import KEY, Moving, WatchedStore
from tests.runtime.test_durable import Counter
from tests.runtime.test_durable_parts import Board, Counting
from wirebird import LiveView, Wirebird, event


class Part(Counting):
    pass


class EverythingView(LiveView[Board]):
    html = """<p>{{ labels|join(",") }} {{ start }} {{ flash.get("info") or "" }}</p>
    {% for label in labels %}{{ live_component(Part, id=label, label=label, start=start) }}
    {% endfor %}"""
    durable = "always"

    async def handle_params(self, start: int = 5) -> None:
        self.state.start = start

    @event
    async def label(self, label: str) -> None:
        if label not in self.state.labels:
            self.state.labels.append(label)

    @event
    async def unlabel(self, label: str) -> None:
        if label in self.state.labels:
            self.state.labels.remove(label)

    @event
    async def go(self, start: int) -> None:
        self.socket.push_patch(f"/?start={start}")

    @event
    async def say(self, text: str) -> None:
        self.socket.put_flash("info", text)


def machine(store: WatchedStore) -> Wirebird:
    app = Wirebird(secret_key=KEY, store=store)
    app.components(Part)
    app.live("/", EverythingView)
    return app


async def kill(app: Wirebird) -> None:
    """Let a machine be gone as it stands: what it would still do reaches nobody."""
    saving = app.endpoint.saving
    assert saving is not None
    saving.store = WatchedStore()


LABELS = st.sampled_from("abcd")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("label"), LABELS),
        st.tuples(st.just("unlabel"), LABELS),
        st.tuples(st.just("click"), LABELS),
        st.tuples(st.just("go"), st.integers(1, 3)),
        st.tuples(st.just("say"), st.sampled_from(["Hello", "Bye"])),
        st.tuples(st.just("move"), st.booleans()),
    ),
    min_size=2,
    max_size=14,
)


async def _do(page: Moving, name: str, value: Any) -> None:
    match name:
        case "click":
            cid = _cid_of(page, value)
            if cid is not None:
                await page.event("add", cid=cid)
        case "go":
            await page.event("go", {"start": value})
            page.url = page.url.partition("?")[0] + f"?start={value}"
        case "say":
            await page.event("say", {"text": value})
        case _:
            await page.event(name, {"label": value})


def _cid_of(page: Moving, label: str) -> int | None:
    """Return the number of the component that a page shows for a label."""
    shown = set(page.shown.split()[0].split(","))
    parts: dict[Any, Any] = page.tree.get("c", {})
    found = [cid for cid, part in parts.items() if part.get("0") == label and label in shown]
    return int(found[-1]) if found else None


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_a_page_shows_what_it_would_have_shown(steps: list[tuple[str, Any]]) -> None:
    asyncio.run(_play(steps))


async def _play(steps: list[tuple[str, Any]]) -> None:
    store = WatchedStore()
    async with Moving(machine(store)) as moving, Moving(machine(WatchedStore())) as staying:
        for name, value in steps:
            if name == "move":
                if value:
                    await kill(moving.app)
                await moving.move(machine(store))
            else:
                await _do(moving, name, value)
                await _do(staying, name, value)
            assert _seen(moving) == _seen(staying)


def _seen(page: Moving) -> list[str]:
    """Return what somebody sees of a page: components that have left it stay in its tree."""
    first = page.shown.split()
    labels = first[0].split(",") if page.tree else []
    parts: dict[Any, Any] = page.tree.get("c", {})
    current = {part.get("0"): part.get("1") for part in parts.values()}
    return [first[0], *(f"{label}:{current.get(label)}" for label in labels)]


# Ownership


class Sure(Counter):
    durable = "always"


OWNING = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 1)),
        st.tuples(st.just("event"), st.integers(0, 3)),
        st.tuples(st.just("close"), st.integers(0, 3)),
        st.tuples(st.just("kill"), st.integers(0, 1)),
    ),
    min_size=2,
    max_size=16,
)


@settings(max_examples=25, deadline=None)
@given(OWNING)
def test_what_a_page_was_shown_is_counted_once_whichever_line_and_machine_it_has(
    steps: list[tuple[str, int]],
) -> None:
    asyncio.run(_own(steps))


async def _own(steps: list[tuple[str, int]]) -> None:
    store = WatchedStore()

    def make() -> Wirebird:
        app = Wirebird(secret_key=KEY, store=store, end_patience=1.0)
        app.live("/", Sure)
        return app

    machines = [make(), make()]
    page = Moving(machines[0])
    await page.__aenter__()
    lines: list[tuple[Line, Wirebird]] = [(page.line, machines[0])]
    dead: list[Line] = []
    counted = 0

    async def open_at(app: Wirebird) -> None:
        await page.open(app)
        lines.append((page.line, app))
        assert page.shown == str(counted)

    for name, number in steps:
        if name == "open":
            await open_at(machines[number])
        elif name == "kill":
            killed = machines[number]
            await kill(killed)
            machines[number] = make()
            dead += [line for line, app in lines if app is killed]
            lines = [(line, app) for line, app in lines if app is not killed]
            if page.app is killed:
                await open_at(machines[number])
        elif name == "close" and len(lines) > 1:
            line, _ = lines.pop(number % (len(lines) - 1))
            await line.close()
        elif name == "event":
            counted += await _acknowledged(lines[number % len(lines)][0], page)
    await open_at(machines[0])
    for line in [*dead, *(line for line, _ in lines)]:
        await line.close()


async def _acknowledged(line: Line, page: Moving) -> int:
    """Send an event over a line, which may be an older one; return whether it was answered."""
    ref = line.begin_event(page.page, "add")
    try:
        while True:
            frame = await line.receive()
            if frame[3] == "phx_close":
                return 0
            if frame[3] == "phx_reply" and frame[1] == ref:
                return 1 if frame[4]["status"] == "ok" else 0
    except Closed:
        return 0
