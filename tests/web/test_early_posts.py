"""A form that was sent before the script was there: the page answers with the form filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.pages import client
from wirebird import LiveView, Wirebird
from wirebird.runtime.endpoint import Limits
from wirebird.web.early_posts import TYPED, filled

MakeApp = Callable[..., Wirebird]

FORM = """
<form id="other" method="post"><input name="q" value=""></form>
<form id="f" method="post" phx-submit="save">
  <input type="hidden" name="id" value="7">
  <input name="title" id="title" value="{{ title }}">
  <textarea name="text" id="text">
old</textarea>
  <select name="color" id="color"><option>red</option><option value="g">green</option></select>
  <input type="checkbox" name="terms" id="terms" value="yes">
  <input type="checkbox" name="news" id="news" value="yes" checked>
  <input type="radio" name="size" id="s" value="s" checked>
  <input type="radio" name="size" id="l" value="l">
  <input type="password" name="password" id="password">
  <input name="code" id="code" autocomplete="one-time-code">
  <input name="locked" id="locked" value="no" disabled>
</form>
<input form="f" name="outside" id="outside">
"""
SENT = {
    "id": "8",
    "title": 'a "quoted" <title>',
    "text": "\r\nnew\r\n</textarea><script>",
    "color": "g",
    "terms": "yes",
    "size": "l",
    "password": "sesame",
    "code": "123456",
    "locked": "yes",
    "outside": "out",
}
OWN = {"origin": "http://test"}


class FormView(LiveView):
    html = FORM

    async def mount(self, title: str = "") -> None:
        self.state.title = title


@pytest.fixture
def app(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/", FormView)
    return app


async def test_what_was_typed_is_in_the_form_and_secrets_are_not(app: Wirebird) -> None:
    async with client(app) as http:
        response = await http.post("/?title=from+the+query", data=SENT, headers=OWN)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    page = LexborHTMLParser(response.text)

    def of(id: str) -> dict[str, str | None]:
        return page.css_first(f"#{id}").attributes

    assert of("title")["value"] == SENT["title"]
    assert page.css_first("#text").text() == "\nnew\n</textarea><script>"
    assert [o.text() for o in page.css("option") if "selected" in o.attributes] == ["green"]
    assert "checked" in of("terms")
    assert "checked" not in of("news")
    assert "checked" not in of("s")
    assert "checked" in of("l")
    assert of("outside")["value"] == "out"
    assert of("locked")["value"] == "no"
    assert "value" not in of("password") | of("code")
    assert page.css_first("[name=id]").attributes["value"] == "7"
    assert "sesame" not in response.text
    typed = {node.attributes["id"] for node in page.css(f"[{TYPED}]")}
    assert typed == {"title", "text", "color", "terms", "news", "s", "l", "outside"}


async def test_the_page_is_what_a_get_of_it_is(app: Wirebird) -> None:
    async with client(app) as http:
        pages: list[Any] = []
        for response in (
            await http.get("/?title=x"),
            await http.post("/?title=x", headers=OWN),
            await http.post("/?title=x", data={"unknown": "1"}, headers=OWN),
        ):
            [main] = LexborHTMLParser(response.text).css("[data-phx-main]")
            pages.append(main.inner_html)
    assert pages[0] == pages[1] == pages[2]


def test_a_form_that_gets_is_not_filled() -> None:
    html = '<form><input name="a"></form>'
    assert filled(html, {"a": ["1"]}) == html


def test_a_group_of_boxes_and_a_list_of_several() -> None:
    html = (
        '<form method="POST"><input type="checkbox" name="t[]" value="a">'
        '<input type="checkbox" name="t[]" value="b" checked>'
        '<select name="l[]" multiple><option selected>x<option>y<option>z</select>'
        '<input name="n[]"><input name="n[]"></form>'
    )
    sent = {"t[]": ["a"], "l[]": ["y", "z"], "n[]": ["1", "2"]}
    assert filled(html, sent) == (
        f'<form method="POST"><input type="checkbox" name="t[]" value="a" checked {TYPED}>'
        f'<input type="checkbox" name="t[]" value="b" {TYPED}>'
        f'<select name="l[]" multiple {TYPED}>'
        "<option>x<option selected>y<option selected>z</select>"
        f'<input name="n[]" value="1" {TYPED}><input name="n[]" value="2" {TYPED}></form>'
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OWN, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "http://elsewhere.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused(
    headers: dict[str, str], status: int, app: Wirebird
) -> None:
    async with client(app) as http:
        response = await http.post("/", data={"title": "x"}, headers=headers)
        assert response.status_code == status


async def test_the_page_s_own_token_is_good_without_an_origin(app: Wirebird) -> None:
    async with client(app) as http:
        page = LexborHTMLParser((await http.get("/")).text)
        token = page.css_first("meta[name=csrf-token]").attributes["content"]
        for given, status in [(token, 200), ("wrong", 403)]:
            data = {"title": "x", "_csrf_token": given}
            assert (await http.post("/", data=data)).status_code == status


async def test_a_form_may_be_as_large_as_a_frame(make_app: MakeApp) -> None:
    app = make_app(limits=Limits(frame_size=1000))
    app.live("/", FormView)
    async with client(app) as http:
        for size, status in [(900, 200), (1000, 413)]:
            response = await http.post("/", data={"title": "x" * size}, headers=OWN)
            assert response.status_code == status


async def test_files_are_left_out(app: Wirebird) -> None:
    async with client(app) as http:
        response = await http.post(
            "/", data={"title": "typed"}, files={"file": b"what is in it"}, headers=OWN
        )
    assert 'value="typed"' in response.text
    assert "what is in it" not in response.text


async def test_a_body_that_is_no_form_is_a_bad_request(app: Wirebird) -> None:
    headers = {**OWN, "content-type": "multipart/form-data; boundary=x"}
    async with client(app) as http:
        assert (await http.post("/", content=b"--y", headers=headers)).status_code == 400
