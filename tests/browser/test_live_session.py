"""Live sessions: guards before mount, session data, and the page load between two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from tests.browser.pages import connected, is_same_document, mark, visit
from wirebird import LiveView, Socket, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class HomeView(LiveView):
    html = """
    <h1>Home</h1>
    {{ link("admin", navigate="/admin", id="admin") }}
    {{ link("log in", href="/login", id="login") }}
    <button phx-click="go">go</button>
    """

    @event
    async def go(self) -> None:
        self.socket.put_flash("info", "Welcome over")
        self.socket.push_navigate("/admin")


class AdminView(LiveView):
    html = """
    <h1>Admin</h1>
    <p id="order">{{ order }}</p><p id="team">{{ team }}</p><p id="place">{{ place }}</p>
    {{ link("users", navigate="/admin/users", id="users") }}
    {{ link("home", navigate="/", id="home") }}
    """

    async def mount(self, session: dict[str, Any]) -> None:
        self.state.order = " ".join(self.socket.params["order"])
        self.state.team, self.state.place = session["team"], session["place"]


class UsersView(LiveView):
    html = "<h1>Users</h1>"


async def require_login(socket: Socket, session: dict[str, Any]) -> None:
    if "user" not in session:
        socket.put_flash("error", "Log in first")
        socket.redirect("/")
    socket.params = {"order": ["first"]}


def note_order(view: LiveView) -> None:
    view.socket.params["order"].append(f"second:{type(view).__name__}")  # type: ignore[index]


async def login(request: Request) -> RedirectResponse:
    request.session["user"] = "ada"
    return RedirectResponse("/")


def site(make_app: MakeApp) -> Wirebird:
    app = make_app(routes=[Route("/login", login)])
    app.live("/", HomeView)
    with app.live_session(
        "admin",
        on_mount=[require_login, note_order],
        session=lambda request: {"team": "birds", "place": request.url.path},
    ) as admin:
        admin.live("/admin", AdminView)
        admin.live("/admin/users", UsersView)
    return app


async def test_a_guard_halts_with_a_redirect(page: Page, make_app: MakeApp, serve: Serve) -> None:
    base = serve(site(make_app))
    await page.goto(base + "/admin")
    await expect(page).to_have_url(base + "/")
    await expect(page.locator(".wirebird-flash-error")).to_have_text("Log in first")
    await connected(page)
    await page.click("#admin")
    await expect(page.locator("h1")).to_have_text("Home")
    await connected(page)
    await expect(page).to_have_url(base + "/")


async def test_guards_that_continue_run_in_order_with_the_session(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    base = serve(site(make_app))
    await page.goto(base + "/login")
    await visit(page, base + "/admin")
    await expect(page.locator("#order")).to_have_text("first second:AdminView")
    await expect(page.locator("#team")).to_have_text("birds")
    await expect(page.locator("#place")).to_have_text("/admin")


async def test_one_session_is_navigated_and_another_is_loaded(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    base = serve(site(make_app))
    await page.goto(base + "/login")
    await connected(page)
    await mark(page)
    await page.click("#admin")
    await expect(page.locator("h1")).to_have_text("Admin")
    await connected(page)
    assert not await is_same_document(page)
    await mark(page)
    await page.click("#users")
    await expect(page.locator("h1")).to_have_text("Users")
    assert await is_same_document(page)
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("Admin")
    await page.click("#home")
    await expect(page.locator("h1")).to_have_text("Home")
    await connected(page)
    assert not await is_same_document(page)


async def test_the_flash_goes_along_into_another_session(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    base = serve(site(make_app))
    await page.goto(base + "/login")
    await connected(page)
    await mark(page)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("Admin")
    await expect(page.locator(".wirebird-flash-info")).to_have_text("Welcome over")
    assert not await is_same_document(page)
