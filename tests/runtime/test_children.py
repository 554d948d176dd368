"""Views inside views: their own lives, and what they share with the page."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import pytest_asyncio

from tests.runtime.line import Line, Page, Visitor
from wirebird import LiveComponent, LiveView, NotFound, Redirect, Wirebird, event, info
from wirebird.binding.depends import Session
from wirebird.runtime.channel import Channel
from wirebird.testing import JoinRefused, LiveClient, ViewCrashed
from wirebird.testing.view import View

Open = Callable[..., Awaitable[View]]

ENDED: list[tuple[str, str]] = []


@dataclass(frozen=True)
class Said:
    text: str


@dataclass(frozen=True)
class Tick:
    pass


@dataclass
class Child:
    name: str = ""
    n: int = 0
    heard: list[str] = field(default_factory=list)


class ChildView(LiveView[Child]):
    html = """
    <p class="name">{{ name }}</p><b>{{ n }}</b><i>{{ heard|join(",") }}</i>
    <button class="inc" phx-click="inc">+</button>
    """

    async def mount(self, name: str = "nobody") -> None:
        self.state.name = name

    async def terminate(self, reason: str) -> None:
        if reason != "http":
            ENDED.append((self.socket.id, reason))

    @event
    async def inc(self) -> None:
        self.state.n += 1

    @event
    async def tell(self, text: str) -> None:
        self.socket.send_parent(Said(text))

    @event
    async def tick(self) -> None:
        self.socket.every(Tick(), 0.001)

    @event
    async def crash(self) -> None:
        raise ZeroDivisionError("in a child")

    @event
    async def patch(self, to: str) -> None:
        self.state.n += 1
        self.socket.push_patch(to)

    @event
    async def navigate(self) -> None:
        self.state.n += 1
        self.socket.push_navigate("/other")

    @info
    async def on_said(self, said: Said) -> None:
        self.state.heard.append(said.text)

    @info
    async def on_tick(self, _: Tick) -> None:
        self.state.n += 1


@dataclass
class Parent:
    n: int = 0
    q: str = ""
    show: bool = True
    names: list[str] = field(default_factory=lambda: ["a", "b"])
    heard: list[str] = field(default_factory=list)


class ParentView(LiveView[Parent]):
    html = """
    <h1>{{ n }} {{ q }}</h1><em>{{ heard|join(",") }}</em>
    {% if show %}{{ live_render(ChildView, id="kid", session={"name": "kid"}) }}{% endif %}
    """

    async def handle_params(self, q: str = "-") -> None:
        self.state.q = q

    async def terminate(self, reason: str) -> None:
        if reason != "http":
            ENDED.append((type(self).__name__, reason))

    @event
    async def inc(self) -> None:
        self.state.n += 1

    @event
    async def toggle(self) -> None:
        self.state.show = not self.state.show

    @event
    async def tell(self, to: str, text: str) -> None:
        self.socket.send_child(to, Said(text))

    @event
    async def crash(self) -> None:
        raise ZeroDivisionError("in the parent")

    @info
    async def on_said(self, said: Said) -> None:
        self.state.heard.append(said.text)


class OtherView(LiveView[Parent]):
    html = "<h1>other</h1>"


@pytest_asyncio.fixture
async def open_page(make_app: Callable[..., Wirebird]) -> AsyncIterator[Open]:
    """Opens a page for a view: `await open_page(MyView, ItsChild, path="/?q=1")`."""
    ENDED.clear()
    async with AsyncExitStack() as stack:

        async def open_page(
            view: type[LiveView[Any]] = ParentView,
            *named: Any,
            path: str = "/",
            **options: Any,
        ) -> View:
            app = make_app(debug=True)
            app.components(ChildView, *named)
            app.live("/", view)
            app.live("/other", OtherView)
            client = await stack.enter_async_context(LiveClient(app, **options))
            return await client.live(path, follow_redirects=True)

        yield open_page


def channels(view: View) -> dict[str, Channel]:
    app: Any = view.client.asgi.app
    (connection,) = app.endpoint.connections
    return dict(connection.channels)


# Their own lives


async def test_the_first_html_has_the_child_and_what_is_in_it(open_page: Open):
    view = await open_page()
    assert re.search(r'<div id="kid" data-phx-session="" data-phx-static="[^"]+"', view.dead_html)
    assert f'data-phx-parent-id="{view.channel.id}"' in view.dead_html
    assert '<p class="name">kid</p><b>0</b>' in view.dead_html


async def test_a_child_has_a_state_of_its_own(open_page: Open):
    view = await open_page()
    await view.click("#kid .inc")
    await view.hook_event("inc")
    await view.click("#kid .inc")
    assert view.child("kid").text("b") == "2"
    assert view.text("h1") == "1 -"


class SessionView(LiveView[Child]):
    html = "{{ name }}"

    async def mount(
        self,
        user: Annotated[str, Session("user")],
        numbers: list[int],
        tenant: Annotated[str, Session("tenant")] = "none",
    ) -> None:
        self.state.name = f"{user} {tenant} {numbers}"


class SessionParentView(LiveView[Parent]):
    html = '{{ live_render(SessionView, id="s", session={"numbers": [1, 2], "tenant": "x"}) }}'


async def test_a_child_is_mounted_with_its_session_and_that_of_the_request(open_page: Open):
    view = await open_page(SessionParentView, SessionView, session={"user": "ada"})
    assert view.child("s").text() == "ada x [1, 2]"
    assert "ada x [1, 2]" in view.dead_html


class OuterView(LiveView[Parent]):
    html = '{{ live_render(MiddleView, id="middle", session={"tenant": "outer"}) }}'


class MiddleView(LiveView[Parent]):
    html = """<h2>{{ n }}</h2>
    {{ live_render(ChildView, id="inner", session={"name": "inner"}) }}
    {{ live_render(SessionView, id="s", session={"numbers": []}) }}"""

    @event
    async def inc(self) -> None:
        self.state.n += 1


async def test_children_of_children(open_page: Open):
    view = await open_page(OuterView, MiddleView, SessionView, session={"user": "ada"})
    middle = view.child("middle")
    inner = middle.child("inner")
    await inner.click(".inc")
    await middle.hook_event("inc")
    assert (inner.text("b"), middle.text("h2")) == ("1", "1")
    # What one was given is not for those in it, in the first render and after it.
    assert "ada none []" in view.dead_html
    assert middle.child("s").text() == "ada none []"


class Holder(LiveComponent[Parent]):
    html = """<section><h3>{{ n }}</h3>
    {{ live_render(ChildView, id="held", session={"name": "held"}) }}</section>"""

    @event
    async def inc(self) -> None:
        self.state.n += 1


class HolderView(LiveView[Parent]):
    html = '{{ live_component(Holder, id="h") }}'


async def test_a_child_in_a_component_outlives_its_renders(open_page: Open):
    view = await open_page(HolderView, Holder)
    assert '<p class="name">held</p>' in view.dead_html
    await view.click("#held .inc")
    await view.hook_event("inc", target="section")
    await view.hook_event("inc", target="section")
    assert view.text("h3") == "2"
    assert view.child("held").text("b") == "1"


class LoopView(LiveView[Parent]):
    html = """
    {% for name in names %}
    <section :key="{{ name }}">
      {{ live_render(ChildView, id="kid-" ~ name, session={"name": name}) }}
    </section>
    {% endfor %}
    """

    @event
    async def set_names(self, names: list[str]) -> None:
        self.state.names = names


async def test_children_in_a_loop_are_told_apart_by_their_ids(open_page: Open):
    view = await open_page(LoopView)
    await view.click("#kid-b .inc")
    await view.hook_event("set_names", {"names": ["c", "b"]})
    await _until(lambda: bool(ENDED))
    assert [each.text for each in view.all(".name")] == ["c", "b"]
    assert view.child("kid-b").text("b") == "1"
    assert ENDED == [("kid-a", "leave")]


async def test_a_page_forgets_the_children_that_it_no_longer_shows(open_page: Open):
    view = await open_page(LoopView)
    for n in range(20):
        await view.hook_event("set_names", {"names": [f"n{n}"]})
    display: Any = channels(view)[view.channel.topic].display
    gc.collect()
    assert list(display._children) == ["kid-n19"]
    await _until(lambda: len(channels(view)) == 2)


async def test_a_child_that_leaves_the_page_is_ended(open_page: Open):
    view = await open_page()
    kid = view.child("kid")
    await kid.hook_event("tick")
    await view.hook_event("toggle")
    await _until(lambda: ENDED == [("kid", "leave")])
    assert list(channels(view)) == [view.channel.topic]
    await view.hook_event("toggle")
    assert view.child("kid").text("b") == "0"


async def test_two_children_with_one_id_are_an_error(open_page: Open):
    class TwiceView(LiveView[Parent]):
        html = '{{ live_render(ChildView, id="x") }}{{ live_render(ChildView, id="x") }}'

    with pytest.raises(TypeError, match="ChildView stands twice on the page with id='x'"):
        await open_page(TwiceView)


async def test_the_element_around_a_child_can_be_chosen(open_page: Open):
    class AsideView(LiveView[Parent]):
        html = """{{ live_render(ChildView, id="x", container=("aside", {"class": '"wide"'})) }}"""

    view = await open_page(AsideView)
    assert '<aside id="x" class="&quot;wide&quot;" data-phx-session=' in view.dead_html
    assert view.has("aside[id=x] p")


# Crashes


async def test_a_child_that_crashes_leaves_its_parent_alone(open_page: Open):
    view = await open_page()
    await view.hook_event("inc")
    with pytest.raises(ViewCrashed, match="in a child"):
        await view.child("kid").hook_event("crash")
    assert ENDED == [("kid", "crash")]
    channel = channels(view)[view.channel.topic]
    assert channel.view is not None
    assert channel.view.state.n == 1
    assert not channel.ended


class CrashingView(OuterView):
    @event
    async def crash(self) -> None:
        raise ZeroDivisionError("in the page")


async def test_a_parent_that_crashes_takes_its_children_along(open_page: Open):
    view = await open_page(CrashingView, MiddleView, SessionView, session={"user": "ada"})
    await view.child("middle").child("inner").hook_event("tick")
    inner = channels(view)["lv:inner"]
    with pytest.raises(ViewCrashed, match="in the page"):
        await view.hook_event("crash")
    await _until(lambda: ("inner", "crash") in ENDED)
    assert inner.ended
    assert channels(view) == {}
    assert not inner.host._timers  # pyright: ignore[reportPrivateUsage]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_after_a_crash_parent_and_children_begin_anew(open_page: Open):
    view = await open_page()
    await view.click("#kid .inc")
    with pytest.raises(ViewCrashed, match="in the parent"):
        await view.hook_event("crash")
    await view.reconnect()
    assert ("kid", "crash") in ENDED
    assert ("ParentView", "crash") in ENDED
    assert view.child("kid").text("b") == "0"


# Messages


async def test_a_child_and_its_parent_send_each_other_messages(
    open_page: Open, caplog: pytest.LogCaptureFixture
):
    view = await open_page()
    await view.child("kid").hook_event("tell", {"text": "up"})
    await view.until(lambda view: view.text("em") == "up")
    await view.hook_event("tell", {"to": "kid", "text": "down"})
    await view.until(lambda view: view.child("kid").text("i") == "down")
    with caplog.at_level(logging.INFO, "wirebird"):
        await view.hook_event("tell", {"to": "nobody", "text": "down"})
    assert "send_child: no nested view 'nobody' has joined" in caplog.text


async def test_a_view_reaches_only_its_own_children(
    open_page: Open, caplog: pytest.LogCaptureFixture
):
    class Tells(OuterView):
        @event
        async def tell(self, to: str) -> None:
            self.socket.send_child(to, Said("grandchild"))

    view = await open_page(Tells, MiddleView, SessionView, session={"user": "ada"})
    with caplog.at_level(logging.INFO, "wirebird"):
        await view.hook_event("tell", {"to": "inner"})
    assert "send_child: no nested view 'inner' has joined" in caplog.text
    assert view.child("middle").child("inner").text("i") == ""


# Navigation


async def test_a_child_patches_the_page_that_it_is_in(open_page: Open):
    view = await open_page()
    kid = view.child("kid")
    await kid.hook_event("patch", {"to": "/?q=child"})
    await view.until(lambda view: view.text("h1") == "0 child")
    assert view.patched == ["/?q=child"]
    assert kid.text("b") == "1"
    await kid.hook_event("patch", {"to": "?q=short"})
    await view.until(lambda view: view.text("h1") == "0 short")


async def test_a_child_of_a_child_patches_the_page(open_page: Open):
    class RootView(OuterView):
        html = f"<h1>{{{{ q }}}}</h1>{OuterView.html}"

        async def handle_params(self, q: str = "-") -> None:
            self.state.q = q

    view = await open_page(RootView, MiddleView, SessionView, session={"user": "ada"})
    await view.child("middle").child("inner").hook_event("patch", {"to": "/?q=deep"})
    await view.until(lambda view: view.text("h1") == "deep")


async def test_a_child_navigates(open_page: Open):
    view = await open_page()
    kid = view.child("kid")
    await kid.hook_event("navigate")
    assert kid.redirected is not None
    assert (kid.redirected.kind, kid.redirected.to) == ("navigate", "/other")


class WayView(LiveView[Child]):
    html = "<p>way {{ name }}</p>"

    async def mount(self, how: str, when: str) -> None:
        if when == ("connected" if self.socket.connected else "dead"):
            match how:
                case "redirect":
                    self.socket.put_flash("error", "not here")
                    self.socket.redirect("/other")
                case "raise":
                    raise Redirect("/other")
                case "navigate":
                    self.socket.push_navigate("/other")
                case "missing":
                    raise NotFound("no such thing")
                case "patch":
                    self.socket.push_patch("/?q=patched")
                case _:
                    raise ZeroDivisionError("in mount")


class WayParentView(LiveView[Parent]):
    html = """<h1>{{ q }}</h1>
    {{ live_render(WayView, id="way", session={"how": how, "when": when}) }}"""

    async def mount(self, how: str = "", when: str = "") -> None:
        self.state.how, self.state.when = how, when  # type: ignore[attr-defined]

    async def handle_params(self, q: str = "-") -> None:
        self.state.q = q


@pytest.mark.parametrize("how", ["redirect", "raise", "navigate"])
async def test_a_child_that_leads_elsewhere_in_the_first_render_takes_the_page_along(
    how: str, make_app: Callable[..., Wirebird]
):
    app = make_app(debug=True)
    app.components(WayView)
    app.live("/", WayParentView)
    app.live("/other", OtherView)
    visitor = Visitor(app)
    response = await visitor.get(f"/?how={how}&when=dead")
    assert (response.status_code, response.headers["location"]) == (302, "/other")
    assert ("__phoenix_flash__" in response.headers.get("set-cookie", "")) is (how == "redirect")


@pytest.mark.parametrize(("how", "kind"), [("redirect", "redirect"), ("navigate", "navigate")])
async def test_a_child_that_leads_elsewhere_when_it_joins(how: str, kind: str, open_page: Open):
    view = await open_page(WayParentView, WayView, path=f"/?how={how}&when=connected")
    redirected = view.child("way").redirected
    assert redirected is not None
    assert (redirected.kind, redirected.to) == (kind, "/other")


async def test_a_child_patches_the_page_when_it_joins(open_page: Open):
    view = await open_page(WayParentView, WayView, path="/?how=patch&when=connected")
    await view.until(lambda view: view.text("h1") == "patched")
    assert view.patched == ["/?q=patched"]
    assert view.child("way").patched == []


async def test_what_a_child_does_not_find_is_not_found(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.components(WayView)
    app.live("/", WayParentView)
    response = await Visitor(app).get("/?how=missing&when=dead")
    assert response.status_code == 404
    async with LiveClient(app) as client:
        with pytest.raises(JoinRefused) as caught:
            await client.live("/?how=missing&when=connected")
        assert caught.value.reason == "reload"


async def test_a_child_that_crashes_in_mount_does_not_end_the_page(open_page: Open):
    with pytest.raises(ViewCrashed, match="ZeroDivisionError: in mount"):
        await open_page(WayParentView, WayView, path="/?how=crash&when=connected")


# Sticky


STICKY = """{{ live_render(ChildView, id="player", session={"name": "player"}, sticky=true) }}
<main>{{ inner_content }}</main>"""


@pytest.fixture
def sticky_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    ENDED.clear()
    app = make_app(debug=True)
    app.components(ChildView)
    layout = app.templates.inline(STICKY, "sticky.html")

    def around(_: Any, inner: Any) -> Any:
        return layout.tree({"inner_content": inner}, {})

    with app.live_session("music", layout=around) as live:
        live.live("/", ParentView)
        live.live("/other", OtherView)
    with app.live_session("away") as live:
        live.live("/away", OtherView)
    return app


async def test_a_sticky_view_stays_across_the_pages_of_its_live_session(sticky_app: Wirebird):
    async with LiveClient(sticky_app) as client:
        view = await client.live("/")
        await view.click("#player .inc")
        other = await view.navigate("/other")
        assert other.text("h1") == "other"
        assert ENDED == [("kid", "leave"), ("ParentView", "leave")]
        await other.click("#player .inc")
        assert other.child("player").text("b") == "2"
        back = await other.navigate("/")
        assert back.child("player").text("b") == "2"
        away = await back.navigate("/away")
        assert away.text("h1") == "other"
        assert not away.has("#player")
        assert [reason for id, reason in ENDED if id == "player"] != []


async def test_a_sticky_view_outlives_a_crash_of_the_page(sticky_app: Wirebird):
    async with LiveClient(sticky_app) as client:
        view = await client.live("/")
        player = view.child("player")
        await player.click(".inc")
        with pytest.raises(ViewCrashed, match="in the parent"):
            await view.hook_event("crash")
        assert ("player", "crash") not in ENDED
        await player.click(".inc")
        assert player.text("b") == "2"


async def test_a_sticky_view_navigates_and_goes_on(sticky_app: Wirebird):
    visitor = Visitor(sticky_app)
    page = await visitor.page("/")
    player = token_in(page.html, "player")
    async with visitor.line(page) as line:
        await line.join(page)
        line.send(["9", "9", "lv:player", "phx_join", {**player, "params": {}}])
        assert (await answer(line, "9"))["status"] == "ok"
        line.send(["9", "10", "lv:player", "event", event_of("navigate")])
        assert (await answer(line, "10"))["response"] == {
            "diff": {"1": "1"},
            "live_redirect": {"kind": "push", "to": "/other"},
        }
        line.send(["9", "11", "lv:player", "event", event_of("inc")])
        assert (await answer(line, "11"))["response"] == {"diff": {"1": "2"}}


# Bad input


def token_in(html: str, id: str) -> dict[str, Any]:
    """Return what a child's element gives it to join with."""
    found = re.search(
        rf'id="{id}"[^>]*? data-phx-session="([^"]*)" data-phx-static="([^"]*)"', html
    )
    assert found is not None
    return {"session": found[1], "static": found[2] or None}


def event_of(name: str, **value: Any) -> dict[str, Any]:
    return {"type": "click", "event": name, "value": value}


async def answer(line: Line, ref: str) -> dict[str, Any]:
    """Return the answer to a ref; what comes before it is passed over."""
    while True:
        frame = await line.receive()
        if frame[1] == ref and frame[3] == "phx_reply":
            return frame[4]


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    ENDED.clear()
    app = make_app()
    app.components(ChildView)
    app.live("/", ParentView)
    app.live("/other", OtherView)
    app.live("/loop", LoopView)
    return app


async def joined(line: Line, page: Page) -> dict[str, Any]:
    """Join a page; return what its child `kid` joins with."""
    response = (await line.join(page))["response"]
    return token_in(str(response["rendered"]), "kid")


async def refused(line: Line, ref: str, topic: str, payload: dict[str, Any]) -> str:
    line.send([ref, ref, topic, "phx_join", {"params": {}, **payload}])
    reply = await answer(line, ref)
    assert reply["status"] == "error"
    return reply["response"]["reason"]


async def test_a_childs_token_is_good_for_its_parents_join_only(app: Wirebird):
    visitor = Visitor(app)
    page, other = await visitor.page("/"), await visitor.page("/")
    async with visitor.line(page) as line, visitor.line(other) as second:
        kid = await joined(line, page)
        await joined(second, other)
        # On another page of the same visitor, whose own child has the same id
        assert await refused(second, "20", "lv:kid", kid) == "stale"
        # As the child of another id, and as the page itself
        assert await refused(line, "21", "lv:other", kid) == "stale"
        assert await refused(line, "22", page.topic, {**kid, "url": page.url}) == "stale"


async def test_a_childs_token_is_worth_nothing_after_its_parent_has_left(app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        kid = await joined(line, page)
        line.send([line.joins[page.topic], "30", page.topic, "phx_leave", {}])
        await answer(line, "30")
        assert await refused(line, "31", "lv:kid", kid) == "stale"
        # The page joins again: its child has a token of its own.
        again = await joined(line, page)
        assert await refused(line, "32", "lv:kid", kid) == "stale"
        line.send(["33", "33", "lv:kid", "phx_join", {"params": {}, **again}])
        assert (await answer(line, "33"))["status"] == "ok"


async def test_a_childs_token_is_worth_nothing_for_another_visitor(app: Wirebird):
    visitor, stranger = Visitor(app), Visitor(app)
    page, foreign = await visitor.page("/"), await stranger.page("/")
    async with visitor.line(page) as line, stranger.line(foreign) as other:
        kid = await joined(line, page)
        await joined(other, foreign)
        assert await refused(other, "40", "lv:kid", kid) == "stale"


async def test_a_pages_token_does_not_make_it_a_child(app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await joined(line, page)
        main = {"session": page.session, "static": page.static}
        assert await refused(line, "50", "lv:kid", main) == "stale"
        assert await refused(line, "51", "lv:kid", {"session": "", "static": None}) == "stale"


async def test_a_sticky_views_token_is_bound_to_its_visitor(sticky_app: Wirebird):
    visitor, stranger = Visitor(sticky_app), Visitor(sticky_app)
    page, foreign = await visitor.page("/"), await stranger.page("/")
    player = token_in(page.html, "player")
    async with stranger.line(foreign) as line:
        assert await refused(line, "60", "lv:player", player) == "stale"
        assert await refused(line, "61", page.topic, {**player, "url": page.url}) == "stale"


# What guards a sticky view, which joins without its parent


@pytest.fixture
def guarded_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app(debug=True)
    app.components(ChildView)
    app.members = {"ada"}  # type: ignore[attr-defined]
    layout = app.templates.inline(STICKY, "sticky.html")

    def around(_: Any, inner: Any) -> Any:
        return layout.tree({"inner_content": inner}, {})

    async def require_member(view: LiveView[Any], user: str) -> None:
        if user not in app.members:  # type: ignore[attr-defined]
            view.socket.redirect("/join-us")

    with app.live_session("members", on_mount=[require_member], layout=around) as live:
        live.live("/{user}", OtherView)
    return app


async def test_a_sticky_view_passes_the_guards_of_its_live_session(guarded_app: Wirebird):
    async with LiveClient(guarded_app) as client:
        view = await client.live("/ada")
        assert view.child("player").text(".name") == "player"


async def test_a_sticky_view_is_not_let_in_when_its_guards_no_longer_let_pass(
    guarded_app: Wirebird,
):
    visitor = Visitor(guarded_app)
    page = await visitor.page("/ada")
    player = token_in(page.html, "player")
    guarded_app.members.clear()  # type: ignore[attr-defined]
    async with visitor.line(page) as line:
        line.send(json.dumps(["70", "70", "lv:player", "phx_join", {**player, "params": {}}]))
        reply = (await line.receive())[4]
    assert reply["status"] == "error"
    assert reply["response"]["redirect"]["to"] == "/join-us"


async def test_a_sticky_view_of_a_page_without_a_route_is_not_let_in(
    guarded_app: Wirebird, make_app: Callable[..., Wirebird]
):
    visitor = Visitor(guarded_app)
    page = await visitor.page("/ada")
    visitor.app = make_app()  # deployed anew, without that route
    async with visitor.line(page) as line:
        assert await refused(line, "71", "lv:player", token_in(page.html, "player")) == (
            "unauthorized"
        )
