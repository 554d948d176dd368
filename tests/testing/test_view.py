"""A live view in a test: what a visitor sees, clicks, types and waits for."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from wirebird import LiveView, NotFound, Redirect, Wirebird, event, info, js
from wirebird.testing import (
    ElementError,
    EventRefused,
    HtmlError,
    JoinRefused,
    LiveClient,
    LiveTestError,
    NotLive,
    Redirected,
    TimedOut,
    ViewCrashed,
)

MakeApp = Callable[..., Wirebird]


@dataclass
class Counter:
    count: int = 0
    seen: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    by: int = 1


class CounterView(LiveView[Counter]):
    html = """
      <h1>Count is   {{ count }}</h1>
      <button id="inc" phx-click="increment" phx-value-by="1">+</button>
      <button id="twice" phx-click='{{ js.push("increment", value={"by": 2}).show(to="#x") }}'>
        <b>++</b></button>
      <button id="off" disabled phx-click="increment">off</button>
      <button id="later" phx-click="later">later</button>
      <button id="soon" phx-click="soon">soon</button>
      <button id="crash" phx-click="crash">crash</button>
      <button id="unknown" phx-click="nobody-knows">?</button>
      <button id="sorry" phx-click="apologize">?</button>
      <button id="misfit" phx-click="increment" phx-value-by="many">?</button>
      <button id="crash-later" phx-click="crash_later">crash</button>
      <p id="plain" class="note">plain</p>
      <div phx-window-keydown="key" phx-key="Escape"></div>
      <input id="field" name="q" phx-keyup="key" phx-focus="key" phx-blur="key" value="v">
      {% if seen %}<ul>{% for item in seen %}<li>{{ item|string }}</li>{% endfor %}</ul>{% endif %}
    """

    async def handle_params(self, count: int = 0) -> None:
        self.state.count = count
        self.socket.page_title = f"Count {count}"

    @event
    async def increment(self, by: int = 1) -> dict[str, int]:
        self.state.count += by
        self.socket.page_title = f"Count {self.state.count}"
        if self.state.count == 10:
            self.socket.push_event("ten", {"count": 10})
        return {"count": self.state.count}

    @event
    async def apologize(self) -> dict[str, str]:
        about = SimpleNamespace(topic=f"lv:{self.socket.id}")
        logging.getLogger("wirebird.runtime").warning("%r: out of stock", about)
        return {"error": "sorry"}

    @event
    async def later(self) -> None:
        self.socket.send_after(Tick(10), 0.01)

    @event
    async def soon(self) -> None:
        self.socket.send(Tick())

    @event
    async def crash(self) -> None:
        raise ValueError("out of numbers")

    @event
    async def crash_later(self) -> None:
        self.socket.send("crash")

    @info
    async def tick(self, message: Tick) -> None:
        self.state.count += message.by
        self.socket.push_event("ticked", {"by": message.by})

    async def handle_info(self, message: object) -> None:
        raise RuntimeError("nobody asked")

    @event
    async def key(self, payload: dict[str, Any]) -> None:
        self.state.seen.append(payload)


@pytest.fixture
def app(make_app: MakeApp) -> Wirebird:
    app = make_app(title="Home", title_suffix=" · Shop")
    app.live("/", CounterView)
    return app


async def test_a_view_is_opened_and_clicked(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/?count=5")
        assert "Count is   5" in view.dead_html
        assert view.text("h1") == "Count is 5"
        await view.element("button", text=re.compile(r"^\+$")).click()
        assert view.text("h1") == "Count is 6"
        assert view.reply == {"count": 6}


async def test_values_are_merged_and_js_commands_push(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#inc", value={"by": 5})
        assert view.text("h1") == "Count is 5"
        await view.click("#twice b")
        assert view.text("h1") == "Count is 7"


async def test_what_nobody_could_click_says_why(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        with pytest.raises(ElementError, match=r'<button id="off" .* is disabled'):
            await view.click("#off")
        with pytest.raises(ElementError, match=r'<p id="plain" class="note"> has no phx-click'):
            await view.click("#plain")
        with pytest.raises(ElementError, match=r"no element matches '#none'"):
            await view.click("#none")
        with pytest.raises(ElementError, match=r"10 elements match 'button'"):
            await view.click("button")
        with pytest.raises(ElementError, match=r"without the text matches \['plain'\]"):
            await view.click("p", text="fancy")
        with pytest.raises(ElementError, match="is no CSS selector"):
            view.has("p[")
        assert view.text("h1") == "Count is 0"


async def test_elements_are_found_anew_as_the_page_changes(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        heading = view.element("h1")
        assert [each.attributes.get("id") for each in view.all("button")][:2] == ["inc", "twice"]
        await view.all("button")[0].click()
        assert heading.text == "Count is 1"
        assert heading.tag == "h1"
        assert not view.element("li").exists
        assert view.has("button", "later")
        assert not view.has("button", "sooner")


async def test_keys_and_focus_send_what_a_browser_sends(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.keydown("Enter")
        assert not view.has("li")
        await view.keydown("escape")
        await view.keyup("a", "#field")
        await view.focus("#field")
        await view.blur("#field")
        assert [each.text for each in view.all("li")] == [
            "{'key': 'escape'}",
            "{'key': 'a', 'value': 'v'}",
            "{'value': 'v'}",
            "{'value': 'v'}",
        ]
        with pytest.raises(ElementError, match="no element on the page has phx-window-keyup"):
            await view.keyup("a")


async def test_the_title_follows_with_its_suffix(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/?count=2")
        assert view.title == "Count 2 · Shop"
        await view.click("#inc")
        assert view.title == "Count 3 · Shop"


async def test_commands_that_the_server_pushes_are_told(make_app: MakeApp):
    class LeadingView(LiveView):
        html = '<button phx-click="lead">Lead</button><input id="name">'

        @event
        async def lead(self) -> None:
            self.socket.push_js(js.focus(to="#name"))
            self.socket.push_js(js.hide(), to="button")

    app = make_app()
    app.live("/", LeadingView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("button")
        assert await view.pushed("js") == {"cmd": [["focus", {"to": "#name"}]]}
        assert await view.pushed("js") == {"cmd": [["hide", {}]], "to": "button"}


async def test_pushed_events_are_taken_in_turn(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/?count=9")
        await view.click("#inc")
        assert view.events == [("ten", {"count": 10})]
        assert await view.pushed("ten") == {"count": 10}
        assert view.events == []
        with pytest.raises(TimedOut, match="for the event 'ten'"):
            await view.pushed("ten", timeout=0)


async def test_messages_are_waited_for(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#soon")
        assert "Count is   1<" in await view.render()
        await view.click("#later")
        await view.until(lambda view: view.has("h1", "Count is 11"))
        assert [payload for _, payload in view.events] == [{"by": 1}, {"by": 10}]
        with pytest.raises(TimedOut, match="Count is   11"):
            await view.until(lambda view: view.has("h1", "Count is 12"), timeout=0)


async def test_an_element_that_is_not_there_yet_is_waited_for(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#later")
        await view.until(lambda view: "10" in view.element("h1", text="Count is 10").text)
        with pytest.raises(TimedOut) as caught:
            await view.until(lambda view: view.text("h7"), timeout=0)
        assert "no element matches 'h7'" in str(caught.value.__cause__)


async def test_a_hook_gets_its_reply(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert await view.hook_event("increment", {"by": 3}) == {"count": 3}
        assert await view.element("#inc").hook_event("increment") == {"count": 4}


async def test_an_event_that_nobody_handles_is_refused_with_the_reason(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        with pytest.raises(EventRefused, match="CounterView has no @event 'nobody-knows'"):
            await view.click("#unknown")
        with pytest.raises(EventRefused, match="many"):
            await view.click("#misfit")
        await view.click("#inc")
        assert view.text("h1") == "Count is 1"


async def test_a_refusal_is_told_by_the_answer_whatever_is_logged(app: Wirebird):
    logger = logging.getLogger("wirebird.runtime")
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#sorry")
        logger.disabled = True
        try:
            with pytest.raises(EventRefused, match="the event was refused"):
                await view.click("#unknown")
        finally:
            logger.disabled = False


async def test_a_crash_is_raised_with_its_cause_and_the_view_can_be_joined_again(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/?count=4")
        await view.click("#inc")
        with pytest.raises(ViewCrashed, match="ValueError: out of numbers") as caught:
            await view.click("#crash")
        assert isinstance(caught.value.__cause__, ValueError)
        assert caught.value.__cause__.__traceback__ is not None
        with pytest.raises(ViewCrashed):
            await view.click("#inc")
        await view.reconnect()
        assert view.text("h1") == "Count is 4"


async def test_a_crash_that_nobody_waits_for_is_raised_at_the_next_step(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#crash-later")
        with pytest.raises(ViewCrashed, match="RuntimeError: nobody asked"):
            await view.render()
        with pytest.raises(ViewCrashed, match="RuntimeError: nobody asked"):
            await view.until(lambda view: view.has("#never"))


async def test_a_disconnected_page_comes_back(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/?count=4")
        await view.disconnect()
        with pytest.raises(LiveTestError, match="await view"):
            await view.click("#inc")
        await view.reconnect()
        await view.click("#inc")
        assert view.text("h1") == "Count is 5"


class FaultyView(LiveView):
    html = "<p>{{ socket.connected }}</p>"

    def mount(self, where: str = "") -> None:
        if where == "http" or (where == "socket" and self.socket.connected):
            raise ValueError(f"no {where}")
        if where == "missing":
            raise NotFound("no such thing")
        if where == "gone" and self.socket.connected:
            raise NotFound("gone meanwhile")
        if where == "away":
            raise Redirect("/elsewhere")
        if where == "away-later" and self.socket.connected:
            raise Redirect("/?where=end", navigate=True)


async def test_what_mount_raises_reaches_the_test(make_app: MakeApp):
    app = make_app()
    app.live("/", FaultyView)
    async with LiveClient(app) as client:
        with pytest.raises(ValueError, match="no http"):
            await client.live("/?where=http")
        with pytest.raises(ViewCrashed, match="ValueError: no socket"):
            await client.live("/?where=socket")
        with pytest.raises(NotLive, match="answered 404") as missing:
            await client.live("/?where=missing")
        assert missing.value.response.status == 404
        with pytest.raises(JoinRefused) as gone:
            await client.live("/?where=gone")
        assert gone.value.reason == "reload"


async def test_redirects_before_the_page_is_shown(make_app: MakeApp):
    app = make_app()
    app.live("/", FaultyView)
    async with LiveClient(app) as client:
        with pytest.raises(Redirected) as caught:
            await client.live("/?where=away")
        assert (caught.value.to, caught.value.status) == ("/elsewhere", 302)
        with pytest.raises(Redirected) as caught:
            await client.live("/?where=away-later")
        assert (caught.value.to, caught.value.status) == ("/?where=end", None)
        view = await client.live("/?where=away-later", follow_redirects=True)
        assert view.url == "http://testserver/?where=end"
        assert view.text("p") == "True"


class UntidyView(LiveView[Counter]):
    html = """<i id="a">1</i>{% if count %}<i id="a">2</i>{% endif %}
      <b phx-click="more">more</b>"""

    @event
    def more(self) -> None:
        self.state.count += 1


class FormlessView(LiveView):
    html = '<form phx-change="x"><input name="a"></form>'


async def test_html_that_a_browser_cannot_patch_is_a_mistake(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
):
    app = make_app()
    app.live("/", UntidyView)
    app.live("/form", FormlessView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        with pytest.raises(HtmlError, match="the id 'a' is there 2 times"):
            await view.click("b")
        with pytest.raises(HtmlError, match=r'<form phx-change="x"> has no id'):
            await client.live("/form")
    async with LiveClient(app, html_mistakes="warn") as client:
        await (await client.live("/")).click("b")
        assert "the id 'a' is there 2 times" in caplog.text
    caplog.clear()
    async with LiveClient(app, html_mistakes="ignore") as client:
        await (await client.live("/")).click("b")
        assert "the id" not in caplog.text


class WhoView(LiveView):
    html = "<p>{{ who }} {{ token }}</p>"

    async def mount(self) -> None:
        self.state.who = self.socket.session.get("who", "nobody")
        self.state.token = self.socket.connect_params.get("token", "none")


async def test_a_visitor_may_come_with_a_session_and_parameters(make_app: MakeApp):
    app = make_app()
    app.live("/", WhoView)
    async with LiveClient(app, session={"who": "Ada"}) as client:
        view = await client.live("/", params={"token": "t1"})
        assert view.text("p") == "Ada t1"
        assert "Ada none" in view.dead_html
    async with LiveClient(app) as client:
        assert (await client.live("/")).text("p") == "nobody none"
    with pytest.raises(TypeError, match="no SessionMiddleware and no Wirebird"):
        LiveClient(lambda scope, receive, send: None, session={})  # type: ignore[arg-type]


async def test_ids_of_several_visitors_do_not_mix(app: Wirebird):
    async with LiveClient(app) as one, LiveClient(app) as other:
        first, second = await one.live("/"), await other.live("/")
        await first.click("#inc")
        assert (first.text("h1"), second.text("h1")) == ("Count is 1", "Count is 0")
