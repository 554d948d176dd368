{% if cookiecutter.auth %}
"""The page of who is logged in."""

from dataclasses import dataclass

from wirebird import LiveView

from {{ cookiecutter.package }}.accounts.guards import CurrentUser


@dataclass
class Account:
    email: str = ""


class AccountView(LiveView[Account]):
    """Only for those who are logged in: its live session has the guard."""

    async def mount(self, user: CurrentUser) -> None:
        self.state.email = user.email
        self.socket.page_title = "Your account"
{% endif %}
