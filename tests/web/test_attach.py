"""Live pages inside an application that exists: its users, its middleware, its router."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Path, Query, Security
from fastapi import Request as FastAPIRequest
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.runtime.line import Visitor
from wirebird import LiveComponent, LiveView, Wirebird, event
from wirebird.testing import LiveClient
from wirebird.web.app import SecretKeyMissing
from wirebird.web.attach import AttachError

SECRET = "k" * 40
oauth2 = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)


def database(request: Request) -> str:
    return request.app.state.database


def visits(connection: HTTPConnection) -> int:
    connection.state.visits = getattr(connection.state, "visits", 0) + 1
    return connection.state.visits


async def current_user(
    request: FastAPIRequest,
    token: Annotated[str | None, Depends(oauth2)],
    access: Annotated[str | None, Cookie(alias="access_token")] = None,
    x_tenant: Annotated[str, Header()] = "none",
    x_tags: Annotated[list[str] | None, Header()] = None,
    page: Annotated[int, Query()] = 1,
) -> str:
    """As an application has it, with nothing of ours in it."""
    if access is None:
        raise HTTPException(401)
    return f"{access}@{x_tenant}/{page} {token} {','.join(x_tags or [])} {request.method}"


def scopes(wanted: SecurityScopes) -> str:
    return wanted.scope_str


User = Annotated[str, Depends(current_user)]
Scopes = Annotated[str, Security(scopes, scopes=["read"])]


class Row(LiveComponent[Any]):
    html = "<li>{{ user }}</li>"

    async def mount(self, user: User) -> None:
        self.state.user = user


class Account(LiveView[Any]):
    html = """<h1>{{ user }}</h1><h2>{{ database }}</h2><h3>{{ scopes }}</h3>
    <ul>{{ live_component(Row, id="row") }}</ul>"""

    async def mount(
        self, user: User, database: Annotated[str, Depends(database)], scopes: Scopes
    ) -> None:
        self.state.user = user
        self.state.database = database
        self.state.scopes = scopes

    @event
    async def again(self, user: User, id: Annotated[int, Path()], note: str) -> None:
        self.state.user = f"{user} {id} {note}"


async def hello(request: Request) -> Response:
    return PlainTextResponse(str(request.session.get("seen")))


def build(view: type[LiveView[Any]] = Account, **options: Any) -> Wirebird:
    live = Wirebird(secret_key=SECRET, **options)
    live.components(Row)
    live.live("/accounts/{id:int}", view, name="account")
    return live


def in_fastapi(live: Wirebird) -> FastAPI:
    host = FastAPI()
    host.add_middleware(SessionMiddleware, secret_key=SECRET)
    host.state.database = "the database"
    host.add_api_route("/hello", hello)
    return host


def attached() -> FastAPI:
    live = build()
    host = in_fastapi(live)
    live.attach(host)
    return host


def mounted() -> FastAPI:
    live = build()
    host = in_fastapi(live)
    host.mount("/", live)
    return host


HEADERS = {
    "cookie": "access_token=ada",
    "x-tenant": "acme",
    "authorization": "Bearer t",
    "x-tags": "a",
}


@asynccontextmanager
async def opened(host: Any, path: str = "/accounts/7?page=3") -> AsyncIterator[Any]:
    visitor = Visitor(host)
    for name, value in HEADERS.items():
        visitor.http.headers[name] = value
    page = await visitor.page(path)
    handshake = {**HEADERS, "origin": visitor.base_url}
    handshake["cookie"] += f"; {visitor.cookies()}"
    async with visitor.line(page, headers=handshake) as line:
        yield visitor, page, line


USER = "ada@acme/3 t a GET"


@pytest.mark.parametrize("build_host", [attached, mounted])
async def test_an_applications_own_dependencies_work_unchanged(build_host: Any):
    async with opened(build_host()) as (_, page, line):
        assert USER in page.text
        assert "the database" in page.text
        assert "read" in page.text

        joined = await line.join(page)
        assert str(joined).count(USER) == 2

        forged = {"id": 9, "page": 9, "access_token": "root", "x_tenant": "other", "note": "n"}
        answer = await line.event(page, "again", forged)
        assert f"{USER} 7 n" in str(answer)


@pytest.mark.parametrize("build_host", [attached, mounted])
async def test_what_a_dependency_refuses_is_the_pages_status(build_host: Any):
    visitor = Visitor(build_host())

    assert (await visitor.get("/accounts/7")).status_code == 401


@pytest.mark.parametrize("build_host", [attached, mounted])
async def test_dependency_overrides_are_honoured(build_host: Any):
    host = build_host()
    host.dependency_overrides[current_user] = lambda: "overridden"

    async with opened(host) as (_, page, line):
        assert "overridden" in page.text
        assert "overridden" in str(await line.join(page))

        host.dependency_overrides = {current_user: lambda id: f"another {id}"}
        answer = await line.event(page, "again", {"note": "n", "id": 9})
        assert "another 7 7 n" in str(answer)


async def test_the_request_is_the_hosts():
    class Backend(AuthenticationBackend):
        async def authenticate(self, conn: HTTPConnection) -> Any:
            return AuthCredentials(["authenticated"]), SimpleUser("ada")

    class Shown(LiveView[Any]):
        html = "<p>{{ shown }}</p>"

        async def mount(
            self,
            first: Annotated[int, Depends(visits)],
            second: Annotated[int, Depends(visits, use_cache=False)],
        ) -> None:
            request = self.socket.request
            self.state.shown = " ".join(
                [request.user.display_name, request.method, request.url.scheme, f"{first}{second}"]
            )
            assert isinstance(request, HTTPConnection)
            assert request.session is not None

    host = Starlette()
    host.add_middleware(AuthenticationMiddleware, backend=Backend())
    host.add_middleware(SessionMiddleware, secret_key=SECRET)
    build(Shown).attach(host)

    async with LiveClient(host) as client:
        view = await client.live("/accounts/7")
        assert view.text("p") == "ada GET http 12"


async def test_the_host_keeps_its_routes_its_404_and_its_slashes():
    host = attached()

    @host.exception_handler(404)
    async def missing(request: Request, error: Any) -> Response:
        return JSONResponse({"missing": request.url.path}, 404)

    @host.get("/later")
    async def later() -> str:
        return "later"

    visitor = Visitor(host)
    assert (await visitor.get("/nowhere")).json() == {"missing": "/nowhere"}
    assert (await visitor.get("/later")).json() == "later"
    assert (await visitor.get("/hello/")).status_code == 307
    assert (await visitor.get("/accounts/7/")).status_code == 307
    assert (await visitor.http.put("/accounts/7")).status_code == 405
    assert host.url_path_for("account", id=7) == "/accounts/7"
    assert "/hello" in (await visitor.get("/openapi.json")).json()["paths"]


async def test_routes_that_are_added_later_are_there():
    class Later(LiveView[Any]):
        html = "<p>later</p>"

    live = build()
    host = in_fastapi(live)
    live.attach(host)
    live.live("/later", Later)

    async with LiveClient(host) as client:
        assert (await client.live("/later")).text("p") == "later"


async def test_a_host_without_a_session_is_told_so():
    host = FastAPI()
    build().attach(host)

    transport = httpx.ASGITransport(app=host)
    visitor = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4010")
    with pytest.raises(AttachError, match="SessionMiddleware"):
        await visitor.get("/accounts/7")


def test_what_would_never_run_is_refused():
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    with pytest.raises(AttachError, match="would never run"):
        build(middleware=[Middleware(GZipMiddleware)]).attach(FastAPI())
    with pytest.raises(AttachError, match="would never run"):
        build(exception_handlers={404: hello}).attach(FastAPI())


async def test_without_a_key_the_host_does_not_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WIREBIRD_SECRET_KEY", raising=False)
    live = Wirebird(debug=False)
    host = FastAPI()
    live.attach(host)

    with pytest.raises(SecretKeyMissing):
        async with host.router.lifespan_context(host):
            pass


@pytest.mark.parametrize("path", ["/accounts/7", "/nowhere", "/_wirebird/nothing.js"])
async def test_without_a_key_a_mounted_application_answers_nothing(
    monkeypatch: pytest.MonkeyPatch, path: str
):
    monkeypatch.delenv("WIREBIRD_SECRET_KEY", raising=False)
    live = Wirebird(debug=False)
    live.live("/accounts/{id:int}", Account)
    host = in_fastapi(live)
    host.mount("/", live)

    transport = httpx.ASGITransport(app=host)
    visitor = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4010")
    with pytest.raises(SecretKeyMissing):
        await visitor.get(path)


async def test_views_end_before_the_host_closes_what_it_has_opened():
    seen: list[str] = []

    class Ending(LiveView[Any]):
        html = "<p>ending</p>"

        async def terminate(self, reason: Any) -> None:
            if self.socket.connected:
                seen.append("view")

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        seen.append("host")

    live = build(Ending)
    host = FastAPI(lifespan=lifespan)
    host.add_middleware(SessionMiddleware, secret_key=SECRET)
    live.attach(host)
    async with opened(host) as (_, page, line):
        async with host.router.lifespan_context(host):
            await line.join(page)
        assert seen == ["view", "host"]


async def test_both_lifespans_run():
    seen: list[str] = []

    def lifespan(name: str) -> Any:
        @asynccontextmanager
        async def run(_: Any) -> AsyncIterator[Any]:
            seen.append(f"{name} in")
            yield {"name": name}
            seen.append(f"{name} out")

        return run

    host = FastAPI(lifespan=lifespan("host"))
    build(lifespan=lifespan("live")).attach(host)

    async with host.router.lifespan_context(host) as state:
        assert state == {"name": "host"}
    assert seen == ["live in", "host in", "host out", "live out"]


@pytest.mark.parametrize("build_host", [attached, mounted])
async def test_the_policy_of_the_host_is_the_only_one(build_host: Any):
    async with opened(build_host()) as (visitor, _, _line):
        response = await visitor.get("/accounts/7", headers=HEADERS)
        assert "content-security-policy" not in response.headers

    alone = Visitor(build(Static))
    assert "frame-ancestors" in (await alone.get("/accounts/7")).headers["content-security-policy"]


class Static(LiveView[Any]):
    html = "<p>static</p>"


async def test_a_page_outside_of_any_request_says_so():
    from wirebird.live.socket import ConnectInfo

    with pytest.raises(RuntimeError, match="no request"):
        _ = ConnectInfo().request


async def test_a_visitor_who_signed_out_at_the_host_is_out_of_the_open_page_too():
    revoked: set[str] = set()

    def user(access_token: Annotated[str, Cookie()] = "") -> str:
        if not access_token or access_token in revoked:
            raise HTTPException(401)
        return access_token

    class Private(LiveView[Any]):
        html = "<p>{{ user }}</p>"

        async def mount(self, user: Annotated[str, Depends(user)]) -> None:
            self.state.user = user

    live = build(Private)
    host = in_fastapi(live)
    live.attach(host)
    async with opened(host) as (_, page, line):
        assert (await line.join(page))["status"] == "ok"
        revoked.add("ada")

        answer = await line.join(page)

        assert answer["response"]["reason"] == "reload"
        assert answer["response"]["status"] == 401
