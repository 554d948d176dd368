"""A view whose line is lost is kept for its page, and goes on when the page is back."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tests.conftest import SECRET_KEY
from tests.runtime.line import Closed, Line, Page, Visitor
from wirebird import (
    AsyncOutcome,
    Depends,
    LiveComponent,
    LiveView,
    Ok,
    Redirect,
    Socket,
    Stream,
    Wirebird,
    event,
    info,
)
from wirebird.runtime.channel import Channel
from wirebird.runtime.endpoint import Limits
from wirebird.runtime.mailbox import Stage
from wirebird.testing import LiveClient, View, ViewCrashed

PATIENCE = 10.0


@dataclass(frozen=True)
class Item:
    id: int
    text: str = ""


@dataclass
class Board:
    count: int = 0
    name: str = ""
    log: list[str] = field(default_factory=list[str])
    items: Stream[Item] = field(default_factory=Stream)


class Add:
    """Asks a board for another item."""

    def __init__(self, id: int) -> None:
        self.id = id


class Drop(Add):
    """Asks a board to take an item away."""


@dataclass
class Parted:
    clicks: int = 0


class Part(LiveComponent[Parted]):
    html = '<b phx-click="click" phx-target="{{ myself }}">{{ clicks }}</b>'

    @event
    def click(self) -> None:
        self.state.clicks += 1


class BoardView(LiveView[Board]):
    """Has a bit of everything, and says what happens to it."""

    html = """<h1>{{ count }}</h1><i>{{ log | join(" ") }}</i>
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
    </ul>{{ live_component(Part, id="part") }}"""

    def mount(self) -> None:
        self.state.log.append("mount")
        self.state.items.insert_many([Item(1, "one"), Item(2, "two")])

    def handle_params(self, q: str = "") -> None:
        self.state.log.append(f"params:{q}")

    def handle_return(self) -> Any:
        self.state.log.append("return")

    def terminate(self, reason: str) -> None:
        if self.socket.connected:
            ENDED.append(reason)

    @event
    def add(self, by: int = 1) -> None:
        self.state.count += by

    @event
    def typed(self, name: str) -> None:
        self.state.name = name
        self.state.log.append("typed")

    @info
    def on_add(self, message: Add) -> None:
        if isinstance(message, Drop):
            self.state.items.delete({"id": message.id})
        else:
            self.state.items.insert(Item(message.id, f"new {message.id}"))
            self.socket.push_event("added", {"id": message.id})

    @info
    def on_text(self, message: str) -> None:
        if message == "crash":
            raise ZeroDivisionError
        if message == "patch":
            self.socket.push_patch("/?q=elsewhere")
        elif message == "leave":
            self.socket.redirect("/other")
        elif message == "anew":
            self.state.items = Stream([Item(7, "seven")])
        elif message == "title":
            self.socket.page_title = "Titled"
        else:
            self.state.log.append(message)


class FormView(BoardView):
    html = f"""<form id="f" phx-change="typed"><input name="name" value="{{{{ name }}}}"></form>
    {BoardView.html}"""


ENDED: list[str] = []
RENDERED: list[int] = []


@pytest.fixture
def app() -> Wirebird:
    ENDED.clear()
    return make_app()


def make_app(view: type[LiveView[Any]] = BoardView, **options: Any) -> Wirebird:
    app = Wirebird(secret_key=SECRET_KEY, **options)
    names = {"Part": Part, "KidView": KidView, "watched": lambda: RENDERED.append(1)}
    app.templates.globals.update(names)
    app.live("/", view)
    return app


@pytest.fixture
async def client(app: Wirebird) -> AsyncIterator[LiveClient]:
    async with LiveClient(app) as client:
        yield client


def parked(app: Wirebird) -> list[Channel]:
    return list(app.endpoint.parking)


async def lost(view: View) -> Channel:
    """Lose the line of a page that shows one view, and return what is kept."""
    await view.disconnect()
    (channel,) = parked(client_app(view.client))
    return channel


def channel_of(app: Wirebird, page: Page) -> Channel:
    """Return the view of the page that has the only line."""
    (connection,) = app.endpoint.connections
    channel: Any = connection.channels[page.topic]
    return channel


async def ended(count: int = 1) -> list[str]:
    """Wait until so many views have ended."""
    async with asyncio.timeout(PATIENCE):
        while len(ENDED) < count:  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0)
    return ENDED


async def handled(channel: Channel) -> None:
    """Wait until a view without a line has nothing more to do."""
    async with asyncio.timeout(PATIENCE):
        while channel.handling or channel._inbox:  # pyright: ignore[reportPrivateUsage]  # noqa: ASYNC110
            await asyncio.sleep(0)


def rows(view: View) -> list[str]:
    return re.findall(r"<li[^>]*>([^<]*)</li>", view.html)


# What goes on


async def test_a_view_goes_on_where_it_was_without_being_mounted_anew(client: LiveClient):
    view = await client.live("/")
    await view.hook_event("add", {"by": 5})
    await view.click("b")
    await view.disconnect()
    await view.reconnect()
    assert view.text("h1") == "5"
    assert view.text("i") == "mount params: return"
    assert view.text("b") == "1"
    await view.click("b")
    await view.hook_event("add")
    assert view.text("b") == "2"
    assert view.text("h1") == "6"
    assert ENDED == []


async def test_messages_timers_and_tasks_go_on_and_nothing_is_rendered(app: Wirebird):
    class Busy(BoardView):
        html = f"{BoardView.html}{{{{ watched() }}}}"

        @event
        def begin(self) -> None:
            self.socket.send_after("timer", 0)
            self.socket.start_async("task", self.work, then=self.done)

        async def work(self) -> str:
            await started.wait()
            return "task"

        def done(self, outcome: AsyncOutcome[str]) -> None:
            assert isinstance(outcome, Ok)
            self.state.log.append(outcome.value)
            finished.set()

    started, finished = asyncio.Event(), asyncio.Event()
    app = make_app(Busy)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.hook_event("begin")
        channel = await lost(view)
        RENDERED.clear()
        started.set()
        channel.deliver("message")
        await asyncio.wait_for(finished.wait(), PATIENCE)
        await handled(channel)
        assert RENDERED == []
        await view.reconnect()
        assert set(view.text("i").split()) >= {"timer", "task", "message", "return"}


async def test_a_view_knows_that_its_line_is_lost():
    class Waiting(BoardView):
        html = "<i>{{ log | join(' ') }}</i>"

        @info
        def on_text(self, message: str) -> None:
            self.state.log.append(f"{message}:{self.socket.parked}")

    async with LiveClient(make_app(Waiting)) as client:
        view = await client.live("/")
        channel = await lost(view)
        channel.deliver("away")
        await handled(channel)
        await view.reconnect()
        channel.deliver("back")
        await view.until(lambda view: "back:False" in view.text("i"))
        assert "away:True" in view.text("i")


async def test_rows_of_streams_stay_and_what_came_meanwhile_comes_once(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver(Add(3))
    channel.deliver(Drop(1))
    await view.reconnect()
    assert rows(view) == ["two", "new 3"]
    channel.deliver(Add(4))
    await view.until(lambda view: rows(view) == ["two", "new 3", "new 4"])


async def test_a_stream_in_the_place_of_another_takes_the_rows_of_it_away(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver("anew")
    await view.reconnect()
    assert rows(view) == ["seven"]


async def test_events_wait_in_their_order(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver(Add(3))
    channel.deliver(Add(4))
    await view.reconnect()
    assert view.events == [("added", {"id": 3}), ("added", {"id": 4})]


async def test_a_patch_waits_and_the_page_hears_of_it(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver("patch")
    await view.reconnect()
    assert view.text("i") == "mount params: return params:elsewhere"
    assert view.url.endswith("/?q=elsewhere")


async def test_a_view_that_sends_its_visitor_elsewhere_does_so_when_he_is_back(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver("leave")
    await view.reconnect()
    assert view.redirected is not None
    assert view.redirected.to == "/other"
    await ended()


async def test_the_title_is_told_again(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver("title")
    await view.reconnect()
    assert view.title == "Titled"
    await view.disconnect()
    await view.reconnect()
    assert view.title == "Titled"


async def test_a_form_is_recovered_once():
    async with LiveClient(make_app(FormView)) as client:
        view = await client.live("/")
        await view.change("#f", {"name": "Ada"})
        await view.disconnect()
        await view.reconnect()
        assert view.text("i") == "mount params: typed return typed"
        assert view.has('#f input[value="Ada"]')


async def test_the_socket_is_that_of_the_new_line():
    class Asking(BoardView):
        def handle_return(self) -> None:
            self.state.log.append(self.socket.connect_info.user_agent)

    app = make_app(Asking)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        client.asgi.headers["user-agent"] = "another"
        await view.reconnect()
        assert view.text("i") == "mount params: another"


# For how long, and for how many


async def test_a_view_ends_when_its_page_does_not_come_back():
    app = make_app(linger=0.001)
    ENDED.clear()
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        assert await ended() == ["disconnected"]
        await view.reconnect()
        assert view.text("i") == "mount params:"


@pytest.mark.parametrize("where", ["application", "view"])
async def test_a_view_that_does_not_linger_ends_at_once(where: str):
    class Brief(BoardView):
        linger = 0

    ENDED.clear()
    app = make_app(linger=0) if where == "application" else make_app(Brief)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        assert ENDED == ["disconnected"]
        assert parked(app) == []


async def test_a_view_with_temporary_fields_does_not_linger():
    class Passing(BoardView):
        temporary = ("name",)

    app = make_app(Passing)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        assert parked(app) == []
        await view.reconnect()
        assert view.text("i") == "mount params:"


async def test_a_page_that_is_left_takes_its_view_along(client: LiveClient):
    view = await client.live("/")
    await view.close()
    assert ENDED == ["disconnected"]


@pytest.mark.parametrize(
    "limits", [Limits(parked_views=2), Limits(parked_memory=25_000)], ids=["count", "memory"]
)
async def test_the_oldest_ends_where_there_is_no_room(limits: Limits):
    app = make_app(limits=limits)
    ENDED.clear()
    async with LiveClient(app) as client:
        views = [await client.live("/") for _ in range(3)]
        for view in views:
            await view.disconnect()
        assert await ended() == ["disconnected"]
        assert len(parked(app)) == 2
        await views[2].reconnect()
        assert "return" in views[2].text("i")
        await views[0].reconnect()
        assert "return" not in views[0].text("i")


async def test_a_visitor_with_many_views_pushes_out_no_others():
    app = make_app(limits=Limits(parked_views=3))
    async with LiveClient(app) as one, LiveClient(app) as other:
        view = await one.live("/")
        await view.disconnect()
        for _ in range(5):
            await (await other.live("/")).disconnect()
        assert len(parked(app)) == 3
        await view.reconnect()
        assert "return" in view.text("i")


async def test_an_address_with_many_visitors_pushes_out_no_others():
    app = make_app(limits=Limits(parked_views=3))
    async with AsyncExitStack() as clients:
        client, *crowd = [await clients.enter_async_context(LiveClient(app)) for _ in range(6)]
        view = await client.live("/")
        await view.disconnect()
        for another in crowd:
            one = await another.live("/")
            for line in app.endpoint.connections:
                if one.channel.topic in line.channels:
                    connection: Any = line
                    connection.info = replace(connection.info, peer=("8.8.8.8", 50000))
            await one.disconnect()
        assert len(parked(app)) == 3
        await view.reconnect()
        assert "return" in view.text("i")


async def test_a_view_for_which_too_many_events_wait_ends():
    app = make_app(limits=Limits(parked_events=3))
    ENDED.clear()
    async with LiveClient(app) as client:
        view = await client.live("/")
        channel = await lost(view)
        for id in range(10):
            channel.deliver(Add(id))
        assert await ended() == ["disconnected"]


async def test_a_view_for_which_too_many_messages_wait_ends():
    app = make_app(limits=Limits(waiting_messages=3))
    ENDED.clear()
    async with LiveClient(app) as client:
        view = await client.live("/")
        channel = await lost(view)
        for id in range(10):
            channel.deliver(Add(id))
        assert await ended() == ["disconnected"]


async def test_parked_views_end_with_the_server(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        assert len(parked(app)) == 1
    assert ENDED == ["shutdown"]
    assert ENDED.count("shutdown") == 1


async def test_a_crash_ends_a_parked_view_and_its_page_begins_anew(client: LiveClient):
    view = await client.live("/")
    channel = await lost(view)
    channel.deliver("crash")
    assert await ended() == ["crash"]
    await view.reconnect()
    assert view.text("i") == "mount params:"


async def test_a_view_that_crashes_when_it_returns_is_refused():
    class Broken(BoardView):
        def handle_return(self) -> None:
            raise ZeroDivisionError("on return")

    app = make_app(Broken)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        with pytest.raises(ViewCrashed, match="on return"):
            await view.reconnect()
        await view.reconnect()
        assert view.text("i") == "mount params:"


# For whom


async def test_signing_out_ends_parked_views_at_once():
    app = make_app()
    ENDED.clear()

    async def sign_in(request: Request) -> Response:
        request.session["live_socket_id"] = "user:1"
        return Response()

    app.add_route("/sign-in", sign_in, methods=["POST"])
    async with LiveClient(app) as client:
        await client.post("/sign-in", {})
        view = await client.live("/")
        await view.disconnect()
        await app.disconnect("user:1")
        assert await ended() == ["disconnected"]
        await view.reconnect()
        assert view.text("i") == "mount params:"


async def test_another_session_begins_anew():
    app = make_app()
    ENDED.clear()

    async def become(request: Request) -> Response:
        request.session["user"] = "bob"
        return Response()

    app.add_route("/become", become, methods=["POST"])
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        await client.post("/become", {})
        await view.reconnect()
        assert view.text("i") == "mount params:"
        assert ENDED == ["refused"]


async def test_who_would_not_be_let_in_any_more_is_not():
    allowed = {"ada"}

    async def user() -> str:
        if "ada" not in allowed:
            raise PermissionError
        return "ada"

    class Guarded(BoardView):
        def mount(self, user: Annotated[str, Depends(user)] = "") -> None:
            super().mount()

    ENDED.clear()
    app = make_app(Guarded)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        await view.reconnect()
        assert "return" in view.text("i")
        await view.disconnect()
        allowed.clear()
        with pytest.raises(ViewCrashed):
            await view.reconnect()
        assert "refused" in await ended()


async def test_who_has_signed_out_meanwhile_is_sent_to_where_others_are():
    async def user(socket: Socket) -> str:
        name = socket.request.cookies.get("host")
        if name is None:
            raise Redirect("/sign-in")
        return name

    class Guarded(BoardView):
        def mount(self, user: Annotated[str, Depends(user)] = "") -> None:
            super().mount()

    ENDED.clear()
    app = make_app(Guarded)
    async with LiveClient(app) as client:
        client.cookies["host"] = "ada"
        view = await client.live("/")
        await view.disconnect()
        del client.cookies["host"]
        await view.reconnect()
        assert view.redirected is not None
        assert view.redirected.to == "/sign-in"
        assert "refused" in await ended()


# Lines


def mark_in(answer: Any) -> str:
    return answer["response"]["rendered"]["e"][-1][1]["mark"]


async def shown(app: Wirebird) -> tuple[Visitor, Page, Line, str]:
    """Show a page on a line, and return what it was told to say of itself when it comes back."""
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    return visitor, page, line, mark_in(await rejoin(line, page, ""))


async def rejoin(line: Line, page: Page, mark: str) -> Any:
    return await line.join(page, params={"_csrf_token": page.csrf, "_mounts": 1, "_mark": mark})


def log_of(answer: Any) -> str:
    return answer["response"]["rendered"]["1"]["1"]


async def test_a_page_that_says_nothing_of_what_it_was_shown_begins_anew(app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    answer = await line.join(page)
    assert "wirebird" not in json.dumps(answer)
    await line.close()
    assert ENDED == ["disconnected"]


async def test_a_line_that_is_half_open_is_taken_over(app: Wirebird):
    visitor, page, old, mark = await shown(app)
    with old.not_reading():
        old.begin_event(page, "add")  # its answer never gets through
        async with visitor.line(page) as line:
            answer = await rejoin(line, page, mark)
            assert log_of(answer) == "mount params: return"
            assert answer["response"]["rendered"]["1"]["0"] == "1"
            await line.event(page, "add")
    assert ENDED == []


async def test_the_old_line_is_closed(app: Wirebird):
    visitor, page, old, mark = await shown(app)
    async with visitor.line(page) as line:
        await rejoin(line, page, mark)
        assert isinstance(await old.until_closed(), Closed)
        await old.close()
        await line.event(page, "add")
    assert ENDED == []


async def test_another_visitor_gets_nothing(app: Wirebird, caplog: pytest.LogCaptureFixture):
    _, page, line, mark = await shown(app)
    await line.close()
    stranger = Visitor(app)
    theirs = await stranger.page("/")
    async with stranger.line(theirs) as line:
        answer = await rejoin(line, theirs, mark)
        assert log_of(answer) == "mount params:"
        mine = await line.join(
            page, params={"_csrf_token": theirs.csrf, "_mark": mark}, topic=page.topic
        )
        assert mine["status"] == "error"
    assert len(parked(app)) == 2


@pytest.mark.parametrize("mark", [7, "", "x", "a.b.c", "." * 60, None, ["x"]])
async def test_a_mark_that_is_none_is_no_mark(app: Wirebird, mark: Any):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        answer = await rejoin(line, page, mark)
        assert answer["status"] == "ok"
        assert log_of(answer) == "mount params:"


async def test_a_copy_of_the_page_does_not_take_the_view_away(app: Wirebird):
    visitor, page, first, mark = await shown(app)
    second = await visitor.line(page).open()
    assert log_of(await rejoin(second, page, "")) == "mount params:"
    await first.event(page, "add")
    await first.close()
    third = await visitor.line(page).open()
    assert log_of(await rejoin(third, page, mark)) == "mount params: return"
    await second.event(page, "add")
    await second.close()
    await third.close()


async def test_what_was_sent_into_a_dead_line_is_sent_again(app: Wirebird):
    visitor, page, line, mark = await shown(app)
    channel = channel_of(app, page)
    channel.deliver(Add(3))
    pushed = await line.receive()
    assert pushed[3] == "diff"
    channel.deliver(Drop(1))
    await line.receive()
    await line.close()  # suppose that neither arrived
    async with visitor.line(page) as line:
        answer = await rejoin(line, page, mark)
    rendered = answer["response"]["rendered"]
    loops: list[Any] = [each for each in rendered["1"].values() if isinstance(each, dict)]
    _, inserts, deleted, *_ = next(loop["stream"] for loop in loops if "stream" in loop)
    assert [insert[0] for insert in inserts] == ["items-3"]
    assert deleted == ["items-1"]
    assert ["added", {"id": 3}] in rendered["e"]


async def test_a_page_that_lacks_more_than_is_kept_begins_anew(app: Wirebird):
    visitor, page, line, mark = await shown(app)
    channel = channel_of(app, page)
    for id in range(1000):
        channel.deliver(Add(id + 10))
    await handled(channel)
    await line.close()
    async with visitor.line(page) as line:
        assert log_of(await rejoin(line, page, mark)) == "mount params:"
    assert "replaced" in ENDED


async def test_what_has_arrived_is_forgotten_with_the_heartbeats(app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        mark = mark_in(await rejoin(line, page, ""))
        channel = channel_of(app, page)
        assert channel.sent.reaches(int(mark.rpartition(".")[2]))
        channel.deliver(Add(3))
        await line.receive()
        for _ in range(2):
            assert await line.alive()
        assert not channel.sent.reaches(1)
        assert channel.sent.reaches(2)


async def test_a_line_that_is_lost_while_the_view_returns_leaves_it_parked():
    class Slow(BoardView):
        async def handle_return(self) -> None:
            self.state.log.append("return")
            returning.set()
            await going_on.wait()

    returning, going_on = asyncio.Event(), asyncio.Event()
    ENDED.clear()
    app = make_app(Slow)
    async with LiveClient(app) as client:
        view = await client.live("/")
        channel = await lost(view)
        channel.deliver(Add(3))
        again = asyncio.create_task(view.reconnect())
        await asyncio.wait_for(returning.wait(), PATIENCE)
        await view.tab.lose()
        with pytest.raises(Exception, match="lost"):
            await again
        assert parked(app) == [channel]
        going_on.set()
        await handled(channel)
        assert channel.stage is Stage.PARKED
        await view.reconnect()
        assert view.text("i") == "mount params: return return"
        assert rows(view) == ["one", "two", "new 3"]
        assert ("added", {"id": 3}) in view.events
        assert ENDED == []


# Nested views


@dataclass
class Kid:
    count: int = 0
    items: Stream[Item] = field(default_factory=lambda: Stream([Item(1, "a")]))


class KidView(LiveView[Kid]):
    html = """<em>{{ count }}</em><ul id="{{ socket.id }}-items" phx-update="stream">
    {% for dom_id, item in items %}<li id="{{ socket.id }}{{ dom_id }}">{{ item.text }}</li>
    {% endfor %}</ul>"""

    @event
    def add(self) -> None:
        self.state.count += 1
        self.state.items.insert(Item(self.state.count + 1, "b"))
        self.socket.send_parent("told")

    @info
    def on_text(self, message: str) -> None:
        self.state.count += 100


class FamilyView(BoardView):
    html = f"""{BoardView.html} {{{{ live_render(KidView, id="kid") }}}}
    {{{{ live_render(KidView, id="held", sticky=True) }}}}"""

    @event
    def tell(self) -> None:
        self.socket.send_child("kid", "hello")


async def test_nested_and_sticky_views_come_back_with_their_page():
    app = make_app(FamilyView)
    ENDED.clear()
    async with LiveClient(app) as client:
        view = await client.live("/")
        for id in ("kid", "held"):
            await view.child(id).hook_event("add")
        await view.disconnect()
        assert {channel.topic for channel in parked(app)} == {
            view.channel.topic,
            "lv:kid",
            "lv:held",
        }
        await view.reconnect()
        assert parked(app) == []
        for id in ("kid", "held"):
            child = view.child(id)
            assert child.text("em") == "1"
            assert rows(child) == ["a", "b"]
            await child.hook_event("add")
            assert child.text("em") == "2"
            assert rows(child) == ["a", "b", "b"]
        await view.hook_event("tell")
        await view.until(lambda view: view.child("kid").text("em") == "102")
        assert view.text("i") == "mount params: told return told"


async def test_a_view_that_returns_reaches_its_own_nested_view_among_others_of_that_id():
    class CallingView(FamilyView):
        async def handle_return(self) -> None:
            self.socket.send_child("kid", "hello")

    app = make_app(CallingView)
    async with LiveClient(app) as first, LiveClient(app) as second:
        pages = [await first.live("/"), await second.live("/")]
        for page in pages:
            await page.disconnect()
        for page in reversed(pages):
            await page.reconnect()
            assert page.child("kid").text("em") == "100"


async def test_a_nested_view_that_crashes_while_parked_is_mounted_anew_in_its_page():
    app = make_app(FamilyView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.child("kid").hook_event("add")
        await view.disconnect()
        kid = next(channel for channel in parked(app) if channel.topic == "lv:kid")
        kid.deliver(7)  # nothing handles it
        await handled(kid)
        await kid.crash(ZeroDivisionError())
        await view.reconnect()
        assert "return" in view.text("i")
        assert view.child("kid").text("em") == "0"
        assert rows(view.child("kid")) == ["a"]


async def test_nested_views_end_with_a_page_that_does_not_come_back():
    app = make_app(FamilyView, limits=Limits(parked_views=2))
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.disconnect()
        async with asyncio.timeout(PATIENCE):
            while len(parked(app)) > 1:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert [channel.topic for channel in parked(app)] == ["lv:held"]


def client_app(client: LiveClient) -> Wirebird:
    app: Any = client.asgi.app
    return app


# Whatever happens


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(3, 6)),
        st.tuples(st.just("drop"), st.integers(1, 6)),
        st.tuples(st.sampled_from(["anew", "click", "event", "lose", "lose sent", "come back"])),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_a_page_shows_the_same_as_one_that_never_lost_its_line(steps: list[tuple[Any, ...]]):
    asyncio.run(_same(steps))


async def _same(steps: list[tuple[Any, ...]]) -> None:
    async with LiveClient(make_app()) as steady, LiveClient(make_app()) as shaky:
        views = [await steady.live("/"), await shaky.live("/")]
        channels = [_channel(view) for view in views]
        is_there = True
        for step in steps:
            kind = step[0]
            if kind == "lose" and is_there:
                await views[1].disconnect()
                is_there = False
            elif kind == "come back" and not is_there:
                await views[1].reconnect()
                is_there = True
            elif kind in ("click", "event") and is_there:
                for view in views:
                    await (view.click("b") if kind == "click" else view.hook_event("add"))
            elif kind in ("add", "drop", "anew"):
                message = "anew" if kind == "anew" else (Add if kind == "add" else Drop)(step[1])
                for channel in channels:
                    channel.deliver(message)
                    await handled(channel)
        if not is_there:
            await views[1].reconnect()
        for view in views:
            await view.render()
        assert rows(views[0]) == rows(views[1])
        assert views[0].text("h1") == views[1].text("h1")
        assert views[0].text("b") == views[1].text("b")
        added = [[each for each in view.events if each[0] == "added"] for view in views]
        assert added[0] == added[1]
        assert channels[1].stage is Stage.JOINED


def _channel(view: View) -> Channel:
    for connection in client_app(view.client).endpoint.connections:
        channel: Any = connection.channels.get(view.channel.topic)
        if channel is not None:
            return channel
    raise LookupError
