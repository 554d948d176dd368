"""Signing in, with a password or by another site, and out, on all pages at once."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.sign_in import oauth, provider
from examples.sign_in.accounts import is_right, issue, may_try, redeem
from wirebird import Form, LiveView, Session, Socket, Wirebird, csrf_valid, event

HOME = "/sign-in/account"


class Credentials(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=100)]


@dataclass
class SignIn:
    form: Form[Credentials]
    ticket: str = ""


class SignInView(LiveView[SignIn]):
    """Looks at the password, and gives who knows it a ticket for the request that signs in."""

    async def mount(self, session: dict[str, Any]) -> None:
        self.socket.page_title = "Sign in"
        if "account" in session:
            self.socket.redirect(HOME)

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def enter(self, payload: dict[str, Any]) -> None:
        given = self.state.form.submit(payload)
        if given is None:
            return
        if not may_try(given.name):
            self.state.form.add_error(None, "Too many tries: wait a minute.")
        elif await is_right(given.name, given.password.get_secret_value()):
            self.state.ticket = issue(given.name)
        else:
            self.state.form.add_error(None, "The name or the password is wrong.")


@dataclass
class Account:
    name: str
    way: str


class AccountView(LiveView[Account]):
    """Is seen by those alone whom the guard of its live session lets pass."""

    template = "account.html"
    styles = ["sign_in.css"]

    async def mount(
        self, account: Annotated[str, Session()], way: Annotated[str, Session()]
    ) -> None:
        self.state = Account(account, way)
        self.socket.page_title = account.title()


async def require_account(socket: Socket, session: dict[str, Any]) -> None:
    if "account" not in session:
        socket.put_flash("error", "Sign in first.")
        socket.redirect("/sign-in")


async def fields_of(request: Request) -> dict[str, str]:
    """Return what a form of our own pages has sent."""
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not csrf_valid(request, fields.get("_csrf_token")):
        raise HTTPException(403)
    return fields


def let_in(request: Request, name: str, way: str) -> Response:
    """Begin a new session: nothing that somebody knew of the old one is good for it."""
    request.session.clear()
    request.session.update(account=name, way=way, live_socket_id=f"account:{quote(name)}")
    return RedirectResponse(HOME, 303)


async def enter(request: Request) -> Response:
    name = redeem((await fields_of(request)).get("ticket", ""))
    return let_in(request, name, "a password") if name else RedirectResponse("/sign-in", 303)


async def leave(request: Request) -> Response:
    """Sign out, here and on every page that is open."""
    await fields_of(request)
    app: Wirebird = request.app
    socket_id = request.session.get("live_socket_id")
    request.session.clear()
    if socket_id:
        await app.disconnect(socket_id)
    return RedirectResponse("/sign-in", 303)


async def call_back(request: Request) -> Response:
    """Take who comes back from the other site."""
    name = await oauth.name_of(request)
    return let_in(request, name, provider.NAME) if name else RedirectResponse("/sign-in", 303)


def add_to(app: Wirebird) -> None:
    """Serve the pages, what they post to, and the other site, which is a fake in this process."""
    with app.live_session("sign-in") as pages:
        pages.live("/sign-in", SignInView)
    with app.live_session("account", on_mount=[require_account]) as pages:
        pages.live(HOME, AccountView)
    app.add_route("/sign-in/enter", enter, methods=["POST"])
    app.add_route("/sign-in/leave", leave, methods=["POST"])
    app.add_route("/sign-in/elsewhere", oauth.send_there, methods=["GET"])
    app.add_route("/sign-in/back", call_back, methods=["GET"], name="sign-in-back")
    app.mount("/sign-in/provider", provider.site)
