{% if cookiecutter.auth %}
"""The letters that are written to users."""

import os

from sqlalchemy import select

from {{ cookiecutter.package }} import mailer
from {{ cookiecutter.package }}.accounts.tables import User
from {{ cookiecutter.package }}.accounts.tokens import issue
from {{ cookiecutter.package }}.database import open_session

# Never of the request: whoever sends one could have the link lead to a host of theirs.
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")


async def send_reset(email: str) -> None:
    """Send a link to choose another password, if somebody has this address."""
    async with open_session.begin() as database:
        user = await database.scalar(select(User).where(User.email == email))
        if user is None:
            return
        secret, _ = await issue(database, user.id, "reset")
    text = (
        "Somebody, you as we hope, wants to choose another password for your account. Within the"
        f" next hour you can do so here:\n\n{BASE_URL}/reset-password/{secret}\n\n"
        "If it was not you, do nothing."
    )
    await mailer.deliver(mailer.Letter(email, "Another password", text))
{% endif %}
