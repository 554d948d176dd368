"""Navigation in a test: patches, live navigation, page loads, flash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route

from wirebird import LiveView, Wirebird, event, link
from wirebird.testing import ElementError, LiveClient, LiveTestError, NotLive, TimedOut, View


@dataclass
class Place:
    page: int = 1


class ListView(LiveView[Place]):
    html = """
      <h1>Page {{ page }}</h1>
      {{ link("next", patch="?page=2") }} {{ link("item", navigate="/item") }}
      {{ link("admin", navigate="/admin") }} {{ link("plain", href="/plain") }}
      {{ link("home", href="/?page=9") }}
      <button phx-click="jump">jump</button><button phx-click="leave">leave</button>
      <button phx-click="out">out</button><button phx-click="away">away</button>
      <i phx-click="{{ js.patch('/?page=5') }}">five</i>
      <i phx-click="{{ js.navigate('/item') }}">to item</i>
    """

    async def handle_params(self, page: int = 1) -> None:
        self.state.page = page
        if page == 3:
            self.socket.push_patch("/?page=4")

    @event
    async def jump(self) -> None:
        self.socket.push_patch("/?page=3")

    @event
    async def leave(self) -> None:
        self.socket.put_flash("info", "Left <it>")
        self.socket.push_navigate("/item")

    @event
    async def out(self) -> None:
        self.socket.put_flash("error", "Signed out")
        self.socket.redirect("/item")

    @event
    async def away(self) -> None:
        self.socket.redirect(external="https://example.com/")


class ItemView(LiveView):
    html = "<h1>Item {{ socket.navigation_type }}</h1>"

    async def mount(self) -> None:
        self.socket.page_title = "Item"


class AdminView(LiveView):
    html = "<h1>Admin {{ socket.navigation_type }}</h1>"


async def plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse("plain")


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app(routes=[Route("/plain", plain)])
    app.templates.globals["link"] = link
    app.live("/", ListView)
    app.live("/item", ItemView)
    with app.live_session("admin") as admin:
        admin.live("/admin", AdminView)
    return app


@pytest.fixture
async def view(app: Wirebird) -> AsyncIterator[View]:
    async with LiveClient(app) as client:
        yield await client.live("/")


async def test_a_patch_link_stays_in_the_view(view: View):
    same = await view.click("a", text="next")
    assert same is view
    assert view.text("h1") == "Page 2"
    assert view.url == "http://testserver/?page=2"
    assert view.patched == ["?page=2"]
    await view.click("i", text="five")
    assert view.text("h1") == "Page 5"
    await view.patch("/?page=7")
    assert view.text("h1") == "Page 7"


async def test_the_view_patches_itself_on(view: View):
    await view.click("button", text="jump")
    assert view.text("h1") == "Page 4"
    assert view.url == "http://testserver/?page=4"
    assert await view.assert_patch("/?page=4") == "/?page=4"
    assert await view.assert_patch() == "/?page=3"
    with pytest.raises(TimedOut, match="a patch to anywhere"):
        await view.assert_patch(timeout=0)


async def test_a_patch_link_that_the_view_patches_on_from(view: View):
    await view.patch("/?page=3")
    assert view.url == "http://testserver/?page=4"
    assert view.patched == ["/?page=3", "/?page=4"]


async def test_a_navigate_link_returns_the_view_behind_it(view: View):
    item = await view.click("a", text="item")
    assert item.text("h1") == "Item navigate"
    assert item.url == "http://testserver/item"
    assert item.title == "Item"
    with pytest.raises(LiveTestError, match=r"this view was left for '/item'"):
        await view.click("a", text="item")
    assert (await item.navigate("/")).text("h1") == "Page 1"


async def test_a_view_that_was_navigated_to_comes_back_after_its_line_was_lost(view: View):
    item = await view.click("a", text="item")
    await item.disconnect()
    await item.reconnect()
    assert item.text("h1").startswith("Item")


async def test_commands_navigate_too(view: View):
    item = await view.click("i", text="to item")
    assert item.text("h1") == "Item navigate"


async def test_a_patch_to_another_view_navigates(view: View):
    item = await view.patch("/item")
    assert item.text("h1") == "Item navigate"


async def test_another_live_session_is_reached_by_a_page_load(view: View):
    admin = await view.click("a", text="admin")
    assert admin.text("h1") == "Admin load"
    assert admin.url == "http://testserver/admin"


async def test_the_server_navigates_and_flash_goes_along(view: View):
    await view.click("button", text="leave")
    assert (await view.assert_redirect("/item")).kind == "navigate"
    with pytest.raises(LiveTestError, match="go on with"):
        await view.click("button", text="jump")
    item = await view.follow_redirect()
    assert item.text("h1") == "Item navigate"
    assert item.flash == {"info": "Left <it>"}
    await item.click("[phx-click='lv:clear-flash']")
    assert item.flash == {}


async def test_the_server_redirects_and_flash_goes_along_once(view: View):
    await view.click("button", text="out")
    with pytest.raises(LiveTestError, match="expected a redirect to '/nowhere'"):
        await view.assert_redirect("/nowhere")
    item = await view.follow_redirect()
    assert item.text("h1") == "Item load"
    assert item.flash == {"error": "Signed out"}
    assert (await item.client.live("/item")).flash == {}


async def test_plain_links_load_pages(view: View):
    await view.click("a", text="plain")
    assert view.redirected is not None
    assert view.redirected.to == "/plain"
    with pytest.raises(NotLive, match="answered 200 without a live view: 'plain'"):
        await view.follow_redirect()
    assert (await view.client.get("/plain")).text == "plain"


async def test_a_plain_link_to_a_live_page_is_followed(view: View):
    await view.click("a", text="home")
    home = await view.follow_redirect()
    assert home.text("h1") == "Page 9"


async def test_other_sites_are_not_visited(view: View):
    await view.click("button", text="away")
    with pytest.raises(LiveTestError, match=r"'https://example.com/' is on another host"):
        await view.follow_redirect()


async def test_nothing_to_follow(view: View):
    with pytest.raises(LiveTestError, match="did not redirect"):
        await view.follow_redirect()
    with pytest.raises(TimedOut, match="for a redirect"):
        await view.assert_redirect(timeout=0)
    with pytest.raises(ElementError):
        view.child("none")


async def test_an_application_that_is_mounted(app: Wirebird):
    outer = Starlette(routes=[Mount("/shop", app)])
    async with LiveClient(outer) as client:
        view = await client.live("/shop/?page=6")
        assert view.text("h1") == "Page 6"
        assert view.url == "http://testserver/shop/?page=6"


async def test_a_foreign_origin_is_refused(app: Wirebird):
    async with LiveClient(app) as client:
        client.asgi.base_url = "http://evil.example"
        with pytest.raises(LiveTestError, match="the server refused the socket /live/websocket"):
            await client.live("/")


class ToastsView(LiveView):
    html = """{{ link("Log out", href="/log-out", method="post", csrf_token="t") }}
      {{ link("Sign off", href="/log-out", method="post") }}
      <button phx-click="save">save</button>"""

    @event
    async def save(self) -> None:
        self.socket.put_flash("info", "Saved <it>")
        self.socket.put_flash("error", "Not sent")


async def test_a_flash_is_read_and_cleared_whoever_shows_it(
    make_app: Callable[..., Wirebird], tmp_path: Path
):
    (tmp_path / "own.html").write_text("{{ ui.flash_group(flash) }}{{ inner_content }}")
    app = make_app(templates=[tmp_path], layout="own.html")
    app.live("/", ToastsView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert view.flash == {}
        await view.click("button", text="save")
        assert view.flash == {"info": "Saved <it>", "error": "Not sent"}
        await view.click("#flash-info button")
        assert view.flash == {"error": "Not sent"}


async def test_a_link_with_a_method_sends_a_form(make_app: Callable[..., Wirebird]):
    posted: list[dict[str, object]] = []

    async def log_out(request: Request) -> RedirectResponse:
        async with request.form() as form:
            posted.append(dict(form))
        return RedirectResponse("/item", 303)

    app = make_app(routes=[Route("/log-out", log_out, methods=["POST"])])
    app.live("/", ToastsView)
    app.live("/item", ItemView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("a", text="Log out")
        assert posted == [{"_csrf_token": "t", "_method": "post"}]
        assert (await view.follow_redirect()).text("h1") == "Item load"
        view = await client.live("/")
        await view.click("a", text="Sign off")
        assert posted[1:] == [{"_csrf_token": view.tab.csrf_token, "_method": "post"}]
