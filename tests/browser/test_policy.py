"""Under the strictest policy every feature works, and each file is loaded once."""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.browser.pages import visit
from wirebird import STRICT_POLICY, LiveView, Wirebird, event
from wirebird import Page as LivePage

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

FILES = {
    "app.js": 'import { greet } from "./lib/greet.js"; import "./count.js";\n'
    "export const Hello = { mounted() { this.el.textContent = greet(); } };",
    "lib/greet.js": 'import "../count.js"; export const greet = () => "hello from a module";',
    "count.js": "window.evaluated = (window.evaluated || 0) + 1;",
    "app.css": "@import 'more.css'; #dot { width: 9px; background: url(dot.svg) }",
    "more.css": "#more { color: rgb(1, 2, 3) }",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>',
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


class AlbumView(LiveView):
    html = """
    <p id="hello" phx-hook="Hello"></p>
    <p id="dot" style="height: 7px"></p>
    <p id="more">more</p>
    <p id="wide" style="width: {{ width }}px">wide</p>
    <button id="widen" phx-click="widen">widen</button>
    <button id="open" phx-click="{{ js.show(to='#hidden', transition='fade').set_attribute(
        'style', 'color: red', to='#more') }}">open</button>
    <p id="hidden" hidden style="display: none">was hidden</p>
    {{ link("next", patch="?page=2", id="next") }} <b id="page">{{ page }}</b>
    <form id="album" phx-change="check" phx-submit="check">
      {{ ui.live_file_input(uploads.pictures) }}
      {% for entry in uploads.pictures.entries %}{{ ui.live_img_preview(entry) }}{% endfor %}
      {{ ui.input(name="title", value="", label="Title") }}
    </form>
    {% call ui.modal(id="dialog", title="Dialog", show=true) %}
      <p id="inside">in a dialog</p>
    {% endcall %}
    """

    async def mount(self) -> None:
        self.state.width = 10
        self.socket.allow_upload("pictures", accept="image/*")

    async def handle_params(self, page: int = 1) -> None:
        self.state.page = page

    @event
    async def widen(self) -> None:
        self.state.width = 33
        self.socket.put_flash("info", "widened")
        self.socket.push_event("js", {"cmd": [], "to": "#more"})

    @event
    async def check(self) -> None: ...


WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.violations.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sample}`);
});
"""


async def test_everything_works_under_the_strict_policy(
    make_app: MakeApp, serve: Serve, files: Path, page: Page
) -> None:
    app = make_app(
        csp=STRICT_POLICY, scripts=[files / "app.js"], styles=[files / "app.css"], debug=True
    )
    app.live("/", AlbumView)
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url))
    await page.add_init_script(WATCH)
    await visit(page, serve(app))
    await expect(page.locator("#hello")).to_have_text("hello from a module")
    assert await page.evaluate("window.evaluated") == 1
    await expect(page.locator("#dot")).to_have_css("height", "7px")
    await expect(page.locator("#more")).to_have_css("color", "rgb(1, 2, 3)")
    await expect(page.locator("#inside")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#inside")).to_be_hidden()
    await page.click("#widen")
    await expect(page.locator("#wide")).to_have_css("width", "33px")
    await expect(page.locator(".wirebird-flash")).to_have_text("widened")
    await page.click("#open")
    await expect(page.locator("#hidden")).to_be_visible()
    await expect(page.locator("#more")).to_have_css("color", "rgb(255, 0, 0)")
    await page.click("#next")
    await expect(page.locator("#page")).to_have_text("2")
    picture = {"name": "one.png", "mimeType": "image/png", "buffer": PNG}
    await page.set_input_files("input[type=file]", picture)  # type: ignore[arg-type]
    await expect(page.locator("#album img")).to_have_js_property("naturalWidth", 1)
    assert await page.evaluate("window.violations") == []
    assert sum("dot-" in url for url in loads) == 1
    assert sum("count-" in url for url in loads) == 1


async def test_what_the_page_does_not_name_is_blocked(
    make_app: MakeApp, serve: Serve, page: Page
) -> None:
    class MarkupView(LiveView):
        html = '<p>{{ "<script>window.ran = 1</script>"|safe }}</p>'

    app = make_app(csp=STRICT_POLICY)
    app.live("/", MarkupView)
    await page.add_init_script(WATCH)
    await visit(page, serve(app))
    assert await page.evaluate("window.ran") is None
    violations = await page.evaluate("window.violations")
    assert any("script-src-elem: inline" in violation for violation in violations)


class RuntimeHookView(LiveView):
    html = """
    <button id="more" phx-click="more">more</button>
    <p id="first" phx-hook="First">{{ n }}</p>
    <script data-phx-runtime-hook="First" nonce="{{ socket.nonce }}">
      window.phx_hook_First = () => ({ mounted() { this.el.dataset.ran = "first"; } });
    </script>
    {% if n %}
      <p id="later" phx-hook="shop.Later"></p>
      <script data-phx-runtime-hook="shop.Later" nonce="{{ socket.nonce }}">
        window["phx_hook_shop.Later"] = function () {
          return { mounted() { if (1 < 2 && this.el) { this.el.textContent = "later"; } } };
        };
      </script>
    {% endif %}
    """

    async def mount(self) -> None:
        self.state.n = 0

    @event
    async def more(self) -> None:
        self.state.n += 1


@pytest.mark.parametrize("policy", [None, STRICT_POLICY])
async def test_a_hook_in_the_markup_works_at_once_and_when_a_diff_brings_it(
    policy: str | None, make_app: MakeApp, serve: Serve, page: Page
) -> None:
    app = make_app(csp=policy)
    app.live("/", RuntimeHookView)
    await page.add_init_script(WATCH)
    await visit(page, serve(app))
    await expect(page.locator("#first")).to_have_attribute("data-ran", "first")
    await page.click("#more")
    await expect(page.locator("#later")).to_have_text("later")
    await expect(page.locator("#first")).to_have_text("1")
    assert await page.evaluate("window.violations") == []


async def test_a_page_s_hook_in_the_markup_needs_its_nonce(
    make_app: MakeApp, serve: Serve, page: Page
) -> None:
    class NoNonceView(RuntimeHookView):
        html = str(RuntimeHookView.html).replace("socket.nonce", "'guessed'")

    app = make_app(csp=STRICT_POLICY)
    app.live("/", NoNonceView)
    await page.add_init_script(WATCH)
    await visit(page, serve(app))
    violations = await page.evaluate("window.violations")
    assert any("script-src-elem: inline" in violation for violation in violations)
    assert await page.evaluate("typeof window.phx_hook_First") == "undefined"
    # What the guide on security warns of: the client is trusted, and so is what it makes.
    await page.click("#more")
    await expect(page.locator("#later")).to_have_text("later")


class HostPolicy:
    """A host that makes nonces of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["csp_nonce"] = "of-the-host"
        await self.app(scope, receive, send)


async def test_a_host_s_nonce_is_on_what_the_page_loads_and_layouts_know_it(
    make_app: MakeApp, serve: Serve, page: Page
) -> None:
    def root(live: LivePage) -> Any:
        from markupsafe import Markup

        own = f'<script nonce="{live.nonce}">window.own = 1</script>'
        return Markup(f"<html><head>{live.head}{own}</head><body>{live.content}</body></html>")

    class PlainView(LiveView):
        html = "<p>plain</p>"

    inner = make_app(
        root_layout=root, csp="script-src 'nonce-{nonce}' 'strict-dynamic'; base-uri 'self'"
    )
    inner.live("/", PlainView)
    outer = Starlette(
        routes=[Mount("/app", inner)],
        middleware=[
            Middleware(SessionMiddleware, secret_key="k" * 40),
            Middleware(HostPolicy),
        ],
    )
    await visit(page, serve(outer) + "/app/")
    assert await page.evaluate("window.own") == 1
    assert await page.evaluate("document.querySelector('script[src]').nonce") == "of-the-host"


SCOPED = """
from wirebird import LiveComponent, LiveView, event

class InnerComponent(LiveComponent):
    html = "<section><p class='inner'>inner</p></section>"
    scoped = True

class ScopedView(LiveView):
    html = (
        "<main phx-click='more'><p id='own'>own</p>"
        "{% for id in ids %}{{ live_component(InnerComponent, id=id) }}{% endfor %}</main>"
    )
    scoped = True

    async def mount(self):
        self.state.ids = ["first"]

    @event
    async def more(self):
        self.state.ids = ["first", "later"]

class PlainView(LiveView):
    html = "<main><p id='plain'>plain</p></main>"
"""


async def test_a_scoped_style_reaches_no_further_than_its_view(
    make_app: MakeApp,
    serve: Serve,
    page: Page,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "scoped_views.py").write_text(SCOPED)
    (tmp_path / "scoped.css").write_text("p { color: rgb(1, 2, 3) } :scope { padding: 3px }")
    (tmp_path / "inner.css").write_text("p { color: rgb(4, 5, 6) }")
    monkeypatch.syspath_prepend(tmp_path)
    views = importlib.import_module("scoped_views")
    app = make_app(builtin_style=False)
    app.components(views.InnerComponent)
    app.live("/", views.ScopedView)
    app.live("/plain", views.PlainView)
    url = serve(app)
    await visit(page, url)
    await expect(page.locator("#own")).to_have_css("color", "rgb(1, 2, 3)")
    await expect(page.locator("main")).to_have_css("padding", "3px")
    await page.click("#own")
    await expect(page.locator(".inner")).to_have_count(2)
    for inner in await page.locator(".inner").all():
        await expect(inner).to_have_css("color", "rgb(4, 5, 6)")
    await visit(page, url + "/plain")
    await expect(page.locator("#plain")).to_have_css("color", "rgb(0, 0, 0)")
    await expect(page.locator("main")).to_have_css("padding", "0px")
