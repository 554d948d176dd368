"""What a client sends is not believed: each test here is one attempt, its answer, and its log."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.runtime.line import Closed, Line, Page, Visitor
from wirebird import Limits, LiveView, NavigationError, Redirect, Wirebird, event
from wirebird.web.app import SECRET_VARIABLE, SecretKeyMissing
from wirebird.wire.tokens import Signer

OTHER_KEY = "another key for tests, of which this server knows nothing"
STALE = {"status": "error", "response": {"reason": "stale"}}
UNAUTHORIZED = {"status": "error", "response": {"reason": "unauthorized"}}


@dataclass
class Count:
    count: int = 0
    user: str | None = None


class Counter(LiveView[Count]):
    html = "<p>{{ count }} {{ user }}</p>"

    async def mount(self, session: dict[str, Any]) -> None:
        self.state = Count(user=session.get("user"))

    @event
    async def increment(self) -> None:
        self.state.count += 1

    async def forgotten(self) -> None:
        self.state.count = 666


class Admin(LiveView[Count]):
    html = "<p>admin</p>"


class Door(LiveView[Count]):
    html = "<p>door</p>"

    @event
    async def go(self, how: str, to: str) -> None:
        match how:
            case "patch":
                self.socket.push_patch(to)
            case "navigate":
                self.socket.push_navigate(to)
            case "redirect":
                self.socket.redirect(to)
            case "external":
                self.socket.redirect(external=to)
            case _:
                raise Redirect(to)


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    return build(make_app)


def build(make_app: Callable[..., Wirebird], **options: Any) -> Wirebird:
    async def login(request: Request) -> JSONResponse:
        user = request.path_params["user"]
        request.session.update(user=user, live_socket_id=f"user:{user}")
        return JSONResponse({})

    async def logout(request: Request) -> JSONResponse:
        request.session.clear()
        return JSONResponse({})

    async def forget(request: Request) -> JSONResponse:
        request.session.pop("user", None)
        return JSONResponse({})

    routes = [Route("/login/{user}", login), Route("/logout", logout), Route("/forget", forget)]
    app = make_app(routes=routes, **options)
    app.live("/", Counter)
    app.live("/door", Door)
    with app.live_session("admin", on_mount=[no_guests]) as admin:
        admin.live("/admin", Admin)
    return app


async def no_guests(session: dict[str, Any]) -> None:
    if session.get("user") != "ada":
        raise Redirect("/")


@asynccontextmanager
async def opened(app: Wirebird, path: str = "/") -> AsyncIterator[SimpleNamespace]:
    """A visitor with a page, a socket, and a second view that is joined and must stay so."""
    visitor = Visitor(app)
    page, other = await visitor.page(path), await visitor.page("/")
    async with visitor.line(page) as line:
        assert (await line.join(other))["status"] == "ok"
        yield SimpleNamespace(visitor=visitor, page=page, line=line, other=other)
        # Whatever was tried, nothing else has suffered.
        assert await line.event(other, "increment") == {"diff": {"1": {"0": "1"}}}


def contents(app: Wirebird, page: Page, salt: str) -> dict[str, Any]:
    """Return what a page's token says; a page without flash needs no static token."""
    if salt == "static":
        return {"id": page.id}
    return app.endpoint.signer.verify(page.session, salt, 3600)


def retoken(app: Wirebird, page: Page, salt: str, key: str | None = None, **changes: Any) -> str:
    """Return a page's token with other contents, signed with our key or another."""
    data = contents(app, page, salt)
    return (Signer(key) if key else app.endpoint.signer).sign({**data, **changes}, salt)


# Tokens


@pytest.mark.parametrize("salt", ["session", "static"])
async def test_a_token_signed_with_another_key_is_stale(
    salt: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        forged = retoken(app, here.page, salt, OTHER_KEY)
        assert await here.line.join(here.page, **{salt: forged}) == STALE
    assert "refused to join" in caplog.text


@pytest.mark.parametrize("salt", ["session", "static"])
async def test_a_token_that_has_expired_is_stale(
    salt: str,
    app: Wirebird,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    async with opened(app) as here:
        past = time.time() - app.limits.token_age - 100
        data = contents(app, here.page, salt)
        with monkeypatch.context() as patch:
            patch.setattr("itsdangerous.timed.time.time", lambda: past)
            old = app.endpoint.signer.sign(data, salt)
        assert await here.line.join(here.page, **{salt: old}) == STALE
    assert "expired" in caplog.text


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "\0", "🦜", 7, ["x"], {"a": 1}, "x" * 100_000, True]
)
async def test_what_is_no_token_is_stale(token: Any, app: Wirebird):
    async with opened(app) as here:
        assert await here.line.join(here.page, session=token) == STALE


async def test_a_static_token_is_no_session_token(app: Wirebird):
    async with opened(app) as here:
        assert await here.line.join(here.page, session=retoken(app, here.page, "static")) == STALE


async def test_a_page_of_another_visitor_cannot_be_joined(
    app: Wirebird, caplog: pytest.LogCaptureFixture
):
    theirs = await Visitor(app).page("/")
    async with opened(app) as here:
        assert await here.line.join(theirs) == STALE
    assert "another session" in caplog.text


async def test_a_join_cannot_name_a_view_that_its_url_does_not(app: Wirebird):
    async with opened(app) as here:
        name = Admin.definition.name
        admin = retoken(app, here.page, "session", view=name, live_session="admin")
        assert await here.line.join(here.page, session=admin) == UNAUTHORIZED
        unknown = retoken(app, here.page, "session", view="os:system")
        assert await here.line.join(here.page, session=unknown) == STALE


async def test_a_join_cannot_leave_its_live_session(app: Wirebird):
    async with opened(app) as here:
        url = here.page.url + "admin"
        assert await here.line.join(here.page, url=url) == UNAUTHORIZED
        assert await here.line.join(here.page, url=None, redirect=url) == UNAUTHORIZED


async def test_a_join_without_a_url_does_not_pass_the_guards_by(app: Wirebird):
    visitor = Visitor(app)
    await visitor.get("/login/ada")
    page = await visitor.page("/admin")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
    await visitor.get("/forget")  # the pages' tokens still hold, the permission does not
    async with visitor.line(page) as line:
        assert await line.join(page, url=None) == UNAUTHORIZED
        refused = await line.join(page)
        assert refused["response"]["redirect"]["to"] == "/"


# The session


async def test_a_page_from_before_the_logout_cannot_join_again(app: Wirebird):
    visitor = Visitor(app)
    await visitor.get("/login/ada")
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        reply = await line.join(page)
        assert reply["response"]["rendered"]["1"]["1"] == "ada"
    await visitor.get("/logout")
    async with visitor.line(page) as line:
        assert await line.join(page) == STALE
    await visitor.page("/")  # a new session, with a new secret
    async with visitor.line(page) as line:
        assert await line.join(page) == STALE


async def test_a_page_from_before_the_logout_sees_no_user_when_the_session_stays(app: Wirebird):
    visitor = Visitor(app)
    await visitor.get("/login/ada")
    page = await visitor.page("/")
    await visitor.get("/forget")
    async with visitor.line(page) as line:
        reply = await line.join(page)
        assert reply["response"]["rendered"]["1"]["1"] == "None"


async def test_views_do_not_see_our_own_secret_in_the_session(app: Wirebird):
    seen: list[dict[str, Any]] = []

    class Looks(Counter):
        async def mount(self, session: dict[str, Any]) -> None:
            seen.append(session)

    app.live("/looks", Looks)
    visitor = Visitor(app)
    await visitor.get("/login/ada")
    page = await visitor.page("/looks")
    async with visitor.line(page) as line:
        await line.join(page)
    assert seen == [{"user": "ada", "live_socket_id": "user:ada"}] * 2


async def test_disconnect_closes_all_sockets_of_that_id_and_no_others(app: Wirebird):
    ada, ada_elsewhere, bob = Visitor(app), Visitor(app), Visitor(app)
    ended: list[str] = []

    class Watched(Counter):
        async def terminate(self, reason: str) -> None:
            if self.socket.connected:
                ended.append(self.state.user or "")

    app.live("/watched", Watched)
    lines: list[Line] = []
    pages: list[Page] = []
    for visitor, user in ((ada, "ada"), (ada_elsewhere, "ada"), (bob, "bob")):
        await visitor.get(f"/login/{user}")
        pages.append(await visitor.page("/watched"))
        lines.append(await visitor.line(pages[-1]).open())
        await lines[-1].join(pages[-1])
    await app.disconnect("user:ada")
    for line in lines[:2]:
        # Not 1000: after that the client would not connect again, and not find out.
        assert (await line.until_closed()).code == 4008
        await line.close()
    assert ended == ["ada", "ada"]
    assert await lines[2].event(pages[2], "increment") == {"diff": {"1": {"0": "1"}}}
    await lines[2].close()
    assert app.pubsub.subscribers("live_socket:user:ada") == 0  # type: ignore[attr-defined]
    assert app.pubsub.subscribers("live_socket:user:bob") == 0  # type: ignore[attr-defined]


async def test_the_session_cookie_is_for_http_only_and_same_site(app: Wirebird):
    response = await Visitor(app).get("/")
    (cookie,) = response.headers.get_list("set-cookie")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "secure" not in cookie.lower()


async def test_the_session_cookie_can_be_for_https_only(make_app: Callable[..., Wirebird]):
    app = build(make_app, https_only=True)
    response = await Visitor(app).get("/")
    assert "secure" in response.headers["set-cookie"].lower()


# The handshake


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "é" * 64])
async def test_a_socket_without_the_pages_csrf_token_can_join_nothing(
    token: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(query={"_csrf_token": token, "vsn": "2.0.0"}) as line:
        assert await line.join(page) == STALE
        assert await line.alive()
    assert "CSRF" in caplog.text


async def test_a_csrf_token_of_another_visitor_is_worth_nothing(app: Wirebird):
    visitor = Visitor(app)
    page, theirs = await visitor.page("/"), await Visitor(app).page("/")
    async with visitor.line(query={"_csrf_token": theirs.csrf, "vsn": "2.0.0"}) as line:
        assert await line.join(page) == STALE


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127.0.0.1:4011",
        "https://127.0.0.1:4010.evil.example",
        "http://127.0.0.1:4010@evil.example",
        "null",
        "",
        "http://[",
        "ftp://127.0.0.1:4010",
        "file://",
    ],
)
async def test_a_page_of_another_origin_cannot_open_a_socket(
    origin: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = visitor.line(page, headers={"cookie": visitor.cookies(), "origin": origin})
    with pytest.raises(Closed):
        await line.open()
    assert not line.accepted
    assert "allowed_origins" in caplog.text


@pytest.mark.parametrize("allowed", ["https://app.example", "https://app.example/", "*"])
async def test_other_origins_can_be_allowed(allowed: str, make_app: Callable[..., Wirebird]):
    app = build(make_app, allowed_origins=[allowed])
    visitor = Visitor(app)
    page = await visitor.page("/")
    headers = {"cookie": visitor.cookies(), "origin": "https://app.example"}
    async with visitor.line(page, headers=headers) as line:
        assert (await line.join(page))["status"] == "ok"


@pytest.mark.parametrize("version", ["1.0.0", "3.0.0", "", "2", "x" * 1000])
async def test_another_version_of_the_protocol_is_refused(
    version: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = visitor.line(page, query={"_csrf_token": page.csrf, "vsn": version})
    with pytest.raises(Closed):
        await line.open()
    assert not line.accepted
    assert "protocol version" in caplog.text


# Frames


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hello",
        "[",
        '{"a":1}',
        "[]",
        "[1,2,3,4,5]",
        "[" * 100_000,
        '["1","1","lv:\ud800","event",{}]',
        b"",
        b"\x00",
        b"\xff" * 1000,
        b"\x00\xff\xff\xff\xffabc",
        bytes(range(1, 256)),
    ],
    ids=lambda data: repr(data[:12]),
)
async def test_what_is_no_frame_closes_that_socket_alone(
    data: str | bytes, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here, here.visitor.line(here.page) as broken:
        await broken.join(here.page)
        broken.send(data)
        assert (await broken.until_closed()).code == 4011
    assert "closed: " in caplog.text


async def test_a_frame_that_is_too_large_closes_that_socket_alone(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    app = build(make_app, limits=Limits(frame_size=10_000))
    async with opened(app) as here, here.visitor.line(here.page) as broken:
        await broken.join(here.page)
        broken.begin_event(here.page, "increment", {"text": "x" * 10_000})
        assert (await broken.until_closed()).code == 4011
    assert "more than 10000" in caplog.text


@pytest.mark.parametrize("topic", ["room:lobby", "", "lv", "phoenix2", "lv:phx-other"])
async def test_a_topic_that_nobody_joined_is_unmatched(
    topic: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        ref = here.line.push(topic, "event", {"type": "click", "event": "increment", "value": {}})
        assert await here.line.reply(ref) == {
            "status": "error",
            "response": {"reason": "unmatched topic"},
        }
    assert repr(topic) in caplog.text


async def test_an_event_of_an_earlier_join_is_not_executed(app: Wirebird):
    async with opened(app) as here:
        payload = {"type": "click", "event": "increment", "value": {}}
        for join_ref in ("0", None, "", "99"):
            here.line.send([join_ref, "77", here.other.topic, "event", payload])


@pytest.mark.parametrize(
    "name",
    ["forgotten", "mount", "terminate", "__init__", "state", "handle_params", "_x", "", "lv:x"],
)
async def test_only_marked_methods_can_be_called(
    name: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        response = await here.line.event(here.other, name)
        assert response == {"diff": {"r": {"error": "the event was refused", "refused": True}}}
    assert "Counter" in caplog.text


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"event": ["increment"], "type": "click", "value": {}},
        {"event": None, "type": None},
        {"event": "increment", "type": "form", "value": 5},
        {"event": "increment", "type": "form", "value": "%ff=1"},
        {"event": "increment", "type": "form", "value": "a=1", "meta": [1, 2]},
        {"event": "increment", "type": "form", "value": "a=1", "meta": {"_target": 5}},
    ],
    ids=repr,
)
async def test_a_malformed_event_is_answered_and_harms_nothing(
    payload: Any, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        reply = await here.line.reply(here.line.push(here.other.topic, "event", payload))
        assert reply["response"]["diff"]["r"] == {"error": "the event was refused", "refused": True}
    assert "WARNING" in caplog.text


@pytest.mark.parametrize("name", ["event", "live_patch", "cids_will_destroy", "phx_leave"])
async def test_a_binary_frame_that_is_no_upload_is_dropped(
    name: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        names = [here.line.joins[here.other.topic], "9", here.other.topic, name]
        sizes = bytes(len(part) for part in names)
        here.line.send(b"\x00" + sizes + "".join(names).encode() + b"\x01\x02")
    assert "binary frame" in caplog.text


async def test_an_unknown_frame_is_logged_and_dropped(
    app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app) as here:
        here.line.push(here.other.topic, "whatever", {})
    assert "unknown 'whatever'" in caplog.text


async def test_joining_twice_closes_the_first_view(app: Wirebird):
    async with opened(app) as here:
        first = here.line.begin_join(here.page)
        assert (await here.line.reply(first))["status"] == "ok"
        assert (await here.line.join(here.page))["status"] == "ok"
        assert await here.line.receive() == [first, first, here.page.topic, "phx_close", {}]


async def test_there_is_an_end_to_the_views_on_one_socket(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    app = build(make_app, limits=Limits(views_per_connection=3))
    async with opened(app) as here:
        for _ in range(2):
            page = await here.visitor.page("/")
            assert (await here.line.join(page))["status"] == "ok"
        assert await here.line.join(here.page) == {
            "status": "error",
            "response": {"reason": "join crashed"},
        }
    assert "too many views" in caplog.text


# Where a visitor may be sent

ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nset-cookie: a=b",
    "\\\\evil.example",
    "http://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "evil",
    "",
]


@pytest.mark.parametrize("how", ["patch", "navigate", "redirect", "raise"])
@pytest.mark.parametrize("to", ELSEWHERE)
async def test_a_path_of_the_clients_choice_cannot_lead_elsewhere(
    how: str, to: str, app: Wirebird, caplog: pytest.LogCaptureFixture
):
    async with opened(app, "/door") as here:
        await here.line.join(here.page)
        here.line.begin_event(here.page, "go", {"how": how, "to": to})
        frame = await here.line.receive()
        assert frame[3:] == ["phx_error", {"reason": "channel_crash"}]
    assert "NavigationError" in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http:",
        " javascript:a",
        "vbscript:x",
    ],
)
def test_an_external_redirect_has_a_harmless_scheme(url: str):
    with pytest.raises(NavigationError):
        Redirect(external=url)


# Secrets


def test_production_needs_a_secret_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    app = Wirebird(debug=False)
    app.live("/", Counter)
    with pytest.raises(SecretKeyMissing) as raised:
        _ = app.endpoint
    assert SECRET_VARIABLE in str(raised.value)
    assert "secrets.token_urlsafe" in str(raised.value)


async def test_a_server_without_its_key_does_not_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    app = Wirebird(debug=False)

    async def nothing(*_: Any) -> Any:
        raise AssertionError("it has started")

    with pytest.raises(SecretKeyMissing):
        await app({"type": "lifespan", "asgi": {"version": "3.0"}}, nothing, nothing)


def test_development_makes_do_with_a_random_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    first, second = Wirebird(debug=True), Wirebird(debug=True)
    assert first.secret_key != second.secret_key
    assert len(first.secret_key) >= 32


@pytest.mark.parametrize("key", ["short", "x" * 31])
def test_a_short_key_is_refused(key: str, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ValueError, match="at least 32"):
        Wirebird(secret_key=key)
    monkeypatch.setenv(SECRET_VARIABLE, key)
    with pytest.raises(ValueError, match="at least 32"):
        Wirebird()


async def test_pages_and_sessions_outlive_a_change_of_the_key(make_app: Callable[..., Wirebird]):
    before = build(make_app)
    visitor = Visitor(before)
    await visitor.get("/login/ada")
    page = await visitor.page("/")
    after = build(make_app, secret_key=OTHER_KEY, previous_secret_keys=[before.secret_key])
    visitor.app = after
    async with visitor.line(page) as line:
        reply = await line.join(page)
        assert reply["response"]["rendered"]["1"]["1"] == "ada"


async def test_with_the_old_key_gone_old_pages_are_stale(make_app: Callable[..., Wirebird]):
    visitor = Visitor(build(make_app))
    page = await visitor.page("/")
    visitor.app = build(make_app, secret_key=OTHER_KEY)
    async with visitor.line(page) as line:
        assert await line.join(page) == STALE


# The flash and the reload cookie, which pages write themselves


@pytest.mark.parametrize("flash", ["forged", "x" * 10_000])
async def test_a_forged_flash_is_not_shown(flash: str, app: Wirebird):
    visitor = Visitor(app)
    visitor.http.cookies.set("__phoenix_flash__", flash)
    page = await visitor.page("/")
    assert flash not in page.html
    async with visitor.line(page) as line:
        reply = await line.join(page, flash=flash)
        assert reply["response"]["rendered"]["0"] == ""


async def test_a_forged_reload_cookie_changes_no_status(app: Wirebird):
    visitor = Visitor(app)
    visitor.http.cookies.set("__phoenix_reload_status__", "forged")
    assert (await visitor.get("/")).status_code == 200


class Carries(Counter):
    html = "<p>{{ flash|string }}</p>"

    @event
    async def carry(self) -> None:
        self.socket.put_flash("info", "for ada only")
        self.socket.push_navigate("/carries")


async def test_a_flash_is_for_the_visitor_whom_it_was_written_for(
    app: Wirebird, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    app.live("/carries", Carries)
    ada, bob = Visitor(app), Visitor(app)
    page, theirs = await ada.page("/carries"), await bob.page("/carries")
    async with ada.line(page) as line:
        await line.join(page)
        flash = (await line.event(page, "carry"))["live_redirect"]["flash"]
    async with bob.line(theirs) as line:
        assert "for ada" not in str(await line.join(theirs, flash=flash))
    bob.http.cookies.set("__phoenix_flash__", flash)
    assert "for ada" not in (await bob.page("/carries")).html
    again = await ada.page("/carries")
    async with ada.line(again) as line:
        assert "for ada" in str(await line.join(again, flash=flash))
    ada.http.cookies.set("__phoenix_flash__", flash)
    assert "for ada" in (await ada.page("/carries")).html
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 62)
    ada.http.cookies.set("__phoenix_flash__", flash)
    assert "for ada" not in (await ada.page("/carries")).html
