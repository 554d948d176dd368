{% if cookiecutter.auth %}
"""Logging in."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from wirebird import Form, LiveView, event

from {{ cookiecutter.package }}.accounts.attempts import may_try
from {{ cookiecutter.package }}.accounts.forms import LogInForm
from {{ cookiecutter.package }}.accounts.passwords import is_right
from {{ cookiecutter.package }}.accounts.tables import User
from {{ cookiecutter.package }}.accounts.tokens import issue
from {{ cookiecutter.package }}.database import Database


@dataclass
class LogIn:
    form: Form[LogInForm]
    ticket: str = ""
    remember: bool = False
    to: str = "/account"


class LogInView(LiveView[LogIn]):
    """Looks at the password, and gives who knows it a ticket for the request that logs in."""

    async def mount(self, to: str = "/account") -> None:
        self.state.to = to
        self.socket.page_title = "Log in"

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def log_in(self, payload: dict[str, Any], database: Database) -> None:
        form = self.state.form
        given = form.submit(payload)
        if given is None:
            return
        if not may_try(self.socket, given.email):
            form.add_error(None, "Too many attempts: wait ten minutes.")
            return
        user = await database.scalar(select(User).where(User.email == given.email))
        known = None if user is None else user.password_hash
        if not await is_right(known, given.password.get_secret_value()) or user is None:
            form.add_error(None, "The address or the password is wrong.")
            return
        self.state.remember = given.remember
        self.state.ticket, _ = await issue(database, user.id, "ticket")
{% endif %}
