"""What a person types, selects and opens stays theirs while the server changes the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, visit
from wirebird import LiveComponent, LiveView, Wirebird, event, info

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

TEXT = "The quick brown fox"


class Tick:
    """What the timer says."""


@dataclass
class Ticking:
    ticks: int = 0
    value: str = ""
    changes: int = 0
    heard: list[Any] = field(default_factory=list)


class TickingView(LiveView[Ticking]):
    """Changes its page all the time, and what is in its fields, too."""

    async def mount(self) -> None:
        self.socket.every(Tick(), 0.01)

    @info
    async def on_tick(self, message: Tick) -> None:
        self.state.ticks += 1

    @event
    async def changed(self, payload: dict[str, Any]) -> None:
        self.state.changes += 1
        self.state.heard = [value for key, value in payload.items() if not key.startswith("_")]
        value = self.state.heard[0] if self.state.heard else ""
        self.state.value = value if isinstance(value, str) else ",".join(value)


AFTER = """
<output id="ticks">{{ ticks }}</output>
<output id="value">{{ value }}</output>
<output id="changes">{{ changes }}</output>
"""


def ticking(markup: str, **attributes: Any) -> type[TickingView]:
    """Return a view that changes all the time, with some markup."""
    return type(
        "MarkedTickingView",
        (TickingView,),
        {"html": markup + AFTER, "__module__": __name__, **attributes},
    )


async def some_ticks(page: Page, count: int = 5) -> None:
    """Wait until the page has been changed a few times."""
    wanted = int(await page.locator("#ticks").inner_text()) + count
    await page.wait_for_function(
        "wanted => +document.getElementById('ticks').textContent >= wanted", arg=wanted
    )


async def caret(page: Page, selector: str) -> list[int]:
    """Return where the selection of a field begins and ends."""
    return await page.eval_on_selector(selector, "el => [el.selectionStart, el.selectionEnd]")


class FieldComponent(LiveComponent[Ticking]):
    html = """
    <section>
      <form id="f" phx-change="changed" phx-target="{{ myself }}">
        <b>{{ changes }}</b><input id="i" name="i" value="{{ value }}">
      </form>
    </section>
    """

    @event
    async def changed(self, i: str) -> None:
        self.state.changes += 1
        self.state.value = i


INPUT = '<input id="i" name="i" value="{{ value }}"'
FIELDS = {
    "a text input": f'<form id="f" phx-change="changed">{INPUT}></form>',
    "a text input whose value the server changes": (
        '<form id="f" phx-change="changed">'
        '<input id="i" name="i" value="{{ value | upper }} {{ ticks }}"></form>'
    ),
    "a text input without an id": (
        '<form id="f" phx-change="changed">'
        '<i>{{ ticks }}</i><input class="i" name="i" value="{{ value }}"></form>'
    ),
    "a text input whose attributes change": (
        f'<form id="f" phx-change="changed">{INPUT} class="c{{{{ ticks % 2 }}}}"'
        ' placeholder="{{ ticks }}"></form>'
    ),
    "a textarea": (
        '<form id="f" phx-change="changed">'
        '<textarea id="i" name="i">{{ value | upper }}</textarea></form>'
    ),
    "a password": f'<form id="f" phx-change="changed">{INPUT} type="password"></form>',
    "a search": f'<form id="f" phx-change="changed">{INPUT} type="search"></form>',
    "an input outside of its form": f'<form id="f" phx-change="changed"></form>{INPUT} form="f">',
    "an input without a form": '<p>{{ ticks }}</p><input id="i" name="i" value="{{ ticks }}">',
    "debounced": f'<form id="f" phx-change="changed">{INPUT} phx-debounce="40"></form>',
    "debounced until it is left": (
        f'<form id="f" phx-change="changed">{INPUT} phx-debounce="blur"></form>'
    ),
    "throttled": f'<form id="f" phx-change="changed">{INPUT} phx-throttle="40"></form>',
    "siblings that come and go": (
        '<form id="f" phx-change="changed">'
        '{% if ticks % 3 == 0 %}<p>a</p>{% endif %}{% if ticks % 2 %}<input name="x">{% endif %}'
        f"{INPUT}>{{% if ticks % 2 == 0 %}}<label>b</label>{{% endif %}}</form>"
    ),
    "a keyed list around it": (
        '<form id="f" phx-change="changed"><ul>'
        "{% for row in (['a', 'b', 'i'] if ticks % 2 else ['c', 'i', 'b', 'a']) %}"
        '<li :key="{{ row }}" id="row-{{ row }}"><input id="{{ row }}" name="{{ row }}"></li>'
        "{% endfor %}</ul></form>"
    ),
    "a keyed list that moves around it": (
        '<form id="f" phx-change="changed"><ul>'
        "{% for row in (['i', 'a', 'b'] if ticks % 2 else ['b', 'a', 'i']) %}"
        '<li :key="{{ row }}" id="row-{{ row }}"><input id="{{ row }}" name="{{ row }}"></li>'
        "{% endfor %}</ul></form>"
    ),
    "a live component": '<p>{{ ticks }}</p>{{ live_component(FieldComponent, id="x") }}',
}


@pytest.mark.parametrize("markup", FIELDS.values(), ids=FIELDS.keys())
async def test_what_is_typed_stays_as_it_is_while_the_page_changes(
    markup: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.components(FieldComponent)
    app.live("/", ticking(markup))
    await visit(page, serve(app))
    selector = ".i" if 'class="i"' in markup else "#i"
    await page.fill(selector, "")
    await page.focus(selector)
    await page.keyboard.type(TEXT, delay=4)
    await some_ticks(page)
    field = page.locator(selector)
    await expect(field).to_have_value(TEXT)
    await expect(field).to_be_focused()
    assert await caret(page, selector) == [len(TEXT), len(TEXT)]
    for _ in range(9):
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.type("red-", delay=4)
    await some_ticks(page)
    await expect(field).to_have_value("The quick red-brown fox")
    assert await caret(page, selector) == [14, 14]
    await expect(field).to_be_focused()


async def test_a_selection_stays_while_the_page_changes(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ticking(FIELDS["siblings that come and go"]))
    await visit(page, serve(app))
    await page.fill("#i", TEXT)
    await page.eval_on_selector("#i", "el => el.setSelectionRange(4, 9)")
    await some_ticks(page, 20)
    assert await caret(page, "#i") == [4, 9]
    await page.keyboard.type("slow")
    await expect(page.locator("#i")).to_have_value("The slow brown fox")


async def test_a_broadcast_of_another_visitor_does_not_disturb_who_types(
    page: Page, other_page: Page, make_app: MakeApp, serve: Serve
) -> None:
    class SharedView(TickingView):
        html = f'<p id="shared">{{{{ heard|string }}}}</p>{FIELDS["a text input"]}{AFTER}'

        async def mount(self) -> None:
            await self.socket.subscribe("typing")

        @event
        async def changed(self, i: str) -> None:
            self.state.value = i
            await self.socket.broadcast("typing", i, include_self=False)

        @info
        async def on_typed(self, message: str) -> None:
            self.state.heard = [message]

    app = make_app()
    app.live("/", SharedView)
    url = serve(app)
    await visit(page, url)
    await visit(other_page, url)
    await page.focus("#i")
    await other_page.focus("#i")
    for ours, theirs in zip("ours and ours", "theirs, not o", strict=True):
        await page.keyboard.type(ours)
        await other_page.keyboard.type(theirs)
    await expect(page.locator("#shared")).to_have_text("['theirs, not o']")
    await expect(other_page.locator("#shared")).to_have_text("['ours and ours']")
    await expect(page.locator("#i")).to_have_value("ours and ours")
    await expect(other_page.locator("#i")).to_have_value("theirs, not o")


async def test_a_word_that_is_being_composed_is_not_torn_apart(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ticking(FIELDS["a text input whose value the server changes"]))
    await visit(page, serve(app))
    await page.fill("#i", "")
    await page.focus("#i")
    keyboard = await page.context.new_cdp_session(page)
    for text in ("か", "かん", "かんじ"):
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        await keyboard.send("Input.imeSetComposition", {"text": text, **at})
        await some_ticks(page)
        await expect(page.locator("#i")).to_have_value(text)
    await keyboard.send("Input.insertText", {"text": "漢字"})
    await some_ticks(page)
    await expect(page.locator("#i")).to_have_value("漢字")
    await expect(page.locator("#value")).to_have_text("漢字")
    await expect(page.locator("#i")).to_be_focused()


async def test_numbers_may_be_half_written_while_the_page_changes(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        ticking(
            '<form id="f" phx-change="changed">'
            '<input id="i" type="number" step="any" name="i" value="{{ value }}"></form>'
        ),
    )
    await visit(page, serve(app))
    await page.focus("#i")
    await page.keyboard.type("-", delay=5)
    await some_ticks(page)
    assert await page.eval_on_selector("#i", "el => el.validity.badInput")
    await page.keyboard.type("1.5e", delay=5)
    await some_ticks(page)
    assert await page.eval_on_selector("#i", "el => el.validity.badInput")
    await page.keyboard.type("3", delay=5)
    await some_ticks(page)
    await expect(page.locator("#i")).to_have_value("-1.5e3")
    await expect(page.locator("#value")).to_have_text("-1.5e3")
    await expect(page.locator("#i")).to_be_focused()


async def test_a_number_that_is_none_is_neither_sent_nor_taken_away(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        ticking(
            '<form id="f" phx-change="changed">'
            '<input id="i" type="number" name="i" value="{{ ticks }}"><input id="j" name="j">'
            "</form>"
        ),
    )
    await visit(page, serve(app))
    frames = Frames(page)
    await page.focus("#i")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("e")
    await page.focus("#j")
    await some_ticks(page)
    assert await page.eval_on_selector("#i", "el => el.validity.badInput")
    assert frames.events() == []


async def test_the_choice_in_an_open_select_is_the_visitor_s(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        ticking(
            '<select id="s" name="s"><option>a</option><option selected>b</option>'
            "<option>c</option></select><p>{{ ticks }}</p>"
        ),
    )
    await visit(page, serve(app))
    await page.focus("#s")
    await page.keyboard.press("ArrowDown")
    await some_ticks(page)
    await expect(page.locator("#s")).to_have_value("c")
    await expect(page.locator("#s")).to_be_focused()


async def test_a_select_keeps_the_focus_when_it_offers_something_else(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        ticking(
            '<form id="f" phx-change="changed"><select id="s" name="s">'
            "{% for each in 'abc' %}<option {{ 'selected' if each == value }}>"
            "{{ each }}</option>{% endfor %}"
            "{% if ticks > 20 %}<option>d</option>{% endif %}</select></form>"
        ),
    )
    await visit(page, serve(app))
    await page.focus("#s")
    await page.select_option("#s", "b")
    await expect(page.locator("#s option")).to_have_count(4)
    await some_ticks(page)
    await expect(page.locator("#s")).to_have_value("b")
    await expect(page.locator("#s")).to_be_focused()


async def test_boxes_and_radios_are_as_they_were_clicked_last(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    class Chosen(TickingView):
        html = (
            """
            <form id="f" phx-change="changed">
              <input type="checkbox" id="box" name="box" value="x" {{ "checked" if value }}>
              {% for size in "sml" %}
              <input type="radio" name="size" id="{{ size }}" value="{{ size }}"
                     {{ "checked" if heard and heard[0] == size }}>
              {% endfor %}
            </form>
            """
            + AFTER
        )

        @event
        async def changed(self, box: str = "", size: str = "") -> None:
            self.state.value, self.state.heard = box, [size]

    app = make_app()
    app.live("/", Chosen)
    await visit(page, serve(app))
    for _ in range(7):
        await page.click("#box")
    for size in ("s", "l", "m"):
        await page.click(f"#{size}")
    await expect(page.locator("#value")).to_have_text("x")
    await some_ticks(page)
    await expect(page.locator("#box")).to_be_checked()
    await expect(page.locator("#m")).to_be_checked()
    await page.click("#box")
    await some_ticks(page)
    await expect(page.locator("#box")).not_to_be_checked()
    await expect(page.locator("#value")).to_have_text("")


async def test_a_change_that_waits_is_sent_once_with_all_that_was_typed(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ticking(FIELDS["debounced until it is left"]))
    frames = Frames(page)
    await visit(page, serve(app))
    await page.focus("#i")
    await page.keyboard.type(TEXT, delay=4)
    await some_ticks(page)
    assert frames.events() == []
    await page.keyboard.press("Tab")
    await expect(page.locator("#value")).to_have_text(TEXT)
    assert frames.events() == ["changed"]


async def test_a_field_that_is_taken_away_takes_the_focus_along_and_no_more(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        ticking(
            '<form id="f" phx-change="changed"><input id="j" name="j" value="{{ value }}">'
            '{% if value != "go" %}<input id="i" name="i">{% endif %}</form>'
        ),
    )
    await visit(page, serve(app))
    await page.fill("#i", "half")
    await page.eval_on_selector(
        "#j", "el => { el.value = 'go'; el.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    await expect(page.locator("#i")).to_have_count(0)
    await some_ticks(page)
    await page.fill("#j", "back")
    await expect(page.locator("#i")).to_have_value("")
    await expect(page.locator("#j")).to_have_value("back")
    await expect(page.locator("#j")).to_be_focused()


async def test_the_server_may_change_the_field_that_has_the_focus_if_it_says_so(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    async def mount(self: TickingView) -> None:
        """Start no timer: what it brought would replace what has been typed meanwhile."""

    app = make_app()
    app.live(
        "/",
        ticking(
            '<form id="f" phx-change="changed">'
            '<input id="i" name="i" value="{{ value | upper }}" phx-patch-focused></form>',
            mount=mount,
        ),
    )
    await visit(page, serve(app))
    await page.focus("#i")
    await page.keyboard.type("a")
    await expect(page.locator("#i")).to_have_value("A")
    assert await caret(page, "#i") == [1, 1]
    await page.keyboard.type("b")
    await expect(page.locator("#i")).to_have_value("AB")
    await expect(page.locator("#i")).to_be_focused()


async def test_nothing_is_lost_when_the_server_answers_late(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ticking(FIELDS["a text input"]))
    await visit(page, serve(app))
    await page.evaluate("liveSocket.enableLatencySim(60)")
    await page.focus("#i")
    await page.keyboard.type(TEXT, delay=10)
    await expect(page.locator("#value")).to_have_text(TEXT)
    await expect(page.locator("#i")).to_have_value(TEXT)
    await page.keyboard.press("Tab")
    await some_ticks(page)
    await expect(page.locator("#i")).to_have_value(TEXT)
