"""Signing in and out, as a visitor does; the other site's part is real, too."""

import pytest

from examples.sign_in import accounts, sign_in
from wirebird import Wirebird
from wirebird.testing import JoinRefused, LiveClient, Redirected

app = Wirebird(secret_key="known to all, as it is for tests")
sign_in.add_to(app)

RIGHT = {"credentials[name]": "heron", "credentials[password]": "three grey feathers"}


@pytest.fixture(autouse=True)
def nothing_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "tries", {})


async def test_who_knows_the_password_is_let_in_and_signs_out_everywhere() -> None:
    async with LiveClient(app) as client:
        with pytest.raises(Redirected):
            await client.live("/sign-in/account")
        view = await client.live("/sign-in")
        await view.submit("#credentials", RIGHT | {"credentials[password]": "wrong"})
        assert view.has("[role=alert]", "The name or the password is wrong.")
        await view.submit("#credentials", RIGHT)
        response = await view.follow_trigger_action("#enter")
        assert response.headers["location"] == "/sign-in/account"
        account, other = [await client.live("/sign-in/account") for _ in range(2)]
        assert account.text("h1") == "Hello, heron"
        await account.click("a", text="Sign out everywhere")
        with pytest.raises(Redirected):
            await client.live("/sign-in/account")
        with pytest.raises(JoinRefused):
            await other.reconnect()


async def test_a_password_is_not_tried_for_ever() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/sign-in")
        for _ in range(accounts.TRIES):
            accounts.may_try("heron")
        await view.submit("#credentials", RIGHT)
        assert view.has("[role=alert]", "Too many tries: wait a minute.")


async def test_another_site_tells_who_somebody_is() -> None:
    async with LiveClient(app) as client:
        there = (await client.get("/sign-in/elsewhere")).headers["location"]
        assert "Wren" in (await client.get(there)).text
        back = (await client.post(there, {})).headers["location"]
        assert (await client.get(back)).headers["location"] == "/sign-in/account"
        account = await client.live("/sign-in/account")
        assert account.text("h1") == "Hello, wren"
        assert account.has("dd", "the Aviary")


async def test_a_code_that_nobody_asked_for_lets_nobody_in() -> None:
    async with LiveClient(app) as client:
        answer = await client.get("/sign-in/back?code=x&state=y")
        assert answer.headers["location"] == "/sign-in"
