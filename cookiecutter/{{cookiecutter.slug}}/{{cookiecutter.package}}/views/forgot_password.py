{% if cookiecutter.auth %}
"""Asking for a letter with a link to choose another password."""

from dataclasses import dataclass
from typing import Any

from wirebird import Form, LiveView, event

from {{ cookiecutter.package }}.accounts.attempts import may_try
from {{ cookiecutter.package }}.accounts.forms import ForgottenForm
from {{ cookiecutter.package }}.accounts.letters import send_reset


@dataclass
class ForgotPassword:
    form: Form[ForgottenForm]
    asked: bool = False


class ForgotPasswordView(LiveView[ForgotPassword]):
    """Says the same to everybody, at once: who has an account is nobody's business."""

    async def mount(self) -> None:
        self.socket.page_title = "Another password"

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def send_link(self, payload: dict[str, Any]) -> None:
        given = self.state.form.submit(payload)
        if given is None:
            return
        if not may_try(self.socket, given.email):
            self.state.form.add_error(None, "Too many attempts: wait ten minutes.")
            return
        self.state.asked = True
        self.socket.start_async("letter", send_reset, given.email, finish=True)
{% endif %}
