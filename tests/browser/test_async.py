"""Background work as a person sees it: data that comes later, and answers that stream in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.chat import chat
from examples.chat.chat import ChatView
from tests.browser.pages import Frames, Gate, focus_settled, until, visit
from wirebird import (
    AsyncOutcome,
    AsyncResult,
    Cancelled,
    Failed,
    LiveView,
    Ok,
    Stream,
    Wirebird,
    event,
)

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass
class Post:
    id: int
    text: str


@dataclass
class Data:
    org: AsyncResult[str] = field(default_factory=AsyncResult.loading)
    x: AsyncResult[int] = field(default_factory=AsyncResult.loading)
    y: AsyncResult[int] = field(default_factory=AsyncResult.loading)
    posts: Stream[Post] = field(default_factory=Stream)
    started: str = "not started"


class DataView(LiveView[Data]):
    """What was recorded of Phoenix, with gates in place of pauses."""

    html = """
    <p id="org">{% if org.ok %}{{ org.result }}{% endif %}{% if org.loading %} …{% endif %}
      {%- if org.failed %} failed: {{ org.failed }}{% endif %}</p>
    <p id="xy">{{ x.result }} {{ y.result }}</p>
    <ul id="posts" phx-update="stream">
      {% for id, post in posts %}<li id="{{ id }}">{{ post.text }}</li>{% endfor %}
    </ul>
    <p id="started">{{ started }}</p>
    <button id="load" phx-click="load">load</button>
    <button id="reset" phx-click="load" phx-value-reset="true">reset</button>
    <button id="break" phx-click="load" phx-value-broken="true">break</button>
    <button id="stop-org" phx-click="stop" phx-value-name="org">stop org</button>
    <button id="start" phx-click="start">start</button>
    <button id="fail" phx-click="fail">fail</button>
    <button id="stop" phx-click="stop" phx-value-name="task">stop</button>
    {{ link("elsewhere", navigate="/elsewhere", id="leave") }}
    """
    gates: dict[str, Gate]
    ended: list[str]

    async def mount(self) -> None:
        self.socket.assign_async("org", self.fetch, "acme")
        self.socket.assign_async(("x", "y"), self.both)
        self.socket.stream_async("posts", self.fetch_posts)

    async def fetch(self, name: str, broken: bool = False) -> str:
        await self.gates[name].wait()
        if broken:
            raise ConnectionError("no answer")
        return name

    async def both(self) -> tuple[int, int]:
        return 1, 2

    async def fetch_posts(self) -> list[Post]:
        return [Post(1, "p1"), Post(2, "p2")]

    @event
    async def load(self, reset: bool = False, broken: bool = False) -> None:
        self.socket.assign_async("org", self.fetch, "reloaded", broken, reset=reset)

    @event
    async def start(self) -> None:
        self.state.started = "started"
        self.socket.start_async("task", self.wait)

    async def wait(self) -> int:
        try:
            await self.gates["task"].wait()
        finally:
            self.ended.append("task")
        return 42

    @event
    async def fail(self) -> None:
        async def work() -> None:
            raise ValueError("meant to be")

        self.socket.start_async("task", work)

    @event
    async def stop(self, name: str) -> None:
        self.socket.cancel_async(name)

    async def handle_async(self, name: str, outcome: AsyncOutcome[Any]) -> None:
        match outcome:
            case Ok(value):
                self.state.started = f"done {value}"
            case Failed(error):
                self.state.started = f"failed: {error}"
            case Cancelled():
                self.state.started = "cancelled"


class ElsewhereView(LiveView):
    html = "<h1>elsewhere</h1>"


def data_app(make_app: MakeApp) -> tuple[Wirebird, dict[str, Gate], list[str]]:
    gates = {name: Gate() for name in ("acme", "reloaded", "task")}
    ended: list[str] = []
    app = make_app()
    app.live("/", type("DataView", (DataView,), {"gates": gates, "ended": ended}))
    app.live("/elsewhere", ElsewhereView)
    return app, gates, ended


async def test_data_comes_into_the_page_when_it_is_there(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, gates, _ = data_app(make_app)
    await visit(page, serve(app))
    await expect(page.locator("#xy")).to_have_text("1 2")
    await expect(page.locator("#posts li")).to_have_text(["p1", "p2"])
    await expect(page.locator("#org")).to_have_text("…")
    gates["acme"].open()
    await expect(page.locator("#org")).to_have_text("acme")


async def test_an_old_value_stays_while_a_new_one_is_loaded_unless_it_is_reset(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, gates, _ = data_app(make_app)
    gates["acme"].open()
    await visit(page, serve(app))
    await expect(page.locator("#org")).to_have_text("acme")
    await page.click("#load")
    await expect(page.locator("#org")).to_have_text("acme …")
    await page.click("#stop-org")
    await expect(page.locator("#org")).to_have_text("acme failed: cancelled")
    await page.click("#reset")
    await expect(page.locator("#org")).to_have_text("…")
    gates["reloaded"].open()
    await expect(page.locator("#org")).to_have_text("reloaded")
    await page.click("#break")
    await expect(page.locator("#org")).to_have_text("reloaded failed: no answer")


async def test_a_task_is_started_fails_and_is_cancelled(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, gates, ended = data_app(make_app)
    await visit(page, serve(app))
    started = page.locator("#started")
    await page.click("#start")
    await expect(started).to_have_text("started")
    await page.click("#stop")
    await expect(started).to_have_text("cancelled")
    await page.click("#fail")
    await expect(started).to_have_text("failed: meant to be")
    gates["task"].open()
    await page.click("#start")
    await expect(started).to_have_text("done 42")
    assert ended == ["task", "task"]


@pytest.mark.parametrize("how", ["navigate", "close"])
async def test_work_ends_when_the_visitor_leaves(
    how: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, _, ended = data_app(make_app)
    await visit(page, serve(app))
    await page.click("#start")
    await expect(page.locator("#started")).to_have_text("started")
    assert ended == []
    if how == "navigate":
        await page.click("#leave")
        await expect(page.locator("h1")).to_have_text("elsewhere")
    else:
        await page.close()
    await until(lambda: ended == ["task"], "the task is cancelled")


# The examples


class Model:
    """Stands in for the example's model, and answers when it is told to."""

    def __init__(self) -> None:
        self.first, self.rest = Gate(), Gate()
        self.closed = 0

    async def answer(self, question: str) -> AsyncIterator[str]:
        try:
            await self.first.wait()
            yield "This is"
            yield " half"
            await self.rest.wait()
            for number in range(50):
                yield f" {number}"
        finally:
            self.closed += 1


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(chat, "answer", model.answer)
    return model


def chat_app(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/", ChatView)
    return app


async def ask(page: Page, question: str) -> None:
    """Ask with the keyboard alone; the question's field has the focus."""
    await expect(page.locator("#question")).to_be_focused()
    await page.keyboard.type(question)
    await page.keyboard.press("Enter")


async def test_an_answer_streams_into_the_page(
    page: Page, make_app: MakeApp, serve: Serve, model: Model
) -> None:
    frames = Frames(page)
    await visit(page, serve(chat_app(make_app)))
    await ask(page, "how?")
    await expect(page.locator("#message-0 .text")).to_have_text("how?")
    await expect(page.locator(".typing")).to_be_visible()
    await expect(page.locator("[role=log]")).to_have_attribute("aria-busy", "true")
    await expect(page.locator("#question")).to_have_value("")
    model.first.open()
    await expect(page.locator("#message-1 .text")).to_have_text("This is half")
    await expect(page.locator(".typing")).to_have_count(0)
    before = len(frames.received)
    model.rest.open()
    whole = "This is half " + " ".join(str(number) for number in range(50))
    await expect(page.locator("#message-1 .text")).to_have_text(whole)
    await expect(page.locator("[role=log]")).to_have_attribute("aria-busy", "false")
    await expect(page.locator("#status")).to_have_text("The answer is complete.")
    await expect(page.locator("#send")).to_be_visible()
    told = frames.received[before:]
    assert len(told) < 10, "fifty tokens at once do not make fifty renders"
    assert "This is" not in str(told), "what the page has is not sent again"


@pytest.mark.parametrize("how", ["button", "Escape"])
async def test_an_answer_is_stopped_and_the_next_question_asked(
    how: str, page: Page, make_app: MakeApp, serve: Serve, model: Model
) -> None:
    await visit(page, serve(chat_app(make_app)))
    model.first.open()
    await ask(page, "how?")
    await expect(page.locator("#message-1 .text")).to_have_text("This is half")
    if how == "button":
        await focus_settled(page)
        await page.keyboard.press("Tab")
        await expect(page.locator("#stop")).to_be_focused()
        await page.keyboard.press("Enter")
    else:
        await page.keyboard.press("Escape")
    await expect(page.locator("#message-1 .note")).to_have_text("You stopped the answer.")
    await expect(page.locator("#message-1 .text")).to_have_text("This is half")
    await until(lambda: model.closed == 1, "the generator is closed")
    model.rest.open()
    await ask(page, "and now?")
    await expect(page.locator("#message-3 .text")).to_contain_text("48 49")


async def test_leaving_the_chat_closes_the_generator(
    page: Page, make_app: MakeApp, serve: Serve, model: Model
) -> None:
    url = serve(chat_app(make_app))
    await visit(page, url)
    model.first.open()
    await ask(page, "how?")
    await expect(page.locator("#message-1 .text")).to_have_text("This is half")
    await page.goto("about:blank")
    await until(lambda: model.closed == 1, "the generator is closed")
