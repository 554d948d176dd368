"""What goes wrong in one view ends that view, is told to its client, and harms no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from markupsafe import Markup
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from tests.runtime.line import Visitor
from wirebird import (
    Depends,
    Halt,
    HTTPException,
    LiveView,
    NotFound,
    Redirect,
    Wirebird,
    event,
    info,
)

CRASHED = {"status": "error", "response": {"reason": "join crashed"}}


@dataclass
class Count:
    count: int = 0
    broken: bool = False


class Steady(LiveView[Count]):
    """The view that must not notice."""

    html = "<p>{{ count }}</p>"

    @event
    async def increment(self) -> None:
        self.state.count += 1


class Boom(Exception):
    pass


def fails() -> None:
    raise Boom


async def fails_late() -> Any:
    yield 1
    raise Boom


class Fragile(LiveView[Count]):
    html = "<p>{{ count }}{{ 1 // 0 if broken else '' }}</p>"

    async def mount(self, mount: str = "") -> None:
        if mount == "connected" and not self.socket.connected:
            return
        await raised(mount or "nothing")

    async def handle_params(self, then: str = "") -> None:
        if self.socket.connected:
            await raised(then)

    @event
    async def increment(self) -> None:
        self.state.count += 1

    @event
    async def fail(self, how: str = "boom") -> None:
        await raised(how)

    @event
    def fail_in_a_thread(self, how: str = "boom") -> None:
        raise_now(how)

    @event
    async def render_badly(self) -> None:
        self.state.broken = True

    @event
    async def depend(self, value: Annotated[Any, Depends(fails)]) -> None: ...

    @event
    async def depend_on_cleanup(self, value: Annotated[Any, Depends(fails_late)]) -> None: ...

    @event
    async def answer(self) -> Any:
        return {"it": object()}

    @event
    async def push(self) -> None:
        self.socket.push_event("it", {"it": object()})

    @event
    async def recurse(self) -> None:
        await self.recurse()

    @event
    async def leave_for_nothing(self) -> None:
        self.socket.push_patch("/elsewhere")

    @event
    async def leave_for_another(self) -> None:
        self.socket.push_patch("/steady")

    @event
    async def leave_with_prefix(self) -> None:
        self.socket.push_patch("/shop/steady")

    @event
    async def patch_for_ever(self) -> None:
        self.socket.push_patch("/fragile?then=patch")

    @event
    async def send_bad_message(self) -> None:
        self.socket.send(Boom())

    @event
    async def cancelled_by_somebody(self) -> None:
        task = asyncio.create_task(asyncio.Event().wait())
        task.cancel()
        await task

    @info
    async def on_boom(self, message: Boom) -> None:
        raise message

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            raise Boom("terminate")


class Unsendable(LiveView[Count]):
    html = "<p>{{ count }}</p>"

    async def mount(self) -> None:
        self.socket.attach_hook("answers", "handle_event", self.hook)

    async def hook(self, event: str, payload: Any, socket: Any) -> Any:
        return Halt({"it": object()}) if event == "answer_hooked" else None

    @event
    async def push(self) -> None:
        self.socket.push_event("it", {"it": object()})

    @event
    async def answer(self) -> Any:
        return {"it": object()}

    def handle_event(self, event: str, payload: Any) -> Any:
        return {"it": object()}


def raise_now(how: str) -> None:
    match how:
        case "boom" | "connected":
            raise Boom
        case "exit":
            raise SystemExit
        case "not-found":
            raise NotFound("no such thing")
        case "forbidden":
            raise HTTPException(403, "not for you")
        case "server":
            raise HTTPException(503)
        case "group":
            raise ExceptionGroup("several", [Boom(), Boom()])
        case "redirect":
            raise Redirect("/steady")
        case "navigate":
            raise Redirect("/steady", navigate=True)
        case "external":
            raise Redirect(external="https://elsewhere.example/")
        case _:
            return


async def raised(how: str) -> None:
    raise_now(how)


class AsyncRender(LiveView[Count]):
    async def render(self) -> Any:
        if self.socket.connected:
            raise Boom
        return Markup("<p>async</p>")


class Guarded(LiveView[Count]):
    html = "<p>guarded</p>"


async def guard(params: dict[str, Any], session: dict[str, Any]) -> None:
    await raised(params.get("guard", ""))


class InBadLayout(LiveView[Count]):
    html = "<p>{{ count }}</p>"

    def layout(socket: Any, inner: Any) -> Any:  # pyright: ignore[reportSelfClsParameterName]
        if socket.flash:
            raise Boom
        return inner.__tree__

    @event
    async def flash(self) -> None:
        self.socket.put_flash("info", "x")


class Patching(LiveView[Count]):
    html = "<p>patching</p>"

    async def handle_params(self, n: int = 0) -> None:
        if self.socket.connected:
            self.socket.push_patch(f"/patching?n={n + 1}")


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app()
    app.live("/steady", Steady)
    app.live("/fragile", Fragile)
    app.live("/async", AsyncRender)
    app.live("/layout", InBadLayout, layout=InBadLayout.layout)
    app.live("/patching", Patching)
    app.live("/unsendable", Unsendable)
    with app.live_session("guarded", on_mount=[guard]) as guarded:
        guarded.live("/guarded", Guarded)
    return app


@asynccontextmanager
async def opened(app: Wirebird, path: str = "/fragile") -> AsyncIterator[SimpleNamespace]:
    """A socket with a page to be joined, and a steady view that must still be so at the end."""
    visitor = Visitor(app)
    page, steady = await visitor.page(path), await visitor.page("/steady")
    async with visitor.line(page) as line:
        assert (await line.join(steady))["status"] == "ok"
        yield SimpleNamespace(visitor=visitor, page=page, line=line)
        assert await line.event(steady, "increment") == {"diff": {"1": {"0": "1"}}}


async def crashed(here: SimpleNamespace) -> None:
    """Wait for the view's end, and join it again."""
    join_ref = here.line.joins[here.page.topic]
    assert await here.line.receive() == [
        join_ref,
        join_ref,
        here.page.topic,
        "phx_error",
        {"reason": "channel_crash"},
    ]
    assert (await here.line.join(here.page))["status"] == "ok"


# Over the socket


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fail", {}),
        ("fail", {"how": "exit"}),
        ("fail", {"how": "group"}),
        ("fail", {"how": "not-found"}),
        ("fail", {"how": "forbidden"}),
        ("fail_in_a_thread", {}),
        ("fail_in_a_thread", {"how": "exit"}),
        ("render_badly", {}),
        ("depend", {}),
        ("depend_on_cleanup", {}),
        ("answer", {}),
        ("push", {}),
        ("recurse", {}),
        ("leave_for_nothing", {}),
        ("cancelled_by_somebody", {}),
    ],
)
async def test_an_exception_in_an_event_ends_that_view_alone(
    name: str, value: Any, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        assert (await here.line.join(here.page))["status"] == "ok"
        here.line.begin_event(here.page, name, value)
        await crashed(here)
        assert await here.line.event(here.page, "increment") == {"diff": {"1": {"0": "1"}}}
    assert "the view crashed" in caplog.text
    assert "Fragile" in caplog.text


async def test_an_exception_in_a_message_ends_that_view_alone(app: Wirebird):
    async with opened(app) as here:
        await here.line.join(here.page)
        assert await here.line.event(here.page, "send_bad_message") == {}
        await crashed(here)


async def test_an_exception_in_the_layout_ends_that_view_alone(app: Wirebird):
    async with opened(app, "/layout") as here:
        await here.line.join(here.page)
        here.line.begin_event(here.page, "flash")
        await crashed(here)


async def test_an_exception_in_terminate_is_logged(app: Wirebird, caplog: pytest.LogCaptureFixture):
    async with opened(app) as here:
        await here.line.join(here.page)
        assert await here.line.leave(here.page) == {"status": "ok", "response": {}}
    assert "terminate raised" in caplog.text


async def test_events_that_wait_behind_a_crash_are_not_executed(app: Wirebird):
    async with opened(app) as here:
        await here.line.join(here.page)
        here.line.begin_event(here.page, "fail")
        late = here.line.begin_event(here.page, "increment")
        await crashed(here)
        assert await here.line.event(here.page, "increment") == {"diff": {"1": {"0": "1"}}}
        assert all(frame[1] != late for frame in here.line._kept if frame[4].get("status") == "ok")


@pytest.mark.parametrize("query", ["mount=connected", "then=boom", "then=exit"])
async def test_an_exception_in_mount_answers_the_join(
    query: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app, "/fragile?" + query) as here:
        for _ in range(2):
            assert await here.line.join(here.page) == CRASHED
        # The same page can still be joined when nothing is wrong any more.
        url = here.page.url.partition("?")[0]
        assert (await here.line.join(here.page, url=url))["status"] == "ok"
    assert "while it was joined" in caplog.text


async def test_an_exception_in_an_asynchronous_render_answers_the_join(app: Wirebird):
    async with opened(app, "/async") as here:
        assert await here.line.join(here.page) == CRASHED


async def test_an_exception_in_a_guard_answers_the_join(app: Wirebird):
    async with opened(app, "/guarded") as here:
        assert await here.line.join(here.page, url=here.page.url + "?guard=boom") == CRASHED
        assert (await here.line.join(here.page))["status"] == "ok"


@pytest.mark.parametrize(("how", "status"), [("not-found", 404), ("forbidden", 403)])
async def test_a_4xx_in_mount_has_the_page_loaded_with_that_status(
    how: str, status: int, app: Wirebird
):
    async with opened(app, "/fragile") as here:
        url = f"{here.page.url}?then={how}"
        reply = await here.line.join(here.page, url=url)
        assert reply["status"] == "error"
        token = reply["response"].pop("token")
        assert reply["response"] == {"reason": "reload", "status": status}
        # The client puts the token into a cookie and loads the page; that answers for good,
        # although the first render alone would have succeeded.
        here.visitor.http.cookies.set("__phoenix_reload_status__", token, domain="127.0.0.1")
        response = await here.visitor.get(f"/fragile?then={how}")
        assert response.status_code == status
        assert "__phoenix_reload_status__" not in here.visitor.cookies()
        assert (await here.visitor.get(f"/fragile?then={how}")).status_code == 200


async def test_a_5xx_in_mount_is_a_crash(app: Wirebird):
    async with opened(app, "/fragile") as here:
        assert await here.line.join(here.page, url=here.page.url + "?then=server") == CRASHED


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ("redirect", {"redirect": {"to": "/steady", "status": 302}}),
        ("navigate", {"live_redirect": {"to": "/steady", "kind": "push"}}),
        ("external", {"redirect": {"to": "https://elsewhere.example/", "status": 302}}),
    ],
)
async def test_a_redirect_can_be_raised_everywhere(how: str, answer: Any, app: Wirebird):
    async with opened(app) as here:
        for query in (f"mount={how}", f"then={how}"):
            reply = await here.line.join(here.page, url=f"{here.page.url}?{query}")
            assert reply == {"status": "error", "response": {"events": [], **answer}}
        await here.line.join(here.page)
        assert await here.line.event(here.page, "fail", {"how": how}) == answer
        assert await here.line.receive() == [
            here.line.joins[here.page.topic],
            None,
            here.page.topic,
            "diff",
            {"e": []},
        ]
        assert await here.line.leave(here.page) == {"status": "ok", "response": {}}
        await here.line.join(here.page)
        ref = here.line.push(here.page.topic, "live_patch", {"url": f"{here.page.url}?then={how}"})
        assert await here.line.reply(ref) == {"status": "ok", "response": answer}


async def test_a_4xx_in_a_patch_ends_the_view_which_then_joins_at_that_url(app: Wirebird):
    async with opened(app) as here:
        await here.line.join(here.page)
        here.line.push(here.page.topic, "live_patch", {"url": here.page.url + "?then=not-found"})
        await crashed(here)


async def test_a_patch_that_has_the_mounts_prefix_already_says_so(
    app: Wirebird, caplog: pytest.LogCaptureFixture
):
    visitor = Visitor(Mount("/shop", app))
    page = await visitor.page("/shop/fragile")
    async with visitor.line(page, path="/shop/live/websocket") as line:
        await line.join(page)
        line.begin_event(page, "leave_with_prefix")
        await line.receive()
    assert "push_patch('/steady') is what is meant: the application is mounted under" in caplog.text


async def test_a_view_that_patches_for_ever_says_so(
    app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app, "/patching") as here:
        assert await here.line.join(here.page) == CRASHED
    assert "Patching.handle_params patched 20 times in a row" in caplog.text


@pytest.mark.parametrize("event", ["push", "answer", "answer_fallback", "answer_hooked"])
async def test_what_cannot_be_sent_names_the_event_and_the_line(
    app: Wirebird, caplog: pytest.LogCaptureFixture, event: str
):
    async with opened(app, "/unsendable") as here:
        await here.line.join(here.page)
        here.line.begin_event(here.page, event)
        await crashed(here)
    assert "cannot send a value of type builtins.object to the browser" in caplog.text
    said = {
        "push": ["push_event('it')", "in push\n"],
        "answer": ["the reply of Unsendable.answer", "test_faults.py:", "the event 'answer'"],
        "answer_fallback": ["the reply of Unsendable.handle_event", "the event 'answer_fallback'"],
        "answer_hooked": ["a hook's reply to the event 'answer_hooked'"],
    }
    assert [words for words in said[event] if words not in caplog.text] == []


@pytest.mark.parametrize(
    ("event", "way"),
    [
        ("leave_for_another", "leads out of Fragile, to Steady: use push_navigate"),
        ("leave_for_nothing", "no view is routed there; write app.live('/elsewhere', Fragile)"),
        ("leave_for_nothing", "push_patch is called at PLACE"),
    ],
)
async def test_a_patch_out_of_the_view_names_the_way(
    app: Wirebird, caplog: pytest.LogCaptureFixture, event: str, way: str
):
    async with opened(app) as here:
        await here.line.join(here.page)
        here.line.begin_event(here.page, event)
        await crashed(here)
    call = f"{__file__}:{Fragile.leave_for_nothing.__code__.co_firstlineno + 2}"
    assert way.replace("PLACE", call) in caplog.text


# In the first render


@pytest.mark.parametrize(
    ("how", "status"),
    [("boom", 500), ("not-found", 404), ("forbidden", 403), ("server", 503), ("redirect", 302)],
)
@pytest.mark.parametrize("where", ["/fragile?mount=", "/guarded?guard="])
async def test_the_first_render_answers_with_what_was_raised(
    where: str, how: str, status: int, app: Wirebird
):
    response = await Visitor(app).get(where + how)
    assert response.status_code == status
    if status == 302:
        assert response.headers["location"] == "/steady"


async def test_an_exception_in_terminate_does_not_replace_the_first_render(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    class Ends(Steady):
        async def terminate(self, reason: str) -> None:
            raise Boom("terminate")

    app = make_app()
    app.live("/", Ends)
    assert (await Visitor(app).get("/")).status_code == 200
    assert "terminate raised" in caplog.text


async def test_development_shows_the_traceback_in_the_page(make_app: Callable[..., Wirebird]):
    app = make_app(debug=True)
    app.live("/", Fragile)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        line.begin_event(page, "fail")
        overlay = await line.receive()
        [[name, detail]] = overlay[4]["e"]
        assert (overlay[3], name) == ("diff", "wirebird:error")
        assert "raise_now" in detail["detail"]
        assert (await line.receive())[3] == "phx_error"


async def test_production_shows_nothing_of_the_error(app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/fragile")
    async with visitor.line(page) as line:
        reply = await line.join(page, url=page.url + "?then=boom")
        assert reply == CRASHED
        assert "Boom" not in (await visitor.get("/fragile?mount=boom")).text


async def test_a_first_render_that_raises_says_in_development_why_and_where(
    make_app: Callable[..., Wirebird],
):
    app = make_app(debug=True)
    app.live("/", Fragile)
    response = await Visitor(app).get("/?mount=boom")
    assert response.status_code == 500
    assert "Boom in Fragile" in response.text
    assert "raise_now" in response.text
    assert "The state, a Count" in response.text
    assert "wirebird:reload" in response.text


async def test_an_applications_own_handler_answers_in_development_too(
    make_app: Callable[..., Wirebird],
):
    async def answer(request: Any, error: Exception) -> Any:
        return PlainTextResponse("ours", 418)

    app = make_app(debug=True, exception_handlers={Boom: answer})
    app.live("/", Fragile)
    response = await Visitor(app).get("/?mount=boom")
    assert (response.status_code, response.text) == (418, "ours")
