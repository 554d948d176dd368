"""On a slow line: what is typed, ticked, chosen or sent before the page has joined."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from tests.browser.pages import Gate, connected, until
from wirebird import Form, LiveComponent, LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]
Heard = list[tuple[str, dict[str, Any]]]


@dataclass
class Filled:
    values: dict[str, Any] = field(default_factory=lambda: {"i": "", "c": ""})


class FilledView(LiveView[Filled]):
    """Remembers what it is told, and shows it if `shows`."""

    heard: Heard
    gate: Gate | None = None

    async def mount(self) -> None:
        if self.gate is not None and self.socket.connected:
            await self.gate.wait()

    async def handle_event(self, event: str, payload: Any) -> None:
        self.heard.append((event, payload))
        self.state.values = self.state.values | payload


def remembering(markup: str, **attributes: Any) -> tuple[type[FilledView], Heard]:
    heard: Heard = []
    attributes = {"html": markup, "heard": heard, "__module__": __name__, **attributes}
    return type("RememberingView", (FilledView,), attributes), heard


@asynccontextmanager
async def before_the_script(page: Page, url: str) -> AsyncIterator[None]:
    """Open a page whose script comes only when the block is left, and wait until it has joined."""
    left = asyncio.Event()

    async def hold(route: Route) -> None:
        await left.wait()
        await route.continue_()

    await page.route("**/wirebird-*.js", hold)
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector("main")
    yield
    left.set()
    await connected(page)


FIELDS = """<main>
<form id="f" phx-change="changed">
  <input id="name" name="name">
  <textarea id="about" name="about">
old</textarea>
  <select id="color" name="color"><option>red</option><option>green</option></select>
  <select id="langs" name="langs[]" multiple>
    <option selected>py</option><option>js</option><option>ex</option></select>
  <input type="checkbox" id="terms" name="terms" value="yes">
  <input type="checkbox" id="news" name="news" value="yes" checked>
  <input type="radio" id="s" name="size" value="s" checked>
  <input type="radio" id="l" name="size" value="l">
  <input type="password" id="secret" name="secret">
  <input id="untouched" name="untouched" value="as it was">
</form></main>
"""


async def test_every_kind_of_field_keeps_what_was_in_it_and_the_view_is_told(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(FIELDS)
    app = make_app()
    app.live("/", view)
    async with before_the_script(page, serve(app)):
        await page.fill("#name", "Ada")
        await page.fill("#about", "new")
        await page.select_option("#color", "green")
        await page.select_option("#langs", ["js", "ex"])
        await page.check("#terms")
        await page.uncheck("#news")
        await page.check("#l")
        await page.fill("#secret", "sesame")
    filled = {
        "name": "Ada",
        "about": "new",
        "color": "green",
        "langs": ["js", "ex"],
        "terms": "yes",
        "size": "l",
        "secret": "sesame",
        "_unused_untouched": "",
        "untouched": "as it was",
    }
    targets = ["name", "about", "color", "langs", "terms", "news", "size", "secret"]
    await until(lambda: len(heard) == len(targets), "every field is told")
    assert [payload.pop("_target")[0] for _, payload in heard] == targets
    assert heard[-1] == ("changed", filled)
    for name, value in {"name": "Ada", "about": "new", "color": "green"}.items():
        await expect(page.locator(f"#{name}")).to_have_value(value)
    await expect(page.locator("#langs")).to_have_values(["js", "ex"])
    await expect(page.locator("#terms")).to_be_checked()
    await expect(page.locator("#news")).not_to_be_checked()
    await expect(page.locator("#l")).to_be_checked()
    await expect(page.locator("#secret")).to_have_value("sesame")


async def test_who_is_still_typing_when_the_page_joins_types_on(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    gate = Gate()
    view, heard = remembering(
        '<main><form id="f" phx-change="changed">'
        '<input id="i" name="i" value="{{ values.i }}"></form></main>',
        gate=gate,
    )
    app = make_app()
    app.live("/", view)
    await page.goto(serve(app))
    await page.focus("#i")
    await page.keyboard.type("before")
    await page.keyboard.press("ArrowLeft")
    gate.open()
    await connected(page)
    await until(lambda: heard, "the view is told")
    assert heard == [("changed", {"_target": ["i"], "i": "before"})]
    await expect(page.locator("#i")).to_be_focused()
    await page.keyboard.type("-")
    await expect(page.locator("#i")).to_have_value("befor-e")


async def test_a_page_in_which_nobody_did_anything_says_nothing(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(FIELDS + '<button phx-click="ping">ping</button>')
    app = make_app()
    app.live("/", view)
    async with before_the_script(page, serve(app)):
        pass
    await page.click("button")
    await until(lambda: heard, "the click is told")
    assert [event for event, _ in heard] == ["ping"]


@pytest.mark.parametrize(
    "form", ['<form id="f" phx-submit="save">', "<form>", '<form phx-change="changed">', "<div>"]
)
async def test_fields_of_which_the_view_is_not_told_keep_what_was_typed(
    form: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, _ = remembering(
        f'<main>{form}<input id="i" name="i"><p>{{{{ socket.connected }}}}</p></main>'
    )
    app = make_app()
    app.live("/", view)
    async with before_the_script(page, serve(app)):
        await page.fill("#i", "typed")
    await expect(page.locator("p")).to_have_text("True")
    await expect(page.locator("#i")).to_have_value("typed")


class FormComponent(LiveComponent[Filled]):
    heard: Heard

    html = """<div><form id="in-component" phx-change="changed" phx-target="{{ myself }}">
    <input id="c" name="c" value="{{ values.c }}" phx-debounce="blur"></form></div>"""

    async def handle_event(self, event: str, payload: Any) -> None:
        self.heard.append((event, payload))
        self.state.values = payload


class ChildView(FilledView):
    html = '<form id="in-child" phx-change="changed"><input id="n" name="n"></form>'


async def test_components_and_nested_views_are_told_what_is_theirs(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    component = type("FormComponent", (FormComponent,), {"heard": []})
    child = type("ChildView", (ChildView,), {"heard": []})
    view, heard = remembering(
        '<main><form id="f" phx-change="changed"><input id="a" name="a"></form></main>'
        '{{ live_component(FormComponent, id="one") }}{{ live_render(ChildView, id="kid") }}'
    )
    app = make_app()
    app.components(component, child)
    app.live("/", view)
    async with before_the_script(page, serve(app)):
        for name in "acn":
            await page.fill(f"#{name}", f"typed in {name}")
        await page.locator("#n").blur()
    for name, told in {"a": heard, "c": component.heard, "n": child.heard}.items():
        await until(lambda told=told: told, f"{name} is told")
        assert told == [("changed", {"_target": [name], name: f"typed in {name}"})]
        await expect(page.locator(f"#{name}")).to_have_value(f"typed in {name}")


async def test_a_form_that_is_sent_while_the_page_joins_is_sent_once_it_has(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    gate = Gate()
    view, heard = remembering(
        '<main><form id="f" phx-submit="save"><input id="i" name="i">'
        '<button id="b" name="by" value="b">Save</button></form></main>',
        gate=gate,
    )
    app = make_app()
    app.live("/", view)
    await page.goto(serve(app))
    await page.evaluate("wirebird.ready")
    await page.fill("#i", "typed")
    await page.click("#b")
    await page.click("#b")
    assert heard == []
    gate.open()
    await until(lambda: heard, "the form is sent")
    await connected(page)
    assert heard == [("save", {"i": "typed", "by": "b"})]


FILES: list[FilePayload] = [
    {"name": f"{letter}.txt", "mimeType": "text/plain", "buffer": b"x"} for letter in "ab"
]


class FilesView(LiveView):
    html = """<main><form id="f" phx-change="changed" phx-submit="save">
    {{ ui.live_file_input(uploads.photos) }}</form>
    <ul>{% for entry in uploads.photos.entries %}<li>{{ entry.client_name }}</li>{% endfor %}</ul>
    </main>"""

    async def mount(self, many: bool = False) -> None:
        self.socket.allow_upload("photos", accept=[".txt"], max_entries=3 if many else 1)

    async def handle_event(self, event: str, payload: Any) -> None:
        pass


@pytest.mark.parametrize("many", [False, True])
async def test_files_that_were_chosen_early_are_chosen(
    many: bool, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", FilesView)
    files = FILES if many else FILES[:1]
    async with before_the_script(page, f"{serve(app)}?many={json.dumps(many)}"):
        await page.set_input_files("input[type=file]", files)
    await expect(page.locator("li")).to_have_text([file["name"] for file in files])


HOOKS = """
export const Chosen = {
  mounted() {
    this.el.addEventListener("change", () => {
      this.pushEvent("chosen", {name: this.el.files[0].name});
    });
  },
};
"""


async def test_a_hook_hears_of_what_was_done_before_it_was_there(
    page: Page, make_app: MakeApp, serve: Serve, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks.js"
    hooks.write_text(HOOKS)
    view, heard = remembering('<main><input id="file" type="file" phx-hook="Chosen"></main>')
    app = make_app(scripts=[hooks])
    app.live("/", view)
    async with before_the_script(page, serve(app)):
        await page.set_input_files("#file", FILES[:1])
    await until(lambda: heard, "the hook has heard")
    assert heard == [("chosen", {"name": "a.txt"})]


@dataclass
class SignUp:
    name: str
    about: str
    password: str


@dataclass
class Signing:
    form: Form[SignUp]
    told: str = ""


class SignUpView(LiveView[Signing]):
    html = """<main><p>{{ told }}</p>
    {% call ui.form(for=form, on_change="check", on_submit="save", actions=ui.button("Save")) %}
      {{ ui.input(form["name"], label="Name") }}
      {{ ui.input(form.about, type="textarea", label="About") }}
      {{ ui.input(form.password, type="password", label="Password") }}
    {% endcall %}</main>"""

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)
        self.state.told = ", ".join(str(self.state.form[name].value) for name in ("name", "about"))

    @event
    async def save(self) -> None:
        pass


async def test_a_form_that_is_sent_before_the_script_is_there_is_on_the_page_again(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", SignUpView)
    url = serve(app)
    async with before_the_script(page, url + "/?from=there"):
        await page.get_by_label("About").fill("An <engineer>,\nnot a poet")
        await page.get_by_label("Password").fill("sesame")
        await page.get_by_label("Name").fill("Ada")
        async with page.expect_response(lambda response: response.request.method == "POST"):
            await page.keyboard.press("Enter")
        await expect(page.get_by_label("Name")).to_have_value("Ada")
        await expect(page.get_by_label("Password")).to_have_value("")
    assert page.url == url + "/?from=there"
    await expect(page.locator("p")).to_have_text("Ada, An <engineer>, not a poet")
    await expect(page.get_by_label("Name")).to_have_value("Ada")
    await expect(page.get_by_label("About")).to_have_value("An <engineer>,\nnot a poet")
    # As any page: loaded anew it is asked for, and not sent again.
    async with page.expect_response(lambda response: response.url == page.url) as loading:
        await page.reload()
    assert (await loading.value).request.method == "GET"
