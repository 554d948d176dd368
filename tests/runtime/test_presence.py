"""Who is here, as views see it: in one process, and in two that share a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.runtime.line import Visitor
from wirebird import (
    LiveView,
    LocalPubSub,
    Presence,
    PresenceDiff,
    PresenceError,
    PresenceTimes,
    Wirebird,
    event,
    info,
)
from wirebird.live.component import LiveComponent
from wirebird.testing import LiveClient, LiveTestError, View

SECRET = "a secret for tests, and long enough for them"
QUICK = PresenceTimes(heartbeat=0.1, timeout=0.5, flush=0.01, patience=0.2, linger=0.1)


@dataclass(frozen=True)
class Person:
    name: str
    mood: str = "calm"


@dataclass
class Room:
    people: Presence[Person] = field(default_factory=Presence)
    name: str = ""
    told: list[str] = field(default_factory=list)


class RoomView(LiveView[Room]):
    html = """
      <ul>{% for key, tabs in people.items() %}
        <li :key="{{ key }}" id="{{ key }}">{% for tab in tabs %}{{ tab.name }}:{{ tab.mood }} {% endfor %}</li>
      {% endfor %}</ul>
      <p id="count">{{ people | length }}</p><p id="told">{{ told | join(" ") }}</p>"""  # noqa: E501

    async def mount(self, room: str, name: str) -> None:
        self.state.name = name
        key = name.partition("-")[0]
        self.state.people = await self.socket.track(f"room:{room}", key, Person(name))

    @event
    async def feel(self, mood: str) -> None:
        self.state.people.update(Person(self.state.name, mood))

    @event
    async def leave(self) -> None:
        self.state.people.untrack()

    @event
    async def move(self, room: str) -> None:
        self.state.people.untrack()
        me = Person(self.state.name)
        self.state.people = await self.socket.track(f"room:{room}", self.state.name, me)

    @event
    async def crash(self) -> None:
        raise RuntimeError("crashed on purpose")

    @info
    async def on_diff(self, diff: PresenceDiff[Person]) -> None:
        told = [("+", diff.joins), ("-", diff.leaves), ("~", diff.updates)]
        for sign, people in told:
            names = [person.name for tabs in people.values() for person in tabs]
            self.state.told += [sign + name for name in names]


class LobbyView(LiveView[Room]):
    html = "<p>{{ people.keys() | sort | join(' ') }}</p>"

    async def mount(self, room: str) -> None:
        self.state.people = await self.socket.presence(f"room:{room}")

    @event
    async def feel(self, mood: str) -> str:
        with pytest.raises(PresenceError, match="no entry there"):
            self.state.people.update(Person("nobody", mood))
        return "refused"


class ThreadView(LiveView[Room]):
    """Has `def` handlers, which run in threads."""

    html = "<p>{% for tabs in people.values() %}{{ tabs[0].name }}{% endfor %}</p>"

    def mount(self, room: str) -> None:
        self.state.people = self.socket.track(f"room:{room}", 7, Person("thread"))

    @event
    def again(self) -> None:
        self.state.people = self.socket.track("room:1", 7, Person("thread", "again"))

    @event
    def feel(self, mood: str) -> list[str]:
        self.state.people.update(Person("thread", mood))
        return [tab.mood for tab in self.state.people["7"]]


class FailingView(LiveView[Room]):
    html = "<p></p>"

    async def mount(self, room: str) -> None:
        self.state.people = await self.socket.track(f"room:{room}", "failing", Person("failing"))
        if self.socket.connected:
            raise RuntimeError("it fails on purpose")


@dataclass
class Badge:
    people: Presence[Person] = field(default_factory=Presence)


class BadgeOf(LiveComponent[Badge]):
    html = "<b>{{ people | length }}</b>"

    async def update(self, topic: str, name: str) -> None:
        if not self.state.people:
            self.state.people = await self.socket.track(topic, name, Person(name))


@dataclass
class Badges:
    topic: str = ""
    shown: bool = True


class BadgesView(LiveView[Badges]):
    html = """<p>{% if shown %}{{ live_component(BadgeOf, id="b", topic=topic, name="badge") }}
              {% endif %}</p>"""

    async def mount(self, room: str) -> None:
        self.state.topic = f"room:{room}"

    @event
    async def hide(self) -> None:
        self.state.shown = False


def make_app(pubsub: LocalPubSub | None = None) -> Wirebird:
    app = Wirebird(secret_key=SECRET, broker=pubsub)
    app.presence.times = QUICK
    app.live("/rooms/{room}/{name}", RoomView)
    app.live("/lobby/{room}", LobbyView)
    app.live("/failing/{room}", FailingView)
    app.live("/thread/{room}", ThreadView)
    app.live("/badges/{room}", BadgesView)
    app.components(BadgeOf)
    return app


@pytest.fixture
def app() -> Wirebird:
    return make_app()


@pytest.fixture
async def client(app: Wirebird) -> AsyncIterator[LiveClient]:
    async with LiveClient(app) as client:
        yield client


async def until_shown(view: View, selector: str, text: str, timeout: float = 1.0) -> None:
    def is_shown(view: View) -> bool:
        return [each.text for each in view.all(selector)] == [text]

    await view.until(is_shown, timeout=timeout)


async def test_two_views_see_each_other_come_change_and_go(client: LiveClient) -> None:
    ann = await client.live("/rooms/1/ann")
    assert ann.text("ul") == "ann:calm"
    bob = await client.live("/rooms/1/bob")
    assert bob.text("ul") == "ann:calm bob:calm"
    await until_shown(ann, "ul", "ann:calm bob:calm")
    await bob.hook_event("feel", {"mood": "merry"})
    assert bob.text("#bob") == "bob:merry"
    await until_shown(ann, "#bob", "bob:merry")
    await bob.close()
    await until_shown(ann, "ul", "ann:calm")
    await until_shown(ann, "#told", "+bob ~bob -bob")


async def test_who_was_there_and_oneself_are_no_news(client: LiveClient) -> None:
    await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/1/bob")
    await client.live("/rooms/1/cid")
    await until_shown(bob, "#told", "+cid")


async def test_tabs_of_a_person_are_one_key(client: LiveClient) -> None:
    watcher = await client.live("/rooms/1/watcher")
    first = await client.live("/rooms/1/ann-phone")
    await client.live("/rooms/1/ann-desk")
    await until_shown(watcher, "#ann", "ann-phone:calm ann-desk:calm")
    assert watcher.text("#count") == "2"
    await first.close()
    await until_shown(watcher, "#ann", "ann-desk:calm")
    assert watcher.text("#count") == "2"


async def test_rooms_are_apart(client: LiveClient) -> None:
    await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/2/bob")
    assert bob.text("ul") == "bob:calm"


async def test_the_first_render_lists_who_is_here_and_adds_nobody(
    app: Wirebird, client: LiveClient
) -> None:
    await client.live("/rooms/1/ann")
    response = await client.get("/rooms/1/bob")
    assert "ann:calm" in response.text
    assert "bob:calm" not in response.text
    assert list(await app.presence.list("room:1")) == ["ann"]


async def test_a_view_that_crashes_is_here_no_more(client: LiveClient) -> None:
    ann = await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    with pytest.raises(Exception, match="crashed on purpose"):
        await bob.hook_event("crash")
    await until_shown(ann, "ul", "ann:calm")


async def test_a_view_can_leave_and_be_elsewhere(app: Wirebird, client: LiveClient) -> None:
    ann = await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    await bob.hook_event("move", {"room": "2"})
    assert bob.text("ul") == "bob:calm"
    await until_shown(ann, "ul", "ann:calm")
    await bob.hook_event("leave")
    assert bob.text("#count") == "0"
    assert await app.presence.list("room:2") == {}
    await ann.hook_event("feel", {"mood": "alone"})
    await bob.render()
    assert bob.text("#count") == "0"


async def test_who_only_looks_is_not_listed(client: LiveClient) -> None:
    lobby = await client.live("/lobby/1")
    assert lobby.text() == ""
    await client.live("/rooms/1/ann")
    await lobby.until(lambda view: view.text() == "ann")
    assert await lobby.hook_event("feel", {"mood": "bold"}) == "refused"


async def test_only_the_row_that_changed_is_sent(app: Wirebird) -> None:
    ann, bob = Visitor(app), Visitor(app)
    anns, bobs = await ann.page("/rooms/1/ann"), await bob.page("/rooms/1/bob")
    async with ann.line(anns) as first, bob.line(bobs) as second:
        await first.join(anns)
        await second.join(bobs)
        joined = await first.receive()
        assert "bob" in str(joined)
        for mood in "abcdefghij":
            await second.event(bobs, "feel", {"mood": mood})
        diff = ""
        while "j" not in diff:
            diff = str((await first.receive())[4])
            assert "ann" not in diff


async def test_handlers_in_threads_track_and_update(client: LiveClient) -> None:
    lobby = await client.live("/lobby/1")
    view = await client.live("/thread/1")
    assert "thread" in view.text()
    await lobby.until(lambda view: view.text() == "7")
    assert await view.hook_event("feel", {"mood": "busy"}) == ["busy"]


async def test_what_is_not_tracked_cannot_be_updated() -> None:
    with pytest.raises(PresenceError, match="track"):
        Presence[Person]().update(Person("ann"))
    Presence[Person]().untrack()


async def test_a_component_is_here_as_long_as_the_page_shows_it(client: LiveClient) -> None:
    ann = await client.live("/rooms/1/ann")
    badges = await client.live("/badges/1")
    await until_shown(badges, "b", "2")
    await until_shown(ann, "#count", "2")
    await client.live("/rooms/1/bob")
    await until_shown(badges, "b", "3")
    await badges.hook_event("hide")
    await until_shown(ann, "#told", "+badge +bob -badge")


# Two processes, here two applications, with a broker between them


class Lossy(LocalPubSub):
    """A broker that can lose all that one process says."""

    silent: Wirebird | None = None

    async def broadcast(self, topic: str, message: Any, exclude: Any = None) -> None:
        if self.silent is None or exclude.__self__ is not self.silent.presence:
            await super().broadcast(topic, message, exclude)


@dataclass(frozen=True)
class Process:
    app: Wirebird
    client: LiveClient


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Process, Process]]:
    broker = Lossy()
    apps = make_app(broker), make_app(broker)
    async with LiveClient(apps[0]) as first, LiveClient(apps[1]) as second:
        yield Process(apps[0], first), Process(apps[1], second)


async def test_views_of_two_processes_see_each_other(pair: tuple[Process, Process]) -> None:
    here, there = pair
    ann = await here.client.live("/rooms/1/ann")
    bob = await there.client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    await until_shown(bob, "#count", "2")
    await bob.hook_event("feel", {"mood": "merry"})
    await until_shown(ann, "#bob", "bob:merry")
    await bob.close()
    await until_shown(ann, "ul", "ann:calm")


async def test_a_process_that_ends_takes_its_people_along(
    pair: tuple[Process, Process],
) -> None:
    here, there = pair
    ann = await here.client.live("/rooms/1/ann")
    await there.client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    await there.app.presence.stop()
    await until_shown(ann, "ul", "ann:calm")


async def test_a_list_from_outside_of_a_view_is_whole(pair: tuple[Process, Process]) -> None:
    here, there = pair
    await here.client.live("/rooms/1/ann")
    await there.client.live("/rooms/2/bob")
    assert await there.app.presence.list("room:1") == {"ann": (Person("ann"),)}


async def test_a_process_that_falls_silent_is_gone_and_comes_back(
    pair: tuple[Process, Process],
) -> None:
    here, there = pair
    broker = here.app.pubsub
    assert isinstance(broker, Lossy)
    ann = await here.client.live("/rooms/1/ann")
    await there.client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    broker.silent = there.app
    await until_shown(ann, "ul", "ann:calm", timeout=5)
    broker.silent = None
    await until_shown(ann, "#count", "2", timeout=5)


class Watched(LocalPubSub):
    """Says when nobody subscribes to a topic any more."""

    def __init__(self) -> None:
        super().__init__()
        self.left: asyncio.Queue[str] = asyncio.Queue()

    async def unsubscribe(self, topic: str, receiver: Any) -> None:
        await super().unsubscribe(topic, receiver)
        if not self.subscribers(topic):
            self.left.put_nowait(topic)


async def test_a_topic_that_nobody_follows_is_forgotten() -> None:
    broker = Watched()
    app = make_app(broker)
    async with LiveClient(app) as client:
        view = await client.live("/rooms/1/ann")
        await view.close()
        async with asyncio.timeout(5):
            while await broker.left.get() != "wirebird:presence:topic:room:1":
                pass
        assert await app.presence.list("room:1") == {}


async def test_a_view_that_fails_as_it_mounts_was_never_here(
    client: LiveClient, app: Wirebird
) -> None:
    ann = await client.live("/rooms/1/ann")
    with pytest.raises(LiveTestError):
        await client.live("/failing/1")
    await client.live("/rooms/1/bob")
    await until_shown(ann, "#told", "+bob")
    assert list(await app.presence.list("room:1")) == ["ann", "bob"]


async def test_tracking_the_same_again_says_something_else(client: LiveClient) -> None:
    lobby = await client.live("/lobby/1")
    view = await client.live("/thread/1")
    await view.hook_event("again")
    assert await view.hook_event("feel", {"mood": "busy"}) == ["busy"]
    await until_shown(lobby, "p", "7")


async def test_a_view_whose_line_is_lost_is_here_as_long_as_it_is_kept(client: LiveClient) -> None:
    ann = await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    await bob.disconnect()
    cid = await client.live("/rooms/1/cid")
    await until_shown(ann, "ul", "ann:calm bob:calm cid:calm")
    await cid.hook_event("feel", {"mood": "merry"})
    await until_shown(ann, "#cid", "cid:merry")
    await bob.reconnect()
    await until_shown(bob, "ul", "ann:calm bob:calm cid:merry")
    assert ann.text("#told") == "+bob +cid ~cid"
    await bob.hook_event("feel", {"mood": "back"})
    await until_shown(ann, "#bob", "bob:back")


async def test_a_view_that_is_not_kept_is_here_no_more_when_its_line_is_lost(
    app: Wirebird, client: LiveClient
) -> None:
    app.endpoint.linger = 0
    ann = await client.live("/rooms/1/ann")
    bob = await client.live("/rooms/1/bob")
    await until_shown(ann, "#count", "2")
    await bob.disconnect()
    await until_shown(ann, "ul", "ann:calm")
