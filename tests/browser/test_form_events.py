"""Which form events a page sends, with which payload, and what it looks like meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, Gate, expect_heard, recorder, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@pytest.fixture
def opened(page: Page, make_app: MakeApp, serve: Serve) -> Callable[..., Any]:
    """Opens a page with some markup, or of a view."""

    async def open_(view: str | type[LiveView[Any]]) -> Page:
        app = make_app()
        app.live("/", recorder(view) if isinstance(view, str) else view)
        await visit(page, serve(app))
        return page

    return open_


# Targets


@pytest.mark.parametrize(
    ("name", "target", "value"),
    [
        ("name", ["name"], {"name": "x"}),
        ("user[name]", ["user", "name"], {"user": {"name": "x"}}),
        ("tags[]", ["tags"], {"tags": ["x"]}),
        ("user[tags][]", ["user", "tags"], {"user": {"tags": ["x"]}}),
        (
            "user[addresses][0][street]",
            ["user", "addresses", "0", "street"],
            {"user": {"addresses": {"0": {"street": "x"}}}},
        ),
        ("rows[][id]", ["rows", "id"], {"rows": [{"id": "x"}]}),
    ],
)
@pytest.mark.parametrize("bound", ["form", "input"])
async def test_a_target_is_the_path_to_the_field_that_changed(
    bound: str, name: str, target: list[str], value: Any, opened: Any
) -> None:
    on = {bound: 'phx-change="changed"'}
    page = await opened(
        f'<form id="f" {on.get("form", "")} phx-no-unused-field>'
        f'<input id="i" name="{name}" {on.get("input", "")}></form>'
    )
    await page.fill("#i", "x")
    await expect_heard(page, "changed", {"_target": target, **value}, count=1)


async def test_an_input_without_a_name_changes_the_form_without_a_target(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed" phx-no-unused-field>'
        '<input id="i"><input name="other" value="o"></form>'
    )
    await page.fill("#i", "x")
    await expect_heard(page, "changed", {"_target": ["undefined"], "other": "o"}, count=1)


async def test_a_bound_input_sends_itself_alone_and_the_others_send_the_form(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="form" phx-value-step="2"><input id="a" name="a">'
        '<input id="b" name="b" phx-change="b"></form>'
    )
    await page.fill("#b", "1")
    await expect_heard(page, "b", {"_target": ["b"], "b": "1", "step": "2"}, count=1)
    await page.fill("#a", "2")
    await expect_heard(page, "form", {"_target": ["a"], "a": "2", "b": "1", "step": "2"}, count=2)


# Unused fields


async def test_fields_that_nobody_used_are_marked_until_the_form_is_sent(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed" phx-submit="saved"><div id="kept" phx-update="ignore">'
        '<input id="a" name="a"><input id="b" name="u[b]"><input name="u[c][]">'
        '<input name="free" phx-no-unused-field><input type="hidden" name="h" value="1">'
        "<button>save</button></div></form>"
    )
    others = {"free": "", "h": "1"}
    unused = {"_unused_b": "", "b": "", "_unused_c": [""], "c": [""]}
    await page.fill("#a", "1")
    await expect_heard(page, "changed", {"_target": ["a"], "a": "1", "u": unused, **others})
    # Being in a field is not using it; what is in it has to change.
    await page.focus("#b")
    await page.fill("#a", "2")
    await expect_heard(page, "changed", {"_target": ["a"], "a": "2", "u": unused, **others})
    await page.fill("#b", "3")
    used_b = {"b": "3", "_unused_c": [""], "c": [""]}
    await expect_heard(page, "changed", {"_target": ["u", "b"], "a": "2", "u": used_b, **others})
    await page.click("button")
    used = {"u": {"b": "3", "c": [""]}, **others}
    await expect_heard(page, "saved", {"a": "2", **used})
    await page.fill("#a", "4")
    await expect_heard(page, "changed", {"_target": ["a"], "a": "4", **used}, count=5)


async def test_a_form_may_do_without_marks(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed" phx-no-unused-field>'
        '<input id="a" name="a"><input name="b"></form>'
    )
    await page.fill("#a", "1")
    await expect_heard(page, "changed", {"_target": ["a"], "a": "1", "b": ""}, count=1)


# Buttons


BUTTONS = """
<form id="f" phx-submit="saved" action="/never">
  <button type="button" name="no" value="1">no</button>
  <input id="i" name="i">
  <button id="first" name="do" value="first">first</button>
  <button id="second" name="do" value="second" formaction="/never">second</button>
  <button id="mute">mute</button>
  <input type="submit" id="input" name="do" value="input">
</form>
<button id="outside" form="f" name="do" value="outside">outside</button>
"""


@pytest.mark.parametrize("button", ["first", "second", "mute", "input", "outside", "Enter"])
async def test_the_button_that_sends_a_form_is_in_the_payload(button: str, opened: Any) -> None:
    page = await opened(BUTTONS)
    await page.fill("#i", "x")
    await (page.press("#i", "Enter") if button == "Enter" else page.click(f"#{button}"))
    do = {} if button == "mute" else {"do": "first" if button == "Enter" else button}
    await expect_heard(page, "saved", {"i": "x", **do}, count=1)


async def test_a_reset_is_a_change_whose_target_is_the_button(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed"><input id="a" name="a" value="was">'
        '<input id="b" name="b"><button id="r" type="reset" name="reset">x</button></form>'
    )
    await page.fill("#a", "now")
    await expect_heard(
        page, "changed", {"_target": ["a"], "a": "now", "_unused_b": "", "b": ""}, count=1
    )
    await page.click("#r")
    await expect_heard(
        page,
        "changed",
        {"_target": ["reset"], "_unused_a": "", "a": "was", "_unused_b": "", "b": "", "reset": ""},
        count=2,
    )
    await expect(page.locator("#a")).to_have_value("was")


async def test_a_reset_without_a_button_tells_nobody(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed"><input id="a" name="a" value="was"></form>'
    )
    frames = Frames(page)
    await page.evaluate("document.querySelector('#f').reset()")
    await page.evaluate("new Promise(requestAnimationFrame)")
    assert frames.events() == []


# While the server works


@dataclass
class Work:
    done: int = 0
    changes: int = 0
    text: str = ""
    shown: bool = True


class WorkView(LiveView[Work]):
    gate: Gate

    html = """
    {% if shown %}
    <form id="f" phx-change="changed" phx-submit="work">
      <input id="i" name="i" value="{{ text }}">
      <textarea id="t" name="t"></textarea>
      <button id="b" phx-disable-with="Working...">Work</button>
      <button id="plain" name="refuse" value="1">plain</button>
    </form>
    {% endif %}
    <button id="click" phx-click="work" phx-disable-with="Clicking...">Click</button>
    <output id="done">{{ done }}</output>
    <output id="changes">{{ changes }}</output>
    """

    @event
    async def changed(self) -> None:
        self.state.changes += 1

    @event
    async def work(self, i: str = "") -> None:
        await self.gate.wait()
        self.state.done += 1
        self.state.shown = i != "remove"


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def work(gate: Gate) -> type[WorkView]:
    return type("GatedWorkView", (WorkView,), {"gate": gate})


async def test_a_button_says_that_the_server_works_until_it_has_answered(
    opened: Any, work: type[WorkView], gate: Gate
) -> None:
    page = await opened(work)
    await page.fill("#i", "x")
    await page.click("#b")
    button = page.locator("#b")
    await expect(button).to_have_text("Working...")
    await expect(button).to_be_disabled()
    await expect(page.locator("#plain")).to_be_disabled()
    await expect(page.locator("#i")).to_have_attribute("readonly", "")
    await expect(page.locator("#f.phx-submit-loading")).to_be_attached()
    gate.open()
    await expect(page.locator("#done")).to_have_text("1")
    await expect(button).to_have_text("Work")
    await expect(button).to_be_enabled()
    await expect(page.locator("#plain")).to_be_enabled()
    await expect(page.locator("#i")).to_be_editable()
    await expect(page.locator("#f.phx-submit-loading")).to_have_count(0)


async def test_a_click_has_its_button_say_so_too(
    opened: Any, work: type[WorkView], gate: Gate
) -> None:
    page = await opened(work)
    await page.click("#click")
    await expect(page.locator("#click")).to_have_text("Clicking...")
    gate.open()
    await expect(page.locator("#done")).to_have_text("1")
    await expect(page.locator("#click")).to_have_text("Click")


class RefusingView(LiveView):
    html = """
    <form id="f" phx-submit="nobody">
      <input name="i"><button phx-disable-with="...">Go</button>
    </form>
    <form id="g" phx-submit="typed">
      <input name="n" value="x"><button phx-disable-with="...">Go</button>
    </form>
    """

    @event
    async def typed(self, n: int) -> None: ...


@pytest.mark.parametrize("form", ["#f", "#g"])
async def test_a_button_comes_back_when_the_event_was_refused(form: str, opened: Any) -> None:
    page = await opened(RefusingView)
    for _ in range(2):
        await page.click(f"{form} button")
        await expect(page.locator(f"{form}.phx-submit-loading")).to_have_count(0)
        await expect(page.locator(f"{form} button")).to_have_text("Go")
        await expect(page.locator(f"{form} button")).to_be_enabled()


@pytest.mark.parametrize("how", ["two clicks", "Enter twice", "Enter while it works"])
async def test_a_form_is_sent_once_until_it_is_answered(
    how: str, opened: Any, work: type[WorkView], gate: Gate
) -> None:
    page = await opened(work)
    await page.focus("#i")
    await page.evaluate(
        """() => {
            const { channel } = liveSocket.main;
            const push = channel.push;
            window.sent = 0;
            channel.push = function (name, payload, ...rest) {
                window.sent += payload?.event === "work";
                return push.call(this, name, payload, ...rest);
            };
        }"""
    )
    if how == "two clicks":
        await page.dblclick("#b")
    elif how == "Enter twice":
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
    else:
        await page.keyboard.press("Enter")
        await expect(page.locator("#b")).to_have_text("Working...")
        await page.focus("#i")
        await page.keyboard.press("Enter")
        await page.eval_on_selector("#f", "form => form.requestSubmit()")
    assert await page.evaluate("window.sent") == 1
    gate.open()
    await expect(page.locator("#done")).to_have_text("1")
    await page.click("#b")
    await expect(page.locator("#done")).to_have_text("2")


async def test_what_is_typed_while_a_form_is_sent_waits_for_the_answer(
    opened: Any, work: type[WorkView], gate: Gate
) -> None:
    page = await opened(work)
    await page.fill("#i", "x")
    await page.press("#i", "Enter")
    await expect(page.locator("#b")).to_have_text("Working...")
    await page.focus("#i")
    await page.keyboard.type("lost")
    await expect(page.locator("#i")).to_have_value("x")
    gate.open()
    await expect(page.locator("#done")).to_have_text("1")
    await page.focus("#i")
    await page.keyboard.type("y")
    await expect(page.locator("#changes")).to_have_text("2")


async def test_an_answer_may_take_the_form_away(
    opened: Any, work: type[WorkView], gate: Gate
) -> None:
    gate.open()
    page = await opened(work)
    await page.fill("#i", "remove")
    await page.press("#i", "Enter")
    await expect(page.locator("#f")).to_have_count(0)
    await page.click("#click")
    await expect(page.locator("#done")).to_have_text("2")
    await expect(page.locator("#b")).to_have_text("Work")
    await expect(page.locator("#b")).to_be_enabled()
    await expect(page.locator("#i")).to_have_value("")


class WizardView(LiveView[Work]):
    html = """
    {% if done == 0 %}
    <form id="one" phx-submit="next"><input id="i" name="i"><button>Next</button></form>
    {% else %}
    <form id="two" phx-submit="next" phx-change="changed">
      <input id="j" name="j" value="{{ text }}" autofocus><button>Next</button></form>
    {% endif %}
    <output id="done">{{ done }}</output><output id="changes">{{ changes }}</output>
    """

    @event
    async def next(self, i: str = "", j: str = "") -> None:
        self.state.done += 1
        self.state.text = i.upper() or j

    @event
    async def changed(self, j: str) -> None:
        self.state.changes += 1
        self.state.text = j


async def test_an_answer_may_put_another_form_in_its_place(opened: Any) -> None:
    page = await opened(WizardView)
    await page.fill("#i", "ada")
    await page.press("#i", "Enter")
    await expect(page.locator("#j")).to_have_value("ADA")
    await page.fill("#j", "Ada")
    await expect(page.locator("#changes")).to_have_text("1")
    await page.press("#j", "Enter")
    await expect(page.locator("#done")).to_have_text("2")
    await expect(page.locator("#j")).to_have_value("Ada")


@dataclass
class Chat:
    messages: list[str] = field(default_factory=list)


class ChatView(LiveView[Chat]):
    html = """
    {% for message in messages %}<p>{{ message }}</p>{% endfor %}
    <form id="f" phx-submit="say"><input id="i" name="i" value=""><button>say</button></form>
    """

    @event
    async def say(self, i: str) -> None:
        self.state.messages.append(i)


async def test_a_field_that_has_the_focus_is_emptied_by_the_answer_to_its_form(
    opened: Any,
) -> None:
    page = await opened(ChatView)
    await page.focus("#i")
    for number, text in enumerate(("one", "two"), 1):
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
        await expect(page.locator("p")).to_have_count(number)
        await expect(page.locator("#i")).to_have_value("")
        await expect(page.locator("#i")).to_be_focused()


# Values


@pytest.mark.parametrize(
    "value",
    [
        "🦆 and 👩‍👩‍👧",
        "a\0b",
        "\n\n first \r\n last \n",
        "<b>&amp;</b> '\"",
        "%FF+&=%00",
        "x" * 300_000,
    ],
    ids=["emoji", "NUL", "lines", "markup", "percent signs", "300,000 characters"],
)
async def test_a_text_comes_and_goes_as_it_is(value: str, opened: Any) -> None:
    seen: list[str] = []

    class TextView(LiveView[Work]):
        html = """
        <form id="f" phx-change="changed">
          {{ ui.input("t", type="textarea", label="Text", value=text) }}
          {{ ui.input("other", label="Other") }}
        </form>
        <output id="changes">{{ changes }}</output>
        """

        @event
        async def changed(self, t: str) -> None:
            seen.append(t)
            self.state.text = t
            self.state.changes += 1

    page = await opened(TextView)
    # In one event, which Playwright's fill() makes of one line only.
    await page.eval_on_selector(
        "#t",
        "(el, value) => { el.value = value;"
        " el.dispatchEvent(new Event('input', {bubbles: true})) }",
        value,
    )
    await expect(page.locator("#changes")).to_have_text("1")
    # The first answer puts what the server has into the field, and the second sends it again.
    for count in ("2", "3"):
        await page.fill("#other", count)
        await expect(page.locator("#changes")).to_have_text(count)
    text = value.replace("\r\n", "\n")
    assert seen[0] == text
    assert seen[-1] == text.replace("\0", "\ufffd"), "HTML has no NUL"


async def test_a_number_that_is_none_is_sent_as_nothing(opened: Any) -> None:
    page = await opened(
        '<form id="f" phx-change="changed" phx-submit="saved" novalidate>'
        '<input id="n" type="number" name="n" value="5"><button>save</button></form>'
    )
    await page.focus("#n")
    await page.keyboard.type("e")
    await page.click("button")
    await expect_heard(page, "saved", {"n": ""}, count=1)


async def test_fields_of_one_name_fill_a_list_or_the_last_one_counts(opened: Any) -> None:
    class SameView(LiveView[Work]):
        html = """
        <form id="f" phx-change="changed"><input id="a" name="same" value="1">
        <input name="same" value="2"><input type="file" name="file"></form><p>{{ text }}</p>
        """

        @event
        async def changed(self, same: list[str], payload: dict[str, Any]) -> None:
            names = ",".join(sorted(payload))
            self.state.text = f"{same} {payload['same']} {names}"

    page = await opened(SameView)
    await page.fill("#a", "x")
    await expect(page.locator("p")).to_have_text("['x', '2'] 2 _target,same")
