{% if cookiecutter.auth %}
"""The pages of accounts, and the requests that log in and out: only those can set a cookie."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from wirebird import UNTIL_CLOSED, Wirebird, csrf_valid

from {{ cookiecutter.package }}.accounts.guards import require_user
from {{ cookiecutter.package }}.accounts.tokens import (
    LOGINS,
    Purpose,
    find,
    issue,
    redeem,
    revoke,
)
from {{ cookiecutter.package }}.database import open_session
from {{ cookiecutter.package }}.views.account import AccountView
from {{ cookiecutter.package }}.views.forgot_password import ForgotPasswordView
from {{ cookiecutter.package }}.views.log_in import LogInView
from {{ cookiecutter.package }}.views.reset_password import ResetPasswordView
from {{ cookiecutter.package }}.views.sign_up import SignUpView

_LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")


def add_accounts(app: Wirebird) -> None:
    """Add the pages to the application."""
    app.live("/sign-up", SignUpView)
    app.live("/log-in", LogInView)
    app.live("/forgot-password", ForgotPasswordView)
    app.live("/reset-password/{token}", ResetPasswordView)
    with app.live_session("account", on_mount=[require_user]) as account:
        account.live("/account", AccountView)
    app.add_route("/enter", enter, methods=["POST"])
    app.add_route("/log-out", log_out, methods=["POST"])
    app.add_route("/log-out-everywhere", log_out_everywhere, methods=["POST"])


async def enter(request: Request) -> RedirectResponse:
    """Log in who has a ticket of a view that knows who it is."""
    fields = await _fields(request)
    remember, to = fields.get("remember") == "true", fields.get("to", "")
    async with open_session.begin() as database:
        ticket = await redeem(database, fields.get("ticket", ""), "ticket")
        if ticket is None:
            return RedirectResponse("/log-in", 303)
        await redeem(database, str(request.session.get("login", "")), *LOGINS)
        purpose: Purpose = "remembered" if remember else "login"
        secret, login = await issue(database, ticket.user_id, purpose)
    # A new session: nothing that somebody else knew of the old one is good for this one.
    request.session.clear()
    request.session["login"] = secret
    request.session["live_socket_id"] = f"login:{login.id}"
    if not remember:
        request.session[UNTIL_CLOSED] = True
    return RedirectResponse(to if _LOCAL.fullmatch(to) else "/", 303)


async def log_out(request: Request) -> RedirectResponse:
    """Log out here."""
    await _fields(request)
    async with open_session.begin() as database:
        login = await redeem(database, str(request.session.get("login", "")), *LOGINS)
    return await _logged_out(request, [] if login is None else [login.id])


async def log_out_everywhere(request: Request) -> RedirectResponse:
    """Log out here, and wherever else this user is logged in."""
    await _fields(request)
    async with open_session.begin() as database:
        login = await find(database, str(request.session.get("login", "")), *LOGINS)
        ids = [] if login is None else await revoke(database, login.user_id)
    return await _logged_out(request, ids)


async def _logged_out(request: Request, ids: list[int]) -> RedirectResponse:
    request.session.clear()
    app: Wirebird = request.app
    for id in ids:
        await app.disconnect(f"login:{id}")
    return RedirectResponse("/", 303)


async def _fields(request: Request) -> dict[str, str]:
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not csrf_valid(request, fields.get("_csrf_token")):
        raise HTTPException(403)
    return fields
{% endif %}
