"""Parts of a page in a test: components, nested and sticky views, streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from wirebird import LiveComponent, LiveView, Stream, Wirebird, event, link
from wirebird.testing import ElementError, LiveClient, LiveTestError, ViewCrashed, render_component


@dataclass
class Likes:
    label: str = ""
    count: int = 0


class Like(LiveComponent[Likes]):
    html = """<div class="like" id="{{ label }}"><b>{{ label }} {{ count }}</b>
      <button phx-click="like" phx-target="{{ myself }}">like</button>
      <form id="f-{{ label }}" phx-change="type" phx-target="{{ myself }}">
        <input name="text"></form></div>"""

    @event
    async def like(self, by: int = 1) -> dict[str, int]:
        self.state.count += by
        return {"count": self.state.count}

    @event
    async def type(self, text: str) -> None:
        self.state.count = len(text)


@dataclass
class Shown:
    labels: list[str] = field(default_factory=lambda: ["one", "two"])


class LikesView(LiveView[Shown]):
    html = """{% for label in labels %}<li :key="{{ label }}">
        {{ live_component(Like, id=label, label=label) }}</li>{% endfor %}
      <button id="drop" phx-click="drop">drop</button>
      <button id="swap" phx-click="swap">swap</button>
      <i id="by-two" phx-click='{{ js.push("like", target="#two", value={"by": 3}) }}'>3</i>
      <i id="nobody" phx-click="like" phx-target="#gone">?</i>"""

    @event
    async def drop(self) -> None:
        self.state.labels = self.state.labels[1:]

    @event
    async def swap(self) -> None:
        self.state.labels = self.state.labels[::-1]


async def test_components_take_their_own_events(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.components(Like)
    app.live("/", LikesView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#one button")
        await view.click("#by-two")
        assert [each.text for each in view.all("b")] == ["one 1", "two 3"]
        await view.change("#f-two", {"text": "four"})
        assert view.text("#two b") == "two 4"
        assert await view.hook_event("like", {"by": 2}, target="#one") == {"count": 3}
        assert await view.element("#one b").hook_event("like") == {"count": 4}
        with pytest.raises(
            ElementError, match="nothing on the page matches the phx-target '#gone'"
        ):
            await view.click("#nobody")
        await view.click("#swap")
        assert [each.text for each in view.all("b")] == ["two 4", "one 4"]


async def test_components_that_leave_the_page_are_forgotten_by_both_sides(
    make_app: Callable[..., Wirebird], monkeypatch: pytest.MonkeyPatch
):
    app = make_app()
    app.components(Like)
    app.live("/", LikesView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        first = view.element("#one").attributes["data-phx-component"]
        sent: list[tuple[str, Any]] = []
        send = view.tab.send

        def record(join_ref: str, ref: str, topic: str, event: str, payload: Any) -> None:
            sent.append((event, payload))
            send(join_ref, ref, topic, event, payload)

        monkeypatch.setattr(view.tab, "send", record)
        await view.click("#drop")
        gone = {"cids": [int(first)]}
        assert sent[1:] == [("cids_will_destroy", gone), ("cids_destroyed", gone)]
        assert [each.text for each in view.all("b")] == ["two 0"]
        with pytest.raises(ElementError, match=f"there is no component {first} on the page"):
            await view.hook_event("like", target=first)


@dataclass
class Count:
    count: int = 0


class ChildView(LiveView[Count]):
    html = """<p class="{{ socket.id }}">{{ count }}</p>
      <button phx-click="inc">+</button><button phx-click="crash">!</button>"""

    async def mount(self, start: int = 0) -> None:
        self.state.count = start

    @event
    async def inc(self) -> int:
        self.state.count += 1
        self.socket.push_event("counted", {"count": self.state.count})
        return self.state.count

    @event
    async def crash(self) -> None:
        raise ValueError("the child fell")


class ParentView(LiveView[Count]):
    html = """<h1>{{ count }}</h1>
      <button id="more" phx-click="more">more</button>
      {% if count < 2 %}{{ live_render(ChildView, id="kid", session={"start": 5}) }}{% endif %}"""

    @event
    async def more(self) -> None:
        self.state.count += 1


async def test_nested_views_are_views_of_their_own(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.templates.globals["ChildView"] = ChildView
    app.live("/", ParentView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert view.text("#kid p") == "5"
        kid = view.child("kid")
        await view.click("#kid button", text="+")
        assert kid.text("p") == "6"
        assert await kid.pushed("counted") == {"count": 6}
        await view.click("#more")
        assert (view.text("h1"), view.text("#kid p")) == ("1", "6")
        await view.click("#more")
        assert not view.has("#kid")
        assert view.children == []
        with pytest.raises(LiveTestError, match="the view has left the page"):
            await kid.click("button", text="+")


async def test_a_nested_view_crashes_alone(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.templates.globals["ChildView"] = ChildView
    app.live("/", ParentView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        with pytest.raises(ViewCrashed, match="the child fell"):
            await view.click("#kid button", text="!")
        assert view.channel.failure is None


class FirstView(LiveView):
    html = """<h1>first</h1>{{ link("on", navigate="/second") }}
      {{ live_render(ChildView, id="player", sticky=true) }}"""


class SecondView(LiveView):
    html = """<h1>second</h1>{{ link("on", navigate="/third") }}
      {{ live_render(ChildView, id="player", sticky=true) }}"""


class ThirdView(LiveView):
    html = "<h1>third</h1>"


async def test_sticky_views_go_on_when_the_page_navigates(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.templates.globals.update(ChildView=ChildView, link=link)
    for path, view_class in (("/", FirstView), ("/second", SecondView), ("/third", ThirdView)):
        app.live(path, view_class)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#player button", text="+")
        view = await view.click("a")
        assert (view.text("h1"), view.text("#player p")) == ("second", "1")
        player = view.child("player")
        await player.click("button", text="+")
        assert view.text("#player p") == "2"
        view = await view.click("a")
        assert view.text() == "third"
        with pytest.raises(LiveTestError, match="does not show this sticky view"):
            await player.click("button", text="+")


@dataclass(frozen=True)
class Song:
    id: int
    title: str = ""


@dataclass
class Songs:
    songs: Stream[Song] = field(default_factory=Stream)
    note: str = ""


class SongsView(LiveView[Songs]):
    html = """<ul id="songs" phx-update="stream">
        {% for dom_id, song in songs %}<li id="{{ dom_id }}">{{ song.title }}</li>{% endfor %}</ul>
      <div id="kept" phx-update="ignore"><b>{{ note }}</b></div><i>{{ note }}</i>"""

    async def mount(self) -> None:
        self.state.songs.insert_many([Song(1, "a"), Song(2, "b")])

    @event
    async def insert(self, id: int, title: str, at: int = -1) -> None:
        self.state.songs.insert(Song(id, title), at=at)

    @event
    async def delete(self, id: int) -> None:
        self.state.songs.delete(Song(id))

    @event
    async def rename(self, note: str) -> None:
        self.state.note = note


async def test_the_page_keeps_the_rows_of_a_stream(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.live("/", SongsView)
    async with LiveClient(app) as client:
        view = await client.live("/")

        def titles() -> list[str]:
            return [each.text for each in view.all("#songs li")]

        assert titles() == ["a", "b"]
        await view.hook_event("insert", {"id": 3, "title": "c", "at": 0})
        await view.hook_event("insert", {"id": 1, "title": "A"})
        assert titles() == ["c", "A", "b"]
        await view.hook_event("rename", {"note": "changed"})
        assert titles() == ["c", "A", "b"]
        assert (view.text("#kept b"), view.text("i")) == ("", "changed")
        await view.hook_event("delete", {"id": 3})
        assert titles() == ["A", "b"]


@dataclass
class Post:
    label: str = ""
    count: int = 0
    replies: Stream[Song] = field(default_factory=lambda: Stream([Song(1, "first")]))


class PostRow(LiveComponent[Post]):
    html = """<tr id="{{ label }}"><td>{{ count }}</td>
      <td><button phx-click="like" phx-target="{{ myself }}">like</button></td>
      <td><ul id="replies-{{ label }}" phx-update="stream">{% for dom_id, reply in replies %}
        <li id="{{ label }}-{{ dom_id }}">{{ reply.title }}</li>{% endfor %}</ul></td></tr>"""

    @event
    async def like(self) -> None:
        self.state.count += 1
        number = self.state.count + 1
        self.state.replies.insert(Song(number, f"reply {number}"))


@dataclass
class Posts:
    posts: Stream[Song] = field(default_factory=lambda: Stream([Song(1), Song(2)]))
    seen: int = 0


class PostsView(LiveView[Posts]):
    html = """<i>{{ seen }}</i><table><tbody id="posts" phx-update="stream">
      {% for dom_id, post in posts %}{{ live_component(PostRow, id=dom_id, label=dom_id) }}
      {% endfor %}</tbody></table>"""

    @event
    async def see(self) -> None:
        self.state.seen += 1

    @event
    async def delete(self) -> None:
        self.state.posts.delete(Song(1))


async def test_components_in_the_rows_of_a_stream_live_on(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.components(PostRow)
    app.live("/", PostsView)
    async with LiveClient(app) as client:
        view = await client.live("/")

        def shown() -> list[tuple[str, list[str]]]:
            return [
                (row.text[0], [each.text for each in view.all(f"#{row.attributes['id']} li")])
                for row in view.all("#posts > tr")
            ]

        await view.click("#posts-1 button")
        await view.hook_event("see")
        await view.click("#posts-1 button")
        first = ("2", ["first", "reply 2", "reply 3"])
        assert shown() == [first, ("0", ["first"])]
        assert view.text("i") == "1"
        await view.click("#posts-2 button")
        assert shown() == [first, ("1", ["first", "reply 2"])]
        gone = view.element("#posts-1").attributes["data-phx-component"]
        await view.hook_event("delete")
        assert shown() == [("1", ["first", "reply 2"])]
        with pytest.raises(ElementError, match=f"there is no component {gone} on the page"):
            await view.hook_event("like", target=gone)
        await view.click("#posts-2 button")
        assert shown() == [("2", ["first", "reply 2", "reply 3"])]


def test_function_components_are_rendered_alone():
    assert render_component(link, "a & b", navigate="/x").startswith("<a ")
    with pytest.raises(TypeError, match="returned int"):
        render_component(lambda: 3)
