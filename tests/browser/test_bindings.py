"""What else the client offers: updates, life-cycle commands, assets, links, form recovery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.browser.pages import Frames, expect_heard, recorder, until, visit
from wirebird import LiveView, Wirebird, csrf_valid, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class ToggleView(LiveView):
    html = """
    <p id="n">{{ n }}</p>
    <div id="ignored" phx-update="ignore" data-n="{{ n }}"><b>{{ n }}</b></div>
    <div id="status" phx-connected="{{ js.add_class('on').remove_class('off') }}"
      phx-disconnected="{{ js.add_class('off').remove_class('on') }}"></div>
    {% if n % 2 == 0 %}
    <div id="even" phx-mounted="{{ js.add_class('mounted') }}"
      phx-remove="{{ js.hide(transition='leaving', time=200) }}">even</div>
    {% endif %}
    <p id="assets">{{ socket.assets_changed }}</p>
    <button id="more" phx-click="more">more</button>
    """

    async def mount(self) -> None:
        self.state.n = 0

    @event
    async def more(self) -> None:
        self.state.n += 1


@pytest.fixture
def app(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/", ToggleView)
    return app


async def test_what_is_ignored_belongs_to_the_browser(
    page: Page, app: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(app))
    await page.evaluate("document.querySelector('#ignored b').textContent = 'mine'")
    await page.click("#more")
    await expect(page.locator("#n")).to_have_text("1")
    await expect(page.locator("#ignored b")).to_have_text("mine")
    await expect(page.locator("#ignored")).to_have_attribute("data-n", "1")


async def test_elements_run_commands_when_they_come_and_go(
    page: Page, app: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(app))
    await expect(page.locator("#even.mounted")).to_be_visible()
    await page.evaluate("""
        const even = document.querySelector("#even");
        window.classes = [];
        new MutationObserver(() => classes.push(even.className)).observe(even, {attributes: true});
    """)
    await page.click("#more")
    await expect(page.locator("#even")).to_have_count(0)
    assert "mounted leaving" in await page.evaluate("classes")


async def test_elements_run_commands_when_the_connection_comes_and_goes(
    page: Page, app: Wirebird, serve: Serve
) -> None:
    await page.clock.install()
    await visit(page, serve(app))
    await expect(page.locator("#status")).to_have_class("on")
    await page.evaluate("liveSocket.disconnect()")
    await page.clock.run_for(1000)
    await expect(page.locator("#status")).to_have_class("off")
    await page.evaluate("liveSocket.connect()")
    await page.clock.run_for(1000)
    await expect(page.locator("#status")).to_have_class("on")


async def test_a_page_knows_when_newer_assets_are_served(
    page: Page, tmp_path: Path, make_app: MakeApp, serve: Serve
) -> None:
    style = tmp_path / "app.css"
    style.write_text("b { color: red }")
    app = make_app(styles=[style], debug=True)
    app.live("/", ToggleView)
    frames = Frames(page)
    await visit(page, serve(app))
    await expect(page.locator("#assets")).to_have_text("False")
    style.write_text("b { color: green }")
    await page.evaluate("liveSocket.disconnect(() => liveSocket.connect())")
    await until(lambda: frames.joins() == 2, "the view is joined again")
    await expect(page.locator("#assets")).to_have_text("True")
    await page.reload()
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_attached()
    await expect(page.locator("#assets")).to_have_text("False")


async def test_a_form_is_recovered_after_the_connection_was_lost(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        recorder(
            '<form id="form" phx-change="changed">'
            '<input id="i" name="i" phx-no-unused-field></form>'
            '<form id="own" phx-change="changed" phx-auto-recover="recover">'
            '<input id="j" name="j" phx-no-unused-field></form>'
        ),
    )
    frames = Frames(page)
    await visit(page, serve(app))
    await page.fill("#i", "typed")
    await expect_heard(page, "changed", {"_target": ["i"], "i": "typed"}, count=1)
    await page.fill("#j", "also")
    await expect_heard(page, "changed", {"_target": ["j"], "j": "also"}, count=2)
    await page.evaluate("liveSocket.disconnect(() => liveSocket.connect())")
    await until(lambda: frames.events()[2:] == ["changed", "recover"], "both forms are recovered")


class TriggerView(LiveView):
    html = """
    <form action="/post" method="post" phx-submit="check" {% if ok %}phx-trigger-action{% endif %}>
      <input name="word" value="sesame"><button>go</button>
    </form>
    """

    async def mount(self) -> None:
        self.state.ok = False

    @event
    async def check(self, word: str) -> None:
        self.state.ok = word == "sesame"


async def post(request: Request) -> PlainTextResponse:
    form = await request.form()
    return PlainTextResponse(f"{request.method} {sorted(form.items())}")


async def test_a_form_is_sent_for_real_when_the_view_says_so(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(routes=[Route("/post", post, methods=["POST"])])
    app.live("/", TriggerView)
    await visit(page, serve(app))
    await page.click("button")
    await expect(page.locator("body")).to_have_text("POST [('word', 'sesame')]")


async def test_a_link_may_post(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app(routes=[Route("/post", post, methods=["POST"])])
    app.live(
        "/",
        recorder(
            '{{ link("out", href="/post?a=1", method="delete", csrf_token="t&k", id="out") }}'
        ),
    )
    await visit(page, serve(app))
    await page.click("#out")
    await expect(page.locator("body")).to_have_text(
        "POST [('_csrf_token', 't&k'), ('_method', 'delete')]"
    )


async def test_a_link_posts_the_token_of_its_page_to_its_own_site_alone(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    async def check(request: Request) -> PlainTextResponse:
        async with request.form() as form:
            return PlainTextResponse(str(csrf_valid(request, form.get("_csrf_token"))))

    app, other = make_app(routes=[Route("/check", check, methods=["POST"])]), make_app()
    other.router.routes.append(Route("/post", post, methods=["POST"]))
    elsewhere = serve(other)
    app.live(
        "/",
        recorder(
            '{{ link("out", href="/check", method="post", id="out") }}'
            f'{{{{ link("away", href="{elsewhere}/post", method="post", id="away") }}}}'
        ),
    )
    url = serve(app)
    await visit(page, url)
    await page.click("#out")
    await expect(page.locator("body")).to_have_text("True")
    await visit(page, url)
    await page.click("#away")
    await expect(page.locator("body")).to_have_text("POST [('_method', 'post')]")


async def test_data_confirm_asks_first(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live(
        "/", recorder('<button id="b" phx-click="drop" data-confirm="Really?"><i>-</i></button>')
    )
    answers = [False, True]
    asked: list[str] = []

    async def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        await (dialog.accept() if answers[len(asked) - 1] else dialog.dismiss())

    page.on("dialog", answer)
    await visit(page, serve(app))
    await page.click("#b i")
    await page.click("#b i")
    await expect_heard(page, "drop", {"value": ""}, count=1)
    assert asked == ["Really?", "Really?"]


async def test_navigation_tells_the_page_that_it_loads(
    page: Page, app: Wirebird, serve: Serve
) -> None:
    app.live("/other", recorder('{{ link("back", patch="/other?x=1", id="patch") }}'))
    await visit(page, serve(app) + "/other")
    await page.evaluate("""
        window.heard = [];
        for (const name of ["phx:page-loading-start", "phx:page-loading-stop", "phx:navigate"]) {
          window.addEventListener(name, ({ detail }) => {
            heard.push(`${name} ${detail.kind ?? detail.patch}`);
          });
        }
    """)
    await page.click("#patch")
    await page.wait_for_function(
        "heard.join() ==="
        " 'phx:page-loading-start patch,phx:navigate true,phx:page-loading-stop patch'"
    )
