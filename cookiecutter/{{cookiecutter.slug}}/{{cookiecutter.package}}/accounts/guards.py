{% if cookiecutter.auth %}
"""Who somebody is: `CurrentUser` in a signature, `require_user` for a whole live session."""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from wirebird import Depends, Redirect, Socket

from {{ cookiecutter.package }}.accounts.tables import User
from {{ cookiecutter.package }}.accounts.tokens import LOGINS, find
from {{ cookiecutter.package }}.database import Database


async def user_of(database: Database, session: dict[str, Any]) -> User | None:
    """Return who is logged in, or None."""
    token = await find(database, str(session.get("login", "")), *LOGINS)
    return None if token is None else await database.get(User, token.user_id)


MaybeUser = Annotated[User | None, Depends(user_of)]


async def logged_in(user: MaybeUser, socket: Socket) -> User:
    """Return who is logged in; others are sent to log in, and come back."""
    if user is None:
        here = urlsplit(socket.url)
        to = here.path + (f"?{here.query}" if here.query else "")
        raise Redirect(f"/log-in?{urlencode({'to': to})}")
    return user


CurrentUser = Annotated[User, Depends(logged_in)]


async def require_user(user: CurrentUser) -> None:
    """Stand in `on_mount` of a live session: only who is logged in gets further."""
{% endif %}
