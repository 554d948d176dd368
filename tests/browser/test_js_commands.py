"""The commands that the browser carries out by itself, from a binding and from the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Page, TimeoutError, expect

from tests.browser.pages import (
    Frames,
    Gate,
    expect_heard,
    is_same_document,
    mark,
    recorder,
    visit,
)
from wirebird import JS, LiveView, Wirebird, event, js

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

PAGE = """
<section id="section" class="outer">
  <div id="box" class="box" title="a box" data-command="{{ nested }}"><b class="in">in</b></div>
  <div id="hidden" style="display: none">hidden</div>
  <div id="form" tabindex="-1"><span>no</span><input id="first"><input id="second"></div>
</section>
"""

BOX = "document.querySelector('#box')"
HIDDEN = "document.querySelector('#hidden')"
ACTIVE = "document.activeElement.id"

COMMANDS = {
    "hide": (js.hide(to="#box"), f"{BOX}.style.display === 'none'"),
    "hide, animated": (
        js.hide(to="#box", transition="fade", time=20),
        f"{BOX}.style.display === 'none' && !{BOX}.classList.contains('fade')",
    ),
    "show": (js.show(to="#hidden"), f"{HIDDEN}.style.display === 'block'"),
    "show as": (js.show(to="#hidden", display="flex"), f"{HIDDEN}.style.display === 'flex'"),
    "toggle, hiding": (js.toggle(to="#box", time=20), f"{BOX}.style.display === 'none'"),
    "toggle, showing": (
        js.toggle(to="#hidden", in_="fade", out="fade", time=20),
        f"{HIDDEN}.style.display === 'block'",
    ),
    "add_class": (js.add_class("a b", to="#box"), f"{BOX}.className === 'box a b'"),
    "remove_class": (js.remove_class("box", to="#box"), f"{BOX}.className === ''"),
    "toggle_class": (js.toggle_class("box c", to="#box"), f"{BOX}.className === 'c'"),
    "set_attribute": (js.set_attribute("data-x", "<1>", to="#box"), f"{BOX}.dataset.x === '<1>'"),
    "remove_attribute": (js.remove_attribute("title", to="#box"), f"!{BOX}.title"),
    "toggle_attribute": (
        js.toggle_attribute("open", "open", to="#box"),
        f"{BOX}.getAttribute('open') === 'open'",
    ),
    "toggle_attribute between two": (
        js.toggle_attribute("title", "a box", "a bin", to="#box"),
        f"{BOX}.title === 'a bin'",
    ),
    "transition": (
        js.transition(("during", "start", "end"), to="#box", time=100),
        "window.classes.includes('box during end')",
    ),
    "dispatch": (
        js.dispatch("app:hello", to="#box", detail={"n": 1}),
        "window.heard.includes('box 1')",
    ),
    "focus": (js.focus(to="#second"), f"{ACTIVE} === 'second'"),
    "focus_first": (js.focus_first(to="#form"), f"{ACTIVE} === 'first'"),
    "push_focus and pop_focus": (
        js.push_focus(to="#second").focus(to="#first").pop_focus(),
        f"{ACTIVE} === 'second'",
    ),
    "exec": (js.exec("data-command", to="#box"), f"{BOX}.className === 'box nested'"),
    "a chain": (
        js.hide(to="#box").add_class("x", to="#hidden").show(to="#hidden"),
        f"{BOX}.style.display === 'none' && {HIDDEN}.className === 'x'",
    ),
    "two chains in one": (
        js.add_class("a", to="#box").concat(js.add_class("b", to="#box")),
        f"{BOX}.className === 'box a b'",
    ),
}


NESTED = js.add_class("nested")


@dataclass
class Commands:
    command: JS = js
    nested: JS = NESTED


class CommandView(LiveView[Commands]):
    html = (
        PAGE
        + """
    <button id="binding" phx-click="{{ command }}">binding</button>
    <button id="server" phx-click="run">server</button>
    """
    )

    async def handle_params(self, name: str) -> None:
        self.state.command, _ = COMMANDS[name]

    @event
    async def run(self) -> None:
        self.socket.push_js(self.state.command)


WATCH = f"""
window.heard = [];
window.classes = [];
window.addEventListener("app:hello", (e) => heard.push(`${{e.target.id}} ${{e.detail.n}}`));
new MutationObserver(() => classes.push({BOX}.className)).observe({BOX}, {{attributes: true}});
"""


@pytest.mark.parametrize("origin", ["binding", "server"])
async def test_every_command_is_carried_out(
    origin: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", CommandView)
    base = serve(app)
    for name, (_, outcome) in COMMANDS.items():
        await visit(page, f"{base}/?name={quote(name)}")
        await page.evaluate(WATCH)
        await page.click(f"#{origin}")
        try:
            await page.wait_for_function(outcome, timeout=10_000)
        except TimeoutError:
            pytest.fail(f"{name}: never {outcome}, but {await page.content()}")


async def test_targets_are_found_from_the_element_itself(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        recorder(
            """
            <section class="outer"><div id="box"
              phx-click="{{ js.add_class('x', to=js.inner('.in')).add_class('y',
                to=js.closest('.outer')).add_class('z') }}"><b class="in">in</b></div></section>
            <b class="in">not this</b>
            """
        ),
    )
    await visit(page, serve(app))
    await page.click("#box")
    await expect(page.locator(".in.x")).to_have_text("in")
    await expect(page.locator("section.outer.y")).to_be_attached()
    await expect(page.locator("#box.z")).to_be_attached()


async def test_push_sends_a_value_and_marks_what_waits(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    gate = Gate()

    class PushView(recorder("")):
        html = """
            <div id="target"></div><div id="spinner"></div>
            <button id="b" phx-value-a="1" phx-click="{{ js.push('save', value={'n': [1, 2]},
                target='#target', loading='#spinner', page_loading=true) }}">save</button>
            """ + str(recorder("").html)

        async def handle_event(self, event: str, payload: Any) -> None:
            await gate.wait()
            await super().handle_event(event, payload)

    app = make_app()
    app.live("/", PushView)
    await visit(page, serve(app))
    await page.evaluate(
        "window.loading = [];"
        "for (const what of ['start', 'stop'])"
        "  window.addEventListener(`phx:page-loading-${what}`, () => loading.push(what));"
    )
    await page.click("#b")
    await expect(page.locator("#spinner.phx-click-loading")).to_be_attached()
    assert await page.evaluate("window.loading") == ["start"]
    gate.open()
    await expect_heard(page, "save", {"a": "1", "n": [1, 2], "value": ""}, count=1)
    await expect(page.locator("#spinner.phx-click-loading")).to_have_count(0)
    assert await page.evaluate("window.loading") == ["start", "stop"]


class HereView(LiveView):
    html = """
    <p id="page">{{ page }}</p>
    <button id="patch" phx-click="{{ js.patch('/here?page=2') }}">patch</button>
    <button id="navigate" phx-click="{{ js.navigate('/there') }}">navigate</button>
    <button id="replace" phx-click="{{ js.navigate('/there', replace=true) }}">replace</button>
    """

    async def handle_params(self, page: str = "1") -> None:
        self.state.page = page


class ThereView(LiveView):
    html = "<p id='page'>there</p>"


@pytest.mark.parametrize(
    ("button", "shown", "path", "history"),
    [
        ("patch", "2", "/here?page=2", 1),
        ("navigate", "there", "/there", 1),
        ("replace", "there", "/there", 0),
    ],
)
async def test_commands_navigate_over_the_open_socket(
    button: str,
    shown: str,
    path: str,
    history: int,
    page: Page,
    make_app: MakeApp,
    serve: Serve,
) -> None:
    app = make_app()
    app.live("/here", HereView)
    app.live("/there", ThereView)
    base = serve(app)
    await visit(page, base + "/here")
    await mark(page)
    length = await page.evaluate("history.length")
    await page.click(f"#{button}")
    await expect(page.locator("#page")).to_have_text(shown)
    await expect(page).to_have_url(base + path)
    assert await is_same_document(page)
    assert await page.evaluate("history.length") == length + history


class DetailsView(LiveView):
    html = """
    <details id="d" phx-mounted="{{ js.ignore_attributes(['open', 'data-*']) }}" title="{{ n }}">
      <summary>more</summary>{{ n }}
    </details>
    <button phx-click="count">count</button>
    """

    async def mount(self) -> None:
        self.state.n = 0

    @event
    async def count(self) -> None:
        self.state.n += 1


async def test_ignored_attributes_are_the_browser_s_own(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", DetailsView)
    await visit(page, serve(app))
    await page.click("summary")
    await page.evaluate("document.querySelector('#d').dataset.own = 'kept'")
    await page.click("button")
    await expect(page.locator("#d")).to_have_attribute("title", "1")
    await expect(page.locator("#d")).to_have_attribute("open", "")
    await expect(page.locator("#d")).to_have_attribute("data-own", "kept")


async def test_what_a_command_changed_survives_updates(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        recorder(
            """
            <div id="box" class="n{{ count }}">box</div>
            <button id="js" phx-click="{{ js.add_class('on', to='#box') }}">js</button>
            <button id="event" phx-click="event">event</button>
            """
        ),
    )
    await visit(page, serve(app))
    await page.click("button#js")
    await page.click("button#event")
    await expect(page.locator("#box.n1.on")).to_be_attached()


async def test_commands_alone_send_nothing(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live(
        "/", recorder('<i id="x">x</i><button phx-click="{{ js.hide(to=\'#x\') }}">-</button>')
    )
    frames = Frames(page)
    await visit(page, serve(app))
    await page.click("button")
    await expect(page.locator("#x")).to_be_hidden()
    assert frames.events() == []
