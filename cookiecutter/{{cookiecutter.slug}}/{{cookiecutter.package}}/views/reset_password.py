{% if cookiecutter.auth %}
"""Choosing another password, with the link of a letter."""

from dataclasses import dataclass
from typing import Any

from wirebird import Form, LiveView, Wirebird, event

from {{ cookiecutter.package }}.accounts.forms import ResetForm
from {{ cookiecutter.package }}.accounts.passwords import hash_of
from {{ cookiecutter.package }}.accounts.tables import User
from {{ cookiecutter.package }}.accounts.tokens import find, redeem, revoke
from {{ cookiecutter.package }}.database import Database


@dataclass
class ResetPassword:
    form: Form[ResetForm]


class ResetPasswordView(LiveView[ResetPassword]):
    """Changes the password once, and ends all logins: whoever knew the old one is out."""

    token = ""

    async def mount(self, token: str, database: Database) -> None:
        self.token = token
        self.socket.page_title = "Another password"
        if await find(database, token, "reset") is None:
            self.refuse()

    def refuse(self) -> None:
        self.socket.put_flash("error", "This link is no longer good: ask for another one.")
        self.socket.push_navigate("/forgot-password")

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def change(self, payload: dict[str, Any], database: Database) -> None:
        given = self.state.form.submit(payload)
        if given is None:
            return
        reset = await redeem(database, self.token, "reset")
        user = None if reset is None else await database.get(User, reset.user_id)
        if user is None:
            self.refuse()
            return
        user.password_hash = await hash_of(given.password.get_secret_value())
        ended = await revoke(database, user.id)
        await database.commit()
        app: Wirebird = self.socket.request.app
        for id in ended:
            await app.disconnect(f"login:{id}")
        self.socket.put_flash("success", "Your password is changed: log in with it.")
        self.socket.push_navigate("/log-in")
{% endif %}
