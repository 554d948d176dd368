"""Only who knows the password gets in."""

import pytest
from app import app

from wirebird.testing import LiveClient, Redirected

RIGHT = {"name": "ada", "password": "engine"}


async def test_who_knows_the_password_is_let_in() -> None:
    async with LiveClient(app) as client:
        with pytest.raises(Redirected) as caught:
            await client.live("/secret")
        assert caught.value.to == "/log-in"
        page = await client.live("/log-in")
        response = await page.submit_action("#log-in", RIGHT)
        assert response.headers["location"].endswith("/secret")
        assert (await client.live("/secret")).text("h1") == "Hello, ada"


async def test_who_does_not_is_not() -> None:
    async with LiveClient(app) as client:
        page = await client.live("/log-in")
        action = page.element("#log-in").attributes["action"] or ""
        response = await page.submit_action("#log-in", {**RIGHT, "password": "wrong"})
        assert response.headers["location"].endswith("/log-in")
        assert (await client.post(action, {**RIGHT, "_csrf_token": "guessed"})).status == 403
        with pytest.raises(Redirected):
            await client.live("/secret")
