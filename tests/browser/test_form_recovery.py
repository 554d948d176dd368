"""Forms of a view that begins anew: what was in them comes back, and the view hears of it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, connected, until, visit
from wirebird import LiveComponent, LiveView, Wirebird

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]
Heard = list[tuple[str, dict[str, Any]]]


class Values(dict[str, Any]):
    """A form's values; fields that nobody filled in are empty."""

    def __init__(self, values: dict[str, Any]) -> None:
        nested = {name: Values(value) for name, value in values.items() if isinstance(value, dict)}
        super().__init__(values | nested)

    def __missing__(self, name: str) -> str:
        return ""


@dataclass
class Filled:
    form: Values = field(default_factory=lambda: Values({"user": {}}))


class FilledView(LiveView[Filled]):
    """Shows what it was told last, and remembers all that it was told."""

    heard: Heard

    async def handle_event(self, event: str, payload: Any) -> None:
        self.heard.append((event, payload))
        self.state.form = Values(self.state.form | payload)


def remembering(markup: str, **attributes: Any) -> tuple[type[FilledView], Heard]:
    """Return a view with some markup, and the list of what it hears, whoever it speaks to."""
    heard: Heard = []
    attributes = {"html": markup, "heard": heard, "__module__": __name__, **attributes}
    return type("RememberingView", (FilledView,), attributes), heard


async def lose_the_line(page: Page, frames: Frames) -> None:
    """Close the socket and open it again."""
    joins = frames.joins()
    await page.evaluate(
        "new Promise(done => liveSocket.disconnect(done)).then(() => liveSocket.connect())"
    )
    await until(lambda: frames.joins() > joins, "the page joins again")
    await connected(page)


EVERYTHING = """
<form id="f" phx-change="changed" phx-submit="saved">
  <input type="hidden" name="user[id]" value="7">
  <input type="text" name="user[name]" id="name" value="{{ form.user.name }}">
  <textarea name="user[about]" id="about">
{{ form.user.about }}</textarea>
  <select name="user[color]" id="color">
    {% for each in ["red", "green", "blue"] %}
    <option {{ "selected" if each == form.user.color }}>{{ each }}</option>
    {% endfor %}
  </select>
  <select name="user[langs][]" id="langs" multiple>
    {% for each in ["py", "js", "ex"] %}
    <option {{ "selected" if each in (form.user.langs or []) }}>{{ each }}</option>
    {% endfor %}
  </select>
  <input type="hidden" name="user[ok]" value="false">
  <input type="checkbox" name="user[ok]" id="ok" value="true"
         {{ "checked" if form.user.ok == "true" }}>
  {% for each in ["x", "y", "z"] %}
  <input type="checkbox" name="user[tags][]" id="{{ each }}" value="{{ each }}"
         {{ "checked" if each in (form.user.tags or []) }}>
  {% endfor %}
  {% for each in ["s", "l"] %}
  <input type="radio" name="user[size]" id="{{ each }}" value="{{ each }}"
         {{ "checked" if form.user.size == each }}>
  {% endfor %}
  <input type="text" name="user[untouched]" id="untouched" value="as it was">
  <fieldset disabled><input name="user[locked]" value="no"></fieldset>
  <button id="save" name="action" value="save">save</button>
</form>
<input form="f" name="user[outside]" id="outside" value="{{ form.user.outside }}">
"""


async def test_every_kind_of_field_is_recovered_with_what_was_in_it(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(EVERYTHING)
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#name", "Ada & Søn 🦆")
    await page.fill("#about", "\nfirst\n\nlast")
    await page.select_option("#color", "green")
    await page.select_option("#langs", ["py", "ex"])
    await page.check("#ok")
    await page.check("#x")
    await page.check("#z")
    await page.check("#l")
    await page.fill("#outside", "out")
    filled = {
        "id": "7",
        "name": "Ada & Søn 🦆",
        "about": "\nfirst\n\nlast",
        "color": "green",
        "langs": ["py", "ex"],
        "ok": "true",
        "tags": ["x", "z"],
        "size": "l",
        "_unused_untouched": "",
        "untouched": "as it was",
        "outside": "out",
    }
    await until(lambda: heard[-1][1]["user"].get("outside") == "out", "all is told")
    assert heard[-1][1]["user"] == filled
    heard.clear()
    await lose_the_line(page, frames)
    assert heard == [("changed", {"_target": ["user", "name"], "user": filled})]
    await expect(page.locator("#name")).to_have_value("Ada & Søn 🦆")
    await expect(page.locator("#color")).to_have_value("green")
    await expect(page.locator("#langs")).to_have_values(["py", "ex"])
    await expect(page.locator("#ok")).to_be_checked()
    await expect(page.locator("#z")).to_be_checked()
    await expect(page.locator("#y")).not_to_be_checked()
    await expect(page.locator("#l")).to_be_checked()
    await expect(page.locator("#outside")).to_have_value("out")
    await expect(page.locator("#untouched")).to_have_value("as it was")


async def test_a_form_that_was_sent_has_only_used_fields_when_it_is_recovered(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(
        '<form id="f" phx-change="changed" phx-submit="saved">'
        '<input id="a" name="a"><input name="b"><button>save</button></form>'
    )
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#a", "1")
    await until(lambda: heard, "the change is told")
    assert heard.pop() == ("changed", {"_target": ["a"], "a": "1", "_unused_b": "", "b": ""})
    await page.click("button")
    await until(lambda: heard, "the form is sent")
    heard.clear()
    await lose_the_line(page, frames)
    [(_, recovered)] = heard
    assert not any(name.startswith("_unused_") for name in recovered)


FORMS = """
<form id="default" phx-change="changed"><input id="a" name="a" value="{{ form.a }}"></form>
<form id="own" phx-change="changed" phx-auto-recover="recover">
  <input id="b" name="b" value="{{ form.b }}"></form>
<form id="commands" phx-change="{{ js.push('changed', value={'from': 'js'}) }}">
  <input id="c" name="c" value="{{ form.c }}"></form>
<form id="ignored" phx-change="changed" phx-auto-recover="ignore">
  <input id="d" name="d" value="{{ form.d }}"></form>
<form phx-change="changed"><input id="e" name="e" value="{{ form.e }}"></form>
<form id="unbound" phx-submit="saved"><input id="f" name="f" value="{{ form.f }}"></form>
<form id="values" phx-change="changed" phx-value-step="2">
  <input id="g" name="g" value="{{ form.g }}"></form>
<form id="empty" phx-change="changed"></form>
"""


async def test_forms_are_recovered_as_they_say(page: Page, make_app: MakeApp, serve: Serve) -> None:
    view, heard = remembering(FORMS)
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    for name in "abcdefg":
        await page.fill(f"#{name}", f"typed in {name}")
    await until(lambda: len(heard) == 6, "all changes are told")
    heard.clear()
    await lose_the_line(page, frames)
    assert heard == [
        ("changed", {"_target": ["a"], "a": "typed in a"}),
        ("recover", {"_target": ["b"], "b": "typed in b"}),
        ("changed", {"_target": ["c"], "c": "typed in c", "from": "js"}),
        ("changed", {"_target": ["g"], "g": "typed in g", "step": "2"}),
    ]
    for name in "abcg":
        await expect(page.locator(f"#{name}")).to_have_value(f"typed in {name}")
    for name in "de":
        await expect(page.locator(f"#{name}")).to_have_value("")


async def test_a_form_that_has_changed_meanwhile_is_not_recovered(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    versions = iter(["old", "old", "new"])

    async def mount(self: FilledView) -> None:
        self.state.form = Values({"version": next(versions)})

    view, heard = remembering(
        '<form id="f" phx-change="{{ form.version }}"><input id="i" name="i"></form>', mount=mount
    )
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#i", "x")
    await until(lambda: heard, "the change is told")
    heard.clear()
    await lose_the_line(page, frames)
    assert heard == []


class FormComponent(LiveComponent[Filled]):
    heard: Heard = []  # noqa: RUF012 - each test has a class of its own

    html = """
    <div>
      <form id="in-component" phx-change="changed" phx-target="{{ myself }}">
        <input id="c" name="c" value="{{ form.c }}">
      </form>
    </div>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        self.heard.append((event, payload))
        self.state.form = Values(payload)


class ChildView(FilledView):
    html = """
    <form id="in-child" phx-change="changed">
      <input id="n" name="n" value="{{ form.n }}"><input name="rest">
    </form>
    """


async def test_forms_in_components_and_nested_views_are_recovered_where_they_are(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    component = type("FormComponent", (FormComponent,), {"heard": []})
    child = type("ChildView", (ChildView,), {"heard": []})
    view, heard = remembering(
        '<form id="f" phx-change="changed"><input id="a" name="a" value="{{ form.a }}"></form>'
        '{{ live_component(FormComponent, id="one") }}{{ live_render(ChildView, id="kid") }}'
    )
    app = make_app(linger=0)
    app.components(component, child)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await expect(page.locator("#kid.phx-connected")).to_be_attached()
    for name in "acn":
        await page.fill(f"#{name}", f"typed in {name}")
    all_heard = (heard, component.heard, child.heard)
    await until(lambda: all(all_heard), "all changes are told")
    for each in all_heard:
        each.clear()
    await lose_the_line(page, frames)
    await expect(page.locator("#kid.phx-connected")).to_be_attached()
    assert heard == [("changed", {"_target": ["a"], "a": "typed in a"})]
    assert component.heard == [("changed", {"_target": ["c"], "c": "typed in c"})]
    await until(lambda: child.heard, "the nested view's form is recovered")
    assert child.heard == [
        ("changed", {"_target": ["n"], "n": "typed in n", "_unused_rest": "", "rest": ""})
    ]
    for name in "acn":
        await expect(page.locator(f"#{name}")).to_have_value(f"typed in {name}")


async def test_a_crash_of_the_view_is_survived_by_what_was_typed(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    async def handle_event(self: FilledView, event: str, payload: Any) -> None:
        if event == "crash":
            raise RuntimeError("meant to be")
        await FilledView.handle_event(self, event, payload)

    view, heard = remembering(
        '<form id="f" phx-change="changed"><input id="i" name="i" value="{{ form.i }}"></form>'
        '<button phx-click="crash">crash</button>',
        handle_event=handle_event,
    )
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#i", "typed")
    await until(lambda: heard, "the change is told")
    heard.clear()
    await page.click("button")
    await until(lambda: heard, "the form is recovered")
    assert frames.joins() == 2
    assert heard == [("changed", {"_target": ["i"], "i": "typed"})]
    await connected(page)
    await expect(page.locator("#i")).to_have_value("typed")


async def test_a_form_that_crashes_its_view_is_not_recovered_for_ever(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    async def handle_event(self: FilledView, event: str, payload: Any) -> None:
        await FilledView.handle_event(self, event, payload)
        if payload.get("i") == "bad":
            raise RuntimeError("meant to be")

    view, heard = remembering(
        '<form id="f" phx-change="changed"><input id="i" name="i"></form><p>{{ form.i }}</p>',
        handle_event=handle_event,
    )
    app = make_app(linger=0)
    app.live("/", view)
    await visit(page, serve(app))
    await page.fill("#i", "bad")
    await until(lambda: len(heard) == 2, "the form is recovered once")
    await connected(page)
    await page.fill("#i", "good")
    await expect(page.locator("p")).to_have_text("good")
    assert [payload["i"] for _, payload in heard] == ["bad", "bad", "good"]


@pytest.mark.parametrize("debounce", ["", 'phx-debounce="60000"', 'phx-debounce="blur"'])
async def test_what_is_typed_while_the_line_is_lost_is_told_when_it_is_back(
    debounce: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(
        f'<form id="f" phx-change="changed"><input id="i" name="i" value="{{{{ form.i }}}}"'
        f" {debounce} phx-no-unused-field></form>"
    )
    app = make_app(linger=0)
    app.live("/", view)
    await visit(page, serve(app))
    await page.focus("#i")
    await page.keyboard.type("before, ")
    await page.evaluate("new Promise(done => liveSocket.disconnect(done))")
    heard.clear()
    await page.keyboard.type("meanwhile")
    await page.keyboard.press("ArrowLeft")
    await page.evaluate("liveSocket.connect()")
    await until(lambda: heard, "the form is recovered")
    await connected(page)
    assert heard == [("changed", {"_target": ["i"], "i": "before, meanwhile"})]
    await expect(page.locator("#i")).to_have_value("before, meanwhile")
    await expect(page.locator("#i")).to_be_focused()
    await page.keyboard.type("-")
    await expect(page.locator("#i")).to_have_value("before, meanwhil-e")


ROWS = """
<form id="f" phx-change="changed">
  <input id="title" name="title" value="{{ form.title }}">
  {% if form.row %}
  <input id="row" name="row" value="{{ form.row }}" phx-no-unused-field {{ debounce }}>{% endif %}
</form>
"""
# Somebody types in the row, and then a script changes the title: the browser still owes the row's
# "change", and reports it when the row leaves the page.
SCRIPT = """() => {
  const title = document.querySelector("#title");
  title.value = "by a script";
  title.dispatchEvent(new Event("input", {bubbles: true}));
}"""


@pytest.mark.parametrize("debounce", ["", 'phx-debounce="blur"', 'phx-debounce="60000"'])
async def test_a_row_that_recovery_brings_back_says_nothing_when_it_leaves(
    debounce: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view, heard = remembering(ROWS.replace("{{ debounce }}", debounce))
    app = make_app(linger=0)
    app.live("/", view)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#title", "typed")
    await page.evaluate(
        "liveSocket.execJS(document.querySelector('form'),"
        " JSON.stringify([['push', {event: 'add', value: {row: 'new'}}]]))"
    )
    await page.focus("#row")
    await page.keyboard.press("End")
    await page.keyboard.type("er")
    await page.evaluate(SCRIPT)
    await page.keyboard.press("ArrowLeft")
    await until(lambda: heard[-1][1].get("title") == "by a script", "the script's change is told")
    heard.clear()
    await lose_the_line(page, frames)
    assert heard == [("changed", {"_target": ["title"], "title": "by a script", "row": "newer"})]
    await expect(page.locator("#title")).to_have_value("by a script")
    await expect(page.locator("#row")).to_have_value("newer")
    await expect(page.locator("#row")).to_be_focused()
    await page.keyboard.type("-")
    await expect(page.locator("#row")).to_have_value("newe-r")


async def test_a_field_that_the_server_takes_away_is_no_change_of_the_form(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    async def handle_event(self: FilledView, event: str, payload: Any) -> None:
        payload = {"row": ""} if event == "drop" else payload
        await FilledView.handle_event(self, event, payload)

    view, heard = remembering(ROWS.replace("{{ debounce }}", ""), handle_event=handle_event)
    app = make_app(linger=0)
    app.live("/", view)
    await visit(page, serve(app))
    push = "liveSocket.execJS(document.querySelector('form'), JSON.stringify([['push', %s]]))"
    await page.evaluate(push % "{event: 'add', value: {title: '', row: 'new'}}")
    await page.focus("#row")
    await page.keyboard.press("End")
    await page.keyboard.type("er")
    await page.evaluate(SCRIPT)
    await until(lambda: heard[-1][1].get("title") == "by a script", "the script's change is told")
    heard.clear()
    await page.evaluate(push % "{event: 'drop'}")
    await expect(page.locator("#row")).to_have_count(0)
    await page.evaluate(push % "{event: 'last'}")
    await until(lambda: heard[-1:] and heard[-1][0] == "last", "the last event is told")
    assert [event for event, _ in heard] == ["drop", "last"]
