"""Signing in: a form that the view checks over its socket, and that is then really posted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from playwright.async_api import Page, Request, expect
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.browser.pages import Frames, connected, is_same_document, mark, until, visit
from wirebird import LiveView, MemoryStore, Session, Wirebird, csrf_valid, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

PASSWORD = "sesame"


@dataclass
class LogIn:
    name: str = ""
    error: str = ""
    triggered: bool = False


class LogInView(LiveView[LogIn]):
    told: list[str]

    html = """
    <form id="log-in" action="/log-in" method="post" phx-change="typed" phx-submit="log_in"
          {{ "phx-trigger-action" if triggered }}>
      <input type="hidden" name="_csrf_token" value="{{ csrf_token }}">
      <input id="name" name="name" value="{{ name }}">
      <input id="password" type="password" name="password" phx-debounce="60000"
             phx-update="ignore">
      <input type="checkbox" id="stay" name="stay" value="yes">
      <p>{{ error }}</p>
      <button id="plain" name="how" value="plain" phx-disable-with="...">Log in</button>
      <button id="other" name="how" value="other">Log in otherwise</button>
    </form>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        self.told.append(f"{event}:{payload['n']}")

    @event
    async def typed(self, name: str) -> None:
        self.told.append(f"typed:{name}")
        self.state.name = name

    @event
    async def log_in(self, name: str, password: str) -> None:
        self.told.append(f"log_in:{name}")
        # What the answer shows is not what is posted: that is what stands in the fields.
        self.state.name = name.lower()
        self.state.triggered = password == PASSWORD
        self.state.error = "" if self.state.triggered else "Wrong password."


class AccountView(LiveView):
    html = "<h1>{{ user }}</h1><output>{{ socket.connected }}</output>"

    async def mount(self, user: Annotated[str, Session("user")] = "nobody") -> None:
        self.state.user = user


@dataclass
class Site:
    """The application, what its view was told, and what was posted to it."""

    url: str
    told: list[str]
    posted: list[list[tuple[str, Any]]]


@pytest.fixture
def site(make_app: MakeApp, serve: Serve) -> Site:
    told: list[str] = []
    posted: list[list[tuple[str, Any]]] = []

    async def log_in(request: HttpRequest) -> Response:
        async with request.form() as form:
            told.append("POST")
            posted.append([pair for pair in form.multi_items() if pair[0] != "_csrf_token"])
            if not csrf_valid(request, form.get("_csrf_token")):
                raise HTTPException(403)
            if form["password"] != PASSWORD:
                return RedirectResponse("/", 303)
        request.session.clear()
        request.session["user"] = form["name"]
        return RedirectResponse("/account", 303)

    app = make_app(routes=[Route("/log-in", log_in, methods=["POST"])])
    app.live("/", type("LogInView", (LogInView,), {"told": told}))
    app.live("/account", AccountView)
    return Site(serve(app), told, posted)


async def test_who_logs_in_has_a_session_that_the_next_page_sees(page: Page, site: Site) -> None:
    await visit(page, site.url)
    await page.fill("#name", "Ada")
    await page.fill("#password", PASSWORD)
    await page.check("#stay")
    await page.click("#plain")
    await expect(page.locator("h1")).to_have_text("Ada")
    await expect(page.locator("output")).to_have_text("True")
    assert page.url == site.url + "/account"
    assert site.posted == [
        [("name", "Ada"), ("password", PASSWORD), ("stay", "yes"), ("how", "plain")]
    ]


async def test_the_view_is_told_everything_before_the_form_is_posted(
    page: Page, site: Site
) -> None:
    await visit(page, site.url)
    await page.evaluate("liveSocket.enableLatencySim(40)")
    await page.focus("#name")
    await page.keyboard.type("Ada")
    await page.fill("#password", PASSWORD)
    await page.evaluate(
        "liveSocket.execJS(document.body.querySelector('form'),"
        " JSON.stringify([['push', {event: 'noted', value: {n: 1}}]]))"
    )
    await page.press("#password", "Enter")
    await expect(page.locator("h1")).to_have_text("Ada")
    assert site.told == ["typed:A", "typed:Ad", "typed:Ada", "noted:1", "log_in:Ada", "POST"]


async def test_a_wrong_password_posts_nothing_and_the_form_can_be_sent_again(
    page: Page, site: Site
) -> None:
    await visit(page, site.url)
    await page.fill("#name", "Ada")
    await page.fill("#password", "wrong")
    await page.click("#plain")
    await expect(page.locator("p")).to_have_text("Wrong password.")
    await expect(page.locator("#plain")).to_be_enabled()
    await expect(page.locator("#plain")).to_have_text("Log in")
    assert site.posted == []
    await page.fill("#password", PASSWORD)
    await page.click("#plain")
    await expect(page.locator("h1")).to_have_text("ada")


@pytest.mark.parametrize(
    ("submit", "how"), [("#plain", "plain"), ("#other", "other"), ("Enter", "plain")]
)
async def test_the_button_that_was_used_is_in_the_post(
    submit: str, how: str, page: Page, site: Site
) -> None:
    await visit(page, site.url)
    await page.fill("#name", "Ada")
    await page.fill("#password", PASSWORD)
    await (page.press("#password", "Enter") if submit == "Enter" else page.click(submit))
    await expect(page.locator("h1")).to_have_text("Ada")
    assert [value for name, value in site.posted[0] if name == "how"] == [how]


@pytest.mark.parametrize("token", ["", "wrong", "é" * 50, None])
async def test_a_post_without_the_page_s_token_is_refused(
    token: str | None, page: Page, site: Site
) -> None:
    await visit(page, site.url)
    assert await post_by_itself(page, token) == 403
    await page.goto(site.url + "/account")
    await expect(page.locator("h1")).to_have_text("nobody")


async def test_a_token_of_another_visitor_is_refused(
    page: Page, other_page: Page, site: Site
) -> None:
    await visit(page, site.url)
    await visit(other_page, site.url)
    token = await other_page.get_attribute("[name=_csrf_token]", "value")
    assert await post_by_itself(page, token) == 403


async def test_the_page_s_own_token_is_good_without_a_socket(page: Page, site: Site) -> None:
    await visit(page, site.url)
    token = await page.get_attribute("[name=_csrf_token]", "value")
    assert await post_by_itself(page, token) == 200
    await expect(page.locator("h1")).to_have_text("Ada")


async def post_by_itself(page: Page, token: str | None) -> int:
    """Post the form with another token, as over the socket the view would put its own back."""
    async with page.expect_navigation() as answer:
        await page.eval_on_selector(
            "form",
            """(form, [token, password]) => {
                form.elements.name.value = "Ada";
                form.elements.password.value = password;
                form.elements._csrf_token.value = token ?? "";
                if (token === null) form.elements._csrf_token.remove();
                HTMLFormElement.prototype.submit.call(form);
            }""",
            [token, PASSWORD],
        )
    response = await answer.value
    assert response is not None
    return response.status


async def test_the_form_is_posted_once_and_the_page_joins_no_more(page: Page, site: Site) -> None:
    requests: list[Request] = []
    frames = Frames(page)
    await visit(page, site.url)
    page.on("request", lambda request: requests.append(request))
    await page.fill("#password", PASSWORD)
    await page.fill("#name", "Ada")
    await page.dblclick("#plain")
    await expect(page.locator("output")).to_have_text("True")
    assert [r.method for r in requests if r.url.endswith("/log-in")] == ["POST"]
    assert site.told.count("log_in:Ada") == 1
    assert frames.joins() == 2


# A page whose view goes on after its line was lost


class KeptView(LiveView[LogIn]):
    durable = True
    html = LogInView.html
    joins: list[str]
    begun: threading.Event
    gate: threading.Event

    async def mount(self) -> None:
        if self.socket.connected:
            self.joins.append("mount")

    async def handle_return(self) -> None:
        self.joins.append("return")

    @event
    async def typed(self, name: str) -> None:
        self.state.name = name

    @event
    def log_in(self, name: str) -> None:
        self.begun.set()
        assert self.gate.wait(10)
        self.state.triggered = True


@dataclass
class Kept:
    url: str
    view: type[KeptView]
    posted: list[Any]


@pytest.fixture
def keep(make_app: MakeApp, serve: Serve) -> Callable[[float, int], Kept]:
    def keep(linger: float, status: int) -> Kept:
        posted: list[Any] = []

        async def log_in(request: HttpRequest) -> Response:
            async with request.form() as form:
                posted.append((form["name"], form["password"]))
            shown = f"<h1>Hello {form['name']}</h1>" if status == 200 else None
            return Response(shown, status, media_type="text/html")

        names = {"joins": [], "begun": threading.Event(), "gate": threading.Event()}
        view = type("KeptView", (KeptView,), names)
        app = make_app(
            routes=[Route("/log-in", log_in, methods=["POST"])], store=MemoryStore(), linger=linger
        )
        app.live("/", view)
        return Kept(serve(app), view, posted)

    return keep


@pytest.mark.parametrize("linger", [30.0, 0.0], ids=["parked", "stored"])
async def test_a_form_whose_line_is_lost_on_the_way_is_posted_once(
    page: Page, keep: Callable[[float, int], Kept], linger: float
) -> None:
    kept = keep(linger, 200)
    await visit(page, kept.url)
    await page.fill("#name", "Ada")
    await page.fill("#password", PASSWORD)
    await page.click("#plain")
    await until(kept.view.begun.is_set, "the form has come")
    # It may be connected again before anybody could ask.
    await page.evaluate("""new Promise((lost) => {
        const socket = liveSocket.getSocket();
        socket.onClose(() => lost());
        socket.conn.close();
    })""")
    kept.view.gate.set()
    await expect(page.locator("h1")).to_have_text("Hello Ada")
    assert kept.posted == [("Ada", PASSWORD)]
    assert kept.view.joins == (["mount", "return"] if linger else ["mount", "mount", "return"])


async def test_a_form_is_posted_once_by_a_page_that_stays(
    page: Page, keep: Callable[[float, int], Kept]
) -> None:
    kept = keep(30.0, 204)
    await visit(page, kept.url)
    await mark(page)
    await page.fill("#name", "Ada")
    await page.fill("#password", PASSWORD)
    kept.view.gate.set()
    await page.click("#plain")
    await until(lambda: kept.view.joins == ["mount", "mount"], "the page has joined again")
    await connected(page)
    await expect(page.locator("form")).not_to_have_attribute("phx-trigger-action", "")
    assert await is_same_document(page)
    assert kept.posted == [("Ada", PASSWORD)]
