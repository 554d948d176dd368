"""Hooks, pushed events, and the JavaScript and CSS files of an application or a view."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, expect_heard, recorder, until, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

HOOKS = """
window.calls = [];
const note = (what) => function () { window.calls.push(what); };
export const hooks = {
  Life: Object.fromEntries(
    ["mounted", "beforeUpdate", "updated", "destroyed", "disconnected", "reconnected"]
      .map((name) => [name, note(name)]),
  ),
  Chart: {
    mounted() {
      this.handleEvent("points", ({ values }) => { this.el.textContent = values.join("+"); });
      this.el.addEventListener("click", async () => {
        const reply = await this.pushEvent("double", { n: 21 });
        this.el.textContent = `is ${reply.n}`;
      });
    },
  },
};
export const params = { zone: "Mars/Olympus" };
export const uploaders = { Pigeon() { return "by pigeon"; } };
export const metadata = { click: (e) => ({ shift: e.shiftKey }) };
"""


class LifeView(LiveView):
    html = """
    {% if shown %}<div id="life" phx-hook="Life">{{ n }}</div>{% endif %}
    <p id="n">{{ n }}</p>
    <button id="more" phx-click="more">more</button>
    <button id="hide" phx-click="hide">hide</button>
    """

    async def mount(self) -> None:
        self.state.n, self.state.shown = 0, True

    @event
    async def more(self) -> None:
        self.state.n += 1

    @event
    async def hide(self) -> None:
        self.state.shown = False


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    file = tmp_path / "hooks.js"
    file.write_text(HOOKS)
    return file


async def test_a_hook_is_called_at_every_turn_of_its_element_s_life(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", LifeView)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.wait_for_function("calls.join() === 'mounted'")
    await page.click("#more")
    await expect(page.locator("#life")).to_have_text("1")
    await page.wait_for_function("calls.join() === 'mounted,beforeUpdate,updated'")
    await page.evaluate("calls.length = 0; liveSocket.disconnect(() => liveSocket.connect())")
    await until(lambda: frames.joins() == 2, "the view is joined again")
    await page.wait_for_function("calls[0] === 'disconnected' && calls.includes('reconnected')")
    await page.evaluate("calls.length = 0")
    await page.click("#hide")
    await page.wait_for_function("calls.join() === 'destroyed'")


class ChartView(LiveView):
    html = """
    <div id="chart" phx-hook="Chart"></div><p id="zone">{{ zone }}</p><p id="n">{{ n }}</p>
    <button id="draw" phx-click="draw">draw</button>
    <button id="both" phx-click="both">both</button>
    """

    async def mount(self) -> None:
        self.state.zone, self.state.n = self.socket.connect_params.get("zone", "none"), 0
        self.socket.push_event("points", {"values": [1, 2, 3]})

    @event
    async def draw(self) -> None:
        self.socket.push_event("points", {"values": [4, 5]})

    @event
    async def both(self) -> None:
        self.state.n += 1
        self.socket.push_event("early", before_patch=True)
        self.socket.push_event("late", {"n": self.state.n})

    @event
    async def double(self, n: int) -> dict[str, int]:
        return {"n": n * 2}


async def test_an_event_pushed_in_mount_reaches_the_hook_at_once(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", ChartView)
    frames = Frames(page)
    await visit(page, serve(app))
    await expect(page.locator("#chart")).to_have_text("1+2+3")
    assert frames.events() == []
    await page.click("#draw")
    await expect(page.locator("#chart")).to_have_text("4+5")


async def test_a_hook_s_push_is_answered_with_what_the_handler_returns(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", ChartView)
    await visit(page, serve(app))
    await expect(page.locator("#chart")).to_have_text("1+2+3")
    await page.click("#chart")
    await expect(page.locator("#chart")).to_have_text("is 42")


async def test_params_of_a_script_are_the_socket_s(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", ChartView)
    await visit(page, serve(app))
    await expect(page.locator("#zone")).to_have_text("Mars/Olympus")


async def test_uploaders_and_metadata_of_a_script_are_the_socket_s(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", recorder('<button phx-click="click">click</button>'))
    await visit(page, serve(app))
    assert await page.evaluate("liveSocket.uploaders.Pigeon()") == "by pigeon"
    await page.click("button", modifiers=["Shift"])
    await expect_heard(page, "click", {"shift": True, "value": ""})


async def test_pushed_events_are_heard_on_the_window_before_and_after_the_patch(
    page: Page, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(scripts=[hooks])
    app.live("/", ChartView)
    await visit(page, serve(app))
    await page.evaluate("""
        window.heard = [];
        const n = () => document.querySelector("#n").textContent;
        window.addEventListener("phx:early", () => heard.push(`early ${n()}`));
        window.addEventListener("phx:late", (e) => heard.push(`late ${n()} ${e.detail.n}`));
    """)
    await page.click("#both")
    await page.wait_for_function("heard.join() === 'early 0,late 1 1'")


VIEW = """
from dataclasses import dataclass
from wirebird import LiveView, event


@dataclass
class Clock:
    n: int = 0


class ClockView(LiveView[Clock]):
    @event
    async def tick(self, by: int) -> None:
        self.state.n += by
"""

VIEW_HTML = """
<p id="clock" class="clock" phx-hook="Clock">{{ n }}</p>
"""

VIEW_JS = """
export const Clock = {
  mounted() { this.el.addEventListener("click", () => this.pushEvent("tick", { by: 5 })); },
};
"""


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[ModuleType]:
    """A view in a module of its own, with files beside it."""
    (tmp_path / "clock.py").write_text(VIEW)
    (tmp_path / "clock.html").write_text(VIEW_HTML)
    (tmp_path / "clock.js").write_text(VIEW_JS)
    (tmp_path / "clock.css").write_text(".clock { color: rgb(1, 2, 3); }")
    name = "browser_test_clock"
    spec = importlib.util.spec_from_file_location(name, tmp_path / "clock.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


async def test_files_beside_a_view_are_found_by_name(
    page: Page, clock: ModuleType, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", clock.ClockView)
    await visit(page, serve(app))
    await expect(page.locator("#clock")).to_have_css("color", "rgb(1, 2, 3)")
    await page.click("#clock")
    await expect(page.locator("#clock")).to_have_text("5")


async def test_a_new_version_of_a_file_has_a_new_url(
    page: Page, clock: ModuleType, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(debug=True)
    app.live("/", clock.ClockView)
    await visit(page, serve(app))
    modules = "document.querySelector('meta[name=wirebird-modules]').content"
    before = await page.evaluate(modules)
    Path(str(clock.__file__)).with_name("clock.js").write_text(VIEW_JS.replace("5", "7"))
    await page.reload()
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_attached()
    assert await page.evaluate(modules) != before
    await page.click("#clock")
    await expect(page.locator("#clock")).to_have_text("7")


async def test_a_script_that_fails_does_not_stop_the_page(
    page: Page, tmp_path: Path, hooks: Path, make_app: MakeApp, serve: Serve
) -> None:
    broken = tmp_path / "broken.js"
    broken.write_text("throw new Error('meant to be')")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    app = make_app(scripts=[broken, hooks])
    app.live("/", ChartView)
    await visit(page, serve(app))
    await expect(page.locator("#chart")).to_have_text("1+2+3")
    assert any("broken" in text for text in said)
