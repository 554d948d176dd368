"""The first render: statuses, redirects, cookies and headers of a plain GET."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.pages import HelloView, client
from wirebird import STRICT_POLICY, LiveView, NotFound, Redirect, Wirebird
from wirebird.testing import LiveClient

MakeApp = Callable[..., Wirebird]

ENDED: list[str] = []


class WayView(LiveView):
    html = "<p>{{ flash | length }}{% for text in flash.values() %}{{ text }}{% endfor %}</p>"

    async def mount(self, way: str = "", n: int = 0) -> None:
        if way == "redirect":
            self.socket.redirect("/hello")
        elif way == "status":
            self.socket.redirect("/hello", status=303)
        elif way == "external":
            self.socket.redirect(external="https://example.com/x")
        elif way == "navigate":
            self.socket.push_navigate("/hello")
        elif way == "raise":
            raise Redirect("/hello")
        elif way == "missing":
            raise NotFound("no such page")
        elif way == "flash":
            self.socket.put_flash("info", "<carried>")
            self.socket.redirect("/")
        elif way == "crash":
            raise RuntimeError("meant to be")

    async def terminate(self, reason: str) -> None:
        ENDED.append(reason)


@pytest.fixture
def app(make_app: MakeApp) -> Wirebird:
    ENDED.clear()
    app = make_app()
    app.live("/", WayView)
    app.live("/hello", HelloView)
    return app


@pytest.mark.parametrize(
    ("way", "status", "location"),
    [
        ("redirect", 302, "/hello"),
        ("status", 303, "/hello"),
        ("external", 302, "https://example.com/x"),
        ("navigate", 302, "/hello"),
        ("raise", 302, "/hello"),
        ("missing", 404, None),
    ],
)
async def test_a_view_decides_the_response(
    app: Wirebird, way: str, status: int, location: str | None
) -> None:
    async with client(app) as http:
        response = await http.get(f"/?way={way}")
    assert response.status_code == status
    assert response.headers.get("location") == location
    assert ENDED == ["http"]


async def test_parameters_that_do_not_fit_are_not_found(app: Wirebird) -> None:
    async with client(app) as http:
        assert (await http.get("/?n=many")).status_code == 404
        assert (await http.get("/?n=7")).status_code == 200


async def test_a_crash_is_an_error_and_the_view_still_ends(app: Wirebird) -> None:
    async with client(app) as http:
        with pytest.raises(RuntimeError, match="meant to be"):
            await http.get("/?way=crash")
    assert ENDED == ["http"]


async def test_the_flash_is_carried_by_a_cookie_once(app: Wirebird) -> None:
    async with client(app, follow_redirects=True) as http:
        response = await http.get("/?way=flash")
        assert "<p>1&lt;carried&gt;</p>" in response.text
        assert "<p>0</p>" in (await http.get("/")).text


async def test_a_forged_flash_is_dropped(app: Wirebird) -> None:
    async with client(app, cookies={"__phoenix_flash__": "forged"}) as http:
        response = await http.get("/")
    assert "<p>0</p>" in response.text
    assert any("__phoenix_flash__" in cookie for cookie in response.headers.get_list("set-cookie"))


async def test_pages_are_not_kept_by_caches_or_framed_by_others(app: Wirebird) -> None:
    async with client(app) as http:
        headers = (await http.get("/hello")).headers
    assert "private" in headers["cache-control"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_head_request_is_answered(app: Wirebird) -> None:
    async with client(app) as http:
        head = await http.head("/hello")
        assert (head.status_code, head.text) == (200, "")


async def test_each_page_has_tokens_of_its_own(app: Wirebird) -> None:
    async with client(app) as http:
        pages: list[Any] = [(await http.get("/hello")).text for _ in range(2)]
    assert pages[0] != pages[1]


async def test_only_in_development_a_page_says_which_parameter_does_not_fit(
    make_app: MakeApp,
) -> None:
    for debug in (False, True):
        app = make_app(debug=debug)
        app.live("/", WayView)
        async with client(app) as http:
            for query in ("n=many", "a[b]=1&a=2&" + "x=1&" * 6000):
                text = (await http.get(f"/?{query}")).text
                assert (text in ("Not Found", "Bad Request")) is not debug, text


async def test_what_a_view_says_itself_is_shown(app: Wirebird) -> None:
    async with client(app) as http:
        assert (await http.get("/?way=missing")).text == "no such page"


async def test_what_a_component_or_a_nested_view_does_not_take_is_not_named(
    make_app: MakeApp,
) -> None:
    class InnerView(LiveView):
        html = "<p>inner</p>"

        async def mount(self, count: int = 0) -> None: ...

    class OuterView(LiveView):
        html = "{{ live_render(InnerView, id='in', session={'count': 'many'}) }}"

    app = make_app()
    app.components(InnerView)
    app.live("/", OuterView)
    async with client(app) as http:
        response = await http.get("/")
    assert (response.status_code, response.text) == (404, "Not Found")


@pytest.mark.parametrize(("base_url", "secure"), [("http://test", False), ("https://test", True)])
async def test_cookies_are_secure_where_the_request_is(
    app: Wirebird, base_url: str, secure: bool
) -> None:
    async with client(app, base_url=base_url) as http:
        cookies = (await http.get("/?way=flash")).headers.get_list("set-cookie")
    assert len(cookies) == 2  # the session and the flash
    assert ["secure" in cookie.lower() for cookie in cookies] == [secure] * 2


class ChatRoomView(LiveView):
    html = "<p>hello</p>"


@pytest.mark.parametrize(("title", "shown"), [("", "Chat room · X"), ("Shop", "Shop · X")])
async def test_a_page_has_a_title_even_if_nobody_gave_it_one(
    title: str, shown: str, make_app: MakeApp
) -> None:
    app = make_app(title=title, title_suffix=" · X")
    app.live("/", ChatRoomView)
    async with client(app) as http:
        assert f">{shown}</title>" in (await http.get("/")).text


class MarkedChildView(LiveView):
    html = '<i data-nonce="{{ socket.nonce }}" data-has-token="{{ csrf_token != \'\' }}"></i>'


class MarkedView(LiveView):
    html = '<b data-nonce="{{ socket.nonce }}"></b>{{ live_render(MarkedChildView, id="child") }}'


@pytest.mark.parametrize("kept", [0.0, 5.0])
async def test_a_view_and_those_in_it_know_the_nonce_of_their_page(
    kept: float, make_app: MakeApp
) -> None:
    app = make_app(csp=STRICT_POLICY, keep_first_render=kept)
    app.components(MarkedChildView)
    app.live("/", MarkedView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        policy = view.response.headers["content-security-policy"]
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
        assert view.dead_html.count(f'data-nonce="{nonce}"') == 2
        assert 'data-has-token="True"' in view.dead_html
        for tag in ("b", "i"):
            assert view.element(tag).attributes["data-nonce"] == nonce
