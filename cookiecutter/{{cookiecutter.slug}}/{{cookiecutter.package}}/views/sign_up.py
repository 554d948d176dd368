{% if cookiecutter.auth %}
"""Signing up."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from wirebird import Form, LiveView, event

from {{ cookiecutter.package }}.accounts.attempts import may_try
from {{ cookiecutter.package }}.accounts.forms import SignUpForm
from {{ cookiecutter.package }}.accounts.passwords import hash_of
from {{ cookiecutter.package }}.accounts.tables import User
from {{ cookiecutter.package }}.accounts.tokens import issue
from {{ cookiecutter.package }}.database import Database


@dataclass
class SignUp:
    form: Form[SignUpForm]
    ticket: str = ""
    remember: bool = False
    to: str = "/account"


class SignUpView(LiveView[SignUp]):
    """Makes a user, and logs them in."""

    async def mount(self) -> None:
        self.socket.page_title = "Sign up"

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def sign_up(self, payload: dict[str, Any], database: Database) -> None:
        form = self.state.form
        given = form.submit(payload)
        if given is None:
            return
        if not may_try(self.socket, given.email):
            form.add_error(None, "Too many attempts: wait ten minutes.")
            return
        password_hash = await hash_of(given.password.get_secret_value())
        user = User(email=given.email, password_hash=password_hash)
        try:
            async with database.begin_nested():
                database.add(user)
        except IntegrityError:
            form.add_error("email", "This address has an account already.")
            return
        self.state.ticket, _ = await issue(database, user.id, "ticket")
{% endif %}
