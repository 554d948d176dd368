"""The test client sends what a browser sends: of the same page, after the same actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.browser.pages import visit
from wirebird import LiveView, Wirebird
from wirebird.testing import LiveClient, View

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class Person(Protocol):
    """What can be done to a page, in a browser or in a test."""

    async def fill(self, selector: str, value: str) -> None: ...
    async def choose(self, selector: str, *values: str) -> None: ...
    async def click(self, selector: str) -> None: ...
    async def enter(self, selector: str) -> None: ...
    async def reconnect(self) -> None: ...


SET_VALUE = """(el, value) => {
    el.value = value;
    el.dispatchEvent(new Event("input", {bubbles: true}));
}"""

Actions: TypeAlias = Callable[[Person], Awaitable[None]]


@dataclass
class InBrowser:
    """Somebody with a browser, who waits for the answer to each thing that they do."""

    page: Page
    heard: list[Any]

    async def fill(self, selector: str, value: str) -> None:
        if "\n" in value:  # of which Playwright's fill() would make several events
            await self.page.focus(selector)
            await self.page.eval_on_selector(selector, SET_VALUE, value)
        else:
            await self.page.fill(selector, value)
        await self._answered()

    async def choose(self, selector: str, *values: str) -> None:
        await self.page.select_option(selector, list(values))
        await self._answered()

    async def click(self, selector: str) -> None:
        await self.page.click(selector)
        await self._answered()

    async def enter(self, selector: str) -> None:
        await self.page.press(selector, "Enter")
        await self._answered()

    async def reconnect(self) -> None:
        await self.page.evaluate("new Promise(done => liveSocket.disconnect(done))")
        await self.page.evaluate("liveSocket.connect()")
        await expect(self.page.locator("[data-phx-main].phx-connected")).to_be_attached()
        await self._answered()

    async def _answered(self) -> None:
        # A reset tells its form in the next frame.
        await self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
        )
        await expect(self.page.locator("[data-phx-ref-src]")).to_have_count(0)


@dataclass
class InTest:
    """The test client."""

    view: View

    async def fill(self, selector: str, value: str) -> None:
        await self.view.change(selector, value)

    async def choose(self, selector: str, *values: str) -> None:
        many = "multiple" in self.view.element(selector).attributes
        await self.view.change(selector, list(values) if many else values[0])

    async def click(self, selector: str) -> None:
        await self.view.click(selector)

    async def enter(self, selector: str) -> None:
        await self.view.submit("#f")

    async def reconnect(self) -> None:
        await self.view.disconnect()
        await self.view.reconnect()


class Listener(LiveView):
    """Remembers what it hears, and leaves the page as it is."""

    heard: list[tuple[str, Any]]

    async def handle_event(self, event: str, payload: Any) -> None:
        self.heard.append((event, payload))


FORM = """
<form id="f" phx-change="changed" phx-submit="saved" phx-value-step="2"
      action="/done" method="post">
  <input type="hidden" name="u[id]" value="7">
  <input id="name" name="u[name]" value="Ada">
  <input id="untyped" name="u[untyped]" type="unheard-of">
  <input id="number" type="number" name="u[number]" value="5">
  <input id="date" type="date" name="u[date]">
  <input id="free" name="free" phx-no-unused-field>
  <input id="nameless" value="x">
  <textarea id="about" name="u[about]">
me &amp; you
two</textarea>
  <select id="color" name="u[color]">
    <option>red</option><option value="g"> green </option><option disabled>grey</option>
    <optgroup label="more"><option>blue</option></optgroup>
  </select>
  <select id="langs" name="u[langs][]" multiple><option selected>py</option><option>js</option>
    <option selected>ex</option></select>
  <select id="none" name="none"></select>
  <select id="all-off" name="all_off"><option disabled>a</option></select>
  <input type="hidden" name="u[ok]" value="false">
  <input id="ok" type="checkbox" name="u[ok]" value="true">
  <input id="on" type="checkbox" name="on">
  <input id="x" type="checkbox" name="u[tags][]" value="x">
  <input id="y" type="checkbox" name="u[tags][]" value="y" checked>
  <input id="s" type="radio" name="u[size]" value="s">
  <input id="l" type="radio" name="u[size]" value="l">
  <fieldset disabled><legend><input id="legend" name="legend" value="in"></legend>
    <input name="u[locked]" value="no"></fieldset>
  <input name="u[off]" value="no" disabled>
  <input name="u[fixed]" value="fixed" readonly>
  <input type="file" name="file">
  <input id="same" name="same" value="1"><input name="same" value="2">
  <datalist><input name="listed" value="no"></datalist>
  <input type="image" id="image" name="image" alt="send">
  <input type="button" name="nothing" value="nothing">
  <button id="first" name="do" value="first">first</button>
  <button id="second" name="do" value="second">second</button>
  <button id="mute">mute</button>
  <button id="reset" type="reset" name="again">again</button>
  <input type="submit" id="input" name="do">
</form>
<input id="outside" form="f" name="u[outside]" value="out">
<button id="elsewhere" form="f" name="do" value="elsewhere">elsewhere</button>
<form id="own">
  <input id="q" name="q" phx-change="asked"><input name="rest" value="r">
  <input id="box" type="checkbox" name="box[]" value="1" phx-change="asked">
  <input id="box2" type="checkbox" name="box[]" value="2" checked>
</form>
<form id="plain" phx-change="changed" phx-no-unused-field>
  <input id="p" name="p"><input name="rest" value="a&b=c d+é%">
</form>
<form id="inner-reset" phx-change="changed">
  <input id="r" name="r" value="was"><input id="rb" type="reset" name="rb" value="again">
</form>
"""


ACTIONS: dict[str, Actions] = {}


def action(function: Actions) -> Actions:
    ACTIONS[function.__name__] = function
    return function


@action
async def a_text(person: Person) -> None:
    await person.fill("#name", "Grace & co 🦆")
    await person.fill("#about", "\nfirst\n")
    await person.fill("#free", "x")
    await person.fill("#untyped", "y")


@action
async def numbers_and_dates(person: Person) -> None:
    await person.fill("#number", "7.5")
    await person.fill("#date", "1906-12-09")
    await person.fill("#number", "")


@action
async def a_select(person: Person) -> None:
    await person.choose("#color", "g")
    await person.choose("#color", "blue")
    await person.choose("#langs", "js", "ex")
    await person.choose("#langs")


@action
async def boxes(person: Person) -> None:
    await person.click("#ok")
    await person.click("#on")
    await person.click("#x")
    await person.click("#y")
    await person.click("#ok")


@action
async def radios(person: Person) -> None:
    await person.click("#s")
    await person.click("#l")


@action
async def fields_in_odd_places(person: Person) -> None:
    await person.fill("#outside", "x")
    await person.fill("#legend", "y")
    await person.fill("#nameless", "z")
    await person.fill("#same", "3")


@action
async def the_first_button(person: Person) -> None:
    await person.fill("#name", "x")
    await person.click("#first")
    await person.fill("#about", "after")


@action
async def the_second_button(person: Person) -> None:
    await person.click("#second")


@action
async def a_button_without_a_name(person: Person) -> None:
    await person.click("#mute")


@action
async def an_input_as_a_button(person: Person) -> None:
    await person.click("#input")


@action
async def a_button_elsewhere(person: Person) -> None:
    await person.click("#elsewhere")


@action
async def enter(person: Person) -> None:
    await person.fill("#name", "x")
    await person.enter("#name")


@action
async def a_reset(person: Person) -> None:
    await person.fill("#name", "x")
    await person.click("#y")
    await person.click("#reset")
    await person.fill("#about", "after")


@action
async def a_reset_after_it_was_sent(person: Person) -> None:
    await person.click("#first")
    await person.click("#reset")


@action
async def a_reset_by_an_input(person: Person) -> None:
    await person.fill("#r", "now")
    await person.click("#rb")


@action
async def inputs_with_a_binding_of_their_own(person: Person) -> None:
    await person.fill("#q", "x")
    await person.click("#box")
    await person.click("#box")


@action
async def a_form_without_marks(person: Person) -> None:
    await person.fill("#p", "x")


@action
async def a_recovery(person: Person) -> None:
    await person.fill("#name", "x")
    await person.fill("#q", "x")
    await person.fill("#p", "y")
    await person.reconnect()
    await person.fill("#about", "after")


def listening(make_app: MakeApp, routes: list[Route]) -> tuple[Wirebird, list[Any]]:
    heard: list[Any] = []
    attributes = {"html": FORM, "heard": heard, "__module__": __name__}
    app = make_app(routes=routes)
    app.live("/", type("ListenerView", (Listener,), attributes))
    return app, heard


@pytest.mark.parametrize("name", ACTIONS)
async def test_a_browser_and_the_test_client_send_the_same(
    name: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, heard = listening(make_app, [])
    await visit(page, serve(app))
    await ACTIONS[name](InBrowser(page, heard))
    by_browser = list(heard)
    heard.clear()
    async with LiveClient(app) as client:
        await ACTIONS[name](InTest(await client.live("/")))
    assert heard == by_browser
    assert heard


class Changing(Listener):
    """Shows how often it was told something, and one field's value."""

    async def mount(self) -> None:
        self.state.count, self.state.name = 0, ""

    async def handle_event(self, event: str, payload: Any) -> None:
        await super().handle_event(event, payload)
        self.state.count += 1
        self.state.name = payload.get("name", "").strip()


CHANGING = """
<p>{{ count }}</p>
<form id="f" phx-change="changed" phx-submit="saved">
  <input id="name" name="name" value="{{ name }}"><input id="lost" name="lost">
  <input id="kept" name="kept" phx-update="ignore">
  <input id="box" type="checkbox" name="box"><button id="save">save</button>
</form>
<button id="click" phx-click="clicked">click</button>
"""


async def what_the_page_puts_back(person: Person) -> None:
    await person.fill("#lost", "1")
    await person.fill("#kept", "2")
    await person.fill("#name", " Ada ")
    await person.fill("#lost", "3")
    await person.fill("#lost", "4")
    await person.click("#box")
    await person.fill("#name", " Ada ")
    await person.click("#save")
    await person.fill("#lost", "5")
    await person.click("#click")
    await person.click("#save")


async def test_a_browser_and_the_test_client_forget_the_same(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    heard: list[Any] = []
    app = make_app()
    app.live("/", type("ChangingView", (Changing,), {"html": CHANGING, "heard": heard}))
    await visit(page, serve(app))
    await what_the_page_puts_back(InBrowser(page, heard))
    by_browser = list(heard)
    heard.clear()
    async with LiveClient(app) as client:
        await what_the_page_puts_back(InTest(await client.live("/")))
    assert heard == by_browser


@pytest.mark.parametrize("button", ["#first", "#mute", "#elsewhere"])
async def test_a_browser_and_the_test_client_post_the_same(
    button: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    bodies: list[str] = []

    async def done(request: Request) -> HTMLResponse:
        bodies.append((await request.body()).decode())
        return HTMLResponse("done")

    app, _ = listening(make_app, [Route("/done", done, methods=["POST"])])
    await visit(page, serve(app))
    await page.eval_on_selector("#f", "form => form.removeAttribute('phx-submit')")
    await page.eval_on_selector("#f", "form => form.removeAttribute('phx-change')")
    await page.eval_on_selector("#about", "el => el.value = 'a\\nb'")
    async with page.expect_navigation():
        await page.click(button)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit_action("#f", {"u[about]": "a\nb"}, submitter=button)
    assert bodies[0] == bodies[1]
